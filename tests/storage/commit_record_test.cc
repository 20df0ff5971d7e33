// Goal: a commit record is read back exactly or refused.
// Method: random records, every byte flipped, every length cut, and fields made impossible.
#include "indexer/kv/commit_record.h"

#include <random>

#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::HasSubstr;

CommitRecord RandomRecord(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  CommitRecord record;
  record.network = kBitcoinNetworks[random() % std::size(kBitcoinNetworks)];
  record.sequence = random();
  record.from_height = random();
  record.blocks = random();
  for (std::uint8_t& byte : record.tip_hash.bytes) byte = static_cast<std::uint8_t>(random());
  record.complete_history = random() % 2 == 0;
  for (std::uint64_t i = random() % 30; i > 0; --i) {
    record.columns.push_back({random(), static_cast<std::uint32_t>(random())});
  }
  for (auto& runs : record.runs) {
    for (std::uint64_t i = random() % 5; i > 0; --i) {
      const std::uint64_t lo = random() >> 1;
      runs.push_back({record.next_run_id++, lo, lo + (random() >> 1), random()});
    }
  }
  record.applied_inputs = random();
  record.applied_keys = random();
  record.stale_blocks = random();
  record.detached_blocks = random();
  return record;
}

// Replaces the checksum at the end.
std::string Sealed(std::string bytes) {
  bytes.resize(bytes.size() - 4);
  const std::uint32_t crc = Crc32c(AsBytes(bytes.data(), bytes.size()));
  bytes.append(reinterpret_cast<const char*>(&crc), 4);
  return bytes;
}

TEST(CommitRecord, IsReadBackAsWritten) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const CommitRecord record = RandomRecord(seed);
    EXPECT_THAT(DecodeCommitRecord(EncodeCommitRecord(record)), IsOkAndHolds(record));
  }
  EXPECT_THAT(DecodeCommitRecord(EncodeCommitRecord({})), IsOkAndHolds(CommitRecord{}));
}

TEST(CommitRecord, AnyFlippedBitIsDataLoss) {
  const std::string bytes = EncodeCommitRecord(RandomRecord(1));
  for (std::size_t offset = 0; offset < bytes.size(); ++offset) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[offset] = static_cast<char>(damaged[offset] ^ (1 << bit));
      ASSERT_THAT(DecodeCommitRecord(damaged), StatusIs(absl::StatusCode::kDataLoss)) << offset;
    }
  }
}

TEST(CommitRecord, AnyOtherLengthIsDataLoss) {
  const std::string bytes = EncodeCommitRecord(RandomRecord(2));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_THAT(DecodeCommitRecord(bytes.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss));
    // The same with a true checksum.
    if (size >= 4) {
      ASSERT_THAT(DecodeCommitRecord(Sealed(bytes.substr(0, size))),
                  StatusIs(absl::StatusCode::kDataLoss));
    }
  }
  EXPECT_THAT(DecodeCommitRecord(bytes + '\0'), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(DecodeCommitRecord(Sealed(bytes + '\0')), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(CommitRecord, ANewerFormatIsUnimplementedAndSaysWhatToDo) {
  std::string bytes = EncodeCommitRecord(RandomRecord(3));
  bytes[8] = 2;
  EXPECT_THAT(DecodeCommitRecord(Sealed(bytes)),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("newer coinwake")));
  bytes[8] = 0;
  EXPECT_THAT(DecodeCommitRecord(Sealed(bytes)), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(CommitRecord, ImpossibleFieldsAreDataLoss) {
  const std::string bytes = EncodeCommitRecord({});
  struct Change {
    std::size_t offset;
    char value;
  };
  // Network, complete_history, columns' count (its largest byte), the first table's runs' count.
  for (const Change change : {Change{12, 0}, {12, 99}, {13, 2}, {113, 1}, {114, 127}, {118, 1}}) {
    std::string damaged = bytes;
    ASSERT_LT(change.offset, damaged.size() - 4);
    damaged[change.offset] = change.value;
    EXPECT_THAT(DecodeCommitRecord(Sealed(damaged)), StatusIs(absl::StatusCode::kDataLoss))
        << change.offset;
  }
}

TEST(CommitRecord, RunsOfImpossibleRangeOrIdAreDataLoss) {
  CommitRecord record;
  record.next_run_id = 9;
  record.runs[0].push_back({8, 100, 200, 50});
  const std::string bytes = EncodeCommitRecord(record);
  EXPECT_OK(DecodeCommitRecord(bytes));
  const std::size_t run_at = bytes.size() - 4 - std::size_t{4} * 4 - 32;
  ASSERT_EQ(bytes[run_at], 8);
  std::string damaged = bytes;
  damaged[run_at] = 9;  // an id not given out yet
  EXPECT_THAT(DecodeCommitRecord(Sealed(damaged)), StatusIs(absl::StatusCode::kDataLoss));
  damaged = bytes;
  damaged[run_at + 9] = 1;  // lo 356 > hi 200
  EXPECT_THAT(DecodeCommitRecord(Sealed(damaged)), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace coinwake
