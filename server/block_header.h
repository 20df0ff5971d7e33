// Small pieces that indexed and raw blocks share.
#ifndef COINWAKE_SERVER_BLOCK_HEADER_H_
#define COINWAKE_SERVER_BLOCK_HEADER_H_

#include <cstddef>
#include <cstdint>

#include "indexer/base/bytes.h"
#include "indexer/view/view.h"

namespace coinwake::v1 {
class Block;
}  // namespace coinwake::v1

namespace coinwake::server {

inline constexpr std::size_t kBlockHeaderBytes = 80;

// Fills version, previous_block_hash, merkle_root, time, bits and nonce.
// REQUIRES: header.size() == kBlockHeaderBytes.
void FillHeader(ByteSpan header, v1::Block* block);

// Bytes that Bitcoin's CompactSize takes for `count`.
constexpr std::uint64_t CompactSizeBytes(std::uint64_t count) {
  if (count < 0xfd) return 1;
  if (count <= 0xffff) return 3;
  return count <= 0xffffffff ? 5 : 9;
}

// Fills spent_by of an Output or a Holding where `output` is spent within the view.
template <typename Wire>
void FillSpentBy(const View& view, OutputNum output, Wire* wire) {
  const auto spender = view.Spender(output);
  if (!spender.has_value()) return;
  auto* spent_by = wire->mutable_spent_by();
  spent_by->set_txid(view.Txid(*spender).ToDisplayHex());
  const auto input = view.SpendingInput(InputSource::Of(output));
  if (input.has_value()) {
    spent_by->set_input(static_cast<std::uint32_t>(*input - view.Inputs(*spender).begin));
  }
}

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_BLOCK_HEADER_H_
