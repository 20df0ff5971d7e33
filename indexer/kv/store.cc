#include "indexer/kv/store.h"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/options.h>
#include <leveldb/write_batch.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/base/sync.h"
#include "indexer/kv/leveldb_env.h"
#include "indexer/kv/log_tail.h"

namespace coinwake {
namespace {

constexpr int kFilterBitsPerKey = 10;  // one false "maybe here" in a hundred
// Tables as large as a memtable may become: few files and few open handles at main-net size.
constexpr std::size_t kMaxTableBytes = 32u << 20;
// An open table keeps its index in memory, 120 KB for the largest: 32 MB in all.
constexpr int kMaxOpenTables = 256;

leveldb::Slice ToSlice(std::string_view text) { return leveldb::Slice(text.data(), text.size()); }
std::string_view ToView(const leveldb::Slice& slice) { return {slice.data(), slice.size()}; }

class NullLogger final : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

class Iterator final : public KvIterator {
 public:
  Iterator(leveldb::Iterator* iterator, const std::string& folder)
      : iterator_(iterator), folder_(folder) {}

  void Seek(std::string_view key) override { iterator_->Seek(ToSlice(key)); }
  void SeekBefore(std::string_view key) override {
    iterator_->Seek(ToSlice(key));
    if (iterator_->Valid()) {
      iterator_->Prev();
    } else if (iterator_->status().ok()) {
      iterator_->SeekToLast();
    }
  }
  void Next() override { iterator_->Next(); }
  bool Valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return ToView(iterator_->key()); }
  std::string_view value() const override { return ToView(iterator_->value()); }
  absl::Status status() const override { return FromLevelDb(iterator_->status(), folder_); }

 private:
  const std::unique_ptr<leveldb::Iterator> iterator_;
  const std::string folder_;
};

absl::StatusOr<std::string> GetFrom(leveldb::DB& db, const leveldb::ReadOptions& options,
                                    std::string_view key, const std::string& folder) {
  std::string value;
  const leveldb::Status status = db.Get(options, ToSlice(key), &value);
  if (status.IsNotFound()) return absl::NotFoundError("no such key");
  if (!status.ok()) return FromLevelDb(status, folder);
  return value;
}

leveldb::ReadOptions CheckedReads() {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  return options;
}

class Snapshot final : public KvSnapshot {
 public:
  Snapshot(leveldb::DB* db, const std::string& folder) : db_(*db), folder_(folder) {
    options_.snapshot = db_.GetSnapshot();
  }
  ~Snapshot() override { db_.ReleaseSnapshot(options_.snapshot); }

  absl::StatusOr<std::string> Get(std::string_view key) const override {
    return GetFrom(db_, options_, key, folder_);
  }
  std::unique_ptr<KvIterator> NewIterator() const override {
    leveldb::ReadOptions options = options_;
    options.fill_cache = false;  // a scan would push out what look-ups use
    return std::make_unique<Iterator>(db_.NewIterator(options), folder_);
  }

 private:
  leveldb::DB& db_;
  const std::string folder_;
  leveldb::ReadOptions options_ = CheckedReads();
};

class Store final : public KvStore {
 public:
  explicit Store(std::string folder) : folder_(std::move(folder)) {}

  absl::Status Open(FileSystem& files, const KvOptions& options);

  absl::StatusOr<std::string> Get(std::string_view key) override {
    return GetFrom(*db_, CheckedReads(), key, folder_);
  }

  absl::Status Write(const KvBatch& batch, bool sync) override {
    const MutexLock hold(mutex_);
    COINWAKE_RETURN_IF_ERROR(failure_);
    leveldb::WriteBatch updates;
    for (const KvBatch::Operation& operation : batch.operations()) {
      if (operation.value) {
        updates.Put(operation.key, *operation.value);
      } else {
        updates.Delete(operation.key);
      }
    }
    leveldb::WriteOptions options;
    options.sync = sync;
    failure_ = FromLevelDb(db_->Write(options, &updates), folder_);
    // A log that was put away during this write holds earlier ones.
    if (failure_.ok()) failure_ = env_->failure();
    return failure_;
  }

