// Text for people: aligned tables, amounts, shortened hashes. Never used in --json.
#ifndef COINWAKE_CLI_TABLE_H_
#define COINWAKE_CLI_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coinwake::v1 {
class Snapshot;
}

namespace coinwake::cli {

enum class Align { kLeft, kRight };

// Rows of cells under titles, two blanks between columns, no blanks at line ends.
class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Cells are made Printable() (indexer/base/utf8.h). REQUIRES: as many cells as columns.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // All lines, each with `indent` blanks before it. Nothing when there are no rows.
  std::string Render(std::size_t indent = 0) const;
  // The rows added since the last call, which are dropped: a long table in parts. Titles stand
  // above the first row only, columns are never narrower than before.
  std::string RenderNext();

 private:
  // Widens `widths`, one a column, to what titles and rows need.
  void Fit(std::vector<std::size_t>* widths) const;
  std::string Lines(const std::vector<std::size_t>& widths, bool with_titles,
                    std::size_t indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> widths_;  // of the parts so far; empty before the first
};

// "name  value" lines, the values aligned and made Printable().
class Facts {
 public:
  void Add(std::string name, std::string_view value);
  std::string Render() const;

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

// Columns of a terminal that UTF-8 text takes, for most scripts: its code points.
std::size_t Width(std::string_view text);
// "1234567" and "1234567.5" with commas between thousands.
std::string Grouped(std::string_view number);
std::string Grouped(std::uint64_t number);
// Exact decimal satoshi as BTC with at least 8 decimals: "1,234.50000000".
std::string Btc(std::string_view satoshi);
// First and last 8 characters of a hash.
std::string Short(std::string_view hash);
// An address or script:HEX cut in the middle to at most `most` characters.
std::string ShortName(std::string_view name, std::size_t most = 42);
// "2009-01-12 03:30:25", UTC.
std::string Time(std::int64_t unix_seconds);
// "1 block", "2 blocks".
std::string Count(std::uint64_t count, std::string_view singular);

// Whether the network's chain has accounts; else it has outputs.
bool HasAccounts(std::string_view network);

// What an answer was computed from, as a line: "bitcoin-regtest, heights 0 to 330, tip ...".
std::string Header(const v1::Snapshot& snapshot);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_TABLE_H_
