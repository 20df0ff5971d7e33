// The slow, obvious twin of RunAccountSource. Under fifo it plays the whole history forward and
// lets every unit write down which events it took part in; under haircut it goes back over every
// event of every account. Shares no code with the tracer but types.
#ifndef COINWAKE_TESTS_TRACER_REFERENCE_ACCOUNT_SOURCE_H_
#define COINWAKE_TESTS_TRACER_REFERENCE_ACCOUNT_SOURCE_H_

#include <set>
#include <string>
#include <vector>

#include "tests/tracer/memory_accounts.h"

namespace coinwake {

struct ReferenceSource {
  std::vector<std::string> lines;            // as AccountRecorder's
  std::set<std::uint32_t> accounts_reached;  // seeds, and who paid what is claimed
};

// REQUIRES: a valid request by fifo or haircut; small amounts.
ReferenceSource ReferenceAccountSource(const MemoryAccounts& accounts,
                                       const AccountTraceRequest& request);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_REFERENCE_ACCOUNT_SOURCE_H_
