#include "server/tron_answers.h"

#include <algorithm>
#include <string>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "indexer/base/hex.h"
#include "indexer/base/ledger_kind.h"
#include "indexer/tron/signer.h"

namespace coinwake::server {
namespace {

constexpr char kTrx[] = "TRX";
constexpr char kTrc10[] = "TRC10:";
constexpr std::int64_t kMsInSecond = 1000;

std::string HexOf(const tron::ByteString& bytes) { return HexEncode(tron::SpanOf(bytes)); }

// A token's number, or its name where that can be shown; else its bytes.
std::string AssetOf(const tron::TokenName& token) {
  const bool printable = std::all_of(token.begin(), token.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  return printable ? absl::StrCat(kTrc10, token) : absl::StrCat(kTrc10, "raw:", HexOf(token));
}

void FillSignature(const tron::Signer& signer, v1::Signature* wire) {
  if (signer.address.has_value()) wire->set_signer(signer.address->ToBase58());
  wire->set_fault(std::string(tron::SignatureFaultText(signer.fault)));
}

void FillTransfer(const tron::Contract& contract, v1::Transaction* wire) {
  v1::Transfer transfer;
  if (const auto* trx = std::get_if<tron::TransferContract>(&contract.body)) {
    transfer.set_asset(kTrx);
    transfer.set_to(trx->to.Name());
    transfer.set_amount(absl::StrCat(trx->amount));
  } else if (const auto* token = std::get_if<tron::TransferAssetContract>(&contract.body)) {
    transfer.set_asset(AssetOf(token->token));
    transfer.set_to(token->to.Name());
    transfer.set_amount(absl::StrCat(token->amount));
  } else {
    return;
  }
  transfer.set_from(contract.owner.Name());
  *wire->add_transfers() = std::move(transfer);
}

// The smart contract a transaction is about, and what is sent with the call.
void FillCall(const tron::Transaction& transaction, const tron::Contract& contract,
              v1::Operation* wire) {
  std::int64_t value = 0;
  if (const auto* call = std::get_if<tron::TriggerSmartContract>(&contract.body)) {
    wire->set_contract(call->contract.Name());
    wire->set_call_data(HexOf(call->data));
    value = call->call_value;
  } else if (const auto* made = std::get_if<tron::CreateSmartContract>(&contract.body)) {
    wire->set_contract(
        tron::AddressOfCreatedContract(transaction.txid, contract.owner.bytes()).ToBase58());
    value = made->call_value;
  }
  wire->set_call_value(absl::StrCat(value));
}

std::string ProblemOf(const tron::Transaction& transaction) {
  if (transaction.contracts.empty()) return "no contract";
  if (transaction.contracts.size() > 1) return "several contracts";
  return std::string(tron::ContractProblemText(transaction.contracts.front().problem));
}

void FillOperation(const tron::Transaction& transaction, v1::Operation* wire) {
  for (const tron::Signer& signer : tron::SignersOf(transaction)) {
    FillSignature(signer, wire->add_signatures());
  }
  if (!transaction.results.empty() &&
      transaction.results.front().contract_ret != tron::ContractResult::kDefault) {
    wire->set_contract_result(tron::ContractResultName(transaction.results.front().contract_ret));
  }
  wire->set_memo(HexOf(transaction.memo));
  wire->set_fee_limit(absl::StrCat(transaction.fee_limit));
  wire->set_timestamp_ms(transaction.timestamp_ms);
  wire->set_expiration_ms(transaction.expiration_ms);
  wire->set_problem(ProblemOf(transaction));
  wire->set_call_value("0");
  if (const tron::Contract* const contract = transaction.contract(); contract != nullptr) {
    wire->set_owner(contract->owner.Name());
    wire->set_permission_id(contract->permission_id);
    FillCall(transaction, *contract, wire);
  }
}

void FillTransaction(const tron::Transaction& transaction, v1::Transaction* wire) {
  wire->set_txid(transaction.txid.ToHex());
  wire->set_size(transaction.bytes.size());
  const tron::Success success = tron::SuccessOf(transaction);
  wire->set_success(success == tron::Success::kYes);
  if (success == tron::Success::kUnknown) {
    v1::Fact* const fact = wire->add_facts();
    fact->set_kind("gap");
    fact->set_reason(std::string(GapReasonName(GapReason::kUnknownSuccess)));
  }
  FillOperation(transaction, wire->mutable_operation());
  const tron::Contract* const contract = transaction.contract();
  if (contract == nullptr) return;
  wire->set_kind(tron::ContractTypeName(contract->type));
  if (wire->success()) FillTransfer(*contract, wire);
}

}  // namespace

void AnswerTronBlock(const tron::Block& block, Network network, v1::Block* answer) {
  const tron::BlockHeader& header = block.header;
  answer->set_network(std::string(NetworkName(network)));
  answer->set_height(header.number);
  answer->set_block_hash(header.id.ToHex());
  answer->set_previous_block_hash(header.parent.ToHex());
  answer->set_merkle_root(header.tx_root.ToHex());
  answer->set_time(header.time_ms / kMsInSecond);
  answer->set_version(header.version);
  answer->set_size(block.size_bytes);
  answer->set_transactions_count(block.transactions.size());
  v1::BlockWitness* const witness = answer->mutable_witness();
  witness->set_account(header.witness.Name());
  if (!header.witness_signature.empty()) {
    FillSignature(tron::WitnessSignerOf(header), witness->mutable_signature());
  }
  for (const tron::Transaction& transaction : block.transactions) {
    v1::Transaction* const wire = answer->add_transactions();
    wire->set_network(answer->network());
    wire->set_height(header.number);
    wire->set_block_hash(answer->block_hash());
    wire->set_index(static_cast<std::uint64_t>(answer->transactions_size() - 1));
    wire->set_time(answer->time());
    FillTransaction(transaction, wire);
  }
}

}  // namespace coinwake::server
