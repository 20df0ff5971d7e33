// Goal: no bytes break the decoder of Tron receipts.
// Method: the three forms of receipts over the same bytes; every log goes through the recogniser of
// events, whose values survive being written and read again.
#include <cstdint>

#include "indexer/base/check.h"
#include "indexer/tron/event.h"
#include "indexer/tron/receipt.h"

using namespace coinwake;        // NOLINT(google-build-using-namespace)
using namespace coinwake::tron;  // NOLINT(google-build-using-namespace)

namespace {

void Use(const Receipt& receipt) {
  for (const Log& log : receipt.logs) {
    const Event event = RecogniseEvent(log);
    COINWAKE_CHECK(Uint256FromBytes(Uint256ToBytes(event.value)) == event.value);
    COINWAKE_CHECK(!log.topics.empty() || event.kind == EventKind::kOther);
  }
  for (const InternalTransaction& call : receipt.internal_transactions) (void)call.to.Name();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes(data, size);
  Receipt receipt;
  if (DecodeTransactionInfo(bytes, &receipt).ok()) Use(receipt);
  for (const auto decode : {&DecodeTransactionRet, &DecodeTransactionInfoList}) {
    BlockReceipts receipts;
    const absl::Status status = decode(bytes, &receipts);
    COINWAKE_CHECK(status.ok() || absl::IsInvalidArgument(status));
    if (!status.ok()) continue;
    for (const Receipt& one : receipts.receipts) Use(one);
    Block empty;
    const ReceiptMatch match = MatchReceipts(empty, receipts.receipts);
    COINWAKE_CHECK(match.extra == receipts.receipts.size());
  }
  return 0;
}
