// LevelDB's view of the operating system, mapped onto our FileSystem.
//
// So that fault tests reach every operation LevelDB makes, and so that three gaps of LevelDB 1.23
// are closed where its files are made:
//  - a new file's folder entry is made durable with the file's first sync, and after each rename
//    (LevelDB leaves log files to the mercy of the file system);
//  - a log file that is put away with unsynced bytes is synced: LevelDB switches logs without it,
//    and an unsynced write could be lost though a later synced one survives;
//  - a log or manifest that could not be written or synced, or a rename that may not be durable, is
//    final: nothing is written or removed afterwards (LevelDB would remove a manifest in use);
//  - how far each log file was synced is noted in the file SYNCED, so that after a crash a torn
//  tail
//    can be told from damage (log_tail.h).
#ifndef COINWAKE_INDEXER_KV_LEVELDB_ENV_H_
#define COINWAKE_INDEXER_KV_LEVELDB_ENV_H_

#include <memory>
#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"

namespace leveldb {
class Env;
class Status;
}  // namespace leveldb

namespace coinwake {

// Thread-safe. Must outlive the database that uses it.
class LevelDbEnv {
 public:
  // For the database in `folder`, which exists. `files` is borrowed. LevelDB's own lock file is not
  // taken: whoever makes the environment holds the lock.
  static absl::StatusOr<std::unique_ptr<LevelDbEnv>> New(FileSystem& files,
                                                         const std::string& folder);
  virtual ~LevelDbEnv() = default;

  virtual leveldb::Env* env() = 0;
  // The failure that LevelDB was not told of (a log could not be synced when it was put away);
  // final: all later writes through this environment fail.
  virtual absl::Status failure() const = 0;
};

// kDataLoss for corruption, kUnavailable for I/O; the message begins with `where`.
absl::Status FromLevelDb(const leveldb::Status& status, const std::string& where);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_LEVELDB_ENV_H_
