#include "indexer/kv/leveldb_env.h"

#include <leveldb/env.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "indexer/base/sync.h"
#include "indexer/kv/log_tail.h"

namespace coinwake {
namespace {

constexpr std::size_t kWriteBufferBytes = 64u << 10;

leveldb::Status ToLevelDb(const absl::Status& status) {
  const std::string message(status.message());
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return leveldb::Status::OK();
    case absl::StatusCode::kNotFound:
      return leveldb::Status::NotFound(message);
    case absl::StatusCode::kDataLoss:
      return leveldb::Status::Corruption(message);
    default:
      return leveldb::Status::IOError(message);
  }
}

std::string NameOf(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

// What the files of one environment share: where sync marks go, and the final failure.
class Shared {
 public:
  Shared(FileSystem& files, std::string folder, std::unique_ptr<File> marks)
      : files_(files), folder_(std::move(folder)), marks_(std::move(marks)) {}

  FileSystem& files() { return files_; }
  absl::Status SyncFolder() { return files_.SyncFolder(folder_); }

  absl::Status failure() const {
    const MutexLock hold(mutex_);
    return failure_;
  }
  void Fail(const absl::Status& status) {
    const MutexLock hold(mutex_);
    if (failure_.ok()) failure_ = status;
  }
  void Mark(LogKind kind, const SyncMark& mark) {
    const MutexLock hold(mutex_);
    if (!failure_.ok()) return;
    const std::string bytes = EncodeSyncMark(mark);
    // An old mark is harmless (log_tail.h), so a failure to write one is no failure.
    marks_
        ->WriteAt(static_cast<std::uint64_t>(kind) * kSyncMarkBytes,
                  AsBytes(bytes.data(), bytes.size()))
        .IgnoreError();
  }

 private:
  FileSystem& files_;
  const std::string folder_;
  mutable Mutex mutex_;
  const std::unique_ptr<File> marks_ COINWAKE_GUARDED_BY(mutex_);
  absl::Status failure_ COINWAKE_GUARDED_BY(mutex_);
};

class SequentialFile final : public leveldb::SequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  leveldb::Status Read(std::size_t n, leveldb::Slice* result, char* scratch) override {
    const auto count =
        file_->ReadAt(offset_, std::span(reinterpret_cast<std::uint8_t*>(scratch), n));
    if (!count.ok()) return ToLevelDb(count.status());
    offset_ += *count;
    *result = leveldb::Slice(scratch, *count);
    return leveldb::Status::OK();
  }
  leveldb::Status Skip(std::uint64_t n) override {
    offset_ += n;
    return leveldb::Status::OK();
  }

 private:
  const std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0;
};

class RandomAccessFile final : public leveldb::RandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<File> file) : file_(std::move(file)) {}

  leveldb::Status Read(std::uint64_t offset, std::size_t n, leveldb::Slice* result,
                       char* scratch) const override {
    const auto count =
        file_->ReadAt(offset, std::span(reinterpret_cast<std::uint8_t*>(scratch), n));
    if (!count.ok()) return ToLevelDb(count.status());
    *result = leveldb::Slice(scratch, *count);
    return leveldb::Status::OK();
  }

 private:
  const std::unique_ptr<File> file_;
};

class WritableFile final : public leveldb::WritableFile {
 public:
  WritableFile(Shared* shared, std::unique_ptr<File> file, std::uint64_t size_bytes,
               const std::string& name)
      : shared_(*shared), file_(std::move(file)), written_(size_bytes) {
    for (const LogKind kind : {LogKind::kLog, LogKind::kManifest}) {
      if (const auto number = LogFileNumber(kind, name)) {
        kind_ = kind;
        number_ = *number;
      }
    }
  }
  ~WritableFile() override { PutAway().IgnoreError(); }

  leveldb::Status Append(const leveldb::Slice& data) override {
    if (const absl::Status failure = shared_.failure(); !failure.ok()) return ToLevelDb(failure);
    unsynced_ = true;
    const absl::Status status = AppendBytes(data.data(), data.size());
    // LevelDB would go on behind the torn record.
    if (!status.ok() && kind_) shared_.Fail(status);
    return ToLevelDb(status);
  }

  // Not to the operating system: nobody relies on bytes that were not synced.
  leveldb::Status Flush() override { return leveldb::Status::OK(); }

