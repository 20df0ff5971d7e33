// Goal: what a crash may leave of a log is cut, what was synced is never cut, damage to it is told.
// Method: a writer of LevelDB's log format after its documentation, all prefixes and flipped bytes;
// then logs that LevelDB itself wrote.
#include "indexer/kv/log_tail.h"

#include <random>
#include <vector>

#include "indexer/base/hash.h"
#include "indexer/kv/store.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::HasSubstr;

constexpr std::size_t kBlock = 32768;

// Appends one record; LevelDB's doc/log_format.md.
void AppendRecord(const std::string& record, std::string* log) {
  std::size_t done = 0;
  bool first = true;
  do {
    std::size_t left = kBlock - log->size() % kBlock;
    if (left < 7) {
      log->append(left, '\0');
      left = kBlock;
    }
    const std::size_t length = std::min(record.size() - done, left - 7);
    const bool last = done + length == record.size();
    std::string body(1, static_cast<char>(first ? (last ? 1 : 2) : (last ? 4 : 3)));
    body.append(record, done, length);
    const std::uint32_t crc = Crc32c(AsBytes(body.data(), body.size()));
    const std::uint32_t masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
    char header[6];
    StoreLe(header, masked);
    StoreLe(header + 4, static_cast<std::uint16_t>(length));
    log->append(header, 6).append(body);
    done += length;
    first = false;
  } while (done < record.size());
}

struct Log {
  std::string bytes;
  std::vector<std::size_t> ends;  // of records, with 0 before the first
};

Log MakeLog(const std::vector<std::size_t>& sizes) {
  Log log{{}, {0}};
  for (const std::size_t size : sizes) {
    AppendRecord(std::string(size, static_cast<char>('a' + size % 26)), &log.bytes);
    log.ends.push_back(log.bytes.size());
  }
  return log;
}

std::uint64_t Whole(const std::string& bytes) {
  return WholeRecordsBytes(AsBytes(bytes.data(), bytes.size()));
}

TEST(WholeRecords, EveryPrefixEndsAtItsLastWholeRecord) {
  // Ends of blocks with 0, 6, 7 and 8 bytes left, an empty record, one over three blocks.
  const Log log = MakeLog({100, 0, kBlock - 7 - 107 - 7 - 7 - 6, 10, kBlock - 17 - 7 - 7, 0,
                           2 * kBlock + 5, 3, kBlock});
  std::size_t expected = 0;
  for (std::size_t size = 0; size <= log.bytes.size(); ++size) {
    if (std::find(log.ends.begin(), log.ends.end(), size) != log.ends.end()) expected = size;
    const bool near_end = std::any_of(log.ends.begin(), log.ends.end(), [&](std::size_t end) {
      return size + 30 > end && size < end + 30;
    });
    if (!near_end && size % 509 != 0) continue;
    const std::uint64_t whole = Whole(log.bytes.substr(0, size));
    // A block's zero trailer may count with the record before it.
    ASSERT_GE(whole, expected) << size;
    ASSERT_LT(whole, expected + 7) << size;
    ASSERT_LE(whole, size);
  }
}

TEST(WholeRecords, AFlippedByteEndsTheLogBeforeItsRecord) {
  const Log log = MakeLog({20, 300, kBlock, 50});
  for (std::size_t offset = 0; offset < log.bytes.size(); offset += offset % 3 + 1) {
    std::string damaged = log.bytes;
    damaged[offset] = static_cast<char>(damaged[offset] ^ 0x40);
    std::size_t before = 0;
    for (const std::size_t end : log.ends) {
      if (end <= offset) before = end;
    }
    ASSERT_EQ(Whole(damaged), before) << offset;
  }
}

TEST(WholeRecords, TakesAnyBytes) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 100, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 4);
    EXPECT_LE(Whole(bytes), bytes.size());
  }
  EXPECT_EQ(Whole(std::string(100000, '\0')), 0u);
}

TEST(SyncMark, IsReadBackOrRefused) {
  const std::string bytes = EncodeSyncMark({7, 12345});
  const auto mark = DecodeSyncMark(AsBytes(bytes.data(), bytes.size()));
  ASSERT_TRUE(mark.has_value());
  EXPECT_EQ(mark->file_number, 7u);
  EXPECT_EQ(mark->size_bytes, 12345u);
  for (std::size_t i = 0; i < 28; ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(DecodeSyncMark(AsBytes(damaged.data(), damaged.size())).has_value());
  }
  EXPECT_FALSE(DecodeSyncMark(AsBytes(bytes.data(), 511)).has_value());
}

