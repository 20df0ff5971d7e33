// Goal: every byte of a file is read as some character, and places map back exactly. Method: all
// short byte strings against the definition of UTF-8, and UTF-16 texts mapped character by
// character.
#include "adverts/decoded_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace coinwake {
namespace {

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
