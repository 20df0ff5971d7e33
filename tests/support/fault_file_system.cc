#include "tests/support/fault_file_system.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

// "/a//b/" -> "/a/b"; an empty path is the working folder.
std::string Normal(const std::string& path) {
  std::string result;
  for (const char c : path) {
    if (c == '/' && !result.empty() && result.back() == '/') continue;
    result.push_back(c);
  }
  if (result.size() > 1 && result.back() == '/') result.pop_back();
  return result.empty() ? "." : result;
}

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool IsRoot(const std::string& path) { return path == "/" || path == "."; }

absl::Status Missing(const std::string& path) {
  return absl::NotFoundError(absl::StrCat(path, ": no such file or folder"));
}

}  // namespace

struct FaultFileSystem::Node {
  bool is_folder = false;
  std::string live;
  std::string durable;
  std::set<std::uint64_t> dirty;  // sectors written since the last sync

  void Write(std::uint64_t offset, ByteSpan from) {
    if (from.empty()) return;
    if (live.size() < offset + from.size()) {
      MarkDirty(live.size(), offset + from.size());
      live.resize(offset + from.size());
    }
    std::copy(from.begin(), from.end(), live.begin() + static_cast<std::ptrdiff_t>(offset));
    MarkDirty(offset, offset + from.size());
  }
  void Resize(std::uint64_t size) {
    MarkDirty(std::min<std::uint64_t>(size, live.size()),
              std::max<std::uint64_t>(size, live.size()));
    live.resize(size);
  }
  void MarkDirty(std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t s = begin / kSectorBytes; s * kSectorBytes < end; ++s) dirty.insert(s);
  }
  void KeepSector(std::uint64_t sector, std::string* to) const {
    const std::uint64_t begin = sector * kSectorBytes;
    const std::uint64_t end =
        std::min<std::uint64_t>({begin + kSectorBytes, live.size(), to->size()});
    for (std::uint64_t i = begin; i < end; ++i) (*to)[i] = live[i];
  }
  void Sync() {
    durable.resize(live.size());
    for (const std::uint64_t sector : dirty) KeepSector(sector, &durable);
    dirty.clear();
  }
  void LosePower(Power power, std::mt19937_64& random) {
    if (power == Power::kDropUnsynced) live = durable;
    if (power == Power::kSeeded) {
      std::string kept = durable;
      if (live.size() != durable.size()) {
        const auto [low, high] =
            std::minmax({live.size(), durable.size()});  // values, not references
        const std::uint64_t choice = random() % 3;
        kept.resize(choice == 0 ? low : choice == 1 ? high : low + random() % (high - low + 1));
      }
      for (const std::uint64_t sector : dirty) {
        if (random() % 2 == 0) KeepSector(sector, &kept);
      }
      live = std::move(kept);
    }
    durable = live;
    dirty.clear();
  }
};

struct FaultFileSystem::EntryChange {
  std::string erase;           // path, or empty
  std::string set;             // path, or empty
  std::shared_ptr<Node> node;  // of `set`

  bool IsIn(const std::string& folder) const {
    return ParentOf(set.empty() ? erase : set) == folder;
  }
  void ApplyTo(Tree* tree) const {
    if (!erase.empty()) tree->erase(erase);
    if (!set.empty()) (*tree)[set] = node;
  }
};

class FaultFile final : public File {
 public:
  FaultFile(FaultFileSystem* files, std::string path, std::shared_ptr<FaultFileSystem::Node> node,
            std::uint64_t generation, bool writable)
      : files_(*files),
        path_(std::move(path)),
        node_(std::move(node)),
        generation_(generation),
        writable_(writable) {}

  absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset,
                                     std::span<std::uint8_t> to) const override {
    const MutexLock hold(files_.mutex_);
    COINWAKE_RETURN_IF_ERROR(Step("read"));
    if (offset >= node_->live.size()) return 0;
    const std::size_t count = std::min<std::size_t>(to.size(), node_->live.size() - offset);
    std::copy_n(node_->live.begin() + static_cast<std::ptrdiff_t>(offset), count, to.begin());
    return count;
  }

  absl::Status WriteAt(std::uint64_t offset, ByteSpan from) override {
    const MutexLock hold(files_.mutex_);
    COINWAKE_CHECK(writable_);
    const bool had_failed = !files_.failed_operation_.empty();
    absl::Status status = Step("write");
    if (status.ok()) node_->Write(offset, from);
    // The failing write itself leaves its first half; one after a crash leaves nothing.
    if (!status.ok() && !had_failed) node_->Write(offset, from.first(from.size() / 2));
    return status;
  }

  absl::Status Truncate(std::uint64_t size_bytes) override {
    const MutexLock hold(files_.mutex_);
    COINWAKE_CHECK(writable_);
    COINWAKE_RETURN_IF_ERROR(Step("truncate"));
    node_->Resize(size_bytes);
    return absl::OkStatus();
  }

  absl::Status Sync() override {
    const MutexLock hold(files_.mutex_);
    const bool had_failed = !files_.failed_operation_.empty();
    absl::Status status = Step("sync", /*is_sync=*/true);
    if (status.ok()) node_->Sync();
    // Linux marks the pages clean when writing them back fails: a second sync is no help.
    if (!status.ok() && !had_failed) node_->dirty.clear();
    return status;
  }

  absl::StatusOr<std::uint64_t> Size() const override {
    const MutexLock hold(files_.mutex_);
    COINWAKE_RETURN_IF_ERROR(Step("stat"));
    return node_->live.size();
  }

 private:
  absl::Status Step(const char* operation, bool is_sync = false) const
      COINWAKE_REQUIRES(files_.mutex_) {
    if (generation_ != files_.generation_) {
      return absl::UnavailableError(absl::StrCat(path_, ": opened before the power cut"));
    }
    return files_.Step(operation, path_, is_sync);
  }

  FaultFileSystem& files_;
  const std::string path_;
  const std::shared_ptr<FaultFileSystem::Node> node_;
  const std::uint64_t generation_;
  const bool writable_;
};

class FaultLock final : public FileLock {
 public:
  FaultLock(FaultFileSystem* files, std::string path, std::uint64_t generation)
      : files_(*files), path_(std::move(path)), generation_(generation) {}
  ~FaultLock() override {
    const MutexLock hold(files_.mutex_);
    if (generation_ == files_.generation_) files_.locks_.erase(path_);
  }

 private:
  FaultFileSystem& files_;
  const std::string path_;
  const std::uint64_t generation_;
};

namespace {

class CopiedMapping final : public Mapping {
 public:
  explicit CopiedMapping(std::string bytes) : bytes_(std::move(bytes)) {}
  ByteSpan bytes() const override { return AsBytes(bytes_.data(), bytes_.size()); }

 private:
  const std::string bytes_;
};

}  // namespace

FaultFileSystem::FaultFileSystem() = default;
FaultFileSystem::~FaultFileSystem() = default;

// Faults.

std::uint64_t FaultFileSystem::operations_count() const {
  const MutexLock hold(mutex_);
  return operations_;
}

void FaultFileSystem::FailAt(std::uint64_t index, bool lasting) {
  const MutexLock hold(mutex_);
  operations_ = 0;
  syncs_ = 0;
  armed_ = true;
  at_sync_ = false;
  lasting_ = lasting;
  fail_index_ = index;
  failed_operation_.clear();
}

void FaultFileSystem::FailAtSync(std::uint64_t index, bool lasting) {
  FailAt(index, lasting);
  const MutexLock hold(mutex_);
  at_sync_ = true;
}

void FaultFileSystem::StopFailing() {
  const MutexLock hold(mutex_);
  operations_ = 0;
  syncs_ = 0;
  armed_ = false;
  failed_operation_.clear();
}

bool FaultFileSystem::fired() const {
  const MutexLock hold(mutex_);
  return !failed_operation_.empty();
}

std::string FaultFileSystem::failed_operation() const {
  const MutexLock hold(mutex_);
  return failed_operation_;
}

absl::Status FaultFileSystem::Step(const char* operation, const std::string& path, bool is_sync) {
  const std::uint64_t index = at_sync_ ? syncs_ : operations_;
  ++operations_;
  if (is_sync) ++syncs_;
  if (!armed_) return absl::OkStatus();
  const bool counted = !at_sync_ || is_sync;
  const bool fails = failed_operation_.empty() ? counted && index == fail_index_ : lasting_;
  if (!fails) return absl::OkStatus();
  if (failed_operation_.empty()) failed_operation_ = absl::StrCat(operation, " ", path);
  return absl::UnavailableError(absl::StrCat(path, ": ", operation, ": injected failure"));
}

