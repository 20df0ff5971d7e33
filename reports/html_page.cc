#include "reports/html_page.h"

#include "absl/strings/str_cat.h"
#include "indexer/base/utf8.h"

namespace coinwake {
namespace {

constexpr char kHead[] = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font-family: sans-serif; margin: 2em; color: #111; background: #fff; }
table { border-collapse: collapse; font-size: 0.85em; }
th, td { border: 1px solid #bbb; padding: 0.2em 0.5em; text-align: left; vertical-align: top; }
td { font-family: monospace; overflow-wrap: anywhere; }
th { background: #eee; }
</style>
)";

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

void AppendRow(const std::vector<std::string>& cells, std::string_view tag, std::string* html) {
  *html += "<tr>";
  for (const std::string& cell : cells) {
    absl::StrAppend(html, "<", std::string(tag), ">", Escaped(cell), "</", std::string(tag), ">");
  }
  *html += "</tr>\n";
}

void AppendTable(const PageTable& table, std::string* html) {
  absl::StrAppend(html, "<h2>", Escaped(table.title), "</h2>\n");
  const std::string file =
      absl::StrCat("<a href=\"", Escaped(table.file), "\">", Escaped(table.file), "</a>");
  if (table.rows.empty()) {
    absl::StrAppend(html, "<p>none (", file, ")</p>\n");
    return;
  }
  *html += "<table>\n";
  AppendRow(table.header, "th", html);
  for (const std::vector<std::string>& row : table.rows) AppendRow(row, "td", html);
  *html += "</table>\n";
  if (table.rows_count > table.rows.size()) {
    absl::StrAppend(html, "<p>the first ", table.rows.size(), " of ", table.rows_count,
                    "; all are in ", file, "</p>\n");
  } else {
    absl::StrAppend(html, "<p>", file, "</p>\n");
  }
}

}  // namespace

std::string RenderPage(const Page& page) {
  std::string html = kHead;
  const std::string title = Escaped(page.title);
  absl::StrAppend(&html, "<title>", title, "</title>\n</head>\n<body>\n<h1>", title, "</h1>\n");
  for (const std::string& text : page.paragraphs) {
    absl::StrAppend(&html, "<p>", Escaped(text), "</p>\n");
  }
  for (const PageTable& table : page.tables) AppendTable(table, &html);
  html += "</body>\n</html>\n";
  return html;
}

}  // namespace coinwake
