// Goal: no files break the source of Tron's blocks that reads files. Method: the bytes are a
// `.blocks` and a `.receipts` file, after the size of the first; whatever chain comes out connects,
// reads again as what was scanned, and has receipts only of its transactions.
#include <cstdint>
#include <string>

#include "indexer/base/check.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron_source/block_source.h"
#include "indexer/tron_source/messages.h"
#include "tests/support/fault_file_system.h"

using namespace coinwake;        // NOLINT(google-build-using-namespace)
using namespace coinwake::tron;  // NOLINT(google-build-using-namespace)

namespace {

// False where the chain turns out to end before: a block or its receipts are damaged or cut short.
bool CheckBlock(BlockSource& source, std::uint64_t number, const Hash256* parent) {
  RawBlock raw;
  const absl::Status read = source.Read(number, &raw);
  if (absl::IsAborted(read)) {
    const auto range = source.Range();
    COINWAKE_CHECK(!range.ok() || range->last < number);
    return false;
  }
  if (absl::IsDataLoss(read)) return false;
  COINWAKE_CHECK(read.ok());
  BlockHeader header;
  COINWAKE_CHECK(ReadHeaderOf(SpanOf(raw.block), &header).ok());
  COINWAKE_CHECK(header.number == number && header.id == *source.BlockId(number));
  COINWAKE_CHECK(parent == nullptr || CheckFollows(header, *parent).ok());
  if (raw.receipts_form == RawBlock::Receipts::kNone) return true;
  COINWAKE_CHECK(raw.receipts_form == RawBlock::Receipts::kTransactionRet);
  BlockReceipts receipts;
  COINWAKE_CHECK(DecodeTransactionRet(SpanOf(raw.receipts), &receipts).ok());
  Block block;
  if (!DecodeBlock(SpanOf(raw.block), &block).ok()) return true;
  COINWAKE_CHECK(MatchReceipts(block, receipts.receipts).complete());
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t first = LoadLe<std::uint16_t>(data);
  FaultFileSystem files;
  files.SetContents("/a/a.blocks", bytes.substr(0, first));
  files.SetContents("/a/a.receipts", first < bytes.size() ? bytes.substr(first) : "");
  const auto source = OpenBlockSource(files, "/a", {});
  if (!source.ok()) {
    COINWAKE_CHECK(absl::IsDataLoss(source.status()) || absl::IsInvalidArgument(source.status()));
    return 0;
  }
  const auto range = (*source)->Range();
  Hash256 parent;
  for (std::uint64_t number = range->first;; ++number) {
    if (!CheckBlock(**source, number, number == range->first ? nullptr : &parent)) break;
    parent = *(*source)->BlockId(number);
    if (number == range->last) break;
  }
  return 0;
}
