// The books of a trace: for each label what was seeded, where it rests and which sink the rest fell
// into, and the holdings found, until the whole is known to be right and can be handed out.
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
#include "tracer/run_queue.h"
#include "tracer/trace.h"

namespace coinwake {

// Memory is proportional to the holdings. Not thread-safe.
class TaintLedger {
 public:
  explicit TaintLedger(std::size_t labels_count) : accounts_(labels_count) {}

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
  struct RunsRef {
    std::uint64_t begin = 0;
    std::uint64_t count = 0;
  };
  RunsRef AddRuns(std::span<const QueuedRun> runs);
  // `spent`: reported, but its taint is not at rest there.
  void AddHolding(OutputNum output, std::uint32_t label, Taint taint, bool spent, RunsRef runs);

  // seeded = unspent + sinks + in flight, exactly.
  bool Balanced(std::uint32_t label) const;
  bool AnythingInFlight(std::uint32_t label) const { return !accounts_[label].in_flight.is_zero(); }

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
    Taint seeded, unspent, in_flight;
    std::array<Taint, kSinkKindsCount> sinks;
    // The exits among the sinks, by entity.
    std::map<std::pair<SinkKind, std::uint32_t>, Stopped> stopped;
    std::uint64_t holdings = 0;
  };
  // One line to come. 48 bytes; a Taint would align it to 64.
  struct Record {
    std::uint64_t output = 0;
    std::uint64_t units_low = 0;
    std::uint64_t units_high = 0;
    std::uint64_t runs_begin = 0;
    std::uint64_t runs_count : 63 = 0;
    std::uint64_t spent : 1 = 0;
    std::uint32_t label = 0;
  };

  absl::Status DeliverHoldings(const View& view, std::span<const std::uint32_t> ranking,
                               bool with_runs, const Cancellation* cancellation,
                               TraceReceiver& receiver);
  absl::Status DeliverSums(std::span<const std::uint32_t> ranking, TraceReceiver& receiver) const;

  std::vector<Account> accounts_;
  std::vector<Record> records_;
  std::vector<Run> runs_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_LEDGER_H_
