// The books of a trace: for each label what was seeded, where it rests and which sink the rest fell
// into, and the holdings found, until the whole is known to be right and can be handed out.
//
// The sums are of everything. Of the holdings each label keeps the largest if there is a limit,
// whatever the other labels hold.
//
// Inside the tracer a label is its rank: its position when the request's labels are in byte order.
#ifndef COINWAKE_TRACER_LEDGER_H_
#define COINWAKE_TRACER_LEDGER_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "indexer/base/ids.h"
#include "indexer/base/status.h"
#include "tracer/holding_list.h"
#include "tracer/run_queue.h"
#include "tracer/trace.h"

namespace coinwake {

// Memory is proportional to the holdings kept. Not thread-safe.
class TaintLedger {
 public:
  explicit TaintLedger(std::size_t labels_count, const TraceLimits& limits = {})
      : max_bytes_(limits.max_holdings_bytes), accounts_(labels_count, Account(limits)) {}

  void AddSeeded(std::uint32_t label, Taint taint) { accounts_[label].seeded += taint; }
  void AddSink(std::uint32_t label, SinkKind kind, Taint taint) {
    accounts_[label].sinks[static_cast<std::size_t>(kind)] += taint;
  }
  // `hops` from a seed to the stop, where they are counted. REQUIRES: taint is not 0.
  void AddStopped(std::uint32_t label, const Stop& stop, Taint taint,
                  std::optional<std::uint32_t> hops);
  // Taint on its way to a transaction still to be visited, and its arrival there.
  void AddInFlight(std::uint32_t label, Taint taint) { accounts_[label].in_flight += taint; }
  void TakeInFlight(std::uint32_t label, Taint taint) { accounts_[label].in_flight -= taint; }

  // Remembers the runs of an output for AddHolding. A single run is not stored: it can be told from
  // the holding itself.
  RunsRef AddRuns(std::span<const QueuedRun> runs);
  // `spent`: reported, but its taint is not at rest there.
  void AddHolding(OutputNum output, std::uint32_t label, Taint taint, bool spent, RunsRef runs);

  // seeded = unspent + sinks + in flight, exactly.
  bool Balanced(std::uint32_t label) const;
  bool AnythingInFlight(std::uint32_t label) const { return !accounts_[label].in_flight.is_zero(); }
  // kResourceExhausted: the holdings kept take more than the limits allow.
  absl::Status CheckSize() const {
    const std::uint64_t bytes = lists_bytes_ + runs_.size() * sizeof(Run);
    return max_bytes_ == 0 || bytes <= max_bytes_ ? absl::OkStatus() : TooLarge();
  }

  // Sends everything in the order TraceReceiver names. `ranking[rank]` is the label's index in the
  // request. Holdings come `with_runs` where the policy keeps order. kCancelled, or what the
  // receiver said.
  absl::Status Deliver(const View& view, std::span<const std::uint32_t> ranking, bool with_runs,
                       const Cancellation* cancellation, TraceReceiver& receiver);

 private:
  // What a stop took, and the fewest hops there.
  struct Stopped {
    Taint taint;
    std::optional<std::uint32_t> hops;
  };
  struct Account {
    explicit Account(const TraceLimits& limits) : holdings(limits.max_holdings) {}

    Taint seeded, unspent, in_flight;
    std::array<Taint, kSinkKindsCount> sinks;
    // The exits among the sinks, by entity.
    std::map<std::pair<SinkKind, std::uint32_t>, Stopped> stopped;
    HoldingList holdings;
  };

  absl::Status TooLarge() const;
  void DropRuns();
  absl::Status DeliverHoldings(const View& view, std::span<const std::uint32_t> ranking,
                               bool with_runs, const Cancellation* cancellation,
                               TraceReceiver& receiver);
  void Fill(const View& view, std::span<const std::uint32_t> ranking, std::uint32_t label,
            const HoldingList::Entry& entry, bool with_runs, Holding* holding) const;
  absl::Status DeliverSums(std::span<const std::uint32_t> ranking, TraceReceiver& receiver) const;

  static constexpr std::size_t kFewRuns = std::size_t{1} << 16;

  const std::uint64_t max_bytes_;
  std::vector<Account> accounts_;
  std::uint64_t lists_bytes_ = 0;  // of all holdings kept, but for their runs
  std::vector<Run> runs_;
  std::size_t drop_runs_at_ = kFewRuns;  // how many may come together until unused ones go
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_LEDGER_H_