void FaultFileSystem::PowerCut(Power power, std::uint64_t seed) {
  const MutexLock hold(mutex_);
  std::mt19937_64 random(seed);
  std::size_t applied = 0;
  if (power == Power::kKeepUnsynced) applied = pending_.size();
  if (power == Power::kSeeded) applied = random() % (pending_.size() + 1);
  for (std::size_t i = 0; i < applied; ++i) pending_[i].ApplyTo(&durable_);
  pending_.clear();
  // What lies in a folder that was lost is lost; parents come before their children in a map.
  for (auto entry = durable_.begin(); entry != durable_.end();) {
    const std::string parent = ParentOf(entry->first);
    const bool there = IsRoot(parent) || durable_.count(parent) != 0;
    entry = there ? std::next(entry) : durable_.erase(entry);
  }
  for (auto& [path, node] : durable_) node->LosePower(power, random);
  live_ = durable_;
  locks_.clear();
  ++generation_;
  armed_ = false;
  operations_ = 0;
  syncs_ = 0;
  failed_operation_.clear();
}

// Looking and changing.

std::vector<std::string> FaultFileSystem::AllFiles() const {
  const MutexLock hold(mutex_);
  std::vector<std::string> paths;
  for (const auto& [path, node] : live_) {
    if (!node->is_folder) paths.push_back(path);
  }
  return paths;
}

std::string FaultFileSystem::Contents(const std::string& path) const {
  const MutexLock hold(mutex_);
  const auto entry = live_.find(Normal(path));
  COINWAKE_CHECK(entry != live_.end() && !entry->second->is_folder);
  return entry->second->live;
}

void FaultFileSystem::SetContents(const std::string& path, std::string bytes) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_CHECK(MakeFolders(ParentOf(normal)).ok());
  auto node = std::make_shared<Node>();
  node->live = bytes;
  node->durable = std::move(bytes);
  Change({"", normal, std::move(node)});
  for (const EntryChange& change : pending_) change.ApplyTo(&durable_);
  pending_.clear();
}

void FaultFileSystem::FlipByte(const std::string& path, std::uint64_t offset, std::uint8_t mask) {
  const MutexLock hold(mutex_);
  const auto entry = live_.find(Normal(path));
  COINWAKE_CHECK(entry != live_.end() && offset < entry->second->live.size());
  Node& node = *entry->second;
  node.live[offset] = static_cast<char>(node.live[offset] ^ mask);
  if (offset < node.durable.size()) node.durable[offset] = node.live[offset];
}

std::unique_ptr<FaultFileSystem> FaultFileSystem::Clone() const {
  const MutexLock hold(mutex_);
  auto copy = std::make_unique<FaultFileSystem>();
  const MutexLock hold_copy(copy->mutex_);
  for (const auto& [path, node] : live_) {
    auto own = std::make_shared<Node>();
    own->is_folder = node->is_folder;
    own->live = node->live;
    own->durable = node->live;
    copy->live_[path] = own;
    copy->durable_[path] = std::move(own);
  }
  return copy;
}

// FileSystem.

void FaultFileSystem::Change(EntryChange change) {
  change.ApplyTo(&live_);
  pending_.push_back(std::move(change));
}

absl::StatusOr<std::unique_ptr<File>> FaultFileSystem::Open(const std::string& path,
                                                            OpenMode mode) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_RETURN_IF_ERROR(Step("open", normal));
  const auto entry = live_.find(normal);
  std::shared_ptr<Node> node = entry == live_.end() ? nullptr : entry->second;
  if (node != nullptr && node->is_folder) {
    return absl::UnavailableError(absl::StrCat(normal, ": open: Is a directory"));
  }
  const bool writable = mode != OpenMode::kRead;
  if (node == nullptr) {
    if (mode == OpenMode::kRead || mode == OpenMode::kReadWrite) return Missing(normal);
    const std::string parent = ParentOf(normal);
    if (!IsRoot(parent) && live_.count(parent) == 0) return Missing(normal);
    node = std::make_shared<Node>();
    Change({"", normal, node});
  } else if (mode == OpenMode::kTruncate) {
    node->Resize(0);
  }
  return std::make_unique<FaultFile>(this, normal, std::move(node), generation_, writable);
}

absl::StatusOr<std::unique_ptr<Mapping>> FaultFileSystem::Map(const std::string& path,
                                                              std::uint64_t size_bytes) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_RETURN_IF_ERROR(Step("map", normal));
  const auto entry = live_.find(normal);
  if (entry == live_.end() || entry->second->is_folder) return Missing(normal);
  if (entry->second->live.size() < size_bytes) {
    return absl::DataLossError(absl::StrCat(normal, ": ", entry->second->live.size(), " bytes, ",
                                            size_bytes, " expected: the file was cut short"));
  }
  return std::make_unique<CopiedMapping>(entry->second->live.substr(0, size_bytes));
}

absl::StatusOr<bool> FaultFileSystem::Exists(const std::string& path) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_RETURN_IF_ERROR(Step("access", normal));
  return IsRoot(normal) || live_.count(normal) != 0;
}

