#include "indexer/ingest/tron_block.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

// `what` names the block.
absl::Status BadBlock(const std::string& what) {
  return absl::DataLossError(absl::StrCat(what, "; take it from another node, or copy it again"));
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
