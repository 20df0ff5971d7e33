// Goal: sets known to be apart stay apart through all unions, and two large sets need two pieces of
// evidence (ALGORITHMS.md 1.4, 2.7). Method: one case each, then random sequences beside a slow
// twin that looks through all pairs of addresses.
#include "heuristics/constrained_union.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <vector>

namespace coinwake::test {
namespace {

using Outcome = ConstrainedUnion::Outcome;

// [begin, end) as one set.
void Join(std::uint32_t begin, std::uint32_t end, UnionByMin* unions) {
  for (std::uint32_t i = begin + 1; i < end; ++i) unions->Unite(begin, i);
  unions->Flatten();
}

TEST(ConstrainedUnionTest, UnitesByTheSmallest) {
  UnionByMin unions(10);
  Join(3, 5, &unions);
  ConstrainedUnion constrained(10, &unions);
  EXPECT_EQ(constrained.largest(), 2u);
  EXPECT_EQ(constrained.Unite(4, 3, 1), Outcome::kSameAlready);
  EXPECT_EQ(constrained.Unite(9, 4, 1), Outcome::kUnited);
  EXPECT_EQ(constrained.Unite(9, 3, 1), Outcome::kSameAlready);
  EXPECT_EQ(unions.Find(9), 3u);
  EXPECT_EQ(constrained.Unite(1, 9, 1), Outcome::kUnited);
  EXPECT_EQ(unions.Find(4), 1u);
  EXPECT_EQ(constrained.largest(), 4u);
  EXPECT_EQ(unions.Find(2), 2u);
}

TEST(ConstrainedUnionTest, KeepsApartWhatItWasTold) {
  UnionByMin unions(4);
  ConstrainedUnion constrained(4, &unions);
  constrained.KeepApart(0, 1);
  EXPECT_EQ(constrained.Unite(0, 1, 1), Outcome::kForbidden);
  EXPECT_EQ(constrained.Unite(1, 0, 2), Outcome::kForbidden);
  EXPECT_NE(unions.Find(0), unions.Find(1));
  EXPECT_EQ(constrained.Unite(0, 2, 1), Outcome::kUnited);
  EXPECT_EQ(constrained.largest(), 2u);
}

TEST(ConstrainedUnionTest, KeepsDifferentOwnersApart) {
  UnionByMin unions(8);
  ConstrainedUnion constrained(8, &unions);
  constrained.SetOwner(0, 7);
  constrained.SetOwner(2, 8);
  constrained.SetOwner(4, 7);
  EXPECT_EQ(constrained.Unite(0, 1, 1), Outcome::kUnited);
  EXPECT_EQ(constrained.Unite(3, 2, 1), Outcome::kUnited);
  EXPECT_EQ(constrained.Unite(1, 3, 1), Outcome::kForbidden);
  EXPECT_EQ(constrained.Unite(1, 4, 1), Outcome::kUnited);  // of one owner
  EXPECT_EQ(constrained.Unite(5, 6, 1), Outcome::kUnited);  // of nobody known
  EXPECT_EQ(constrained.Unite(6, 3, 1), Outcome::kUnited);
  EXPECT_EQ(constrained.Unite(5, 0, 1), Outcome::kForbidden);
  EXPECT_EQ(constrained.largest(), 4u);
}

// Two lists may name one owner differently: a name in common is enough.
TEST(ConstrainedUnionTest, UnitesSetsThatShareAnOwner) {
  UnionByMin unions(6);
  Join(0, 2, &unions);
  ConstrainedUnion constrained(6, &unions);
  constrained.SetOwner(0, 7);
  constrained.SetOwner(1, 8);
  constrained.SetOwner(2, 7);
  constrained.SetOwner(3, 9);
  constrained.SetOwner(4, 8);
  EXPECT_EQ(constrained.Unite(3, 1, 1), Outcome::kForbidden);
  EXPECT_EQ(constrained.Unite(2, 0, 1), Outcome::kUnited);
  EXPECT_EQ(constrained.Unite(4, 2, 1), Outcome::kUnited);  // through what it was united with
  EXPECT_EQ(constrained.Unite(3, 4, 1), Outcome::kForbidden);
}

TEST(ConstrainedUnionTest, HasNoEffectWhereTheyAreTogetherAlready) {
  UnionByMin unions(3);
  Join(0, 2, &unions);
  ConstrainedUnion constrained(3, &unions);
  constrained.KeepApart(0, 1);
  EXPECT_EQ(constrained.Unite(0, 1, 1), Outcome::kSameAlready);
  EXPECT_EQ(constrained.Unite(1, 2, 1), Outcome::kUnited);
}

// What is apart from a set is apart from all that joins it, whichever root stays and whichever side
// knows more.
TEST(ConstrainedUnionTest, KeepsApartWhatJoinedLater) {
  for (const bool low_knows_more : {false, true}) {
    UnionByMin unions(40);
    ConstrainedUnion constrained(40, &unions);
    // 10 is apart from 30, 11 from 31; one of them from many others.
    constrained.KeepApart(10, 30);
    constrained.KeepApart(31, 11);
    for (std::uint32_t i = 0; i < 5; ++i) constrained.KeepApart(low_knows_more ? 10 : 11, i);
    EXPECT_EQ(constrained.Unite(10, 11, 1), Outcome::kUnited);
    EXPECT_EQ(constrained.Unite(30, 35, 1), Outcome::kUnited);
    EXPECT_EQ(constrained.Unite(5, 31, 1), Outcome::kUnited);
    for (const std::uint32_t inside : {10u, 11u}) {
      for (const std::uint32_t outside : {30u, 35u, 5u, 31u, 0u, 4u}) {
        EXPECT_EQ(constrained.Unite(inside, outside, 1), Outcome::kForbidden)
            << inside << " " << outside << " " << low_knows_more;
      }
    }
    EXPECT_EQ(constrained.Unite(5, 35, 1), Outcome::kUnited);  // both only apart from the first
    EXPECT_EQ(constrained.Unite(11, 35, 1), Outcome::kForbidden);
    EXPECT_EQ(constrained.Unite(11, 20, 1), Outcome::kUnited);
  }
}

class LargeSets : public ::testing::Test {
 protected:
  // Ten single ones, three sets of kLargeSet, one of kLargeSet - 1, and another single one.
  static constexpr std::uint32_t kA = 10;
  static constexpr std::uint32_t kB = kA + kLargeSet;
  static constexpr std::uint32_t kC = kB + kLargeSet;
  static constexpr std::uint32_t kAlmost = kC + kLargeSet;
  static constexpr std::uint32_t kSingle = kAlmost + kLargeSet - 1;
  static constexpr std::uint32_t kCount = kSingle + 1;

