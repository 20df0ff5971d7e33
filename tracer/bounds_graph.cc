#include "tracer/bounds_graph.h"

#include <algorithm>
#include <initializer_list>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "tracer/account_taint.h"

namespace coinwake {
namespace {

// Sums of capacities: beyond what an Amount holds nothing flows anyway.
template <typename Amount>
Amount AddUpTo(Amount a, Amount b) {
  return a > ~b ? ~Amount{0} : a + b;
}

template <typename Arc>
void SortArcs(std::vector<Arc>* arcs) {
  const auto before = [](const Arc& a, const Arc& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  };
  if (!std::is_sorted(arcs->begin(), arcs->end(), before)) {
    std::sort(arcs->begin(), arcs->end(), before);
  }
}

}  // namespace

template <typename Amount>
BoundsGraph<Amount>::BoundsGraph(std::uint64_t max_arcs, std::uint32_t rest)
    : max_arcs_(std::min(max_arcs, (std::uint64_t{1} << 31) - 1)),
      rest_(rest),
      order_(kElsewhere + 1) {}

template <typename Amount>
std::uint32_t BoundsGraph<Amount>::AddVertex() {
  order_.push_back(0);
  return static_cast<std::uint32_t>(order_.size() - 1);
}

template <typename Amount>
std::uint32_t BoundsGraph<Amount>::StopVertex(SinkKind kind, std::optional<std::uint32_t> entity) {
  const auto [place, is_new] = stops_.try_emplace(StopKey(kind, entity), 0);
  if (is_new) place->second = AddVertex();
  return place->second;
}

template <typename Amount>
absl::Status BoundsGraph<Amount>::AddArc(std::uint32_t from, std::uint32_t to, Amount capacity) {
  COINWAKE_DCHECK(from == kSeeds || order_[from] != 0);
  COINWAKE_DCHECK(order_[to] == 0);
  if (capacity == 0) return absl::OkStatus();
  if (arcs_.size() >= max_arcs_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the bounds need more than ", max_arcs_,
        " arcs of the flow from the seeds; follow fewer hops (--max-hops), end earlier "
        "(--until) or stop at what is known to be a service (--stop-at, --stop)"));
  }
  arcs_.push_back({from, to, capacity});
  return absl::OkStatus();
}

template <typename Amount>
void BoundsGraph<Amount>::Number() {
  std::vector<std::uint32_t> number(order_.size());
  for (std::size_t v = 0; v < order_.size(); ++v) {
    number[v] = order_[v] != 0 ? order_[v] : settled_ + 1 + EndOf(rest_);
  }
  number[kSeeds] = 0;
  for (const std::uint32_t end : {kTarget, kNotExpanded, kElsewhere}) {
    number[end] = settled_ + 1 + EndOf(end);
  }
  std::uint32_t next = settled_ + 1 + EndOf(kElsewhere) + 1;
  for (const auto& [key, vertex] : stops_) number[vertex] = next++;
  for (Arc& arc : arcs_) {
    arc.from = number[arc.from];
    arc.to = number[arc.to];
  }
  order_ = {};
  SortArcs(&arcs_);
}

