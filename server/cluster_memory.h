// What memory clusters of a whole chain may take where nobody says it: no more than there is. What
// needs more is refused with a message; else the system ends the process without one.
#ifndef COINWAKE_SERVER_CLUSTER_MEMORY_H_
#define COINWAKE_SERVER_CLUSTER_MEMORY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "indexer/base/file_system.h"

namespace coinwake::server {

// Memory and swap, in bytes, by the text of /proc/meminfo. nullopt: it does not say.
std::optional<std::uint64_t> MemoryInMeminfo(std::string_view meminfo);

// The same of this machine, or what the control groups of this process (version 1 or 2) and all
// that hold them allow, where that is less. 0: nothing tells, which is no cap.
std::uint64_t MemoryOfMachine(FileSystem& files);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_CLUSTER_MEMORY_H_
