// Goal: peel chains go on where the rule says so, stop where it does not, and say why. Method:
// chains made by hand, one for each stop; every chain forward beside the same chain back.
#include "heuristics/peel_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/shared_keys.h"
#include "indexer/segment/column.h"
#include "tests/heuristics/wallet_chain.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::uint64_t kHeld = 100 * kCoin;

std::string Name(const char* what, int number) {
  return std::string(what) + " " + std::to_string(number);
}

struct Walked {
  std::vector<PeelHop> hops;
  PeelEnd end;
};

class PeelChainTest : public ::testing::Test {
 protected:
  static SimpleTransaction Pay(const std::string& name, const std::vector<SimpleInput>& inputs,
                               const std::vector<SimpleOutput>& outputs,
                               SequenceClass sequence = SequenceClass::kReplaceable) {
    SimpleTransaction tx;
    tx.name = name;
    tx.inputs = inputs;
    for (SimpleInput& input : tx.inputs) input.flags.sequence_class = sequence;
    tx.outputs = outputs;
    return tx;
  }
  // A block of these transactions, after a coinbase of its own.
  void Add(const std::vector<SimpleTransaction>& transactions) {
    std::vector<SimpleTransaction> block = {{}};
    block.insert(block.end(), transactions.begin(), transactions.end());
    chain().AddBlock(block);
  }
  // Coins of kHeld at each of `addresses`.
  void Mint(const std::string& name, const std::vector<std::string>& addresses) {
    SimpleTransaction mint;
    mint.name = name;
    for (const std::string& address : addresses) mint.outputs.push_back({address, kHeld});
    chain().AddBlock({mint});
  }
  // "pay 1" to "pay `payments`", from "coin" on, each to a shop of another type, with change at
  // "change i", its output i % 2.
  void AddChain(int payments) {
    Mint("coin", {"payer"});
    for (int i = 1; i <= payments; ++i) {
      const SimpleInput from =
          i == 1 ? Spend("coin", 0)
                 : Spend(Name("pay", i - 1), static_cast<std::uint32_t>(i - 1) % 2);
      const SimpleOutput shop = SegwitOutput(Name("shop", i), kCoin);
      const SimpleOutput change = {Name("change", i),
                                   kHeld - static_cast<std::uint64_t>(i) * 2 * kCoin};
      Add({Pay(Name("pay", i), {from},
               i % 2 == 0 ? std::vector{change, shop} : std::vector{shop, change})});
    }
  }

  void Build() {
    auto index = chain().Build(files_, "/data");
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    auto facts = FactsReader::Make(*index_.view);
    ASSERT_THAT(facts, IsOk());
    facts_.emplace(*std::move(facts));
  }
  absl::StatusOr<Walked> Walk(const std::string& from, PeelDirection direction,
                              const PeelLimits& limits = {}, const ChangeModel* model = nullptr,
                              const Cancellation* cancellation = nullptr) {
    Walked walked;
    const auto end = FollowPeelChain(*facts_, model, chain().TransactionOf(from), direction, limits,
                                     cancellation, [&walked](const PeelHop& hop) {
                                       walked.hops.push_back(hop);
                                       return absl::OkStatus();
                                     });
    COINWAKE_RETURN_IF_ERROR(end.status());
    walked.end = *end;
    EXPECT_EQ(walked.end.hops, walked.hops.size());
    return walked;
  }
  Walked Forward(const std::string& from, const ChangeModel* model = nullptr) {
    const auto walked = Walk(from, PeelDirection::kForward, {}, model);
    EXPECT_THAT(walked, IsOk());
    return walked.ok() ? *walked : Walked{};
  }
  Walked Backward(const std::string& from) {
    const auto walked = Walk(from, PeelDirection::kBackward);
    EXPECT_THAT(walked, IsOk());
    return walked.ok() ? *walked : Walked{};
  }
  // Where a chain that has no hop stops.
  PeelStop StopOf(const std::string& from, PeelDirection direction = PeelDirection::kForward) {
    const auto walked = Walk(from, direction);
    EXPECT_THAT(walked, IsOk());
    if (!walked.ok()) return PeelStop::kMaxHops;
    EXPECT_THAT(walked->hops, IsEmpty()) << from;
    EXPECT_EQ(walked->end.tx, chain().TransactionOf(from));
    EXPECT_THAT(walked->end.reason, Not(IsEmpty()));
    return walked->end.stop;
  }
  static std::vector<PeelMark> MarksOf(const PeelHop& hop) {
    std::vector<PeelMark> marks;
    marks.reserve(hop.peeled.size());
    for (const PeeledOutput& output : hop.peeled) marks.push_back(output.mark);
    return marks;
  }

