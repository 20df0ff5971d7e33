// Re-checks a whole index against itself: checksums, counts, links, sums, look-ups.
#ifndef COINWAKE_INDEXER_VERIFY_VERIFY_H_
#define COINWAKE_INDEXER_VERIFY_VERIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/progress.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake {

struct VerifyReport {
  Snapshot snapshot;
  bool opened = true;                 // false: of `snapshot` only the network is known
  std::uint64_t checked = 0;          // facts compared
  std::vector<std::string> problems;  // the first kMaxProblems, each naming file, row and remedy
};

// Reads everything once. Problems in the data are in the report, so damaged that nothing opens or
// not; the status is for what prevents checking at all (kNotFound: no index; kUnavailable;
// kUnimplemented; kCancelled). `progress` may be null.
absl::StatusOr<VerifyReport> VerifyIndex(FileSystem& files, const std::string& data_folder,
                                         Network network, Progress* progress);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VERIFY_VERIFY_H_
