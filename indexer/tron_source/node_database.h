// The databases of a java-tron node that hold its blocks, as one state.
//
// java-tron writes them one by one, each time after a checkpoint of all that it is about to write.
// After an unclean stop they can disagree, and java-tron writes the checkpoints' rows again when it
// starts (SnapshotManager.check). Here those rows are looked at first, which comes to the same.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_NODE_DATABASE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_NODE_DATABASE_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/tron_source/block_source.h"
#include "indexer/tron_source/level_db.h"

namespace coinwake::tron {

// What each holds: a block's id to the message Block; its number, 8 bytes big-endian, to its id,
// and to its TransactionRet; a txid to its TransactionInfo; names to numbers.
enum class NodeTable : std::uint8_t { kBlocks, kBlockIndex, kRets, kInfos, kProperties };
inline constexpr std::size_t kNodeTables = 5;

// Not thread-safe. Errors as LevelDb.
class NodeDatabase {
 public:
  // `folder` is java-tron's `database`. kInvalidArgument: it lacks blocks or their index. What else
  // it lacks is empty, with a warning. Memory: the keys in checkpoints, beside LevelDB's.
  static absl::StatusOr<std::unique_ptr<NodeDatabase>> Open(FileSystem& files,
                                                            const std::string& folder,
                                                            SourceReport* report);

  absl::StatusOr<std::string> Get(NodeTable table, std::string_view key);
  // The lowest number in the index from `number` on, and the highest. kNotFound: none.
  absl::StatusOr<std::uint64_t> FirstNumberFrom(std::uint64_t number);
  absl::StatusOr<std::uint64_t> LastNumber();

 private:
  struct Row {
    LevelDb* checkpoint = nullptr;
    bool removed = false;
  };

  NodeDatabase() = default;
  absl::Status OpenCheckpoints(FileSystem& files, const std::string& folder);
  absl::Status AddCheckpoint(FileSystem& files, const std::string& folder);
  bool IsRemoved(const std::string& number_key) const;

  std::array<std::unique_ptr<LevelDb>, kNodeTables> tables_;  // nullptr: missing
  std::vector<std::unique_ptr<LevelDb>> checkpoints_;         // oldest first
  // Where the newest rows of the checkpoints are.
  std::array<std::map<std::string, Row, std::less<>>, kNodeTables> rows_;
};

// A block's number as a key.
std::string NumberKey(std::uint64_t number);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_NODE_DATABASE_H_
