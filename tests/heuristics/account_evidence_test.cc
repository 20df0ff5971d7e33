// Goal: edges have one order whatever they differ in, and the chain between two accounts is the one
// that its rule says, by a bounded search. Method: small graphs made by hand, and random ones held
// against a search from one end that looks at everything.
#include "heuristics/account_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AccountEdge Edge(std::uint32_t a, std::uint32_t b, std::uint64_t tx) {
  AccountEdge made;
  made.tx = TxNum{tx};
  made.a = a;
  made.b = b;
  return made;
}

// Who pays two deposit accounts in one transaction has two edges that differ in nothing but `via`.
TEST(AccountEvidence, OrdersEdgesWhateverTheyDifferIn) {
  AccountEdge edge;
  edge.a = 1;
  edge.b = 2;
  edge.via = 7;
  edge.confidence_permille = 500;
  edge.rule = AccountRule::kDepositReuse;
  AccountEdge surer = edge;
  surer.confidence_permille = 600;
  AccountEdge other = edge;
  other.via = 6;
  std::vector<std::size_t> order = {0, 1, 2};
  const AccountEdge edges[] = {surer, edge, other};
  do {
    const AccountEvidence evidence({edges[order[0]], edges[order[1]], edges[order[2]]});
    EXPECT_THAT(evidence.edges(), ElementsAre(other, surer, edge));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(AccountEvidence, GivesAShortestChainAndAlwaysTheSame) {
  const AccountEvidence evidence({Edge(1, 2, 9), Edge(2, 3, 8), Edge(4, 1, 7), Edge(4, 3, 6),
                                  Edge(3, 5, 5), Edge(1, 2, 4), Edge(6, 7, 1)});
  EXPECT_THAT(evidence.Chain(AddressNum{1}, AddressNum{2}),
              IsOkAndHolds(ElementsAre(Edge(1, 2, 4))));
  EXPECT_THAT(evidence.Chain(AddressNum{1}, AddressNum{5}),
              IsOkAndHolds(ElementsAre(Edge(4, 1, 7), Edge(4, 3, 6), Edge(3, 5, 5))));
  EXPECT_THAT(evidence.Chain(AddressNum{1}, AddressNum{7}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(evidence.Chain(AddressNum{1}, AddressNum{1}), IsOkAndHolds(IsEmpty()));
}

// Breadth first from `a` alone, all edges for each step.
std::vector<AccountEdge> SlowChain(const std::vector<AccountEdge>& edges, std::uint32_t a,
                                   std::uint32_t b) {
  std::map<std::uint32_t, std::pair<std::uint32_t, AccountEdge>> steps = {{a, {a, {}}}};
  std::vector<std::uint32_t> frontier = {a};
  while (!frontier.empty() && !steps.contains(b)) {
    std::map<std::uint32_t, std::pair<std::uint32_t, AccountEdge>> level;
    for (const std::uint32_t from : frontier) {
      for (const AccountEdge& edge : edges) {
        if (edge.a != from && edge.b != from) continue;
        const std::uint32_t to = edge.a == from ? edge.b : edge.a;
        if (steps.contains(to)) continue;
        const auto [place, is_new] = level.try_emplace(to, from, edge);
        const auto& [other, best] = place->second;
        if (std::tie(edge.tx, from) < std::tie(best.tx, other)) place->second = {from, edge};
      }
    }
    frontier.clear();
    for (const auto& [account, step] : level) frontier.push_back(account);
    steps.insert(level.begin(), level.end());
  }
  std::vector<AccountEdge> chain;
  if (!steps.contains(b)) return chain;
  for (std::uint32_t at = b; at != a; at = steps.at(at).first) {
    chain.push_back(steps.at(at).second);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

TEST(AccountEvidence, GivesTheChainOfASearchFromOneEnd) {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&random](std::uint32_t count) {
      return static_cast<std::uint32_t>(random() % count);
    };
    const std::uint32_t accounts = 4 + below(12);
    const std::uint32_t most_edges = accounts + below(8);
    std::vector<AccountEdge> edges;
    for (std::uint32_t i = 0; i < most_edges; ++i) {
      const std::uint32_t a = below(accounts);
      const std::uint32_t b = below(accounts);
      if (a != b) edges.push_back(Edge(a, b, below(5)));
    }
    const AccountEvidence evidence(edges);
    for (std::uint32_t a = 0; a < accounts; ++a) {
      for (std::uint32_t b = 0; b < accounts; ++b) {
        EXPECT_THAT(evidence.Chain(AddressNum{a}, AddressNum{b}),
                    IsOkAndHolds(SlowChain(evidence.edges(), a, b)));
      }
    }
  }
}

// A hot wallet of many customers stands between two of them: nobody reads all of its edges.
TEST(AccountEvidence, SearchesFromBothEndsWithinALimit) {
  constexpr std::uint32_t kHub = 0;
  constexpr std::uint32_t kCustomers = 10'000;
  std::vector<AccountEdge> edges;
  for (std::uint32_t i = 1; i <= kCustomers; ++i) edges.push_back(Edge(kHub, i, i));
  edges.push_back(Edge(kCustomers, kCustomers + 1, 1));
  const AccountEvidence evidence(edges);
  EXPECT_THAT(evidence.Chain(AddressNum{3}, AddressNum{4}, /*max_rows=*/2),
              IsOkAndHolds(ElementsAre(Edge(kHub, 3, 3), Edge(kHub, 4, 4))));
  const AddressNum far{kCustomers + 1};
  EXPECT_THAT(evidence.Chain(AddressNum{3}, far, /*max_rows=*/4), IsOkAndHolds(SizeIs(3)));
  EXPECT_THAT(evidence.Chain(AddressNum{3}, far, /*max_rows=*/3),
              StatusIs(absl::StatusCode::kResourceExhausted));
  const AlwaysCancelled cancelled;
  EXPECT_THAT(evidence.Chain(AddressNum{3}, far, 0, &cancelled),
              StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace coinwake
