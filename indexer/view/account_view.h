// An immutable snapshot of a Tron network's index at a committed tip.
//
// Value lies on accounts: a transaction has events, each of which may move an amount of one asset
// from one account to another (indexer/base/ledger_kind.h names the kinds). Events are numbered in
// chain order, which is the total order of everything. Snapshots, threads and damage are as View's.
#ifndef COINWAKE_INDEXER_VIEW_ACCOUNT_VIEW_H_
#define COINWAKE_INDEXER_VIEW_ACCOUNT_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/base/ledger_kind.h"
#include "indexer/base/status.h"
#include "indexer/segment/tron_schema.h"
#include "indexer/view/chain_view.h"

namespace coinwake {

struct AccountBlock {
  std::uint64_t height = 0;
  Hash256 id;
  Hash256 tx_root;
  std::int64_t time_ms = 0;  // since 1970
  std::optional<AddressNum> witness;
  IdRange<TxNum> transactions;
};

// A transaction but for its events.
struct AccountTransaction {
  std::optional<AddressNum> owner;     // who pays; nullopt where that cannot be read
  std::optional<AddressNum> contract;  // the smart contract it calls or creates
  std::uint8_t type = 0;  // of its contract: tron::ContractType, or kUnknownContractType
  TronTxFlags flags;
};

struct LedgerEvent {
  EntryKind kind = EntryKind::kTransfer;
  Pot from_pot = Pot::kFree;
  Pot to_pot = Pot::kFree;
  std::uint8_t more = 0;  // of kGap a GapReason; else a resource
  AssetNum asset;
  std::optional<AddressNum> from;  // nullopt: nobody, the amount is new
  std::optional<AddressNum> to;    // nullopt: nobody, the amount is gone
  Uint256 amount = 0;
};

class AccountView : public ChainView {
 public:
  // As View::Open().
  static absl::StatusOr<std::shared_ptr<const AccountView>> Open(FileSystem& files, KvStore& store,
                                                                 const std::string& folder,
                                                                 const std::string& label_set = {});
  ~AccountView() = default;

  const TronTotals& totals() const { return totals_; }  // at the tip
  std::uint64_t events_count() const { return totals_.events; }
  std::uint64_t assets_count() const { return totals_.assets; }
  // Blocks up to it are final; nullopt: not known.
  const std::optional<std::uint64_t>& final_height() const { return final_height_; }

  // REQUIRES: snapshot().from_height <= height <= snapshot().height.
  AccountBlock Block(std::uint64_t height) const;
  std::int64_t TimeOf(std::uint64_t height) const;  // milliseconds
  TronTotals TotalsAt(std::uint64_t height) const;

  // REQUIRES of both: tx < transactions_count().
  AccountTransaction Transaction(TxNum tx) const;
  IdRange<EventNum> Events(TxNum tx) const;

  // REQUIRES of both: event < events_count().
  LedgerEvent Event(EventNum event) const;
  TxNum TransactionOf(EventNum event) const;  // O(log transactions)

  // The first byte, an asset's kind (kFactsAsset has 0xff), then its name's bytes, as long as the
  // view. REQUIRES: asset < assets_count().
  ByteSpan AssetName(AssetNum asset) const;
  // By what AssetName() gives. kNotFound. A few store probes.
  absl::StatusOr<AssetNum> FindAsset(ByteSpan name) const;

  // Appends the assets of which `address` has events, ascending, those >= `from`, at most `limit`;
  // kFactsAsset is among them where something is said of the account. A few store probes each.
  absl::Status AssetsOf(AddressNum address, AssetNum from, std::size_t limit,
                        std::vector<AssetNum>* assets) const;
  // Appends events that name `address` (on either side) in `asset`, in chain order, those >=
  // `from`, at most `limit`.
  absl::Status EventsOf(AddressNum address, AssetNum asset, EventNum from, std::size_t limit,
                        std::vector<EventNum>* events) const;

  const ColumnReader& Column(TronColumn id) const { return ColumnAt(static_cast<std::size_t>(id)); }

 private:
  AccountView() : ChainView(Chain::kTron) {}

  absl::Status ReadFinalHeight(const std::string& folder);
  void ReportRow(TronColumn id, std::uint64_t row) const {
    ChainView::ReportRow(static_cast<std::size_t>(id), row);
  }
  // Of a column of account numbers.
  std::optional<AddressNum> AddressAt(TronColumn id, std::uint64_t row) const;

  TronTotals totals_;
  std::optional<std::uint64_t> final_height_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VIEW_ACCOUNT_VIEW_H_
