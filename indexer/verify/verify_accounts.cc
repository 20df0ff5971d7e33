// Tron's index against itself.
#include <algorithm>
#include <string_view>
#include <vector>

#include "indexer/base/hash.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/block.h"
#include "indexer/tron/token_registry.h"
#include "indexer/tron/wire.h"
#include "indexer/verify/checker.h"

namespace coinwake {
namespace {

class AccountVerifier : private IndexChecker {
 public:
  AccountVerifier(const AccountView& view, KvStore& store, Progress* progress)
      : IndexChecker(view, store, progress), view_(view), store_(store) {}

  absl::StatusOr<VerifyReport> Run() {
    return RunSteps({
        {[this] { return Checksums(); }, "check column checksums"},
        {[this] { return Blocks(); }, "check blocks"},
        {[this] { return Events(); }, "check events"},
        {[this] { return Names(); }, "check accounts and assets"},
        {[this] { return TransactionRuns(); }, "check txid look-up"},
        {[this] { return AddressRuns("account look-up"); }, "check account look-up"},
        {[this] { return AssetRuns(); }, "check asset look-up"},
        {[this] { return EventRuns(); }, "check account histories"},
        {[this] { return StoreKeys(); }, "check the store"},
    });
  }

 private:
  // Ids carry their heights and transactions follow on; the counts of each block are those of its
  // rows.
  absl::Status Blocks() {
    TronTotals totals;
    for (std::uint64_t height = view_.snapshot().from_height; height <= view_.snapshot().height;
         ++height) {
      const AccountBlock block = view_.Block(height);
      const std::uint64_t row = height - view_.snapshot().from_height;
      Check(tron::NumberOfBlockId(block.id) == height, "block_id.col", row,
            "is not the id of a block of its height");
      if (!Check(block.transactions.begin.value == totals.transactions, "block_totals.col", row,
                 "transactions do not follow on")) {
        return absl::OkStatus();
      }
      CountBlock(block, &totals);
      const TronTotals stored = view_.TotalsAt(height);
      Check(totals.events == stored.events && totals.transfers == stored.transfers &&
                totals.gaps == stored.gaps &&
                totals.failed_transactions == stored.failed_transactions &&
                totals.without_receipt == stored.without_receipt &&
                totals.malformed_transactions == stored.malformed_transactions,
            "block_totals.col", row, "is not what its transactions add up to");
    }
    Check(view_.BlockHash(view_.snapshot().height) == view_.snapshot().block_hash,
          "the commit record", 0, "names another tip");
    return absl::OkStatus();
  }

  void CountBlock(const AccountBlock& block, TronTotals* totals) {
    for (TxNum tx = block.transactions.begin; tx < block.transactions.end; ++tx) {
      ++totals->transactions;
      const TronTxFlags flags = view_.Transaction(tx).flags;
      if (flags.outcome == TxOutcome::kFailed) ++totals->failed_transactions;
      if (!flags.has_receipt && block.height != 0) ++totals->without_receipt;
      if (flags.malformed) ++totals->malformed_transactions;
      const IdRange<EventNum> events = view_.Events(tx);
      Check(events.begin.value == totals->events, "tx_first_event.col", tx.value,
            "events do not follow on");
      totals->events = events.end.value;
      for (EventNum number = events.begin; number < events.end; ++number) {
        const LedgerEvent event = view_.Event(number);
        if (event.kind == EntryKind::kGap) ++totals->gaps;
        if (MovesValue(event.kind) && event.from.has_value() && event.to.has_value() &&
            event.from != event.to) {
          ++totals->transfers;
        }
      }
    }
  }

  // Kinds are known, wide amounts are used once each and in order.
  absl::Status Events() {
    const ColumnReader& amounts = view_.Column(TronColumn::kEventAmount);
    std::uint64_t wide = 0;
    for (std::uint64_t row = 0; row < view_.events_count(); ++row) {
      const LedgerEvent event = view_.Event(EventNum{row});
      Check(EntryKindName(event.kind) != "unknown", "event_kind.col", row, "is no kind");
      // Gaps and facts of a message that names nobody are there, and nobody's.
      Check(!MovesValue(event.kind) || event.from.has_value() || event.to.has_value(),
            "event_from.col", row, "moves from nobody to nobody");
      Check(event.asset != kFactsAsset, "event_asset.col", row, "is no asset");
      const auto amount = EventAmount::FromRow(amounts.Get<std::uint64_t>(row));
      if (!amount.is_wide()) continue;
      Check(amount.wide_row() == wide && event.amount >= EventAmount::kWideFrom, "event_amount.col",
            row, "names a wide amount that is not its own");
      ++wide;
    }
    Check(wide == view_.totals().wide_amounts, "wide_amount.col", wide, "has amounts of no event");
    return absl::OkStatus();
  }

