// Builds transactions, blocks and a node's blk*.dat folder, byte for byte as Bitcoin Core writes
// them.
//
// For tests, benchmarks and the chain generator. Everything is deterministic. Blocks are made for
// regtest, whose proof of work takes two tries on average; signatures are whatever the caller puts
// in.
#ifndef COINWAKE_TESTS_SUPPORT_BLOCK_BUILDER_H_
#define COINWAKE_TESTS_SUPPORT_BLOCK_BUILDER_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"

namespace coinwake::synthetic {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::uint32_t kRegtestBits = 0x207fffff;
inline constexpr std::array<std::uint8_t, 4> kRegtestMagic = {0xfa, 0xbf, 0xb5, 0xda};
inline constexpr std::uint64_t kCoin = 100'000'000;            // satoshi
inline constexpr std::uint64_t kRegtestHalvingInterval = 150;  // blocks
inline constexpr std::uint64_t kBlockFileSize = 128ULL << 20;  // Core's MAX_BLOCKFILE_SIZE

struct TxInput {
  Hash256 txid;
  std::uint32_t vout = 0;
  Bytes script_sig;
  std::uint32_t sequence = 0xffffffff;
  std::vector<Bytes> witness;
};
struct TxOutput {
  std::uint64_t value = 0;  // satoshi
  Bytes script;
};
struct Transaction {
  std::uint32_t version = 2;
  std::uint32_t locktime = 0;
  std::vector<TxInput> inputs;
  std::vector<TxOutput> outputs;

  bool HasWitness() const;
};

// A transaction in its wire form with both of its hashes.
struct SerializedTransaction {
  Bytes bytes;  // with witness where there is one
  Hash256 txid;
  Hash256 wtxid;
};
SerializedTransaction Serialize(const Transaction& transaction);

void AppendCompactSize(std::uint64_t value, Bytes* bytes);
// A data push in its shortest form (REQUIRES: at most 65,535 bytes).
void AppendPush(ByteSpan data, Bytes* script);

// scriptPubKeys. Keys are 33 or 65 bytes, hashes as named.
Bytes PayToPubkey(ByteSpan key);
Bytes PayToPubkeyHash(const Hash160& key_hash);
Bytes PayToScriptHash(const Hash160& script_hash);
Bytes PayToWitnessKeyHash(const Hash160& key_hash);
Bytes PayToWitnessScriptHash(const Hash256& script_sha256);
Bytes PayToTaproot(ByteSpan x_only_key);  // 32 bytes
Bytes NullData(ByteSpan data);            // OP_RETURN and one push
Bytes Multisig(int required, const std::vector<Bytes>& keys);

// Subsidy of regtest at `height`, satoshi.
std::uint64_t RegtestSubsidy(std::uint64_t height);

// Merkle root over `hashes`, Bitcoin's rule (an odd level repeats its last). REQUIRES: not empty.
Hash256 MerkleRootOf(std::vector<Hash256> hashes);

struct BuiltBlock {
  Bytes bytes;
  Hash256 hash;
  Hash256 coinbase_txid;
  std::size_t coinbase_outputs_count = 0;  // with the commitment
};

// The genesis block of regtest.
BuiltBlock RegtestGenesis();

// Collects the transactions of one block; Finish adds the coinbase and grinds the nonce.
class BlockBuilder {
 public:
  BlockBuilder(const Hash256& previous, std::uint32_t height, std::uint32_t time);

  // In chain order; a transaction may spend an earlier one of the same block.
  void Add(SerializedTransaction transaction);
  std::size_t size_bytes() const { return size_bytes_; }
  std::size_t transactions_count() const { return transactions_.size(); }

  // `coinbase_outputs` go into the coinbase as they are. When a transaction has a witness, the
  // coinbase gets the BIP141 commitment. `extra_nonce` makes stale siblings differ.
  BuiltBlock Finish(std::vector<TxOutput> coinbase_outputs, std::uint32_t extra_nonce = 0) const;

 private:
  Hash256 previous_;
  std::uint32_t height_;
  std::uint32_t time_;
  std::size_t size_bytes_ = 80;
  bool has_witness_ = false;
  std::vector<SerializedTransaction> transactions_;
};

struct BlockFolderOptions {
  std::uint64_t file_size = kBlockFileSize;  // a block that would pass it opens the next file
  // Written as xor.dat and applied to every file; all zero writes no xor.dat.
  std::array<std::uint8_t, 8> xor_key{};
  // Blocks are written in a shuffled order within windows of this many; 1 keeps chain order.
  std::size_t shuffle_window = 1;
  std::uint64_t seed = 1;  // of the shuffle
};

// Writes blk00000.dat, blk00001.dat, ... into a folder (made when missing, existing blk files kept
// out of the way by the caller). One thread.
class BlockFolderWriter {
 public:
  // `files` is borrowed and must outlive the writer.
  BlockFolderWriter(FileSystem& files, std::string folder, BlockFolderOptions options);
  ~BlockFolderWriter();

  absl::Status Append(Bytes block);
  // Writes what is still buffered. Call once, last.
  absl::Status Finish();
  std::uint64_t written_bytes() const { return written_bytes_; }

 private:
  absl::Status WriteRecord(const Bytes& block);
  absl::Status FlushWindow();
  absl::Status FlushBuffer();

  FileSystem& files_;
  std::string folder_;
  BlockFolderOptions options_;
  std::vector<Bytes> window_;
  std::unique_ptr<File> file_;
  std::uint32_t next_file_ = 0;
  std::uint64_t file_offset_ = 0;  // of the end of `buffer_`
  Bytes buffer_;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t shuffle_state_;
};

// splitmix64: the one source of randomness here, the same on every machine.
constexpr std::uint64_t SplitMix(std::uint64_t* state) {
  std::uint64_t z = (*state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_BLOCK_BUILDER_H_
