// Goal: whenever the program is killed while it indexes Tron, what it had said was committed is
// there, the index is sound, and the next run goes on to the same index.
// Method: as kill_test, over a growing chain and over a fork that takes blocks back.
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "indexer/base/file_system.h"
#include "tests/acceptance/answers.h"
#include "tests/acceptance/killing.h"
#include "tests/support/account_dump.h"
#include "tests/support/tron_block_files.h"
#include "tests/support/tron_chain_builder.h"
#include "tests/support/tron_generator.h"

namespace coinwake::acceptance {
namespace {

constexpr Network kNetwork = Network::kTronPrivate;

std::vector<std::string> IndexArguments(const std::string& blocks, const std::string& data) {
  return {"index", "tron",     "--blocks", blocks,      "--data", data,         "--commit-every",
          "5",     "--memory", "128",      "--threads", "2",      "--progress", "json"};
}

std::string DumpOf(const std::string& data) {
  const auto dump = DumpAccountIndex(RealFileSystem(), data, kNetwork);
  EXPECT_TRUE(dump.ok()) << dump.status();
  return dump.ok() ? *dump : "";
}

TEST(TronKill, AGrowingIndexLosesNothingItToldOf) {
  synthetic::TronGeneratorOptions chain;
  chain.transfers = 4'000;
  chain.folder = FreshFolder("tron-kill-chain");
  const auto made = synthetic::GenerateTronChain(RealFileSystem(), chain);
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string whole = FreshFolder("tron-kill-whole");
  IndexAccounts(chain.folder, whole);
  const std::string expected = DumpOf(whole);
  for (const std::uint64_t seed : {1U, 2U}) {
    const std::string data = FreshFolder("tron-kill-data");
    EXPECT_GT(KillUntilDone(IndexArguments(chain.folder, data), data, kNetwork, seed), 3);
    EXPECT_EQ(DumpOf(data), expected);
  }
}

TEST(TronKill, AReorganisationEndsInTheLongerChain) {
  const synthetic::Address alice = synthetic::InventedAddress(7, 1);
  const synthetic::Address bob = synthetic::InventedAddress(7, 2);
  synthetic::TronChainBuilder chain({.opening = {{alice, 1'000'000'000'000}}});
  const synthetic::AssetId usdt = chain.DeployToken(alice, "Tether USD");
  chain.Mint(usdt, 1'000'000);
  const auto grow = [&](synthetic::TronChainBuilder& on, int blocks, std::int64_t step) {
    for (int i = 0; i < blocks; ++i) {
      on.NextBlock();
      on.Transfer(alice, bob, 1'000'000 + step + i);
      on.TokenTransfer(usdt, alice, bob, static_cast<std::uint64_t>(1 + step + i));
    }
    on.NextBlock();
  };
  grow(chain, 40, 0);
  synthetic::TronChainBuilder other = chain;
  grow(chain, 12, 1'000);
  grow(other, 60, 2'000);
  const std::string first = FreshFolder("tron-kill-first");
  const std::string longer = FreshFolder("tron-kill-longer");
  ASSERT_TRUE(synthetic::WriteBlockFiles(RealFileSystem(), first, chain.blocks()).ok());
  ASSERT_TRUE(synthetic::WriteBlockFiles(RealFileSystem(), longer, other.blocks()).ok());
  const std::string whole = FreshFolder("tron-kill-fork-whole");
  IndexAccounts(longer, whole);
  const std::string expected = DumpOf(whole);
  int within = 0;  // kills after the blocks were taken back and before the run's last commit
  // Three seeds; more where the machine is too quick or too slow for a kill to fall within.
  for (std::uint64_t seed = 3; seed < 6 || (within == 0 && seed < 30); ++seed) {
    const std::string data = FreshFolder("tron-kill-fork-data");
    IndexAccounts(first, data);
    std::vector<std::uint64_t> heights;
    KillUntilDone(IndexArguments(longer, data), data, kNetwork, seed, &heights);
    for (const std::uint64_t height : heights) {
      if (height != chain.blocks().back().number && height != other.blocks().back().number) {
        ++within;
      }
    }
    ASSERT_EQ(DumpOf(data), expected);
    ExpectSound(data, kNetwork);
  }
  EXPECT_GT(within, 0);
}

}  // namespace
}  // namespace coinwake::acceptance
