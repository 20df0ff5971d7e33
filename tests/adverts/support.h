// Short names for the tests of this folder.
#ifndef COINWAKE_TESTS_ADVERTS_SUPPORT_H_
#define COINWAKE_TESTS_ADVERTS_SUPPORT_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "adverts/extract.h"

namespace coinwake::test {

// Valid addresses of public vectors (BIP173, BIP350, Bitcoin Core's key_io_valid.json) and chains.
inline constexpr std::string_view kP2pkh = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
inline constexpr std::string_view kP2sh = "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy";
inline constexpr std::string_view kP2wpkh = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
inline constexpr std::string_view kP2tr =
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0";
inline constexpr std::string_view kRegtest = "bcrt1qhmnvxg5kwd5jezgkhj8d4003fzfcu84nflk5cx";

inline std::vector<Identifier> Extract(std::string_view bytes, ContentKind kind) {
  const auto found = ExtractFromBytes(AsBytes(bytes.data(), bytes.size()), "advert", kind);
  EXPECT_TRUE(found.ok()) << found.status();
  if (!found.ok()) return {};
  for (const Identifier& identifier : *found) {
    EXPECT_EQ(identifier.source, "advert");
    EXPECT_LE(identifier.offset, bytes.size());
    if (identifier.steps.empty() || identifier.steps[0] != "utf16") {
      EXPECT_EQ(bytes.substr(identifier.offset, identifier.raw.size()), identifier.raw);
    }
  }
  return *found;
}
inline std::vector<Identifier> ExtractText(std::string_view bytes) {
  return Extract(bytes, ContentKind::kText);
}
inline std::vector<Identifier> ExtractHtml(std::string_view bytes) {
  return Extract(bytes, ContentKind::kHtml);
}

inline std::vector<std::string> Values(const std::vector<Identifier>& identifiers) {
  std::vector<std::string> values;
  values.reserve(identifiers.size());
  for (const Identifier& identifier : identifiers) values.push_back(identifier.value);
  return values;
}

using Steps = std::vector<std::string>;

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_ADVERTS_SUPPORT_H_
