// Goal: every valid address in plain text is found at its exact place, and nothing else is.
// Method: known addresses of every kind and network among text, marks, line ends and damage; then
// random text with addresses at known offsets.
#include "adverts/extract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "tests/adverts/support.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Str(std::string_view text) { return std::string(text); }

TEST(ExtractText, FindsEveryKindWithItsNetworks) {
  const std::vector<Network> tests = {Network::kBitcoinTestnet3, Network::kBitcoinTestnet4,
                                      Network::kBitcoinSignet, Network::kBitcoinRegtest};
  const std::vector<Network> public_tests(tests.begin(), tests.end() - 1);
  const struct {
    std::string_view address;
    std::vector<Network> networks;
  } cases[] = {
      {kP2pkh, {Network::kBitcoin}},
      {kP2sh, {Network::kBitcoin}},
      {"1111111111111111111114oLvT2", {Network::kBitcoin}},  // hash of zeros: the shortest text
      {kP2wpkh, {Network::kBitcoin}},
      {kP2tr, {Network::kBitcoin}},
      {"bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", {Network::kBitcoin}},
      {"bc1sw50qgdz25j", {Network::kBitcoin}},  // an unknown witness version (BIP350)
      {"bc1pfeessrawgf", {Network::kBitcoin}},  // pay to anchor
      {"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", tests},
      {"2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc", tests},
      {"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", public_tests},
      {kRegtest, {Network::kBitcoinRegtest}},
  };
  for (const auto& [address, networks] : cases) {
    SCOPED_TRACE(Str(address));
    const std::string text = absl::StrCat("pay to ", Str(address), " please");
    const auto found = ExtractText(text);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].kind, "bitcoin_address");
    EXPECT_EQ(found[0].value, address);
    EXPECT_EQ(found[0].raw, address);
    EXPECT_EQ(found[0].offset, 7u);
    EXPECT_EQ(found[0].networks, networks);
    EXPECT_THAT(found[0].steps, IsEmpty());
  }
}

TEST(ExtractText, IgnoresEveryOneLetterMistake) {
  constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  for (const std::string_view address : {kP2pkh, kP2sh, kP2wpkh}) {
    for (std::size_t i = 0; i < address.size(); ++i) {
      for (const char c : kBase58) {
        if (c == address[i]) continue;
        std::string wrong = Str(address);
        wrong[i] = c;
        EXPECT_THAT(ExtractText(wrong), IsEmpty()) << wrong;
      }
    }
  }
}

TEST(ExtractText, TakesWholeWordsOnly) {
  const std::string address = Str(kP2pkh);
  EXPECT_THAT(ExtractText(absl::StrCat("x", address)), IsEmpty());
  EXPECT_THAT(ExtractText(absl::StrCat(address, "x")), IsEmpty());
  EXPECT_THAT(ExtractText(address.substr(1)), IsEmpty());
  for (const char* mark : {",", ".", ";", ":", ")", "]", "\"", "'", "/", "?", "_", "-", "=", "|",
                           "\xd0\xb0", "\xe5\x9c\xb0", "\xff", "\t", "\n\n"}) {
    const auto found = ExtractText(absl::StrCat(mark, address, mark));
    ASSERT_EQ(found.size(), 1u) << mark;
    EXPECT_EQ(found[0].offset, std::string_view(mark).size());
  }
}

