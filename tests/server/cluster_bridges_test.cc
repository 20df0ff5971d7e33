// Goal: a cluster names the change that alone holds large parts of it together, and no other does.
// Method: four clusters by co-spends on one string, of which only the middle link leaves enough on
// both sides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/bridge.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/view/open.h"
#include "server/address_answers.h"
#include "server/cluster_source.h"
#include "server/names.h"
#include "tests/heuristics/wallet_chain.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using test::PaymentLook;
using test::PayThreeCoins;
using test::SegwitOutput;
using test::SpendAll;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint32_t kEach = 600;

// "a" to "d", each so many addresses that one transaction spends, with three coins besides.
void AddClusters(IndexBuilder& chain) {
  for (const char* who : {"a", "b", "c", "d"}) {
    SimpleTransaction mint;
    mint.name = std::string("mint ") + who;
    std::vector<SimpleInput> coins;
    for (std::uint32_t i = 0; i < kEach + 3; ++i) {
      const std::string address = i <= 3 ? who : who + std::to_string(i - 3);
      mint.outputs.push_back({address, 10 * kCoin});
      if (i >= 3) coins.push_back(Spend(mint.name, i));
    }
    chain.AddBlock({mint});
    chain.AddBlock({{}, SpendAll(std::string("sweep ") + who, coins, std::string("sink ") + who)});
  }
}

// A log that remembers what it was warned of.
class Alarms : public Log {
 public:
  void Say(std::string_view) override {}
  void Warn(std::string_view line) override { warned.emplace_back(line); }
  std::vector<std::string> warned;
};

TEST(ClusterBridges, AreNamedOnTheFirstPage) {
  test::WalletChain wallets(400);
  IndexBuilder& chain = wallets.builder();
  AddClusters(chain);
  const std::pair<std::string, std::string> payments[] = {{"b", "c7"}, {"b", "a7"}, {"c", "d7"}};
  std::uint32_t coin = 0;
  for (const auto& [payer, to] : payments) {
    chain.AddBlock({{},
                    PayThreeCoins("pay " + to, Spend("mint " + payer, coin++), PaymentLook::kClear,
                                  SegwitOutput("shop of " + to, 0), to, 0)});
  }
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  const View& view = *index.view;
  Alarms log;
  ClusterSource clusters(index.view, 1, &log);
  const auto ask = [&](const std::string& who, const std::string& profile,
                       const std::string& token = "") {
    v1::GetClusterRequest request;
    request.set_address(ScriptName(view, chain.AddressOf(who)));
    request.set_profile(profile);
    request.set_members(true);
    request.set_page_token(token);
    v1::Cluster answer;
    EXPECT_OK(AnswerCluster(view, clusters, request, 1'000, nullptr, &answer));
    return answer;
  };
  const v1::Cluster cluster = ask("d9", "standard");
  EXPECT_EQ(cluster.size(), 4 * kEach);
  ASSERT_THAT(cluster.bridges(), SizeIs(1));
  const v1::ClusterBridge& bridge = cluster.bridges(0);
  EXPECT_EQ(bridge.txid(), chain.TxidOf("pay c7").ToDisplayHex());
  EXPECT_EQ(bridge.side_a(), 2 * kEach);
  EXPECT_EQ(bridge.side_b(), 2 * kEach);
  EXPECT_EQ(bridge.a(), ScriptName(view, chain.AddressOf("b")));
  EXPECT_EQ(bridge.b(), ScriptName(view, chain.AddressOf("c")));
  EXPECT_THAT(ask("d9", "standard", cluster.next_page_token()).bridges(), IsEmpty());
  // One cluster is far larger than co-spends alone made any: whoever asks is told, of any cluster.
  const v1::ClusterGrowth growth = ask("payer 1", "standard").growth();
  EXPECT_EQ(growth.largest_before(), kEach);
  EXPECT_EQ(growth.largest(), 4 * kEach);
  EXPECT_TRUE(growth.alarm());
  EXPECT_FALSE(ask("d9", "standard", cluster.next_page_token()).has_growth());
  ASSERT_THAT(log.warned, SizeIs(1));
  EXPECT_THAT(log.warned.front(), HasSubstr("ALARM: change made the largest cluster grow from 600 "
                                            "to 2400 addresses"));
  EXPECT_FALSE(ask("d9", "strict").has_growth());
  EXPECT_THAT(ask("d9", "strict").bridges(), IsEmpty());
  EXPECT_THAT(ask("payer 1", "standard").bridges(), IsEmpty());
}

}  // namespace
}  // namespace coinwake::server
