#include "tracer/bounds.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tracer/bounds_graph.h"
#include "tracer/label_ranking.h"
#include "tracer/tx_frontier.h"
#include "tracer/work_meter.h"

namespace coinwake {
namespace {

// Sums from here on are more coins than can exist.
constexpr std::uint64_t kImpossibleSat = std::uint64_t{1} << 63;

// First transaction after the block at `height`, as far as there is one.
TxNum EndOfBlock(const View& view, std::uint64_t height) {
  const Snapshot& snapshot = view.snapshot();
  if (height >= snapshot.height) return TxNum{view.transactions_count()};
  if (height < snapshot.from_height) return TxNum{0};
  return view.Block(height).transactions.end;
}

OutputNum FirstOutputOf(const View& view, TxNum tx) {
  return tx.value < view.transactions_count() ? view.Outputs(tx).begin
                                              : OutputNum{view.outputs_count()};
}

// What all labels share.
struct WalkContext {
  const View& view;
  const BoundsTarget& target;
  const AddressStops* stops;
  std::uint32_t max_hops;
  TxNum end;
  TxFrontier& frontier;  // empty before and after a walk that ends well
  WorkMeter& meter;
};

// Visits what one label's seeds reach, in chain order, and writes it down as a flow network.
class SpendWalk {
 public:
  using Graph = BoundsGraph<std::uint64_t>;

  // `seeds` are ascending, distinct and of transactions before the end.
  SpendWalk(const WalkContext& context, std::span<const OutputNum> seeds, Graph& graph)
      : context_(context), seeds_(seeds), graph_(graph) {}

  absl::Status Run();
  // Outputs at max_hops that are spent.
  std::uint64_t not_expanded() const { return not_expanded_; }

 private:
  struct Pending {
    std::uint32_t vertex = 0;
    std::uint32_t hops = 0;
  };

  const View& view() const { return context_.view; }
  bool IsTarget(OutputNum output) const;
  std::uint32_t EndOfUnspent(OutputNum output) const;
  bool IsFeeTarget(TxNum tx) const;
  absl::Status Seed(OutputNum output);
  absl::Status Visit(TxNum tx);
  absl::StatusOr<std::uint32_t> EndOf(TxNum tx, OutputNum output, std::uint32_t hops);
  absl::StatusOr<std::uint32_t> SpendOf(TxNum tx, OutputNum output, std::uint32_t hops);
  std::optional<std::uint64_t> FeeOrNone(TxNum tx) const;

