// Comma-separated values as RFC 4180 has them, one record after another.
#ifndef COINWAKE_INDEXER_BASE_CSV_H_
#define COINWAKE_INDEXER_BASE_CSV_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coinwake {

// Lines end with LF, CRLF or CR; lines that begin with '#' are skipped; blanks around a field are
// none of it. Records with nothing in them are records all the same, of one empty field.
class CsvReader {
 public:
  // Fields of a record past these are dropped.
  static constexpr std::size_t kMaxFields = 64;

  enum class Result {
    kRecord,
    kEnd,
    kMalformed,  // a quote does not close, or text follows the closing one; then nothing is read
  };

  // `text` is borrowed and must outlive the reader.
  explicit CsvReader(std::string_view text) : text_(text) {}

  // Replaces `fields`. O(bytes of the record).
  Result Next(std::vector<std::string>* fields);
  // Where the record that Next() read or failed at begins, from 1.
  std::uint64_t line() const { return begin_line_; }

 private:
  bool TakeField(std::string* field);
  void SkipLine();

  std::string_view text_;
  std::uint64_t line_ = 1;  // of the first byte of text_
  std::uint64_t begin_line_ = 0;
};

// `field` as CSV that reads back as it is: quoted where it must be.
std::string CsvField(std::string_view field);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_CSV_H_