TEST(LogFileNumber, KnowsLevelDbNames) {
  EXPECT_EQ(LogFileNumber(LogKind::kLog, "000012.log"), 12u);
  EXPECT_EQ(LogFileNumber(LogKind::kManifest, "MANIFEST-000002"), 2u);
  EXPECT_EQ(LogFileNumber(LogKind::kLog, "MANIFEST-000002"), std::nullopt);
  EXPECT_EQ(LogFileNumber(LogKind::kManifest, "000012.log"), std::nullopt);
  EXPECT_EQ(LogFileNumber(LogKind::kLog, ".log"), std::nullopt);
  EXPECT_EQ(LogFileNumber(LogKind::kLog, "00x.log"), std::nullopt);
  EXPECT_EQ(LogFileNumber(LogKind::kLog, "99999999999999999999.log"), std::nullopt);
}

// A store with one synced write in its log, and one unsynced behind it.
class LogTail : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files_, "/db", {.create_if_missing = true}));
    KvBatch batch;
    batch.Put("safe", std::string(5000, 's'));
    ASSERT_OK(store->Write(batch, /*sync=*/true));
    copy_ = files_.Clone();
    for (const std::string& path : copy_->AllFiles()) {
      if (path.ends_with(".log")) log_ = path;
      if (path.find("MANIFEST") != std::string::npos) manifest_ = path;
    }
    ASSERT_FALSE(log_.empty());
    ASSERT_FALSE(manifest_.empty());
  }
  absl::Status Reopen() {
    auto store = KvStore::Open(*copy_, "/db", {});
    COINWAKE_RETURN_IF_ERROR(store.status());
    return (*store)->Get("safe").status();
  }

  FaultFileSystem files_;
  std::unique_ptr<FaultFileSystem> copy_;
  std::string log_;
  std::string manifest_;
};

TEST_F(LogTail, LogsThatLevelDbWroteAreWhole) {
  EXPECT_EQ(Whole(copy_->Contents(log_)), copy_->Contents(log_).size());
  EXPECT_EQ(Whole(copy_->Contents(manifest_)), copy_->Contents(manifest_).size());
  EXPECT_OK(Reopen());
}

TEST_F(LogTail, GarbageBehindTheSyncedPartIsCut) {
  for (const std::string& path : {log_, manifest_}) {
    const auto pristine = copy_->Clone();
    const std::string whole = copy_->Contents(path);
    std::string record;
    AppendRecord(std::string(70000, 'x'), &record);
    record.replace(600, 512, std::string(512, '\0'));  // a sector that was lost
    copy_->SetContents(path, whole + record);
    EXPECT_OK(Reopen()) << path;
    copy_ = pristine->Clone();
  }
}

TEST_F(LogTail, EveryFlippedByteOfASyncedLogIsDataLoss) {
  for (const std::string& path : {log_, manifest_}) {
    const std::size_t size = copy_->Contents(path).size();
    for (std::size_t offset = 0; offset < size; offset += 1 + size / 200) {
      const auto pristine = copy_->Clone();
      copy_->FlipByte(path, offset, 0x08);
      EXPECT_THAT(Reopen(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path))) << offset;
      copy_ = pristine->Clone();
    }
  }
}

TEST_F(LogTail, ASyncedLogCutShortIsDataLoss) {
  for (const std::string& path : {log_, manifest_}) {
    const auto pristine = copy_->Clone();
    const std::string whole = copy_->Contents(path);
    copy_->SetContents(path, whole.substr(0, whole.size() - 1));
    EXPECT_THAT(Reopen(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
    copy_ = pristine->Clone();
  }
}

TEST_F(LogTail, ADamagedMarkCostsNothing) {
  const std::string marks = std::string("/db/") + kSyncMarksName;
  const std::size_t size = copy_->Contents(marks).size();
  ASSERT_GE(size, kSyncMarkBytes + 28);
  for (const std::size_t offset :
       {std::size_t{0}, std::size_t{9}, std::size_t{26}, std::size_t{530}}) {
    const auto pristine = copy_->Clone();
    copy_->FlipByte(marks, offset, 1);
    EXPECT_OK(Reopen()) << offset;
    copy_ = pristine->Clone();
  }
  copy_->SetContents(marks, "");
  EXPECT_OK(Reopen());
}

}  // namespace
}  // namespace coinwake