  const WalkContext& context_;
  const std::span<const OutputNum> seeds_;
  Graph& graph_;
  absl::flat_hash_map<std::uint64_t, Pending> pending_;  // by TxNum, of the frontier
  std::uint64_t not_expanded_ = 0;
};

absl::Status SpendWalk::Run() {
  for (const OutputNum seed : seeds_) COINWAKE_RETURN_IF_ERROR(Seed(seed));
  while (const std::optional<TxNum> tx = context_.frontier.Peek()) {
    context_.frontier.Pop();
    COINWAKE_RETURN_IF_ERROR(context_.meter.Count(1));
    COINWAKE_RETURN_IF_ERROR(Visit(*tx));
  }
  context_.frontier.Restart();
  return context_.meter.Look();
}

bool SpendWalk::IsTarget(OutputNum output) const {
  if (const auto* address = std::get_if<AddressNum>(&context_.target)) {
    return view().AddressOf(output) == *address;
  }
  const auto* one = std::get_if<OutputNum>(&context_.target);
  return one != nullptr && *one == output;
}

std::uint32_t SpendWalk::EndOfUnspent(OutputNum output) const {
  const bool counts = std::holds_alternative<Unspent>(context_.target) &&
                      !view().IsUnspendable(output, context_.end);
  return counts ? Graph::kTarget : Graph::kElsewhere;
}

bool SpendWalk::IsFeeTarget(TxNum tx) const {
  const auto* fee = std::get_if<FeeOf>(&context_.target);
  return fee != nullptr && fee->tx == tx;
}

// Of a seed nothing stops, and what it gives has arrived where it is the target's.
absl::Status SpendWalk::Seed(OutputNum output) {
  const std::uint64_t value = view().Value(output);
  if (value == 0) return absl::OkStatus();
  std::uint32_t to = Graph::kTarget;
  if (!IsTarget(output)) {
    COINWAKE_ASSIGN_OR_RETURN(to, SpendOf(view().TransactionOf(output), output, 0));
  }
  return graph_.AddArc(Graph::kSeeds, to, value);
}

// Where an output of `tx` that comes from elsewhere leads.
absl::StatusOr<std::uint32_t> SpendWalk::EndOf(TxNum tx, OutputNum output, std::uint32_t hops) {
  if (std::binary_search(seeds_.begin(), seeds_.end(), output)) return Graph::kElsewhere;
  if (IsTarget(output)) return Graph::kTarget;
  if (context_.stops != nullptr) {
    const std::optional<Stop> stop = context_.stops->StopAt(view().AddressOf(output));
    if (stop.has_value()) return graph_.StopVertex(stop->kind, stop->entity);
  }
  return SpendOf(tx, output, hops);
}

absl::StatusOr<std::uint32_t> SpendWalk::SpendOf(TxNum tx, OutputNum output, std::uint32_t hops) {
  const std::optional<TxNum> spender = view().Spender(output);
  if (!spender.has_value() || *spender >= context_.end) return EndOfUnspent(output);
  if (*spender <= tx) {
    return absl::DataLossError(absl::StrCat("the index contradicts itself at transaction number ",
                                            tx.value, "; run `coinwake verify`"));
  }
  if (hops >= context_.max_hops) {
    ++not_expanded_;
    return Graph::kNotExpanded;
  }
  const auto [place, is_new] = pending_.try_emplace(spender->value, Pending{0, hops});
  if (is_new) {
    place->second.vertex = graph_.AddVertex();
    context_.frontier.Insert(*spender);
  }
  place->second.hops = std::min(place->second.hops, hops);
  return place->second.vertex;
}

absl::Status SpendWalk::Visit(TxNum tx) {
  const auto place = pending_.find(tx.value);
  const Pending arrived = place->second;
  pending_.erase(place);
  graph_.Settle(arrived.vertex);
  const std::optional<std::uint64_t> fee = FeeOrNone(tx);
  std::uint64_t elsewhere = 0;  // one arc for all of it
  const auto add_elsewhere = [&elsewhere](std::uint64_t value) {
    elsewhere = value > Graph::kUnlimited - elsewhere ? Graph::kUnlimited : elsewhere + value;
  };
  const IdRange<OutputNum> outputs = view().Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const std::uint64_t value = view().Value(output);
    if (value == 0) continue;
    COINWAKE_ASSIGN_OR_RETURN(const std::uint32_t to, EndOf(tx, output, arrived.hops + 1));
    if (to == Graph::kElsewhere) {
      add_elsewhere(value);
    } else {
      COINWAKE_RETURN_IF_ERROR(graph_.AddArc(arrived.vertex, to, value));
    }
  }
  const std::uint64_t fee_capacity = fee.value_or(Graph::kUnlimited);
  if (IsFeeTarget(tx)) {
    COINWAKE_RETURN_IF_ERROR(graph_.AddArc(arrived.vertex, Graph::kTarget, fee_capacity));
  } else {
    add_elsewhere(fee_capacity);
  }
  return graph_.AddArc(arrived.vertex, Graph::kElsewhere, elsewhere);
}

// nullopt: amounts are unknown or cannot be.
std::optional<std::uint64_t> SpendWalk::FeeOrNone(TxNum tx) const {
  std::uint64_t left = 0;
  const IdRange<InputNum> inputs = view().Inputs(tx);
  for (InputNum input = inputs.begin; input < inputs.end; ++input) {
    const std::optional<std::uint64_t> value = view().SourceValue(view().Source(input));
    if (!value.has_value() || *value >= kImpossibleSat - left) return std::nullopt;
    left += *value;
  }
  const IdRange<OutputNum> outputs = view().Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const std::uint64_t value = view().Value(output);
    if (value > left) return std::nullopt;
    left -= value;
  }
  return left;
}

// First transaction that the request's heights leave out.
TxNum EndOf(const View& view, const TraceRequest& request) {
  return request.until_height.has_value() ? EndOfBlock(view, *request.until_height)
                                          : TxNum{view.transactions_count()};
}

// Borrows all it is given.
WalkContext ContextOf(const View& view, const TraceRequest& request, const BoundsTarget& target,
                      TxNum end, TxFrontier& frontier, WorkMeter& meter) {
  return {.view = view,
          .target = target,
          .stops = request.stops,
          .max_hops = request.max_hops.value_or(std::numeric_limits<std::uint32_t>::max()),
          .end = end,
          .frontier = frontier,
          .meter = meter};
}