absl::StatusOr<PathKind> FaultFileSystem::KindOf(const std::string& path) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_RETURN_IF_ERROR(Step("stat", normal));
  if (IsRoot(normal)) return PathKind::kFolder;
  const auto entry = live_.find(normal);
  if (entry == live_.end()) return Missing(normal);
  return entry->second->is_folder ? PathKind::kFolder : PathKind::kFile;
}

absl::StatusOr<std::string> FaultFileSystem::CanonicalPath(const std::string& path) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_RETURN_IF_ERROR(Step("resolve", normal));
  if (!IsRoot(normal) && live_.count(normal) == 0) return Missing(normal);
  return normal;
}

absl::StatusOr<std::vector<std::string>> FaultFileSystem::List(const std::string& folder) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(folder);
  COINWAKE_RETURN_IF_ERROR(Step("list", normal));
  const auto own = live_.find(normal);
  if (!IsRoot(normal) && (own == live_.end() || !own->second->is_folder)) return Missing(normal);
  std::vector<std::string> names;
  for (const auto& [path, node] : live_) {
    if (ParentOf(path) == normal) names.push_back(path.substr(path.find_last_of('/') + 1));
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status FaultFileSystem::MakeFolders(const std::string& folder) {
  for (std::size_t end = 0; end != std::string::npos;) {
    end = folder.find('/', end + 1);
    const std::string part = folder.substr(0, end);
    if (IsRoot(part)) continue;
    const auto entry = live_.find(part);
    if (entry != live_.end()) {
      if (!entry->second->is_folder) {
        return absl::UnavailableError(absl::StrCat(part, ": mkdir: Not a directory"));
      }
      continue;
    }
    auto node = std::make_shared<Node>();
    node->is_folder = true;
    Change({"", part, std::move(node)});
  }
  return absl::OkStatus();
}

absl::Status FaultFileSystem::CreateFolders(const std::string& folder) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(folder);
  COINWAKE_RETURN_IF_ERROR(Step("mkdir", normal));
  return MakeFolders(normal);
}

absl::Status FaultFileSystem::Remove(const std::string& path) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_RETURN_IF_ERROR(Step("remove", normal));
  const auto entry = live_.find(normal);
  if (entry == live_.end()) return Missing(normal);
  if (entry->second->is_folder) {
    for (const auto& [other, node] : live_) {
      if (ParentOf(other) == normal) {
        return absl::UnavailableError(absl::StrCat(normal, ": remove: Directory not empty"));
      }
    }
  }
  Change({normal, "", nullptr});
  return absl::OkStatus();
}

absl::Status FaultFileSystem::Rename(const std::string& from, const std::string& to) {
  const MutexLock hold(mutex_);
  const std::string normal_from = Normal(from);
  const std::string normal_to = Normal(to);
  COINWAKE_RETURN_IF_ERROR(Step("rename", normal_from));
  const auto entry = live_.find(normal_from);
  if (entry == live_.end()) return Missing(normal_from);
  // Within one folder, files only: all that Coinwake does.
  COINWAKE_CHECK(!entry->second->is_folder && ParentOf(normal_from) == ParentOf(normal_to));
  Change({normal_from, normal_to, entry->second});
  return absl::OkStatus();
}

absl::Status FaultFileSystem::SyncFolder(const std::string& folder) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(folder);
  COINWAKE_RETURN_IF_ERROR(Step("sync folder", normal, /*is_sync=*/true));
  if (!IsRoot(normal) && live_.count(normal) == 0) return Missing(normal);
  std::vector<EntryChange> later;
  for (EntryChange& change : pending_) {
    if (change.IsIn(normal)) {
      change.ApplyTo(&durable_);
    } else {
      later.push_back(std::move(change));
    }
  }
  pending_ = std::move(later);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<FileLock>> FaultFileSystem::Lock(const std::string& path) {
  const MutexLock hold(mutex_);
  const std::string normal = Normal(path);
  COINWAKE_RETURN_IF_ERROR(Step("lock", normal));
  const std::string parent = ParentOf(normal);
  if (!IsRoot(parent) && live_.count(parent) == 0) return Missing(normal);
  if (!locks_.insert(normal).second) {
    return absl::UnavailableError(absl::StrCat(
        normal, ": another coinwake is using this data folder; stop it, or name another"));
  }
  if (live_.count(normal) == 0) Change({"", normal, std::make_shared<Node>()});
  return std::make_unique<FaultLock>(this, normal, generation_);
}

}  // namespace coinwake
