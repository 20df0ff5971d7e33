// Goal: clusters agree with the truth: nobody is joined with a stranger, and most of what belongs
// together is found.
// Method: index a synthetic chain whose owners are known; every cluster has to lie within one
// owner, CoinJoins included; count how many spent scripts the clusters leave alone.
#include <cstdint>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "heuristics/cluster.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hex.h"
#include "tests/acceptance/answers.h"
#include "tests/support/chain_generator.h"

namespace coinwake::acceptance {
namespace {

std::map<std::string, std::string> ReadPairs(const std::string& path) {
  std::map<std::string, std::string> pairs;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    const std::size_t comma = line.find(',');
    pairs[line.substr(0, comma)] = line.substr(comma + 1);
  }
  return pairs;
}

TEST(Owners, ClustersNeverJoinStrangers) {
  synthetic::ChainOptions options;
  options.transactions = 20'000;
  options.seed = 3;
  options.folder = FreshFolder("owners-blocks");
  options.truth_folder = FreshFolder("owners-truth");
  const auto made = synthetic::GenerateChain(RealFileSystem(), options);
  ASSERT_TRUE(made.ok()) << made.status();
  const std::string data = FreshFolder("owners-index");
  Index(options.folder, data);
  const Answers answers(data, Network::kBitcoinRegtest);
  const View& view = answers.view();
  const auto partition = Partition::Build(view, Profile::kStrict, 2, 0);
  ASSERT_TRUE(partition.ok()) << partition.status();

  const std::map<std::string, std::string> owners = ReadPairs(options.truth_folder + "/owners.csv");
  std::map<std::uint64_t, std::string> owner_of_cluster;
  std::set<std::string> all_owners;
  std::uint64_t wrong = 0;
  std::uint64_t scripts = 0;
  for (std::uint64_t i = 0; i < view.addresses_count(); ++i) {
    const auto owner = owners.find(HexEncode(view.Script(AddressNum{i})));
    if (owner == owners.end()) continue;  // OP_RETURN and genesis
    ++scripts;
    all_owners.insert(owner->second);
    const auto [it, first] =
        owner_of_cluster.try_emplace((*partition)->ClusterOf(AddressNum{i}).value, owner->second);
    wrong += it->second != owner->second;
  }
  EXPECT_GT(scripts, 30'000U);
  EXPECT_EQ(wrong, 0U) << "scripts in a cluster of another owner";
  // The best possible is one cluster an owner; co-spending alone gets part of the way from one a
  // script.
  EXPECT_LT(owner_of_cluster.size(), scripts * 3 / 4);
  EXPECT_GE(owner_of_cluster.size(), all_owners.size());
}

}  // namespace
}  // namespace coinwake::acceptance
