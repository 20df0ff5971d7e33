// The flow network of one label's bounds: collected by a walk in chain order, then solved.
//
// Vertices pass on whatever arrives (the invariant: whatever may enter a vertex has room to leave
// it), so every flow that begins at the seeds can be led to some end. Therefore all that lies
// behind a vertex from which no end of interest can be reached is one end, and only the rest is
// kept when flows are sought.
#ifndef COINWAKE_TRACER_BOUNDS_GRAPH_H_
#define COINWAKE_TRACER_BOUNDS_GRAPH_H_

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "indexer/base/status.h"
#include "tracer/bounds.h"
#include "tracer/max_flow.h"

namespace coinwake {

// `Amount` is std::uint64_t or Uint128. Single use, not thread-safe.
template <typename Amount>
class BoundsGraph {
 public:
  // Vertices there from the start: where all begins, and where it may end.
  static constexpr std::uint32_t kSeeds = 0;
  static constexpr std::uint32_t kTarget = 1;
  static constexpr std::uint32_t kNotExpanded = 2;
  static constexpr std::uint32_t kElsewhere = 3;
  // More than ever flows through one arc.
  static constexpr Amount kUnlimited = ~Amount{0};

  // Keeps at most `max_arcs`. A vertex that is never settled is the end `rest`: kTarget or
  // kElsewhere.
  explicit BoundsGraph(std::uint64_t max_arcs, std::uint32_t rest = kElsewhere);

  // A vertex at which something may arrive.
  std::uint32_t AddVertex();
  // The end at a stop; the same for the same arguments.
  std::uint32_t StopVertex(SinkKind kind, std::optional<std::uint32_t> entity);
  // All that arrives at `vertex` is known; what leaves it follows. REQUIRES: AddVertex() gave it.
  void Settle(std::uint32_t vertex) { order_[vertex] = ++settled_; }
  // An arc of capacity 0 is none. kResourceExhausted: too many.
  // REQUIRES: `from` is kSeeds or settled; `to` is another end, or not yet settled.
  absl::Status AddArc(std::uint32_t from, std::uint32_t to, Amount capacity);

  // Fills the amounts of `*bounds`. kInvalidArgument: the seeds add up to more than 127 bits. What
  // `meter` returns.
  absl::Status Solve(FlowMeter& meter, Bounds* bounds);
  // Instead, where the target is what is left unspent: the figures of a trace. Errors as Solve().
  absl::Status SolveFigures(FlowMeter& meter, FigureBounds* figures);

 private:
  using Arc = typename MaxFlow<Amount>::Arc;
  using StopKey = std::pair<SinkKind, std::optional<std::uint32_t>>;

  // What is left when ends of interest are chosen. Ends are its last vertices.
  struct Network {
    MaxFlow<Amount> flow;
    std::uint32_t first_end = 0;
  };
  // Ends are numbered from 0: kTarget, kNotExpanded, kElsewhere, then the stops.
  static constexpr std::uint32_t EndOf(std::uint32_t fixed) { return fixed - kTarget; }
  std::uint32_t ends_count() const { return 3 + static_cast<std::uint32_t>(stops_.size()); }

  absl::StatusOr<Uint128> Close(FlowMeter& meter);
  void Number();
  Network Prune(const std::vector<bool>& keeps) const;
  absl::Status SolveTarget(FlowMeter& meter, Bounds* bounds) const;
  absl::Status SolveStops(FlowMeter& meter, Bounds* bounds) const;

  const std::uint64_t max_arcs_;
  const std::uint32_t rest_;
  std::vector<std::uint32_t> order_;  // of a vertex: 0, or when it was settled, counted from 1
  std::uint32_t settled_ = 0;
  std::map<StopKey, std::uint32_t> stops_;  // their vertices
  // From Number() on in topological order: the seeds are 0, then what was settled, then the ends.
  std::vector<Arc> arcs_;
};

extern template class BoundsGraph<std::uint64_t>;
extern template class BoundsGraph<Uint128>;

}  // namespace coinwake

#endif  // COINWAKE_TRACER_BOUNDS_GRAPH_H_
