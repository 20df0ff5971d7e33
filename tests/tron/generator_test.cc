// Goal: the synthetic Tron chain is what its header promises, so that what is measured and tested
// on it means something.
// Method: small chains into a temporary folder; every block read back by the product's decoders and
// compared with the truth files; equal and unequal options; the shares and habits it models.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "indexer/tron/block.h"
#include "tests/support/matchers.h"
#include "tests/support/tron_accounts.h"
#include "tests/support/tron_generator.h"
#include "tests/tron/chain_check.h"

namespace coinwake::tron {
namespace {

using synthetic::GenerateTronChain;
using synthetic::TronBlock;
using synthetic::TronGeneratorOptions;
using synthetic::TronReport;

std::string TemporaryFolder(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::remove_all(path);
  return path.string();
}

TronGeneratorOptions Options(const std::string& name) {
  TronGeneratorOptions options;
  options.transfers = 4'000;
  options.seed = 7;
  options.folder = TemporaryFolder(name);
  options.truth_folder = options.folder;
  options.writes_transfers = true;
  return options;
}

TronReport Generate(const TronGeneratorOptions& options) {
  const auto report = GenerateTronChain(RealFileSystem(), options);
  EXPECT_OK(report);
  return report.ok() ? *report : TronReport{};
}

std::string Contents(const std::string& path) {
  const auto bytes = ReadWhole(RealFileSystem(), path, 1U << 30);
  EXPECT_OK(bytes);
  return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : std::string();
}

// Every file of a folder by its name.
std::map<std::string, std::string> Files(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files[entry.path().filename().string()] = Contents(entry.path().string());
  }
  return files;
}

std::vector<std::vector<std::string>> Rows(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  for (const char character : Contents(path)) {
    if (character == '\n') {
      rows.push_back(std::exchange(row, std::vector<std::string>(1)));
    } else if (character == ',') {
      row.emplace_back();
    } else {
      row.back().push_back(character);
    }
  }
  if (!rows.empty()) rows.erase(rows.begin());  // the header
  return rows;
}

// The blocks in `folder`, by number, as the maker's own form has them.
std::vector<TronBlock> Blocks(const std::string& folder) {
  std::map<std::uint64_t, TronBlock> blocks;
  for (const auto& [name, contents] : Files(folder)) {
    const bool is_blocks = name.ends_with(".blocks");
    if (!is_blocks && !name.ends_with(".receipts")) continue;
    ByteSpan rest = SpanOf(contents);
    while (!rest.empty()) {
      const auto message = TakeDelimited(&rest, kMaxReceiptsSize);
      EXPECT_OK(message);
      if (!message.ok()) break;
      std::string bytes(message->begin(), message->end());
      if (is_blocks) {
        Block block;
        EXPECT_OK(DecodeBlock(*message, &block));
        TronBlock& made = blocks[block.header.number];
        EXPECT_TRUE(made.bytes.empty());
        made.number = block.header.number;
        made.id = block.header.id;
        made.transactions = static_cast<std::uint32_t>(block.transactions.size());
        made.bytes = std::move(bytes);
      } else {
        BlockReceipts receipts;
        EXPECT_OK(DecodeTransactionRet(*message, &receipts));
        blocks[receipts.block_number].receipts = std::move(bytes);
      }
    }
  }
  std::vector<TronBlock> in_order;
  in_order.reserve(blocks.size());
  for (auto& [number, block] : blocks) in_order.push_back(std::move(block));
  return in_order;
}

TEST(TronGenerator, WritesTheSameBytesForTheSameOptionsOnly) {
  const TronGeneratorOptions first = Options("tron-generator-a");
  TronGeneratorOptions second = Options("tron-generator-b");
  Generate(first);
  Generate(second);
  EXPECT_EQ(Files(first.folder), Files(second.folder));
  second.seed = 8;
  Generate(second);
  EXPECT_NE(Contents(first.folder + "/00000.blocks"), Contents(second.folder + "/00000.blocks"));
  EXPECT_NE(Contents(first.folder + "/balances.csv"), Contents(second.folder + "/balances.csv"));
}

TEST(TronGenerator, TruthIsWhatTheBlocksSay) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE(seed);
    TronGeneratorOptions options = Options("tron-generator-c");
    options.seed = seed;
    const TronReport report = Generate(options);
    const std::vector<TronBlock> blocks = Blocks(options.folder);
    const ReadChain read = ReadBack(blocks);
    ASSERT_EQ(blocks.size(), report.blocks);
    EXPECT_EQ(blocks.front().id, report.genesis);
    EXPECT_EQ(blocks.back().id, report.tip);
    EXPECT_EQ(blocks.back().number, report.height);
    EXPECT_EQ(read.transactions, report.transactions);
    EXPECT_EQ(NetworkOfGenesis(report.genesis), std::nullopt);