// Keeps the ends that `keeps` says; the others, and what only leads to them, become kElsewhere.
template <typename Amount>
typename BoundsGraph<Amount>::Network BoundsGraph<Amount>::Prune(
    const std::vector<bool>& keeps) const {
  const std::uint32_t first_end = settled_ + 1;
  std::vector<bool> leads(std::size_t{first_end} + ends_count());
  for (std::uint32_t end = 0; end < ends_count(); ++end) leads[first_end + end] = keeps[end];
  for (std::size_t i = arcs_.size(); i-- > 0;) {  // the last of an order: their ends are decided
    if (leads[arcs_[i].to]) leads[arcs_[i].from] = true;
  }
  std::vector<std::uint32_t> number(first_end);
  std::uint32_t next = 1;  // the seeds are 0
  for (std::uint32_t v = 1; v < first_end; ++v) {
    if (leads[v]) number[v] = next++;
  }
  std::vector<Arc> kept;
  const auto keep = [&](const Arc& arc) {
    if (arc.from != 0 && !leads[arc.from]) return;
    std::uint32_t to = next + EndOf(kElsewhere);
    if (leads[arc.to]) to = arc.to < first_end ? number[arc.to] : next + (arc.to - first_end);
    kept.push_back({number[arc.from], to, arc.capacity});
  };
  kept.reserve(
      static_cast<std::size_t>(std::count_if(arcs_.begin(), arcs_.end(), [&leads](const Arc& arc) {
        return arc.from == 0 || leads[arc.from];
      })));
  for (const Arc& arc : arcs_) keep(arc);
  SortArcs(&kept);
  std::size_t merged = 0;
  for (const Arc& arc : kept) {
    if (merged != 0 && kept[merged - 1].from == arc.from && kept[merged - 1].to == arc.to) {
      kept[merged - 1].capacity = AddUpTo(kept[merged - 1].capacity, arc.capacity);
    } else {
      kept[merged++] = arc;
    }
  }
  kept.resize(merged);
  return {MaxFlow<Amount>(next + ends_count(), std::move(kept)), next};
}

template <typename Amount>
absl::Status BoundsGraph<Amount>::SolveTarget(FlowMeter& meter, Bounds* bounds) const {
  std::vector<bool> keeps(ends_count());
  keeps[EndOf(kTarget)] = keeps[EndOf(kNotExpanded)] = true;
  Network network = Prune(keeps);
  const std::uint32_t target = network.first_end + EndOf(kTarget);
  const std::uint32_t cut = network.first_end + EndOf(kNotExpanded);
  const std::uint32_t elsewhere = network.first_end + EndOf(kElsewhere);
  const std::uint32_t may_have[] = {target, cut};
  const std::uint32_t may_not_have[] = {cut, elsewhere};
  COINWAKE_ASSIGN_OR_RETURN(bounds->max, network.flow.To(may_have, meter));
  COINWAKE_ASSIGN_OR_RETURN(const Uint128 others, network.flow.To(may_not_have, meter));
  bounds->min = bounds->seeded - others;
  if (bounds->not_expanded == 0) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(bounds->not_expanded_max, network.flow.To({&cut, 1}, meter));
  return absl::OkStatus();
}

template <typename Amount>
absl::Status BoundsGraph<Amount>::SolveStops(FlowMeter& meter, Bounds* bounds) const {
  bounds->stops_count = stops_.size();
  if (stops_.empty()) return absl::OkStatus();
  const std::uint32_t first_stop = EndOf(kElsewhere) + 1;
  std::vector<Amount> paid(ends_count());
  for (const Arc& arc : arcs_) {
    if (arc.to <= settled_) continue;
    Amount& sum = paid[arc.to - (settled_ + 1)];
    sum = AddUpTo(sum, arc.capacity);
  }
  std::vector<std::uint32_t> chosen(stops_.size());  // ends, in the order of stops_
  std::iota(chosen.begin(), chosen.end(), first_stop);
  std::stable_sort(chosen.begin(), chosen.end(),
                   [&paid](std::uint32_t a, std::uint32_t b) { return paid[a] > paid[b]; });
  if (chosen.size() > kMostStopBounds) chosen.resize(kMostStopBounds);
  std::sort(chosen.begin(), chosen.end());
  std::vector<bool> keeps(ends_count());
  for (const std::uint32_t end : chosen) keeps[end] = true;
  Network network = Prune(keeps);
  // All ends but the one in work, in whose place the first stands meanwhile.
  std::vector<std::uint32_t> others = {network.first_end + EndOf(kElsewhere)};
  for (const std::uint32_t stop : chosen) others.push_back(network.first_end + stop);
  std::uint32_t end = first_stop;
  std::size_t next = 1;  // its place in `others`
  for (const auto& [key, vertex] : stops_) {
    if (keeps[end]) {
      const std::uint32_t sink = std::exchange(others[next], others.front());
      COINWAKE_ASSIGN_OR_RETURN(const Uint128 max, network.flow.To({&sink, 1}, meter));
      COINWAKE_ASSIGN_OR_RETURN(const Uint128 elsewhere, network.flow.To(others, meter));
      bounds->stops.push_back({key.first, key.second, max, bounds->seeded - elsewhere});
      others[next++] = sink;
    }
    ++end;
  }
  std::stable_sort(bounds->stops.begin(), bounds->stops.end(),
                   [](const StopBound& a, const StopBound& b) { return a.max > b.max; });
  return absl::OkStatus();
}

