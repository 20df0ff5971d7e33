// The answers of java-tron's HTTP API, turned back into the bytes the chain has.
//
// A transaction carries its raw data in hex, so that block and transactions come out byte for byte,
// which the merkle root and the block's id then prove (CheckMerkleRoot, CheckStatedIds); header and
// results are encoded anew in the order java-tron writes them. Receipts decode equal, but are not
// promised to be the bytes a node keeps. Both forms are read: `visible` false (all bytes in hex)
// and true (addresses in base58, even what genesis has for one).
//
// What java-tron leaves out is the default; integers are exact up to 64 bits and may be strings;
// `bytes` are hex; enumerations are names or numbers. Names that are not known are passed over,
// because the API adds some of its own. Total over any bytes; java-tron's JsonFormat is the rule.
#ifndef COINWAKE_INDEXER_TRON_JSON_H_
#define COINWAKE_INDEXER_TRON_JSON_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

// The API answers with at most 100 blocks; a hundred full ones are some 40 MB of text.
inline constexpr std::size_t kMaxJsonSize = 64'000'000;  // bytes
// Answers nest about 10 deep, where a contract's parameter is shown.
inline constexpr int kMaxJsonDepth = 32;

struct JsonBlock {
  ByteString bytes;  // of the message Block, for DecodeBlock()
  // What the answer says the ids are, where it does.
  std::optional<Hash256> block_id;
  std::vector<std::optional<Hash256>> txids;
};

struct JsonAnswer {
  std::vector<JsonBlock> blocks;
  std::vector<ByteString> transaction_infos;  // of TransactionInfo, for DecodeTransactionInfo()
};

// Reads one answer: a block, a receipt, an array of either, or `{"block": [...]}`. `{}` and `[]`
// are how the API says that it has none, and give none. kInvalidArgument says where and what is
// wrong: no JSON, a value of the wrong sort, a transaction without raw_data_hex, an answer that is
// an error of the node's, one that is neither block nor receipt, or the limits above.
absl::StatusOr<JsonAnswer> ReadJson(std::string_view json);

// kDataLoss where `block`, decoded from it, has other ids than the answer says.
absl::Status CheckStatedIds(const JsonBlock& stated, const Block& block);

// All receipts of an answer, decoded. Errors as DecodeTransactionInfo().
absl::StatusOr<std::vector<Receipt>> DecodeReceipts(const JsonAnswer& answer);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_JSON_H_
