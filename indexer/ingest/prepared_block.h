// One block as the writer wants it: everything that can be known from its bytes alone.
#ifndef COINWAKE_INDEXER_INGEST_PREPARED_BLOCK_H_
#define COINWAKE_INDEXER_INGEST_PREPARED_BLOCK_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/script_type.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/block.h"
#include "indexer/ingest/chain_plan.h"
#include "indexer/segment/schema.h"

namespace coinwake {

// First 24 bytes of a script's SHA-256: names a script within a batch. Two scripts that share it
// would cost 2^96 hashes to find.
using ScriptDigest = std::array<std::uint8_t, 24>;
ScriptDigest DigestOf(ByteSpan script);

struct PreparedTransaction {
  Hash256 txid;
  std::uint32_t version = 0;
  std::uint32_t locktime = 0;
  std::uint32_t size_bytes = 0;
  std::uint32_t weight = 0;
  std::uint32_t inputs_count = 0;  // a coinbase has none
  std::uint32_t outputs_count = 0;
};

struct PreparedOutput {
  std::uint64_t value = 0;
  ScriptDigest digest;
  ByteSpan script;  // in PreparedBlock::bytes
  ScriptType type = ScriptType::kNonstandard;
  bool unspendable = false;  // OP_RETURN or oversized
};

// An input's flags depend on the script it spends, which is known only once it is resolved: the
// three kinds it can turn out to be are worked out here, from its own bytes.
struct PendingFlags {
  std::uint8_t flags = 0;              // low byte of InputFlags
  std::uint8_t if_script_hash = 0;     // bitcoin::RedeemKind if the spent script is P2SH
  std::uint8_t if_witness_script = 0;  // ... P2WSH
  std::uint8_t if_taproot = 0;         // ... P2TR
};

struct PreparedInput {
  Hash256 prev_txid;
  std::uint32_t prev_vout = 0;
  PendingFlags flags;
};

// A key an input reveals, to be tied to the script it spends: only those that the script's own
// bytes do not already name (docs/design/columns.md, column `key`).
struct RevealedKey {
  std::uint32_t input = 0;  // index into PreparedBlock::inputs
  std::array<std::uint8_t, 33> compressed{};
  Hash160 script_hash{};  // what a spent P2PKH script must hold; P2SH-P2WPKH's follows from the key
  ScriptType spends = ScriptType::kPubkeyHash;
};

struct PreparedBlock {
  std::vector<std::uint8_t> bytes;  // the raw block, which `script` spans point into
  bitcoin::ParsedBlock parsed;      // kept for its buffers, and for undo matching
  Hash256 hash;
  BlockLocation where;  // of the copy that was read; set by LoadBlock()
  std::vector<PreparedTransaction> transactions;
  std::vector<PreparedInput> inputs;  // of all transactions but the coinbase, in order
  std::vector<PreparedOutput> outputs;
  std::vector<RevealedKey> keys;
};

// Fills `block` from `block->bytes`. Reuses its buffers. kDataLoss: not a well-formed block, or its
// merkle root or hash is not as the header and `expected_hash` say.
absl::Status PrepareBlock(const Hash256& expected_hash, PreparedBlock* block);

// Reads and prepares the block that the scan found at `where`, from another copy of it if that one
// is no good. The error is the first copy's and names file, offset and remedy.
absl::Status LoadBlock(FileSystem& files, const FolderScan& scan, const Hash256& hash,
                       const BlockLocation& where, PreparedBlock* block);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_PREPARED_BLOCK_H_
