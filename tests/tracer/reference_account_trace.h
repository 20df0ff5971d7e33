// The slow, obvious twin of RunAccountTrace: plays the whole history, every event of every account
// from its opening on, unit by unit. Shares no code with the tracer but types.
#ifndef COINWAKE_TESTS_TRACER_REFERENCE_ACCOUNT_TRACE_H_
#define COINWAKE_TESTS_TRACER_REFERENCE_ACCOUNT_TRACE_H_

#include <set>
#include <string>
#include <vector>

#include "tests/tracer/memory_accounts.h"

namespace coinwake {

struct ReferenceLines {
  std::vector<std::string> lines;            // as AccountRecorder's
  std::set<std::uint32_t> accounts_reached;  // seeds, and whoever received taint
};

// REQUIRES: a valid request; small amounts.
ReferenceLines ReferenceAccountTrace(const MemoryAccounts& accounts,
                                     const AccountTraceRequest& request, std::size_t max_runs);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_REFERENCE_ACCOUNT_TRACE_H_
