// Blocks and transactions of a network that has accounts.
#include <string>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/index.pb.h"
#include "indexer/tron/contract.h"
#include "server/account_answers.h"
#include "server/account_marks.h"
#include "server/account_names.h"
#include "server/block_page.h"
#include "server/convert.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kHashHexDigits = 64;
constexpr std::int64_t kMsInSecond = 1000;

std::string PotText(Pot pot) { return pot == Pot::kFree ? "" : std::string(PotName(pot)); }

void FillTransfer(const AccountView& view, const LedgerEvent& event, v1::Transfer* wire) {
  wire->set_asset(AssetText(view, event.asset));
  wire->set_from(AccountName(view, event.from));
  wire->set_to(AccountName(view, event.to));
  wire->set_amount(ToDecimal(event.amount));
  wire->set_kind(std::string(EntryKindName(event.kind)));
  wire->set_from_pot(PotText(event.from_pot));
  wire->set_to_pot(PotText(event.to_pot));
  if (IsZeroTransfer(view, event)) wire->add_marks("zero_value");
}

void FillFact(const AccountView& view, const LedgerEvent& event, v1::Fact* wire) {
  wire->set_kind(std::string(EntryKindName(event.kind)));
  wire->set_from(AccountName(view, event.from));
  wire->set_to(AccountName(view, event.to));
  wire->set_asset(AssetText(view, event.asset));
  wire->set_amount(ToDecimal(event.amount));
  if (event.kind == EntryKind::kDelegate || event.kind == EntryKind::kUndelegate) {
    wire->set_resource(tron::ResourceName(static_cast<tron::Resource>(event.more)));
  }
  if (event.kind == EntryKind::kGap) {
    wire->set_reason(std::string(GapReasonName(static_cast<GapReason>(event.more))));
  }
}

std::string ProblemOf(const AccountTransaction& transaction) {
  if (!transaction.flags.malformed) return "";
  return transaction.type == kUnknownContractType
             ? "no contract, several, or one of an unknown type"
             : "its contract is unknown or cannot be read";
}

void FillTransaction(const AccountView& view, TxNum tx, const AccountBlock& block,
                     v1::Transaction* wire) {
  const AccountTransaction transaction = view.Transaction(tx);
  wire->set_network(std::string(NetworkName(view.snapshot().network)));
  wire->set_txid(view.Txid(tx).ToHex());
  wire->set_height(block.height);
  wire->set_block_hash(block.id.ToHex());
  wire->set_index(tx - block.transactions.begin);
  wire->set_time(block.time_ms / kMsInSecond);
  wire->set_success(transaction.flags.outcome == TxOutcome::kSucceeded);
  if (transaction.type != kUnknownContractType) {
    wire->set_kind(tron::ContractTypeName(static_cast<tron::ContractType>(transaction.type)));
  }
  v1::Operation* const operation = wire->mutable_operation();
  operation->set_owner(AccountName(view, transaction.owner));
  if (transaction.contract.has_value()) {
    operation->set_contract(AccountName(view, *transaction.contract));
  }
  operation->set_problem(ProblemOf(transaction));
  Uint256 fee = 0;
  const IdRange<EventNum> events = view.Events(tx);
  for (EventNum number = events.begin; number < events.end; ++number) {
    const LedgerEvent event = view.Event(number);
    const auto index = static_cast<std::uint32_t>(number - events.begin);
    if (event.kind == EntryKind::kFee) fee += event.amount;
    if (MovesValue(event.kind)) {
      FillTransfer(view, event, wire->add_transfers());
      wire->mutable_transfers()->rbegin()->set_index(index);
    } else {
      FillFact(view, event, wire->add_facts());
      wire->mutable_facts()->rbegin()->set_index(index);
    }
  }
  // Without a receipt nothing tells what was paid; block 0 has none and pays nothing.
  if (transaction.flags.has_receipt || block.height == 0) wire->set_fee(ToDecimal(fee));
}

