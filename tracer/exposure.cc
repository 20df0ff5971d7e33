#include "tracer/exposure.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tracer/source.h"

namespace coinwake {
namespace {

// Sums a trace of one label by its ends.
class EndSums : public TraceReceiver {
 public:
  using Key = std::pair<std::optional<SinkKind>, std::optional<std::uint32_t>>;  // nullopt first
  struct End {
    Taint taint;
    std::optional<std::uint32_t> hops;
  };

  absl::Status OnHolding(const Holding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const Sink& sink) override {
    ends[{sink.kind, sink.entity}] = {sink.taint, sink.hops};
    return absl::OkStatus();
  }
  absl::Status OnSummary(const Summary& summary) override {
    if (!summary.unspent.is_zero()) ends[{}] = {summary.unspent, std::nullopt};
    total = summary.seeded;
    return absl::OkStatus();
  }

  std::map<Key, End> ends;
  Taint total;
};

absl::Status SumEnds(const View& view, const TraceRequest& request, ExposureDirection direction,
                     const TraceLimits& limits, const Cancellation* cancellation, EndSums* sums) {
  const auto run = direction == ExposureDirection::kSource ? RunSourceTrace : RunTrace;
  TraceLimits sums_only = limits;
  sums_only.max_holdings = 1;  // none is asked for
  return run(view, request, sums_only, cancellation, *sums).status();
}

}  // namespace

absl::StatusOr<Exposure> MeasureExposure(const View& view, const ExposureRequest& request,
                                         const TraceLimits& limits,
                                         const Cancellation* cancellation) {
  TraceRequest trace;
  trace.labels = {""};
  for (const OutputNum output : request.outputs) trace.seeds.push_back({output, 0});
  trace.policy = request.policy;
  trace.fees = request.fees;
  trace.max_hops = request.max_hops;
  trace.stops = request.stops;
  // What source has not, destination does without as well.
  COINWAKE_RETURN_IF_ERROR(CheckSourceTrace(trace));
  if (request.outputs.empty()) return Exposure();
  EndSums whole;
  COINWAKE_RETURN_IF_ERROR(SumEnds(view, trace, request.direction, limits, cancellation, &whole));
  trace.max_hops = std::min(request.max_hops.value_or(1), 1u);
  EndSums near;
  COINWAKE_RETURN_IF_ERROR(SumEnds(view, trace, request.direction, limits, cancellation, &near));

  Exposure exposure;
  exposure.total = whole.total;
  for (const auto& [key, end] : whole.ends) {
    ExposureEntry entry;
    entry.kind = key.first;
    entry.entity = key.second;
    // The near trace ends in `max_hops` what the whole one follows further.
    const auto direct = entry.kind == SinkKind::kMaxHops ? near.ends.end() : near.ends.find(key);
    if (direct != near.ends.end()) entry.direct = std::min(direct->second.taint, end.taint);
    entry.indirect = end.taint - entry.direct;
    entry.min_hops = end.hops;
    exposure.entries.push_back(entry);
  }
  return exposure;
}

}  // namespace coinwake
