// Goal: no block and no receipts make the ledger give entries that do not add up, or a registry
// that its records do not give back.
// Method: a block behind its length, then receipts, each of which is said to be that of the
// transaction in its place, since no fuzzer guesses a hash. Each transaction is booked twice, with
// its receipt and without; sums are kept beside, modulo 2^256.
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/check.h"
#include "indexer/tron/ledger.h"

using namespace coinwake;        // NOLINT(google-build-using-namespace)
using namespace coinwake::tron;  // NOLINT(google-build-using-namespace)

namespace {

class Sums {
 public:
  void Add(const Entry& entry) {
    COINWAKE_CHECK(EntryKindName(entry.kind) != "unknown");
    COINWAKE_CHECK((entry.kind == EntryKind::kGap) == (entry.gap != GapReason::kNone));
    if (!MovesValue(entry.kind)) return;
    COINWAKE_CHECK(!entry.from.empty() || !entry.to.empty());
    const bool mints = entry.kind == EntryKind::kGenesis || entry.kind == EntryKind::kReward ||
                       entry.kind == EntryKind::kTokenIssue || entry.kind == EntryKind::kMint ||
                       entry.kind == EntryKind::kShielded;
    COINWAKE_CHECK(mints || !entry.from.empty());
    balances_[{entry.asset, entry.from}] -= entry.amount;
    balances_[{entry.asset, entry.to}] += entry.amount;
  }
  // With nobody's balance, which is what was destroyed less what was minted, all is zero.
  void Check() const {
    std::map<Asset, Uint256> sums;
    for (const auto& [key, amount] : balances_) sums[key.first] += amount;
    for (const auto& [asset, sum] : sums) COINWAKE_CHECK(sum == 0);
  }

 private:
  std::map<std::pair<Asset, Account>, Uint256> balances_;
};

struct Ledger {
  TokenRegistry registry;
  TokenRegistry from_records;
  Booking booking;
  Sums sums;

  void Book(const BlockContext& context, const Transaction& transaction, const Receipt* receipt) {
    const absl::Status status = BookTransaction(context, transaction, receipt, &registry, &booking);
    if (!status.ok()) {
      COINWAKE_CHECK(absl::IsDataLoss(status) && booking.entries.empty());
      COINWAKE_CHECK(booking.changes.empty());
      return;
    }
    COINWAKE_CHECK(booking.counts.transactions == 1);
    for (const Entry& entry : booking.entries) {
      sums.Add(entry);
      const auto read = ParseAsset(entry.asset.Name());
      COINWAKE_CHECK(read.ok() && *read == entry.asset);
    }
    std::string record;
    for (const RegistryChange& change : booking.changes) AppendRegistryChange(change, &record);
    std::vector<RegistryChange> read;
    COINWAKE_CHECK(DecodeRegistryChanges(SpanOf(record), &read).ok() && read == booking.changes);
    for (const RegistryChange& change : read) from_records.Apply(change);
  }
  void Check() const {
    sums.Check();
    COINWAKE_CHECK(registry == from_records);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan bytes(data, size);
  std::vector<RegistryChange> any;
  if (DecodeRegistryChanges(bytes, &any).ok()) {
    std::string again;
    for (const RegistryChange& change : any) AppendRegistryChange(change, &again);
    COINWAKE_CHECK(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end(),
                              [](char a, std::uint8_t b) { return a == static_cast<char>(b); }));
  }
  ByteSpan stream = bytes;
  const auto message = TakeDelimited(&stream, kMaxBlockSize);
  Block block;
  if (!message.ok() || !DecodeBlock(*message, &block).ok()) return 0;
  BlockReceipts receipts;
  if (!DecodeTransactionRet(stream, &receipts).ok()) receipts = {};
  const BlockContext context{.number = block.header.number,
                             .version = block.header.version,
                             .parent_time_ms = block.header.time_ms};
  Ledger with_receipts;
  Ledger without;
  for (std::size_t i = 0; i < block.transactions.size(); ++i) {
    Receipt* receipt = nullptr;
    if (i < receipts.receipts.size()) {
      receipt = &receipts.receipts[i];
      receipt->txid = block.transactions[i].txid;
      receipt->block_number = block.header.number;
    }
    with_receipts.Book(context, block.transactions[i], receipt);
    without.Book(context, block.transactions[i], nullptr);
  }
  with_receipts.Check();
  without.Check();
  return 0;
}