// What the seeds give together; from here on the network takes no more.
template <typename Amount>
absl::StatusOr<Uint128> BoundsGraph<Amount>::Close(FlowMeter& meter) {
  Uint128 seeded = 0;
  for (const Arc& arc : arcs_) {
    if (arc.from != kSeeds) continue;
    if (arc.capacity > kMaxAccountUnits - seeded) {
      return absl::InvalidArgumentError(
          "what the seeds received adds up to more than 127 bits; no bounds can be told");
    }
    seeded += arc.capacity;
  }
  Number();
  COINWAKE_RETURN_IF_ERROR(meter.Count(2 * arcs_.size()));
  return seeded;
}

template <typename Amount>
absl::Status BoundsGraph<Amount>::Solve(FlowMeter& meter, Bounds* bounds) {
  COINWAKE_ASSIGN_OR_RETURN(bounds->seeded, Close(meter));
  COINWAKE_RETURN_IF_ERROR(SolveTarget(meter, bounds));
  return SolveStops(meter, bounds);
}

template <typename Amount>
absl::Status BoundsGraph<Amount>::SolveFigures(FlowMeter& meter, FigureBounds* figures) {
  COINWAKE_ASSIGN_OR_RETURN(const Uint128 seeded, Close(meter));
  std::vector<bool> keeps(ends_count(), true);
  keeps[EndOf(kElsewhere)] = false;  // it is there all the same
  Network network = Prune(keeps);
  // What max_hops cut may have gone anywhere.
  std::vector<std::uint32_t> unspent = {network.first_end + EndOf(kTarget)};
  std::vector<std::uint32_t> sinks = {network.first_end + EndOf(kElsewhere)};
  std::vector<std::uint32_t> exits(stops_.size());
  std::iota(exits.begin(), exits.end(), network.first_end + EndOf(kElsewhere) + 1);
  using Ends = std::vector<std::uint32_t>;
  const auto most = [&](std::initializer_list<const Ends*> parts) {
    Ends ends = {network.first_end + EndOf(kNotExpanded)};
    for (const Ends* part : parts) ends.insert(ends.end(), part->begin(), part->end());
    return network.flow.To(ends, meter);
  };
  const auto solve = [&](const Ends& of, const Ends& a, const Ends& b,
                         AmountInterval* interval) -> absl::Status {
    COINWAKE_ASSIGN_OR_RETURN(interval->max, most({&of}));
    COINWAKE_ASSIGN_OR_RETURN(const Uint128 others, most({&a, &b}));
    interval->min = seeded - others;
    return absl::OkStatus();
  };
  COINWAKE_RETURN_IF_ERROR(solve(unspent, exits, sinks, &figures->unspent));
  COINWAKE_RETURN_IF_ERROR(solve(exits, unspent, sinks, &figures->exits));
  COINWAKE_RETURN_IF_ERROR(solve(sinks, unspent, exits, &figures->sinks));
  figures->known = true;
  return absl::OkStatus();
}

template class BoundsGraph<std::uint64_t>;
template class BoundsGraph<Uint128>;

}  // namespace coinwake
