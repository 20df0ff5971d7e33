// Goal: hops of peel chains lead to change, in an economy whose owners are known, and chains are
// the same from either end. Method: a chain of each configuration, one hop from every transaction
// beside the truth; whole chains there and back. What is found is printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/cluster.h"
#include "heuristics/peel_chain.h"
#include "indexer/base/hex.h"
#include "indexer/ingest/ingest.h"
#include "indexer/view/open.h"
#include "tests/support/economy.h"
#include "tests/support/economy_truth.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

constexpr std::uint64_t kTransactions = 30'000;
constexpr double kLeastPrecision = 0.99;
constexpr std::uint64_t kFewestHops = 1'000;

struct Walked {
  std::vector<PeelHop> hops;
  PeelEnd end;
};

class PeelEconomyTest : public ::testing::TestWithParam<const char*> {
 protected:
  struct Chain {
    OpenIndex index;
    std::optional<FactsReader> facts;
    synthetic::EconomyTruth truth;
    std::map<TxNum, PeelHop> hops;            // from every transaction that has one
    std::map<PeelStop, std::uint64_t> stops;  // of the others, coinbases apart
  };

  // One chain a configuration for all tests of this process.
  const Chain& chain() {
    static std::map<std::string, std::unique_ptr<Chain>> chains;
    std::unique_ptr<Chain>& chain = chains[GetParam()];
    if (chain == nullptr) chain = Make(GetParam());
    return *chain;
  }
  const View& view() { return *chain().index.view; }

  Walked Walk(TxNum start, PeelDirection direction, const PeelLimits& limits) {
    return Walk(*chain().facts, start, direction, limits);
  }
  static Walked Walk(const FactsReader& facts, TxNum start, PeelDirection direction,
                     const PeelLimits& limits) {
    Walked walked;
    const auto end = FollowPeelChain(facts, nullptr, start, direction, limits, nullptr,
                                     [&walked](const PeelHop& hop) {
                                       walked.hops.push_back(hop);
                                       return absl::OkStatus();
                                     });
    EXPECT_THAT(end, IsOk());
    if (end.ok()) walked.end = *end;
    return walked;
  }

  // Whether one owner made the transaction and holds the change.
  bool IsRight(const PeelHop& hop) {
    const auto truth = chain().truth.transactions.find(view().Txid(hop.tx).ToDisplayHex());
    const AddressNum address = view().AddressOf(view().Outputs(hop.tx).begin + hop.change_vout);
    const auto script = chain().truth.scripts.find(HexEncode(view().Script(address)));
    return truth != chain().truth.transactions.end() && script != chain().truth.scripts.end() &&
           truth->second.owners == std::vector<std::uint32_t>{script->second.owner};
  }
  // Whether it rests on the fingerprint, not on what the transaction itself gives away.
  static bool IsByFingerprint(const PeelHop& hop) {
    return std::none_of(hop.evidence.begin(), hop.evidence.end(), [](const std::string& line) {
      return line.starts_with("direct change") || line.starts_with("of a Tx0");
    });
  }
  const std::string& KindOf(TxNum tx) {
    static const std::string unknown = "unknown";
    const auto truth = chain().truth.transactions.find(view().Txid(tx).ToDisplayHex());
    return truth == chain().truth.transactions.end() ? unknown : truth->second.kind;
  }

