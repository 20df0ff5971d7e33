// What smart contracts do while they run: internal transactions and logs.
#include <algorithm>
#include <utility>

#include "indexer/tron/ledger_booker.h"

namespace coinwake::tron {
namespace {

// Notes of internal transactions (java-tron: vm/program/Program.java).
constexpr std::string_view kCallNote = "call";
constexpr std::string_view kCreateNote = "create";
constexpr std::string_view kSuicideNote = "suicide";
constexpr std::string_view kWhileSuicidingNote = "withdrawExpireUnfreezeWhileSuiciding";

// The first block version that may have proposal 94, since which a contract that another
// transaction created stays as it is when it destroys itself to itself.
constexpr std::int32_t kVersionOfRestriction = 34;

std::int64_t TrxOf(const InternalTransaction& call) {
  for (const CallValue& value : call.values) {
    if (value.token_id.empty()) return value.amount;
  }
  return 0;
}

Asset AssetOf(const CallValue& value) {
  return value.token_id.empty() ? Asset::Trx() : Asset::Trc10(value.token_id);
}

// "freezeBalanceV2ForEnergy" and its like; nothing moves by what is of no known resource.
Resource ResourceOf(std::string_view note) {
  if (note.ends_with("Energy")) return Resource::kEnergy;
  return note.ends_with("TronPower") ? Resource::kTronPower : Resource::kBandwidth;
}

}  // namespace

void Booker::BookInternals() {
  const auto& calls = receipt_->internal_transactions;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].rejected) {
      ++counts().rejected_internal;
      continue;
    }
    ++counts().internal;
    BookInternal(calls[i], i + 1 < calls.size() ? &calls[i + 1] : nullptr);
  }
}

void Booker::BookInternal(const InternalTransaction& call, const InternalTransaction* next) {
  const std::string_view note = call.note;
  if (note == kSuicideNote) {
    BookSelfDestruct(call, next);
  } else if (note == kCallNote) {
    BookCall(call);
  } else if (note == kCreateNote) {
    Add(EntryKind::kContractCreated, Asset::Trx(), call.caller, call.to);
    BookCall(call);
  } else if (!BookStake(call, note)) {
    ++counts().unknown_notes;
    BookCall(call);
  }
}

void Booker::BookCall(const InternalTransaction& call) {
  for (const CallValue& value : call.values) {
    MoveIfAny(EntryKind::kInternal, AssetOf(value), call.caller, call.to, value.amount);
  }
}

// The notes that nodes keep if told so (vm.saveFeaturedInternalTx): votes and stakes of contracts,
// which move what the contracts of the same sense do. False: none of these.
bool Booker::BookStake(const InternalTransaction& call, std::string_view note) {
  const std::int64_t amount = TrxOf(call);
  const Resource resource = ResourceOf(note);
  const bool for_another = !call.to.empty() && call.to != call.caller;
  if (note.starts_with("freezeBalanceV2For")) {
    Freeze(call.caller, Pot::kStake2, resource, amount);
  } else if (note.starts_with("freezeFor")) {
    Freeze(call.caller, Pot::kStake1, resource, amount);
    if (for_another) {
      Delegation(EntryKind::kDelegate, call.caller, call.to, resource, amount);
    }
  } else if (note.starts_with("unfreezeFor")) {
    Unfreeze(call.caller, Pot::kStake1, resource, call.caller, amount);
    if (for_another) {
      Delegation(EntryKind::kUndelegate, call.caller, call.to, resource, amount);
    }
  } else if (note == kWhileSuicidingNote) {
    Unfreeze(call.caller, Pot::kStake2, resource, call.to, amount);
  } else if (note.starts_with("withdrawExpireUnfreeze")) {
    Unfreeze(call.caller, Pot::kStake2, resource, call.caller, amount);
  } else if (note.starts_with("delegateResourceOf")) {
    Delegation(EntryKind::kDelegate, call.caller, call.to, resource, amount);
  } else if (note.starts_with("unDelegateResourceOf")) {
    Delegation(EntryKind::kUndelegate, call.caller, call.to, resource, amount);
  } else if (note == "withdrawReward") {
    MoveIfAny(EntryKind::kReward, Asset::Trx(), {}, call.caller, amount);
  } else {
    // These move nothing: what is unfrozen stays in its pot until it is withdrawn.
    return note.starts_with("unfreezeBalanceV2For") || note == "cancelAllUnfreezeV2" ||
           note == "voteWitness";
  }
  return true;
}

