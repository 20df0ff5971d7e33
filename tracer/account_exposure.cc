#include "tracer/account_exposure.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tracer/account_source.h"

namespace coinwake {
namespace {

// Sums a trace of one label by its ends.
class EndSums : public AccountTraceReceiver {
 public:
  using Key = std::pair<std::optional<SinkKind>, std::optional<std::uint32_t>>;  // nullopt first
  struct End {
    AccountTaint taint;
    std::optional<std::uint32_t> hops;
  };

  absl::Status OnHolding(const AccountHolding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const AccountSink& sink) override {
    ends[{sink.kind, sink.entity}] = {sink.taint, sink.hops};
    return absl::OkStatus();
  }
  absl::Status OnSummary(const AccountSummary& summary) override {
    if (!summary.unspent.is_zero()) ends[{}] = {summary.unspent, std::nullopt};
    total = summary.seeded;
    return absl::OkStatus();
  }

  std::map<Key, End> ends;
  AccountTaint total;
};

}  // namespace

absl::StatusOr<AccountExposure> MeasureAccountExposure(AccountEvents& events,
                                                       const AccountTraceRequest& request,
                                                       ExposureDirection direction,
                                                       const AccountTraceLimits& limits,
                                                       const Cancellation* cancellation) {
  const bool divides =
      request.policy == AccountPolicy::kFifo || request.policy == AccountPolicy::kHaircut;
  if (request.labels.size() != 1 || !divides) {
    return absl::InvalidArgumentError("exposure is of one label, by fifo or haircut");
  }
  const auto run = direction == ExposureDirection::kSource ? RunAccountSource : RunAccountTrace;
  EndSums whole;
  COINWAKE_RETURN_IF_ERROR(run(events, request, limits, cancellation, whole).status());
  AccountTraceRequest nearer = request;
  nearer.max_hops = std::min(request.max_hops.value_or(1), 1u);
  EndSums near;
  COINWAKE_RETURN_IF_ERROR(run(events, nearer, limits, cancellation, near).status());

  AccountExposure exposure;
  exposure.total = whole.total;
  for (const auto& [key, end] : whole.ends) {
    AccountExposureEntry entry;
    entry.kind = key.first;
    entry.entity = key.second;
    // The near trace ends in `max_hops` what the whole one follows further.
    const auto direct = entry.kind == SinkKind::kMaxHops ? near.ends.end() : near.ends.find(key);
    if (direct != near.ends.end()) entry.direct = std::min(direct->second.taint, end.taint);
    entry.indirect = end.taint - entry.direct;
    entry.min_hops = end.hops;
    exposure.entries.push_back(std::move(entry));
  }
  return exposure;
}

}  // namespace coinwake
