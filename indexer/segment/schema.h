// Every column of a Bitcoin index: file name, row width, meaning. docs/design/columns.md is the
// page for people; this header is what the program obeys.
//
//   file                  row                     indexed by
//   block_header          80 bytes, as in blocks  height - from_height
//   block_hash            32 bytes                height - from_height
//   block_totals          BlockTotals (88 bytes)  height - from_height
//   tx_id                 32 bytes                TxNum
//   tx_first_output       u64 OutputNum           TxNum
//   tx_first_input        u64 InputNum            TxNum
//   tx_version            u32                     TxNum
//   tx_locktime           u32                     TxNum
//   tx_size               u32 bytes               TxNum
//   tx_weight             u32 weight units        TxNum
//   output_value          u64 satoshi             OutputNum
//   output_address        u32 AddressNum          OutputNum
//   output_spender        u32 TxNum, in place     OutputNum
//   input_source          u64 InputSource         InputNum
//   input_flags           u16 InputFlags          InputNum
//   address_type          u8 ScriptType           AddressNum
//   address_script_end    u64 offset              AddressNum
//   script_bytes          u8                      byte offset
//   address_key           u32 KeyNum, in place    AddressNum
//   key                   33 bytes, compressed    KeyNum
//   key_address           u32 AddressNum          KeyNum
//   foreign_outpoint      36 bytes                ForeignNum
//   foreign_value         u64 satoshi             ForeignNum
//   foreign_address       u32 AddressNum          ForeignNum
//   foreign_spender       u32 TxNum               ForeignNum
//
// All numbers are little-endian. Rows [first(n), first(n+1)) of a child table belong to parent n;
// the end of the last parent is the row count. Changing anything here is a new format version.
#ifndef COINWAKE_INDEXER_SEGMENT_SCHEMA_H_
#define COINWAKE_INDEXER_SEGMENT_SCHEMA_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "indexer/base/ids.h"
#include "indexer/segment/column_spec.h"

namespace coinwake {

// Position in kColumns and in a commit record: values never change.
enum class ColumnId : std::uint8_t {
  kBlockHeader = 0,
  kBlockHash = 1,
  kBlockTotals = 2,
  kTxId = 3,
  kTxFirstOutput = 4,
  kTxFirstInput = 5,
  kTxVersion = 6,
  kTxLocktime = 7,
  kTxSize = 8,
  kTxWeight = 9,
  kOutputValue = 10,
  kOutputAddress = 11,
  kOutputSpender = 12,
  kInputSource = 13,
  kInputFlags = 14,
  kAddressType = 15,
  kAddressScriptEnd = 16,
  kScriptBytes = 17,
  kAddressKey = 18,
  kKey = 19,
  kKeyAddress = 20,
  kForeignOutpoint = 21,
  kForeignValue = 22,
  kForeignAddress = 23,
  kForeignSpender = 24,
};
inline constexpr std::size_t kColumnsCount = 25;

// Position in BlockTotals: what the rows of a column, and the numbers of a look-up table, are
// counted by.
namespace bitcoin_total {
enum : std::uint8_t {
  kTransactions = 0,
  kInputs = 1,
  kOutputs = 2,
  kAddresses = 3,
  kScriptBytes = 4,
  kKeys = 5,
  kForeign = 6,
};
}  // namespace bitcoin_total

inline constexpr std::array<ColumnSpec, kColumnsCount> kColumns = {{
    {"block_header", 80, false, kPerBlock},
    {"block_hash", 32, false, kPerBlock},
    {"block_totals", 88, false, kPerBlock},
    {"tx_id", 32, false, bitcoin_total::kTransactions},
    {"tx_first_output", 8, false, bitcoin_total::kTransactions},
    {"tx_first_input", 8, false, bitcoin_total::kTransactions},
    {"tx_version", 4, false, bitcoin_total::kTransactions},
    {"tx_locktime", 4, false, bitcoin_total::kTransactions},
    {"tx_size", 4, false, bitcoin_total::kTransactions},
    {"tx_weight", 4, false, bitcoin_total::kTransactions},
    {"output_value", 8, false, bitcoin_total::kOutputs},
    {"output_address", 4, false, bitcoin_total::kOutputs},
    {"output_spender", 4, true, bitcoin_total::kOutputs},
    {"input_source", 8, false, bitcoin_total::kInputs},
    {"input_flags", 2, false, bitcoin_total::kInputs},
    {"address_type", 1, false, bitcoin_total::kAddresses},
    {"address_script_end", 8, false, bitcoin_total::kAddresses},
    {"script_bytes", 1, false, bitcoin_total::kScriptBytes},
    {"address_key", 4, true, bitcoin_total::kAddresses},
    {"key", 33, false, bitcoin_total::kKeys},
    {"key_address", 4, false, bitcoin_total::kKeys},
    {"foreign_outpoint", 36, false, bitcoin_total::kForeign},
    {"foreign_value", 8, false, bitcoin_total::kForeign},
    {"foreign_address", 4, false, bitcoin_total::kForeign},
    {"foreign_spender", 4, false, bitcoin_total::kForeign},
}};

constexpr const ColumnSpec& SpecOf(ColumnId id) { return kColumns[static_cast<std::size_t>(id)]; }

// Running totals up to and including a block, so that a rewind to it is exact. Row of block_totals:
// eleven u64 in this order.
struct BlockTotals {
  std::uint64_t transactions = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t addresses = 0;
  std::uint64_t script_bytes = 0;
  std::uint64_t keys = 0;
  std::uint64_t foreign = 0;
  std::uint64_t unresolved_inputs = 0;  // inputs whose value and script are unknown
  // As Bitcoin Core's gettxoutsetinfo: no genesis output, nothing provably unspendable or
  // overwritten.
  std::uint64_t unspent_outputs = 0;
  std::uint64_t unspent_value = 0;
  std::uint64_t raw_bytes = 0;  // size of the blocks as serialized

