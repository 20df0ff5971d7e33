// The slow, obvious twin of RunSourceTrace: walks every transaction of the chain from the last to
// the first and keeps, for each output, which of its satoshi are claimed (fifo, one by one) or how
// much of it (haircut). Shares no code with the tracer but the types of its answer.
#ifndef COINWAKE_TESTS_TRACER_REFERENCE_SOURCE_H_
#define COINWAKE_TESTS_TRACER_REFERENCE_SOURCE_H_

#include "tests/tracer/reference_trace.h"
#include "tracer/trace.h"

namespace coinwake {

// REQUIRES: a valid request; under fifo no seed of more than some million satoshi.
TraceLines ReferenceSourceTrace(const View& view, const TraceRequest& request);

// Traces with RunSourceTrace and with the twin and expects the same lines, in the same order, and
// that every label adds up and no output holds more than its value. Returns what RunSourceTrace
// sent.
TraceLines SourceBoth(const View& view, const TraceRequest& request);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_REFERENCE_SOURCE_H_
