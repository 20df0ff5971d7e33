// A page for people: text and tables, in one file that loads nothing and runs nothing.
//
// Text comes from advertisements, whose authors may mean ill: it is shown, never obeyed (every mark
// that means something to HTML is escaped, what turns the direction of writing is spelt out), and
// the page forbids the browser whatever is not its own style.
#ifndef COINWAKE_REPORTS_HTML_PAGE_H_
#define COINWAKE_REPORTS_HTML_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coinwake {

// Rows that a page shows of one table; the rest is in the table's file.
inline constexpr std::size_t kMostPageRows = 100;

struct PageTable {
  std::string title;
  std::string file;  // with all rows, beside the page
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // the first ones, at most kMostPageRows
  std::uint64_t rows_count = 0;                // all of them
};
struct Page {
  std::string title;
  std::vector<std::string> paragraphs;
  std::vector<PageTable> tables;
};

// The same bytes for the same page.
std::string RenderPage(const Page& page);

}  // namespace coinwake

#endif  // COINWAKE_REPORTS_HTML_PAGE_H_