TEST(ExtractText, ReadsUpperCaseBech32AndRefusesMixedCase) {
  const auto found = ExtractText("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].value, kP2wpkh);
  EXPECT_EQ(found[0].raw, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4");
  EXPECT_THAT(found[0].steps, ElementsAre("upper_case"));
  EXPECT_THAT(ExtractText("bc1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"), IsEmpty());
}

TEST(ExtractText, ReadsBitcoinUris) {
  for (const char* scheme : {"bitcoin:", "BITCOIN:", "Bitcoin:", "bitcoin://"}) {
    const auto found = ExtractText(absl::StrCat("see ", scheme, Str(kP2pkh), "?amount=1&label=x"));
    ASSERT_EQ(found.size(), 1u) << scheme;
    EXPECT_EQ(found[0].raw, kP2pkh);
    EXPECT_THAT(found[0].steps, ElementsAre("bitcoin_uri")) << scheme;
  }
  const auto other = ExtractText(absl::StrCat("litecoin:", Str(kP2pkh)));
  ASSERT_EQ(other.size(), 1u);
  EXPECT_THAT(other[0].steps, IsEmpty());
  // A payment request names the address a second time.
  const auto twice = ExtractText(absl::StrCat("bitcoin:", Str(kP2pkh), "?alt=", Str(kP2wpkh)));
  ASSERT_EQ(twice.size(), 2u);
  EXPECT_THAT(twice[1].steps, IsEmpty());
}

TEST(ExtractText, UndoesPercentEncoding) {
  const std::string url =
      absl::StrCat("https://pay.example/?uri=bitcoin%3A", Str(kP2pkh), "%3Famount%3D1");
  const auto found = ExtractText(url);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].raw, kP2pkh);
  EXPECT_THAT(found[0].steps, ElementsAre("bitcoin_uri", "percent_encoding"));
  const auto inside = ExtractText(absl::StrCat("%31", Str(kP2pkh.substr(1))));
  ASSERT_EQ(inside.size(), 1u);
  EXPECT_EQ(inside[0].value, kP2pkh);
  EXPECT_EQ(inside[0].offset, 0u);
  // A sign of percent before an address is no encoding: the plain reading stands beside.
  const auto discount = ExtractText(absl::StrCat("10%", Str(kP2pkh), " or 5%", Str(kP2sh)));
  EXPECT_THAT(Values(discount), ElementsAre(Str(kP2pkh), Str(kP2sh)));
}

TEST(ExtractText, UndoesTheEscapesOfJson) {
  const std::string a = Str(kP2pkh);
  const std::string h = a.substr(0, 9);
  const std::string t = a.substr(9);
  const struct {
    std::string text;
    std::string raw;
    Steps steps;
  } cases[] = {
      {R"({"body": "Send BTC to:\n)" + a + R"("})", a, {"json_escape"}},
      {R"({"body": "wallet\t)" + a + R"(\r\nthanks"})", a, {"json_escape"}},
      {R"({"url": "https:\/\/pay\/)" + a + R"("})", a, {}},
      {R"({"body": "\u0031)" + a.substr(1) + R"("})", R"(\u0031)" + a.substr(1), {"json_escape"}},
      {R"("\u003A)" + a, a, {"json_escape"}},
      {'"' + h + R"(\n)" + t + '"', h + R"(\n)" + t, {"json_escape", "line_wrap"}},
      {'"' + h + R"(\u200B)" + t + '"', h + R"(\u200B)" + t, {"json_escape", "zero_width"}},
      // A text that was escaped twice.
      {R"("\n)" + a + R"(\n")", a, {"json_escape"}},
      {R"("to\n%31)" + a.substr(1) + '"', "%31" + a.substr(1), {"percent_encoding", "json_escape"}},
      // U+E0020 as two units of UTF-16.
      {'"' + h + R"(\udb40\udc20)" + t + R"( \ud83d\n")",
       h + R"(\udb40\udc20)" + t,
       {"json_escape", "zero_width"}},
      // What begins like an escape and is none.
      {R"("\u00)" + a.substr(0, 1) + '"' + a, a, {}},
      {R"(C:\)" + a, a, {}},
  };
  for (const auto& [text, raw, steps] : cases) {
    SCOPED_TRACE(text);
    const auto found = ExtractText(text);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].value, kP2pkh);
    EXPECT_EQ(found[0].raw, raw);
    EXPECT_EQ(found[0].offset, text.rfind(raw));
    EXPECT_EQ(found[0].steps, steps);
  }
  for (const char* between : {R"(\n\n)", R"(\r\n\r\n)", R"(\/)", R"(\q)", R"(\u00e4)"}) {
    EXPECT_THAT(ExtractText(absl::StrCat(h, between, t)), IsEmpty()) << between;
  }
}