  leveldb::Status Sync() override {
    if (const absl::Status failure = shared_.failure(); !failure.ok()) return ToLevelDb(failure);
    return ToLevelDb(SyncNow());
  }

  leveldb::Status Close() override { return ToLevelDb(PutAway()); }

 private:
  absl::Status AppendBytes(const char* data, std::size_t size) {
    if (buffer_.size() + size > kWriteBufferBytes) COINWAKE_RETURN_IF_ERROR(WriteBuffer());
    if (size >= kWriteBufferBytes) return Write(data, size);
    buffer_.append(data, size);
    return absl::OkStatus();
  }

  absl::Status Write(const char* data, std::size_t size) {
    COINWAKE_RETURN_IF_ERROR(file_->WriteAt(written_, AsBytes(data, size)));
    written_ += size;
    return absl::OkStatus();
  }

  absl::Status WriteBuffer() {
    if (buffer_.empty()) return absl::OkStatus();
    COINWAKE_RETURN_IF_ERROR(Write(buffer_.data(), buffer_.size()));
    buffer_.clear();
    return absl::OkStatus();
  }

  absl::Status SyncNow() {
    absl::Status status = WriteAndSync();
    if (status.ok()) {
      unsynced_ = false;
      if (kind_) shared_.Mark(*kind_, {number_, written_});
    } else if (kind_) {
      // Final: the system may call the next sync good although it dropped what this one failed on.
      shared_.Fail(status);
    }
    return status;
  }

  absl::Status WriteAndSync() {
    COINWAKE_RETURN_IF_ERROR(WriteBuffer());
    // A manifest names tables made since, whose entries must not come later than it.
    if (!entry_durable_ || kind_ == LogKind::kManifest) {
      COINWAKE_RETURN_IF_ERROR(shared_.SyncFolder());
      entry_durable_ = true;
    }
    return file_->Sync();
  }

  absl::Status PutAway() {
    if (file_ == nullptr) return absl::OkStatus();
    absl::Status status = shared_.failure();
    if (status.ok()) {
      status = kind_ == LogKind::kLog && unsynced_ ? SyncNow() : WriteBuffer();
    }
    file_.reset();
    return status;
  }

  Shared& shared_;
  std::unique_ptr<File> file_;
  std::optional<LogKind> kind_;
  std::uint64_t number_ = 0;
  std::uint64_t written_;  // bytes handed to the file
  std::string buffer_;     // and those after them
  bool unsynced_ = false;
  bool entry_durable_ = false;
};

class NoLock final : public leveldb::FileLock {};

// Threads, time and sleep are the operating system's; files are ours.
class Env final : public leveldb::EnvWrapper {
 public:
  explicit Env(Shared* shared) : EnvWrapper(leveldb::Env::Default()), shared_(*shared) {}

  leveldb::Status NewSequentialFile(const std::string& path,
                                    leveldb::SequentialFile** result) override {
    *result = nullptr;
    auto file = shared_.files().Open(path, OpenMode::kRead);
    if (!file.ok()) return ToLevelDb(file.status());
    *result = new SequentialFile(*std::move(file));
    return leveldb::Status::OK();
  }

  leveldb::Status NewRandomAccessFile(const std::string& path,
                                      leveldb::RandomAccessFile** result) override {
    *result = nullptr;
    auto file = shared_.files().Open(path, OpenMode::kRead);
    if (!file.ok()) return ToLevelDb(file.status());
    *result = new RandomAccessFile(*std::move(file));
    return leveldb::Status::OK();
  }

  leveldb::Status NewWritableFile(const std::string& path,
                                  leveldb::WritableFile** result) override {
    return OpenForWriting(path, OpenMode::kTruncate, result);
  }

  leveldb::Status NewAppendableFile(const std::string& path,
                                    leveldb::WritableFile** result) override {
    return OpenForWriting(path, OpenMode::kCreate, result);
  }

  bool FileExists(const std::string& path) override {
    const auto exists = shared_.files().Exists(path);
    // LevelDB takes the answer for the truth, and without a CURRENT would begin a new database.
    if (!exists.ok()) shared_.Fail(exists.status());
    return exists.value_or(false);
  }

  leveldb::Status GetChildren(const std::string& folder,
                              std::vector<std::string>* result) override {
    result->clear();
    auto names = shared_.files().List(folder);
    if (!names.ok()) return ToLevelDb(names.status());
    *result = *std::move(names);
    return leveldb::Status::OK();
  }

