// Goal: tables read back as they were, and no cell is a formula to a spreadsheet.
// Method: written cells, hostile ones first, read again by the reader of CSV.
#include "reports/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "indexer/base/csv.h"

namespace coinwake {
namespace {

using ::testing::ElementsAreArray;

std::vector<std::string> ReadBack(const std::string& text) {
  CsvReader reader(text);
  std::vector<std::string> fields;
  EXPECT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  std::vector<std::string> rest;
  EXPECT_EQ(reader.Next(&rest), CsvReader::Result::kEnd);
  return fields;
}

TEST(CsvTable, WritesWhatReadsBackAsItWas) {
  const std::vector<std::string> cells = {"plain", "a,b",      "say \"no\"", "two\nlines", "",
                                          " air ", "# no end", "蓝鹭",       "12.25"};
  const std::string line = CsvLine(cells);
  EXPECT_TRUE(line.ends_with("\r\n"));
  EXPECT_THAT(ReadBack(line), ElementsAreArray(cells));
  EXPECT_EQ(CsvLine(std::vector<std::string>{"a", "b,c", "d\"e"}), "a,\"b,c\",\"d\"\"e\"\r\n");
}

TEST(CsvTable, MakesFormulasText) {
  for (const char* const formula : {"=HYPERLINK(\"http://x\")", "+1+1", "-2", "@SUM(A1)", "\t=1",
                                    "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"}) {
    EXPECT_EQ(InertCell(formula), std::string("'") + formula);
    EXPECT_EQ(ReadBack(CsvLine(std::vector<std::string>{formula, "x"}))[0].front(), '\'');
  }
  EXPECT_EQ(InertCell("1+1=2"), "1+1=2");
  EXPECT_EQ(InertCell(""), "");
}

TEST(CsvTable, IsAlwaysUtf8) {
  EXPECT_EQ(InertCell("a\xff"), "a\xEF\xBF\xBD");
  EXPECT_EQ(InertCell("\xff=1"), "\xEF\xBF\xBD=1");
}

}  // namespace
}  // namespace coinwake