TEST(ExtractText, JoinsAcrossInvisibleCharactersAndOneLineWrap) {
  const std::string head = Str(kP2pkh.substr(0, 17));
  const std::string tail = Str(kP2pkh.substr(17));
  const struct {
    std::string_view between;
    std::string step;
  } cases[] = {{"\xe2\x80\x8b", "zero_width"},
               {"\xc2\xad", "soft_hyphen"},
               {"\n", "line_wrap"},
               {"\r\n", "line_wrap"},
               {"\n    ", "line_wrap"},
               {" \n\t", "line_wrap"},
               {"\xef\xbb\xbf", "zero_width"},
               {"\xe2\x81\xa0", "zero_width"},
               {"\xf3\xa0\x80\xa0", "zero_width"},  // U+E0020, a tag
               {"\xf3\xa0\x84\x80", "zero_width"},  // U+E0100, a variation selector
               {"\xe1\xa0\x8b", "zero_width"},      // U+180B
               {"\xe3\x85\xa4", "zero_width"}};     // U+3164, the filler of Hangul
  for (const auto& [between, step] : cases) {
    SCOPED_TRACE(step);
    const std::string text = absl::StrCat("to: ", head, Str(between), tail, ".");
    const auto found = ExtractText(text);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].value, kP2pkh);
    EXPECT_EQ(found[0].raw, absl::StrCat(head, Str(between), tail));
    EXPECT_THAT(found[0].steps, ElementsAre(step));
  }
  for (const char* between : {" ", "\n\n", "\r\n\r\n", ",", "-", "\t"}) {
    EXPECT_THAT(ExtractText(absl::StrCat(head, between, tail)), IsEmpty());
  }
}

TEST(ExtractText, JoinsAcrossTheMarksOfMail) {
  const std::string h = Str(kP2pkh.substr(0, 17));
  const std::string t = Str(kP2pkh.substr(17));
  const struct {
    std::string between;
    Steps steps;
  } cases[] = {{"\n> ", {"line_wrap", "quote_mark"}}, {"\r\n>> > ", {"line_wrap", "quote_mark"}},
               {"=\n", {"quoted_printable"}},         {"=\r\n", {"quoted_printable"}},
               {"=\n=\r\n", {"quoted_printable"}},    {"=\n\n", {"line_wrap", "quoted_printable"}},
               {"\xe2\x80\xa8", {"line_wrap"}}};  // U+2028
  for (const auto& [between, steps] : cases) {
    SCOPED_TRACE(between);
    const std::string text = absl::StrCat("> to ", h, between, t, "=\n.");
    const auto found = ExtractText(text);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].value, kP2pkh);
    EXPECT_EQ(found[0].raw, absl::StrCat(h, between, t));
    EXPECT_EQ(found[0].steps, steps);
  }
  for (const char* between :
       {"> ", ">", "=", "==\n", "= \n", "=>\n", "\n>\n> ", "\n=", "=\n\n\n"}) {
    EXPECT_THAT(ExtractText(absl::StrCat(h, between, t)), IsEmpty()) << between;
  }
  EXPECT_THAT(ExtractHtml(absl::StrCat(h, "=<b>", t)), IsEmpty());
  EXPECT_THAT(ExtractHtml(absl::StrCat(h, "=<br>", t)), IsEmpty());
  // Two addresses stay two.
  const auto two = ExtractText(absl::StrCat("> ", Str(kP2pkh), "\n> ", Str(kP2sh), "=\n"));
  EXPECT_THAT(Values(two), ElementsAre(Str(kP2pkh), Str(kP2sh)));
}

TEST(ExtractText, DoesNotJoinWhatStandsForItself) {
  const auto found = ExtractText(absl::StrCat(Str(kP2pkh), "\n", Str(kP2sh), "\nthanks\n"));
  EXPECT_THAT(Values(found), ElementsAre(Str(kP2pkh), Str(kP2sh)));
  EXPECT_THAT(found[0].steps, IsEmpty());
  EXPECT_THAT(found[1].steps, IsEmpty());
}

TEST(ExtractText, KeepsEveryOccurrence) {
  const auto found = ExtractText(absl::StrCat(Str(kP2pkh), " ", Str(kP2sh), " ", Str(kP2pkh)));
  EXPECT_THAT(Values(found), ElementsAre(Str(kP2pkh), Str(kP2sh), Str(kP2pkh)));
  EXPECT_LT(found[0].offset, found[2].offset);
}

TEST(ExtractText, MapsOffsetsOfUtf16BackToTheFile) {
  const std::string before = "Zahl\xc3\xa4n \xf0\x9f\x92\xb0 ";  // ae umlaut, a surrogate pair
  for (const bool big_endian : {false, true}) {
    std::string bytes = big_endian ? "\xfe\xff" : "\xff\xfe";
    const auto put = [&](char32_t unit) {
      const char low = static_cast<char>(unit & 0xff);
      const char high = static_cast<char>(unit >> 8);
      bytes.push_back(big_endian ? high : low);
      bytes.push_back(big_endian ? low : high);
    };
    for (int i = 0; i < 5000; ++i) put(U'.');  // over several checkpoints
    for (const char32_t unit : {U'\u00e4', char32_t{0xd83d}, char32_t{0xdcb0}, U' '}) put(unit);
    const std::size_t offset = bytes.size();
    for (const char c : kP2pkh) put(static_cast<unsigned char>(c));
    bytes.push_back('\x41');  // an odd byte at the end
    const auto found = ExtractText(bytes);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].offset, offset);
    EXPECT_EQ(found[0].raw, kP2pkh);
    EXPECT_THAT(found[0].steps, ElementsAre("utf16"));
  }
}