absl::Status CheckTarget(const View& view, const BoundsTarget& target) {
  bool exists = true;
  if (const auto* address = std::get_if<AddressNum>(&target)) {
    exists = address->value < view.addresses_count();
  } else if (const auto* output = std::get_if<OutputNum>(&target)) {
    exists = output->value < view.outputs_count();
  } else if (const auto* fee = std::get_if<FeeOf>(&target)) {
    exists = fee->tx.value < view.transactions_count();
  }
  return exists ? absl::OkStatus() : absl::InvalidArgumentError("the target does not exist");
}

// Of each label, ascending and distinct: those that the request's heights leave.
absl::StatusOr<std::vector<std::vector<OutputNum>>> SeedsByLabel(const View& view,
                                                                 const TraceRequest& request,
                                                                 TxNum end) {
  if (request.seeds.empty()) return absl::InvalidArgumentError("bounds need at least one seed");
  const TxNum since = request.since_height.value_or(0) == 0
                          ? TxNum{0}
                          : EndOfBlock(view, *request.since_height - 1);
  const OutputNum first = FirstOutputOf(view, since);
  const OutputNum last = FirstOutputOf(view, end);
  std::vector<std::vector<OutputNum>> seeds(request.labels.size());
  for (const Seed& seed : request.seeds) {
    if (seed.label >= request.labels.size()) {
      return absl::InvalidArgumentError(absl::StrCat("a seed has label number ", seed.label,
                                                     ", there are ", request.labels.size()));
    }
    if (seed.output.value >= view.outputs_count()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a seed is output number ", seed.output.value, ", which does not exist"));
    }
    if (seed.output >= first && seed.output < last) seeds[seed.label].push_back(seed.output);
  }
  for (std::vector<OutputNum>& of_label : seeds) {
    std::sort(of_label.begin(), of_label.end());
    of_label.erase(std::unique(of_label.begin(), of_label.end()), of_label.end());
  }
  return seeds;
}

}  // namespace

absl::StatusOr<std::vector<Bounds>> FindBounds(const View& view, const TraceRequest& request,
                                               const BoundsTarget& target,
                                               const BoundsLimits& limits,
                                               const Cancellation* cancellation) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(request.labels));
  COINWAKE_RETURN_IF_ERROR(CheckTarget(view, target));
  const TxNum end = EndOf(view, request);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::vector<OutputNum>> seeds,
                            SeedsByLabel(view, request, end));
  const TraceLimits reading{.max_transactions = limits.max_read};
  WorkMeter meter(view, reading, cancellation);
  FlowMeter flow_meter(limits.max_steps, cancellation);
  TxFrontier frontier(view.transactions_count());
  const WalkContext context = ContextOf(view, request, target, end, frontier, meter);
  std::vector<Bounds> all;
  for (const std::uint32_t label : ranking) {
    all.emplace_back();
    all.back().label = label;
    BoundsGraph<std::uint64_t> graph(limits.max_arcs);
    SpendWalk walk(context, seeds[label], graph);
    COINWAKE_RETURN_IF_ERROR(walk.Run());
    all.back().not_expanded = walk.not_expanded();
    COINWAKE_RETURN_IF_ERROR(graph.Solve(flow_meter, &all.back()));
  }
  return all;
}

absl::StatusOr<std::vector<FigureBounds>> FindFigureBounds(const View& view,
                                                           const TraceRequest& request,
                                                           const BoundsLimits& limits,
                                                           const Cancellation* cancellation) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(request.labels));
  const TxNum end = EndOf(view, request);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::vector<OutputNum>> seeds,
                            SeedsByLabel(view, request, end));
  const BoundsTarget target = Unspent();
  const TraceLimits reading{.max_transactions = limits.max_read};
  TxFrontier frontier(view.transactions_count());
  std::vector<FigureBounds> all;
  for (const std::uint32_t label : ranking) {
    all.emplace_back();
    all.back().label = label;
    WorkMeter meter(view, reading, cancellation);
    FlowMeter flow_meter(limits.max_steps, cancellation);
    const WalkContext context = ContextOf(view, request, target, end, frontier, meter);
    BoundsGraph<std::uint64_t> graph(limits.max_arcs);
    absl::Status solved = SpendWalk(context, seeds[label], graph).Run();
    // A walk that is cut short leaves what it would have visited.
    if (!solved.ok()) frontier = TxFrontier(view.transactions_count());
    if (solved.ok()) solved = graph.SolveFigures(flow_meter, &all.back());
    if (!solved.ok() && !absl::IsResourceExhausted(solved)) return solved;
  }
  return all;
}

}  // namespace coinwake
