// Every column of a Tron index: file name, row width, meaning. docs/design/tron.md is the page for
// people; this header is what the program obeys.
//
//   file             row                               indexed by
//   block_id         32 bytes                          height - from_height
//   block_time       i64 milliseconds since 1970       height - from_height
//   block_root       32 bytes, root of its merkle tree height - from_height
//   block_witness    u32 AddressNum                    height - from_height
//   block_totals     TronTotals                        height - from_height
//   tx_id            32 bytes                          TxNum
//   tx_first_event   u64 EventNum                      TxNum
//   tx_owner         u32 AddressNum                    TxNum
//   tx_contract      u32 AddressNum, called or created TxNum
//   tx_type          u8 contract type                  TxNum
//   tx_flags         u8 TronTxFlags                    TxNum
//   event_kind       u8 kind of a ledger entry         EventNum
//   event_detail     u8 EventDetail                    EventNum
//   event_asset      u32 AssetNum                      EventNum
//   event_from       u32 AddressNum                    EventNum
//   event_to         u32 AddressNum                    EventNum
//   event_amount     u64 EventAmount                   EventNum
//   wide_amount      32 bytes                          row named by an EventAmount
//   asset_end        u64 offset                        AssetNum
//   asset_bytes      u8, the kind of asset, its name   byte offset
//   address_end      u64 offset                        AddressNum
//   address_bytes    u8                                byte offset
//
// All numbers are little-endian; kNone32 is nobody. Rows [first(n), first(n+1)) of a child table
// belong to parent n; the end of the last parent is the row count. Changing anything here is a new
// format version.
#ifndef COINWAKE_INDEXER_SEGMENT_TRON_SCHEMA_H_
#define COINWAKE_INDEXER_SEGMENT_TRON_SCHEMA_H_

#include <array>
#include <cstdint>

#include "indexer/base/ids.h"
#include "indexer/segment/column_spec.h"

namespace coinwake {

// Position in kTronColumns and in a commit record: values never change.
enum class TronColumn : std::uint8_t {
  kBlockId = 0,
  kBlockTime = 1,
  kBlockRoot = 2,
  kBlockWitness = 3,
  kBlockTotals = 4,
  kTxId = 5,
  kTxFirstEvent = 6,
  kTxOwner = 7,
  kTxContract = 8,
  kTxType = 9,
  kTxFlags = 10,
  kEventKind = 11,
  kEventDetail = 12,
  kEventAsset = 13,
  kEventFrom = 14,
  kEventTo = 15,
  kEventAmount = 16,
  kWideAmount = 17,
  kAssetEnd = 18,
  kAssetBytes = 19,
  kAddressEnd = 20,
  kAddressBytes = 21,
};
inline constexpr std::size_t kTronColumnsCount = 22;

// Running totals up to and including a block. Row of block_totals: these u64 in this order.
struct TronTotals {
  std::uint64_t transactions = 0;
  std::uint64_t events = 0;
  std::uint64_t addresses = 0;
  std::uint64_t address_bytes = 0;
  std::uint64_t assets = 0;
  std::uint64_t asset_bytes = 0;
  std::uint64_t wide_amounts = 0;
  std::uint64_t transfers = 0;               // events that move value from one account to another
  std::uint64_t gaps = 0;                    // events that tell of a balance nobody can follow
  std::uint64_t failed_transactions = 0;     // they moved nothing but their fee
  std::uint64_t without_receipt = 0;         // transactions; those of block 0 do not count
  std::uint64_t malformed_transactions = 0;  // their contract is missing or cannot be read
  std::uint64_t unknown_contracts = 0;       // transactions of types this version does not know
  std::uint64_t contract_runs = 0;           // calls and creations that succeeded, with a receipt
  std::uint64_t internal_transactions = 0;   // what receipts tell of the contracts' own calls
  std::uint64_t unknown_notes = 0;           // internal transactions of a sort not known
  std::uint64_t other_token_logs = 0;        // transfers of TRC-721, or not to be read as TRC-20
  std::uint64_t raw_bytes = 0;               // size of the blocks as serialized, without receipts

