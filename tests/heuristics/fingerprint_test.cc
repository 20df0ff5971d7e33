// Goal: two transactions of one wallet have what a fingerprint compares in common. Method: facts
// made by hand, at the edges of each class.
#include "heuristics/fingerprint.h"

#include <gtest/gtest.h>

#include <set>

namespace coinwake::test {
namespace {

constexpr std::uint64_t kHeight = 700'000;

TransactionFacts FactsOf(std::uint32_t locktime, std::uint64_t height = kHeight) {
  TransactionFacts facts;
  facts.height = height;
  facts.version = 2;
  facts.locktime = locktime;
  return facts;
}

InputFacts InputOf(ScriptType type, SequenceClass sequence, bool has_witness) {
  InputFacts input;
  input.value = 1;
  input.address = AddressNum{1};
  input.type = type;
  input.flags.sequence_class = sequence;
  input.flags.has_witness = has_witness;
  return input;
}

TEST(Fingerprints, KnowThreeKindsOfLocktime) {
  using enum Fingerprint::Locktime;
  const struct {
    std::uint32_t locktime;
    Fingerprint::Locktime kind;
  } cases[] = {{0, kZero},
               {700'000, kNearHeight},
               {699'900, kNearHeight},
               {699'899, kOther},
               {700'001, kOther},
               {1, kOther},
               {499'999'999, kOther},
               {500'000'000, kOther},
               {0xffffffff, kOther}};
  for (const auto& one : cases) {
    EXPECT_EQ(FingerprintOf(FactsOf(one.locktime)).locktime, one.kind) << one.locktime;
  }
  // In the first hundred blocks.
  EXPECT_EQ(FingerprintOf(FactsOf(1, 50)).locktime, kNearHeight);
  EXPECT_EQ(FingerprintOf(FactsOf(0, 50)).locktime, kZero);
  // A time is no height, however high the chain.
  EXPECT_EQ(FingerprintOf(FactsOf(500'000'000, 500'000'000)).locktime, kOther);
  EXPECT_EQ(FingerprintOf(FactsOf(499'999'999, 500'000'000)).locktime, kNearHeight);
}

TEST(Fingerprints, TakeTheMostReplaceableInput) {
  TransactionFacts facts = FactsOf(0);
  for (const SequenceClass sequence : {SequenceClass::kFinal, SequenceClass::kLocktimeOnly,
                                       SequenceClass::kReplaceable, SequenceClass::kRelativeLock}) {
    facts.inputs.push_back(InputOf(ScriptType::kPubkeyHash, sequence, false));
    EXPECT_EQ(FingerprintOf(facts).sequence, sequence);
  }
  facts.inputs.push_back(InputOf(ScriptType::kPubkeyHash, SequenceClass::kFinal, false));
  EXPECT_EQ(FingerprintOf(facts).sequence, SequenceClass::kRelativeLock);
}

// One wallet may hold coins of several types, and some of its coins may be segwit's.
TEST(Fingerprints, AreTheSameWhateverCoinsAreSpent) {
  TransactionFacts facts = FactsOf(0);
  facts.version = 0x80000000;
  facts.inputs.push_back(InputOf(ScriptType::kPubkeyHash, SequenceClass::kFinal, false));
  const Fingerprint before = FingerprintOf(facts);
  EXPECT_EQ(before.version, 0x80000000);
  facts.inputs.push_back(InputOf(ScriptType::kWitnessV1Taproot, SequenceClass::kFinal, true));
  EXPECT_EQ(FingerprintOf(facts), before);
}

TEST(Fingerprints, DifferInVersionLocktimeAndSequence) {
  Fingerprint from;
  from.version = 2;
  from.locktime = Fingerprint::Locktime::kNearHeight;
  from.sequence = SequenceClass::kReplaceable;
  Fingerprint to = from;
  to.version = 1;
  EXPECT_NE(from, to);
  to = from;
  to.locktime = Fingerprint::Locktime::kZero;
  EXPECT_NE(from, to);
  to.locktime = Fingerprint::Locktime::kOther;
  EXPECT_NE(from, to);
  to = from;
  to.sequence = SequenceClass::kLocktimeOnly;
  EXPECT_NE(from, to);
}

TEST(Fingerprints, HaveNumbersOfTheirOwn) {
  std::set<std::size_t> numbers;
  Fingerprint print;
  for (const std::uint32_t version : {1u, 2u}) {
    for (std::uint8_t locktime = 0; locktime < 3; ++locktime) {
      for (std::uint8_t sequence = 0; sequence < 4; ++sequence) {
        print.version = version;
        print.locktime = static_cast<Fingerprint::Locktime>(locktime);
        print.sequence = static_cast<SequenceClass>(sequence);
        EXPECT_LT(NumberOf(print), kFingerprints);
        numbers.insert(NumberOf(print));
      }
    }
  }
  EXPECT_EQ(numbers.size(), kFingerprints);
  print.version = 3;
  EXPECT_TRUE(numbers.contains(NumberOf(print)));
}

}  // namespace
}  // namespace coinwake::test
