// A FileSystem in memory that fails, tears and forgets on demand.
//
// DESCRIPTION. Files and folders live in memory. For every file the bytes that were synced are kept
// beside those that were written, and for every folder which entries were made durable: a creation,
// rename or removal is durable once SyncFolder() of that folder returned (folders themselves are
// entries of their parents). A test can
//  - fail the Nth operation, once or from then on (a lasting failure is also how a crash begins:
//    nothing changes any more while the code under test is torn down);
//  - cut the power: unsynced bytes, 512-byte sector by sector, and unsynced entries, in the order
//  they
//    were made, are dropped, kept, or partly kept as a seed says;
//  - change any stored byte.
// A failing write may leave its first half behind, as a full disk does.
//
// Thread-safe. Handles, mappings and locks from before a power cut are dead: they give
// kUnavailable. Mappings are copies, taken when mapped.
#ifndef COINWAKE_TESTS_SUPPORT_FAULT_FILE_SYSTEM_H_
#define COINWAKE_TESTS_SUPPORT_FAULT_FILE_SYSTEM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/sync.h"

namespace coinwake {

class FaultFileSystem final : public FileSystem {
 public:
  static constexpr std::uint64_t kSectorBytes = 512;  // written wholly or not at all

  enum class Power {
    kDropUnsynced,  // only what was synced is left
    kKeepUnsynced,  // everything is left, as after SIGKILL
    kSeeded,        // each unsynced sector and a prefix of the unsynced entries, by the seed
  };

  FaultFileSystem();
  ~FaultFileSystem() override;

  // Faults.

  // Operations (calls of FileSystem and File methods) since the last FailAt() or StopFailing().
  std::uint64_t operations_count() const;
  // Fails operation `index` (from 0, counted from now) with kUnavailable; `lasting`: and all after
  // it.
  void FailAt(std::uint64_t index, bool lasting);
  // The same, counting only File::Sync and SyncFolder; the failing sync makes nothing durable.
  void FailAtSync(std::uint64_t index, bool lasting);
  void StopFailing();
  bool fired() const;  // whether the armed failure happened
  // What failed first: "write /db/000003.log"; empty when nothing did.
  std::string failed_operation() const;

  // Loses power and starts again, without faults. Objects that use the files must be gone or idle.
  void PowerCut(Power power, std::uint64_t seed = 0);

  // Looking and changing.

  std::vector<std::string> AllFiles() const;                     // paths, sorted
  std::string Contents(const std::string& path) const;           // CHECKs that it exists
  void SetContents(const std::string& path, std::string bytes);  // durable; makes folders as needed
  void FlipByte(const std::string& path, std::uint64_t offset, std::uint8_t mask);  // durable
  // A copy of the live state, all durable, without faults: to open one state several times.
  std::unique_ptr<FaultFileSystem> Clone() const;

  // FileSystem.

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  absl::StatusOr<std::unique_ptr<Mapping>> Map(const std::string& path,
                                               std::uint64_t size_bytes) override;
  absl::StatusOr<bool> Exists(const std::string& path) override;
  absl::StatusOr<PathKind> KindOf(const std::string& path) override;
  absl::StatusOr<std::string> CanonicalPath(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& folder) override;
  absl::Status CreateFolders(const std::string& folder) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status SyncFolder(const std::string& folder) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(const std::string& path) override;

 private:
  friend class FaultFile;
  friend class FaultLock;

  struct Node;                                                // a file or a folder
  using Tree = std::map<std::string, std::shared_ptr<Node>>;  // by normalized path
  struct EntryChange;                                         // one not yet durable

  absl::Status Step(const char* operation, const std::string& path, bool is_sync = false)
      COINWAKE_REQUIRES(mutex_);
  void Change(EntryChange change) COINWAKE_REQUIRES(mutex_);
  absl::Status MakeFolders(const std::string& folder) COINWAKE_REQUIRES(mutex_);

  mutable Mutex mutex_;
  Tree live_ COINWAKE_GUARDED_BY(mutex_);
  Tree durable_ COINWAKE_GUARDED_BY(mutex_);
  std::vector<EntryChange> pending_ COINWAKE_GUARDED_BY(mutex_);
  std::set<std::string> locks_ COINWAKE_GUARDED_BY(mutex_);
  std::uint64_t generation_ COINWAKE_GUARDED_BY(mutex_) = 0;
  std::uint64_t operations_ COINWAKE_GUARDED_BY(mutex_) = 0;
  std::uint64_t syncs_ COINWAKE_GUARDED_BY(mutex_) = 0;
  bool armed_ COINWAKE_GUARDED_BY(mutex_) = false;
  bool at_sync_ COINWAKE_GUARDED_BY(mutex_) = false;
  bool lasting_ COINWAKE_GUARDED_BY(mutex_) = false;
  std::uint64_t fail_index_ COINWAKE_GUARDED_BY(mutex_) = 0;
  std::string failed_operation_ COINWAKE_GUARDED_BY(mutex_);
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_FAULT_FILE_SYSTEM_H_