  friend bool operator==(const TronTotals&, const TronTotals&) = default;
};
inline constexpr std::size_t kTronTotalsCount = sizeof(TronTotals) / sizeof(std::uint64_t);
static_assert(kTronTotalsCount == 18 && kTronTotalsCount <= kMaxTotals);

// Positions in TronTotals.
namespace tron_total {
enum : std::uint8_t {
  kTransactions = 0,
  kEvents = 1,
  kAddresses = 2,
  kAddressBytes = 3,
  kAssets = 4,
  kAssetBytes = 5,
  kWideAmounts = 6,
};
}  // namespace tron_total

inline constexpr std::array<ColumnSpec, kTronColumnsCount> kTronColumns = {{
    {"block_id", 32, false, kPerBlock},
    {"block_time", 8, false, kPerBlock},
    {"block_root", 32, false, kPerBlock},
    {"block_witness", 4, false, kPerBlock},
    {"block_totals", sizeof(TronTotals), false, kPerBlock},
    {"tx_id", 32, false, tron_total::kTransactions},
    {"tx_first_event", 8, false, tron_total::kTransactions},
    {"tx_owner", 4, false, tron_total::kTransactions},
    {"tx_contract", 4, false, tron_total::kTransactions},
    {"tx_type", 1, false, tron_total::kTransactions},
    {"tx_flags", 1, false, tron_total::kTransactions},
    {"event_kind", 1, false, tron_total::kEvents},
    {"event_detail", 1, false, tron_total::kEvents},
    {"event_asset", 4, false, tron_total::kEvents},
    {"event_from", 4, false, tron_total::kEvents},
    {"event_to", 4, false, tron_total::kEvents},
    {"event_amount", 8, false, tron_total::kEvents},
    {"wide_amount", 32, false, tron_total::kWideAmounts},
    {"asset_end", 8, false, tron_total::kAssets},
    {"asset_bytes", 1, false, tron_total::kAssetBytes},
    {"address_end", 8, false, tron_total::kAddresses},
    {"address_bytes", 1, false, tron_total::kAddressBytes},
}};
static_assert(kTronColumns.size() == static_cast<std::size_t>(TronColumn::kAddressBytes) + 1);

constexpr const ColumnSpec& SpecOf(TronColumn id) {
  return kTronColumns[static_cast<std::size_t>(id)];
}

constexpr Totals ToTotals(const TronTotals& totals) {
  return {totals.transactions,        totals.events,           totals.addresses,
          totals.address_bytes,       totals.assets,           totals.asset_bytes,
          totals.wide_amounts,        totals.transfers,        totals.gaps,
          totals.failed_transactions, totals.without_receipt,  totals.malformed_transactions,
          totals.unknown_contracts,   totals.contract_runs,    totals.internal_transactions,
          totals.unknown_notes,       totals.other_token_logs, totals.raw_bytes};
}
constexpr TronTotals TronFromTotals(const Totals& totals) {
  return {totals[0],  totals[1],  totals[2],  totals[3],  totals[4],  totals[5],
          totals[6],  totals[7],  totals[8],  totals[9],  totals[10], totals[11],
          totals[12], totals[13], totals[14], totals[15], totals[16], totals[17]};
}

// Row of event_amount: an amount below 2^63, or (top bit) the row of wide_amount that holds it.
class EventAmount {
 public:
  // Amounts from here on are wide.
  static constexpr std::uint64_t kWideFrom = std::uint64_t{1} << 63;

  // REQUIRES: amount < kWideFrom.
  static constexpr EventAmount Of(std::uint64_t amount) { return EventAmount(amount); }
  static constexpr EventAmount OfWideRow(std::uint64_t row) { return EventAmount(row | kWideFrom); }
  static constexpr EventAmount FromRow(std::uint64_t row) { return EventAmount(row); }

  constexpr bool is_wide() const { return (row_ & kWideFrom) != 0; }
  constexpr std::uint64_t amount() const { return row_; }                 // REQUIRES: !is_wide()
  constexpr std::uint64_t wide_row() const { return row_ & ~kWideFrom; }  // REQUIRES: is_wide()
  constexpr std::uint64_t row() const { return row_; }

 private:
  explicit constexpr EventAmount(std::uint64_t row) : row_(row) {}
  std::uint64_t row_;
};

// In tx_type: no contract, several of them, or one of a type that no byte holds.
inline constexpr std::uint8_t kUnknownContractType = 0xff;

// Row of tx_flags: bits 0-1 outcome, bit 2 receipt there, bit 3 memo, bit 4 malformed.
enum class TxOutcome : std::uint8_t {
  kSucceeded = 0,
  kFailed = 1,   // moved nothing but its fee
  kUnknown = 2,  // a smart contract ran, and neither block nor receipt says how it ended
};
struct TronTxFlags {
  TxOutcome outcome = TxOutcome::kSucceeded;
  bool has_receipt = false;
  bool has_memo = false;
  bool malformed = false;  // its contract is missing, unknown or unreadable

  constexpr std::uint8_t ToRow() const {
    return static_cast<std::uint8_t>(static_cast<unsigned>(outcome) | (has_receipt ? 4u : 0u) |
                                     (has_memo ? 8u : 0u) | (malformed ? 16u : 0u));
  }
  static constexpr TronTxFlags FromRow(std::uint8_t row) {
    return {static_cast<TxOutcome>(row & 3), (row & 4) != 0, (row & 8) != 0, (row & 16) != 0};
  }
};

// Row of event_detail: bits 0-1 the pot of `from` it leaves, bits 2-3 the pot of `to` it enters,
// bits 4-7 a resource, or the reason of a gap. What each means is in indexer/tron/ledger.h.
struct EventDetail {
  std::uint8_t from_pot = 0;
  std::uint8_t to_pot = 0;
  std::uint8_t more = 0;

  constexpr std::uint8_t ToRow() const {
    return static_cast<std::uint8_t>((from_pot & 3u) | (to_pot & 3u) << 2 |
                                     static_cast<unsigned>(more) << 4);
  }
  static constexpr EventDetail FromRow(std::uint8_t row) {
    return {static_cast<std::uint8_t>(row & 3), static_cast<std::uint8_t>(row >> 2 & 3),
            static_cast<std::uint8_t>(row >> 4)};
  }
};

// Assets that every Tron index has under the same number.
inline constexpr AssetNum kTrxAsset{0};
// No asset: under it the account index lists what is said of an account and moves nothing.
inline constexpr AssetNum kFactsAsset{1};

// Key of the account index: an account's events in one asset lie together.
constexpr std::uint64_t AccountKey(AddressNum address, AssetNum asset) {
  return address.value << 32 | asset.value;
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_SEGMENT_TRON_SCHEMA_H_
