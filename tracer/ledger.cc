#include "tracer/ledger.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kCancellationPeriod = 4096;  // holdings between two looks

// Kinds in the byte order of their names: the order of sink lines.
std::array<SinkKind, kSinkKindsCount> KindsByName() {
  std::array<SinkKind, kSinkKindsCount> kinds;
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = static_cast<SinkKind>(i);
  std::sort(kinds.begin(), kinds.end(),
            [](SinkKind a, SinkKind b) { return SinkKindName(a) < SinkKindName(b); });
  return kinds;
}

}  // namespace

std::string_view SinkKindName(SinkKind kind) {
  switch (kind) {
    case SinkKind::kReturnedToSeed:
      return "returned_to_seed";
    case SinkKind::kFee:
      return "fee";
    case SinkKind::kBurnt:
      return "burnt";
    case SinkKind::kMinTaint:
      return "min_taint";
    case SinkKind::kMaxHops:
      return "max_hops";
    case SinkKind::kUntil:
      return "until";
    case SinkKind::kService:
      return "service";
    case SinkKind::kMixer:
      return "mixer";
    case SinkKind::kBridge:
      return "bridge";
    case SinkKind::kDegraded:
      return "degraded";
    case SinkKind::kMixed:
      return "mixed";
    case SinkKind::kCoinbase:
      return "coinbase";
    case SinkKind::kUnresolved:
      return "unresolved";
    case SinkKind::kSince:
      return "since";
  }
  return "degraded";
}

void TaintLedger::AddStopped(std::uint32_t label, const Stop& stop, Taint taint,
                             std::optional<std::uint32_t> hops) {
  AddSink(label, stop.kind, taint);
  Stopped& stopped = accounts_[label].stopped[{stop.kind, stop.entity}];
  stopped.taint += taint;
  if (hops.has_value()) stopped.hops = std::min(*hops, stopped.hops.value_or(*hops));
}

TaintLedger::RunsRef TaintLedger::AddRuns(std::span<const QueuedRun> runs) {
  if (runs.size() <= 1) return {};
  const std::uint64_t begin = runs_.size();
  for (const QueuedRun& run : runs) {
    // Runs cleaned by a cut may now stand beside clean ones.
    if (runs_.size() > begin && runs_.back().label == run.label) {
      runs_.back().length += run.length;
    } else {
      runs_.push_back({run.length, run.label});
    }
  }
  return {begin, runs_.size() - begin};
}

void TaintLedger::AddHolding(OutputNum output, std::uint32_t label, Taint taint, bool spent,
                             RunsRef runs) {
  Account& account = accounts_[label];
  if (!spent) account.unspent += taint;
  ++account.holdings;
  Record record;
  record.output = output.value;
  record.units_low = static_cast<std::uint64_t>(taint.units());
  record.units_high = static_cast<std::uint64_t>(taint.units() >> 64);
  record.runs_begin = runs.begin;
  record.runs_count = runs.count & (~std::uint64_t{0} >> 1);
  record.spent = spent ? 1 : 0;
  record.label = label;
  records_.push_back(record);
}

bool TaintLedger::Balanced(std::uint32_t label) const {
  const Account& account = accounts_[label];
  const Taint sinks = std::accumulate(account.sinks.begin(), account.sinks.end(), Taint());
  return account.seeded == account.unspent + account.in_flight + sinks;
}

absl::Status TaintLedger::Deliver(const View& view, std::span<const std::uint32_t> ranking,
                                  bool with_runs, const Cancellation* cancellation,
                                  TraceReceiver& receiver) {
  const auto in_order = [](const Record& a, const Record& b) {
    return std::tie(a.output, a.label) < std::tie(b.output, b.label);
  };
  // One label's sweep leaves them in order, but for a coinbase that fees reached.
  if (!std::is_sorted(records_.begin(), records_.end(), in_order)) {
    std::sort(records_.begin(), records_.end(), in_order);
  }
  COINWAKE_RETURN_IF_ERROR(DeliverHoldings(view, ranking, with_runs, cancellation, receiver));
  return DeliverSums(ranking, receiver);
}

absl::Status TaintLedger::DeliverHoldings(const View& view, std::span<const std::uint32_t> ranking,
                                          bool with_runs, const Cancellation* cancellation,
                                          TraceReceiver& receiver) {
  std::uint64_t sent = 0;
  Holding holding;
  for (const Record& record : records_) {
    if (++sent % kCancellationPeriod == 0) COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    holding.label = ranking[record.label];
    holding.output = OutputNum{record.output};
    holding.taint =
        Taint::FromUnits(static_cast<Uint128>(record.units_high) << 64 | record.units_low);
    holding.spent_by = record.spent != 0 ? view.Spender(holding.output) : std::nullopt;
    holding.runs.clear();
    if (with_runs && record.runs_count == 0) {
      holding.runs.push_back({view.Value(holding.output), holding.label});
    }
    for (std::uint64_t i = 0; i < record.runs_count; ++i) {
      Run run = runs_[record.runs_begin + i];
      if (run.label != kCleanLabel) run.label = ranking[run.label];
      holding.runs.push_back(run);
    }
    COINWAKE_RETURN_IF_ERROR(receiver.OnHolding(holding));
  }
  return absl::OkStatus();
}

absl::Status TaintLedger::DeliverSums(std::span<const std::uint32_t> ranking,
                                      TraceReceiver& receiver) const {
  const auto kinds = KindsByName();
  for (std::size_t label = 0; label < accounts_.size(); ++label) {
    for (const SinkKind kind : kinds) {
      const Taint taint = accounts_[label].sinks[static_cast<std::size_t>(kind)];
      if (taint.is_zero()) continue;
      if (!IsExit(kind)) {
        COINWAKE_RETURN_IF_ERROR(receiver.OnSink({ranking[label], kind, std::nullopt, taint}));
        continue;
      }
      const auto& stopped = accounts_[label].stopped;
      for (auto one = stopped.lower_bound({kind, 0});
           one != stopped.end() && one->first.first == kind; ++one) {
        COINWAKE_RETURN_IF_ERROR(receiver.OnSink(
            {ranking[label], kind, one->first.second, one->second.taint, one->second.hops}));
      }
    }
  }
  for (std::size_t label = 0; label < accounts_.size(); ++label) {
    const Account& account = accounts_[label];
    Summary summary;
    summary.label = ranking[label];
    summary.seeded = account.seeded;
    summary.unspent = account.unspent;
    for (const SinkKind kind : kinds) {
      (IsExit(kind) ? summary.exits : summary.sinks) +=
          account.sinks[static_cast<std::size_t>(kind)];
    }
    summary.holdings = account.holdings;
    COINWAKE_RETURN_IF_ERROR(receiver.OnSummary(summary));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
