#include "tracer/max_flow.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"

namespace coinwake {

absl::Status FlowMeter::Look() {
  next_look_ = steps_ + kLookPeriod;
  if (max_steps_ != 0 && steps_ > max_steps_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the bounds are not certain after ", max_steps_,
                     " steps; narrow the question (--max-hops, --until, --stop-at)"));
  }
  return CheckCancelled(cancellation_);
}

template <typename Amount>
MaxFlow<Amount>::MaxFlow(std::uint32_t vertices_count, std::vector<Arc> arcs)
    : first_(std::size_t{vertices_count} + 1),
      slots_(2 * arcs.size()),
      residual_(2 * arcs.size()),
      room_(vertices_count),
      cursor_(vertices_count),
      next_(vertices_count) {
  for (const Arc& arc : arcs) {
    COINWAKE_DCHECK(arc.from < arc.to && arc.to < vertices_count);
    ++first_[arc.from + 1];
    ++first_[arc.to + 1];
  }
  for (std::size_t v = 0; v < vertices_count; ++v) first_[v + 1] += first_[v];
  std::copy(first_.begin(), first_.end() - 1, cursor_.begin());
  for (const Arc& arc : arcs) {
    const std::uint32_t there = cursor_[arc.from]++;
    const std::uint32_t back = cursor_[arc.to]++;
    slots_[there] = {arc.to, back};
    slots_[back] = {arc.from, there};
    residual_[there] = arc.capacity;
  }
}

template <typename Amount>
absl::StatusOr<Uint128> MaxFlow<Amount>::To(std::span<const std::uint32_t> sinks,
                                            FlowMeter& meter) {
  Clear();
  is_sink_.assign(vertices_count(), false);
  for (const std::uint32_t sink : sinks) is_sink_[sink] = true;
  COINWAKE_RETURN_IF_ERROR(meter.Count(3 * slots_.size()));
  BoundWhatPasses();
  PushForward();
  COINWAKE_RETURN_IF_ERROR(MeasureDistances(meter));
  // Distances that are measured anew now and then cost as much as all else, and save more.
  const std::uint64_t period = slots_.size() + 4 * std::uint64_t{vertices_count()};
  std::uint64_t work = 0;
  while (const std::optional<std::uint32_t> v = TakeFarthest()) {
    const std::uint64_t steps = Discharge(*v);
    COINWAKE_RETURN_IF_ERROR(meter.Count(steps));
    work += steps;
    if (work < period) continue;
    COINWAKE_RETURN_IF_ERROR(MeasureDistances(meter));
    work = 0;
  }
  return arrived_;
}

template <typename Amount>
void MaxFlow<Amount>::Push(std::uint32_t slot, Amount amount) {
  residual_[slot] -= amount;
  residual_[slots_[slot].mate] += amount;
}

// Of the excess of `from`, to the end of one of its slots.
template <typename Amount>
void MaxFlow<Amount>::Move(std::uint32_t from, std::uint32_t slot, Amount amount) {
  Push(slot, amount);
  excess_[from] -= amount;
  const std::uint32_t head = slots_[slot].head;
  if (is_sink_[head]) {
    arrived_ += amount;
  } else {
    excess_[head] += amount;
  }
}

template <typename Amount>
void MaxFlow<Amount>::Clear() {
  for (std::uint32_t v = 0; v < vertices_count(); ++v) {
    for (std::uint32_t slot = first_[v]; slot < first_[v + 1]; ++slot) {
      const auto [head, mate] = slots_[slot];
      if (head > v) Push(mate, residual_[mate]);
    }
  }
  excess_.assign(vertices_count(), 0);
  arrived_ = 0;
}

// Fills room_: of a vertex the sum of what each of its arcs can carry and the arc's end pass on.
template <typename Amount>
void MaxFlow<Amount>::BoundWhatPasses() {
  for (std::uint32_t v = vertices_count(); v-- > 0;) {
    room_[v] = is_sink_[v] ? kMost : 0;
    if (is_sink_[v]) continue;
    for (std::uint32_t slot = first_[v]; slot < first_[v + 1]; ++slot) {
      const std::uint32_t head = slots_[slot].head;
      if (head < v) continue;
      room_[v] += std::min(std::min(residual_[slot], room_[head]), Amount(kMost - room_[v]));
    }
  }
}