  leveldb::Status RemoveFile(const std::string& path) override {
    if (const absl::Status failure = shared_.failure(); !failure.ok()) return ToLevelDb(failure);
    return ToLevelDb(shared_.files().Remove(path));
  }
  leveldb::Status CreateDir(const std::string& folder) override {
    return ToLevelDb(shared_.files().CreateFolders(folder));
  }
  leveldb::Status RemoveDir(const std::string& folder) override {
    return ToLevelDb(shared_.files().Remove(folder));
  }

  leveldb::Status GetFileSize(const std::string& path, std::uint64_t* size) override {
    *size = 0;
    const auto file = shared_.files().Open(path, OpenMode::kRead);
    if (!file.ok()) return ToLevelDb(file.status());
    const auto bytes = (*file)->Size();
    if (!bytes.ok()) return ToLevelDb(bytes.status());
    *size = *bytes;
    return leveldb::Status::OK();
  }

  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    if (const absl::Status failure = shared_.failure(); !failure.ok()) return ToLevelDb(failure);
    absl::Status status = shared_.files().Rename(from, to);
    if (!status.ok()) return ToLevelDb(status);
    status = shared_.SyncFolder();
    // LevelDB would take the rename for undone and remove the manifest that CURRENT now names.
    if (!status.ok()) shared_.Fail(status);
    return ToLevelDb(status);
  }

  leveldb::Status LockFile(const std::string&, leveldb::FileLock** lock) override {
    *lock = new NoLock();
    return leveldb::Status::OK();
  }
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return leveldb::Status::OK();
  }

 private:
  leveldb::Status OpenForWriting(const std::string& path, OpenMode mode,
                                 leveldb::WritableFile** result) {
    *result = nullptr;
    if (const absl::Status failure = shared_.failure(); !failure.ok()) return ToLevelDb(failure);
    auto file = shared_.files().Open(path, mode);
    if (!file.ok()) return ToLevelDb(file.status());
    const auto size = (*file)->Size();
    if (!size.ok()) return ToLevelDb(size.status());
    *result = new WritableFile(&shared_, *std::move(file), *size, NameOf(path));
    return leveldb::Status::OK();
  }

  Shared& shared_;
};

class LevelDbEnvImpl final : public LevelDbEnv {
 public:
  LevelDbEnvImpl(FileSystem& files, std::string folder, std::unique_ptr<File> marks)
      : shared_(files, std::move(folder), std::move(marks)), env_(&shared_) {}
  leveldb::Env* env() override { return &env_; }
  absl::Status failure() const override { return shared_.failure(); }

 private:
  Shared shared_;
  Env env_;
};

// LevelDB starts its one thread with its first job, holding a lock: an exception there, when the
// system gives no thread, would end the program or leave the lock behind. So it is started before,
// once, and without it no store is opened.
bool BackgroundThreadRuns() {
  static const bool runs = [] {
    try {
      leveldb::Env::Default()->Schedule([](void*) {}, nullptr);
    } catch (const std::system_error&) {
      return false;
    }
    return true;
  }();
  return runs;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LevelDbEnv>> LevelDbEnv::New(FileSystem& files,
                                                            const std::string& folder) {
  if (!BackgroundThreadRuns()) {
    return absl::UnavailableError(absl::StrCat(
        folder, ": the system gives no thread to the store; raise the limit of processes"));
  }
  COINWAKE_ASSIGN_OR_RETURN(
      auto marks, files.Open(absl::StrCat(folder, "/", kSyncMarksName), OpenMode::kCreate));
  return std::make_unique<LevelDbEnvImpl>(files, folder, std::move(marks));
}

absl::Status FromLevelDb(const leveldb::Status& status, const std::string& where) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = status.ToString();
  for (const char* prefix : {"Corruption: ", "IO error: ", "NotFound: ", "Invalid argument: "}) {
    absl::string_view message = text;
    if (!absl::ConsumePrefix(&message, prefix)) continue;
    const std::string full = absl::StartsWith(message, where) ? std::string(message)
                                                              : absl::StrCat(where, ": ", message);
    if (status.IsIOError()) return absl::UnavailableError(full);
    return absl::DataLossError(
        absl::StrCat(full, "; restore the folder, or index into a new data folder"));
  }
  return absl::UnavailableError(absl::StrCat(where, ": ", text));
}

}  // namespace coinwake
