// Real blocks of tests/data/bitcoin/blocks with what Bitcoin Core says of each transaction.
#ifndef COINWAKE_TESTS_BITCOIN_BLOCK_FIXTURE_H_
#define COINWAKE_TESTS_BITCOIN_BLOCK_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/network.h"
#include "tests/support/gzip.h"

namespace coinwake::bitcoin {

struct BlockFixture {
  std::string name;    // "mainnet/0000170_ce2f8dd4a2ee"
  std::string raw;     // path of the block, perhaps compressed
  std::string oracle;  // path of Core's decoding
  Network network = Network::kBitcoin;

  // The height in the file name; nullopt for "unknown".
  std::optional<std::uint32_t> height() const {
    const std::string file = name.substr(name.find('/') + 1);
    if (file.starts_with("unknown")) return std::nullopt;
    return static_cast<std::uint32_t>(std::stoul(file));
  }
};

// A folder of many more blocks, if one is named; else null.
inline const char* OtherBlocksFolder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in a test changes the environment.
  return std::getenv("COINWAKE_BLOCKS_DIR");
}

// Every block of the checkout, or of the other folder.
inline std::vector<BlockFixture> BlockFixtures() {
  const char* const other = OtherBlocksFolder();
  const std::filesystem::path root =
      other != nullptr ? other : COINWAKE_TEST_DATA "/bitcoin/blocks";
  const std::pair<const char*, Network> folders[] = {{"mainnet", Network::kBitcoin},
                                                     {"testnet3", Network::kBitcoinTestnet3},
                                                     {"testnet4", Network::kBitcoinTestnet4},
                                                     {"signet", Network::kBitcoinSignet}};
  std::vector<BlockFixture> fixtures;
  for (const auto& [folder, network] : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
      const std::string file = entry.path().filename().string();
      const std::size_t end = file.find(".blk.bin");
      if (end == std::string::npos) continue;
      const std::string stem = file.substr(0, end);
      fixtures.push_back({std::string(folder) + "/" + stem, entry.path().string(),
                          (root / folder / (stem + ".core.jsonl.gz")).string(), network});
    }
  }
  std::sort(fixtures.begin(), fixtures.end(),
            [](const BlockFixture& a, const BlockFixture& b) { return a.name < b.name; });
  return fixtures;
}

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_TESTS_BITCOIN_BLOCK_FIXTURE_H_
