// Goal: no bytes break the block decoder, and what it accepts it understood to the last byte.
// Method: an accepted block, written back from its records, is the input again, and its txids and
// sizes are those of the transactions written alone.
#include <algorithm>
#include <cstdint>

#include "indexer/base/check.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/network_params.h"
#include "tests/fuzz/bitcoin_wire.h"

using namespace coinwake;           // NOLINT(google-build-using-namespace)
using namespace coinwake::bitcoin;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ParsedBlock block;  // reused, as indexing does
  const ByteSpan bytes(data, size);
  if (!ParseBlock(bytes, &block).ok()) return 0;
  WireWriter whole;
  whole.Header(block.header);
  whole.CompactSize(block.transactions.size());
  for (const ParsedTransaction& transaction : block.transactions) {
    COINWAKE_CHECK(transaction.offset == whole.bytes().size());
    whole.Transaction(block, transaction, /*with_witness=*/true);
    COINWAKE_CHECK(transaction.offset + transaction.size_bytes == whole.bytes().size());
    WireWriter stripped;
    stripped.Transaction(block, transaction, /*with_witness=*/false);
    COINWAKE_CHECK(stripped.bytes().size() == transaction.stripped_size_bytes);
    COINWAKE_CHECK(DoubleSha256(stripped.bytes()) == transaction.txid);
    std::uint64_t sum = 0;
    for (const ParsedOutput& output : block.OutputsOf(transaction)) sum += output.value;
    COINWAKE_CHECK(sum <= kMaxMoney);
  }
  COINWAKE_CHECK(
      std::equal(bytes.begin(), bytes.end(), whole.bytes().begin(), whole.bytes().end()));
  COINWAKE_CHECK(HeaderHash(bytes.first(kHeaderSize)) == block.hash);
  (void)CheckBlock(block);
  (void)CoinbaseHeight(block.inputs.front().script_sig);
  for (const Network network : kBitcoinNetworks) {
    (void)CheckProofOfWork(block.hash, block.header.bits, ParamsOf(network));
  }
  // Work falls as targets grow, and is zero only without a target.
  COINWAKE_CHECK(WorkOfBits(block.header.bits).IsZero() == !TargetOfBits(block.header.bits));
  return 0;
}