    std::vector<std::string> expected;
    std::map<std::pair<std::string, std::string>, Uint256> balances;  // wrap below zero
    std::map<std::string, Uint256> frozen;
    std::uint64_t transfers = 0;
    const std::set<std::string> counted = {"transfer", "call_value", "internal", "mint", "burn"};
    for (const auto& row : Rows(options.folder + "/transfers.csv")) {
      ASSERT_EQ(row.size(), 7U);
      const std::string from = row[4].empty() ? "-" : row[4];
      const std::string to = row[5].empty() ? "-" : row[5];
      std::string& line = expected.emplace_back();
      for (const std::string* word : {&row[2], &row[3], &from, &to, &row[6], &row[1]}) {
        if (!line.empty()) line += ' ';
        line += *word;
      }
      transfers += counted.contains(row[2]) ? 1 : 0;
      const Uint256 amount(row[6]);
      if (row[2] == "freeze" || row[2] == "unfreeze") {
        const Uint256 change = row[2] == "freeze" ? amount : Uint256(0) - amount;
        balances[{from, row[3]}] -= change;
        frozen[from] += change;
        continue;
      }
      balances[{from, row[3]}] -= amount;
      balances[{to, row[3]}] += amount;
    }
    EXPECT_EQ(read.moves, expected);
    EXPECT_EQ(transfers, report.transfers);
    EXPECT_GE(transfers, options.transfers);
    EXPECT_LT(transfers, options.transfers + 50);

    std::map<std::string, Uint256> sums;
    for (const auto& row : Rows(options.folder + "/balances.csv")) {
      ASSERT_EQ(row.size(), 4U);
      const bool negative = row[2].starts_with("-");
      const Uint256 amount(negative ? row[2].substr(1) : row[2]);
      const Uint256 signed_amount = negative ? Uint256(0) - amount : amount;
      const auto found = balances.find({row[0], row[1]});
      ASSERT_NE(found, balances.end());
      EXPECT_EQ(found->second, signed_amount) << row[0] << " " << row[1];
      EXPECT_EQ(row[1] == "TRX" ? frozen[row[0]] : Uint256(0), Uint256(row[3])) << row[0];
      sums[row[1]] += signed_amount + Uint256(row[3]);
      balances.erase(found);
    }
    for (const auto& [key, amount] : balances) {
      if (key.first != "-") {
        EXPECT_EQ(amount, 0) << key.first << " " << key.second;
      }
    }
    for (const synthetic::TruthAsset& asset : report.assets) {
      EXPECT_EQ(sums[asset.name], asset.minted - asset.burned) << asset.name;
    }
  }
}

TEST(TronGenerator, EveryAddressHasAnOwner) {
  const TronGeneratorOptions options = Options("tron-generator-d");
  const TronReport report = Generate(options);
  std::map<std::string, std::string> kinds;
  std::set<std::string> owner_kinds;
  std::set<std::string> roles;
  for (const auto& row : Rows(options.folder + "/owners.csv")) {
    ASSERT_EQ(row.size(), 5U);
    EXPECT_EQ(row[3] == "deposit", !row[4].empty());
    EXPECT_TRUE(kinds.emplace(row[0], row[2]).second) << row[0] << " has two owners";
    owner_kinds.insert(row[2]);
    roles.insert(row[3]);
  }
  EXPECT_EQ(kinds.size(), report.accounts);
  EXPECT_EQ(owner_kinds.size(), synthetic::kTronOwnerKinds);
  EXPECT_EQ(roles.size(), 8U);
  for (const auto& row : Rows(options.folder + "/transfers.csv")) {
    for (const std::string& address : {row[4], row[5]}) {
      if (!address.empty()) {
        ASSERT_TRUE(kinds.contains(address)) << address;
      }
    }
  }
}

