// Tables as CSV that a spreadsheet may open.
//
// RFC 4180: fields with commas, quotes or line breaks are quoted, lines end with CRLF. UTF-8: what
// is no valid text has U+FFFD in its place. Names come from advertisements, whose authors may mean
// ill: a spreadsheet takes a cell that begins with = + - @, a tab or a line break for a formula, so
// such a cell gets an apostrophe in front. (The JSON beside it has the text as it is.)
#ifndef COINWAKE_REPORTS_CSV_TABLE_H_
#define COINWAKE_REPORTS_CSV_TABLE_H_

#include <span>
#include <string>
#include <string_view>

namespace coinwake {

// `text` as no spreadsheet takes it for a formula: the full-width forms of the signs count too.
std::string InertCell(std::string_view text);

// One line of the table, with its end.
std::string CsvLine(std::span<const std::string> cells);

}  // namespace coinwake

#endif  // COINWAKE_REPORTS_CSV_TABLE_H_
