#include "indexer/ingest/tron_batch.h"

#include <algorithm>
#include <limits>
#include <variant>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/ingest/vector_stream.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

using tron::Account;
using tron::Asset;
using tron::Entry;

// Positions in the schema.
enum : std::size_t { kTxTable = 0, kAddressTable = 1, kEventTable = 2, kAssetTable = 3 };

// First byte of an asset's name that no kind has: see kFactsAsset.
constexpr char kFactsName[] = "\xff";

// Of the batch's own names, which no block needs to mention.
constexpr std::uint32_t kTrxName = 0;
constexpr std::uint32_t kFactsNumber = 1;

constexpr std::size_t Position(TronColumn column) { return static_cast<std::size_t>(column); }

// The smart contract that a transaction calls or creates; nobody for the others.
Account ContractOf(const tron::Transaction& transaction, const tron::Receipt* receipt) {
  const tron::Contract* contract = transaction.contract();
  if (contract == nullptr) return {};
  if (const auto* call = std::get_if<tron::TriggerSmartContract>(&contract->body)) {
    return call->contract;
  }
  if (!std::holds_alternative<tron::CreateSmartContract>(contract->body)) return {};
  if (receipt != nullptr && receipt->contract.address().has_value()) return receipt->contract;
  return Account(tron::AddressOfCreatedContract(transaction.txid, contract->owner.bytes()));
}

TxOutcome OutcomeOf(const tron::Booking& booking) {
  if (booking.counts.failed != 0) return TxOutcome::kFailed;
  return booking.counts.unknown_success != 0 ? TxOutcome::kUnknown : TxOutcome::kSucceeded;
}

std::uint8_t TypeOf(const tron::Transaction& transaction) {
  const tron::Contract* contract = transaction.contract();
  if (contract == nullptr) return kUnknownContractType;
  const auto type = static_cast<std::int32_t>(contract->type);
  return type >= 0 && type < kUnknownContractType ? static_cast<std::uint8_t>(type)
                                                  : kUnknownContractType;
}

EventDetail DetailOf(const Entry& entry) {
  EventDetail detail;
  detail.from_pot = static_cast<std::uint8_t>(entry.from_pot);
  detail.to_pot = static_cast<std::uint8_t>(entry.to_pot);
  const auto resource = static_cast<std::int32_t>(entry.resource);
  detail.more = entry.kind == EntryKind::kGap
                    ? static_cast<std::uint8_t>(entry.gap)
                    : static_cast<std::uint8_t>(resource >= 0 && resource < 15 ? resource : 15);
  return detail;
}

bool IsFact(EntryKind kind) { return !MovesValue(kind) && kind != EntryKind::kGap; }

}  // namespace

absl::Status BookBlock(const PreparedTronBlock& block, std::optional<std::int64_t> parent_time_ms,
                       tron::TokenRegistry* registry, std::vector<tron::Booking>* bookings) {
  const tron::BlockHeader& header = block.block.header;
  const tron::BlockContext context{header.number, header.version, parent_time_ms};
  const std::vector<tron::Transaction>& transactions = block.block.transactions;
  if (bookings->size() < transactions.size()) bookings->resize(transactions.size());
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    const absl::Status status =
        BookTransaction(context, transactions[i], block.ReceiptOf(i), registry, &(*bookings)[i]);
    if (!status.ok()) {
      return absl::DataLossError(absl::StrCat("block ", header.number, ": transaction ",
                                              transactions[i].txid.ToHex(), ": ", status.message(),
                                              "; take its receipts from another node"));
    }
  }
  return absl::OkStatus();
}

TronBatch::TronBatch(IndexWriter& writer, tron::TokenRegistry& registry,
                     std::optional<std::int64_t> parent_time_ms)
    : writer_(writer),
      registry_(registry),
      base_(TronFromTotals(writer.totals())),
      totals_(base_),
      parent_time_ms_(parent_time_ms) {
  COINWAKE_CHECK(InternAsset(Asset::Trx()) == kTrxName);
  COINWAKE_CHECK(assets_.Intern(AsBytes(kFactsName, 1)) == kFactsNumber);
}

std::uint32_t TronBatch::InternAccount(const Account& account) {
  return account.empty() ? kNone32 : addresses_.Intern(account.bytes());
}