  IndexBuilder& chain() { return *chain_; }

  std::unique_ptr<IndexBuilder> chain_ = std::make_unique<IndexBuilder>();
  FaultFileSystem files_;
  OpenIndex index_;
  std::optional<FactsReader> facts_;
};

TEST_F(PeelChainTest, FollowsTheChangeToWhereItIsNotSpent) {
  AddChain(6);
  Build();
  const Walked forward = Forward("pay 1");
  ASSERT_EQ(forward.hops.size(), 5u);
  for (int i = 1; i <= 5; ++i) {
    const PeelHop& hop = forward.hops[static_cast<std::size_t>(i - 1)];
    EXPECT_EQ(hop.tx, chain().TransactionOf(Name("pay", i)));
    EXPECT_EQ(hop.next, chain().TransactionOf(Name("pay", i + 1)));
    EXPECT_EQ(hop.change_vout, static_cast<std::uint32_t>(i % 2));
    ASSERT_EQ(hop.peeled.size(), 1u);
    EXPECT_EQ(hop.peeled[0].vout, static_cast<std::uint32_t>((i + 1) % 2));
    EXPECT_EQ(hop.peeled[0].mark, PeelMark::kOtherType);
    EXPECT_THAT(
        hop.evidence,
        ElementsAre("fingerprint, before and after: version 2, locktime zero, sequence "
                    "replaceable",
                    "script type, as of a coin spent: pubkeyhash", "address first paid here"));
  }
  EXPECT_EQ(forward.end.tx, chain().TransactionOf("pay 6"));
  EXPECT_EQ(forward.end.stop, PeelStop::kUnspent);
  EXPECT_EQ(forward.end.reason, "output 0 may be the change and is not spent");
}

TEST_F(PeelChainTest, IsTheSameChainBackward) {
  AddChain(6);
  Build();
  const Walked forward = Forward("pay 1");
  const Walked backward = Backward("pay 6");
  ASSERT_EQ(backward.hops.size(), forward.hops.size());
  for (std::size_t i = 0; i < forward.hops.size(); ++i) {
    const PeelHop& there = forward.hops[i];
    const PeelHop& back = backward.hops[forward.hops.size() - 1 - i];
    EXPECT_EQ(back.tx, there.tx);
    EXPECT_EQ(back.next, there.next);
    EXPECT_EQ(back.change_vout, there.change_vout);
    EXPECT_EQ(back.evidence, there.evidence);
  }
  EXPECT_EQ(backward.end.tx, chain().TransactionOf("pay 1"));
  EXPECT_EQ(backward.end.stop, PeelStop::kCoinbase);
  // From amid it.
  EXPECT_EQ(Forward("pay 3").hops.size(), 3u);
  EXPECT_EQ(Backward("pay 3").hops.size(), 2u);
}

TEST_F(PeelChainTest, EndsAfterAsManyHopsAsAskedFor) {
  AddChain(6);
  Build();
  for (const PeelDirection direction : {PeelDirection::kForward, PeelDirection::kBackward}) {
    for (const std::uint64_t hops : {0u, 2u}) {
      ASSERT_OK_AND_ASSIGN(const Walked walked, Walk("pay 3", direction, {.max_hops = hops}));
      EXPECT_EQ(walked.hops.size(), hops);
      if (hops == 2 && direction == PeelDirection::kBackward) {
        EXPECT_EQ(walked.end.tx, chain().TransactionOf("pay 1"));
      }
      EXPECT_EQ(walked.end.stop, PeelStop::kMaxHops);
    }
  }
}

