// What every index has in common: columns, and totals that count their rows.
//
// Which columns a chain's index has is in schema.h (Bitcoin) and tron_schema.h (Tron).
#ifndef COINWAKE_INDEXER_SEGMENT_COLUMN_SPEC_H_
#define COINWAKE_INDEXER_SEGMENT_COLUMN_SPEC_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace coinwake {

inline constexpr std::uint32_t kIndexFormatVersion = 1;

// "None" in u32 columns (no spender, no key, unknown address) and in u64 ones (unknown value).
inline constexpr std::uint32_t kNone32 = 0xffffffff;
inline constexpr std::uint64_t kNone64 = 0xffffffffffffffff;

// Running totals up to and including a block, in the order of the chain's schema, 0 beyond those it
// has. The first is the number of transactions. A row of block_totals is as many of them as the
// schema has, so that a rewind to any block is exact.
inline constexpr std::size_t kMaxTotals = 24;
using Totals = std::array<std::uint64_t, kMaxTotals>;
inline constexpr std::size_t kTransactionsTotal = 0;

// In place of a position in Totals: one row a block.
inline constexpr std::uint8_t kPerBlock = 0xff;

struct ColumnSpec {
  std::string_view name;
  std::uint32_t row_bytes;
  // Rows are 0xff until set and are set once, after the commit that names them
  // (docs/design/commit.md).
  bool in_place;
  std::uint8_t counted_by = kPerBlock;
};

// How many of what `counted_by` names there are once the block with these totals is the last of
// `blocks`.
constexpr std::uint64_t CountOf(std::uint8_t counted_by, const Totals& totals,
                                std::uint64_t blocks) {
  return counted_by == kPerBlock ? blocks : totals[counted_by];
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_SEGMENT_COLUMN_SPEC_H_
