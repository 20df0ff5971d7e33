// One file with an answer of the HTTP API.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_JSON_FILE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_JSON_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

struct JsonInfo {
  ByteString bytes;  // of the message TransactionInfo
  Hash256 txid;
  std::uint64_t block_number = 0;
  std::int64_t block_time_ms = 0;
};

struct JsonFile {
  std::vector<ByteString> blocks;  // of messages Block, with the ids the answer says
  std::vector<JsonInfo> infos;
};

// kInvalidArgument: it is no answer with blocks or receipts. kDataLoss: its blocks have other ids
// than it says. kResourceExhausted: too large. Messages name the path.
absl::StatusOr<JsonFile> LoadJsonFile(FileSystem& files, const std::string& path);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_JSON_FILE_H_
