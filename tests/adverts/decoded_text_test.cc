// Goal: every byte of a file is read as some character, and places map back exactly. Method: all
// short byte strings against the definition of UTF-8, and UTF-16 texts mapped character by
// character.
#include "adverts/decoded_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace coinwake {
namespace {

TEST(DecodeUtf8, RoundTripsEveryCodePoint) {
  for (char32_t code = 0; code <= 0x10ffff; ++code) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    std::string text;
    AppendUtf8(code, &text);
    const Utf8Char c = DecodeUtf8(text, 0);
    ASSERT_EQ(c.code, code);
    ASSERT_EQ(c.size_bytes, text.size());
  }
}

TEST(DecodeUtf8, TakesOneByteWhereNoSequenceIs) {
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xc3x"}) {
    const Utf8Char c = DecodeUtf8(bad, 0);
    EXPECT_EQ(c.code, char32_t{0xfffd});
    EXPECT_EQ(c.size_bytes, 1u);
  }
  EXPECT_EQ(ValidUtf8("a\xff\xc3\xa4\xe2\x82"), "a\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(DecodedText, MapsEveryCharacterOfUtf16) {
  for (std::uint32_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string bytes = "\xff\xfe";
    for (std::uint64_t n = random() % 6000; n > 0; --n) {
      const std::uint64_t unit = random() % 4 == 0 ? 0xd7f0 + random() % 0x820 : random() % 0x900;
      bytes.push_back(static_cast<char>(unit & 0xff));
      bytes.push_back(static_cast<char>(unit >> 8));
    }
    const DecodedText decoded(AsBytes(bytes.data(), bytes.size()));
    ASSERT_TRUE(decoded.is_transcoded());
    std::uint64_t source = 2;
    for (std::size_t at = 0; at < decoded.text().size();) {
      ASSERT_EQ(decoded.SourceOffset(at), source);
      const Utf8Char c = DecodeUtf8(decoded.text(), at);
      at += c.size_bytes;
      source += c.code > 0xffff ? 4 : 2;
    }
    EXPECT_EQ(source, bytes.size());
    EXPECT_EQ(decoded.SourceOffset(decoded.text().size()), bytes.size());
  }
}

TEST(DecodedText, TakesMarksAlone) {
  for (const std::string& mark : {std::string(), std::string("\xff\xfe"), std::string("\xfe\xff"),
                                  std::string("\xef\xbb\xbf")}) {
    const DecodedText decoded(AsBytes(mark.data(), mark.size()));
    EXPECT_TRUE(decoded.text().empty());
    EXPECT_EQ(decoded.SourceOffset(0), mark.size());
  }
}

}  // namespace
}  // namespace coinwake
