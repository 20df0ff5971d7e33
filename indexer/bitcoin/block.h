// Blocks and transactions: bytes in, flat records out.
//
// ParseBlock() is the hot path of indexing: it keeps its vectors' capacity from block to block,
// copies no script and hashes each transaction once. Its spans borrow the block's bytes. Decoders
// are total: any bytes give a record or kDataLoss with the offset of what is wrong. Free of state,
// so any number of threads may parse at once, each into its own ParsedBlock.
#ifndef COINWAKE_INDEXER_BITCOIN_BLOCK_H_
#define COINWAKE_INDEXER_BITCOIN_BLOCK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/proof_of_work.h"

namespace coinwake::bitcoin {

inline constexpr std::size_t kHeaderSize = 80;           // bytes
inline constexpr std::size_t kMaxBlockSize = 4'000'000;  // bytes; Core's MAX_BLOCK_SERIALIZED_SIZE
inline constexpr std::uint32_t kNullOutpointIndex = 0xffffffff;  // of a coinbase's only input

struct BlockHeader {
  std::int32_t version = 0;
  Hash256 prev;
  Hash256 merkle_root;
  std::uint32_t time = 0;  // seconds since 1970
  std::uint32_t bits = 0;  // compact target
  std::uint32_t nonce = 0;
};

// REQUIRES: exactly kHeaderSize bytes. Any such bytes are a header.
BlockHeader ParseHeader(ByteSpan bytes);
// The block's hash. REQUIRES: exactly kHeaderSize bytes.
Hash256 HeaderHash(ByteSpan bytes);

struct ParsedInput {
  ByteSpan outpoint;  // 36 bytes: txid and index of the output spent
  ByteSpan script_sig;
  std::uint32_t sequence = 0;
  std::uint32_t first_witness_item = 0;  // index into ParsedBlock::witness_items
  std::uint32_t witness_items_count = 0;

  Hash256 prev_txid() const;
  std::uint32_t prev_index() const { return LoadLe<std::uint32_t>(outpoint.data() + 32); }
};

struct ParsedOutput {
  std::uint64_t value = 0;  // satoshi
  ByteSpan script;
};

struct ParsedTransaction {
  Hash256 txid;
  std::uint32_t version = 0;
  std::uint32_t locktime = 0;
  std::uint32_t offset = 0;  // of its first byte in the bytes parsed
  std::uint32_t size_bytes = 0;
  std::uint32_t stripped_size_bytes = 0;  // without marker, flag and witnesses
  std::uint32_t first_input = 0;          // index into ParsedBlock::inputs
  std::uint32_t inputs_count = 0;
  std::uint32_t first_output = 0;  // index into ParsedBlock::outputs
  std::uint32_t outputs_count = 0;
  bool coinbase = false;     // one input, and it spends the null outpoint
  bool has_witness = false;  // some input has witness items

  std::uint32_t weight() const { return 3 * stripped_size_bytes + size_bytes; }
};

struct ParsedBlock {
  BlockHeader header;
  Hash256 hash;
  std::vector<ParsedTransaction> transactions;  // in block order
  std::vector<ParsedInput> inputs;              // of all transactions, the coinbase's among them
  std::vector<ParsedOutput> outputs;
  std::vector<ByteSpan> witness_items;

  std::span<const ParsedInput> InputsOf(const ParsedTransaction& transaction) const {
    return std::span(inputs).subspan(transaction.first_input, transaction.inputs_count);
  }
  std::span<const ParsedOutput> OutputsOf(const ParsedTransaction& transaction) const {
    return std::span(outputs).subspan(transaction.first_output, transaction.outputs_count);
  }
  std::span<const ByteSpan> WitnessOf(const ParsedInput& input) const {
    return std::span(witness_items).subspan(input.first_witness_item, input.witness_items_count);
  }
};

// Decodes a whole block. The spans of `block` live as long as `bytes`. kDataLoss when the bytes are
// no block or go on after it, a transaction has no input or no output, a value or a sum of values
// is beyond kMaxMoney, or a witness is marked but absent; `block` is then of no use but for reuse.
// Neither proof of work nor the merkle root is checked here.
absl::Status ParseBlock(ByteSpan bytes, ParsedBlock* block);

// Decodes one transaction alone under the same rules, as the only one of `block`.
absl::Status ParseTransaction(ByteSpan bytes, ParsedBlock* block);

// The root over txids in block order. `mutated`, if not null, is set when two equal neighbours were
// hashed together, by which a forged transaction list gets an honest block's root (CVE-2012-2459).
Hash256 MerkleRoot(std::vector<Hash256> hashes, bool* mutated);

// What makes the bytes the block its header commits to: the merkle root, no mutation, a coinbase
// first and nowhere else, no other input of the null outpoint. kDataLoss says which fails.
absl::Status CheckBlock(const ParsedBlock& block);

// The height a coinbase states by BIP34: its first push, a number in its shortest form. Blocks of
// version 1 may hold anything there, so ask only for version 2 and up.
std::optional<std::uint32_t> CoinbaseHeight(ByteSpan script_sig);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_BLOCK_H_
