// The slow, obvious twin of RunTrace: walks every transaction of the chain, block by block, and
// keeps what each output holds in plain maps. Shares no code with the tracer but the types of its
// answer.
#ifndef COINWAKE_TESTS_TRACER_REFERENCE_TRACE_H_
#define COINWAKE_TESTS_TRACER_REFERENCE_TRACE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tracer/trace.h"

namespace coinwake {

// Addresses that stop.
class TestStops : public AddressStops {
 public:
  std::optional<Stop> StopAt(AddressNum address) const override {
    const auto entry = stops.find(address);
    return entry == stops.end() ? std::nullopt : std::optional(entry->second);
  }
  std::map<AddressNum, Stop> stops;
};

// All a trace sent, in order.
struct TraceLines {
  std::vector<Holding> holdings;
  std::vector<Sink> sinks;
  std::vector<Summary> summaries;

  // One line each, labels by name: for comparison and for messages.
  std::string ToString(const TraceRequest& request) const;
};

// Collects what RunTrace sends; fails the stream on a line out of order.
class TraceRecorder : public TraceReceiver {
 public:
  absl::Status OnHolding(const Holding& holding) override;
  absl::Status OnSink(const Sink& sink) override;
  absl::Status OnSummary(const Summary& summary) override;

  TraceLines lines;
};

// REQUIRES: a valid request.
TraceLines ReferenceTrace(const View& view, const TraceRequest& request);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_REFERENCE_TRACE_H_
