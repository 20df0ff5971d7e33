#include "indexer/tron_source/node_database.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"

namespace coinwake::tron {
namespace {

constexpr std::array<const char*, kNodeTables> kTableNames = {
    "block", "block-index", "transactionRetStore", "transactionHistoryStore", "properties"};

// SnapshotManager.checkV2: older ones were written to the databases long before.
constexpr std::uint64_t kCheckpointAgeMs = 120'000;
// Value.Operator.DELETE; a value without bytes after the operator stands for a removal as well.
constexpr char kDelete = 2;

std::size_t Index(NodeTable table) { return static_cast<std::size_t>(table); }

// The beginning of a checkpoint's keys for one database.
std::string CheckpointPrefix(std::size_t table) {
  const std::string name = kTableNames[table];
  std::string prefix(sizeof(std::uint32_t), '\0');
  StoreBe(prefix.data(), static_cast<std::uint32_t>(name.size()));
  return prefix + name;
}

absl::StatusOr<std::uint64_t> NumberOf(const std::string& key) {
  if (key.size() != sizeof(std::uint64_t)) {
    return absl::DataLossError("a key of block-index is no number; copy the database again");
  }
  return LoadBe<std::uint64_t>(key.data());
}

}  // namespace

std::string NumberKey(std::uint64_t number) {
  std::string key(sizeof(number), '\0');
  StoreBe(key.data(), number);
  return key;
}

absl::StatusOr<std::unique_ptr<NodeDatabase>> NodeDatabase::Open(FileSystem& files,
                                                                 const std::string& folder,
                                                                 SourceReport* report) {
  auto database = std::unique_ptr<NodeDatabase>(new NodeDatabase());
  for (std::size_t i = 0; i < kNodeTables; ++i) {
    const std::string place = absl::StrCat(folder, "/", kTableNames[i]);
    COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(place));
    if (exists) {
      COINWAKE_ASSIGN_OR_RETURN(database->tables_[i], LevelDb::Open(files, place));
    } else if (i <= Index(NodeTable::kBlockIndex)) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": is missing; give all of a node's `database` folder"));
    } else {
      AddWarning(absl::StrCat(place, ": is missing; read without it"), report);
    }
  }
  COINWAKE_RETURN_IF_ERROR(database->OpenCheckpoints(files, folder));
  return database;
}

absl::Status NodeDatabase::OpenCheckpoints(FileSystem& files, const std::string& folder) {
  const std::string many = absl::StrCat(folder, "/checkpoint");
  COINWAKE_ASSIGN_OR_RETURN(const bool has_many, files.Exists(many));
  std::vector<std::pair<std::uint64_t, std::string>> found;
  if (has_many) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(many));
    for (const std::string& name : names) {
      std::uint64_t time_ms = 0;
      if (absl::SimpleAtoi(name, &time_ms)) found.emplace_back(time_ms, name);
    }
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) return AddCheckpoint(files, absl::StrCat(folder, "/tmp"));
  for (const auto& [time_ms, name] : found) {
    if (found.back().first - time_ms > kCheckpointAgeMs) continue;
    COINWAKE_RETURN_IF_ERROR(AddCheckpoint(files, absl::StrCat(many, "/", name)));
  }
  return absl::OkStatus();
}

absl::Status NodeDatabase::AddCheckpoint(FileSystem& files, const std::string& folder) {
  COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(folder));
  if (!exists) return absl::OkStatus();
  auto opened = LevelDb::Open(files, folder);
  // A folder made just before the stop: nothing was written after it either.
  if (absl::IsNotFound(opened.status())) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(opened.status());
  LevelDb* const checkpoint = opened->get();
  checkpoints_.push_back(*std::move(opened));
  for (std::size_t i = 0; i < kNodeTables; ++i) {
    const std::string prefix = CheckpointPrefix(i);
    COINWAKE_RETURN_IF_ERROR(
        checkpoint->ForEach(prefix, [&](std::string_view key, std::string_view value) {
          rows_[i][std::string(key.substr(prefix.size()))] = {
              checkpoint, value.size() <= 1 || value[0] == kDelete};
        }));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> NodeDatabase::Get(NodeTable table, std::string_view key) {
  const std::size_t index = Index(table);
  const auto row = rows_[index].find(key);
  if (row == rows_[index].end()) {
    if (tables_[index] == nullptr) return absl::NotFoundError("no such table");
    return tables_[index]->Get(key);
  }
  if (row->second.removed) return absl::NotFoundError("no such key");
  COINWAKE_ASSIGN_OR_RETURN(std::string value, row->second.checkpoint->Get(absl::StrCat(
                                                   CheckpointPrefix(index), std::string(key))));
  return value.substr(1);
}

bool NodeDatabase::IsRemoved(const std::string& number_key) const {
  const auto& rows = rows_[Index(NodeTable::kBlockIndex)];
  const auto row = rows.find(number_key);
  return row != rows.end() && row->second.removed;
}

absl::StatusOr<std::uint64_t> NodeDatabase::FirstNumberFrom(std::uint64_t number) {
  const auto& rows = rows_[Index(NodeTable::kBlockIndex)];
  LevelDb& table = *tables_[Index(NodeTable::kBlockIndex)];
  const std::string from = NumberKey(number);
  auto stored = table.FirstKeyFrom(from);
  while (stored.ok() && IsRemoved(*stored)) stored = table.FirstKeyFrom(*stored + '\0');
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  auto row = rows.lower_bound(from);
  while (row != rows.end() && row->second.removed) ++row;
  if (row != rows.end() && (!stored.ok() || row->first < *stored)) return NumberOf(row->first);
  COINWAKE_RETURN_IF_ERROR(stored.status());
  return NumberOf(*stored);
}

absl::StatusOr<std::uint64_t> NodeDatabase::LastNumber() {
  const auto& rows = rows_[Index(NodeTable::kBlockIndex)];
  LevelDb& table = *tables_[Index(NodeTable::kBlockIndex)];
  auto stored = table.LastKeyBefore(std::string(sizeof(std::uint64_t) + 1, '\xff'));
  while (stored.ok() && IsRemoved(*stored)) stored = table.LastKeyBefore(*stored);
  if (!stored.ok() && !absl::IsNotFound(stored.status())) return stored.status();
  auto row = rows.rbegin();
  while (row != rows.rend() && row->second.removed) ++row;
  if (row != rows.rend() && (!stored.ok() || row->first > *stored)) return NumberOf(row->first);
  COINWAKE_RETURN_IF_ERROR(stored.status());
  return NumberOf(*stored);
}

}  // namespace coinwake::tron
