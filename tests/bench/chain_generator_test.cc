// Goal: the synthetic chain is what its header promises, so that measurements on it mean something.
// Method: make small chains into a temporary folder; compare bytes of equal and unequal options,
// the genesis hash with Bitcoin Core's, records with their hashes, and every record across file
// layouts.
#include "tests/support/chain_generator.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "indexer/base/bytes.h"

namespace coinwake::synthetic {
namespace {

std::string TemporaryFolder(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::remove_all(path);
  return path.string();
}

ChainReport Generate(const ChainOptions& options) {
  auto report = GenerateChain(RealFileSystem(), options);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *report : ChainReport{};
}

ChainOptions Options(const std::string& name) {
  ChainOptions options;
  options.transactions = 3'000;
  options.seed = 7;
  options.folder = TemporaryFolder(name);
  return options;
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The records of all block files, in file order, without obfuscation.
std::vector<std::string> Records(const std::string& folder, std::array<std::uint8_t, 8> key = {}) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("blk")) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> records;
  for (const std::string& path : paths) {
    std::string bytes = Contents(path);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<char>(static_cast<std::uint8_t>(bytes[i]) ^ key[i % 8]);
    }
    for (std::size_t at = 0; at + 8 <= bytes.size();) {
      const auto size = LoadLe<std::uint32_t>(bytes.data() + at + 4);
      records.push_back(bytes.substr(at + 8, size));
      at += 8 + size;
    }
  }
  return records;
}

TEST(ChainGenerator, WritesTheSameBytesForTheSameSeedOnly) {
  const ChainOptions first = Options("generator-a");
  ChainOptions second = Options("generator-b");
  Generate(first);
  Generate(second);
  EXPECT_EQ(Records(first.folder), Records(second.folder));
  second.seed = 8;
  Generate(second);
  EXPECT_NE(Records(first.folder), Records(second.folder));
}

TEST(ChainGenerator, ChainsHeadersFromCoresGenesisWithValidWork) {
  const ChainOptions options = Options("generator-c");
  const ChainReport report = Generate(options);
  const std::vector<std::string> records = Records(options.folder);
  ASSERT_EQ(records.size(), report.blocks);
  Hash256 previous;
  for (std::size_t height = 0; height < records.size(); ++height) {
    const ByteSpan header = AsBytes(records[height].data(), 80);
    ASSERT_TRUE(std::equal(previous.bytes.begin(), previous.bytes.end(), header.begin() + 4));
    previous = DoubleSha256(header);
    EXPECT_LE(previous.bytes[31], 0x7f);
    // chainparams.cpp, regtest.
    if (height == 0) {
      EXPECT_EQ(previous.ToDisplayHex(),
                "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206");
    }
  }
  EXPECT_EQ(previous, report.tip);
  EXPECT_EQ(report.height + 1, report.blocks);
}

TEST(ChainGenerator, KeepsTheBlocksWhateverTheirLayout) {
  const ChainOptions plain = Options("generator-d");
  ChainOptions odd = Options("generator-e");
  odd.files.xor_key = {1, 2, 3, 4, 5, 6, 7, 8};
  odd.files.shuffle_window = 16;
  odd.files.file_size = 200'000;
  Generate(plain);
  Generate(odd);
  const std::vector<std::string> in_order = Records(plain.folder);
  const std::vector<std::string> shuffled = Records(odd.folder, odd.files.xor_key);
  EXPECT_NE(in_order, shuffled);
  EXPECT_EQ(std::multiset<std::string>(in_order.begin(), in_order.end()),
            std::multiset<std::string>(shuffled.begin(), shuffled.end()));
  EXPECT_EQ(Contents(odd.folder + "/xor.dat"), std::string("\1\2\3\4\5\6\7\10"));
  EXPECT_TRUE(std::filesystem::exists(odd.folder + "/blk00001.dat"));
}

TEST(ChainGenerator, WritesOneOwnerForEachScript) {
  ChainOptions options = Options("generator-f");
  options.truth_folder = options.folder;
  const ChainReport report = Generate(options);
  std::ifstream owners(options.folder + "/owners.csv");
  std::string line;
  std::getline(owners, line);
  EXPECT_EQ(line, "script,owner,kind");
  std::set<std::string> scripts;
  std::uint64_t rows = 0;
  while (std::getline(owners, line)) {
    ++rows;
    scripts.insert(line.substr(0, line.find(',')));
  }
  EXPECT_EQ(rows, report.scripts);
  EXPECT_EQ(scripts.size(), report.scripts) << "a script has two owners";
}

}  // namespace
}  // namespace coinwake::synthetic
