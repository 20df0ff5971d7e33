#include "indexer/view/account_history.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

// Events of one asset looked up at once.
constexpr std::size_t kPageEvents = 256;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// An account's events in one asset, in order, a page at a time.
class AssetCursor {
 public:
  AssetCursor(const AccountView& view, AddressNum address, AssetNum asset, EventNum from)
      : view_(&view), address_(address), asset_(asset), next_page_(from) {}

  absl::Status Load() {
    if (at_ < page_.size() || ended_) return absl::OkStatus();
    page_.clear();
    at_ = 0;
    COINWAKE_RETURN_IF_ERROR(view_->EventsOf(address_, asset_, next_page_, kPageEvents, &page_));
    ended_ = page_.size() < kPageEvents;
    if (!page_.empty()) next_page_ = page_.back() + 1;
    return absl::OkStatus();
  }
  bool Valid() const { return at_ < page_.size(); }
  EventNum event() const { return page_[at_]; }  // REQUIRES: Valid()
  AssetNum asset() const { return asset_; }
  absl::Status Next() {
    ++at_;
    return Load();
  }

 private:
  const AccountView* view_;
  AddressNum address_;
  AssetNum asset_;
  EventNum next_page_;
  std::vector<EventNum> page_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

// What `event` gave to `address` and took from it; both 0 where it stays with it or moves nothing.
void AddSides(const LedgerEvent& event, AddressNum address, AmountSum* received, AmountSum* sent) {
  if (!MovesValue(event.kind) || event.from == event.to) return;
  if (event.to == address) *received += event.amount;
  if (event.from == address) *sent += event.amount;
}

absl::StatusOr<std::vector<AssetNum>> AssetsAsked(const AccountView& view, AddressNum address,
                                                  std::optional<AssetNum> asset) {
  if (asset.has_value()) return std::vector<AssetNum>{*asset};
  std::vector<AssetNum> assets;
  COINWAKE_RETURN_IF_ERROR(view.AssetsOf(address, AssetNum{0}, kAll, &assets));
  std::erase(assets, kFactsAsset);
  return assets;
}

// Takes the events of transaction `tx` off `cursor`.
absl::Status TakeTransaction(const AccountView& view, AddressNum address, TxNum tx,
                             AssetCursor* cursor, std::vector<AccountHistoryEntry>* entries) {
  AccountHistoryEntry entry{tx, cursor->asset(), 0, 0};
  const EventNum end = view.Events(tx).end;
  bool moved = false;
  while (cursor->Valid() && cursor->event() < end) {
    const LedgerEvent event = view.Event(cursor->event());
    AddSides(event, address, &entry.received, &entry.sent);
    moved = moved || MovesValue(event.kind);
    COINWAKE_RETURN_IF_ERROR(cursor->Next());
  }
  if (moved) entries->push_back(entry);
  return view.damage().status();
}

}  // namespace

SignedAmount AssetSums::Staked() const {
  AmountSum all_in = 0;
  AmountSum all_out = 0;
  for (std::size_t pot = 1; pot < kPotsCount; ++pot) {
    all_in += in[pot];
    all_out += out[pot];
  }
  return SignedAmount::Difference(all_in, all_out);
}

absl::StatusOr<AssetSums> SumsOf(const AccountView& view, AddressNum address, AssetNum asset) {
  AssetSums sums;
  AssetCursor cursor(view, address, asset, EventNum{0});
  COINWAKE_RETURN_IF_ERROR(cursor.Load());
  while (cursor.Valid()) {
    const EventNum number = cursor.event();
    const LedgerEvent event = view.Event(number);
    if (!sums.first.has_value()) sums.first = number;
    sums.last = number;
    if (event.kind == EntryKind::kGap) {
      ++sums.gaps;
      sums.gap_reasons |= 1u << (event.more & 31);
    } else if (MovesValue(event.kind)) {
      ++sums.events;
      AddSides(event, address, &sums.received, &sums.sent);
      if (event.to == address) sums.in[static_cast<std::size_t>(event.to_pot)] += event.amount;
      if (event.from == address) sums.out[static_cast<std::size_t>(event.from_pot)] += event.amount;
      if (sums.sent > sums.received) {
        sums.shortfall = std::max<AmountSum>(sums.shortfall, sums.sent - sums.received);
      }
    }
    COINWAKE_RETURN_IF_ERROR(cursor.Next());
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return sums;
}

absl::StatusOr<std::vector<AccountHistoryEntry>> HistoryOf(const AccountView& view,
                                                           AddressNum address,
                                                           std::optional<AssetNum> asset,
                                                           TxNum from, std::size_t limit) {
  std::vector<AccountHistoryEntry> entries;
  if (from.value >= view.transactions_count()) return entries;
  const EventNum first = view.Events(from).begin;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AssetNum> assets, AssetsAsked(view, address, asset));
  std::vector<AssetCursor> cursors;
  using Next = std::pair<EventNum, std::size_t>;  // and the cursor's place
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  for (const AssetNum one : assets) {
    AssetCursor cursor(view, address, one, first);
    COINWAKE_RETURN_IF_ERROR(cursor.Load());
    if (!cursor.Valid()) continue;
    queue.emplace(cursor.event(), cursors.size());
    cursors.push_back(std::move(cursor));
  }
  while (!queue.empty() && entries.size() < limit) {
    const TxNum tx = view.TransactionOf(queue.top().first);
    const IdRange<EventNum> events = view.Events(tx);
    if (!events.contains(queue.top().first)) {
      // Nothing would be taken off, for ever.
      COINWAKE_RETURN_IF_ERROR(view.damage().status());
      return absl::DataLossError(
          absl::StrCat("tx_first_event.col: row ", tx.value,
                       " is out of order; index again into an empty folder"));
    }
    const EventNum end = events.end;
    const std::size_t begin_entry = entries.size();
    while (!queue.empty() && queue.top().first < end) {
      const std::size_t place = queue.top().second;
      queue.pop();
      COINWAKE_RETURN_IF_ERROR(TakeTransaction(view, address, tx, &cursors[place], &entries));
      if (cursors[place].Valid()) queue.emplace(cursors[place].event(), place);
    }
    std::sort(entries.begin() + static_cast<std::ptrdiff_t>(begin_entry), entries.end(),
              [](const AccountHistoryEntry& a, const AccountHistoryEntry& b) {
                return a.asset < b.asset;
              });
  }
  return entries;
}

}  // namespace coinwake
