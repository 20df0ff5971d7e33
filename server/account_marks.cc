#include "server/account_marks.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "heuristics/poisoning.h"
#include "indexer/tron/asset.h"
#include "server/account_names.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kPageEvents = 1'024;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

bool IsOfKind(const AccountView& view, AssetNum asset, tron::AssetKind kind) {
  const ByteSpan name = view.AssetName(asset);
  return !name.empty() && name.front() == static_cast<std::uint8_t>(kind);
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

// Tells `finder` of all transfers of `address` before `end`.
absl::Status NoteAll(const AccountView& view, AddressNum address, EventNum end,
                     const Cancellation* cancellation, LookAlikes* finder) {
  std::vector<AssetNum> assets;
  COINWAKE_RETURN_IF_ERROR(view.AssetsOf(address, AssetNum{0}, kAll, &assets));
  std::vector<EventNum> page;
  for (const AssetNum asset : assets) {
    if (asset == kFactsAsset || !CanBeDust(view, asset)) continue;
    EventNum from{0};
    do {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
      page.clear();
      COINWAKE_RETURN_IF_ERROR(view.EventsOf(address, asset, from, kPageEvents, &page));
      for (const EventNum number : page) {
        if (number >= end) break;
        const LedgerEvent event = view.Event(number);
        const std::optional<AddressNum> other = CounterpartyOf(event, address);
        if (!other.has_value() || IsDust(event.amount)) continue;
        finder->Note(number, *other, AccountName(view, *other), event.amount);
      }
      if (!page.empty()) from = page.back() + 1;
    } while (page.size() == kPageEvents && from < end);
  }
  return view.damage().status();
}

void AddMark(const char* mark, std::vector<std::string>* marks) {
  if (std::find(marks->begin(), marks->end(), mark) == marks->end()) marks->emplace_back(mark);
}

}  // namespace

bool IsZeroTransfer(const AccountView& view, const LedgerEvent& event) {
  return event.kind == EntryKind::kTransfer && event.amount == 0 &&
         IsOfKind(view, event.asset, tron::AssetKind::kTrc20);
}

absl::StatusOr<std::vector<std::vector<std::string>>> MarksOf(
    const AccountView& view, AddressNum address, std::span<const AccountHistoryEntry> entries,
    const Cancellation* cancellation) {
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
      const std::optional<AddressNum> other = CounterpartyOf(event, address);
      if (!other.has_value() || !IsDust(event.amount)) continue;
      std::size_t entry = begin;  // they are in the order of assets
      while (entry < end && entries[entry].asset != event.asset) ++entry;
      if (entry == end || !CanBeDust(view, event.asset)) continue;
      if (IsZeroTransfer(view, event)) AddMark("zero_value", &marks[entry]);
      dust.push_back({entry, number, *other, AccountName(view, *other), event.amount});
      finder.Watch(dust.back().name);
    }
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  if (finder.empty()) return marks;
  COINWAKE_RETURN_IF_ERROR(NoteAll(view, address, dust.back().event, cancellation, &finder));
  for (const Dust& one : dust) {
    if (finder.IsMarked(one.event, one.counterparty, one.name, one.amount)) {
      AddMark("dust_lookalike", &marks[one.entry]);
    }
  }
  return marks;
}

}  // namespace coinwake::server
