// The one seam to the operating system's files: everything on disk that can fail is behind it.
//
// Columns, LevelDB (through an adapter in indexer/kv) and the readers of outside block files all go
// through a FileSystem, so that a test can fail any operation or drop what was not synced.
// Errors: kNotFound for a missing path, kUnavailable for everything the system refuses (the message
// names the path, the operation and the system's reason). Objects are safe to use from several
// threads as far as POSIX is: concurrent ReadAt is fine, writers are one.
#ifndef COINWAKE_INDEXER_BASE_FILE_SYSTEM_H_
#define COINWAKE_INDEXER_BASE_FILE_SYSTEM_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/status.h"

namespace coinwake {

class File {
 public:
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  virtual ~File() = default;  // closes; what was not synced may be lost

  // Reads up to `to.size()` bytes at `offset`; returns how many there were (fewer only at the end).
  // What cannot seek, such as a pipe, is read once and in order: kUnavailable where `offset` is not
  // the end of what was read before.
  virtual absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset,
                                             std::span<std::uint8_t> to) const = 0;
  // Writes all of `from` at `offset`, growing the file as needed.
  virtual absl::Status WriteAt(std::uint64_t offset, ByteSpan from) = 0;
  virtual absl::Status Truncate(std::uint64_t size_bytes) = 0;
  // Durable once this returns OK (fdatasync).
  virtual absl::Status Sync() = 0;
  // kUnavailable for what cannot seek: nobody knows how much will come.
  virtual absl::StatusOr<std::uint64_t> Size() const = 0;
};

// Bytes of a file mapped read-only. The mapping outlives the File and the path's removal.
class Mapping {
 public:
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  virtual ~Mapping() = default;
  virtual ByteSpan bytes() const = 0;
};

class FileLock {
 public:
  virtual ~FileLock() = default;  // releases
};

enum class OpenMode {
  kRead,       // must exist
  kReadWrite,  // must exist
  kCreate,     // made when missing, kept when there
  kTruncate,   // made anew
};

enum class PathKind {
  kFile,  // a regular one
  kFolder,
  kOther,  // a pipe, a device, a socket
};

class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  // Maps [0, size_bytes). kDataLoss when the file is shorter.
  virtual absl::StatusOr<std::unique_ptr<Mapping>> Map(const std::string& path,
                                                       std::uint64_t size_bytes) = 0;
  virtual absl::StatusOr<bool> Exists(const std::string& path) = 0;
  // What is there, symbolic links followed. Opens nothing, so that it never waits for a writer.
  virtual absl::StatusOr<PathKind> KindOf(const std::string& path) = 0;
  // The one absolute path of what is there, without links, "." and "..".
  virtual absl::StatusOr<std::string> CanonicalPath(const std::string& path) = 0;
  // Names (not paths) of a folder's entries, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& folder) = 0;
  // Like `mkdir -p`.
  virtual absl::Status CreateFolders(const std::string& folder) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;  // a file or an empty folder
  virtual absl::Status Rename(const std::string& from, const std::string& to) = 0;
  // Makes creations, renames and removals in `folder` durable.
  virtual absl::Status SyncFolder(const std::string& folder) = 0;
  // Takes an exclusive advisory lock. Waits up to two seconds for a process that has it; then
  // kUnavailable.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;
  // Takes a shared record lock (fcntl) on a file that exists, which keeps out programs that lock it
  // so exclusively, as LevelDB does its LOCK. The file is opened for reading only; never waits.
  // kNotFound. kFailedPrecondition: another process has the file locked. kUnimplemented: the file
  // is where there are no locks. Lost when this process closes another handle of the file. The
  // default is for file systems that no other process sees.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> LockShared(const std::string& path);
};

// All bytes of `path` up to its end, whatever it is: a file, a pipe, a device. kResourceExhausted
// when there are more than `max_bytes`; as Open() and ReadAt() otherwise. REQUIRES: `max_bytes` is
// what may be held in memory.
absl::StatusOr<std::vector<std::uint8_t>> ReadWhole(FileSystem& files, const std::string& path,
                                                    std::uint64_t max_bytes);

// CreateFolders(), and makes the entries of `folder` and of every folder it had to make durable.
absl::Status CreateFoldersDurably(FileSystem& files, const std::string& folder);

// Opens /dev/null in place of whichever of stdin, stdout and stderr is closed. Else the next file
// opened would take the place, and what is printed would be written into it. What is written to a
// stdout that was closed still fails, so that nobody takes it for delivered. Call it first in
// main().
absl::Status FillStandardDescriptors();

// The operating system's own files. Lives for the whole program.
FileSystem& RealFileSystem();

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_FILE_SYSTEM_H_
