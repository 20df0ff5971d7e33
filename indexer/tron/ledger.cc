#include "indexer/tron/ledger.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/hex.h"
#include "indexer/tron/ledger_booker.h"

namespace coinwake::tron {
namespace {

// Of any number, the least of 64 bits among them.
Uint256 Magnitude(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

bool MayMint(EntryKind kind) {
  return kind == EntryKind::kReward || kind == EntryKind::kTokenIssue ||
         kind == EntryKind::kShielded;
}

bool MayDestroy(EntryKind kind) {
  return kind == EntryKind::kFee || kind == EntryKind::kSelfDestruct ||
         kind == EntryKind::kShielded;
}

// kUnknown: neither says. A receipt that is silent adds nothing to what the block says.
absl::StatusOr<Success> OutcomeOf(const BlockContext& block, const Transaction& transaction,
                                  const Receipt* receipt) {
  const Success said = SuccessOf(transaction);
  if (receipt == nullptr) return said;
  if (receipt->txid != transaction.txid || receipt->block_number != block.number) {
    return absl::InvalidArgumentError(
        absl::StrCat("the receipt of ", receipt->txid.ToHex(), " in block ", receipt->block_number,
                     " is not that of ", transaction.txid.ToHex(), " in block ", block.number));
  }
  const bool succeeded = receipt->succeeded();
  const bool explicitly = receipt->resources.result != ContractResult::kDefault;
  if ((said == Success::kYes && !succeeded) || (said == Success::kNo && succeeded && explicitly)) {
    return absl::DataLossError(
        absl::StrCat("transaction ", transaction.txid.ToHex(), " in block ", block.number,
                     succeeded ? " succeeded, says its receipt; its block says it failed"
                               : " failed, says its receipt; its block says it succeeded"));
  }
  if (said != Success::kUnknown) return said;
  return succeeded ? Success::kYes : Success::kNo;
}

}  // namespace

absl::Status BookTransaction(const BlockContext& block, const Transaction& transaction,
                             const Receipt* receipt, TokenRegistry* registry, Booking* booking) {
  booking->entries.clear();
  booking->changes.clear();
  booking->counts = {};
  Booker booker(block, transaction, receipt, registry, booking);
  if (block.number == 0) {
    booker.BookGenesis();
    return absl::OkStatus();
  }
  COINWAKE_ASSIGN_OR_RETURN(const Success success, OutcomeOf(block, transaction, receipt));
  if (success == Success::kUnknown) {
    booker.BookUnknownSuccess();
  } else {
    booker.BookKnown(success == Success::kYes);
  }
  return absl::OkStatus();
}

void Booker::BookGenesis() {
  counts().transactions = 1;
  const Contract* const contract = transaction_.contract();
  const auto* const opening =
      contract == nullptr ? nullptr : std::get_if<TransferContract>(&contract->body);
  if (opening == nullptr || opening->to.empty()) {  // no node has such a one
    counts().malformed = 1;
    return;
  }
  const bool negative = opening->amount < 0;
  Entry& entry = Add(EntryKind::kGenesis, Asset::Trx(), negative ? opening->to : Account(),
                     negative ? Account() : opening->to);
  entry.amount = Magnitude(opening->amount);
}

void Booker::CountMalformed() {
  if (transaction_.well_formed()) return;
  counts().malformed = 1;
  for (const Contract& contract : transaction_.contracts) {
    if (contract.problem == ContractProblem::kUnknownType) counts().unknown_types = 1;
  }
}

void Booker::BookUnknownSuccess() {
  counts().transactions = 1;
  CountMalformed();
  counts().unknown_success = 1;
  counts().missing_receipts = 1;
  Gap(GapReason::kUnknownSuccess, Asset::Trx(), owner());
}

void Booker::BookKnown(bool succeeded) {
  counts().transactions = 1;
  counts().failed = succeeded ? 0 : 1;
  CountMalformed();
  if (!transaction_.well_formed()) {
    Gap(GapReason::kUnknownContract, Asset::Trx(),
        transaction_.contracts.empty() ? Account() : owner());
  } else if (succeeded) {
    BookContract();
    if (receipt_ != nullptr) {
      if (RunsInVm(transaction_.contracts.front().type)) counts().vm_runs = 1;
      BookInternals();
      BookLogs();
    }
  }
  BookFee();
}

void Booker::BookFee() {
  const Account nobody;
  const Account& payer = transaction_.contracts.empty() ? nobody : owner();
  if (receipt_ == nullptr) {
    counts().missing_receipts = 1;
    Gap(GapReason::kNoReceipt, Asset::Trx(), payer);
    return;
  }
  // A contract that cannot be read may name no payer; there is a gap already.
  if (!payer.empty()) MoveIfAny(EntryKind::kFee, Asset::Trx(), payer, {}, receipt_->fee);
}

Entry& Booker::Add(EntryKind kind, Asset asset, const Account& from, const Account& to) {
  Entry& entry = entries().emplace_back();
  entry.kind = kind;
  entry.asset = std::move(asset);
  entry.from = from;
  entry.to = to;
  return entry;
}

void Booker::Move(EntryKind kind, Asset asset, const Account& from, const Account& to,
                  std::int64_t amount) {
  if (amount < 0) {
    ++counts().bad_amounts;
    Gap(GapReason::kUnknownAmount, std::move(asset), from, to);
    return;
  }
  // The chain accepts no message without its accounts; none must become a mint by lacking one.
  if ((from.empty() && (to.empty() || !MayMint(kind))) || (to.empty() && !MayDestroy(kind))) {
    Gap(GapReason::kUnknownAccount, std::move(asset), from, to);
    return;
  }
  Add(kind, std::move(asset), from, to).amount = Magnitude(amount);
}

void Booker::Freeze(const Account& owner, Pot pot, Resource resource, std::int64_t amount_sun) {
  Move(EntryKind::kFreeze, Asset::Trx(), owner, owner, amount_sun);
  Entry& entry = entries().back();
  if (entry.kind != EntryKind::kFreeze) return;  // a gap
  entry.to_pot = pot;
  entry.resource = resource;
}

void Booker::Unfreeze(const Account& owner, Pot pot, Resource resource, const Account& to,
                      std::int64_t amount_sun) {
  Move(EntryKind::kUnfreeze, Asset::Trx(), owner, to, amount_sun);
  Entry& entry = entries().back();
  if (entry.kind != EntryKind::kUnfreeze) return;  // a gap
  entry.from_pot = pot;
  entry.resource = resource;
}

void Booker::Delegation(EntryKind kind, const Account& owner, const Account& receiver,
                        Resource resource, std::int64_t amount_sun) {
  if (amount_sun < 0) {
    ++counts().bad_amounts;
    return;
  }
  Entry& entry = Add(kind, Asset::Trx(), owner, receiver);
  entry.resource = resource;
  entry.amount = Magnitude(amount_sun);
}

void Booker::Gap(GapReason reason, Asset asset, const Account& from, const Account& to) {
  ++counts().gaps;
  Add(EntryKind::kGap, std::move(asset), from, to).gap = reason;
}

void Booker::Change(RegistryChange change) {
  registry_->Apply(change);
  booking_->changes.push_back(std::move(change));
}

Account PoolOfExchange(std::optional<std::int64_t> exchange_id) {
  const std::string name =
      exchange_id.has_value() ? absl::StrCat("exchange:", *exchange_id) : "exchange:";
  return Account(SpanOf(name));
}

Account EscrowOfOrder(const ByteString& order_id) {
  return Account(SpanOf(absl::StrCat("market:", HexEncode(SpanOf(order_id)))));
}

LedgerCounts& LedgerCounts::operator+=(const LedgerCounts& other) {
  transactions += other.transactions;
  failed += other.failed;
  missing_receipts += other.missing_receipts;
  unknown_success += other.unknown_success;
  malformed += other.malformed;
  unknown_types += other.unknown_types;
  gaps += other.gaps;
  vm_runs += other.vm_runs;
  internal += other.internal;
  rejected_internal += other.rejected_internal;
  unknown_notes += other.unknown_notes;
  nft_transfers += other.nft_transfers;
  unindexed_transfers += other.unindexed_transfers;
  malformed_events += other.malformed_events;
  void_transfers += other.void_transfers;
  bad_amounts += other.bad_amounts;
  return *this;
}

}  // namespace coinwake::tron