  LargeSets() : unions_(kCount) {
    Join(kA, kB, &unions_);
    Join(kB, kC, &unions_);
    Join(kC, kAlmost, &unions_);
    Join(kAlmost, kSingle, &unions_);
    constrained_.emplace(kCount, &unions_);
  }

  UnionByMin unions_;
  std::optional<ConstrainedUnion> constrained_;
};

TEST_F(LargeSets, WaitForEvidenceOfAnotherBlock) {
  EXPECT_EQ(constrained_->largest(), kLargeSet);
  EXPECT_EQ(constrained_->Unite(kA + 5, kB + 5, 70), Outcome::kQuarantined);
  EXPECT_EQ(constrained_->Unite(kB + 6, kA + 6, 70), Outcome::kQuarantined);
  EXPECT_NE(unions_.Find(kA), unions_.Find(kB));
  EXPECT_EQ(constrained_->Unite(kA + 7, kB + 7, 71), Outcome::kUnited);
  EXPECT_EQ(constrained_->largest(), 2 * kLargeSet);
  EXPECT_EQ(constrained_->Unite(kA + 7, kB + 8, 71), Outcome::kSameAlready);
}

TEST_F(LargeSets, TakeEvidenceOfAnEarlierBlockToo) {
  EXPECT_EQ(constrained_->Unite(kA, kB, 70), Outcome::kQuarantined);
  EXPECT_EQ(constrained_->Unite(kA, kB, 69), Outcome::kUnited);
}

TEST_F(LargeSets, AreNeverSmaller) {
  EXPECT_EQ(constrained_->Unite(kA, kAlmost, 70), Outcome::kUnited);
  EXPECT_EQ(constrained_->Unite(kSingle, kB, 70), Outcome::kUnited);
}

TEST_F(LargeSets, GrowToBeLarge) {
  EXPECT_EQ(constrained_->Unite(kAlmost, kSingle, 70), Outcome::kUnited);
  EXPECT_EQ(constrained_->Unite(kAlmost, kB, 70), Outcome::kQuarantined);
}

TEST_F(LargeSets, MayBeKeptApart) {
  EXPECT_EQ(constrained_->Unite(kA, kB, 70), Outcome::kQuarantined);
  constrained_->KeepApart(kA + 1, kB + 1);
  EXPECT_EQ(constrained_->Unite(kA, kB, 71), Outcome::kForbidden);
}

// Evidence waits for whatever its sets became part of, whichever root stays.
TEST_F(LargeSets, WaitThroughUnions) {
  EXPECT_EQ(constrained_->Unite(kA, kB, 70), Outcome::kQuarantined);
  EXPECT_EQ(constrained_->Unite(kB, kAlmost, 70), Outcome::kUnited);
  EXPECT_EQ(constrained_->Unite(kB, 4, 70), Outcome::kUnited);
  EXPECT_EQ(constrained_->Unite(kA, 3, 70), Outcome::kUnited);
  EXPECT_EQ(constrained_->Unite(3, kAlmost, 70), Outcome::kQuarantined);
  EXPECT_EQ(constrained_->Unite(3, kAlmost, 80), Outcome::kUnited);
}

// Of evidence for two sets that became one, the earlier counts.
TEST_F(LargeSets, WaitSinceTheEarlierBlock) {
  for (const bool b_first : {false, true}) {
    UnionByMin unions(kCount);
    Join(kA, kB, &unions);
    Join(kB, kC, &unions);
    Join(kC, kAlmost, &unions);
    ConstrainedUnion constrained(kCount, &unions);
    EXPECT_EQ(constrained.Unite(kA, kB, b_first ? 70 : 71), Outcome::kQuarantined);
    EXPECT_EQ(constrained.Unite(kA, kC, b_first ? 71 : 70), Outcome::kQuarantined);
    EXPECT_EQ(constrained.Unite(kB, kC, 1), Outcome::kQuarantined);
    EXPECT_EQ(constrained.Unite(kB, kC, 2), Outcome::kUnited);
    EXPECT_EQ(constrained.Unite(kA, kC, 70), Outcome::kQuarantined);
    EXPECT_EQ(constrained.Unite(kA, kC, 71), Outcome::kUnited);
  }
}

// Addresses by the label of their set, and lists of pairs looked through each time.
class SlowUnion {
 public:
  SlowUnion(std::uint32_t count, UnionByMin* unions) {
    for (std::uint32_t i = 0; i < count; ++i) labels_.push_back(unions->Find(i));
  }
  void KeepApart(std::uint32_t a, std::uint32_t b) {
    if (labels_[a] != labels_[b]) apart_.push_back({a, b, 0});
  }
  Outcome Unite(std::uint32_t a, std::uint32_t b, std::uint64_t height) {
    const std::uint32_t label_a = labels_[a];
    const std::uint32_t label_b = labels_[b];
    if (label_a == label_b) return Outcome::kSameAlready;
    if (Between(apart_, label_a, label_b).has_value()) return Outcome::kForbidden;
    if (SizeOf(label_a) >= kLargeSet && SizeOf(label_b) >= kLargeSet) {
      const std::optional<std::uint64_t> seen_at = Between(waiting_, label_a, label_b);
      if (!seen_at.has_value() || *seen_at == height) {
        waiting_.push_back({a, b, height});
        return Outcome::kQuarantined;
      }
    }
    for (std::uint32_t& label : labels_) {
      if (label == label_a || label == label_b) label = std::min(label_a, label_b);
    }
    return Outcome::kUnited;
  }
  std::uint32_t LabelOf(std::uint32_t i) const { return labels_[i]; }
  std::uint64_t Largest() const {
    std::vector<std::uint64_t> sizes(labels_.size(), 0);
    for (const std::uint32_t label : labels_) ++sizes[label];
    return *std::max_element(sizes.begin(), sizes.end());
  }