std::uint32_t TronBatch::InternAsset(const Asset& asset) {
  asset_name_.clear();
  AppendAssetBytes(asset, &asset_name_);
  return assets_.Intern(AsBytes(asset_name_.data(), asset_name_.size()));
}

absl::Status TronBatch::Add(const PreparedTronBlock& block) {
  COINWAKE_RETURN_IF_ERROR(BookBlock(block, parent_time_ms_, &registry_, &bookings_));
  const tron::BlockHeader& header = block.block.header;
  COINWAKE_RETURN_IF_ERROR(writer_.column(TronColumn::kBlockId).Append(header.id.bytes));
  COINWAKE_RETURN_IF_ERROR(AppendNumber(writer_.column(TronColumn::kBlockTime), header.time_ms));
  COINWAKE_RETURN_IF_ERROR(writer_.column(TronColumn::kBlockRoot).Append(header.tx_root.bytes));
  for (std::size_t i = 0; i < block.block.transactions.size(); ++i) {
    COINWAKE_RETURN_IF_ERROR(AppendTransaction(block, i));
  }
  // Genesis names its maker by a sentence, which is no account.
  witnesses_.push_back(header.witness.address().has_value() ? InternAccount(header.witness)
                                                            : kNone32);
  totals_.raw_bytes += block.block.size_bytes;
  block_ids_.push_back(header.id);
  block_ends_.push_back({addresses_.count(), assets_.count(), totals_});
  parent_time_ms_ = header.time_ms;
  return absl::OkStatus();
}

absl::Status TronBatch::AppendTransaction(const PreparedTronBlock& block, std::size_t index) {
  const tron::Transaction& transaction = block.block.transactions[index];
  const tron::Receipt* receipt = block.ReceiptOf(index);
  const tron::Booking& booking = bookings_[index];
  TronTxFlags flags;
  flags.outcome = OutcomeOf(booking);
  flags.has_receipt = receipt != nullptr;
  flags.has_memo = !transaction.memo.empty();
  flags.malformed = !transaction.well_formed();
  COINWAKE_RETURN_IF_ERROR(writer_.column(TronColumn::kTxId).Append(transaction.txid.bytes));
  COINWAKE_RETURN_IF_ERROR(AppendNumber(writer_.column(TronColumn::kTxFirstEvent), totals_.events));
  COINWAKE_RETURN_IF_ERROR(AppendNumber(writer_.column(TronColumn::kTxType), TypeOf(transaction)));
  COINWAKE_RETURN_IF_ERROR(AppendNumber(writer_.column(TronColumn::kTxFlags), flags.ToRow()));
  txids_.push_back(transaction.txid);
  const tron::Contract* contract = transaction.contract();
  tx_names_.push_back({contract == nullptr ? kNone32 : InternAccount(contract->owner),
                       InternAccount(ContractOf(transaction, receipt))});
  for (const Entry& entry : booking.entries) COINWAKE_RETURN_IF_ERROR(AppendEvent(entry));
  if (!booking.changes.empty()) {
    std::string record;
    for (const tron::RegistryChange& change : booking.changes) {
      AppendRegistryChange(change, &record);
    }
    keys_.Put(RegistryKey(TxNum{totals_.transactions}), record);
  }
  ++totals_.transactions;
  Count(booking.counts);
  return absl::OkStatus();
}

absl::Status TronBatch::AppendEvent(const Entry& entry) {
  EventAmount amount = EventAmount::Of(0);
  const std::optional<std::uint64_t> small = ToUint64(entry.amount);
  if (small.has_value() && *small < EventAmount::kWideFrom) {
    amount = EventAmount::Of(*small);
  } else {
    amount = EventAmount::OfWideRow(totals_.wide_amounts++);
    std::array<std::uint8_t, kUint256Size> row = Uint256ToBytes(entry.amount);
    std::reverse(row.begin(), row.end());
    COINWAKE_RETURN_IF_ERROR(writer_.column(TronColumn::kWideAmount).Append(row));
  }
  COINWAKE_RETURN_IF_ERROR(
      AppendNumber(writer_.column(TronColumn::kEventKind), static_cast<std::uint8_t>(entry.kind)));
  COINWAKE_RETURN_IF_ERROR(
      AppendNumber(writer_.column(TronColumn::kEventDetail), DetailOf(entry).ToRow()));
  COINWAKE_RETURN_IF_ERROR(AppendNumber(writer_.column(TronColumn::kEventAmount), amount.row()));
  event_names_.push_back({InternAsset(entry.asset), InternAccount(entry.from),
                          InternAccount(entry.to), IsFact(entry.kind)});
  ++totals_.events;
  if (entry.kind == EntryKind::kGap) ++totals_.gaps;
  if (MovesValue(entry.kind) && !entry.from.empty() && !entry.to.empty() &&
      entry.from != entry.to) {
    ++totals_.transfers;
  }
  return absl::OkStatus();
}