TEST(TronGenerator, KeepsTheSharesOfMainNet) {
  TronGeneratorOptions options = Options("tron-generator-e");
  options.transfers = 20'000;
  Generate(options);
  const ReadChain read = ReadBack(Blocks(options.folder));
  const auto percent = [&read](ContractType type) {
    return read.by_type.at(static_cast<std::size_t>(type)) * 100 / read.transactions;
  };
  // Block 60,836,289: calls 48, TRX 23, TRC-10 14, energy 14.
  EXPECT_GE(percent(ContractType::kTriggerSmartContract), 40U);
  EXPECT_LE(percent(ContractType::kTriggerSmartContract), 56U);
  EXPECT_GE(percent(ContractType::kTransfer), 18U);
  EXPECT_LE(percent(ContractType::kTransfer), 38U);
  EXPECT_GE(percent(ContractType::kTransferAsset), 4U);
  EXPECT_GE(percent(ContractType::kDelegateResource), 4U);
  EXPECT_GE(percent(ContractType::kUnDelegateResource), 4U);
  EXPECT_GE(read.failed * 1'000 / read.transactions, 10U);
  for (const ContractType type :
       {ContractType::kFreezeBalanceV2, ContractType::kUnfreezeBalanceV2,
        ContractType::kWithdrawExpireUnfreeze, ContractType::kVoteWitness,
        ContractType::kWithdrawBalance, ContractType::kAccountPermissionUpdate,
        ContractType::kCreateSmartContract, ContractType::kAssetIssue}) {
    EXPECT_GT(read.by_type.at(static_cast<std::size_t>(type)), 0U) << ContractTypeName(type);
  }
}

// By the truth: what a deposit address of an exchange takes in leaves for the hot wallet alone; the
// money of the listed seller is destroyed; poisoners move nothing; sellers cash out.
TEST(TronGenerator, OwnersHaveTheirHabits) {
  const TronGeneratorOptions options = Options("tron-generator-f");
  const TronReport report = Generate(options);
  std::map<std::string, std::vector<std::string>> owners;
  for (const auto& row : Rows(options.folder + "/owners.csv")) owners[row[0]] = row;
  std::uint64_t sweeps = 0;
  std::uint64_t destroyed = 0;
  std::uint64_t nothing = 0;
  std::uint64_t cashed_out = 0;
  for (const auto& row : Rows(options.folder + "/transfers.csv")) {
    const std::string& kind = row[2];
    if (kind == "destroyed") {
      EXPECT_EQ(owners[row[4]][2], "seller");
      EXPECT_NE(row[6], "0");
      ++destroyed;
    }
    if (kind != "transfer") continue;
    const std::vector<std::string>& from = owners[row[4]];
    const std::vector<std::string>& to = owners[row[5]];
    if (from[3] == "deposit" && row[6] != "0") {
      EXPECT_EQ(to[3], "hot");
      EXPECT_EQ(to[1], from[1]) << "another exchange's";
      ++sweeps;
    }
    if (row[6] == "0" && row[3] == report.usdt) {
      EXPECT_EQ(to[3], "look_alike");
      ++nothing;
    }
    if (from[3] == "fresh" && to[3] == "deposit") {
      EXPECT_EQ(to[4], from[1]) << "another customer's";
      ++cashed_out;
    }
  }
  EXPECT_EQ(destroyed, 1U);
  EXPECT_GT(sweeps, 100U);
  EXPECT_GT(nothing, 5U);
  EXPECT_GT(cashed_out, 5U);
}

TEST(TronGenerator, StandsForMainNetsTether) {
  TronGeneratorOptions options = Options("tron-generator-g");
  options.tether_address = true;
  options.transfers = 500;
  EXPECT_EQ(Generate(options).usdt, "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
  options.tether_address = false;
  EXPECT_NE(Generate(options).usdt, "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
}

TEST(TronGenerator, WritesWithoutTruthToo) {
  TronGeneratorOptions options = Options("tron-generator-h");
  Generate(options);
  const auto with_truth = Files(options.folder);
  options.folder = TemporaryFolder("tron-generator-i");
  options.truth_folder.clear();
  Generate(options);
  auto without = Files(options.folder);
  EXPECT_EQ(without.size(), 2U);
  for (const auto& [name, contents] : without) EXPECT_EQ(contents, with_truth.at(name)) << name;
}

// tests/data/tron-demo is what today's generator makes; ORIGIN.md there says how to make it anew.
TEST(TronGenerator, TheDemoIsMadeAnew) {
  TronGeneratorOptions options;
  options.transfers = 1'000;
  options.seed = 3;
  options.tether_address = true;
  options.folder = TemporaryFolder("tron-generator-demo");
  options.truth_folder = options.folder;
  Generate(options);
  auto stored = Files(std::string(COINWAKE_TEST_DATA) + "/tron-demo");
  const std::string origin = stored["ORIGIN.md"];
  stored.erase("ORIGIN.md");
  const auto made = Files(options.folder);
  ASSERT_EQ(made.size(), 4U);
  EXPECT_TRUE(stored == made) << "the bytes differ";
  for (const auto& row : Rows(options.folder + "/owners.csv")) {
    if (row[2] != "seller" || row[3] != "main") continue;
    EXPECT_NE(origin.find(row[0]), std::string::npos) << row[0];
  }
}

TEST(TronGenerator, LookAlikesLookAlike) {
  const auto pairs = synthetic::FindLookAlikes(3, 4);
  ASSERT_EQ(pairs.size(), 4U);
  for (const auto& [one, other] : pairs) {
    EXPECT_NE(one, other);
    EXPECT_EQ(one.ToBase58().substr(0, 3), other.ToBase58().substr(0, 3));
    EXPECT_EQ(one.ToBase58().substr(30), other.ToBase58().substr(30));
  }
}

}  // namespace
}  // namespace coinwake::tron
