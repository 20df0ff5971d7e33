// Goal: a partition is written and read back whole; no byte of a file can be changed, and no part
// of it be missing, unnoticed; and an epoch ends where it should. Method: one of each kind, every
// byte flipped, every length cut.
#include "heuristics/kept_partition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "heuristics/epoch.h"
#include "tests/support/matchers.h"

namespace coinwake::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

ChangeModel SomeModel() {
  std::vector<EraCounts> eras(3);
  std::uint64_t number = 1;
  for (EraCounts& era : eras) {
    era.truths = 400 * number;
    for (RuleCounts& rule : era.rules) {
      rule = {number * 7 % 390, number * 11 % 380, number * 13 % 370, number * 17 % 360};
      ++number;
    }
  }
  ChangeModel model(100, eras);
  ScoreTable table;
  for (std::int64_t score = -3'000; score < 12'000; score += 50) table.Add(score, score % 350 != 0);
  model.SetThresholds(table);
  return model;
}

KeptPartition StrictOne() {
  KeptPartition kept;
  kept.head.network = Network::kBitcoinRegtest;
  kept.head.height = 12;
  kept.head.block_hash.bytes.fill(7);
  kept.head.totals.transactions = 40;
  kept.head.totals.inputs = 61;
  kept.head.totals.outputs = 62;
  kept.head.totals.foreign = 3;
  kept.head.totals.unresolved_inputs = 2;
  kept.parents = {0, 0, 2, 0, 2, 5};
  kept.head.totals.addresses = kept.parents.size();
  return kept;
}

KeptPartition StandardOne() {
  KeptPartition kept = StrictOne();
  kept.head.profile = Profile::kStandard;
  kept.head.from_height = 3;
  kept.head.owners.bytes.fill(9);
  kept.head.audit = {10, 9, 8, 7, 6, 5, 4, true, 2};
  kept.head.bridges = {{TxNum{17}, AddressNum{0}, AddressNum{2}, 1'500, 1'200},
                       {TxNum{39}, AddressNum{2}, AddressNum{5}, 1'700, 1'000}};
  kept.head.model = SomeModel();
  kept.edges = {{AddressNum{0}, AddressNum{3}, TxNum{17}, 990},
                {AddressNum{2}, AddressNum{4}, TxNum{39}, 1000}};
  kept.head.edges = kept.edges.size();
  return kept;
}

Bytes Encode(const KeptPartition& kept) {
  Bytes bytes;
  const absl::Status status =
      EncodeKept(kept.head, kept.parents, kept.edges, [&bytes](ByteSpan part) {
        bytes.insert(bytes.end(), part.begin(), part.end());
        return absl::OkStatus();
      });
  EXPECT_THAT(status, IsOk());
  return bytes;
}

void ExpectEqual(const KeptPartition& a, const KeptPartition& b) {
  EXPECT_EQ(a.head.profile, b.head.profile);
  EXPECT_EQ(a.head.network, b.head.network);
  EXPECT_EQ(a.head.from_height, b.head.from_height);
  EXPECT_EQ(a.head.height, b.head.height);
  EXPECT_EQ(a.head.block_hash, b.head.block_hash);
  EXPECT_EQ(a.head.totals, b.head.totals);
  EXPECT_EQ(a.head.owners, b.head.owners);
  EXPECT_EQ(a.head.audit, b.head.audit);
  EXPECT_EQ(a.head.model, b.head.model);
  EXPECT_EQ(a.parents, b.parents);
  EXPECT_EQ(a.edges, b.edges);
}

TEST(KeptPartitionTest, ReadsBackWhatItWrote) {
  ASSERT_TRUE(SomeModel().is_fitted());
  ASSERT_TRUE(SomeModel().standard_threshold().has_value());
  for (const KeptPartition& kept : {StrictOne(), StandardOne()}) {
    const Bytes bytes = Encode(kept);
    ASSERT_OK_AND_ASSIGN(const KeptPartition back, DecodeKept(bytes));
    ExpectEqual(back, kept);
    EXPECT_EQ(Encode(back), bytes);
    std::size_t size_bytes = 0;
    ASSERT_OK_AND_ASSIGN(const KeptHead head, DecodeKeptHead(bytes, &size_bytes));
    EXPECT_EQ(head.model, kept.head.model);
    EXPECT_LT(size_bytes, bytes.size());
  }
}