absl::Status AnswerBlockAt(const AccountView& view, std::uint64_t height,
                           const v1::GetBlockRequest& request, v1::Block* answer) {
  const AccountBlock block = view.Block(height);
  FillSnapshot(view, answer->mutable_snapshot());
  answer->set_network(std::string(NetworkName(view.snapshot().network)));
  answer->set_height(height);
  answer->set_block_hash(block.id.ToHex());
  if (height > view.snapshot().from_height) {
    answer->set_previous_block_hash(view.BlockHash(height - 1).ToHex());
  }
  answer->set_merkle_root(block.tx_root.ToHex());
  answer->set_time(block.time_ms / kMsInSecond);
  const std::uint64_t bytes_before =
      height > view.snapshot().from_height ? view.TotalsAt(height - 1).raw_bytes : 0;
  answer->set_size(view.TotalsAt(height).raw_bytes - bytes_before);
  answer->set_transactions_count(block.transactions.size());
  if (block.witness.has_value()) {
    answer->mutable_witness()->set_account(AccountName(view, *block.witness));
  }
  const std::string binding = absl::StrCat(
      "block ", std::string(NetworkName(view.snapshot().network)), " ", block.id.ToHex());
  COINWAKE_RETURN_IF_ERROR(FillBlockPage(
      block.transactions, request, binding,
      [&](TxNum tx, v1::Transaction* wire) { FillTransaction(view, tx, block, wire); }, answer));
  return view.damage().status();
}

}  // namespace

void FillSnapshot(const AccountView& view, v1::Snapshot* wire) {
  FillSnapshot(view.snapshot(), wire);
  const TronTotals& totals = view.totals();
  // Block 0 has no receipts and needs none.
  const std::uint64_t with_receipt =
      totals.transactions - totals.without_receipt -
      (view.snapshot().complete_history ? view.TransactionsAt(0).size() : std::uint64_t{0});
  wire->set_receipts(totals.without_receipt == 0 ? "complete"
                     : with_receipt == 0         ? "none"
                                                 : "partial");
}

void FillNetworkStatus(const AccountView& view, v1::NetworkStatus* wire) {
  const TronTotals& totals = view.totals();
  FillSnapshot(view, wire->mutable_snapshot());
  wire->set_blocks(view.commit().blocks);
  wire->set_transactions(totals.transactions);
  wire->set_addresses(totals.addresses);
  wire->set_transfers(totals.transfers);
  wire->set_unspent_value("0");
  wire->set_stale_blocks(view.commit().stale_blocks);
  wire->set_detached_blocks(view.commit().detached_blocks);
  wire->set_assets(totals.assets - 1);  // kFactsAsset is none
  wire->set_without_receipt(totals.without_receipt);
  if (view.final_height().has_value()) wire->set_final_height(*view.final_height());
}

absl::Status AnswerBlock(const AccountView& view, const v1::GetBlockRequest& request,
                         v1::Block* answer) {
  const std::string_view asked = request.block();
  const Snapshot& snapshot = view.snapshot();
  const std::string network = std::string(NetworkName(snapshot.network));
  if (const auto height = ParseNumber(asked); height.has_value() && asked.size() < kHashHexDigits) {
    if (*height < snapshot.from_height || *height > snapshot.height) {
      return absl::NotFoundError(absl::StrCat("no block at height ", Excerpt(asked),
                                              ": the index of ", network, " goes from ",
                                              snapshot.from_height, " to ", snapshot.height));
    }
    return AnswerBlockAt(view, *height, request, answer);
  }
  COINWAKE_ASSIGN_OR_RETURN(const Hash256 id, ParseId(asked, "block height or id"));
  const absl::StatusOr<std::uint64_t> height = view.HeightOfHash(id);
  if (absl::IsNotFound(height.status())) {
    return absl::NotFoundError(absl::StrCat("no block ", id.ToHex(), " on ", network));
  }
  COINWAKE_RETURN_IF_ERROR(height.status());
  return AnswerBlockAt(view, *height, request, answer);
}

absl::Status AnswerTransaction(const AccountView& view, const v1::GetTransactionRequest& request,
                               v1::Transaction* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const Hash256 txid, ParseId(request.txid(), "transaction id"));
  const absl::StatusOr<TxNum> tx = view.FindTransaction(txid);
  if (absl::IsNotFound(tx.status())) {
    return absl::NotFoundError(absl::StrCat("no transaction ", txid.ToHex(), " on ",
                                            std::string(NetworkName(view.snapshot().network)),
                                            " up to height ", view.snapshot().height));
  }
  COINWAKE_RETURN_IF_ERROR(tx.status());
  FillSnapshot(view, answer->mutable_snapshot());
  FillTransaction(view, *tx, view.Block(view.HeightOf(*tx)), answer);
  return view.damage().status();
}

}  // namespace coinwake::server