 private:
  static std::unique_ptr<Chain> Make(const std::string& economy) {
    const std::string folder =
        (std::filesystem::path(::testing::TempDir()) / ("peel-" + economy)).string();
    std::filesystem::remove_all(folder);
    synthetic::ChainOptions options;
    options.transactions = kTransactions;
    options.seed = 23;
    options.folder = options.truth_folder = folder;
    EXPECT_THAT(GenerateEconomy(RealFileSystem(), options, *synthetic::EconomyNamed(economy)),
                IsOk());
    IngestOptions ingest;
    ingest.blocks_folder = folder;
    ingest.data_folder = folder + "/index";
    EXPECT_THAT(IndexBitcoin(RealFileSystem(), ingest), IsOk());
    auto made = std::make_unique<Chain>();
    auto opened = OpenForReading(RealFileSystem(), ingest.data_folder, Network::kBitcoinRegtest);
    EXPECT_THAT(opened, IsOk());
    made->index = *std::move(opened);
    auto facts = FactsReader::Make(*made->index.view);
    EXPECT_THAT(facts, IsOk());
    made->facts.emplace(*std::move(facts));
    auto truth = synthetic::ReadEconomyTruth(RealFileSystem(), folder);
    EXPECT_THAT(truth, IsOk());
    made->truth = *std::move(truth);
    for (TxNum tx{}; tx.value < made->index.view->transactions_count(); ++tx) {
      const Walked one = Walk(*made->facts, tx, PeelDirection::kForward, {.max_hops = 1});
      if (!one.hops.empty()) {
        made->hops.emplace(tx, one.hops.front());
      } else if (one.end.stop != PeelStop::kCoinbase) {
        ++made->stops[one.end.stop];
      }
    }
    return made;
  }
};

INSTANTIATE_TEST_SUITE_P(All, PeelEconomyTest, ::testing::Values("calibration", "held_out"));

TEST_P(PeelEconomyTest, HopsLeadToChange) {
  struct Count {
    std::uint64_t right = 0;
    std::uint64_t all = 0;
    void Add(bool is_right) {
      right += is_right;
      ++all;
    }
  };
  Count hops;
  Count by_fingerprint;
  std::map<std::string, Count> by_kind;
  for (const auto& [tx, hop] : chain().hops) {
    const bool is_right = IsRight(hop);
    hops.Add(is_right);
    if (IsByFingerprint(hop)) by_fingerprint.Add(is_right);
    by_kind[KindOf(tx)].Add(is_right);
  }
  std::cout << GetParam() << ": " << hops.right << " of " << hops.all
            << " hops lead to change; by the fingerprint alone " << by_fingerprint.right << " of "
            << by_fingerprint.all << "\n";
  for (const auto& [kind, count] : by_kind) {
    std::cout << "  " << kind << " " << count.right << " of " << count.all << "\n";
  }
  for (const auto& [stop, count] : chain().stops) {
    std::cout << "  no hop: " << PeelStopName(stop) << " " << count << "\n";
  }
  for (const Count& count : {hops, by_fingerprint}) {
    EXPECT_GE(count.all, kFewestHops);
    EXPECT_GE(static_cast<double>(count.right), kLeastPrecision * static_cast<double>(count.all));
  }
}

// What the rule is for: the sellers of the economy who peel.
TEST_P(PeelEconomyTest, FollowsTheChainsOfWhoPeels) {
  std::uint64_t all = 0;
  std::uint64_t followed = 0;
  std::uint64_t longest = 0;
  std::map<TxNum, std::uint64_t> length;  // of the chain that ends with a hop to it
  for (TxNum tx{}; tx.value < view().transactions_count(); ++tx) {
    if (KindOf(tx) != "peel") continue;
    ++all;
    const auto hop = chain().hops.find(tx);
    if (hop == chain().hops.end()) continue;
    ++followed;
    longest = std::max(longest, length[hop->second.next] = length[tx] + 1);
  }
  std::cout << GetParam() << ": from " << followed << " of " << all
            << " steps of peel chains a hop goes on, at most " << longest << " in a row\n";
  EXPECT_GE(followed * 4, all);
  EXPECT_GE(longest, 5u);
}

