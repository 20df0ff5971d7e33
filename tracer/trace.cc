#include "tracer/trace.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tracer/haircut.h"
#include "tracer/label_ranking.h"
#include "tracer/ledger.h"
#include "tracer/ordered.h"
#include "tracer/poison.h"
#include "tracer/poison_batch.h"
#include "tracer/sweep.h"
#include "tracer/tx_frontier.h"
#include "tracer/work_meter.h"

namespace coinwake {
namespace {

constexpr std::size_t kOutputsPage = 65536;  // outputs of an address fetched at a time
constexpr std::size_t kFewestOfBatch = 3;    // labels; one alone is quicker by itself

// A request with labels ranked and seeds chosen.
struct Plan {
  std::vector<std::uint32_t> ranking;  // rank -> index in the request
  std::vector<RankedSeed> seeds;       // by (label, output), or by (output, label) when competing
  SweepOptions options;
};

// First transaction after the block at `height`, as far as there is one.
TxNum EndOfBlock(const View& view, std::uint64_t height) {
  const Snapshot& snapshot = view.snapshot();
  if (height >= snapshot.height) return TxNum{view.transactions_count()};
  if (height < snapshot.from_height) return TxNum{0};
  return view.Block(height).transactions.end;
}

absl::Status ChooseSeeds(const View& view, const TraceRequest& request, Plan* plan) {
  std::vector<std::uint32_t> rank_of(request.labels.size());
  for (std::uint32_t rank = 0; rank < plan->ranking.size(); ++rank) {
    rank_of[plan->ranking[rank]] = rank;
  }
  // Outputs are numbered in chain order, so both bounds in height are bounds in output numbers.
  const TxNum since = request.since_height.value_or(0) == 0
                          ? TxNum{0}
                          : EndOfBlock(view, *request.since_height - 1);
  const auto first_output_of = [&view](TxNum tx) {
    return tx.value < view.transactions_count() ? view.Outputs(tx).begin
                                                : OutputNum{view.outputs_count()};
  };
  const OutputNum begin = first_output_of(since);
  const OutputNum end = first_output_of(plan->options.end);
  for (const Seed& seed : request.seeds) {
    if (seed.label >= request.labels.size()) {
      return absl::InvalidArgumentError(absl::StrCat("a seed has label number ", seed.label,
                                                     ", there are ", request.labels.size()));
    }
    if (seed.output.value >= view.outputs_count()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a seed is output number ", seed.output.value, ", which does not exist"));
    }
    if (seed.output < begin || seed.output >= end) continue;
    plan->seeds.push_back({seed.output, rank_of[seed.label]});
  }
  const bool competing = request.competing;
  const auto key = [competing](const RankedSeed& seed) {
    return competing ? std::pair(seed.output.value, std::uint64_t{seed.label})
                     : std::pair(std::uint64_t{seed.label}, seed.output.value);
  };
  std::sort(plan->seeds.begin(), plan->seeds.end(),
            [&](const RankedSeed& a, const RankedSeed& b) { return key(a) < key(b); });
  const auto last =
      std::unique(plan->seeds.begin(), plan->seeds.end(),
                  [&](const RankedSeed& a, const RankedSeed& b) { return key(a) == key(b); });
  plan->seeds.erase(last, plan->seeds.end());
  return absl::OkStatus();
}

absl::StatusOr<Plan> MakePlan(const View& view, const TraceRequest& request) {
  if (request.seeds.empty()) return absl::InvalidArgumentError("a trace needs at least one seed");
  if (request.stop_mixed && !KeepsOrder(request.policy)) {
    return absl::InvalidArgumentError("stop_mixed needs a policy that keeps order");
  }
  Plan plan;
  COINWAKE_ASSIGN_OR_RETURN(plan.ranking, RankLabels(request.labels));
  plan.options.fees = request.fees;
  plan.options.competing = request.competing;
  plan.options.stop_mixed = request.stop_mixed;
  plan.options.all_outputs = request.all_outputs;
  plan.options.min_taint = request.min_taint.value_or(Taint());
  if (request.max_hops.has_value()) plan.options.max_hops = *request.max_hops;
  plan.options.end = request.until_height.has_value() ? EndOfBlock(view, *request.until_height)
                                                      : TxNum{view.transactions_count()};
  COINWAKE_RETURN_IF_ERROR(ChooseSeeds(view, request, &plan));
  plan.options.stops = request.stops;
  if (request.stops != nullptr && request.competing) {  // seeds are by output then
    for (const RankedSeed& seed : plan.seeds) plan.options.seeded.push_back(seed.output);
  }
  return plan;
}

// Seeds of one label, or all of them at once.
absl::Status SweepFrom(const TaintSweep::Context& context, Policy policy,
                       std::span<const RankedSeed> seeds, std::uint32_t first_label,
                       std::uint32_t labels_count) {
  switch (policy) {
    case Policy::kPoison:
      return PoisonSweep(context, seeds, first_label, nullptr).Run();
    case Policy::kHaircut:
      return HaircutSweep(context, seeds).Run();
    case Policy::kFifo:
    case Policy::kLifo:
    case Policy::kTiho:
    case Policy::kTifo:
    case Policy::kCifo:
    case Policy::kTiso:
      return OrderedSweep(context, OrderOf(policy), seeds, first_label, labels_count).Run();
  }
  return absl::InvalidArgumentError("unknown policy");
}

// Poison of several labels at once. REQUIRES: `seeds` ordered by (label, output); of at most
// PoisonBatch::kMostLabels labels.
absl::Status SweepBatch(const TaintSweep::Context& context, std::span<const RankedSeed> seeds) {
  std::vector<std::uint32_t> labels;
  std::vector<RankedSeed> by_output;
  for (const RankedSeed& seed : seeds) {
    if (labels.empty() || labels.back() != seed.label) labels.push_back(seed.label);
    by_output.push_back({seed.output, static_cast<std::uint32_t>(labels.size() - 1)});
  }
  std::sort(by_output.begin(), by_output.end(), [](const RankedSeed& a, const RankedSeed& b) {
    return std::tie(a.output, a.label) < std::tie(b.output, b.label);
  });
  PoisonBatch sweep(context, by_output, std::move(labels));
  COINWAKE_RETURN_IF_ERROR(sweep.Run());
  sweep.Finish();
  return absl::OkStatus();
}

// The end of the first `most` labels of seeds[begin...); how many there are.
std::pair<std::size_t, std::size_t> EndOfLabels(std::span<const RankedSeed> seeds,
                                                std::size_t begin, std::size_t most) {
  std::size_t labels = 0;
  std::size_t end = begin;
  for (; end < seeds.size(); ++end) {
    if (end != begin && seeds[end].label == seeds[end - 1].label) continue;
    if (labels == most) break;
    ++labels;
  }
  return {end, labels};
}

// Each label that has seeds as if alone. REQUIRES: `seeds` ordered by (label, output).
absl::Status SweepEachLabel(const TaintSweep::Context& context, Policy policy,
                            std::span<const RankedSeed> seeds) {
  const bool batches = policy == Policy::kPoison && PoisonBatch::CanRun(context.options);
  for (std::size_t begin = 0; begin < seeds.size();) {
    const auto [batch_end, labels] = EndOfLabels(seeds, begin, PoisonBatch::kMostLabels);
    if (batches && labels >= kFewestOfBatch) {
      COINWAKE_RETURN_IF_ERROR(SweepBatch(context, seeds.subspan(begin, batch_end - begin)));
      begin = batch_end;
      continue;
    }
    const std::size_t end = EndOfLabels(seeds, begin, 1).first;
    COINWAKE_RETURN_IF_ERROR(
        SweepFrom(context, policy, seeds.subspan(begin, end - begin), seeds[begin].label, 1));
    begin = end;
  }
  return absl::OkStatus();
}

// Poison is the same for a label alone or among others, but for which seeds count: those whose
// output was clean on arrival, and of several labels on one output the first. A sweep of all labels
// as one finds them. `seeds` comes ordered by (output, label), leaves by (label, output).
absl::Status KeepEffectiveSeeds(const TaintSweep::Context& context,
                                std::vector<RankedSeed>* seeds) {
  std::vector<RankedSeed> first_of_output;
  for (const RankedSeed& seed : *seeds) {
    if (!first_of_output.empty() && first_of_output.back().output == seed.output) continue;
    first_of_output.push_back(seed);
  }
  std::vector<RankedSeed> as_one = first_of_output;
  for (RankedSeed& seed : as_one) seed.label = 0;
  TaintLedger scratch(1, {.max_holdings = 1});  // none is asked for
  TraceStats scratch_stats;
  const TaintSweep::Context probe{context.view,     context.options, scratch,
                                  context.frontier, context.meter,   scratch_stats};
  std::vector<OutputNum> effective;
  COINWAKE_RETURN_IF_ERROR(PoisonSweep(probe, as_one, 0, &effective).Run());
  std::sort(effective.begin(), effective.end());
  seeds->clear();
  for (const RankedSeed& seed : first_of_output) {
    if (std::binary_search(effective.begin(), effective.end(), seed.output)) {
      seeds->push_back(seed);
    }
  }
  std::stable_sort(seeds->begin(), seeds->end(),
                   [](const RankedSeed& a, const RankedSeed& b) { return a.label < b.label; });
  return absl::OkStatus();
}

// Nothing may be handed out that does not add up.
absl::Status CheckBooks(const TaintLedger& ledger, const TraceRequest& request,
                        std::span<const std::uint32_t> ranking) {
  for (std::uint32_t rank = 0; rank < ranking.size(); ++rank) {
    if (ledger.Balanced(rank) && !ledger.AnythingInFlight(rank)) continue;
    return absl::InternalError(absl::StrCat("taint of \"", request.labels[ranking[rank]],
                                            "\" does not add up; nothing was printed"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TraceStats> RunTrace(const View& view, const TraceRequest& request,
                                    const TraceLimits& limits, const Cancellation* cancellation,
                                    TraceReceiver& receiver) {
  COINWAKE_ASSIGN_OR_RETURN(Plan plan, MakePlan(view, request));
  TaintLedger ledger(request.labels.size(), limits);
  TxFrontier frontier(view.transactions_count());
  WorkMeter meter(view, limits, cancellation);
  TraceStats stats;
  const TaintSweep::Context context{view, plan.options, ledger, frontier, meter, stats};

  if (request.competing && request.policy != Policy::kPoison) {
    COINWAKE_RETURN_IF_ERROR(SweepFrom(context, request.policy, plan.seeds, 0,
                                       static_cast<std::uint32_t>(request.labels.size())));
  } else {
    if (request.competing) COINWAKE_RETURN_IF_ERROR(KeepEffectiveSeeds(context, &plan.seeds));
    COINWAKE_RETURN_IF_ERROR(SweepEachLabel(context, request.policy, plan.seeds));
  }
  if (request.policy != Policy::kPoison) {
    COINWAKE_RETURN_IF_ERROR(CheckBooks(ledger, request, plan.ranking));
  }
  stats.transactions_read = meter.transactions_read();
  const bool with_runs = KeepsOrder(request.policy);
  COINWAKE_RETURN_IF_ERROR(ledger.Deliver(view, plan.ranking, with_runs, cancellation, receiver));
  return stats;
}

absl::StatusOr<std::vector<OutputNum>> SeedsOfAddress(const View& view, AddressNum address) {
  std::vector<OutputNum> outputs;
  OutputNum from{0};
  while (true) {
    const std::size_t before = outputs.size();
    COINWAKE_RETURN_IF_ERROR(view.OutputsOf(address, from, kOutputsPage, &outputs));
    if (outputs.size() - before < kOutputsPage) return outputs;
    from = outputs.back() + 1;
  }
}

}  // namespace coinwake
