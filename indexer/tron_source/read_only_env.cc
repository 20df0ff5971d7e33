#include "indexer/tron_source/read_only_env.h"

#include <leveldb/env.h>

#include <algorithm>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace coinwake::tron {
namespace {

// A file in memory; nullptr stands for one that was removed.
using Bytes = std::shared_ptr<std::string>;

leveldb::Status ToLevelDb(const absl::Status& status) {
  const std::string message(status.message());
  if (status.ok()) return leveldb::Status::OK();
  if (absl::IsNotFound(status)) return leveldb::Status::NotFound(message);
  if (absl::IsDataLoss(status)) return leveldb::Status::Corruption(message);
  return leveldb::Status::IOError(message);
}

leveldb::Status Refused() { return leveldb::Status::IOError("nothing is written here"); }

// One file, in memory or not, for LevelDB's two ways of reading.
class Readable {
 public:
  Readable(std::unique_ptr<File> file, Bytes bytes)
      : file_(std::move(file)), bytes_(std::move(bytes)) {}

  leveldb::Status ReadAt(std::uint64_t offset, std::size_t size, leveldb::Slice* result,
                         char* scratch) const {
    if (bytes_ != nullptr) {
      const std::size_t from = std::min<std::size_t>(offset, bytes_->size());
      const std::size_t count = std::min(size, bytes_->size() - from);
      bytes_->copy(scratch, count, from);
      *result = leveldb::Slice(scratch, count);
      return leveldb::Status::OK();
    }
    const auto count =
        file_->ReadAt(offset, std::span(reinterpret_cast<std::uint8_t*>(scratch), size));
    if (!count.ok()) return ToLevelDb(count.status());
    *result = leveldb::Slice(scratch, *count);
    return leveldb::Status::OK();
  }

 private:
  const std::unique_ptr<File> file_;
  const Bytes bytes_;
};

class SequentialFile final : public leveldb::SequentialFile {
 public:
  explicit SequentialFile(std::unique_ptr<Readable> file) : file_(std::move(file)) {}
  leveldb::Status Read(std::size_t size, leveldb::Slice* result, char* scratch) override {
    leveldb::Status status = file_->ReadAt(offset_, size, result, scratch);
    if (status.ok()) offset_ += result->size();
    return status;
  }
  leveldb::Status Skip(std::uint64_t size) override {
    offset_ += size;
    return leveldb::Status::OK();
  }

 private:
  const std::unique_ptr<Readable> file_;
  std::uint64_t offset_ = 0;
};

class RandomAccessFile final : public leveldb::RandomAccessFile {
 public:
  explicit RandomAccessFile(std::unique_ptr<Readable> file) : file_(std::move(file)) {}
  leveldb::Status Read(std::uint64_t offset, std::size_t size, leveldb::Slice* result,
                       char* scratch) const override {
    return file_->ReadAt(offset, size, result, scratch);
  }

 private:
  const std::unique_ptr<Readable> file_;
};

class WritableFile final : public leveldb::WritableFile {
 public:
  WritableFile(Bytes bytes, const bool* finished)
      : bytes_(std::move(bytes)), finished_(*finished) {}
  leveldb::Status Append(const leveldb::Slice& data) override {
    if (finished_) return Refused();
    bytes_->append(data.data(), data.size());
    return leveldb::Status::OK();
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return finished_ ? Refused() : leveldb::Status::OK(); }

 private:
  const Bytes bytes_;
  const bool& finished_;
};

class NoLock final : public leveldb::FileLock {};

class Env final : public leveldb::EnvWrapper {
 public:
  explicit Env(FileSystem& files) : EnvWrapper(leveldb::Env::Default()), files_(files) {}

  void Finish() {
    finished_ = true;
    while (!jobs_.empty()) {
      const auto [job, argument] = jobs_.front();
      jobs_.pop_front();
      job(argument);
    }
  }

  leveldb::Status NewSequentialFile(const std::string& path,
                                    leveldb::SequentialFile** result) override {
    *result = nullptr;
    std::unique_ptr<Readable> file;
    leveldb::Status status = Open(path, &file);
    if (status.ok()) *result = new SequentialFile(std::move(file));
    return status;
  }
  leveldb::Status NewRandomAccessFile(const std::string& path,
                                      leveldb::RandomAccessFile** result) override {
    *result = nullptr;
    std::unique_ptr<Readable> file;
    leveldb::Status status = Open(path, &file);
    // LevelDB would take a table that is not there for a key that is not.
    if (status.IsNotFound()) return leveldb::Status::IOError(path, "no such file");
    if (status.ok()) *result = new RandomAccessFile(std::move(file));
    return status;
  }
  leveldb::Status NewWritableFile(const std::string& path,
                                  leveldb::WritableFile** result) override {
    *result = nullptr;
    if (finished_) return Refused();
    Bytes& bytes = changed_[path];
    bytes = std::make_shared<std::string>();
    *result = new WritableFile(bytes, &finished_);
    return leveldb::Status::OK();
  }
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile**) override {
    return leveldb::Status::NotSupported(path, "nothing is added here");
  }