void TronBatch::Count(const tron::LedgerCounts& counts) {
  totals_.failed_transactions += counts.failed;
  totals_.without_receipt += counts.missing_receipts;
  totals_.malformed_transactions += counts.malformed;
  totals_.unknown_contracts += counts.unknown_types;
  totals_.contract_runs += counts.vm_runs;
  totals_.internal_transactions += counts.internal + counts.rejected_internal;
  totals_.unknown_notes += counts.unknown_notes;
  totals_.other_token_logs +=
      counts.nft_transfers + counts.unindexed_transfers + counts.malformed_events;
}

std::uint64_t TronBatch::memory_bytes() const {
  // Finish() adds: a key, a number and a place in order for each name; a run entry for each
  // transaction; up to two for each event.
  constexpr std::uint64_t kFinishNameBytes = 2 * sizeof(RunEntry) + 2 * sizeof(std::uint32_t);
  const std::uint64_t names = addresses_.count() + assets_.count();
  return addresses_.memory_bytes() + assets_.memory_bytes() + names * kFinishNameBytes +
         txids_.size() * (sizeof(Hash256) + sizeof(TxNames) + sizeof(RunEntry)) +
         event_names_.size() * (sizeof(EventNames) + 2 * sizeof(RunEntry)) +
         block_ends_.size() * (sizeof(BlockEnd) + sizeof(Hash256)) + keys_.size_bytes();
}

NameColumns TronBatch::AddressColumns() const {
  return {kAddressTable, Position(TronColumn::kAddressEnd), Position(TronColumn::kAddressBytes),
          base_.addresses, base_.address_bytes};
}
NameColumns TronBatch::AssetColumns() const {
  return {kAssetTable, Position(TronColumn::kAssetEnd), Position(TronColumn::kAssetBytes),
          base_.assets, base_.asset_bytes};
}

absl::Status TronBatch::AppendResolved(const ResolvedNames& addresses,
                                       const ResolvedNames& assets) {
  const auto address = [&](std::uint32_t name) {
    return name == kNone32 ? kNone32 : addresses.number_of[name];
  };
  ColumnWriter& witnesses = writer_.column(TronColumn::kBlockWitness);
  for (const std::uint32_t witness : witnesses_) {
    COINWAKE_RETURN_IF_ERROR(AppendNumber(witnesses, address(witness)));
  }
  ColumnWriter& owners = writer_.column(TronColumn::kTxOwner);
  ColumnWriter& contracts = writer_.column(TronColumn::kTxContract);
  for (const TxNames& names : tx_names_) {
    COINWAKE_RETURN_IF_ERROR(AppendNumber(owners, address(names.owner)));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(contracts, address(names.contract)));
  }
  ColumnWriter& event_assets = writer_.column(TronColumn::kEventAsset);
  ColumnWriter& from = writer_.column(TronColumn::kEventFrom);
  ColumnWriter& to = writer_.column(TronColumn::kEventTo);
  for (EventNames& names : event_names_) {
    names.asset = assets.number_of[names.asset];
    names.from = address(names.from);
    names.to = address(names.to);
    COINWAKE_RETURN_IF_ERROR(AppendNumber(event_assets, names.asset));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(from, names.from));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(to, names.to));
  }
  return absl::OkStatus();
}

