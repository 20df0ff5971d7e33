#include "indexer/ingest/tron_block.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

// `what` names the block.
absl::Status BadBlock(const std::string& what) {
  return absl::DataLossError(absl::StrCat(what, "; take it from another node, or copy it again"));
}

// No part of a message, with the slack of the list it is in, takes more: contracts (which have no
// slack), receipts (of two parts at least) and internal transactions come near.
constexpr std::uint64_t kPartSize = 512;
static_assert(sizeof(tron::Contract) <= kPartSize && sizeof(tron::Transaction) <= kPartSize &&
              2 * sizeof(tron::TransactionResult) <= kPartSize &&
              sizeof(tron::Receipt) <= kPartSize && 2 * sizeof(tron::Log) <= kPartSize &&
              2 * sizeof(tron::InternalTransaction) <= kPartSize);
// The bytes, and copies of those that have owners of their own.
constexpr std::uint64_t kByteFactor = 3;
// How deep parts lie: the keys of permissions in a block.
constexpr std::size_t kMaxDepth = 8;

// The parts of a protobuf message: fields that carry bytes, and those of fields that can be
// messages themselves. Takes for a message whatever protobuf would, and more.
std::uint64_t CountParts(ByteSpan message) {
  struct Level {
    ByteSpan rest;
    std::uint64_t before = 0;  // parts counted when it began
  };
  std::array<Level, kMaxDepth> levels = {Level{message, 0}};
  std::size_t depth = 0;
  std::uint64_t count = 0;
  while (true) {
    Level& level = levels[depth];
    std::optional<ByteSpan> bytes;
    if (level.rest.empty()) {
      if (depth == 0) return count;
      --depth;
    } else if (!tron::TakeField(&level.rest, &bytes)) {
      count = level.before;  // no message after all
      level.rest = {};
    } else if (bytes.has_value()) {
      ++count;
      if (depth + 1 < kMaxDepth) levels[++depth] = {*bytes, count};
    }
  }
}

absl::Status BadBlock(std::uint64_t number, const std::string& what) {
  return BadBlock(absl::StrCat("block ", number, ": ", what));
}

absl::Status DecodeReceipts(PreparedTronBlock* prepared) {
  const ByteSpan bytes = tron::SpanOf(prepared->raw.receipts);
  switch (prepared->raw.receipts_form) {
    case tron::RawBlock::Receipts::kNone:
      return absl::OkStatus();
    case tron::RawBlock::Receipts::kTransactionRet:
      return DecodeTransactionRet(bytes, &prepared->receipts);
    case tron::RawBlock::Receipts::kInfoList:
      return DecodeTransactionInfoList(bytes, &prepared->receipts);
  }
  return absl::OkStatus();
}

}  // namespace

std::uint64_t PreparedSize(const tron::RawBlock& raw) {
  std::uint64_t parts = 0;
  for (const tron::ByteString* bytes : {&raw.block, &raw.receipts}) {
    parts += CountParts(tron::SpanOf(*bytes));
  }
  return sizeof(PreparedTronBlock) + parts * kPartSize +
         (raw.block.size() + raw.receipts.size()) * kByteFactor;
}

absl::Status PrepareTronBlock(std::uint64_t number, PreparedTronBlock* prepared) {
  absl::Status status = DecodeBlock(tron::SpanOf(prepared->raw.block), &prepared->block);
  if (!status.ok()) return BadBlock(number, std::string(status.message()));
  if (prepared->block.header.number != number) {
    return BadBlock(number, absl::StrCat("has the number ", prepared->block.header.number));
  }
  status = CheckMerkleRoot(prepared->block);
  if (!status.ok()) return BadBlock(std::string(status.message()));
  prepared->receipts = {};
  status = DecodeReceipts(prepared);
  if (!status.ok()) return BadBlock(number, absl::StrCat("its receipts: ", status.message()));
  prepared->match = MatchReceipts(prepared->block, prepared->receipts.receipts);
  return absl::OkStatus();
}

}  // namespace coinwake