TEST(KeptPartitionTest, ReadsBodiesOfSeveralChunks) {
  KeptPartition kept = StandardOne();
  kept.parents.clear();
  for (std::uint32_t i = 0; i < 600'000; ++i) kept.parents.push_back(i - i % 3);
  kept.head.totals.addresses = kept.parents.size();
  const Bytes bytes = Encode(kept);
  ASSERT_OK_AND_ASSIGN(const KeptPartition back, DecodeKept(bytes));
  ExpectEqual(back, kept);
  for (const std::size_t at : {bytes.size() / 2, bytes.size() - 1}) {
    Bytes damaged = bytes;
    damaged[at] ^= 0x10;
    EXPECT_THAT(DecodeKept(damaged), StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(KeptPartitionTest, SeesEveryFlippedByteAndEveryCut) {
  const Bytes bytes = Encode(StandardOne());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes damaged = bytes;
    damaged[i] ^= 0x40;
    EXPECT_FALSE(DecodeKept(damaged).ok()) << i;
    EXPECT_FALSE(DecodeKept(ByteSpan(bytes).first(i)).ok()) << i;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_THAT(DecodeKept(longer), StatusIs(absl::StatusCode::kDataLoss));
}

// True checksums over what cannot be.
TEST(KeptPartitionTest, RefusesWhatContradictsItself) {
  const auto refuses = [](const auto& spoil) {
    KeptPartition kept = StandardOne();
    spoil(&kept);
    kept.head.edges = kept.edges.size();
    kept.head.totals.addresses = kept.parents.size();
    return !DecodeKept(Encode(kept)).ok();
  };
  EXPECT_FALSE(refuses([](KeptPartition*) {}));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->parents = {0, 2, 2}; }));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->parents = {0, 0, 1}; }));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->edges[0].payer = AddressNum{6}; }));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->edges[1].change = AddressNum{6}; }));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->edges[1].tx = TxNum{40}; }));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->edges[0].confidence_permille = 1001; }));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->head.model.reset(); }));
  EXPECT_TRUE(refuses([](KeptPartition* kept) { kept->head.from_height = 13; }));
}

TEST(KeptPartitionTest, StopsWhereBytesCannotBePut) {
  const KeptPartition kept = StandardOne();
  int puts = 0;
  const absl::Status status = EncodeKept(kept.head, kept.parents, kept.edges, [&puts](ByteSpan) {
    return ++puts == 2 ? absl::UnavailableError("full") : absl::OkStatus();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(puts, 2);
}

TEST(EpochTest, EndsAtTheTipOfShortChainsAndALittleEarlierOnLongOnes) {
  for (std::uint64_t tip = 0; tip < 2'048; ++tip) EXPECT_EQ(EpochHeight(0, tip), tip);
  // From 2,048 blocks on every second block ends one.
  EXPECT_EQ(EpochHeight(0, 2'048), 2'047u);
  EXPECT_EQ(EpochHeight(0, 2'049), 2'049u);
  EXPECT_EQ(EpochHeight(1'000, 3'048), 3'047u);
  // On the main network every 512th, taken up 54 blocks later.
  constexpr std::uint64_t kEnd = std::uint64_t{512} * 1'757;
  static_assert((kEnd + 54) / 16'384 == 54);
  EXPECT_EQ(EpochHeight(0, kEnd - 1 + 53), kEnd - 512 - 1);
  EXPECT_EQ(EpochHeight(0, kEnd - 1 + 54), kEnd - 1);
  EXPECT_EQ(EpochHeight(0, kEnd - 1 + 54 + 511), kEnd - 1);
}

TEST(EpochTest, NeverFallsAndIsNeverFarBehind) {
  std::uint64_t last = 0;
  for (std::uint64_t tip = 0; tip < 1'200'000; ++tip) {
    const std::uint64_t epoch = EpochHeight(0, tip);
    ASSERT_GE(epoch, last) << tip;
    ASSERT_LE(epoch, tip);
    ASSERT_LE(tip - epoch, tip / 900) << tip;
    last = epoch;
  }
}

}  // namespace
}  // namespace coinwake::test
