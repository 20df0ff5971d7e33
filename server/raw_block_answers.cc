// A block from its bytes: what stale blocks and `decode` show.
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "coinwake/v1/chain.pb.h"
#include "indexer/base/check.h"
#include "indexer/base/hash.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/script.h"
#include "server/block_answers.h"
#include "server/block_header.h"
#include "server/convert.h"

namespace coinwake::server {
namespace {

using bitcoin::ParsedBlock;
using bitcoin::ParsedInput;
using bitcoin::ParsedOutput;
using bitcoin::ParsedTransaction;

// Offsets of a block header's fields: version, previous hash, merkle root, time, bits, nonce.
constexpr std::size_t kPreviousOffset = 4;
constexpr std::size_t kMerkleOffset = 36;
constexpr std::size_t kTimeOffset = 68;
constexpr std::size_t kBitsOffset = 72;
constexpr std::size_t kNonceOffset = 76;

// BIP 34: from version 2 on a coinbase begins with its block's height.
constexpr std::int32_t kFirstVersionWithHeight = 2;

Hash256 HashAt(ByteSpan bytes, std::size_t offset) {
  Hash256 hash;
  std::memcpy(hash.bytes.data(), bytes.data() + offset, hash.bytes.size());
  return hash;
}

// Finds outputs of the same block, and the inputs of it that spend them.
class BlockGraph {
 public:
  explicit BlockGraph(const ParsedBlock& block) : block_(block) {
    for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
      index_of_.try_emplace(block.transactions[i].txid, i);
    }
    spent_by_.resize(block.outputs.size());
    for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
      const ParsedTransaction& tx = block.transactions[i];
      if (tx.coinbase) continue;
      for (std::uint32_t k = 0; k < tx.inputs_count; ++k) {
        const std::optional<std::uint32_t> output =
            OutputOf(block.inputs[tx.first_input + k].outpoint);
        if (output.has_value()) spent_by_[*output] = Spender{i, k};
      }
    }
  }

  struct Spender {
    std::uint32_t tx = 0;  // 0, the coinbase, spends nothing: "none"
    std::uint32_t input = 0;
  };
  Spender SpenderOf(std::uint32_t output) const { return spent_by_[output]; }

  // Position in block.outputs of what `outpoint` names, if this block creates it.
  std::optional<std::uint32_t> OutputOf(ByteSpan outpoint) const {
    const auto found = index_of_.find(HashAt(outpoint, 0));
    if (found == index_of_.end()) return std::nullopt;
    const ParsedTransaction& tx = block_.transactions[found->second];
    const auto vout = LoadLe<std::uint32_t>(outpoint.data() + 32);
    if (vout >= tx.outputs_count) return std::nullopt;
    return tx.first_output + vout;
  }

 private:
  const ParsedBlock& block_;
  absl::flat_hash_map<Hash256, std::uint32_t> index_of_;
  std::vector<Spender> spent_by_;
};

// The value spent, where this block creates it.
std::optional<std::uint64_t> FillInput(const ParsedBlock& block, const BlockGraph& graph,
                                       const ParsedInput& input, Network network, v1::Input* wire) {
  wire->set_txid(HashAt(input.outpoint, 0).ToDisplayHex());
  wire->set_vout(LoadLe<std::uint32_t>(input.outpoint.data() + 32));
  const std::optional<std::uint32_t> output = graph.OutputOf(input.outpoint);
  if (!output.has_value()) return std::nullopt;
  const ParsedOutput& source = block.outputs[*output];
  wire->set_value(Amount(source.value));
  FillScript(source.script, bitcoin::ClassifyScript(source.script).type, network, wire);
  wire->set_resolved(true);
  return source.value;
}

void FillRawTransaction(const ParsedBlock& block, const BlockGraph& graph, std::uint32_t index,
                        Network network, v1::Transaction* wire) {
  const ParsedTransaction& tx = block.transactions[index];
  wire->set_network(std::string(NetworkName(network)));
  wire->set_txid(tx.txid.ToDisplayHex());
  wire->set_block_hash(block.hash.ToDisplayHex());
  wire->set_index(index);
  wire->set_coinbase(tx.coinbase);
  bool all_known = !tx.coinbase;
  std::uint64_t value_in = 0;
  for (std::uint32_t i = 0; i < tx.inputs_count && !tx.coinbase; ++i) {
    const std::optional<std::uint64_t> value =
        FillInput(block, graph, block.inputs[tx.first_input + i], network, wire->add_inputs());
    all_known = all_known && value.has_value();
    value_in += value.value_or(0);
  }
  std::uint64_t value_out = 0;
  for (std::uint32_t i = 0; i < tx.outputs_count; ++i) {
    const std::uint32_t number = tx.first_output + i;
    const ParsedOutput& output = block.outputs[number];
    v1::Output* to = wire->add_outputs();
    to->set_vout(i);
    FillScript(output.script, bitcoin::ClassifyScript(output.script).type, network, to);
    to->set_value(Amount(output.value));
    value_out += output.value;
    const BlockGraph::Spender spender = graph.SpenderOf(number);
    if (spender.tx == 0) continue;
    to->mutable_spent_by()->set_txid(block.transactions[spender.tx].txid.ToDisplayHex());
    to->mutable_spent_by()->set_input(spender.input);
  }
  if (all_known && value_in >= value_out) wire->set_fee(Amount(value_in - value_out));
  wire->set_success(true);
  wire->set_version(tx.version);
  wire->set_locktime(tx.locktime);
  wire->set_size(tx.size_bytes);
  wire->set_weight(std::uint64_t{3} * tx.stripped_size_bytes + tx.size_bytes);
}

}  // namespace

void FillHeader(ByteSpan header, v1::Block* block) {
  COINWAKE_CHECK(header.size() == kBlockHeaderBytes);
  block->set_version(LoadLe<std::int32_t>(header.data()));
  block->set_previous_block_hash(HashAt(header, kPreviousOffset).ToDisplayHex());
  block->set_merkle_root(HashAt(header, kMerkleOffset).ToDisplayHex());
  block->set_time(LoadLe<std::uint32_t>(header.data() + kTimeOffset));
  block->set_bits(absl::StrFormat("%08x", LoadLe<std::uint32_t>(header.data() + kBitsOffset)));
  block->set_nonce(LoadLe<std::uint32_t>(header.data() + kNonceOffset));
}

absl::Status AnswerRawBlock(ByteSpan raw, Network network, v1::Block* answer) {
  ParsedBlock block;
  if (const absl::Status status = bitcoin::ParseBlock(raw, &block); !status.ok()) {
    return absl::DataLossError(status.message());
  }
  answer->set_network(std::string(NetworkName(network)));
  answer->set_block_hash(block.hash.ToDisplayHex());
  FillHeader(raw.first(kBlockHeaderBytes), answer);
  answer->set_size(raw.size());
  answer->set_transactions_count(block.transactions.size());
  const BlockGraph graph(block);
  std::uint64_t weight = 4 * (kBlockHeaderBytes + CompactSizeBytes(block.transactions.size()));
  for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
    v1::Transaction* transaction = answer->add_transactions();
    FillRawTransaction(block, graph, i, network, transaction);
    transaction->set_time(answer->time());
    weight += transaction->weight();
  }
  answer->set_weight(weight);
  if (answer->version() >= kFirstVersionWithHeight && !block.inputs.empty()) {
    const auto height = bitcoin::CoinbaseHeight(block.inputs.front().script_sig);
    if (height.has_value()) {
      answer->set_height(*height);
      for (v1::Transaction& tx : *answer->mutable_transactions()) tx.set_height(*height);
    }
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
