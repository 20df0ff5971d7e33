// Goal: no text breaks the reader of the HTTP API's JSON.
// Method: what it accepts is decoded as the protobuf it says it is; receipts it wrote are always
// protobuf.
#include <cstdint>
#include <string_view>

#include "indexer/base/check.h"
#include "indexer/tron/json.h"

using namespace coinwake;        // NOLINT(google-build-using-namespace)
using namespace coinwake::tron;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto answer = ReadJson(text);
  if (!answer.ok()) {
    COINWAKE_CHECK(absl::IsInvalidArgument(answer.status()));
    return 0;
  }
  for (const JsonBlock& encoded : answer->blocks) {
    Block block;
    if (!DecodeBlock(SpanOf(encoded.bytes), &block).ok()) continue;
    COINWAKE_CHECK(block.transactions.size() == encoded.txids.size());
    (void)CheckMerkleRoot(block);
    (void)CheckStatedIds(encoded, block);
  }
  (void)DecodeReceipts(*answer);
  return 0;
}
