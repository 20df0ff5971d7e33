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

// An account's events in all its assets, or in one, in chain order.
class EventsInOrder {
 public:
  // Events >= `from`.
  absl::Status Open(const AccountView& view, AddressNum address, std::optional<AssetNum> asset,
                    EventNum from) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<AssetNum> assets,
                              AssetsAsked(view, address, asset));
    for (const AssetNum one : assets) {
      AssetCursor cursor(view, address, one, from);
      COINWAKE_RETURN_IF_ERROR(cursor.Load());
      if (!cursor.Valid()) continue;
      queue_.emplace(cursor.event(), cursors_.size());
      cursors_.push_back(std::move(cursor));
    }
    return absl::OkStatus();
  }

  // Assets that have such events, ascending; place() is the present event's among them.
  std::size_t assets_count() const { return cursors_.size(); }
  AssetNum asset(std::size_t place) const { return cursors_[place].asset(); }

  bool Valid() const { return !queue_.empty(); }
  // REQUIRES of all below: Valid().
  EventNum event() const { return queue_.top().first; }
  std::size_t place() const { return queue_.top().second; }
  absl::Status Next(const Cancellation* cancellation) {
    if (steps_++ % kPageEvents == 0) COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    const std::size_t at = place();
    queue_.pop();
    COINWAKE_RETURN_IF_ERROR(cursors_[at].Next());
    if (cursors_[at].Valid()) queue_.emplace(cursors_[at].event(), at);
    return absl::OkStatus();
  }

 private:
  using Head = std::pair<EventNum, std::size_t>;  // and its cursor's place
  std::vector<AssetCursor> cursors_;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> queue_;
  std::uint64_t steps_ = 0;
};

void AddEvent(EventNum number, const LedgerEvent& event, AddressNum address, AssetSums* sums) {
  if (!sums->first.has_value()) sums->first = number;
  sums->last = number;
  if (event.kind == EntryKind::kGap) {
    ++sums->gaps;
    sums->gap_reasons |= 1u << (event.more & 31);
  } else if (MovesValue(event.kind)) {
    ++sums->events;
    AddSides(event, address, &sums->received, &sums->sent);
    if (event.to == address) sums->in[static_cast<std::size_t>(event.to_pot)] += event.amount;
    if (event.from == address) sums->out[static_cast<std::size_t>(event.from_pot)] += event.amount;
    if (sums->sent > sums->received) {
      sums->shortfall = std::max<AmountSum>(sums->shortfall, sums->sent - sums->received);
    }
  }
}

// One entry an asset, ascending, of those from `begin` on.
void Condense(std::size_t begin, std::vector<AccountHistoryEntry>* entries) {
  std::sort(
      entries->begin() + static_cast<std::ptrdiff_t>(begin), entries->end(),
      [](const AccountHistoryEntry& a, const AccountHistoryEntry& b) { return a.asset < b.asset; });
  std::size_t count = begin;
  for (std::size_t i = begin; i < entries->size(); ++i) {
    if (count != begin && (*entries)[count - 1].asset == (*entries)[i].asset) {
      (*entries)[count - 1].received += (*entries)[i].received;
      (*entries)[count - 1].sent += (*entries)[i].sent;
    } else {
      (*entries)[count++] = (*entries)[i];
    }
  }
  entries->resize(count);
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

absl::StatusOr<AccountSums> AccountSumsOf(const AccountView& view, AddressNum address,
                                          std::optional<AssetNum> asset,
                                          const Cancellation* cancellation) {
  EventsInOrder events;
  COINWAKE_RETURN_IF_ERROR(events.Open(view, address, asset, EventNum{0}));
  AccountSums all;
  for (std::size_t place = 0; place < events.assets_count(); ++place) {
    all.assets.push_back({events.asset(place), {}});
  }
  EventNum counted{0};  // events before it are of transactions that are counted
  while (events.Valid()) {
    const EventNum number = events.event();
    const LedgerEvent event = view.Event(number);
    AddEvent(number, event, address, &all.assets[events.place()].sums);
    if (MovesValue(event.kind) && number >= counted) {
      ++all.transactions;
      counted = view.Events(view.TransactionOf(number)).end;
    }
    COINWAKE_RETURN_IF_ERROR(events.Next(cancellation));
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return all;
}

absl::StatusOr<AssetSums> SumsOf(const AccountView& view, AddressNum address, AssetNum asset) {
  COINWAKE_ASSIGN_OR_RETURN(const AccountSums all, AccountSumsOf(view, address, asset));
  return all.assets.empty() ? AssetSums() : all.assets.front().sums;
}

absl::StatusOr<std::vector<AccountHistoryEntry>> HistoryOf(const AccountView& view,
                                                           AddressNum address,
                                                           std::optional<AssetNum> asset,
                                                           TxNum from, std::size_t limit,
                                                           const Cancellation* cancellation) {
  std::vector<AccountHistoryEntry> entries;
  if (from.value >= view.transactions_count()) return entries;
  EventsInOrder events;
  COINWAKE_RETURN_IF_ERROR(events.Open(view, address, asset, view.Events(from).begin));
  while (events.Valid() && entries.size() < limit) {
    const TxNum tx = view.TransactionOf(events.event());
    const IdRange<EventNum> of_tx = view.Events(tx);
    if (!of_tx.contains(events.event())) {
      // Nothing would be taken off, for ever.
      COINWAKE_RETURN_IF_ERROR(view.damage().status());
      return absl::DataLossError(
          absl::StrCat("tx_first_event.col: row ", tx.value,
                       " is out of order; index again into an empty folder"));
    }
    const std::size_t begin = entries.size();
    while (events.Valid() && events.event() < of_tx.end) {
      const LedgerEvent event = view.Event(events.event());
      if (MovesValue(event.kind)) {
        entries.push_back({tx, events.asset(events.place()), 0, 0});
        AddSides(event, address, &entries.back().received, &entries.back().sent);
      }
      COINWAKE_RETURN_IF_ERROR(events.Next(cancellation));
    }
    Condense(begin, &entries);
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return entries;
}

}  // namespace coinwake
