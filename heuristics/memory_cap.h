// What clusters may take of memory: what does not fit is refused with a message, where the system
// would end the process without one.
#ifndef COINWAKE_HEURISTICS_MEMORY_CAP_H_
#define COINWAKE_HEURISTICS_MEMORY_CAP_H_

#include <cstdint>
#include <string_view>

#include "indexer/base/status.h"

namespace coinwake {

// kResourceExhausted, with what to do about it, where clusters of `count` `members` ("addresses")
// need more than `memory_bytes`; 0 is no cap.
absl::Status CheckClusterMemory(std::uint64_t count, std::string_view members,
                                std::uint64_t needed_bytes, std::uint64_t memory_bytes);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_MEMORY_CAP_H_
