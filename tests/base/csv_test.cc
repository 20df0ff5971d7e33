// Goal: CSV is read as RFC 4180 has it, with the line each record begins at, and what is written
// reads back.
// Method: records by hand; fields of every awkward kind, written and read again.
#include "indexer/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace coinwake {
namespace {

using ::testing::ElementsAre;

using Record = std::vector<std::string>;

TEST(CsvReader, ReadsRecordsAndTheirLines) {
  CsvReader reader("# a comment\r\na , \"b, \"\"c\"\"\"\r\n\"two\nlines\",d\n\nlast");
  Record fields;
  ASSERT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  EXPECT_THAT(fields, ElementsAre("a", "b, \"c\""));
  EXPECT_EQ(reader.line(), 2u);
  ASSERT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  EXPECT_THAT(fields, ElementsAre("two\nlines", "d"));
  EXPECT_EQ(reader.line(), 3u);
  ASSERT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  EXPECT_THAT(fields, ElementsAre(""));
  ASSERT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  EXPECT_THAT(fields, ElementsAre("last"));
  EXPECT_EQ(reader.line(), 6u);
  EXPECT_EQ(reader.Next(&fields), CsvReader::Result::kEnd);
}

TEST(CsvReader, StopsAtAQuoteThatDoesNotEnd) {
  for (const char* text : {"a\n\"b", "a\n\"b\"c\n"}) {
    CsvReader reader(text);
    Record fields;
    ASSERT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
    EXPECT_EQ(reader.Next(&fields), CsvReader::Result::kMalformed) << text;
    EXPECT_EQ(reader.line(), 2u);
    EXPECT_EQ(reader.Next(&fields), CsvReader::Result::kEnd);
  }
}

TEST(CsvReader, DropsFieldsPastTheLimit) {
  std::string text(1000, ',');
  text += "\nnext";
  CsvReader reader(text);
  Record fields;
  ASSERT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  EXPECT_EQ(fields.size(), CsvReader::kMaxFields);
  ASSERT_EQ(reader.Next(&fields), CsvReader::Result::kRecord);
  EXPECT_THAT(fields, ElementsAre("next"));
}

TEST(CsvField, ReadsBack) {
  const Record fields = {"plain",     "",         "#first", " blank ", "a,b",
                         "say \"x\"", "l1\r\nl2", "\"",     "ü"};
  std::string line;
  for (const std::string& field : fields) {
    if (!line.empty()) line += ',';
    line += CsvField(field);
  }
  CsvReader reader(line);
  Record read;
  ASSERT_EQ(reader.Next(&read), CsvReader::Result::kRecord);
  EXPECT_EQ(read, fields);
}

}  // namespace
}  // namespace coinwake
