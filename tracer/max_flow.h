// The most that can flow through a network without circles, exactly, in integers.
//
// Push-relabel (Goldberg, Tarjan 1988) with the highest label first, gaps and global relabelling
// (Cherkassky, Goldberg 1997), from a first flow that two passes in the network's own order find:
// on chains of spends, deep and with sinks everywhere, that is nearly all of it. Only how much
// flows is asked, so what finds no sink is not led back. (Boost.Graph's is the same method; it
// takes five times the memory, is no faster, and can be neither cancelled nor bounded once it runs.
// Dinic 1970 takes twenty times as long where paths are thousands of arcs long.)
#ifndef COINWAKE_TRACER_MAX_FLOW_H_
#define COINWAKE_TRACER_MAX_FLOW_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "tracer/taint.h"

namespace coinwake {

// Counts the arcs that flows look at and says when they must stop. Not thread-safe. Borrows all it
// is given.
class FlowMeter {
 public:
  // `max_steps`: arcs looked at, over all flows; 0: no limit. `cancellation` may be null.
  FlowMeter(std::uint64_t max_steps, const Cancellation* cancellation)
      : max_steps_(max_steps), cancellation_(cancellation) {}

  // kResourceExhausted past the limit, kCancelled; both are looked at now and then.
  absl::Status Count(std::uint64_t steps) {
    steps_ += steps;
    return steps_ < next_look_ ? absl::OkStatus() : Look();
  }

 private:
  static constexpr std::uint64_t kLookPeriod = std::uint64_t{1} << 20;  // milliseconds
  absl::Status Look();

  const std::uint64_t max_steps_;
  const Cancellation* const cancellation_;
  std::uint64_t steps_ = 0;
  std::uint64_t next_look_ = 0;
};

// `Amount` is std::uint64_t or Uint128: what one arc can carry. Not thread-safe. Memory: an arc 32
// bytes, or 48 of 128 bits; a vertex 52, or 60.
template <typename Amount>
class MaxFlow {
 public:
  struct Arc {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    Amount capacity = 0;
  };

  // REQUIRES: from < to < vertices_count for each arc; fewer than 2^31 arcs.
  MaxFlow(std::uint32_t vertices_count, std::vector<Arc> arcs);

  // The most that can flow from vertex 0 to all of `sinks` together; it ends where it first meets
  // one. What an earlier call found plays no part. What `meter` returns. REQUIRES: sinks are
  // vertices other than 0; what the arcs of vertex 0 carry adds up to less than 2^128.
  absl::StatusOr<Uint128> To(std::span<const std::uint32_t> sinks, FlowMeter& meter);

 private:
  // An arc is two slots, one in the list of each end: there the unused part of its capacity, here
  // what flows, which can be taken back.
  struct Slot {
    std::uint32_t head = 0;  // the other end
    std::uint32_t mate = 0;  // the other slot
  };
  static constexpr std::uint32_t kFar = 0xffffffff;   // no sink can be reached
  static constexpr std::uint32_t kNone = 0xffffffff;  // no vertex
  static constexpr Amount kMost = ~Amount{0};

  std::uint32_t vertices_count() const { return static_cast<std::uint32_t>(first_.size() - 1); }
  void Clear();
  void BoundWhatPasses();
  void PushForward();
  void Push(std::uint32_t slot, Amount amount);
  void Move(std::uint32_t from, std::uint32_t slot, Amount amount);
  absl::Status MeasureDistances(FlowMeter& meter);
  void Wait(std::uint32_t v);
  std::optional<std::uint32_t> TakeFarthest();
  std::uint64_t Discharge(std::uint32_t v);
  std::uint64_t Relabel(std::uint32_t v);

  std::vector<std::uint32_t> first_;  // of each vertex its first slot, and the end
  std::vector<Slot> slots_;
  std::vector<Amount> residual_;  // of each slot
  std::vector<bool> is_sink_;
  Uint128 arrived_ = 0;  // at sinks
  // Of each vertex.
  std::vector<Amount> room_;             // first flow: no more than this can pass on
  std::vector<Uint128> excess_;          // what arrived and is not passed on
  std::vector<std::uint32_t> distance_;  // to a sink, at least, in arcs that are not full
  std::vector<std::uint32_t> cursor_;    // the slot to try next
  std::vector<std::uint32_t> next_;      // of those that wait at its distance
  // Of each distance.
  std::vector<std::uint32_t> waiting_;  // a vertex with excess, before others
  std::vector<std::uint32_t> count_;    // of vertices
  std::uint32_t highest_ = 0;           // nothing waits beyond it
  std::vector<std::uint32_t> queue_;
};

extern template class MaxFlow<std::uint64_t>;
extern template class MaxFlow<Uint128>;

}  // namespace coinwake

#endif  // COINWAKE_TRACER_MAX_FLOW_H_
