#include "indexer/tron_source/level_db.h"

#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/options.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "indexer/tron_source/read_only_env.h"

namespace coinwake::tron {
namespace {

// java-tron has hundreds of thousands of tables of 2 MB, read one after the other.
constexpr int kMaxOpenTables = 100;
// More than a log of java-tron's holds, so that it is replayed into one table.
constexpr std::size_t kWriteBufferBytes = std::size_t{64} << 20;

leveldb::Slice ToSlice(std::string_view text) { return leveldb::Slice(text.data(), text.size()); }
std::string_view ToView(const leveldb::Slice& slice) { return {slice.data(), slice.size()}; }

class NullLogger final : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

absl::Status FromLevelDb(const leveldb::Status& status, const std::string& folder) {
  if (status.ok()) return absl::OkStatus();
  const std::string what = absl::StrCat(folder, ": ", status.ToString());
  if (status.IsIOError()) return absl::UnavailableError(what);
  return absl::DataLossError(
      absl::StrCat(what, "; let the node repair it, or copy the database again"));
}

absl::Status NoSuchKey() { return absl::NotFoundError("no such key"); }

// OPTIONS-* and IDENTITY are RocksDB's alone; engine.properties is known to be wrong at times.
absl::Status CheckEngine(FileSystem& files, const std::string& folder) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(folder));
  const bool is_rocks = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name == "IDENTITY" || absl::StartsWith(name, "OPTIONS-");
  });
  if (is_rocks) {
    return absl::UnimplementedError(absl::StrCat(
        folder,
        ": is a RocksDB, which is not read; give the LevelDB of a node or of a snapshot, or run "
        "the node and give grpc://HOST:PORT"));
  }
  if (std::find(names.begin(), names.end(), "CURRENT") == names.end()) {
    return absl::NotFoundError(
        absl::StrCat(folder, ": holds no database; copy it again from the node"));
  }
  return absl::OkStatus();
}

class LevelDbImpl final : public LevelDb {
 public:
  LevelDbImpl(FileSystem& files, std::string folder)
      : folder_(std::move(folder)), env_(ReadOnlyEnv::New(files)) {}
  ~LevelDbImpl() override {
    iterator_.reset();
    env_->Finish();
    db_.reset();
  }

  absl::Status Open(FileSystem& files) {
    auto lock = files.LockShared(absl::StrCat(folder_, "/LOCK"));
    if (lock.ok()) {
      lock_ = *std::move(lock);
    } else if (absl::IsFailedPrecondition(lock.status())) {
      return absl::FailedPreconditionError(absl::StrCat(
          folder_, ": is in use by a running node; stop it, or give a copy or a snapshot"));
    } else if (!absl::IsNotFound(lock.status()) && !absl::IsUnimplemented(lock.status())) {
      // A copy may come without the file, or to where nothing can be locked.
      return lock.status();
    }
    leveldb::Options options;
    options.env = env_->env();
    options.info_log = &logger_;
    options.create_if_missing = false;
    options.paranoid_checks = true;
    options.max_open_files = kMaxOpenTables;
    options.write_buffer_size = kWriteBufferBytes;
    leveldb::DB* db = nullptr;
    const leveldb::Status status = leveldb::DB::Open(options, folder_, &db);
    db_.reset(db);
    COINWAKE_RETURN_IF_ERROR(FromLevelDb(status, folder_));
    leveldb::ReadOptions reads;
    reads.verify_checksums = true;
    reads.fill_cache = false;
    iterator_.reset(db_->NewIterator(reads));
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Get(std::string_view key) override {
    // The next key is at hand, where a seek looks into several tables.
    if (iterator_->Valid() && ToView(iterator_->key()) < key) iterator_->Next();
    if (!iterator_->Valid() || ToView(iterator_->key()) != key) iterator_->Seek(ToSlice(key));
    COINWAKE_RETURN_IF_ERROR(Status());
    if (!iterator_->Valid() || ToView(iterator_->key()) != key) return NoSuchKey();
    return iterator_->value().ToString();
  }

  absl::StatusOr<std::string> FirstKeyFrom(std::string_view key) override {
    iterator_->Seek(ToSlice(key));
    return Key();
  }

  absl::StatusOr<std::string> LastKeyBefore(std::string_view key) override {
    iterator_->Seek(ToSlice(key));
    COINWAKE_RETURN_IF_ERROR(Status());
    if (iterator_->Valid()) {
      iterator_->Prev();
    } else {
      iterator_->SeekToLast();
    }
    return Key();
  }

  absl::Status ForEach(
      std::string_view prefix,
      absl::FunctionRef<void(std::string_view key, std::string_view value)> take) override {
    for (iterator_->Seek(ToSlice(prefix)); iterator_->Valid(); iterator_->Next()) {
      const std::string_view key = ToView(iterator_->key());
      if (!key.starts_with(prefix)) break;
      take(key, ToView(iterator_->value()));
    }
    return Status();
  }

 private:
  absl::Status Status() const { return FromLevelDb(iterator_->status(), folder_); }
  absl::StatusOr<std::string> Key() const {
    COINWAKE_RETURN_IF_ERROR(Status());
    if (!iterator_->Valid()) return NoSuchKey();
    return iterator_->key().ToString();
  }

  const std::string folder_;
  NullLogger logger_;
  const std::unique_ptr<ReadOnlyEnv> env_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<leveldb::DB> db_;
  std::unique_ptr<leveldb::Iterator> iterator_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LevelDb>> LevelDb::Open(FileSystem& files,
                                                       const std::string& folder) {
  COINWAKE_RETURN_IF_ERROR(CheckEngine(files, folder));
  auto db = std::make_unique<LevelDbImpl>(files, folder);
  COINWAKE_RETURN_IF_ERROR(db->Open(files));
  return db;
}

}  // namespace coinwake::tron
