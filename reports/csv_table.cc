#include "reports/csv_table.h"

#include <algorithm>
#include <iterator>

#include "indexer/base/csv.h"
#include "indexer/base/utf8.h"

namespace coinwake {
namespace {

// The signs, and as East Asian keyboards write them.
constexpr char32_t kBeginFormulas[] = {U'=',  U'+',      U'-',      U'@',      U'\t',    U'\r',
                                       U'\n', U'\uFF1D', U'\uFF0B', U'\uFF0D', U'\uFF20'};

}  // namespace

std::string InertCell(std::string_view text) {
  std::string cell = ValidUtf8(text);
  if (cell.empty()) return cell;
  const char32_t first = DecodeUtf8(cell, 0).code;
  if (std::find(std::begin(kBeginFormulas), std::end(kBeginFormulas), first) !=
      std::end(kBeginFormulas)) {
    cell.insert(cell.begin(), '\'');
  }
  return cell;
}

std::string CsvLine(std::span<const std::string> cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) line += ',';
    line += CsvField(InertCell(cells[i]));
  }
  line += "\r\n";
  return line;
}

}  // namespace coinwake