  bool FileExists(const std::string& path) override {
    const auto found = changed_.find(path);
    if (found != changed_.end()) return found->second != nullptr;
    // It asks for CURRENT, and opens it next: that tells what is wrong.
    return files_.Exists(path).value_or(true);
  }
  leveldb::Status GetChildren(const std::string& folder,
                              std::vector<std::string>* result) override {
    auto names = files_.List(folder);
    if (!names.ok()) return ToLevelDb(names.status());
    const std::string prefix = absl::StrCat(folder, "/");
    const auto is_changed = [&](const std::string& name) {
      return changed_.contains(prefix + name);
    };
    names->erase(std::remove_if(names->begin(), names->end(), is_changed), names->end());
    for (const auto& [path, bytes] : changed_) {
      if (bytes != nullptr && absl::StartsWith(path, prefix)) {
        names->push_back(path.substr(prefix.size()));
      }
    }
    *result = *std::move(names);
    return leveldb::Status::OK();
  }
  leveldb::Status GetFileSize(const std::string& path, std::uint64_t* size) override {
    *size = 0;
    const auto found = changed_.find(path);
    if (found != changed_.end() && found->second != nullptr) {
      *size = found->second->size();
      return leveldb::Status::OK();
    }
    if (found != changed_.end()) return leveldb::Status::NotFound(path);
    const auto file = files_.Open(path, OpenMode::kRead);
    if (!file.ok()) return ToLevelDb(file.status());
    const auto bytes = (*file)->Size();
    if (bytes.ok()) *size = *bytes;
    return ToLevelDb(bytes.status());
  }

  leveldb::Status RemoveFile(const std::string& path) override {
    if (finished_) return Refused();
    if (!FileExists(path)) return leveldb::Status::NotFound(path);
    changed_[path] = nullptr;
    return leveldb::Status::OK();
  }
  leveldb::Status RenameFile(const std::string& from, const std::string& to) override {
    const auto found = changed_.find(from);
    // LevelDB renames what it wrote just before.
    if (finished_ || found == changed_.end() || found->second == nullptr) return Refused();
    changed_[to] = std::exchange(found->second, nullptr);
    return leveldb::Status::OK();
  }
  leveldb::Status CreateDir(const std::string&) override { return leveldb::Status::OK(); }
  leveldb::Status RemoveDir(const std::string&) override { return Refused(); }

  leveldb::Status LockFile(const std::string&, leveldb::FileLock** lock) override {
    *lock = new NoLock();
    return leveldb::Status::OK();
  }
  leveldb::Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return leveldb::Status::OK();
  }

  // Called with the database's lock held: to be run later or never.
  void Schedule(void (*job)(void*), void* argument) override { jobs_.emplace_back(job, argument); }

 private:
  leveldb::Status Open(const std::string& path, std::unique_ptr<Readable>* file) const {
    const auto found = changed_.find(path);
    if (found != changed_.end()) {
      if (found->second == nullptr) return leveldb::Status::NotFound(path);
      *file = std::make_unique<Readable>(nullptr, found->second);
      return leveldb::Status::OK();
    }
    auto opened = files_.Open(path, OpenMode::kRead);
    if (!opened.ok()) return ToLevelDb(opened.status());
    *file = std::make_unique<Readable>(*std::move(opened), nullptr);
    return leveldb::Status::OK();
  }

  FileSystem& files_;
  std::map<std::string, Bytes> changed_;  // by path
  std::deque<std::pair<void (*)(void*), void*>> jobs_;
  bool finished_ = false;
};

class ReadOnlyEnvImpl final : public ReadOnlyEnv {
 public:
  explicit ReadOnlyEnvImpl(FileSystem& files) : env_(files) {}
  leveldb::Env* env() override { return &env_; }
  void Finish() override { env_.Finish(); }

 private:
  Env env_;
};

}  // namespace

std::unique_ptr<ReadOnlyEnv> ReadOnlyEnv::New(FileSystem& files) {
  return std::make_unique<ReadOnlyEnvImpl>(files);
}

}  // namespace coinwake::tron
