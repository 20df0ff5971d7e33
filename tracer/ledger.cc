#include "tracer/ledger.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "absl/strings/str_cat.h"
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

RunsRef TaintLedger::AddRuns(std::span<const QueuedRun> runs) {
  if (runs.size() <= 1) return {};
  if (runs_.size() >= drop_runs_at_) DropRuns();
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

// Forgets runs of holdings that were cut.
void TaintLedger::DropRuns() {
  std::vector<RunsRef*> refs;
  const auto cut = [](const Account& account) { return account.holdings.cut_count() != 0; };
  if (std::any_of(accounts_.begin(), accounts_.end(), cut)) {
    for (Account& account : accounts_) account.holdings.CollectRuns(&refs);
    std::sort(refs.begin(), refs.end(),
              [](const RunsRef* a, const RunsRef* b) { return a->begin < b->begin; });
    std::uint64_t kept = 0;
    RunsRef last;  // where it was, and where it is: labels that share an output share its runs
    std::uint64_t last_moved = 0;
    for (RunsRef* const ref : refs) {
      if (last.count == 0 || ref->begin != last.begin) {
        last = *ref;
        last_moved = kept;
        for (std::uint64_t i = 0; i < ref->count; ++i) runs_[kept++] = runs_[last.begin + i];
      }
      ref->begin = last_moved;
    }
    runs_.resize(kept);
  }
  drop_runs_at_ = std::max(2 * runs_.size(), kFewRuns);
}

void TaintLedger::AddHolding(OutputNum output, std::uint32_t label, Taint taint, bool spent,
                             RunsRef runs) {
  Account& account = accounts_[label];
  if (!spent) account.unspent += taint;
  const std::uint64_t before = account.holdings.SizeBytes();
  account.holdings.Add({output, taint, spent, runs});
  lists_bytes_ += account.holdings.SizeBytes() - before;
}

absl::Status TaintLedger::TooLarge() const {
  return absl::ResourceExhaustedError(
      absl::StrCat("what was found takes more than ", max_bytes_ >> 20,
                   " MiB; trace fewer labels at once or keep fewer holdings of each "
                   "(--max-holdings, --min-taint)"));
}

bool TaintLedger::Balanced(std::uint32_t label) const {
  const Account& account = accounts_[label];
  const Taint sinks = std::accumulate(account.sinks.begin(), account.sinks.end(), Taint());
  return account.seeded == account.unspent + account.in_flight + sinks;
}

absl::Status TaintLedger::Deliver(const View& view, std::span<const std::uint32_t> ranking,
                                  bool with_runs, const Cancellation* cancellation,
                                  TraceReceiver& receiver) {
  for (Account& account : accounts_) account.holdings.Finish();
  COINWAKE_RETURN_IF_ERROR(DeliverHoldings(view, ranking, with_runs, cancellation, receiver));
  return DeliverSums(ranking, receiver);
}

absl::Status TaintLedger::DeliverHoldings(const View& view, std::span<const std::uint32_t> ranking,
                                          bool with_runs, const Cancellation* cancellation,
                                          TraceReceiver& receiver) {
  // Each label's list is in order: the next line is the first among the lists' next.
  struct Next {
    HoldingList::Entry entry;
    std::uint32_t label = 0;
    std::size_t index = 0;
  };
  const auto later = [](const Next& a, const Next& b) {
    return std::tie(a.entry.output, a.label) > std::tie(b.entry.output, b.label);
  };
  std::vector<Next> heap;
  for (std::uint32_t label = 0; label < accounts_.size(); ++label) {
    const HoldingList& holdings = accounts_[label].holdings;
    if (holdings.size() != 0) heap.push_back({holdings.At(0), label, 0});
  }
  std::make_heap(heap.begin(), heap.end(), later);
  std::uint64_t sent = 0;
  Holding holding;
  while (!heap.empty()) {
    if (++sent % kCancellationPeriod == 0) COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    std::pop_heap(heap.begin(), heap.end(), later);
    Next& next = heap.back();
    Fill(view, ranking, next.label, next.entry, with_runs, &holding);
    COINWAKE_RETURN_IF_ERROR(receiver.OnHolding(holding));
    const HoldingList& holdings = accounts_[next.label].holdings;
    if (++next.index == holdings.size()) {
      heap.pop_back();
      continue;
    }
    next.entry = holdings.At(next.index);
    std::push_heap(heap.begin(), heap.end(), later);
  }
  return absl::OkStatus();
}

void TaintLedger::Fill(const View& view, std::span<const std::uint32_t> ranking,
                       std::uint32_t label, const HoldingList::Entry& entry, bool with_runs,
                       Holding* holding) const {
  holding->label = ranking[label];
  holding->output = entry.output;
  holding->taint = entry.taint;
  holding->spent_by = entry.spent ? view.Spender(entry.output) : std::nullopt;
  holding->runs.clear();
  if (with_runs && entry.runs.count == 0) {
    holding->runs.push_back({view.Value(entry.output), holding->label});
  }
  for (std::uint64_t i = 0; i < entry.runs.count; ++i) {
    Run run = runs_[entry.runs.begin + i];
    if (run.label != kCleanLabel) run.label = ranking[run.label];
    holding->runs.push_back(run);
  }
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
    summary.cut_holdings = account.holdings.cut_count();
    summary.cut_taint = account.holdings.cut_taint();
    summary.holdings = account.holdings.size() + summary.cut_holdings;
    COINWAKE_RETURN_IF_ERROR(receiver.OnSummary(summary));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