 private:
  struct Pair {
    std::uint32_t a;
    std::uint32_t b;
    std::uint64_t number;
  };
  // The smallest number of a pair between the two sets.
  std::optional<std::uint64_t> Between(const std::vector<Pair>& pairs, std::uint32_t one,
                                       std::uint32_t other) const {
    std::optional<std::uint64_t> found;
    for (const Pair& pair : pairs) {
      const std::uint32_t a = labels_[pair.a];
      const std::uint32_t b = labels_[pair.b];
      if (std::minmax(a, b) != std::minmax(one, other)) continue;
      found = std::min(found.value_or(pair.number), pair.number);
    }
    return found;
  }
  std::uint64_t SizeOf(std::uint32_t label) const {
    return static_cast<std::uint64_t>(std::count(labels_.begin(), labels_.end(), label));
  }

  std::vector<std::uint32_t> labels_;
  std::vector<Pair> apart_;
  std::vector<Pair> waiting_;
};

TEST(ConstrainedUnionTest, IsThatOfASlowTwin) {
  constexpr std::uint32_t kLargeSets = 8;
  constexpr std::uint32_t kOfLargeSets = kLargeSets * kLargeSet;
  constexpr std::uint32_t kBefore = 50;  // single ones, and as many after
  constexpr std::uint32_t kCount = kOfLargeSets + 2 * kBefore;
  std::array<int, 4> outcomes{};
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    UnionByMin unions(kCount);
    for (std::uint32_t i = 0; i < kLargeSets; ++i) {
      const std::uint32_t begin = kBefore + i * kLargeSet;
      Join(begin, begin + kLargeSet - i % 2, &unions);  // some just too small
    }
    SlowUnion slow(kCount, &unions);
    ConstrainedUnion constrained(kCount, &unions);
    const std::uint64_t large_of_4 = 1 + seed % 3;
    const std::uint64_t apart_one_in = seed % 2 == 0 ? 2 : 40;
    const auto pick = [&] {
      std::uint64_t at = random() % (2 * std::uint64_t{kBefore});
      if (at >= kBefore) at += kOfLargeSets;
      if (random() % 4 < large_of_4) at = kBefore + random() % kOfLargeSets;
      return static_cast<std::uint32_t>(at);
    };
    for (int step = 0; step < 250; ++step) {
      const std::uint32_t a = pick();
      const std::uint32_t b = pick();
      if (random() % apart_one_in == 0) {
        constrained.KeepApart(a, b);
        slow.KeepApart(a, b);
        continue;
      }
      const std::uint64_t height = random() % 2;
      const Outcome outcome = constrained.Unite(a, b, height);
      ASSERT_EQ(outcome, slow.Unite(a, b, height)) << "step " << step << ": " << a << ", " << b;
      ++outcomes[static_cast<std::size_t>(outcome)];
    }
    ASSERT_EQ(constrained.largest(), slow.Largest());
    for (std::uint32_t i = 0; i < kCount; ++i) ASSERT_EQ(unions.Find(i), slow.LabelOf(i)) << i;
  }
  for (const int count : outcomes) EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace coinwake::test