// Its value has in it what comes out of the stake at the same time, which the note behind it
// tells once more; where a node does not keep that note the balance seems to pay for it.
void Booker::BookSelfDestruct(const InternalTransaction& call, const InternalTransaction* next) {
  const bool has_matured = next != nullptr && !next->rejected &&
                           next->note == kWhileSuicidingNote && next->caller == call.caller;
  const std::int64_t matured = has_matured ? TrxOf(*next) : 0;
  const bool to_itself = call.caller == call.to;
  const bool unclear =
      to_itself && block_.version >= kVersionOfRestriction && !WasCreatedHere(call.caller);
  const auto leave = [&](Asset asset, std::int64_t amount) {
    if (!to_itself && call.to.empty()) {
      Gap(GapReason::kUnknownAccount, std::move(asset), call.caller);
    } else if (!unclear) {
      Move(EntryKind::kSelfDestruct, std::move(asset), call.caller, to_itself ? Account() : call.to,
           amount);
    } else if (amount != 0) {
      Gap(GapReason::kSelfDestructToSelf, std::move(asset), call.caller);
    }
  };
  const std::int64_t all = TrxOf(call);
  // Numbers from outside: what is no sum of the two is below zero, which Move() refuses.
  leave(Asset::Trx(), matured >= 0 && matured <= all ? all - matured : -1);
  for (const CallValue& value : call.values) {
    if (!value.token_id.empty() && value.amount != 0) leave(AssetOf(value), value.amount);
  }
}

bool Booker::WasCreatedHere(const Account& contract) const {
  return std::any_of(booking_->entries.begin(), booking_->entries.end(), [&](const Entry& entry) {
    return entry.kind == EntryKind::kContractCreated && entry.to == contract;
  });
}

void Booker::BookLogs() {
  for (const Log& log : receipt_->logs) BookLog(log);
}

void Booker::BookLog(const Log& log) {
  const Event event = RecogniseEvent(log);
  if (log.contract.empty() && event.kind != EventKind::kOther) {  // whose token is not told
    ++counts().malformed_events;
    return;
  }
  switch (event.kind) {
    case EventKind::kOther:
    case EventKind::kIssue:   // there is a transfer from the zero address as well
    case EventKind::kRedeem:  // and one to it
      return;
    case EventKind::kTransfer:
      BookTokenTransfer(log, event);
      return;
    case EventKind::kDestroyedBlackFunds:
      Add(EntryKind::kDestroyedFunds, Asset::Trc20(log.contract), Account(event.from), {}).amount =
          event.value;
      return;
    case EventKind::kAddedBlackList:
      Add(EntryKind::kBlackListed, Asset::Trc20(log.contract), {}, Account(event.from));
      return;
    case EventKind::kRemovedBlackList:
      Add(EntryKind::kUnBlackListed, Asset::Trc20(log.contract), {}, Account(event.from));
      return;
    case EventKind::kMalformed:
      ++counts().malformed_events;
      return;
    case EventKind::kNftTransfer:
      ++counts().nft_transfers;
      return;
    case EventKind::kUnindexedTransfer:
      ++counts().unindexed_transfers;
      return;
  }
}

void Booker::BookTokenTransfer(const Log& log, const Event& event) {
  static constexpr Address kZero;
  const bool mint = event.from == kZero;
  const bool burn = event.to == kZero;
  if (mint && burn) {
    ++counts().void_transfers;
    return;
  }
  EntryKind kind = EntryKind::kTransfer;
  if (mint) kind = EntryKind::kMint;
  if (burn) kind = EntryKind::kBurn;
  Add(kind, Asset::Trc20(log.contract), mint ? Account() : Account(event.from),
      burn ? Account() : Account(event.to))
      .amount = event.value;
}

}  // namespace coinwake::tron
