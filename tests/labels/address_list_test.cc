// Goal: bare lists give their addresses, told apart from every other format by content alone.
// Method: the real extracts of OFAC's list, of three dates; small lists in odd forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/labels/support.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;

std::set<std::string> AddressesIn(const std::string& name) {
  LabelReadOptions options;
  options.path = "folder/" + name;
  const LabelFile file = MustRead(LabelData(name), options);
  EXPECT_TRUE(file.bare_list);
  EXPECT_TRUE(file.rejected.empty());
  EXPECT_EQ(file.lists[0].list, name);
  std::set<std::string> addresses;
  for (const Label& label : file.lists[0].labels) {
    EXPECT_EQ(label.label_class, LabelClass::kSanction);
    EXPECT_EQ(label.name, name);
    addresses.insert(AddressText(label.network, label.address));
  }
  EXPECT_EQ(addresses.size(), file.read);
  return addresses;
}

TEST(AddressList, OfacsExtractsAgree) {
  const std::set<std::string> text2024 = AddressesIn("0xB10C_lists_XBT.txt");
  const std::set<std::string> json2024 = AddressesIn("0xB10C_lists_XBT.json");
  const std::set<std::string> text2025 = AddressesIn("brave_lists_XBT.txt");
  const std::set<std::string> json2026 = AddressesIn("am-i-exposed_ofac-addresses.json");
  EXPECT_EQ(text2024, json2024);
  EXPECT_EQ(text2024.size(), 435u);
  EXPECT_EQ(text2025.size(), 517u);
  EXPECT_EQ(json2026.size(), 518u);
  EXPECT_TRUE(std::includes(text2025.begin(), text2025.end(), text2024.begin(), text2024.end()));
  EXPECT_TRUE(std::includes(json2026.begin(), json2026.end(), text2025.begin(), text2025.end()));
  EXPECT_EQ(text2024.count("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"), 1u);
}

constexpr char kAddress[] = "12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h";

TEST(AddressList, TakesLinesOfAnyEnding) {
  const LabelFile file = MustRead(
      absl::StrCat("\xef\xbb\xbf# comment\r\n\r\n  ", kAddress, " \r\nnonsense\n", kAddress));
  EXPECT_EQ(file.read, 3u);
  EXPECT_EQ(file.lists[0].labels.size(), 2u);
  ASSERT_EQ(file.rejected.size(), 1u);
  EXPECT_EQ(file.rejected[0].row, 4u);
}

TEST(AddressList, JsonEntriesAreNumbered) {
  const LabelFile file =
      MustRead(absl::StrCat("{\"addresses\": [1, \"", kAddress, "\", {\"a\": [\"", kAddress,
                            "\"]}, null], \"other\": [\"", kAddress, "\"]}"));
  EXPECT_EQ(file.lists[0].labels.size(), 1u);
  ASSERT_EQ(file.rejected.size(), 3u);
  EXPECT_EQ(file.rejected[0].row, 1u);
  EXPECT_EQ(file.rejected[1].row, 3u);
  EXPECT_EQ(file.rejected[2].row, 4u);
}

TEST(AddressList, RefusesOtherFiles) {
  for (const std::string& text : {std::string(), std::string(" \n"), std::string("{\"a\": 1}"),
                                  std::string("{}"), std::string(2, '\0')}) {
    EXPECT_THAT(ReadLabels(text), StatusIs(absl::StatusCode::kNotFound)) << text;
  }
  for (const std::string& text : {std::string("[\"x\""), std::string("\x1f\x8b\x08 broken")}) {
    EXPECT_THAT(ReadLabels(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  const std::string deep(1 << 20, '[');
  EXPECT_THAT(ReadLabels(deep), StatusIs(absl::StatusCode::kInvalidArgument));
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::vector<char> packed(deflateBound(&stream, text.size()) + 64);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflateEnd(&stream);
  return std::string(packed.data(), stream.total_out);
}

TEST(LabelFile, GzipIsUndone) {
  const std::string text = LabelData("0xB10C_lists_XBT.txt");
  const std::string packed = Gzip(text);
  LabelReadOptions options;
  options.path = "a/list.txt.gz";
  const LabelFile file = MustRead(packed, options);
  EXPECT_EQ(file.read, 435u);
  EXPECT_EQ(file.lists[0].list, "list.txt");
  EXPECT_EQ(MustRead(Gzip(text.substr(0, 1000)) + Gzip(text.substr(1000))).read, 435u);
  for (const std::size_t size : {packed.size() - 1, packed.size() / 2, std::size_t{10}}) {
    EXPECT_THAT(ReadLabels(packed.substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("gzip")));
  }
  EXPECT_THAT(ReadLabels(Gzip(std::string(kMaxLabelFileBytes + 1, '\n'))),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("MiB")));
}

TEST(LabelFile, NamesOfListsAreValidText) {
  LabelReadOptions options;
  options.path = "folder/\xff.txt";
  EXPECT_EQ(MustRead(kAddress, options).lists[0].list, "\xef\xbf\xbd.txt");
  // 1,025 bytes, the last two of them one character.
  options.list = absl::StrCat(std::string(kMaxLabelSourceBytes - 1, 'x'), "\xc3\xa9");
  const LabelFile file = MustRead(kAddress, options);
  EXPECT_TRUE(file.rejected.empty());
  EXPECT_EQ(file.lists[0].list, std::string(kMaxLabelSourceBytes - 1, 'x'));
  EXPECT_EQ(file.lists[0].labels[0].name, file.lists[0].list);
  // Bytes that grow when they are made valid.
  options.list = std::string(kMaxLabelSourceBytes, '\xff');
  EXPECT_TRUE(MustRead(kAddress, options).rejected.empty());
}

TEST(LabelFile, ListsAreBounded) {
  const auto csv = [](std::uint64_t lists) {
    std::string text = "address,label,list\n";
    for (std::uint64_t i = 0; i < lists; ++i) absl::StrAppend(&text, kAddress, ",x,", i, "\n");
    return text;
  };
  EXPECT_EQ(MustRead(csv(kMaxLists)).lists.size(), kMaxLists);
  EXPECT_THAT(ReadLabels(csv(kMaxLists + 1)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("10000 lists")));
  // Documents cost time even where they say nothing.
  std::string packs;
  for (std::uint64_t i = 0; i <= kMaxLists; ++i) packs += "---\ntitle: T\ntags: []\n";
  EXPECT_THAT(ReadLabels(packs),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("10000 lists")));
}

TEST(LabelFile, RowsAreBounded) {
  std::string text;
  for (std::uint64_t i = 0; i <= kMaxListRows; ++i) absl::StrAppend(&text, kAddress, "\n");
  EXPECT_THAT(ReadLabels(text),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("rows in one list")));
}

}  // namespace
}  // namespace coinwake
