#include "tracer/account_cursor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

// Most accounts a trace reaches are short-lived; hubs get pages worth a look-up.
constexpr std::uint32_t kFirstPage = 4;
constexpr std::uint32_t kLargestPage = 512;

bool IsPossible(const AccountEvent& event) {
  const bool has_from = event.from != kNobody;
  const bool has_to = event.to != kNobody;
  if (event.amount > kMaxAccountUnits) return false;
  switch (event.kind) {
    case AccountEventKind::kMove:
    case AccountEventKind::kWithin:
      return has_from && has_to;
    case AccountEventKind::kMint:
    case AccountEventKind::kReveal:
      return !has_from && has_to;
    case AccountEventKind::kFee:
    case AccountEventKind::kBurn:
    case AccountEventKind::kHide:
      return has_from && !has_to;
  }
  return false;
}

}  // namespace

absl::Status AccountMeter::Count(std::uint64_t count) {
  events_read_ += count;
  if (limits_.max_events != 0 && events_read_ > limits_.max_events) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the trace reads more than ", limits_.max_events,
                     " events; follow fewer hops, or set a threshold"));
  }
  // One look a page is cheap beside reading it.
  return CheckCancelled(cancellation_);
}

absl::Status InconsistentEvent(std::uint64_t event) {
  return absl::DataLossError(absl::StrCat("the index contradicts itself at event number ", event,
                                          "; run `coinwake verify`"));
}

absl::Status CheckEvents(std::uint32_t account, std::uint64_t from,
                         std::span<const AccountEvent> events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    const AccountEvent& event = events[i];
    const bool in_order = event.number >= from && (i == 0 || events[i - 1].number < event.number);
    if (!in_order || (event.from != account && event.to != account) || !IsPossible(event)) {
      return absl::DataLossError(absl::StrCat("event ", event.number, " of account number ",
                                              account,
                                              " contradicts the index; run `coinwake verify`"));
    }
  }
  return absl::OkStatus();
}

absl::Status AccountCursor::Advance(AccountEvents& events, AccountMeter& meter) {
  if (position_ == page_.size()) COINWAKE_RETURN_IF_ERROR(Read(events, meter));
  if (page_.empty()) return absl::OkStatus();
  ++position_;
  return absl::OkStatus();
}

absl::Status AccountCursor::Read(AccountEvents& events, AccountMeter& meter) {
  position_ = 0;
  page_.clear();
  if (from_ >= end_) {
    page_.shrink_to_fit();
    return absl::OkStatus();
  }
  page_size_ = page_size_ == 0 ? kFirstPage : std::min(page_size_ * 2, kLargestPage);
  COINWAKE_RETURN_IF_ERROR(events.EventsOf(account_, from_, page_size_, meter, &page_));
  COINWAKE_RETURN_IF_ERROR(CheckEvents(account_, from_, page_));
  const bool more = page_.size() >= page_size_ && page_.back().number < end_;
  from_ = more ? page_.back().number + 1 : end_;
  while (!page_.empty() && page_.back().number >= end_) page_.pop_back();
  if (page_.empty()) page_.shrink_to_fit();
  return absl::OkStatus();
}

}  // namespace coinwake
