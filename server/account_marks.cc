#include "server/account_marks.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>

#include "heuristics/poisoning.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/known_addresses.h"
#include "server/account_names.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kPageEvents = 1'024;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

bool IsKnownToken(const AccountView& view, AssetNum asset) {
  const std::string name = AssetText(view, asset);
  return name.starts_with(kTrc20Prefix) &&
         !tron::SymbolOfKnownToken(std::string_view(name).substr(kTrc20Prefix.size())).empty();
}

// What an account did to its own: "" where the event is no such thing.
std::string_view StakingMark(const LedgerEvent& event, AddressNum address) {
  if (!MovesValue(event.kind) || event.from != address || event.to != address) return "";
  if (event.from_pot == event.to_pot) return "";
  if (event.from_pot == Pot::kFree) return "staked";
  return event.to_pot == Pot::kFree ? "unstaked" : "unstaking";
}

// Assets with a known or customary number of decimals; those of a TRC-10 token are its issuer's.
bool CanBeDust(const AccountView& view, AssetNum asset) {
  return asset == kTrxAsset || IsOfKind(view, asset, tron::AssetKind::kTrc20);
}

// With whom `address` deals in `event`; nullopt where it is no transfer of its.
std::optional<AddressNum> CounterpartyOf(const LedgerEvent& event, AddressNum address) {
  if (event.kind != EntryKind::kTransfer || event.from == event.to) return std::nullopt;
  if (event.from == address) return event.to;
  return event.to == address ? event.from : std::nullopt;
}

// Tells `finder` of an account's transfers, the latest events first, as many as there is room for.
class LookBack {
 public:
  LookBack(const AccountView& view, AddressNum address, std::uint64_t room,
           const Cancellation* cancellation, LookAlikes* finder)
      : view_(view), address_(address), room_(room), cancellation_(cancellation), finder_(finder) {}

  // Of the events before `end`; false where there is no room for all of them. Then halves of what
  // has too many are looked at, the later one first, until the room is used up, to the event.
  absl::StatusOr<bool> From(EventNum end) {
    COINWAKE_RETURN_IF_ERROR(FindAssets());
    EventNum begin{0};
    COINWAKE_ASSIGN_OR_RETURN(const bool all, Collect(begin, end));
    if (all) Note();
    while (!all && room_ > 0) {
      // [begin, end) has more events than there is room for, so that it is no single one.
      const EventNum middle{end.value - (end.value - begin.value + 1) / 2};
      COINWAKE_ASSIGN_OR_RETURN(const bool fits, Collect(middle, end));
      if (fits) Note();
      (fits ? end : begin) = middle;
    }
    COINWAKE_RETURN_IF_ERROR(view_.damage().status());
    return all;
  }

 private:
  absl::Status FindAssets() {
    COINWAKE_RETURN_IF_ERROR(view_.AssetsOf(address_, AssetNum{0}, kAll, &assets_));
    std::erase_if(assets_, [this](AssetNum asset) {
      return asset == kFactsAsset || !CanBeDust(view_, asset);
    });
    return absl::OkStatus();
  }

  // The events of [begin, end); false where there is no room for all.
  absl::StatusOr<bool> Collect(EventNum begin, EventNum end) {
    events_.clear();
    for (const AssetNum asset : assets_) {
      EventNum from = begin;
      bool more = true;
      while (more) {
        COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
        const std::size_t before = events_.size();
        COINWAKE_RETURN_IF_ERROR(view_.EventsOf(address_, asset, from, kPageEvents, &events_));
        more = events_.size() == before + kPageEvents && events_.back() < end;
        if (more) from = events_.back() + 1;
        while (events_.size() > before && events_.back() >= end) events_.pop_back();
        if (events_.size() > room_) return false;
      }
    }
    return true;
  }

  void Note() {
    room_ -= events_.size();
    for (const EventNum number : events_) {
      const LedgerEvent event = view_.Event(number);
      const std::optional<AddressNum> other = CounterpartyOf(event, address_);
      if (!other.has_value() || IsDust(event.amount) || !IsDealing(number, event)) continue;
      finder_->Note(number, *other, AccountName(view_, *other), event.amount);
    }
  }

  // Whether the two surely dealt: anybody's token can say that it moved between any others.
  bool IsDealing(EventNum number, const LedgerEvent& event) const {
    if (event.asset == kTrxAsset || IsKnownToken(view_, event.asset)) return true;
    return event.from == address_ &&
           view_.Transaction(view_.TransactionOf(number)).owner == address_;
  }

  const AccountView& view_;
  const AddressNum address_;
  std::uint64_t room_;
  const Cancellation* const cancellation_;
  LookAlikes* const finder_;
  std::vector<AssetNum> assets_;
  std::vector<EventNum> events_;
};

void AddMark(std::string_view mark, std::vector<std::string>* marks) {
  if (std::find(marks->begin(), marks->end(), mark) == marks->end()) marks->emplace_back(mark);
}

}  // namespace

bool IsZeroTransfer(const AccountView& view, const LedgerEvent& event) {
  return event.kind == EntryKind::kTransfer && event.amount == 0 &&
         IsOfKind(view, event.asset, tron::AssetKind::kTrc20);
}

absl::StatusOr<std::vector<std::vector<std::string>>> MarksOf(
    const AccountView& view, AddressNum address, std::span<const AccountHistoryEntry> entries,
    std::uint64_t look_back, const Cancellation* cancellation) {
  struct Dust {
    std::size_t entry;
    EventNum event;
    AddressNum counterparty;
    std::string name;
    Uint256 amount;
  };
  std::vector<std::vector<std::string>> marks(entries.size());
  std::vector<Dust> dust;
  LookAlikes finder;
  // Entries of one transaction lie together: its events are read once for all of them.
  for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
    while (end < entries.size() && entries[end].tx == entries[begin].tx) ++end;
    const IdRange<EventNum> events = view.Events(entries[begin].tx);
    for (EventNum number = events.begin; number < events.end; ++number) {
      const LedgerEvent event = view.Event(number);
      std::size_t entry = begin;  // they are in the order of assets
      while (entry < end && entries[entry].asset != event.asset) ++entry;
      if (entry == end) continue;
      if (const auto mark = StakingMark(event, address); !mark.empty()) {
        AddMark(mark, &marks[entry]);
      }
      const std::optional<AddressNum> other = CounterpartyOf(event, address);
      if (!other.has_value() || !IsDust(event.amount) || !CanBeDust(view, event.asset)) continue;
      if (IsZeroTransfer(view, event)) AddMark("zero_value", &marks[entry]);
      dust.push_back({entry, number, *other, AccountName(view, *other), event.amount});
      finder.Watch(dust.back().name);
    }
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  if (finder.empty()) return marks;
  LookBack look(view, address, look_back, cancellation, &finder);
  COINWAKE_ASSIGN_OR_RETURN(const bool saw_all, look.From(dust.back().event));
  for (const Dust& one : dust) {
    if (finder.IsMarked(one.event, one.counterparty, one.name, one.amount)) {
      AddMark("dust_lookalike", &marks[one.entry]);
    }
    if (!saw_all && !LookOf(one.name).empty()) AddMark("marks_bounded", &marks[one.entry]);
  }
  return marks;
}

}  // namespace coinwake::server
