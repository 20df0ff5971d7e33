// Small regtest chains with forks, as block files, for tests of the writer.
#ifndef COINWAKE_TESTS_INGEST_TEST_CHAIN_H_
#define COINWAKE_TESTS_INGEST_TEST_CHAIN_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "tests/support/block_builder.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {

// A tree of valid blocks over the regtest genesis. Every block spends some outputs of its own
// branch: P2PKH, P2PK, P2SH-P2WPKH, P2WPKH with keys, in every form, that repeat, OP_RETURN,
// several inputs and outputs, spends inside the block. Deterministic from the seed.
class TestChain {
 public:
  explicit TestChain(std::uint64_t seed);

  // Adds a block on `parent` (an index this returned, 0 is genesis); returns its index.
  std::size_t AddBlock(std::size_t parent);
  // Adds `count` blocks in a row; returns the last.
  std::size_t Extend(std::size_t parent, std::size_t count);

  std::size_t size() const { return blocks_.size(); }
  const synthetic::BuiltBlock& block(std::size_t index) const { return blocks_[index].built; }
  std::uint32_t height(std::size_t index) const { return blocks_[index].height; }

  // Writes these blocks, in this order, as the only block file of `folder`.
  void Write(FileSystem& files, const std::string& folder,
             const std::vector<std::size_t>& blocks) const;
  // Damages the `copy`th copy (from 0) of a block in such a folder: its header stays good, its body
  // no longer gives the merkle root. Returns the offset of the block's first byte.
  std::uint64_t Damage(FaultFileSystem& files, const std::string& folder, std::size_t block,
                       std::size_t copy = 0) const;
  // Genesis to `tip`.
  std::vector<std::size_t> PathTo(std::size_t tip) const;
  std::vector<std::size_t> All() const;

 private:
  struct Coin {
    Hash256 txid;
    std::uint32_t vout;
    std::uint64_t value;
    std::uint32_t owner;  // which key
    int kind;             // script form
  };
  struct Node {
    synthetic::BuiltBlock built;
    std::size_t parent = 0;
    std::uint32_t height = 0;
    std::vector<Coin> coins;  // unspent after it
  };

  synthetic::Bytes ScriptOf(std::uint32_t owner, int kind) const;
  synthetic::TxInput SpendOf(const Coin& coin) const;
  std::uint64_t Random(std::uint64_t below) { return random_() % below; }

  std::mt19937_64 random_;
  std::vector<Node> blocks_;
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_INGEST_TEST_CHAIN_H_
