// Goal: no bytes break the decoder of undo records or the walk through an undo file.
// Method: the first byte chooses which of the two the rest is; results stay within what they may
// be.
#include <cstdint>
#include <vector>

#include "indexer/base/check.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/bitcoin/script.h"
#include "indexer/bitcoin/undo.h"
#include "tests/support/memory_file.h"

using namespace coinwake;           // NOLINT(google-build-using-namespace)
using namespace coinwake::bitcoin;  // NOLINT(google-build-using-namespace)

namespace {

void CheckUndo(ByteSpan bytes) {
  const auto undo = ParseBlockUndo(bytes);
  if (!undo.ok()) {
    COINWAKE_CHECK(undo.status().code() == absl::StatusCode::kDataLoss);
    return;
  }
  for (const auto& inputs : undo->transactions) {
    for (const SpentOutput& spent : inputs) {
      COINWAKE_CHECK(spent.value <= kMaxMoney && spent.script.size() <= kMaxScriptSize);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteSpan bytes(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    CheckUndo(bytes);
    return 0;
  }
  const MemoryFile file(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
  const auto records = ListUndoRecords(file, XorKey(), Network::kBitcoinRegtest);
  COINWAKE_CHECK(records.ok());
  std::uint64_t end = 0;
  for (const UndoRecord& record : *records) {
    COINWAKE_CHECK(record.offset >= end + 8);
    end = record.offset + record.size_bytes + 32;
    COINWAKE_CHECK(end <= bytes.size());
    CheckUndo(bytes.subspan(record.offset, record.size_bytes));
  }
  return 0;
}
