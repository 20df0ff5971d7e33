#include "indexer/view/account_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"
#include "indexer/base/hash.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

// A token's name is bounded by its message; nothing longer is an asset.
constexpr std::uint64_t kMaxAssetBytes = 4'000'000;

Hash256 HashFromRow(ByteSpan row) {
  Hash256 hash;
  std::copy_n(row.begin(), hash.bytes.size(), hash.bytes.begin());
  return hash;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const AccountView>> AccountView::Open(FileSystem& files,
                                                                     KvStore& store,
                                                                     const std::string& folder,
                                                                     const std::string& label_set) {
  const std::shared_ptr<AccountView> view(new AccountView());
  COINWAKE_RETURN_IF_ERROR(view->OpenChain(files, store, folder, label_set));
  view->totals_ = TronFromTotals(view->tip_totals());
  // A number read from a damaged row falls back to 0, which must exist.
  const TronTotals& totals = view->totals_;
  if (totals.assets == 0 || (totals.events != 0 && totals.transactions == 0)) {
    return view->BadTotals(folder);
  }
  COINWAKE_RETURN_IF_ERROR(view->ReadFinalHeight(folder));
  COINWAKE_RETURN_IF_ERROR(view->damage().status());
  return std::shared_ptr<const AccountView>(view);
}

absl::Status AccountView::ReadFinalHeight(const std::string& folder) {
  const auto value = store().Get(kFinalHeightKey);
  if (absl::IsNotFound(value.status())) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(value.status());
  if (value->size() != sizeof(std::uint64_t)) {
    return absl::DataLossError(absl::StrCat(
        folder, ": the final height in the store is damaged; index again into an empty folder"));
  }
  // A rewind may have cut below what a newer source calls final.
  final_height_ = std::min(LoadBe<std::uint64_t>(value->data()), snapshot().height);
  return absl::OkStatus();
}

std::optional<AddressNum> AccountView::AddressAt(TronColumn id, std::uint64_t row) const {
  const auto address = Column(id).Get<std::uint32_t>(row);
  if (address == kNone32) return std::nullopt;
  if (address < totals_.addresses) return AddressNum{address};
  ReportRow(id, row);
  return std::nullopt;
}

AccountBlock AccountView::Block(std::uint64_t height) const {
  AccountBlock block;
  block.height = height;
  block.id = BlockHash(height);
  const std::uint64_t row = height - snapshot().from_height;
  block.tx_root = HashFromRow(Column(TronColumn::kBlockRoot).Rows(row, row + 1));
  block.time_ms = TimeOf(height);
  block.witness = AddressAt(TronColumn::kBlockWitness, row);
  block.transactions = TransactionsAt(height);
  return block;
}

std::int64_t AccountView::TimeOf(std::uint64_t height) const {
  COINWAKE_CHECK(snapshot().from_height <= height && height <= snapshot().height);
  return Column(TronColumn::kBlockTime).Get<std::int64_t>(height - snapshot().from_height);
}

TronTotals AccountView::TotalsAt(std::uint64_t height) const {
  COINWAKE_CHECK(snapshot().from_height <= height && height <= snapshot().height);
  return TronFromTotals(TotalsOfBlock(height - snapshot().from_height));
}

AccountTransaction AccountView::Transaction(TxNum tx) const {
  return {AddressAt(TronColumn::kTxOwner, tx.value), AddressAt(TronColumn::kTxContract, tx.value),
          Column(TronColumn::kTxType).Get<std::uint8_t>(tx.value),
          TronTxFlags::FromRow(Column(TronColumn::kTxFlags).Get<std::uint8_t>(tx.value))};
}

IdRange<EventNum> AccountView::Events(TxNum tx) const {
  const ColumnReader& first = Column(TronColumn::kTxFirstEvent);
  const std::uint64_t begin = first.Get<std::uint64_t>(tx.value);
  const std::uint64_t end =
      tx.value + 1 < totals_.transactions ? first.Get<std::uint64_t>(tx.value + 1) : totals_.events;
  if (begin > end || end > totals_.events) {
    ReportRow(TronColumn::kTxFirstEvent, tx.value);
    return {EventNum{0}, EventNum{0}};
  }
  return {EventNum{begin}, EventNum{end}};
}

LedgerEvent AccountView::Event(EventNum event) const {
  const std::uint64_t row = event.value;
  LedgerEvent found;
  found.kind = static_cast<EntryKind>(Column(TronColumn::kEventKind).Get<std::uint8_t>(row));
  const auto detail = EventDetail::FromRow(Column(TronColumn::kEventDetail).Get<std::uint8_t>(row));
  found.from_pot = static_cast<Pot>(detail.from_pot);
  found.to_pot = static_cast<Pot>(detail.to_pot);
  found.more = detail.more;
  found.asset.value =
      BoundedRow(static_cast<std::size_t>(TronColumn::kEventAsset), row, totals_.assets);
  found.from = AddressAt(TronColumn::kEventFrom, row);
  found.to = AddressAt(TronColumn::kEventTo, row);
  const auto amount =
      EventAmount::FromRow(Column(TronColumn::kEventAmount).Get<std::uint64_t>(row));
  if (!amount.is_wide()) {
    found.amount = amount.amount();
  } else if (amount.wide_row() < totals_.wide_amounts) {
    const ByteSpan bytes =
        Column(TronColumn::kWideAmount).Rows(amount.wide_row(), amount.wide_row() + 1);
    std::array<std::uint8_t, kUint256Size> big_endian;
    std::reverse_copy(bytes.begin(), bytes.end(), big_endian.begin());
    found.amount = Uint256FromBytes(big_endian);
  } else {
    ReportRow(TronColumn::kEventAmount, row);
  }
  return found;
}

TxNum AccountView::TransactionOf(EventNum event) const {
  return OwnerOf(event.value, tron_total::kEvents, Column(TronColumn::kTxFirstEvent));
}

ByteSpan AccountView::AssetName(AssetNum asset) const {
  const ColumnReader& ends = Column(TronColumn::kAssetEnd);
  const std::uint64_t end = ends.Get<std::uint64_t>(asset.value);
  const std::uint64_t begin = asset.value == 0 ? 0 : ends.Get<std::uint64_t>(asset.value - 1);
  if (begin >= end || end > totals_.asset_bytes || end - begin > kMaxAssetBytes) {
    ReportRow(TronColumn::kAssetEnd, asset.value);
    return {};
  }
  return Column(TronColumn::kAssetBytes).Rows(begin, end);
}

absl::StatusOr<AssetNum> AccountView::FindAsset(ByteSpan name) const {
  std::vector<std::uint64_t> candidates;
  COINWAKE_RETURN_IF_ERROR(
      Runs(RunTable::kAssets).Find(LoadBe<std::uint64_t>(Sha256(name).bytes.data()), &candidates));
  for (const std::uint64_t candidate : candidates) {
    if (candidate >= totals_.assets) continue;
    const ByteSpan found = AssetName(AssetNum{candidate});
    if (std::equal(found.begin(), found.end(), name.begin(), name.end())) {
      COINWAKE_RETURN_IF_ERROR(damage().status());
      return AssetNum{candidate};
    }
  }
  COINWAKE_RETURN_IF_ERROR(damage().status());
  return absl::NotFoundError("nothing in the index is counted in this asset");
}

absl::Status AccountView::AssetsOf(AddressNum address, AssetNum from, std::size_t limit,
                                   std::vector<AssetNum>* assets) const {
  const RunReader& runs = Runs(RunTable::kAccountEvents);
  const std::uint64_t last = AccountKey(address, AssetNum{kNone32});
  std::uint64_t next = AccountKey(address, from);
  for (std::size_t i = 0; i < limit; ++i) {
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> key, runs.FirstKeyFrom(next));
    if (!key.has_value() || *key >= last) break;
    const AssetNum asset{*key & kNone32};
    if (asset.value < totals_.assets) assets->push_back(asset);
    next = *key + 1;
  }
  return damage().status();
}

absl::Status AccountView::EventsOf(AddressNum address, AssetNum asset, EventNum from,
                                   std::size_t limit, std::vector<EventNum>* events) const {
  std::vector<std::uint64_t> numbers;
  COINWAKE_RETURN_IF_ERROR(Runs(RunTable::kAccountEvents)
                               .FindFrom(AccountKey(address, asset), from.value, limit, &numbers));
  for (const std::uint64_t number : numbers) {
    if (number >= totals_.events) break;  // ascending
    events->push_back(EventNum{number});
  }
  return damage().status();
}

}  // namespace coinwake