// Lets flow all that vertex 0 gives, and of it on as much as seems to find room; the rest is left
// where it is.
template <typename Amount>
void MaxFlow<Amount>::PushForward() {
  for (std::uint32_t slot = first_[0]; slot < first_[1]; ++slot) excess_[0] += residual_[slot];
  for (std::uint32_t v = 0; v < vertices_count(); ++v) {
    for (std::uint32_t slot = first_[v]; excess_[v] != 0 && slot < first_[v + 1]; ++slot) {
      const std::uint32_t head = slots_[slot].head;
      if (head < v) continue;
      Amount amount = residual_[slot];
      if (v != 0) {
        amount = std::min(amount, room_[head]);
        if (excess_[v] < amount) amount = static_cast<Amount>(excess_[v]);
      }
      Move(v, slot, amount);
      if (!is_sink_[head]) room_[head] -= std::min(room_[head], amount);
    }
  }
}

// Fills distance_ with what it is, and lets all that has excess and is near wait.
template <typename Amount>
absl::Status MaxFlow<Amount>::MeasureDistances(FlowMeter& meter) {
  distance_.assign(vertices_count(), kFar);
  waiting_.assign(vertices_count(), kNone);
  count_.assign(vertices_count(), 0);
  highest_ = 0;
  queue_.clear();
  for (std::uint32_t v = 0; v < vertices_count(); ++v) {
    if (!is_sink_[v]) continue;
    distance_[v] = 0;
    queue_.push_back(v);
  }
  for (std::size_t next = 0; next < queue_.size(); ++next) {
    const std::uint32_t v = queue_[next];
    COINWAKE_RETURN_IF_ERROR(meter.Count(first_[v + 1] - first_[v]));
    ++count_[distance_[v]];
    cursor_[v] = first_[v];
    if (excess_[v] != 0) Wait(v);
    for (std::uint32_t slot = first_[v]; slot < first_[v + 1]; ++slot) {
      const auto [tail, there] = slots_[slot];
      if (residual_[there] == 0 || distance_[tail] != kFar) continue;
      distance_[tail] = distance_[v] + 1;
      queue_.push_back(tail);
    }
  }
  return absl::OkStatus();
}

template <typename Amount>
void MaxFlow<Amount>::Wait(std::uint32_t v) {
  next_[v] = waiting_[distance_[v]];
  waiting_[distance_[v]] = v;
  highest_ = std::max(highest_, distance_[v]);
}

// The last of those that wait; nullopt: none does.
template <typename Amount>
std::optional<std::uint32_t> MaxFlow<Amount>::TakeFarthest() {
  while (waiting_[highest_] == kNone) {
    if (highest_ == 0) return std::nullopt;
    --highest_;
  }
  const std::uint32_t v = waiting_[highest_];
  waiting_[highest_] = next_[v];
  return v;
}

// Passes the excess of `v` on to what is nearer, until nothing is left or it is known to be farther
// away itself. Returns how many slots it looked at.
template <typename Amount>
std::uint64_t MaxFlow<Amount>::Discharge(std::uint32_t v) {
  std::uint64_t steps = 0;
  for (; cursor_[v] < first_[v + 1]; ++cursor_[v]) {
    ++steps;
    const std::uint32_t slot = cursor_[v];
    const std::uint32_t head = slots_[slot].head;
    if (residual_[slot] == 0 || distance_[v] != distance_[head] + 1) continue;
    const bool waits = excess_[head] != 0;
    const Amount amount =
        excess_[v] < residual_[slot] ? static_cast<Amount>(excess_[v]) : residual_[slot];
    Move(v, slot, amount);
    if (!waits && excess_[head] != 0) Wait(head);
    if (excess_[v] == 0) return steps;
  }
  return steps + Relabel(v);
}

// REQUIRES: nothing nearer can take anything of `v`.
template <typename Amount>
std::uint64_t MaxFlow<Amount>::Relabel(std::uint32_t v) {
  const std::uint32_t old = distance_[v];
  distance_[v] = kFar;
  // What lies beyond a distance that nothing has reaches no sink any more.
  if (--count_[old] == 0) return 1;
  std::uint32_t nearest = kFar;
  for (std::uint32_t slot = first_[v]; slot < first_[v + 1]; ++slot) {
    if (residual_[slot] != 0) nearest = std::min(nearest, distance_[slots_[slot].head]);
  }
  if (nearest < vertices_count() - 1) {
    distance_[v] = nearest + 1;
    ++count_[distance_[v]];
    cursor_[v] = first_[v];
    Wait(v);
  }
  return first_[v + 1] - first_[v];
}

template class MaxFlow<std::uint64_t>;
template class MaxFlow<Uint128>;

}  // namespace coinwake
