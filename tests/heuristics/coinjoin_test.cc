// Goal: the equal-output rule flags mixes of the published shapes and leaves payments alone.
// Method: the rule over lists of values, then whole transactions over a view.
#include "heuristics/coinjoin.h"

#include <gtest/gtest.h>

#include "tests/heuristics/support.h"

namespace coinwake::test {
namespace {

EqualOutputs Judge(std::vector<std::uint64_t> values, std::size_t inputs, std::size_t distinct) {
  return JudgeEqualOutputs(&values, inputs, distinct);
}

// `equal` outputs of `value`, then `others` that all differ.
std::vector<std::uint64_t> Outputs(std::size_t equal, std::uint64_t value, std::size_t others) {
  std::vector<std::uint64_t> values(equal, value);
  for (std::size_t i = 0; i < others; ++i) values.push_back(1'000'003 + 7919 * i);
  return values;
}

TEST(EqualOutputsRule, FlagsPublishedMixes) {
  EXPECT_TRUE(Judge(Outputs(5, 5'000'000, 0), 5, 5).is_coinjoin);  // Whirlpool
  EXPECT_TRUE(
      Judge(Outputs(40, 10'000'000, 39), 40, 40).is_coinjoin);      // Wasabi 1, one without change
  EXPECT_TRUE(Judge(Outputs(5, 15'000'000, 5), 5, 5).is_coinjoin);  // JoinMarket
  EXPECT_TRUE(Judge(Outputs(3, 15'000'000, 2), 7, 3).is_coinjoin);  // JoinMarket, the taker sweeps
  EXPECT_TRUE(Judge(Outputs(4, 5000, 0), 4, 4).is_coinjoin);        // more than p equal ones
  const EqualOutputs whirlpool = Judge(Outputs(5, 5'000'000, 0), 5, 5);
  EXPECT_EQ(whirlpool.value, 5'000'000u);
  EXPECT_EQ(whirlpool.equal_outputs, 5u);
}

TEST(EqualOutputsRule, LeavesOthersAlone) {
  // Wasabi 1 with change for all and a coordinator's fee: 40 of 81 are under half (a limit of the
  // rule).
  EXPECT_FALSE(Judge(Outputs(40, 10'000'000, 41), 40, 40).is_coinjoin);
  // WabiSabi: many denominations.
  std::vector<std::uint64_t> wabisabi = Outputs(20, 5'000'000, 80);
  for (int i = 0; i < 19; ++i) wabisabi.push_back(4'194'304);
  EXPECT_FALSE(Judge(wabisabi, 60, 60).is_coinjoin);
  EXPECT_FALSE(Judge(Outputs(10, 100'000, 1), 12, 1).is_coinjoin);  // a batch from one address
  EXPECT_FALSE(
      Judge(Outputs(10, 100'000, 1), 5, 5).is_coinjoin);  // fewer payers than equal payments
  EXPECT_FALSE(Judge(Outputs(2, 100'000, 0), 2, 2).is_coinjoin);  // two outputs
  EXPECT_FALSE(Judge(Outputs(3, 100'000, 0), 1, 1).is_coinjoin);  // one input
  EXPECT_FALSE(Judge(Outputs(3, 600, 1), 3, 3).is_coinjoin);      // coloured-coin markers
  EXPECT_FALSE(Judge(Outputs(3, 4999, 0), 3, 3).is_coinjoin);
  EXPECT_FALSE(Judge({}, 0, 0).is_coinjoin);
}

TEST(EqualOutputsRule, TakesTheLargerValueOnATie) {
  const EqualOutputs result = Judge({9000, 8000, 9000, 8000, 700, 700, 700}, 2, 2);
  EXPECT_FALSE(result.is_coinjoin);
  EXPECT_EQ(result.value, 9000u);
  EXPECT_EQ(result.equal_outputs, 2u);
  EXPECT_EQ(Judge({9000, 8000}, 2, 2).value, 0u);
}

TEST(EqualOutputsRule, NeedsExactlyHalfRoundedUp) {
  for (std::size_t n = 3; n < 40; ++n) {
    const std::size_t p = (n + 1) / 2;
    EXPECT_TRUE(Judge(Outputs(p, 50'000, n - p), p, p).is_coinjoin) << n;
    EXPECT_FALSE(Judge(Outputs(p - 1, 50'000, n - p + 1), p, p).is_coinjoin) << n;
    EXPECT_FALSE(Judge(Outputs(p, 50'000, n - p), p, p - 1).is_coinjoin) << n;
  }
}

using DetectEqualOutputsTest = ClusterTest;

TEST_F(DetectEqualOutputsTest, ReadsTransactionsOfAView) {
  const std::vector<std::uint8_t> op_return = {0x6a, 0x01, 0x00};
  chain_.AddBlock({Mint("coins", {"a", "b", "c", "d", "e", "a", "b", "c", "d", "e", "a", "a"})});
  SimpleTransaction mix;
  mix.name = "mix";
  for (std::uint32_t i = 0; i < 5; ++i) mix.inputs.push_back(Spend("coins", i));
  for (const char* to : {"m1", "m2", "m3"}) mix.outputs.push_back({to, 90'000});
  mix.outputs.push_back({"c1", 1000});
  mix.outputs.push_back({"c2", 2000});
  // Two OP_RETURNs do not count: 3 equal of 5 are enough, 3 of 7 would not be.
  mix.outputs.push_back({"", 0, op_return, ScriptType::kNullData});
  mix.outputs.push_back({"", 0, op_return, ScriptType::kNullData});

  SimpleTransaction coloured;
  coloured.name = "coloured";
  coloured.inputs = {Spend("coins", 5), Spend("coins", 6)};
  coloured.outputs = {
      {"p", 600}, {"q", 600}, {"", 0, op_return, ScriptType::kNullData}, {"r", 9000}};

  SimpleTransaction payout;
  payout.name = "payout";
  payout.inputs = {Spend("coins", 10), Spend("coins", 11)};
  payout.outputs = {{"p", 70'000}, {"q", 70'000}, {"r", 70'000}};
  chain_.AddBlock({{}, mix, coloured, payout});
  Build();

  const EqualOutputs found = DetectEqualOutputs(view(), chain_.TransactionOf("mix"));
  EXPECT_TRUE(found.is_coinjoin);
  EXPECT_EQ(found.value, 90'000u);
  EXPECT_EQ(found.equal_outputs, 3u);
  EXPECT_FALSE(DetectEqualOutputs(view(), chain_.TransactionOf("coloured")).is_coinjoin);
  EXPECT_FALSE(DetectEqualOutputs(view(), chain_.TransactionOf("payout")).is_coinjoin);
  EXPECT_FALSE(DetectEqualOutputs(view(), chain_.TransactionOf("coins")).is_coinjoin);
  EXPECT_FALSE(Joined("a", "c"));
  EXPECT_TRUE(Joined("a", "b"));  // by the coloured-coin transaction
}

}  // namespace
}  // namespace coinwake::test
