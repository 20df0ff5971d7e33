// The JSON files used last, so that blocks whose parts lie in several of them need no file twice.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_JSON_CACHE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_JSON_CACHE_H_

#include <cstdint>
#include <list>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/tron_source/json_file.h"

namespace coinwake::tron {

// Not thread-safe.
class JsonCache {
 public:
  // Holds at most `max_bytes` of messages, or one file that has more. `files` is borrowed.
  JsonCache(FileSystem& files, std::uint64_t max_bytes) : files_(files), max_bytes_(max_bytes) {}

  // The file at `path`, which goes by `number`. Lives until the next call. Errors as
  // LoadJsonFile().
  absl::StatusOr<const JsonFile*> Get(std::uint32_t number, const std::string& path);

 private:
  struct Held {
    std::uint32_t number = 0;
    std::uint64_t bytes = 0;
    JsonFile file;
  };

  FileSystem& files_;
  const std::uint64_t max_bytes_;
  std::uint64_t bytes_ = 0;
  std::list<Held> held_;  // the last used first
  absl::flat_hash_map<std::uint32_t, std::list<Held>::iterator> place_of_;
};

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_JSON_CACHE_H_
