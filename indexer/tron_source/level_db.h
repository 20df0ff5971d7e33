// A LevelDB of somebody else, read without changing it.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_LEVEL_DB_H_
#define COINWAKE_INDEXER_TRON_SOURCE_LEVEL_DB_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"

namespace coinwake::tron {

// Not thread-safe. Errors of reads: kDataLoss for what is damaged, kUnavailable for what could not
// be read; kNotFound only where that is said.
class LevelDb {
 public:
  // Takes the database's lock shared as long as it lives, so that no program begins to write there.
  // kFailedPrecondition: a running program has it. kUnimplemented: it is a RocksDB. kNotFound:
  // there is no database. Messages name the folder and the remedy. `files` is borrowed.
  static absl::StatusOr<std::unique_ptr<LevelDb>> Open(FileSystem& files,
                                                       const std::string& folder);
  virtual ~LevelDb() = default;

  // kNotFound: no such key. Fast for keys in ascending order.
  virtual absl::StatusOr<std::string> Get(std::string_view key) = 0;
  // The first key that is not before `key`, and the last that is. kNotFound: none.
  virtual absl::StatusOr<std::string> FirstKeyFrom(std::string_view key) = 0;
  virtual absl::StatusOr<std::string> LastKeyBefore(std::string_view key) = 0;
  // Calls `take` for every key that begins with `prefix`, in order.
  virtual absl::Status ForEach(
      std::string_view prefix,
      absl::FunctionRef<void(std::string_view key, std::string_view value)> take) = 0;
};

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_LEVEL_DB_H_
