// Goal: a page shows what others wrote and obeys none of it. Method: hostile text in every place.
#include "reports/html_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace coinwake {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HtmlPage, ShowsTextAndTables) {
  Page page{.title = "Seller A & B", .paragraphs = {"first", "second"}, .tables = {}};
  page.tables.push_back({"Receipts", "receipts.csv", {"amount", "txid"}, {{"5", "aa"}}, 7});
  page.tables.push_back({"Exits", "exits.csv", {"kind"}, {}, 0});
  const std::string html = RenderPage(page);
  EXPECT_THAT(html, HasSubstr("<title>Seller A &amp; B</title>"));
  EXPECT_THAT(html, HasSubstr("<p>second</p>"));
  EXPECT_THAT(html, HasSubstr("<tr><th>amount</th><th>txid</th></tr>\n"
                              "<tr><td>5</td><td>aa</td></tr>"));
  EXPECT_THAT(html, HasSubstr("the first 1 of 7; all are in <a href=\"receipts.csv\">"));
  EXPECT_THAT(html, HasSubstr("<h2>Exits</h2>\n<p>none ("));
  EXPECT_EQ(html, RenderPage(page));
}

TEST(HtmlPage, ObeysNothing) {
  const std::string evil = "<script>alert('x')</script>\" onload=\"y\u202Eabc";
  Page page{.title = evil, .paragraphs = {evil}, .tables = {}};
  page.tables.push_back({evil, evil, {evil}, {{evil}}, 2});
  const std::string html = RenderPage(page);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\" onload")));
  EXPECT_THAT(html, Not(HasSubstr("\u202E")));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

}  // namespace
}  // namespace coinwake
