// Goal: no bytes break the transaction decoder, and what it accepts it understood to the last byte.
// Method: an accepted transaction, written back from its records, is the input again; everything
// that is asked of its inputs and outputs while indexing is asked here.
#include <algorithm>
#include <cstdint>

#include "indexer/base/check.h"
#include "indexer/bitcoin/address.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"
#include "tests/fuzz/bitcoin_wire.h"

using namespace coinwake;           // NOLINT(google-build-using-namespace)
using namespace coinwake::bitcoin;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ParsedBlock block;
  const ByteSpan bytes(data, size);
  if (!ParseTransaction(bytes, &block).ok()) return 0;
  COINWAKE_CHECK(block.transactions.size() == 1);
  const ParsedTransaction& transaction = block.transactions.front();
  WireWriter whole;
  whole.Transaction(block, transaction, /*with_witness=*/true);
  COINWAKE_CHECK(
      std::equal(bytes.begin(), bytes.end(), whole.bytes().begin(), whole.bytes().end()));
  COINWAKE_CHECK(transaction.weight() >= 4 * transaction.stripped_size_bytes);
  for (const ParsedOutput& output : block.OutputsOf(transaction)) {
    (void)NameOfScript(output.script, Network::kBitcoin);
  }
  for (const ParsedInput& input : block.InputsOf(transaction)) {
    const auto witness = block.WitnessOf(input);
    for (int type = 0; type <= static_cast<int>(ScriptType::kNullData); ++type) {
      const RedeemKind kind =
          RedeemKindOfInput(static_cast<ScriptType>(type), input.script_sig, witness);
      COINWAKE_CHECK(RedeemKindName(kind) != "unknown");
    }
    (void)AllSignaturesAnyoneCanPay(input.script_sig, witness);
  }
  return 0;
}