absl::StatusOr<Totals> TronBatch::AppendTotals(const ResolvedNames& addresses,
                                               const ResolvedNames& assets) {
  ColumnWriter& column = writer_.column(TronColumn::kBlockTotals);
  TronTotals totals = base_;
  std::size_t new_addresses = 0;
  std::size_t new_assets = 0;
  for (const BlockEnd& end : block_ends_) {
    const std::uint64_t address_bytes = totals.address_bytes;
    const std::uint64_t asset_bytes = totals.asset_bytes;
    totals = end.totals;
    totals.address_bytes = address_bytes;
    totals.asset_bytes = asset_bytes;
    for (; new_addresses < addresses.fresh.size() && addresses.fresh[new_addresses] < end.addresses;
         ++new_addresses) {
      totals.address_bytes += addresses_.name(addresses.fresh[new_addresses]).size();
    }
    for (; new_assets < assets.fresh.size() && assets.fresh[new_assets] < end.assets;
         ++new_assets) {
      totals.asset_bytes += assets_.name(assets.fresh[new_assets]).size();
    }
    totals.addresses = base_.addresses + new_addresses;
    totals.assets = base_.assets + new_assets;
    const Totals row = ToTotals(totals);
    for (std::size_t i = 0; i < kTronTotalsCount; ++i) {
      std::uint8_t bytes[sizeof(std::uint64_t)];
      StoreLe(bytes, row[i]);
      std::copy(std::begin(bytes), std::end(bytes),
                totals_row_.begin() + static_cast<std::ptrdiff_t>(i * sizeof(bytes)));
    }
    COINWAKE_RETURN_IF_ERROR(column.Append(totals_row_));
  }
  return ToTotals(totals);
}

absl::Status TronBatch::WriteRuns(const ResolvedNames& addresses, const ResolvedNames& assets,
                                  RunLists* runs) {
  COINWAKE_RETURN_IF_ERROR(AppendNames(addresses_, addresses, AddressColumns(), writer_, runs));
  COINWAKE_RETURN_IF_ERROR(AppendNames(assets_, assets, AssetColumns(), writer_, runs));
  std::vector<RunEntry> entries;
  entries.reserve(txids_.size());
  for (std::size_t i = 0; i < txids_.size(); ++i) {
    entries.push_back({LoadBe<std::uint64_t>(txids_[i].bytes.data()), base_.transactions + i});
  }
  std::sort(entries.begin(), entries.end());
  {
    VectorStream stream({entries});
    COINWAKE_RETURN_IF_ERROR(writer_.AddRun(kTxTable, base_.transactions, totals_.transactions,
                                            stream, &(*runs)[kTxTable]));
  }
  entries.clear();
  for (std::size_t i = 0; i < event_names_.size(); ++i) {
    const EventNames& names = event_names_[i];
    const AssetNum asset = names.is_fact ? kFactsAsset : AssetNum{names.asset};
    const std::uint64_t number = base_.events + i;
    if (names.from != kNone32) {
      entries.push_back({AccountKey(AddressNum{names.from}, asset), number});
    }
    if (names.to != kNone32 && names.to != names.from) {
      entries.push_back({AccountKey(AddressNum{names.to}, asset), number});
    }
  }
  std::sort(entries.begin(), entries.end());
  VectorStream stream({entries});
  return writer_.AddRun(kEventTable, base_.events, totals_.events, stream, &(*runs)[kEventTable]);
}

absl::StatusOr<IndexWriter::Change> TronBatch::Finish() {
  COINWAKE_CHECK(!block_ids_.empty());
  COINWAKE_ASSIGN_OR_RETURN(const ResolvedNames addresses,
                            ResolveNames(addresses_, AddressColumns(), writer_));
  COINWAKE_ASSIGN_OR_RETURN(const ResolvedNames assets,
                            ResolveNames(assets_, AssetColumns(), writer_));
  COINWAKE_RETURN_IF_ERROR(AppendResolved(addresses, assets));
  IndexWriter::Change change;
  COINWAKE_ASSIGN_OR_RETURN(change.totals, AppendTotals(addresses, assets));
  change.runs = writer_.committed().runs;
  COINWAKE_RETURN_IF_ERROR(WriteRuns(addresses, assets, &change.runs));
  change.blocks = writer_.committed().blocks + block_ids_.size();
  change.tip_hash = block_ids_.back();
  for (const Hash256& id : block_ids_) {
    keys_.Put(BlockHeightKey(id), BigEndian64(tron::NumberOfBlockId(id)));
  }
  change.keys = std::move(keys_);
  return change;
}

}  // namespace coinwake
