// LevelDB's view of the operating system that leaves a database as it is.
//
// LevelDB cannot open a database without writing: it replays the log into tables, begins a new
// manifest and removes what that makes obsolete. Here reads go through our FileSystem, and what is
// written, renamed or removed is so in memory only. The memory holds about what the logs held, and
// a manifest. Compactions are put off for good: they would write anew what was not asked for.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_READ_ONLY_ENV_H_
#define COINWAKE_INDEXER_TRON_SOURCE_READ_ONLY_ENV_H_

#include <memory>

#include "indexer/base/file_system.h"

namespace leveldb {
class Env;
}  // namespace leveldb

namespace coinwake::tron {

// For one database, which one thread uses. Must outlive it.
class ReadOnlyEnv {
 public:
  // `files` is borrowed.
  static std::unique_ptr<ReadOnlyEnv> New(FileSystem& files);
  virtual ~ReadOnlyEnv() = default;

  virtual leveldb::Env* env() = 0;
  // Call before the database is closed, which would wait for the work that was put off: it is run,
  // and fails because nothing can be written any more.
  virtual void Finish() = 0;
};

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_READ_ONLY_ENV_H_
