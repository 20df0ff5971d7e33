#include "tracer/account_history.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr std::size_t kPageEvents = 256;  // 12 KiB
// A whole history is read in larger pieces, which cost fewer look-ups.
constexpr std::size_t kPiecePages = 4;

// False: passes kMaxAccountUnits.
bool Add(const AccountEvent& event, std::uint32_t account, AccountSums* sums) {
  if (event.from == event.to) return true;
  Uint128& side = event.to == account ? sums->received : sums->sent;
  side += event.amount;
  return side <= kMaxAccountUnits;
}

void Subtract(const AccountEvent& event, std::uint32_t account, AccountSums* sums) {
  if (event.from == event.to) return;
  (event.to == account ? sums->received : sums->sent) -= event.amount;
}

}  // namespace

absl::StatusOr<AccountHistory> AccountHistory::Read(AccountEvents& events, std::uint32_t account,
                                                    AccountMeter& meter) {
  AccountHistory history(account);
  AccountSums sums;
  std::vector<AccountEvent> piece;
  std::uint64_t next = 0;
  do {
    piece.clear();
    COINWAKE_RETURN_IF_ERROR(
        events.EventsOf(account, next, kPageEvents * kPiecePages, meter, &piece));
    COINWAKE_RETURN_IF_ERROR(CheckEvents(account, next, piece));
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const AccountEvent& event = piece[i];
      if (i % kPageEvents == 0) history.pages_.push_back({event.number, sums});
      if (!Add(event, account, &sums)) {
        return absl::InvalidArgumentError(
            absl::StrCat("up to event number ", event.number, " an account received or sent more ",
                         "of this asset than can be traced; its balance can be looked up"));
      }
      if (sums.sent > sums.received) {
        history.opening_ = std::max(history.opening_, sums.sent - sums.received);
      }
    }
    if (!piece.empty()) next = piece.back().number + 1;
  } while (piece.size() == kPageEvents * kPiecePages);
  history.pages_.shrink_to_fit();
  return history;
}

BackwardCursor::BackwardCursor(const AccountHistory& history, std::uint64_t begin,
                               std::uint64_t end)
    : history_(&history), begin_(begin), end_(end) {
  const auto after =
      std::partition_point(history.pages_.begin(), history.pages_.end(),
                           [end](const AccountHistory::Page& page) { return page.first < end; });
  pages_left_ = static_cast<std::size_t>(std::distance(history.pages_.begin(), after));
}

absl::Status BackwardCursor::Advance(AccountEvents& events, AccountMeter& meter) {
  if (left_ == 0) COINWAKE_RETURN_IF_ERROR(Read(events, meter));
  after_ = before_;
  at_event_ = left_ != 0;
  if (!at_event_) return absl::OkStatus();
  Subtract(page_[--left_], history_->account(), &before_);
  return absl::OkStatus();
}

// A page that has events of the range; none: there are no more.
absl::Status BackwardCursor::Read(AccountEvents& events, AccountMeter& meter) {
  const std::uint32_t account = history_->account();
  page_.clear();
  while (page_.empty() && pages_left_ != 0) {
    const AccountHistory::Page& page = history_->pages_[--pages_left_];
    before_ = page.before;
    COINWAKE_RETURN_IF_ERROR(events.EventsOf(account, page.first, kPageEvents, meter, &page_));
    COINWAKE_RETURN_IF_ERROR(CheckEvents(account, page.first, page_));
    // The last page of a range that ends within it.
    while (!page_.empty() && page_.back().number >= end_) page_.pop_back();
    for (const AccountEvent& event : page_) Add(event, account, &before_);
    const auto older = std::find_if(page_.begin(), page_.end(), [this](const AccountEvent& event) {
      return event.number >= begin_;
    });
    if (older != page_.begin()) pages_left_ = 0;  // all before them are older, too
    page_.erase(page_.begin(), older);
  }
  left_ = page_.size();
  if (left_ == 0) page_.shrink_to_fit();
  return absl::OkStatus();
}

}  // namespace coinwake
