// Goal: the chain of links is shortest, valid and always the same. Method: small chains whose
// shortest path is known, ties among them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/heuristics/support.h"

namespace coinwake::test {
namespace {

using ::testing::IsEmpty;

class WhyTest : public ClusterTest {
 protected:
  // A transaction that spends a fresh coin of each of `addresses`.
  void AddJoin(const std::string& name, const std::vector<std::string>& addresses) {
    SimpleTransaction mint = Mint("mint " + name, addresses);
    SimpleTransaction join =
        Sweep(name, "mint " + name, static_cast<std::uint32_t>(addresses.size()), "sink " + name);
    chain_.AddBlock({mint, join});
  }
  std::vector<EvidenceLink> Why(const std::string& a, const std::string& b) {
    const auto links =
        WhyJoined(view(), partition_.get(), chain_.AddressOf(a), chain_.AddressOf(b), 0);
    EXPECT_THAT(links, IsOk());
    return links.ok() ? *links : std::vector<EvidenceLink>();
  }
  void ExpectLink(const EvidenceLink& link, const std::string& a, const std::string& b,
                  const std::string& tx) {
    EXPECT_EQ(link.a, chain_.AddressOf(a));
    EXPECT_EQ(link.b, chain_.AddressOf(b));
    EXPECT_EQ(link.tx, chain_.TransactionOf(tx));
    EXPECT_EQ(link.confidence_permille, kCoSpendConfidencePermille);
  }
};

TEST_F(WhyTest, FindsTheShortestOfTwoWays) {
  AddJoin("1", {"a", "b"});
  AddJoin("2", {"b", "c"});
  AddJoin("3", {"c", "d"});
  AddJoin("4", {"d", "e"});
  AddJoin("5", {"a", "x", "y"});
  AddJoin("6", {"y", "e", "z"});
  Build();
  const auto links = Why("a", "e");
  ASSERT_EQ(links.size(), 2u);
  ExpectLink(links[0], "a", "y", "5");
  ExpectLink(links[1], "y", "e", "6");
  const auto back = Why("e", "a");
  ASSERT_EQ(back.size(), 2u);
  ExpectLink(back[0], "e", "y", "6");
  ExpectLink(back[1], "y", "a", "5");
  const auto along = Why("b", "d");
  ASSERT_EQ(along.size(), 2u);
  ExpectLink(along[0], "b", "c", "2");
  ExpectLink(along[1], "c", "d", "3");
}

TEST_F(WhyTest, BreaksTiesByTheSmallestTransactionThenAddress) {
  AddJoin("1", {"a", "p", "q"});
  AddJoin("2", {"a", "b"});
  AddJoin("3", {"b", "a"});
  AddJoin("4", {"p", "z"});
  AddJoin("5", {"q", "z"});
  Build();
  const auto direct = Why("a", "b");
  ASSERT_EQ(direct.size(), 1u);
  ExpectLink(direct[0], "a", "b", "2");
  const auto through = Why("a", "z");
  ASSERT_EQ(through.size(), 2u);
  ExpectLink(through[0], "a", "p", "1");
  ExpectLink(through[1], "p", "z", "4");
}

TEST_F(WhyTest, SaysWhenThereIsNothingToSay) {
  AddJoin("1", {"a", "b"});
  AddJoin("2", {"c", "d"});
  Build();
  EXPECT_THAT(WhyJoined(view(), partition_.get(), chain_.AddressOf("a"), chain_.AddressOf("c"), 0),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(Why("a", "a"), IsEmpty());
}

TEST_F(WhyTest, StopsAtItsLimit) {
  for (int i = 0; i < 20; ++i) {
    AddJoin(std::to_string(i), {"n" + std::to_string(i), "n" + std::to_string(i + 1)});
  }
  Build();
  const AddressNum first = chain_.AddressOf("n0");
  const AddressNum last = chain_.AddressOf("n20");
  EXPECT_THAT(WhyJoined(view(), partition_.get(), first, last, 5),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(Why("n0", "n20").size(), 20u);
  EXPECT_THAT(WhyJoined(view(), partition_.get(), first, last, 1000), IsOk());
  EXPECT_THAT(ClusterAround(view(), Profile::kStrict, first, 20),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(ClusterAround(view(), Profile::kStrict, first, 1000), IsOk());
}

// A PayJoin joins, but is worth less.
TEST_F(WhyTest, TrustsWhatMayBeAPayJoinLess) {
  std::vector<std::uint8_t> script(22, 7);
  script[0] = 0x00;
  script[1] = 0x14;
  chain_.AddBlock({Mint("m", {"a"}, 60'000)});
  SimpleTransaction segwit;
  segwit.name = "segwit";
  segwit.outputs = {{"", 50'000, script, ScriptType::kWitnessV0KeyHash}};
  chain_.AddBlock({segwit});
  SimpleTransaction pay;
  pay.name = "pay";
  pay.inputs = {Spend("m", 0), Spend("segwit", 0)};
  pay.outputs = {{"x", 55'000}, {"y", 54'500}};  // one input would have paid either
  chain_.AddBlock({{}, pay});
  Build();
  const auto links = WhyJoined(view(), partition_.get(), chain_.AddressOf("a"),
                               view().AddressOf(chain_.OutputOf("segwit", 0)), 0);
  ASSERT_THAT(links, IsOk());
  ASSERT_EQ(links->size(), 1u);
  EXPECT_EQ(links->front().confidence_permille, kCoSpendConfidencePermille / 2);
}

// However many addresses a mix has, it is read once.
TEST_F(WhyTest, ReadsAMixOnce) {
  std::vector<std::string> names;
  names.reserve(40);
  for (int i = 0; i < 40; ++i) names.push_back("m" + std::to_string(i));
  AddJoin("all", names);
  chain_.AddBlock({Mint("again", names)});
  SimpleTransaction mix = Sweep("mix", "again", 40, "x");
  mix.outputs = {{"x", 20'000}, {"y", 20'000}, {"z", 20'000}};
  chain_.AddBlock({{}, mix});
  AddJoin("far", {"m7", "b"});
  Build();
  // 81 outputs, 40 + 40 + 2 inputs, and some looks for the key of 41 addresses; 40 times as much if
  // the mix were read for each address.
  EXPECT_THAT(ClusterAround(view(), Profile::kStrict, chain_.AddressOf("b"), 400), IsOk());
  EXPECT_EQ(Why("m0", "b").size(), 2u);
}

TEST_F(WhyTest, PassesByInputsThatJoinNobody) {
  chain_.AddBlock({Mint("m", {"a", "b", "c", "a", "b"})});
  SimpleTransaction sale = Sweep("sale", "m", 3, "x");  // a is a stranger here
  sale.inputs[0].flags.anyone_can_pay = true;
  SimpleTransaction ab;
  ab.name = "ab";
  ab.inputs = {Spend("m", 3), Spend("m", 4)};
  ab.outputs = {{"x", 1}};
  chain_.AddBlock({{}, sale, ab});
  Build();
  const auto links = Why("a", "c");
  ASSERT_EQ(links.size(), 2u);
  ExpectLink(links[0], "a", "b", "ab");
  ExpectLink(links[1], "b", "c", "sale");
}

}  // namespace
}  // namespace coinwake::test
