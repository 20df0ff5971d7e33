// What follows a commit record, and recovers it after a crash: bringing in-place columns up to it.
//
// Every value of an in-place column (who spent an output, an address's key) follows from rows that
// the record covers. They are set after the record is durable, from `applied_inputs` and
// `applied_keys` on, and setting them again changes nothing: the writer's last step is also
// recovery. docs/design/commit.md.
#ifndef COINWAKE_INDEXER_COMMIT_FINISH_COMMIT_H_
#define COINWAKE_INDEXER_COMMIT_FINISH_COMMIT_H_

#include <cstdint>
#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/kv/store.h"

namespace coinwake {

inline constexpr std::uint64_t kFinishCommitBytes = 64 << 20;

// Whether a crash may have torn chunks of in-place columns from their checksums: then those that
// are set again are taken as they are. Else a wrong one is kDataLoss.
enum class Finishing { kAfterCrash, kOwnCommit };

// Does nothing when the columns of the index in `folder` (a network's) are there already. REQUIRES:
// no one else writes the index, and no InPlaceColumn of it is open. Memory: `memory_bytes`, and the
// input rows to apply, mapped. kNotFound: nothing committed. kDataLoss, kUnimplemented,
// kUnavailable as the parts say.
absl::Status FinishCommit(FileSystem& files, KvStore& store, const std::string& folder,
                          Finishing finishing, std::uint64_t memory_bytes = kFinishCommitBytes);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_COMMIT_FINISH_COMMIT_H_
