// Goal: `cluster` and `why` on a Tron network, as people and scripts read them. Method: a town with
// a service, written as block files and indexed by the program.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "indexer/base/file_system.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/tron_block_files.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const TownService kBrook{Town::Person(500), Town::Person(501)};
const std::string kDeposit = Town::Fresh(7).ToBase58();
const std::string kCustomer = Town::Person(7).ToBase58();

const std::string& TownData() {
  static const std::string folder = [] {
    Town town;
    town.AddCustomers(kBrook, 0, kLeastSweepers);
    town.chain().UpdatePermission(Town::Person(7), {Town::Person(8)}, 1);
    town.chain().NextBlock();
    const std::string blocks = ScratchPath("town blocks");
    std::string data = ScratchPath("town data");
    EXPECT_OK(synthetic::WriteBlockFiles(RealFileSystem(), blocks, town.chain().blocks()));
    const ProgramResult result =
        RunProgram(ProgramUnderTest(), {"index", "tron", "--blocks", blocks, "--data", data});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    return data;
  }();
  return folder;
}

ProgramResult Ask(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--data", TownData()});
  return RunProgram(ProgramUnderTest(), arguments);
}

template <typename Message>
Message AskJson(std::vector<std::string> arguments) {
  arguments.emplace_back("--json");
  const ProgramResult result = Ask(std::move(arguments));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  Message message;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(result.out, &message).ok()) << result.out;
  return message;
}

TEST(TronCluster, IsPrintedWithMembers) {
  const auto cluster = AskJson<v1::Cluster>({"cluster", kDeposit, "--members"});
  EXPECT_EQ(cluster.size(), kLeastSweepers + 2);
  EXPECT_THAT(cluster.members(), SizeIs(kLeastSweepers + 2));
  EXPECT_THAT(cluster.members(), Contains(kBrook.gas.ToBase58()));
  EXPECT_EQ(cluster.snapshot().network(), "tron-private");
  const auto without = AskJson<v1::Cluster>({"cluster", kDeposit, "--profile", "standard"});
  EXPECT_THAT(without.members(), IsEmpty());
  const ProgramResult text = Ask({"cluster", kDeposit});
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("accounts"), HasSubstr("TRC20:TR7NHqje"),
                              HasSubstr("staked"), Not(HasSubstr("control edge"))));
}

TEST(TronCluster, ShowsWhatItsMembersLabelsSay) {
  const std::string list =
      FileOf("town.csv", "address,label,category,confidence\n" + kBrook.hot.ToBase58() +
                             ",Brook,exchange,50\n" + kDeposit + ",Brook,exchange,50\n" + kDeposit +
                             ",Listed,sanction,60\n" + kCustomer + ",Other,exchange,50\n");
  ASSERT_EQ(Ask({"labels", "import", list, "--network", "tron-private"}).exit_status, 0);
  const auto cluster = AskJson<v1::Cluster>({"cluster", Town::Fresh(8).ToBase58()});
  EXPECT_EQ(cluster.size(), kLeastSweepers + 2);
  ASSERT_THAT(cluster.labels(), SizeIs(1));
  EXPECT_EQ(cluster.labels(0).label(), "Brook");
  EXPECT_EQ(cluster.labels(0).network(), "tron-private");
  EXPECT_EQ(cluster.labels(0).addresses(), 2U);
  EXPECT_THAT(cluster.snapshot().label_set(), HasSubstr("1-"));
  EXPECT_THAT(Ask({"cluster", kDeposit}).out,
              AllOf(HasSubstr("service, exchange"), Not(HasSubstr("Listed"))));
}

TEST(TronCluster, IsToldOfAnAddressToo) {
  const auto cluster = AskJson<v1::Cluster>({"cluster", kDeposit});
  EXPECT_EQ(AskJson<v1::Address>({"address", kDeposit}).cluster(), cluster.id());
  EXPECT_THAT(Ask({"address", kDeposit}).out, HasSubstr("cluster"));
}

TEST(TronCluster, OfAServiceIsASeedWhereItIsForced) {
  const std::string usdt = "TRC20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
  const ProgramResult refused =
      Ask({"trace", "--seed-cluster", kDeposit + "=Brook", "--asset", usdt});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, HasSubstr("is a service"));
  const ProgramResult forced =
      Ask({"trace", "--seed-cluster", kDeposit + "=Brook", "--asset", usdt, "--force"});
  EXPECT_EQ(forced.exit_status, 0) << forced.err;
  EXPECT_THAT(forced.out, AllOf(HasSubstr("Brook"), HasSubstr("returned_to_seed")));
  // Whatever else is asked of a whole cluster knows it as well.
  const std::string seed = kDeposit + "=Brook";
  const std::vector<std::string> bounds = {"bounds",  "--seed-cluster", seed, "--to",
                                           kCustomer, "--asset",        usdt};
  const std::vector<std::string> source = {"exposure", kDeposit, "--cluster", "--asset", usdt};
  const std::vector<std::string> destination = {
      "exposure", kDeposit, "--cluster", "--direction", "destination", "--asset", usdt};
  for (std::vector<std::string> arguments : {bounds, source, destination}) {
    EXPECT_THAT(Ask(arguments).err, HasSubstr("is a service")) << arguments[0];
    arguments.emplace_back("--force");
    EXPECT_EQ(Ask(arguments).exit_status, 0) << arguments[0];
  }
}

TEST(TronCluster, ShowsControlBesideIt) {
  const auto cluster = AskJson<v1::Cluster>({"cluster", kCustomer});
  EXPECT_EQ(cluster.size(), 1U);
  ASSERT_THAT(cluster.controls(), SizeIs(1));
  EXPECT_EQ(cluster.controls(0).account(), kCustomer);
  EXPECT_THAT(Ask({"cluster", kCustomer}).out,
              HasSubstr("1 control edge beside it: others could act for an account"));
}

TEST(TronWhy, SaysByWhichRule) {
  const auto why =
      AskJson<v1::Evidence>({"why", kDeposit, Town::Fresh(8).ToBase58(), "--profile", "standard"});
  ASSERT_THAT(why.links(), SizeIs(2));
  EXPECT_EQ(why.links(0).rule(), "gas_wallet");
  EXPECT_THAT(Ask({"why", kDeposit, kBrook.hot.ToBase58()}).out, HasSubstr("deposit_sweep"));
  const ProgramResult apart = Ask({"why", kDeposit, kCustomer});
  EXPECT_EQ(apart.exit_status, 1);
  EXPECT_THAT(apart.out, IsEmpty());
  EXPECT_THAT(apart.err, HasSubstr("coinwake: error: no evidence joins"));
}

}  // namespace
}  // namespace coinwake
