#include "tests/ingest/test_chain.h"

#include <algorithm>

#include "indexer/base/check.h"
#include "indexer/bitcoin/key.h"

namespace coinwake {
namespace {

using synthetic::Bytes;

constexpr std::uint32_t kOwnersCount = 12;
// P2PKH, P2PK, P2SH-P2WPKH, P2WPKH; P2PKH and P2PK of an uncompressed key; P2PKH and P2WPKH of a
// hybrid one.
constexpr int kKindsCount = 8;
constexpr int kUncompressedPubkeyHash = 4;
constexpr int kUncompressedPubkey = 5;
constexpr int kHybridPubkeyHash = 6;  // from here on keys are hybrid

// A key of the right shape; no signature is ever checked.
Bytes KeyOf(std::uint32_t owner) {
  Bytes key(33, 0x11);
  key[0] = static_cast<std::uint8_t>(2 + owner % 2);
  key[32] = static_cast<std::uint8_t>(owner);
  return key;
}

// As scripts of `kind` have it; compressed where it is not on the curve.
Bytes KeyOf(std::uint32_t owner, int kind) {
  Bytes compressed = KeyOf(owner);
  const auto point = bitcoin::UncompressKey(compressed);
  if (kind < kUncompressedPubkeyHash || !point.has_value()) return compressed;
  Bytes key(point->begin(), point->end());
  if (kind >= kHybridPubkeyHash) key[0] = static_cast<std::uint8_t>(6 + owner % 2);
  return key;
}

}  // namespace

TestChain::TestChain(std::uint64_t seed) : random_(seed) {
  blocks_.push_back({synthetic::RegtestGenesis(), 0, 0, {}});
}

Bytes TestChain::ScriptOf(std::uint32_t owner, int kind) const {
  const Bytes key = KeyOf(owner, kind);
  switch (kind) {
    case 0:
    case kUncompressedPubkeyHash:
    case kHybridPubkeyHash:
      return synthetic::PayToPubkeyHash(ComputeHash160(key));
    case 1:
    case kUncompressedPubkey:
      return synthetic::PayToPubkey(key);
    case 2:
      return synthetic::PayToScriptHash(
          ComputeHash160(synthetic::PayToWitnessKeyHash(ComputeHash160(key))));
    default:
      return synthetic::PayToWitnessKeyHash(ComputeHash160(key));
  }
}

synthetic::TxInput TestChain::SpendOf(const Coin& coin) const {
  const Bytes key = KeyOf(coin.owner, coin.kind);
  const bool is_bare = coin.kind == 1 || coin.kind == kUncompressedPubkey;
  const bool is_hash =
      coin.kind == 0 || coin.kind == kUncompressedPubkeyHash || coin.kind == kHybridPubkeyHash;
  Bytes signature(71, 0x30);
  signature.back() = 0x01;
  synthetic::TxInput input;
  input.txid = coin.txid;
  input.vout = coin.vout;
  if (is_bare || is_hash) synthetic::AppendPush(signature, &input.script_sig);
  if (is_hash) synthetic::AppendPush(key, &input.script_sig);
  if (coin.kind == 2) {
    synthetic::AppendPush(synthetic::PayToWitnessKeyHash(ComputeHash160(key)), &input.script_sig);
  }
  if (!is_bare && !is_hash) input.witness = {signature, key};
  return input;
}

std::size_t TestChain::AddBlock(std::size_t parent) {
  Node node;
  node.parent = parent;
  node.height = blocks_[parent].height + 1;
  node.coins = blocks_[parent].coins;
  synthetic::BlockBuilder builder(blocks_[parent].built.hash, node.height,
                                  1'700'000'000 + node.height * 600);
  const auto transactions = static_cast<std::size_t>(Random(4));
  for (std::size_t i = 0; i < transactions && !node.coins.empty(); ++i) {
    synthetic::Transaction tx;
    std::uint64_t value = 0;
    const std::size_t inputs = 1 + Random(3);
    for (std::size_t j = 0; j < inputs && !node.coins.empty(); ++j) {
      const std::size_t pick = Random(node.coins.size());
      tx.inputs.push_back(SpendOf(node.coins[pick]));
      value += node.coins[pick].value;
      node.coins.erase(node.coins.begin() + static_cast<std::ptrdiff_t>(pick));
    }
    const std::size_t outputs = 1 + Random(3);
    std::vector<Coin> made;
    for (std::size_t j = 0; j < outputs; ++j) {
      const auto owner = static_cast<std::uint32_t>(Random(kOwnersCount));
      const auto kind = static_cast<int>(Random(kKindsCount));
      const std::uint64_t part = j + 1 == outputs ? value - value / 1000 : value / 3;
      value -= part;
      made.push_back({{}, static_cast<std::uint32_t>(j), part, owner, kind});
      tx.outputs.push_back({part, ScriptOf(owner, kind)});
    }
    if (Random(4) == 0) tx.outputs.push_back({0, synthetic::NullData(KeyOf(node.height))});
    const synthetic::SerializedTransaction serialized = synthetic::Serialize(tx);
    for (Coin& coin : made) {
      coin.txid = serialized.txid;
      node.coins.push_back(coin);
    }
    builder.Add(serialized);
  }
  const auto owner = static_cast<std::uint32_t>(Random(kOwnersCount));
  const auto kind = static_cast<int>(Random(kKindsCount));
  const std::uint64_t reward = synthetic::RegtestSubsidy(node.height);
  node.built =
      builder.Finish({{reward, ScriptOf(owner, kind)}}, static_cast<std::uint32_t>(blocks_.size()));
  node.coins.push_back({node.built.coinbase_txid, 0, reward, owner, kind});
  blocks_.push_back(std::move(node));
  return blocks_.size() - 1;
}

std::size_t TestChain::Extend(std::size_t parent, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) parent = AddBlock(parent);
  return parent;
}

std::vector<std::size_t> TestChain::PathTo(std::size_t tip) const {
  std::vector<std::size_t> path = {tip};
  while (path.back() != 0) path.push_back(blocks_[path.back()].parent);
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<std::size_t> TestChain::All() const {
  std::vector<std::size_t> all(blocks_.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

void TestChain::Write(FileSystem& files, const std::string& folder,
                      const std::vector<std::size_t>& blocks) const {
  synthetic::BlockFolderWriter writer(files, folder, {});
  for (const std::size_t block : blocks) {
    COINWAKE_CHECK(writer.Append(blocks_[block].built.bytes).ok());
  }
  COINWAKE_CHECK(writer.Finish().ok());
}

std::uint64_t TestChain::Damage(FaultFileSystem& files, const std::string& folder,
                                std::size_t block, std::size_t copy) const {
  const std::string path = folder + "/blk00000.dat";
  const std::string contents = files.Contents(path);
  const Bytes& bytes = blocks_[block].built.bytes;
  const std::string wanted(bytes.begin(), bytes.end());
  std::size_t at = contents.find(wanted);
  for (; copy > 0 && at != std::string::npos; --copy) at = contents.find(wanted, at + 1);
  COINWAKE_CHECK(at != std::string::npos);
  files.FlipByte(path, at + 81, 0xff);  // the version of the coinbase
  return at;
}

}  // namespace coinwake
