#include "tracer/source.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tracer/label_ranking.h"
#include "tracer/ledger.h"
#include "tracer/source_sweep.h"
#include "tracer/tx_frontier.h"
#include "tracer/work_meter.h"

namespace coinwake {
namespace {

absl::Status CheckSeeds(const View& view, const TraceRequest& request) {
  if (request.seeds.empty()) return absl::InvalidArgumentError("a trace needs at least one seed");
  for (const Seed& seed : request.seeds) {
    if (seed.label >= request.labels.size()) {
      return absl::InvalidArgumentError(absl::StrCat("a seed has label number ", seed.label,
                                                     ", there are ", request.labels.size()));
    }
    if (seed.output.value >= view.outputs_count()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a seed is output number ", seed.output.value, ", which does not exist"));
    }
  }
  return absl::OkStatus();
}

// First transaction of a block at or above `height`, as far as there is one.
TxNum FirstAt(const View& view, std::uint64_t height) {
  const Snapshot& snapshot = view.snapshot();
  if (height <= snapshot.from_height) return TxNum{0};
  if (height > snapshot.height) return TxNum{view.transactions_count()};
  return view.Block(height).transactions.begin;
}

OutputNum FirstOutputOf(const View& view, TxNum tx) {
  return tx.value < view.transactions_count() ? view.Outputs(tx).begin
                                              : OutputNum{view.outputs_count()};
}

// The seeds of each label that were created between the heights, ascending and distinct.
std::vector<std::vector<OutputNum>> SeedsOfLabels(const View& view, const TraceRequest& request) {
  const OutputNum begin = FirstOutputOf(view, FirstAt(view, request.since_height.value_or(0)));
  OutputNum end{view.outputs_count()};
  if (request.until_height.has_value() && *request.until_height < view.snapshot().height) {
    end = FirstOutputOf(view, FirstAt(view, *request.until_height + 1));
  }
  std::vector<std::vector<OutputNum>> seeds(request.labels.size());
  for (const Seed& seed : request.seeds) {
    if (begin <= seed.output && seed.output < end) seeds[seed.label].push_back(seed.output);
  }
  for (std::vector<OutputNum>& outputs : seeds) {
    std::sort(outputs.begin(), outputs.end());
    outputs.erase(std::unique(outputs.begin(), outputs.end()), outputs.end());
  }
  return seeds;
}

}  // namespace

absl::Status CheckSourceTrace(const TraceRequest& request) {
  if (request.policy != Policy::kFifo && request.policy != Policy::kHaircut) {
    return absl::InvalidArgumentError(
        "value is followed backward by fifo or haircut: how other policies divide it depends on "
        "what was tainted");
  }
  if (request.competing) {
    return absl::InvalidArgumentError("labels do not compete where value is followed backward");
  }
  if (request.stop_mixed) {
    return absl::InvalidArgumentError(
        "where clean value comes in ends a forward trace alone: what is followed backward is all "
        "there is");
  }
  if (request.all_outputs) {
    return absl::InvalidArgumentError(
        "a backward trace lists the outputs in which value begins, not those it passes");
  }
  return absl::OkStatus();
}

absl::StatusOr<TraceStats> RunSourceTrace(const View& view, const TraceRequest& request,
                                          const TraceLimits& limits,
                                          const Cancellation* cancellation,
                                          TraceReceiver& receiver) {
  COINWAKE_RETURN_IF_ERROR(CheckSourceTrace(request));
  COINWAKE_RETURN_IF_ERROR(CheckSeeds(view, request));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(request.labels));
  SourceOptions options;
  options.policy = request.policy;
  options.fees = request.fees;
  options.min_taint = request.min_taint.value_or(Taint());
  options.max_hops = request.max_hops.value_or(std::numeric_limits<std::uint32_t>::max());
  options.begin = FirstAt(view, request.since_height.value_or(0));
  options.stops = request.stops;
  const std::vector<std::vector<OutputNum>> seeds = SeedsOfLabels(view, request);
  TaintLedger ledger(request.labels.size(), limits);
  TxFrontier frontier(view.transactions_count());
  WorkMeter meter(view, limits, cancellation);
  TraceStats stats;
  for (std::uint32_t rank = 0; rank < ranking.size(); ++rank) {
    SourceSweep sweep({view, options, ledger, frontier, meter, stats}, rank, seeds[ranking[rank]]);
    COINWAKE_RETURN_IF_ERROR(sweep.Run());
    // Nothing may be handed out that does not add up.
    if (ledger.Balanced(rank) && !ledger.AnythingInFlight(rank)) continue;
    return absl::InternalError(absl::StrCat("value of \"", request.labels[ranking[rank]],
                                            "\" does not add up; nothing was printed"));
  }
  stats.transactions_read = meter.transactions_read();
  const bool with_runs = request.policy == Policy::kFifo;
  COINWAKE_RETURN_IF_ERROR(ledger.Deliver(view, ranking, with_runs, cancellation, receiver));
  return stats;
}

}  // namespace coinwake
