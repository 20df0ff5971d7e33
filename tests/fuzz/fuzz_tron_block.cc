// Goal: no bytes break the decoder of Tron blocks, and what it accepts is what protobuf itself
// reads. Method: an accepted block is framed again by the generated code: the same transactions,
// raw data, signatures and results, the same hashes. Names, checks and signers run over whatever
// came out.
#include <cstdint>
#include <string>

#include "indexer/base/check.h"
#include "indexer/tron/block.h"
#include "indexer/tron/signer.h"
#include "tron/block.pb.h"

using namespace coinwake;        // NOLINT(google-build-using-namespace)
using namespace coinwake::tron;  // NOLINT(google-build-using-namespace)

namespace {

// Recovering a signer is slow; a few of each input are enough.
constexpr std::size_t kMaxSigners = 4;

bool Same(ByteSpan a, const std::string& b) {
  const ByteSpan span = SpanOf(b);
  return std::equal(a.begin(), a.end(), span.begin(), span.end());
}

void CheckTransaction(const Transaction& transaction, const std::string& bytes) {
  COINWAKE_CHECK(Same(transaction.bytes, bytes));
  COINWAKE_CHECK(transaction.leaf == Sha256(SpanOf(bytes)));
  wire::Transaction framed;
  if (!framed.ParseFromString(bytes)) return;
  COINWAKE_CHECK(framed.has_raw_data() && Same(transaction.raw, framed.raw_data()));
  COINWAKE_CHECK(transaction.txid == Sha256(SpanOf(framed.raw_data())));
  COINWAKE_CHECK(transaction.signatures.size() ==
                 static_cast<std::size_t>(framed.signature_size()));
  COINWAKE_CHECK(transaction.results.size() == static_cast<std::size_t>(framed.ret_size()));
  for (const Contract& contract : transaction.contracts) {
    COINWAKE_CHECK((contract.problem != ContractProblem::kNone) ==
                   std::holds_alternative<std::monostate>(contract.body));
    const std::string name = contract.owner.Name();
    if (name.empty()) continue;
    const auto read = ParseAccount(name);
    COINWAKE_CHECK(read.ok() && *read == contract.owner);
  }
  (void)SuccessOf(transaction);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes(data, size);
  Transaction alone;
  (void)DecodeTransaction(bytes, &alone);
  ByteSpan stream = bytes;
  while (!stream.empty() && TakeDelimited(&stream, kMaxBlockSize).ok()) {
  }
  Block block;
  const absl::Status status = DecodeBlock(bytes, &block);
  if (!status.ok()) {
    COINWAKE_CHECK(absl::IsInvalidArgument(status));
    return 0;
  }
  COINWAKE_CHECK(NumberOfBlockId(block.header.id) == block.header.number);
  (void)CheckMerkleRoot(block);
  (void)CheckFollows(block.header, block.header.parent);
  (void)WitnessSignerOf(block.header);
  for (std::size_t i = 0; i < block.transactions.size() && i < kMaxSigners; ++i) {
    if (block.transactions[i].signatures.size() <= kMaxSigners) {
      (void)SignersOf(block.transactions[i]);
    }
  }
  wire::Block framed;
  if (!framed.ParseFromArray(data, static_cast<int>(size))) return 0;
  COINWAKE_CHECK(block.transactions.size() == static_cast<std::size_t>(framed.transactions_size()));
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    CheckTransaction(block.transactions[i], framed.transactions(static_cast<int>(i)));
  }
  return 0;
}
