// To whom a subject is exposed: where all it received came from, or went, by what the trace ends
// at.
//
// Source is a backward trace (tracer/source.h) of every output given, destination a forward one.
// Both walk on until the first address that stops, so that what lies behind a service is the
// service's. Every end is an entry of its own, cuts and what is not known among them: the entries
// add up to the total exactly.
//
// Direct is what came from, or went to, the end within one transaction; indirect is the rest. What
// reaches an end both ways is split by a second trace that goes no further than one transaction.
// Under haircut the two round apart by less than 2^-12 satoshi a transaction; direct is never more
// than the whole.
#ifndef COINWAKE_TRACER_EXPOSURE_H_
#define COINWAKE_TRACER_EXPOSURE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/view/view.h"
#include "tracer/trace.h"

namespace coinwake {

enum class ExposureDirection : std::uint8_t { kSource, kDestination };

struct ExposureRequest {
  std::vector<OutputNum> outputs;  // the subject's
  ExposureDirection direction = ExposureDirection::kSource;
  Policy policy = Policy::kFifo;  // one that both directions have: kFifo or kHaircut
  FeeMode fees = FeeMode::kSink;
  std::optional<std::uint32_t> max_hops;  // what is further away is the entry `max_hops`
  const AddressStops* stops = nullptr;    // borrowed; null: nothing stops
};

struct ExposureEntry {
  std::optional<SinkKind> kind;         // nullopt: unspent, of a destination
  std::optional<std::uint32_t> entity;  // of a stop, as AddressStops numbers them
  Taint direct;
  Taint indirect;
  std::optional<std::uint32_t> min_hops;  // of a stop: the fewest transactions on the way
};

struct Exposure {
  std::vector<ExposureEntry> entries;  // by (kind, entity); unspent first. None is nothing at all
  Taint total;                         // what the outputs hold
};

// kInvalidArgument: a policy other than those two, an output that does not exist. Else as RunTrace;
// each of the two traces has the limit for itself. Without outputs it is empty.
absl::StatusOr<Exposure> MeasureExposure(const View& view, const ExposureRequest& request,
                                         const TraceLimits& limits,
                                         const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_EXPOSURE_H_
