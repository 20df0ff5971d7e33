#include "heuristics/memory_cap.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace coinwake {

absl::Status CheckClusterMemory(std::uint64_t count, std::string_view members,
                                std::uint64_t needed_bytes, std::uint64_t memory_bytes) {
  if (memory_bytes == 0 || needed_bytes <= memory_bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("clusters of ", count, " ", std::string(members), " need ", needed_bytes,
                   " bytes of memory, ", memory_bytes,
                   " are allowed; give the process more, or ask a server that `coinwake serve "
                   "--memory MIB` allows more; a trace does without clusters by --stop-at none"));
}

}  // namespace coinwake