  std::unique_ptr<KvSnapshot> NewSnapshot() override {
    return std::make_unique<Snapshot>(db_.get(), folder_);
  }

  std::unique_ptr<KvIterator> NewIterator() override {
    leveldb::ReadOptions options = CheckedReads();
    options.fill_cache = false;
    return std::make_unique<Iterator>(db_->NewIterator(options), folder_);
  }

  void Compact(std::string_view begin, std::string_view end) override {
    const leveldb::Slice first = ToSlice(begin);
    const leveldb::Slice last = ToSlice(end);
    db_->CompactRange(&first, &last);
  }

 private:
  // Declared in the order they are needed, so that they go in reverse: the database first.
  const std::string folder_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<LevelDbEnv> env_;
  NullLogger logger_;
  std::unique_ptr<leveldb::Cache> cache_;
  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::DB> db_;
  Mutex mutex_;
  absl::Status failure_ COINWAKE_GUARDED_BY(mutex_);
};

// Whether there is a store; kDataLoss when there are tables or logs but nothing that names them:
// LevelDB, which makes CURRENT before any of them, would begin a new database over them.
absl::StatusOr<bool> StoreExists(FileSystem& files, const std::string& folder) {
  COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(folder + "/CURRENT"));
  if (exists) return true;
  const auto names = files.List(folder);
  if (absl::IsNotFound(names.status())) return false;
  COINWAKE_RETURN_IF_ERROR(names.status());
  for (const std::string& name : *names) {
    if (absl::EndsWith(name, ".ldb") || absl::EndsWith(name, ".sst") ||
        absl::EndsWith(name, ".log")) {
      return absl::DataLossError(absl::StrCat(
          folder, "/CURRENT: missing; restore the folder, or index into a new data folder"));
    }
  }
  return false;
}

absl::Status Store::Open(FileSystem& files, const KvOptions& options) {
  COINWAKE_ASSIGN_OR_RETURN(bool exists, StoreExists(files, folder_));
  if (!exists && !options.create_if_missing) {
    return absl::NotFoundError(absl::StrCat(folder_, ": no index here"));
  }
  if (!exists) COINWAKE_RETURN_IF_ERROR(CreateFoldersDurably(files, folder_));
  COINWAKE_ASSIGN_OR_RETURN(lock_, files.Lock(folder_ + "/LOCK"));
  COINWAKE_ASSIGN_OR_RETURN(exists, StoreExists(files, folder_));  // now that nobody else makes one
  if (exists) COINWAKE_RETURN_IF_ERROR(CutTornLogs(files, folder_));
  COINWAKE_ASSIGN_OR_RETURN(env_, LevelDbEnv::New(files, folder_));
  cache_.reset(leveldb::NewLRUCache(options.block_cache_bytes));
  filter_.reset(leveldb::NewBloomFilterPolicy(kFilterBitsPerKey));

  leveldb::Options own;
  own.env = env_->env();
  own.info_log = &logger_;
  // Not simply "if missing": a look at CURRENT that failed must not begin a new database.
  own.create_if_missing = !exists;
  own.paranoid_checks = true;
  own.write_buffer_size = options.write_buffer_bytes;
  own.block_cache = cache_.get();
  own.filter_policy = filter_.get();
  own.max_file_size = kMaxTableBytes;
  own.max_open_files = kMaxOpenTables;
  own.compression = leveldb::kNoCompression;  // run pages are packed already
  leveldb::DB* db = nullptr;
  const leveldb::Status status = leveldb::DB::Open(own, folder_, &db);
  db_.reset(db);
  COINWAKE_RETURN_IF_ERROR(env_->failure());
  return FromLevelDb(status, folder_);
}

}  // namespace

absl::StatusOr<std::unique_ptr<KvStore>> KvStore::Open(FileSystem& files, const std::string& folder,
                                                       const KvOptions& options) {
  auto store = std::make_unique<Store>(folder);
  COINWAKE_RETURN_IF_ERROR(store->Open(files, options));
  return store;
}

}  // namespace coinwake
