// The key-value store of one network's index: LevelDB behind a latch.
//
// Keyspaces and their bytes: docs/design/keys.md and indexer/kv/keys.h. Only kv/*.cc include
// LevelDB. LevelDB 1.23 goes on accepting writes after a failed append and can then lose
// acknowledged synced writes: here the first write error is final until the store is opened again,
// and it is opened with paranoid checks. What else of LevelDB is mended is told in leveldb_env.h
// and log_tail.h. Reads are thread-safe; one thread writes. Snapshots and iterators must be gone
// before their store.
#ifndef COINWAKE_INDEXER_KV_STORE_H_
#define COINWAKE_INDEXER_KV_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"

namespace coinwake {

// Writes that take effect together or not at all.
class KvBatch {
 public:
  struct Operation {
    std::string key;
    std::optional<std::string> value;  // nullopt deletes
  };
  void Put(std::string key, std::string value) {
    size_bytes_ += key.size() + value.size();
    operations_.push_back({std::move(key), std::move(value)});
  }
  void Delete(std::string key) {
    size_bytes_ += key.size();
    operations_.push_back({std::move(key), std::nullopt});
  }
  void Clear() {
    operations_.clear();
    size_bytes_ = 0;
  }
  const std::vector<Operation>& operations() const { return operations_; }
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  std::vector<Operation> operations_;
  std::size_t size_bytes_ = 0;
};

// Walks keys in byte order. Holds a consistent view as of its making. Not thread-safe.
class KvIterator {
 public:
  virtual ~KvIterator() = default;
  virtual void Seek(std::string_view key) = 0;        // first key >= `key`
  virtual void SeekBefore(std::string_view key) = 0;  // last key < `key`
  virtual void Next() = 0;                            // REQUIRES: Valid()
  virtual bool Valid() const = 0;
  virtual std::string_view key() const = 0;  // until the iterator moves
  virtual std::string_view value() const = 0;
  virtual absl::Status status() const = 0;  // kDataLoss for a damaged block
};

// A state of the store that later writes do not change. Must not outlive the store.
class KvSnapshot {
 public:
  virtual ~KvSnapshot() = default;
  // kNotFound, or kDataLoss for a damaged block.
  virtual absl::StatusOr<std::string> Get(std::string_view key) const = 0;
  virtual std::unique_ptr<KvIterator> NewIterator() const = 0;
};

// Memory: twice the write buffer, the block cache, and about 32 MiB for the indexes of open tables.
struct KvOptions {
  bool create_if_missing = false;
  std::size_t write_buffer_bytes = 16u << 20;
  std::size_t block_cache_bytes = 32u << 20;
};

class KvStore {
 public:
  // Holds the folder's LOCK file while it lives. kNotFound: no store there and create_if_missing is
  // false. kUnavailable: locked by another process, or the disk failed. kDataLoss: damaged.
  // `files` is borrowed and must outlive the store.
  static absl::StatusOr<std::unique_ptr<KvStore>> Open(FileSystem& files, const std::string& folder,
                                                       const KvOptions& options);
  virtual ~KvStore() = default;

  KvStore() = default;
  KvStore(const KvStore&) = delete;
  KvStore& operator=(const KvStore&) = delete;

  virtual absl::StatusOr<std::string> Get(std::string_view key) = 0;  // as KvSnapshot::Get
  // With `sync`, durable on return, with everything written before. After any error every later
  // write fails with the same error until the store is opened again.
  virtual absl::Status Write(const KvBatch& batch, bool sync) = 0;
  virtual std::unique_ptr<KvSnapshot> NewSnapshot() = 0;
  virtual std::unique_ptr<KvIterator> NewIterator() = 0;
  // Gives back the disk space of what was deleted in [begin, end). Cost: reading and writing what
  // is stored there. Errors show at the next Write().
  virtual void Compact(std::string_view begin, std::string_view end) = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_STORE_H_
