#include "hints/movement_source.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr std::size_t kPage = 4'096;
constexpr std::int64_t kMillisecondsInSecond = 1'000;
// Before any block; differences with times stay far from overflow.
constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min() / 4;

}  // namespace

absl::Status MovementBudget::Take(std::uint64_t rows) {
  if (rows > left_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the payments of the service around what is asked about are more than ", rows_,
        " inputs, outputs and events; a part of them would say nothing, so nothing is said"));
  }
  left_ -= rows;
  return absl::OkStatus();
}

OutputMovements::OutputMovements(const FactsReader& facts)
    : view_(facts.view()), payments_(facts, nullptr) {
  const Snapshot& snapshot = view_.snapshot();
  for (std::uint64_t height = snapshot.from_height; height <= snapshot.height; ++height) {
    times_.push_back(view_.Block(height).time);
  }
}

KnownTimes OutputMovements::known() const {
  return {view_.snapshot().complete_history ? kAlways : std::int64_t{times_.front()},
          std::int64_t{times_.back()}};
}

MovementSource::Span OutputMovements::SpanOf(std::int64_t from, std::int64_t to) const {
  const auto first = std::find_if(times_.begin(), times_.end(),
                                  [from](std::uint32_t time) { return time >= from; });
  const auto last =
      std::find_if(times_.rbegin(), times_.rend(), [to](std::uint32_t time) { return time <= to; });
  if (first >= last.base()) return {};
  const std::uint64_t from_height = view_.snapshot().from_height;
  const auto at = [&](std::ptrdiff_t block) {
    return view_.TransactionsAt(from_height + static_cast<std::uint64_t>(block));
  };
  return {at(first - times_.begin()).begin.value, at(last.base() - times_.begin() - 1).end.value};
}

absl::Status OutputMovements::AppendNumbers(AddressNum address, const Span& span,
                                            MovementBudget* budget,
                                            std::vector<std::uint64_t>* numbers) const {
  if (span.begin >= span.end) return absl::OkStatus();
  const auto append = [&](TxNum tx) {
    if (span.begin <= tx.value && tx.value < span.end) numbers->push_back(tx.value);
  };
  const OutputNum begin = view_.Outputs(TxNum{span.begin}).begin;
  const OutputNum end = view_.Outputs(TxNum{span.end - 1}).end;
  OutputNum next{0};
  std::vector<OutputNum> outputs;
  do {
    outputs.clear();
    COINWAKE_RETURN_IF_ERROR(view_.OutputsOf(address, next, kPage, &outputs));
    COINWAKE_RETURN_IF_ERROR(budget->Take(outputs.size() + 1));
    for (const OutputNum output : outputs) {
      next = output + 1;
      if (output >= end) break;
      if (output >= begin) append(view_.TransactionOf(output));
      const std::optional<TxNum> spender = view_.Spender(output);
      if (spender.has_value()) append(*spender);
    }
  } while (outputs.size() == kPage && next < end);
  std::vector<ForeignNum> foreign;
  COINWAKE_RETURN_IF_ERROR(view_.ForeignOf(address, &foreign));
  COINWAKE_RETURN_IF_ERROR(budget->Take(foreign.size()));
  for (const ForeignNum one : foreign) append(view_.SpenderOf(one));
  return view_.damage().status();
}

KnownTimes AccountMovements::known() const {
  const Snapshot& snapshot = view_.snapshot();
  return {snapshot.complete_history ? kAlways : TimeAt(snapshot.from_height),
          TimeAt(snapshot.height)};
}

std::int64_t AccountMovements::TimeAt(std::uint64_t height) const {
  return view_.TimeOf(height) / kMillisecondsInSecond;
}

std::uint64_t AccountMovements::FirstHeightAfter(std::int64_t time) const {
  std::uint64_t low = view_.snapshot().from_height;
  std::uint64_t high = view_.snapshot().height + 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (TimeAt(middle) <= time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::uint64_t AccountMovements::FirstEventFrom(std::uint64_t height) const {
  if (height > view_.snapshot().height) return view_.events_count();
  const TxNum tx = view_.TransactionsAt(height).begin;
  return tx.value < view_.transactions_count() ? view_.Events(tx).begin.value
                                               : view_.events_count();
}

MovementSource::Span AccountMovements::SpanOf(std::int64_t from, std::int64_t to) const {
  return {FirstEventFrom(FirstHeightAfter(from - 1)), FirstEventFrom(FirstHeightAfter(to))};
}

absl::Status AccountMovements::AppendNumbers(AddressNum address, const Span& span,
                                             MovementBudget* budget,
                                             std::vector<std::uint64_t>* numbers) const {
  EventNum next{span.begin};
  std::vector<EventNum> events;
  do {
    events.clear();
    COINWAKE_RETURN_IF_ERROR(view_.EventsOf(address, asset_, next, kPage, &events));
    COINWAKE_RETURN_IF_ERROR(budget->Take(events.size() + 1));
    for (const EventNum event : events) {
      if (event.value < span.end) numbers->push_back(event.value);
      next = event + 1;
    }
  } while (events.size() == kPage && next.value < span.end);
  return view_.damage().status();
}

}  // namespace coinwake
