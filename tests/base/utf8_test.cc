// Goal: any bytes are read as text, and text that others wrote does nothing to a terminal. Method:
// every code point, the definition of UTF-8 broken in each way, and small cases with known answers.
#include "indexer/base/utf8.h"

#include <gtest/gtest.h>

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

TEST(Printable, KeepsTextAsItIs) {
  for (const std::string text : {"", "Blue Heron", "müller \u00e9 \u4e2d \U0001f600 \\x1b"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, IsOneLineThatATerminalDoesNotObey) {
  EXPECT_EQ(Printable("a\nb\r\nc\td"), "a b  c d");
  EXPECT_EQ(Printable("a\x1b[31mred"), "a\\x1b[31mred");
  EXPECT_EQ(Printable(std::string("\0\x7f", 2)), "\\x00\\x7f");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m");  // CSI as one character
  EXPECT_EQ(Printable("\x9b"), "\ufffd");
  EXPECT_EQ(Printable("abc\u202etxt"), "abc\\u{202e}txt");  // shown right to left from here
}

}  // namespace
}  // namespace coinwake
