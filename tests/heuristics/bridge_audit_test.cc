// Goal: what alone holds two large parts together is found, and nothing else. Method: hand-made
// graphs; random ones beside a twin that takes each link away and counts what is left.
#include "heuristics/bridge_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <tuple>
#include <vector>

namespace coinwake {
namespace {

using ::testing::IsEmpty;
using Row = std::tuple<std::size_t, std::uint64_t, std::uint64_t>;

std::vector<Row> RowsOf(const std::vector<FoundBridge>& found) {
  std::vector<Row> rows;
  rows.reserve(found.size());
  for (const FoundBridge& one : found) rows.emplace_back(one.link, one.side_a, one.side_b);
  return rows;
}

// Members reached from `start` without links that say what `without` does.
std::uint64_t Reached(const std::vector<AuditLink>& links, std::uint32_t start,
                      const AuditLink& without) {
  const auto ends = [](const AuditLink& link) {
    return std::pair(std::min(link.a, link.b), std::max(link.a, link.b));
  };
  std::map<std::uint32_t, std::uint64_t> sizes;
  for (const AuditLink& link : links) {
    sizes[link.a] = link.size_a;
    sizes[link.b] = link.size_b;
  }
  std::set<std::uint32_t> reached = {start};
  for (bool grew = true; grew;) {
    grew = false;
    for (const AuditLink& link : links) {
      if (link.tx == without.tx && ends(link) == ends(without)) continue;
      if (reached.contains(link.a) != reached.contains(link.b)) {
        reached.insert({link.a, link.b});
        grew = true;
      }
    }
  }
  std::uint64_t members = 0;
  for (const std::uint32_t set : reached) members += sizes[set];
  return members;
}

std::vector<Row> SlowBridges(const std::vector<AuditLink>& links, std::uint64_t least) {
  std::vector<Row> rows;
  std::set<std::tuple<TxNum, std::uint32_t, std::uint32_t>> seen;
  for (std::size_t i = 0; i < links.size(); ++i) {
    const AuditLink& link = links[i];
    if (link.a == link.b) continue;
    if (!seen.insert({link.tx, std::min(link.a, link.b), std::max(link.a, link.b)}).second)
      continue;
    const std::uint64_t side_a = Reached(links, link.a, link);
    const std::uint64_t side_b = Reached(links, link.b, link);
    // Where it is no bridge both reach everything.
    const std::uint64_t all = Reached(links, link.a, AuditLink{});
    if (side_a + side_b != all || side_a < least || side_b < least) continue;
    rows.emplace_back(i, side_a, side_b);
  }
  return rows;
}

AuditLink Link(std::uint32_t a, std::uint32_t b, std::uint64_t tx, std::uint32_t size = 10) {
  return {a, b, size, size, TxNum{tx}};
}

TEST(BridgeAudit, FindsWhatHoldsTwoLargePartsTogether) {
  // 1 and 2 are two links apart, 2 and 9 one, 9 and 5 one, and 5 and 7 by one transaction twice.
  const std::vector<AuditLink> links = {Link(1, 2, 1), Link(2, 1, 2), Link(9, 2, 3),
                                        Link(9, 5, 4), Link(5, 7, 5), Link(7, 5, 5)};
  EXPECT_EQ(RowsOf(FindBridges(links, 20)), (std::vector<Row>{{2, 30, 20}, {3, 30, 20}}));
  EXPECT_EQ(RowsOf(FindBridges(links, 10)),
            (std::vector<Row>{{2, 30, 20}, {3, 30, 20}, {4, 40, 10}}));
  EXPECT_THAT(FindBridges(links, 21), IsEmpty());
  EXPECT_THAT(FindBridges({}, 1), IsEmpty());
  EXPECT_THAT(FindBridges(std::vector<AuditLink>{Link(4, 4, 1)}, 1), IsEmpty());
}

TEST(BridgeAudit, IsWhatTakingEachLinkAwayShows) {
  std::uint64_t found = 0;
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&random](std::uint32_t bound) {
      return static_cast<std::uint32_t>(random() % bound);
    };
    const std::uint32_t sets = 2 + below(9);
    std::vector<std::uint32_t> sizes;
    for (std::uint32_t i = 0; i < sets; ++i) sizes.push_back(1 + below(5));
    std::vector<AuditLink> links;
    for (std::uint32_t i = below(14); i > 0; --i) {
      const std::uint32_t a = below(sets);
      const std::uint32_t b = below(sets);
      // Numbers that are no positions, few transactions.
      links.push_back({a * 1'000 + 7, b * 1'000 + 7, sizes[a], sizes[b], TxNum{1 + below(6)}});
    }
    const std::uint64_t least = 1 + below(6);
    const std::vector<FoundBridge> bridges = FindBridges(links, least);
    ASSERT_EQ(RowsOf(bridges), SlowBridges(links, least));
    found += bridges.size();
  }
  EXPECT_GT(found, 200u);
}

// As deep as the chain of a peeler: nothing calls itself.
TEST(BridgeAudit, StandsLongChains) {
  constexpr std::uint32_t kLinks = 300'000;
  std::vector<AuditLink> links;
  for (std::uint32_t i = 0; i < kLinks; ++i) links.push_back(Link(i, i + 1, i, 1));
  const std::vector<FoundBridge> bridges = FindBridges(links, kLinks / 2);
  ASSERT_EQ(bridges.size(), 2u);
  EXPECT_EQ(bridges[0].side_a, kLinks / 2);
  EXPECT_EQ(bridges[0].side_b, kLinks / 2 + 1);
}

}  // namespace
}  // namespace coinwake
