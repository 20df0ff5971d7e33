#include "tests/tron/fixture.h"

#include "indexer/base/check.h"
#include "indexer/base/hex.h"
#include "tests/support/gzip.h"

namespace coinwake::tron {

const std::vector<BlockFixture>& BlockFixtures() {
  static const std::vector<BlockFixture> fixtures = {
      {"mainnet/blocks/61132092", Network::kTron},
      {"mainnet/blocks/60954080", Network::kTron},
      {"mainnet/blocks/60836289.visible", Network::kTron},
      {"shasta/blocks/1", Network::kTronShasta},
      {"shasta/blocks/2", Network::kTronShasta},
      {"shasta/blocks/3", Network::kTronShasta},
      {"shasta/blocks/4", Network::kTronShasta},
      {"shasta/blocks/200", Network::kTronShasta},
      {"shasta/blocks/1000000", Network::kTronShasta},
      {"shasta/blocks/24902354", Network::kTronShasta},
      {"shasta/blocks/33801077", Network::kTronShasta},
      {"shasta/blocks/33801078", Network::kTronShasta},
      {"shasta/blocks/33801079", Network::kTronShasta},
      {"shasta/blocks/33801080", Network::kTronShasta},
      {"shasta/blocks/33801081", Network::kTronShasta},
      {"shasta/blocks/33801295", Network::kTronShasta},
      {"shasta/blocks/cybavo_2018_1.rebuilt", Network::kTronPrivate},
      {"shasta/blocks/cybavo_2018_200", Network::kTronPrivate},
      {"shasta/blocks/cybavo_2018_2349136.rebuilt", Network::kTronPrivate},
      {"shasta/blocks/cybavo_2018_2349814", Network::kTronPrivate},
      {"private/gotron_block_165", Network::kTronPrivate},
  };
  return fixtures;
}

std::vector<std::uint8_t> FixtureBytes(const std::string& path) {
  return ReadMaybeGzip(std::string(COINWAKE_TEST_DATA) + "/tron/" + path);
}

std::string FixtureText(const std::string& path) {
  const std::vector<std::uint8_t> bytes = FixtureBytes(path);
  return std::string(bytes.begin(), bytes.end());
}

nlohmann::json FixtureJson(const std::string& path) {
  return nlohmann::json::parse(FixtureText(path));
}

std::vector<std::uint8_t> Hex(std::string_view hex) {
  const auto bytes = HexDecode(hex);
  COINWAKE_CHECK(bytes.has_value());
  return *bytes;
}

}  // namespace coinwake::tron