TEST(ExtractText, RecognisesUtf16WithoutItsMark) {
  const std::string text = absl::StrCat("pay ", Str(kP2pkh), "\n");
  for (const bool big_endian : {false, true}) {
    for (const bool cyrillic : {false, true}) {
      std::string bytes;
      const auto put = [&](char32_t unit) {
        const char low = static_cast<char>(unit & 0xff);
        const char high = static_cast<char>(unit >> 8);
        bytes.push_back(big_endian ? high : low);
        bytes.push_back(big_endian ? low : high);
      };
      for (int i = 0; cyrillic && i < 150; ++i) put(i % 30 == 0 ? U'\u4e00' : U'\u0436');
      const std::size_t before = bytes.size();
      for (const char c : text) put(static_cast<unsigned char>(c));
      const auto found = ExtractText(bytes);
      ASSERT_EQ(found.size(), 1u);
      EXPECT_EQ(found[0].offset, before + 8);
      EXPECT_THAT(found[0].steps, ElementsAre("utf16"));
    }
  }
  // Some NUL bytes make no UTF-16, nor do those of numbers.
  for (const std::string& around :
       {std::string(1, '\0'), std::string(200, '\0'), std::string("\1\0\0\0\2\0\0\0", 8)}) {
    const auto found = ExtractText(absl::StrCat(around, text, around));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_THAT(found[0].steps, IsEmpty());
  }
}

TEST(ExtractText, CountsTheByteOrderMarkInOffsets) {
  const auto found = ExtractText(absl::StrCat("\xef\xbb\xbf", Str(kP2pkh)));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].offset, 3u);
  EXPECT_THAT(found[0].steps, IsEmpty());
}

TEST(ExtractText, FindsAddressesPlantedInRandomText) {
  constexpr std::string_view kAddresses[] = {kP2pkh, kP2sh, kP2wpkh, kP2tr, kRegtest};
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string text;
    std::vector<std::pair<std::uint64_t, std::string>> planted;
    for (int i = 0; i < 30; ++i) {
      for (std::uint64_t n = random() % 200; n > 0; --n) {
        text.push_back(static_cast<char>(random() % 256));
      }
      text += "|";  // random text may end in a letter, or begin an encoding that eats what follows
      text += "  ";
      const std::string_view address = kAddresses[random() % 5];
      planted.emplace_back(text.size(), address);
      text += address;
      text += " ";
    }
    std::vector<std::pair<std::uint64_t, std::string>> found;
    for (const Identifier& identifier : ExtractText(absl::StrCat("x", text))) {
      found.emplace_back(identifier.offset - 1, identifier.value);
    }
    EXPECT_EQ(found, planted);
  }
}

TEST(ExtractText, SaysWhichFileIsTooLargeOrAList) {
  const std::string large(kMaxAdvertisementBytes + 1, 'a');
  const auto too_large =
      ExtractFromBytes(AsBytes(large.data(), large.size()), "big.txt", ContentKind::kGuess);
  EXPECT_EQ(too_large.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(too_large.status().message()), HasSubstr("big.txt"));
  std::string list;
  for (int i = 0; i < 200'000; ++i) list += "bc1sw50qgdz25j ";
  const auto a_list =
      ExtractFromBytes(AsBytes(list.data(), list.size()), "list.txt", ContentKind::kGuess);
  EXPECT_EQ(a_list.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(a_list.status().message()), HasSubstr("list.txt"));
}

TEST(ExtractText, StaysLinearOnTextMadeToBeSlow) {
  // Each would take minutes if every piece were tried with every other.
  const std::string_view units[] = {
      "1\xe2\x80\x8b", "b\nc\n1\n", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb\n",
      "%31",           "&#49;",     "<b>1",
      "\\u0031\\n",    "\\\\",      "bc1q<b>",
      "<!--",          "<a b='",    "</script"};
  for (const std::string_view unit : units) {
    std::string text;
    while (text.size() < 100'000) text += unit;
    ExtractText(text);
    ExtractHtml(text);
  }
}

}  // namespace
}  // namespace coinwake::test
