#include "indexer/ingest/clear_in_place.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "indexer/ingest/column_rows.h"

namespace coinwake {
namespace {

// The cut fills the chunk it ends in with "none". Done already, while applying again after a crash
// would set it right, the cut has nothing left to write.
absl::Status ClearToChunkEnd(std::uint64_t kept_rows, std::uint64_t rows, InPlaceColumn& column) {
  constexpr std::uint64_t kChunkRows = kColumnChunkBytes / sizeof(std::uint32_t);
  const std::uint64_t chunk_end = (kept_rows + kChunkRows - 1) / kChunkRows * kChunkRows;
  std::vector<InPlaceUpdate> updates;
  for (std::uint64_t row = kept_rows; row < std::min(chunk_end, rows); ++row) {
    updates.push_back({row, kNone32});
  }
  return column.Apply(updates);
}

// Sets to "none" the rows of `to` that rows [begin, end) of `from` name, where `row_of` gives one,
// a bounded part of them at a time.
template <typename Number, typename RowOf>
absl::Status Clear(ColumnWriter& from, std::uint64_t begin, std::uint64_t end, const RowOf& row_of,
                   std::uint64_t memory_bytes, InPlaceColumn& to) {
  const std::uint64_t part =
      std::max<std::uint64_t>(memory_bytes / (sizeof(Number) + sizeof(InPlaceUpdate)), 1024);
  std::vector<InPlaceUpdate> updates;
  while (begin < end) {
    const std::uint64_t count = std::min(end - begin, part);
    COINWAKE_ASSIGN_OR_RETURN(const auto numbers, ReadNumbers<Number>(from, begin, begin + count));
    updates.clear();
    updates.reserve(count);
    for (const Number number : numbers) {
      if (const std::optional<std::uint64_t> row = row_of(number)) {
        updates.push_back({*row, kNone32});
      }
    }
    std::sort(updates.begin(), updates.end(),
              [](const InPlaceUpdate& a, const InPlaceUpdate& b) { return a.row < b.row; });
    COINWAKE_RETURN_IF_ERROR(to.Apply(updates));
    begin += count;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ClearInPlace(FileSystem& files, const std::string& columns_folder,
                          ColumnWriter& input_sources, ColumnWriter& key_addresses,
                          const BlockTotals& totals, const BlockTotals& kept,
                          std::uint64_t memory_bytes) {
  COINWAKE_ASSIGN_OR_RETURN(
      const auto spenders,
      InPlaceColumn::Open(files, columns_folder, SpecOf(ColumnId::kOutputSpender), totals.outputs));
  const auto spent_output = [&](std::uint64_t row) -> std::optional<std::uint64_t> {
    const auto source = InputSource::FromRow(row);
    if (source.is_foreign() || source.output().value >= kept.outputs) return std::nullopt;
    return source.output().value;
  };
  COINWAKE_RETURN_IF_ERROR(Clear<std::uint64_t>(input_sources, kept.inputs, totals.inputs,
                                                spent_output, memory_bytes, *spenders));
  COINWAKE_RETURN_IF_ERROR(ClearToChunkEnd(kept.outputs, totals.outputs, *spenders));
  COINWAKE_RETURN_IF_ERROR(spenders->Sync());
  COINWAKE_ASSIGN_OR_RETURN(
      const auto keys,
      InPlaceColumn::Open(files, columns_folder, SpecOf(ColumnId::kAddressKey), totals.addresses));
  const auto revealed = [&](std::uint32_t address) -> std::optional<std::uint64_t> {
    if (address >= kept.addresses) return std::nullopt;
    return address;
  };
  COINWAKE_RETURN_IF_ERROR(
      Clear<std::uint32_t>(key_addresses, kept.keys, totals.keys, revealed, memory_bytes, *keys));
  COINWAKE_RETURN_IF_ERROR(ClearToChunkEnd(kept.addresses, totals.addresses, *keys));
  return keys->Sync();
}

}  // namespace coinwake
