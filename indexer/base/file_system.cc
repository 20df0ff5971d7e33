#include "indexer/base/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "indexer/base/sync.h"

namespace coinwake {
namespace {

absl::Status SystemError(const std::string& path, const char* operation, int error) {
  char buffer[128];
  const std::string message =
      absl::StrCat(path, ": ", operation, ": ", strerror_r(error, buffer, sizeof(buffer)));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == ENOSPC || error == EDQUOT) {
    return absl::UnavailableError(absl::StrCat(message, "; free some space and run again"));
  }
  return absl::UnavailableError(message);
}

// Commands that look something up hold a lock for some milliseconds: one that runs beside them
// waits for its turn. A server holds it for good.
constexpr std::chrono::milliseconds kLockPatience(2000);
constexpr std::chrono::milliseconds kLockPollInterval(20);

// Whether `fd` is locked now.
bool LockWithin(int fd, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kLockPollInterval);
  }
  return true;
}

class PosixFile final : public File {
 public:
  PosixFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~PosixFile() override { ::close(fd_); }

  absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset,
                                     std::span<std::uint8_t> to) const override {
    std::size_t done = 0;
    while (done < to.size()) {
      const ssize_t count =
          ::pread(fd_, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return SystemError(path_, "read", errno);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  absl::Status WriteAt(std::uint64_t offset, ByteSpan from) override {
    std::size_t done = 0;
    while (done < from.size()) {
      const ssize_t count =
          ::pwrite(fd_, from.data() + done, from.size() - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return SystemError(path_, "write", errno);
      done += static_cast<std::size_t>(count);
    }
    return absl::OkStatus();
  }

  absl::Status Truncate(std::uint64_t size_bytes) override {
    if (::ftruncate(fd_, static_cast<off_t>(size_bytes)) != 0) {
      return SystemError(path_, "truncate", errno);
    }
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    if (::fdatasync(fd_) != 0) return SystemError(path_, "sync", errno);
    return absl::OkStatus();
  }

  absl::StatusOr<std::uint64_t> Size() const override {
    struct stat info;
    if (::fstat(fd_, &info) != 0) return SystemError(path_, "stat", errno);
    return static_cast<std::uint64_t>(info.st_size);
  }

 private:
  const std::string path_;
  const int fd_;
};

// A pipe, a terminal, a socket: its bytes come once, and nobody knows how many.
class PosixStream final : public File {
 public:
  PosixStream(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~PosixStream() override { ::close(fd_); }

  absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset,
                                     std::span<std::uint8_t> to) const override {
    const MutexLock hold(mutex_);
    if (offset != position_) return Refuse("read out of order");
    std::size_t done = 0;
    while (done < to.size()) {
      const ssize_t count = ::read(fd_, to.data() + done, to.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return SystemError(path_, "read", errno);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
      position_ += static_cast<std::uint64_t>(count);
    }
    return done;
  }

  absl::Status WriteAt(std::uint64_t, ByteSpan) override { return Refuse("write"); }
  absl::Status Truncate(std::uint64_t) override { return Refuse("truncate"); }
  absl::Status Sync() override { return Refuse("sync"); }
  absl::StatusOr<std::uint64_t> Size() const override { return Refuse("size"); }

 private:
  absl::Status Refuse(const char* operation) const { return SystemError(path_, operation, ESPIPE); }

  const std::string path_;
  const int fd_;
  mutable Mutex mutex_;
  mutable std::uint64_t position_ COINWAKE_GUARDED_BY(mutex_) = 0;
};

class PosixMapping final : public Mapping {
 public:
  PosixMapping(void* address, std::size_t size_bytes)
      : address_(address), size_bytes_(size_bytes) {}
  ~PosixMapping() override {
    if (size_bytes_ != 0) ::munmap(address_, size_bytes_);
  }
  ByteSpan bytes() const override { return AsBytes(address_, size_bytes_); }

 private:
  void* const address_;
  const std::size_t size_bytes_;
};

// flock would let this process lock a path twice through one LevelDB; the paths held are kept here.
class HeldLocks {
 public:
  bool Add(const std::string& path) {
    const MutexLock hold(mutex_);
    return paths_.insert(path).second;
  }
  void Drop(const std::string& path) {
    const MutexLock hold(mutex_);
    paths_.erase(path);
  }

 private:
  Mutex mutex_;
  std::set<std::string> paths_ COINWAKE_GUARDED_BY(mutex_);
};

HeldLocks& ProcessLocks() {
  static HeldLocks* const locks = new HeldLocks();
  return *locks;
}

class PosixLock final : public FileLock {
 public:
  PosixLock(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~PosixLock() override {
    ::close(fd_);
    ProcessLocks().Drop(path_);
  }

 private:
  const std::string path_;
  const int fd_;
};

// The lock lives as long as the handle.
class PosixRecordLock final : public FileLock {
 public:
  explicit PosixRecordLock(int fd) : fd_(fd) {}
  ~PosixRecordLock() override { ::close(fd_); }

 private:
  const int fd_;
};

class PosixFileSystem final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    int flags = O_CLOEXEC;
    switch (mode) {
      case OpenMode::kRead:
        flags |= O_RDONLY;
        break;
      case OpenMode::kReadWrite:
        flags |= O_RDWR;
        break;
      case OpenMode::kCreate:
        flags |= O_RDWR | O_CREAT;
        break;
      case OpenMode::kTruncate:
        flags |= O_RDWR | O_CREAT | O_TRUNC;
        break;
    }
    const int fd = ::open(path.c_str(), flags, 0644);
    if (fd < 0) return SystemError(path, "open", errno);
    struct stat info;
    if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
      ::close(fd);
      return SystemError(path, "open", EISDIR);
    }
    if (mode == OpenMode::kRead && ::lseek(fd, 0, SEEK_CUR) < 0 && errno == ESPIPE) {
      return std::make_unique<PosixStream>(path, fd);
    }
    return std::make_unique<PosixFile>(path, fd);
  }

  absl::StatusOr<std::unique_ptr<Mapping>> Map(const std::string& path,
                                               std::uint64_t size_bytes) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return SystemError(path, "open", errno);
    struct stat info;
    if (::fstat(fd, &info) != 0) {
      const int error = errno;
      ::close(fd);
      return SystemError(path, "stat", error);
    }
    if (static_cast<std::uint64_t>(info.st_size) < size_bytes) {
      ::close(fd);
      return absl::DataLossError(absl::StrCat(path, ": ", info.st_size, " bytes, ", size_bytes,
                                              " expected: the file was cut short"));
    }
    void* address = nullptr;
    if (size_bytes != 0) {
      address = ::mmap(nullptr, size_bytes, PROT_READ, MAP_SHARED, fd, 0);
      if (address == MAP_FAILED) {
        const int error = errno;
        ::close(fd);
        return SystemError(path, "mmap", error);
      }
    }
    ::close(fd);
    return std::make_unique<PosixMapping>(address, size_bytes);
  }

  absl::StatusOr<bool> Exists(const std::string& path) override {
    if (::access(path.c_str(), F_OK) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return SystemError(path, "access", errno);
  }

  absl::StatusOr<PathKind> KindOf(const std::string& path) override {
    struct stat info;
    if (::stat(path.c_str(), &info) != 0) return SystemError(path, "stat", errno);
    if (S_ISDIR(info.st_mode)) return PathKind::kFolder;
    return S_ISREG(info.st_mode) ? PathKind::kFile : PathKind::kOther;
  }

  absl::StatusOr<std::string> CanonicalPath(const std::string& path) override {
    char* const resolved = ::realpath(path.c_str(), nullptr);
    if (resolved == nullptr) return SystemError(path, "resolve", errno);
    std::string canonical = resolved;
    std::free(resolved);
    return canonical;
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    DIR* dir = ::opendir(folder.c_str());
    if (dir == nullptr) return SystemError(folder, "list", errno);
    std::vector<std::string> names;
    errno = 0;
    // readdir is safe here: the stream is this call's own.
    while (const dirent* entry = ::readdir(dir)) {  // NOLINT(concurrency-mt-unsafe)
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    const int error = errno;
    ::closedir(dir);
    if (error != 0) return SystemError(folder, "list", error);
    std::sort(names.begin(), names.end());
    return names;
  }

  absl::Status CreateFolders(const std::string& folder) override {
    for (std::size_t end = 0; end != std::string::npos;) {
      end = folder.find('/', end + 1);
      const std::string part = folder.substr(0, end);
      if (part.empty() || ::mkdir(part.c_str(), 0755) == 0) continue;
      if (errno != EEXIST) return SystemError(part, "mkdir", errno);
    }
    struct stat info;
    if (::stat(folder.c_str(), &info) != 0) return SystemError(folder, "stat", errno);
    if (!S_ISDIR(info.st_mode)) return SystemError(folder, "mkdir", ENOTDIR);
    return absl::OkStatus();
  }

  absl::Status Remove(const std::string& path) override {
    if (::remove(path.c_str()) != 0) return SystemError(path, "remove", errno);
    return absl::OkStatus();
  }

  absl::Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return SystemError(from, "rename", errno);
    return absl::OkStatus();
  }

  absl::Status SyncFolder(const std::string& folder) override {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return SystemError(folder, "open", errno);
    const int failed = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    if (failed != 0) return SystemError(folder, "sync", error);
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) override {
    const auto held = absl::UnavailableError(absl::StrCat(
        path,
        ": another coinwake is using this data folder, which admits one at a time; ask the running "
        "server, wait for it to end, or name another folder with --data"));
    if (!ProcessLocks().Add(path)) return held;
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
      const int error = errno;
      ProcessLocks().Drop(path);
      const absl::Status status = SystemError(path, "open", error);
      if (error != EACCES && error != EROFS && error != EPERM) return status;
      return absl::UnavailableError(absl::StrCat(
          std::string(status.message()), "; coinwake writes to its data folder even to read it: ",
          "make it writable, or copy it elsewhere"));
    }
    if (!LockWithin(fd, kLockPatience)) {
      ::close(fd);
      ProcessLocks().Drop(path);
      return held;
    }
    return std::make_unique<PosixLock>(path, fd);
  }

  absl::StatusOr<std::unique_ptr<FileLock>> LockShared(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return SystemError(path, "open", errno);
    struct flock range = {};  // all of the file
    range.l_type = F_RDLCK;
    range.l_whence = SEEK_SET;
    if (::fcntl(fd, F_SETLK, &range) == 0) return std::make_unique<PosixRecordLock>(fd);
    const int error = errno;
    ::close(fd);
    if (error == EACCES || error == EAGAIN) {
      return absl::FailedPreconditionError(absl::StrCat(path, ": locked by another process"));
    }
    if (error == ENOLCK || error == EINVAL || error == ENOTSUP) {
      return absl::UnimplementedError(absl::StrCat(path, ": cannot be locked"));
    }
    return SystemError(path, "lock", error);
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<FileLock>> FileSystem::LockShared(const std::string& path) {
  COINWAKE_ASSIGN_OR_RETURN(const bool exists, Exists(path));
  if (!exists) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  return std::make_unique<FileLock>();
}

absl::StatusOr<std::vector<std::uint8_t>> ReadWhole(FileSystem& files, const std::string& path,
                                                    std::uint64_t max_bytes) {
  constexpr std::uint64_t kFirstBytes = 64 << 10;
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kRead));
  std::vector<std::uint8_t> bytes;
  std::size_t used = 0;
  // Size() is not asked: it is wrong for what a program makes as it is read.
  while (used == bytes.size()) {
    bytes.resize(std::min(std::max<std::uint64_t>(2 * used, kFirstBytes), max_bytes + 1));
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t read,
                              file->ReadAt(used, std::span(bytes).subspan(used)));
    used += read;
    if (used > max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, ": more than ", max_bytes, " bytes, the most that is read; split it"));
    }
  }
  bytes.resize(used);
  return bytes;
}

absl::Status CreateFoldersDurably(FileSystem& files, const std::string& folder) {
  // Folders whose entry is new: `folder` always, as an earlier run may have died before the sync.
  std::vector<std::string> changed;
  std::string path = folder;
  for (bool is_new = true; is_new;) {
    const std::size_t slash = path.find_last_of('/');
    path = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    changed.push_back(path);
    COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(path));
    is_new = !exists;
  }
  COINWAKE_RETURN_IF_ERROR(files.CreateFolders(folder));
  for (const std::string& parent : changed) COINWAKE_RETURN_IF_ERROR(files.SyncFolder(parent));
  return absl::OkStatus();
}

absl::Status FillStandardDescriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
    // Takes the lowest free number, which is this one. Writing to a stdout opened for reading
    // fails.
    const int mode = fd == STDERR_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", mode) != fd) return SystemError("/dev/null", "open", errno);
  }
  return absl::OkStatus();
}

FileSystem& RealFileSystem() {
  static PosixFileSystem* const files = new PosixFileSystem();
  return *files;
}

}  // namespace coinwake
