// Rows of a column under construction: reading them as the writer needs to, and adding numbers.
#ifndef COINWAKE_INDEXER_INGEST_COLUMN_ROWS_H_
#define COINWAKE_INDEXER_INGEST_COLUMN_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/status.h"
#include "indexer/segment/column.h"

namespace coinwake {

// Random access that is cheap when the rows asked for ascend: one window of rows is kept. Numbers
// of T's width, or the raw bytes of wider rows. Not thread-safe, as the column is not.
class ColumnRows {
 public:
  ColumnRows(ColumnWriter& column, std::uint32_t row_bytes)
      : column_(column), row_bytes_(row_bytes), window_rows_(kWindowBytes / row_bytes) {}

  // REQUIRES: row < the column's rows_count(). The span lives until the next call.
  absl::StatusOr<ByteSpan> Row(std::uint64_t row) {
    if (row < begin_ || row >= end_) [[unlikely]] {
      begin_ = row;
      end_ = std::min(row + window_rows_, column_.rows_count());
      bytes_.resize((end_ - begin_) * row_bytes_);
      if (absl::Status status = column_.ReadRows(begin_, end_, bytes_); !status.ok()) {
        end_ = begin_;
        return status;
      }
    }
    return ByteSpan(bytes_).subspan((row - begin_) * row_bytes_, row_bytes_);
  }

  template <typename T>
  absl::StatusOr<T> Get(std::uint64_t row) {
    COINWAKE_ASSIGN_OR_RETURN(const ByteSpan bytes, Row(row));
    return LoadLe<T>(bytes.data());
  }

 private:
  static constexpr std::uint64_t kWindowBytes = 16384;

  ColumnWriter& column_;
  const std::uint32_t row_bytes_;
  const std::uint64_t window_rows_;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  std::vector<std::uint8_t> bytes_;
};

// Adds one row to a column of numbers. REQUIRES: sizeof(T) is the row width.
template <typename T>
absl::Status AppendNumber(ColumnWriter& column, T value) {
  std::uint8_t row[sizeof(T)];
  StoreLe(row, value);
  return column.Append(row);
}

// Rows [begin, end) of a column of numbers.
template <typename T>
absl::StatusOr<std::vector<T>> ReadNumbers(ColumnWriter& column, std::uint64_t begin,
                                           std::uint64_t end) {
  std::vector<T> numbers(end - begin);
  COINWAKE_RETURN_IF_ERROR(column.ReadRows(
      begin, end,
      std::span(reinterpret_cast<std::uint8_t*>(numbers.data()), numbers.size() * sizeof(T))));
  return numbers;
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_COLUMN_ROWS_H_
