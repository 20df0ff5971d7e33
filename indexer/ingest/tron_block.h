// A block of Tron's, ready to be booked: read, decoded, checked, its receipts laid beside it.
#ifndef COINWAKE_INDEXER_INGEST_TRON_BLOCK_H_
#define COINWAKE_INDEXER_INGEST_TRON_BLOCK_H_

#include <cstdint>

#include "indexer/base/status.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron_source/block_source.h"

namespace coinwake {

struct PreparedTronBlock {
  tron::RawBlock raw;  // what spans of `block` point into
  tron::Block block;
  tron::BlockReceipts receipts;
  tron::ReceiptMatch match;

  // nullptr: there is none.
  const tron::Receipt* ReceiptOf(std::size_t transaction) const {
    const auto& place = match.receipt_of[transaction];
    return place.has_value() ? &receipts.receipts[*place] : nullptr;
  }
};

// Decodes what is in `prepared->raw` and fills the rest. kDataLoss names the block: its bytes or
// its receipts are none, they are of another block than `number`, or its transactions are not those
// its header commits to. Safe from any thread.
absl::Status PrepareTronBlock(std::uint64_t number, PreparedTronBlock* prepared);

// What preparing a block makes of its bytes, in bytes of memory, with them; rather too much. Counts
// the parts of its messages, because a part of two bytes can become hundreds.
std::uint64_t PreparedSize(const tron::RawBlock& raw);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_TRON_BLOCK_H_