  friend bool operator==(const BlockTotals&, const BlockTotals&) = default;
};
static_assert(sizeof(BlockTotals) == 11 * sizeof(std::uint64_t));
static_assert(SpecOf(ColumnId::kBlockTotals).row_bytes == sizeof(BlockTotals));

static_assert(kMaxTotals >= sizeof(BlockTotals) / sizeof(std::uint64_t));

constexpr Totals ToTotals(const BlockTotals& totals) {
  return {totals.transactions,    totals.inputs,        totals.outputs,  totals.addresses,
          totals.script_bytes,    totals.keys,          totals.foreign,  totals.unresolved_inputs,
          totals.unspent_outputs, totals.unspent_value, totals.raw_bytes};
}
constexpr BlockTotals FromTotals(const Totals& totals) {
  return {totals[0], totals[1], totals[2], totals[3], totals[4], totals[5],
          totals[6], totals[7], totals[8], totals[9], totals[10]};
}

// Where an input's coins come from: an output of the index, or (top bit) a row of the foreign
// table, for outputs created before a window that starts in mid-chain.
class InputSource {
 public:
  static constexpr InputSource Of(OutputNum output) { return InputSource(output.value); }
  static constexpr InputSource Of(ForeignNum foreign) {
    return InputSource(foreign.value | kForeignBit);
  }
  static constexpr InputSource FromRow(std::uint64_t row) { return InputSource(row); }

  constexpr bool is_foreign() const { return (row_ & kForeignBit) != 0; }
  // REQUIRES: !is_foreign().
  constexpr OutputNum output() const { return OutputNum{row_}; }
  // REQUIRES: is_foreign().
  constexpr ForeignNum foreign() const { return ForeignNum{row_ & ~kForeignBit}; }
  constexpr std::uint64_t row() const { return row_; }
  friend constexpr auto operator<=>(const InputSource&, const InputSource&) = default;

 private:
  static constexpr std::uint64_t kForeignBit = std::uint64_t{1} << 63;
  explicit constexpr InputSource(std::uint64_t row) : row_(row) {}
  std::uint64_t row_;
};

// Row of input_flags: bits 0-1 sequence class, bit 2 ANYONECANPAY, bit 3 witness present,
// bits 8-15 redeem kind (bitcoin::RedeemKind).
enum class SequenceClass : std::uint8_t {
  kFinal = 0,         // 0xffffffff
  kLocktimeOnly = 1,  // 0xfffffffe: locktime on, no replacement signalled
  kReplaceable = 2,   // below, and bit 31 set: BIP125 signalled, no relative lock
  kRelativeLock = 3,  // below, and bit 31 clear: BIP68 may apply
};
struct InputFlags {
  SequenceClass sequence_class = SequenceClass::kFinal;
  bool anyone_can_pay = false;  // the input carries signatures and each is ANYONECANPAY
  bool has_witness = false;
  std::uint8_t redeem_kind = 0;

  constexpr std::uint16_t ToRow() const {
    return static_cast<std::uint16_t>(static_cast<unsigned>(sequence_class) |
                                      (anyone_can_pay ? 4u : 0u) | (has_witness ? 8u : 0u) |
                                      (static_cast<unsigned>(redeem_kind) << 8));
  }
  static constexpr InputFlags FromRow(std::uint16_t row) {
    return {static_cast<SequenceClass>(row & 3), (row & 4) != 0, (row & 8) != 0,
            static_cast<std::uint8_t>(row >> 8)};
  }
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_SEGMENT_SCHEMA_H_