TEST_F(PeelChainTest, EndsWhereTooMuchWouldBeRead) {
  AddChain(6);
  Build();
  for (const PeelDirection direction : {PeelDirection::kForward, PeelDirection::kBackward}) {
    ASSERT_OK_AND_ASSIGN(const Walked whole, Walk("pay 3", direction));
    std::size_t last = 0;
    for (std::uint64_t rows = 1; last < whole.hops.size(); ++rows) {
      ASSERT_LT(rows, 200u);
      ASSERT_OK_AND_ASSIGN(const Walked cut, Walk("pay 3", direction, {.max_rows = rows}));
      ASSERT_GE(cut.hops.size(), last);  // more with more
      last = cut.hops.size();
      if (cut.end.stop == whole.end.stop) break;
      ASSERT_EQ(cut.end.stop, PeelStop::kRowLimit);
      EXPECT_THAT(cut.end.reason, HasSubstr(std::to_string(rows)));
    }
    EXPECT_EQ(last, whole.hops.size());
  }
}

TEST_F(PeelChainTest, StopsWhenToldTo) {
  AddChain(2);
  Build();
  const AlwaysCancelled cancelled;
  EXPECT_THAT(Walk("pay 1", PeelDirection::kForward, {}, nullptr, &cancelled),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(
      FollowPeelChain(*facts_, nullptr, chain().TransactionOf("pay 1"), PeelDirection::kForward, {},
                      nullptr, [](const PeelHop&) { return absl::UnavailableError("full"); }),
      StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(PeelChainTest, TakesAnotherWalletsSpendForAPayment) {
  Mint("mint", {"a", "b"});
  Add({Pay("pay", {Spend("mint", 0)}, {{"shop", kCoin}, {"change", 50 * kCoin}})});
  Add({Pay("shops", {Spend("pay", 0)}, {{"x", 10}, {"y", 20}}, SequenceClass::kFinal),
       Pay("next", {Spend("pay", 1)}, {SegwitOutput("z", 10), {"change 2", 20 * kCoin}})});
  Build();
  const Walked forward = Forward("pay");
  ASSERT_EQ(forward.hops.size(), 1u);
  EXPECT_EQ(forward.hops[0].next, chain().TransactionOf("next"));
  EXPECT_THAT(MarksOf(forward.hops[0]), ElementsAre(PeelMark::kOtherFingerprint));
  EXPECT_EQ(StopOf("shops", PeelDirection::kBackward), PeelStop::kNoCandidate);
}

// Two outputs of the input's type: each may be the change while nothing tells them apart.
TEST_F(PeelChainTest, IsAmbiguousWhereTwoOutputsMayBeTheChange) {
  Mint("mint", {"a", "b", "c", "d"});
  const std::vector<SimpleOutput> two = {{"", kCoin}, {"", 2 * kCoin}};
  const auto to = [&](const std::string& name) {
    std::vector<SimpleOutput> outputs = two;
    outputs[0].address = name + " 0";
    outputs[1].address = name + " 1";
    return outputs;
  };
  Add({Pay("both", {Spend("mint", 0)}, to("both")), Pay("one", {Spend("mint", 1)}, to("one")),
       Pay("none", {Spend("mint", 2)}, to("none")), Pay("mixed", {Spend("mint", 3)}, to("mixed"))});
  SimpleTransaction sale = Pay("sale", {Spend("mixed", 1)}, {{"w", 5}});
  sale.inputs[0].flags.anyone_can_pay = true;
  Add({Pay("both 0", {Spend("both", 0)}, {{"u", 5}}), Pay("both 1", {Spend("both", 1)}, {{"v", 5}}),
       Pay("one 0", {Spend("one", 0)}, {{"t", 5}}), Pay("mixed 0", {Spend("mixed", 0)}, {{"s", 5}}),
       sale});
  Build();
  for (const char* name : {"both", "one", "none", "mixed"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(StopOf(name), PeelStop::kAmbiguous);
    EXPECT_EQ(Forward(name).end.reason, "each of outputs 0, 1 may be the change");
  }
  EXPECT_EQ(StopOf("both 0", PeelDirection::kBackward), PeelStop::kAmbiguous);
  EXPECT_EQ(StopOf("one 0", PeelDirection::kBackward), PeelStop::kAmbiguous);
  EXPECT_EQ(StopOf("sale", PeelDirection::kBackward), PeelStop::kMultiParty);
}

// A wallet does not send its change to where somebody was paid before.
TEST_F(PeelChainTest, TakesAnAddressPaidBeforeForAPayment) {
  Mint("mint", {"a", "shop", "b", "c"});
  Add({Pay("pay", {Spend("mint", 0)}, {{"shop", kCoin}, {"change", 50 * kCoin}}),
       Pay("odd", {Spend("mint", 2)}, {{"shop", kCoin}, SegwitOutput("x", 5)}),
       Pay("two", {Spend("mint", 3)}, {{"shop", kCoin}, {"change c", 5}})});
  Add({Pay("next", {Spend("pay", 1)}, {SegwitOutput("y", 5), {"change 2", kCoin}}),
       Pay("odd next", {Spend("odd", 0)}, {{"z", 5}}), Pay("two 0", {Spend("two", 0)}, {{"w", 5}}),
       Pay("two 1", {Spend("two", 1)}, {{"v", 1}})});
  Build();
  const Walked forward = Forward("pay");
  ASSERT_EQ(forward.hops.size(), 1u);
  EXPECT_THAT(MarksOf(forward.hops[0]), ElementsAre(PeelMark::kPaidBefore));
  EXPECT_EQ(StopOf("odd"), PeelStop::kNoCandidate);  // nor is it change itself
  EXPECT_THAT(Forward("odd").end.reason, HasSubstr("paid before"));
  EXPECT_EQ(StopOf("two"), PeelStop::kAmbiguous);  // spent as the payer spends
}

TEST_F(PeelChainTest, HasNoCandidateWhereEachOutputIsRuledOut) {
  Mint("mint", {"a", "b", "c", "d"});
  const SimpleOutput anyone = {"", 240, {0x51, 0x02, 0x4e, 0x73}, ScriptType::kAnchor};
  const SimpleOutput data = {"", 0, {0x6a, 0x01, 0x00}, ScriptType::kNullData};
  Add({Pay("types", {Spend("mint", 0)}, {SegwitOutput("x", 5), SegwitOutput("y", 6)}),
       Pay("prints", {Spend("mint", 1)}, {{"shop", 5}, {"other shop", 6}}),
       Pay("all", {Spend("mint", 2)}, {{"z", kCoin}}),
       Pay("nobody", {Spend("mint", 3)}, {anyone, data, {"change", kCoin}})});
  Add({Pay("shops", {Spend("prints", 0), Spend("prints", 1)}, {{"w", 5}}, SequenceClass::kFinal),
       Pay("all next", {Spend("all", 0)}, {{"v", 5}}),
       Pay("nobody next", {Spend("nobody", 2)}, {{"u", 5}})});
  Build();
  EXPECT_EQ(StopOf("types"), PeelStop::kNoCandidate);
  EXPECT_EQ(StopOf("prints"), PeelStop::kNoCandidate);
  EXPECT_EQ(StopOf("all"), PeelStop::kNoCandidate);  // perhaps all of it is paid
  EXPECT_EQ(Forward("all").end.reason, "its one output may as well be a payment");
  EXPECT_EQ(StopOf("all next", PeelDirection::kBackward), PeelStop::kNoCandidate);
  const Walked nobody = Forward("nobody");
  ASSERT_EQ(nobody.hops.size(), 1u);
  EXPECT_THAT(MarksOf(nobody.hops[0]), ElementsAre(PeelMark::kNamesNobody));
}

// Everybody knows the key: what is paid there is nobody's change.
TEST_F(PeelChainTest, TakesAKnownKeyForNobodys) {
  const SimpleOutput shared = {"", 7, kSharedKeys[0].Scripts()[1], ScriptType::kPubkeyHash};
  Mint("mint", {"a"});
  Add({Pay("pay", {Spend("mint", 0)}, {shared, {"change", 50 * kCoin}})});
  Add({Pay("next", {Spend("pay", 1)}, {{"x", 5}})});
  Build();
  const Walked forward = Forward("pay");
  ASSERT_EQ(forward.hops.size(), 1u);
  EXPECT_THAT(MarksOf(forward.hops[0]), ElementsAre(PeelMark::kNamesNobody));
}

TEST_F(PeelChainTest, StopsAtWhatMayHaveSeveralParties) {
  chain().AddBlock({{"mint", {}, {{"a", kCoin}, {"b", kCoin}, {"c", kCoin}, {"d", kCoin}}}});
  Add({Pay("pay", {Spend("mint", 0)}, {SegwitOutput("shop", 50'000'000), {"e", 40'000'000}}),
       Pay("cut", {Spend("mint", 3)},
           {{"c1", 400'000}, {"c2", 400'000}, {"c3", 400'000}, {"c4", 400'000}})});
  Add({Pay("mix", {Spend("pay", 1), Spend("mint", 1), Spend("mint", 2)},
           {{"x", 20'000},
            {"y", 20'000},
            {"z", 20'000},
            {"d1", 40'000'000 - 20'000},
            {"d2", kCoin - 20'500},
            {"d3", kCoin - 21'000}}),
       Pay("chip", {Spend("cut", 0)}, {{"w", 5}, SegwitOutput("v", 7)})});
  Add({Pay("after", {Spend("mix", 0)}, {{"u", 5}, SegwitOutput("t", 7)})});
  Build();
  EXPECT_EQ(StopOf("pay"), PeelStop::kMultiParty);
  EXPECT_THAT(Forward("pay").end.reason, HasSubstr(chain().TxidOf("mix").ToDisplayHex()));
  for (const PeelDirection direction : {PeelDirection::kForward, PeelDirection::kBackward}) {
    EXPECT_EQ(StopOf("mix", direction), PeelStop::kMultiParty);
    EXPECT_EQ(StopOf("cut", direction), PeelStop::kMultiParty);
  }
  EXPECT_EQ(StopOf("after", PeelDirection::kBackward), PeelStop::kMultiParty);
  EXPECT_EQ(StopOf("chip", PeelDirection::kBackward), PeelStop::kMultiParty);
}

TEST_F(PeelChainTest, StopsAtNewCoins) {
  AddChain(1);
  Build();
  EXPECT_EQ(StopOf("coin"), PeelStop::kCoinbase);
  EXPECT_EQ(StopOf("coin", PeelDirection::kBackward), PeelStop::kCoinbase);
  EXPECT_EQ(StopOf("pay 1", PeelDirection::kBackward), PeelStop::kCoinbase);
}

TEST_F(PeelChainTest, StopsWhereTheWindowBegins) {
  chain_ = std::make_unique<IndexBuilder>(IndexBuilder::Options{.window_from_height = 1000});
  Add({Pay("pay", {SpendForeign("a", 500)}, {{"change", 100}, SegwitOutput("shop", 200)})});
  Add({Pay("next", {Spend("pay", 0), SpendUnresolved()}, {{"x", 50}, SegwitOutput("y", 20)})});
  Build();
  EXPECT_EQ(Forward("pay").hops.size(), 1u);
  const Walked backward = Backward("next");
  ASSERT_EQ(backward.hops.size(), 1u);
  EXPECT_EQ(backward.end.stop, PeelStop::kBeforeWindow);
}

// Two chains run into one: each has a way on, and there is no one way back.
TEST_F(PeelChainTest, IsAmbiguousBackwardWhereChainsMeet) {
  Mint("mint", {"a", "b"});
  Add({Pay("left", {Spend("mint", 0)}, {SegwitOutput("x", 5), {"c", kCoin}}),
       Pay("right", {Spend("mint", 1)}, {SegwitOutput("y", 5), {"d", kCoin}})});
  Add({Pay("both", {Spend("left", 1), Spend("right", 1)}, {SegwitOutput("z", 5), {"e", kCoin}})});
  Build();
  EXPECT_EQ(Forward("left").end.tx, chain().TransactionOf("both"));
  EXPECT_EQ(Forward("right").end.tx, chain().TransactionOf("both"));
  EXPECT_EQ(StopOf("both", PeelDirection::kBackward), PeelStop::kAmbiguous);
}

// The payer's own address tells the outputs apart; the fingerprint must go on all the same.
TEST_F(PeelChainTest, LetsCertainChangeRuleOutTheOthers) {
  Mint("mint", {"a", "b", "c"});
  Add({Pay("pay", {Spend("mint", 0)}, {{"shop", kCoin}, {"a", 50 * kCoin}}),
       Pay("sold", {Spend("mint", 1)}, {{"shop 2", kCoin}, {"b", 50 * kCoin}}),
       Pay("kept", {Spend("mint", 2)}, {{"shop 3", kCoin}, {"c", 50 * kCoin}})});
  Add({Pay("shops", {Spend("pay", 0)}, {{"x", 5}}),
       Pay("next", {Spend("pay", 1)}, {{"y", 5}, SegwitOutput("z", 5)}),
       Pay("other", {Spend("sold", 1)}, {{"w", 5}}, SequenceClass::kFinal),
       Pay("shops 2", {Spend("sold", 0)}, {{"v", 5}})});
  Build();
  const Walked forward = Forward("pay");
  ASSERT_EQ(forward.hops.size(), 1u);
  EXPECT_EQ(forward.hops[0].next, chain().TransactionOf("next"));
  EXPECT_THAT(MarksOf(forward.hops[0]), ElementsAre(PeelMark::kOtherIsCertain));
  EXPECT_THAT(forward.hops[0].evidence, Contains(HasSubstr("direct change")));
  EXPECT_EQ(StopOf("sold"), PeelStop::kNoCandidate);
  EXPECT_EQ(StopOf("kept"), PeelStop::kUnspent);
}

// The wallet that mixes goes on with what a Tx0 leaves over.
TEST_F(PeelChainTest, GoesOnFromATx0) {
  chain().AddBlock({{"mint", {}, {{"a", 2'600'000}}}});
  Add({Pay("tx0", {Spend("mint", 0)},
           {{"", 0, {0x6a, 0x01, 0x00}, ScriptType::kNullData},
            {"fee", 50'000},
            {"p1", 1'010'000},
            {"p2", 1'010'000},
            {"change", 400'000}})});
  Add({Pay("next", {Spend("tx0", 4)}, {{"x", 5}, SegwitOutput("y", 6)})});
  Build();
  const Walked forward = Forward("tx0");
  ASSERT_EQ(forward.hops.size(), 1u);
  EXPECT_EQ(forward.hops[0].change_vout, 4u);
  EXPECT_EQ(forward.hops[0].peeled.size(), 3u);
  EXPECT_THAT(forward.hops[0].evidence, Contains(HasSubstr("Tx0")));
}

// A model for which an odd value says everything.
ChangeModel OddIsChange() {
  EraCounts counts;
  counts.truths = 1'000;
  RuleCounts& rule = counts.rules[static_cast<std::size_t>(ChangeRule::kNotRound)];
  rule = {.change_votes = 1'000, .payment_silences = 1'000};
  ChangeModel model(0, {counts});
  ScoreTable table;
  for (int i = 0; i < 1'000; ++i) table.Add(10'000, true);
  model.SetThresholds(table);
  return model;
}

TEST_F(PeelChainTest, DoesNotGoOnAgainstTheModel) {
  Mint("mint", {"a", "b"});
  Add({Pay("agrees", {Spend("mint", 0)}, {SegwitOutput("x", kCoin), {"c", kCoin + 7}}),
       Pay("differs", {Spend("mint", 1)}, {SegwitOutput("y", kCoin + 7), {"d", kCoin}})});
  Add({Pay("next", {Spend("agrees", 1)}, {{"z", 5}}),
       Pay("last", {Spend("differs", 1)}, {{"w", 5}})});
  Build();
  const ChangeModel model = OddIsChange();
  ASSERT_EQ(Forward("agrees").hops.size(), 1u);
  ASSERT_EQ(Forward("differs").hops.size(), 1u);
  const Walked agrees = Forward("agrees", &model);
  ASSERT_EQ(agrees.hops.size(), 1u);
  EXPECT_THAT(agrees.hops[0].evidence, Contains(HasSubstr("model of change: score")));
  const Walked differs = Forward("differs", &model);
  EXPECT_THAT(differs.hops, IsEmpty());
  EXPECT_EQ(differs.end.stop, PeelStop::kAmbiguous);
  EXPECT_EQ(differs.end.reason, "output 1 by its fingerprint, output 0 by the model of change");
}

TEST_F(PeelChainTest, StopsAtServices) {
  AddChain(6);
  Build();
  PeelLimits limits;
  limits.service_of = [this](AddressNum address) {
    return address == chain().AddressOf("change 3") ? std::optional<std::string>("Bank")
                                                    : std::nullopt;
  };
  // The third payment pays it, the fourth is its own, the fifth spends what it paid.
  const auto walk = [&](int from, PeelDirection direction) {
    const auto walked = Walk(Name("pay", from), direction, limits);
    EXPECT_THAT(walked, IsOk());
    return walked.ok() ? *walked : Walked{};
  };
  const auto expect_end = [&](const Walked& walked, int at, const std::string& reason) {
    EXPECT_EQ(walked.end.tx, chain().TransactionOf(Name("pay", at)));
    EXPECT_EQ(walked.end.stop, PeelStop::kService);
    EXPECT_EQ(walked.end.reason, reason);
    EXPECT_EQ(walked.end.entity, "Bank");
  };
  const Walked to = walk(1, PeelDirection::kForward);
  EXPECT_EQ(to.hops.size(), 2u);
  expect_end(to, 3, "a service is paid, and no other output may be the change: Bank");
  for (const PeelDirection direction : {PeelDirection::kForward, PeelDirection::kBackward}) {
    const Walked own = walk(4, direction);
    EXPECT_THAT(own.hops, IsEmpty());
    expect_end(own, 4, "a service made it: Bank");
  }
  const Walked from = walk(6, PeelDirection::kBackward);
  EXPECT_EQ(from.hops.size(), 1u);
  expect_end(from, 5, "a service paid what it spends: Bank");
  const Walked after = walk(5, PeelDirection::kForward);
  EXPECT_EQ(after.hops.size(), 1u);
  EXPECT_EQ(after.end.stop, PeelStop::kUnspent);
  EXPECT_EQ(after.end.entity, "");
}

// What a service is paid is no change of somebody else, whatever spends it.
TEST_F(PeelChainTest, GoesOnBesideWhatAServiceIsPaid) {
  Mint("mint", {"a", "b"});
  Add({Pay("peel", {Spend("mint", 0)}, {{"deposit", kCoin}, {"rest", 2 * kCoin}}),
       Pay("guess", {Spend("mint", 1)}, {{"deposit 2", kCoin + 7}, {"rest 2", 2 * kCoin}})});
  Add({Pay("sweep", {Spend("peel", 0)}, {{"u", 5}}), Pay("next", {Spend("peel", 1)}, {{"v", 5}}),
       Pay("sweep 2", {Spend("guess", 0)}, {{"s", 5}}),
       Pay("next 2", {Spend("guess", 1)}, {{"t", 5}})});
  Build();
  ASSERT_EQ(StopOf("peel"), PeelStop::kAmbiguous);
  PeelLimits limits;
  limits.service_of = [this](AddressNum address) {
    return address == chain().AddressOf("deposit") || address == chain().AddressOf("deposit 2")
               ? std::optional<std::string>("Bank")
               : std::nullopt;
  };
  ASSERT_OK_AND_ASSIGN(const Walked peel, Walk("peel", PeelDirection::kForward, limits));
  ASSERT_EQ(peel.hops.size(), 1u);
  EXPECT_EQ(peel.hops[0].change_vout, 1u);
  EXPECT_THAT(MarksOf(peel.hops[0]), ElementsAre(PeelMark::kPaysService));
  EXPECT_EQ(peel.end.tx, chain().TransactionOf("next"));
  ASSERT_OK_AND_ASSIGN(const Walked back, Walk("next", PeelDirection::kBackward, limits));
  ASSERT_EQ(back.hops.size(), 1u);
  EXPECT_EQ(back.hops[0].tx, chain().TransactionOf("peel"));
  // A model that takes the deposit for the change does not know whose it is.
  const ChangeModel model = OddIsChange();
  ASSERT_OK_AND_ASSIGN(const Walked guess, Walk("guess", PeelDirection::kForward, limits, &model));
  ASSERT_EQ(guess.hops.size(), 1u);
  EXPECT_EQ(guess.hops[0].change_vout, 1u);
}

TEST_F(PeelChainTest, TellsOfADamagedColumn) {
  AddChain(3);
  Build();
  const TxNum start = chain().TransactionOf("pay 2");
  const std::string columns = ColumnsFolder(FolderOfNetwork("/data", Network::kBitcoinRegtest));
  for (const char* name :
       {"tx_first_output", "tx_first_input", "tx_version", "tx_locktime", "output_value",
        "output_address", "output_spender", "input_source", "input_flags", "address_type"}) {
    for (const PeelDirection direction : {PeelDirection::kForward, PeelDirection::kBackward}) {
      SCOPED_TRACE(name);
      const std::unique_ptr<FaultFileSystem> copy = files_.Clone();
      copy->FlipByte(columns + "/" + name + ".col", kColumnHeaderBytes, 1);
      ASSERT_OK_AND_ASSIGN(const OpenIndex damaged,
                           OpenForReading(*copy, "/data", Network::kBitcoinRegtest));
      ASSERT_OK_AND_ASSIGN(const FactsReader facts, FactsReader::Make(*damaged.view));
      EXPECT_THAT(FollowPeelChain(facts, nullptr, start, direction, {}, nullptr,
                                  [](const PeelHop&) { return absl::OkStatus(); }),
                  StatusIs(absl::StatusCode::kDataLoss));
    }
  }
}

TEST(PeelNames, AreDistinct) {
  EXPECT_EQ(PeelDirectionName(PeelDirection::kForward), "forward");
  EXPECT_EQ(PeelDirectionName(PeelDirection::kBackward), "backward");
  std::vector<std::string_view> names;
  for (const PeelStop stop : {PeelStop::kNoCandidate, PeelStop::kAmbiguous, PeelStop::kMultiParty,
                              PeelStop::kUnspent, PeelStop::kCoinbase, PeelStop::kBeforeWindow,
                              PeelStop::kMaxHops, PeelStop::kRowLimit, PeelStop::kService}) {
    names.push_back(PeelStopName(stop));
  }
  EXPECT_THAT(names, ElementsAre("no_candidate", "ambiguous", "multi_party", "unspent", "coinbase",
                                 "before_window", "max_hops", "row_limit", "service"));
  names.clear();
  for (const PeelMark mark :
       {PeelMark::kNamesNobody, PeelMark::kOtherIsCertain, PeelMark::kOtherType,
        PeelMark::kOtherFingerprint, PeelMark::kPaidBefore, PeelMark::kPaysService}) {
    names.push_back(PeelMarkName(mark));
  }
  EXPECT_THAT(names, ElementsAre("names_nobody", "other_is_certain", "other_type",
                                 "other_fingerprint", "paid_before", "pays_service"));
}

}  // namespace
}  // namespace coinwake::test