// Of each exchange one address is known, and with it the cluster of that address: hops beside what
// exchanges are paid lead to change as well, and more of them go on.
TEST_P(PeelEconomyTest, KnownServicesLetMoreHopsGoOn) {
  ASSERT_OK_AND_ASSIGN(const auto clusters, Partition::Build(view(), Profile::kStrict, 1, 0));
  std::map<std::uint32_t, AddressNum> first;  // by exchange
  for (AddressNum address{}; address.value < view().addresses_count(); ++address) {
    const auto script = chain().truth.scripts.find(HexEncode(view().Script(address)));
    if (script == chain().truth.scripts.end() || script->second.kind != "exchange") continue;
    first.emplace(script->second.owner, address);
  }
  std::map<AddressNum, std::string> services;  // by cluster
  for (const auto& [owner, address] : first) {
    services.emplace(clusters->ClusterOf(address), std::to_string(owner));
  }
  ASSERT_FALSE(services.empty());
  PeelLimits limits{.max_hops = 1};
  limits.service_of = [&](AddressNum address) {
    const auto service = services.find(clusters->ClusterOf(address));
    return service == services.end() ? std::nullopt : std::optional(service->second);
  };
  std::uint64_t right = 0;
  std::uint64_t all = 0;
  std::uint64_t steps = 0;
  std::uint64_t followed = 0;
  std::uint64_t followed_before = 0;
  for (TxNum tx{}; tx.value < view().transactions_count(); ++tx) {
    const Walked one = Walk(tx, PeelDirection::kForward, limits);
    if (!one.hops.empty()) {
      ++all;
      right += IsRight(one.hops.front());
    }
    if (KindOf(tx) != "peel") continue;
    ++steps;
    followed += !one.hops.empty();
    followed_before += chain().hops.contains(tx);
  }
  std::cout << GetParam() << ": with one address known of each of " << services.size()
            << " exchanges " << right << " of " << all << " hops lead to change; from " << followed
            << " of " << steps << " steps of peel chains a hop goes on, " << followed_before
            << " without\n";
  EXPECT_GE(static_cast<double>(right), kLeastPrecision * static_cast<double>(all));
  EXPECT_GE(followed, followed_before);
}

TEST_P(PeelEconomyTest, ChainsAreTheSameFromEitherEnd) {
  std::map<TxNum, std::vector<TxNum>> before;
  for (const auto& [tx, hop] : chain().hops) before[hop.next].push_back(tx);
  std::uint64_t there_and_back = 0;
  std::uint64_t met_another = 0;
  for (const auto& [start, first_hop] : chain().hops) {
    if (before.contains(start) || start.value % 5 != 0) continue;
    const Walked forward = Walk(start, PeelDirection::kForward, {});
    TxNum at = start;
    for (const PeelHop& hop : forward.hops) {
      ASSERT_EQ(hop.tx, at);
      ASSERT_EQ(hop.next, chain().hops.at(at).next);
      at = hop.next;
    }
    ASSERT_EQ(forward.end.tx, at);
    ASSERT_FALSE(chain().hops.contains(at));
    const Walked backward = Walk(at, PeelDirection::kBackward, {});
    for (std::size_t i = 0; i < backward.hops.size(); ++i) {
      const PeelHop& there = forward.hops[forward.hops.size() - 1 - i];
      ASSERT_EQ(backward.hops[i].tx, there.tx);
      ASSERT_EQ(backward.hops[i].next, there.next);
      ASSERT_EQ(backward.hops[i].change_vout, there.change_vout);
      ASSERT_EQ(backward.hops[i].evidence, there.evidence);
    }
    if (backward.hops.size() == forward.hops.size()) {
      ++there_and_back;
      EXPECT_EQ(backward.end.tx, start);
    } else {  // another chain runs into this one
      ++met_another;
      ASSERT_EQ(backward.end.stop, PeelStop::kAmbiguous);
      ASSERT_GT(before.at(backward.end.tx).size(), 1u);
    }
  }
  std::cout << GetParam() << ": " << there_and_back << " chains there and back, " << met_another
            << " that meet another\n";
  EXPECT_GT(there_and_back, 100u);
}

}  // namespace
}  // namespace coinwake::test