  // Names lie one behind the other, and assets are what they say.
  absl::Status Names() {
    Ends(TronColumn::kAddressEnd, view_.addresses_count(), view_.totals().address_bytes,
         "address_end.col");
    Ends(TronColumn::kAssetEnd, view_.assets_count(), view_.totals().asset_bytes, "asset_end.col");
    for (AssetNum asset; asset.value < view_.assets_count(); ++asset) {
      if (asset == kFactsAsset) continue;
      Check(tron::AssetOfBytes(view_.AssetName(asset)).has_value(), "asset_bytes.col", asset.value,
            "is no asset");
    }
    return absl::OkStatus();
  }

  void Ends(TronColumn column, std::uint64_t count, std::uint64_t bytes, const char* name) {
    std::uint64_t begin = 0;
    for (std::uint64_t row = 0; row < count; ++row) {
      const auto end = view_.Column(column).Get<std::uint64_t>(row);
      if (!Check(begin < end && end <= bytes, name, row, "is out of order")) return;
      begin = end;
    }
    Check(begin == bytes, name, count, "leaves bytes of no name");
  }

  absl::Status AssetRuns() {
    return Runs(RunTable::kAssets, "asset look-up", view_.assets_count(),
                [this](const RunEntry& entry) {
                  if (entry.number >= view_.assets_count()) return false;
                  const Hash256 hash = Sha256(view_.AssetName(AssetNum{entry.number}));
                  return LoadBe<std::uint64_t>(hash.bytes.data()) == entry.key;
                });
  }

  // An event is listed once under each account it names.
  absl::Status EventRuns() {
    std::uint64_t count = 0;
    for (std::uint64_t row = 0; row < view_.events_count(); ++row) {
      const LedgerEvent event = view_.Event(EventNum{row});
      if (event.from.has_value()) ++count;
      if (event.to.has_value() && event.to != event.from) ++count;
    }
    return Runs(RunTable::kAccountEvents, "account histories", count,
                [this](const RunEntry& entry) { return IsListedRight(entry); });
  }

  bool IsListedRight(const RunEntry& entry) const {
    if (entry.number >= view_.events_count()) return false;
    const LedgerEvent event = view_.Event(EventNum{entry.number});
    const bool is_fact = !MovesValue(event.kind) && event.kind != EntryKind::kGap;
    const AssetNum asset = is_fact ? kFactsAsset : event.asset;
    return (event.from.has_value() && AccountKey(*event.from, asset) == entry.key) ||
           (event.to.has_value() && AccountKey(*event.to, asset) == entry.key);
  }

  absl::Status StoreKeys() {
    COINWAKE_RETURN_IF_ERROR(Heights());
    std::vector<tron::RegistryChange> changes;
    const auto iterator = store_.NewIterator();
    for (iterator->Seek("g"); iterator->Valid() && iterator->key().starts_with("g");
         iterator->Next()) {
      const std::string_view key = iterator->key();
      changes.clear();
      const bool in_range = key.size() == 1 + sizeof(std::uint64_t) &&
                            LoadBe<std::uint64_t>(key.data() + 1) < view_.transactions_count();
      Check(in_range && DecodeRegistryChanges(tron::SpanOf(iterator->value()), &changes).ok(),
            "token registry", 0, "holds what is no change of an indexed transaction");
    }
    return iterator->status();
  }

  const AccountView& view_;
  KvStore& store_;
};

}  // namespace

absl::StatusOr<VerifyReport> VerifyAccounts(const AccountView& view, KvStore& store,
                                            Progress* progress) {
  return AccountVerifier(view, store, progress).Run();
}

}  // namespace coinwake
