// Goal: the store keeps what it acknowledged, says what is wrong, and stops at the first failed
// write. Method: a std::map as the oracle, and every I/O operation failed in turn.
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "indexer/kv/store.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::HasSubstr;

constexpr char kFolder[] = "/data/bitcoin/store";
const KvOptions kCreate{.create_if_missing = true};
// Small, so that logs are switched and tables written all the time.
const KvOptions kTiny{.create_if_missing = true, .write_buffer_bytes = 64u << 10};

KvBatch Put(const std::string& key, const std::string& value) {
  KvBatch batch;
  batch.Put(key, value);
  return batch;
}

std::map<std::string, std::string> ReadAll(KvStore& store) {
  std::map<std::string, std::string> all;
  const auto iterator = store.NewIterator();
  for (iterator->Seek(""); iterator->Valid(); iterator->Next()) {
    all.emplace(iterator->key(), iterator->value());
  }
  EXPECT_OK(iterator->status());
  return all;
}

TEST(KvStore, IsNotFoundUntilItIsMade) {
  FaultFileSystem files;
  EXPECT_THAT(KvStore::Open(files, kFolder, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(kFolder)));
  EXPECT_TRUE(files.AllFiles().empty());
  ASSERT_OK(KvStore::Open(files, kFolder, kCreate));
  ASSERT_OK(KvStore::Open(files, kFolder, {}));
}

TEST(KvStore, EqualsAMapUnderRandomBatchesAndReopening) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    FaultFileSystem files;
    std::map<std::string, std::string> oracle;
    ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kTiny));
    for (int step = 0; step < 200; ++step) {
      KvBatch batch;
      for (std::uint64_t i = random() % 10; i > 0; --i) {
        const std::string key = std::to_string(random() % 200);
        if (random() % 4 == 0) {
          batch.Delete(key);
          oracle.erase(key);
        } else {
          const std::string value(random() % 3000, static_cast<char>('a' + random() % 26));
          batch.Put(key, value);
          oracle[key] = value;
        }
      }
      ASSERT_OK(store->Write(batch, random() % 2 == 0));
      if (random() % 20 == 0) {
        store.reset();
        ASSERT_OK_AND_ASSIGN(store, KvStore::Open(files, kFolder, kTiny));
      }
      if (random() % 40 == 0) store->Compact("1", "2");
      const std::string probe = std::to_string(random() % 200);
      if (oracle.count(probe) != 0) {
        EXPECT_THAT(store->Get(probe), IsOkAndHolds(oracle[probe]));
      } else {
        EXPECT_THAT(store->Get(probe), StatusIs(absl::StatusCode::kNotFound));
      }
    }
    EXPECT_EQ(ReadAll(*store), oracle);
  }
}

TEST(KvStore, SnapshotsAndIteratorsDoNotMove) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kCreate));
  ASSERT_OK(store->Write(Put("a", "1"), /*sync=*/false));
  ASSERT_OK(store->Write(Put("c", "3"), /*sync=*/false));
  const auto snapshot = store->NewSnapshot();
  const auto iterator = store->NewIterator();
  KvBatch batch;
  batch.Put("b", "2");
  batch.Delete("a");
  ASSERT_OK(store->Write(batch, /*sync=*/true));
  EXPECT_THAT(snapshot->Get("a"), IsOkAndHolds("1"));
  EXPECT_THAT(snapshot->Get("b"), StatusIs(absl::StatusCode::kNotFound));
  const auto later = snapshot->NewIterator();
  later->Seek("b");
  ASSERT_TRUE(later->Valid());
  EXPECT_EQ(later->key(), "c");
  iterator->Seek("b");
  ASSERT_TRUE(iterator->Valid());
  EXPECT_EQ(iterator->key(), "c");
  EXPECT_EQ(iterator->value(), "3");
}

TEST(KvStore, SeekBeforeFindsTheKeyBefore) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kCreate));
  for (const char* key : {"b", "d", "f"}) {
    ASSERT_OK(store->Write(Put(key, key), /*sync=*/false));
  }
  const auto iterator = store->NewIterator();
  const auto before = [&](std::string_view key) {
    iterator->SeekBefore(key);
    return iterator->Valid() ? std::string(iterator->key()) : "none";
  };
  EXPECT_EQ(before("a"), "none");
  EXPECT_EQ(before("b"), "none");
  EXPECT_EQ(before("c"), "b");
  EXPECT_EQ(before("d"), "b");
  EXPECT_EQ(before("z"), "f");
}

TEST(KvStore, OneOpenerAtATime) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kCreate));
  EXPECT_THAT(KvStore::Open(files, kFolder, kCreate),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another coinwake is using")));
  store.reset();
  EXPECT_OK(KvStore::Open(files, kFolder, kCreate));
}

TEST(KvStore, WorksOnRealFiles) {
  std::string root = (std::filesystem::temp_directory_path() / "coinwake_kv_XXXXXX").string();
  ASSERT_NE(mkdtemp(root.data()), nullptr);
  const std::string folder = root + "/new/store";
  {
    ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(RealFileSystem(), folder, kTiny));
    EXPECT_THAT(KvStore::Open(RealFileSystem(), folder, kTiny),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another coinwake is using")));
    for (int i = 0; i < 300; ++i) {
      ASSERT_OK(store->Write(Put(std::to_string(i), std::string(2000, 'x')), i % 50 == 0));
    }
  }
  ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(RealFileSystem(), folder, {}));
  EXPECT_EQ(ReadAll(*store).size(), 300u);
  store.reset();
  std::filesystem::remove_all(root);
}

// LevelDB would begin a new database over the tables.
TEST(KvStore, TablesWithoutCurrentAreDataLoss) {
  FaultFileSystem files;
  for (int i = 0; i < 2; ++i) {  // opening again turns the log into a table
    ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kCreate));
    ASSERT_OK(store->Write(Put("a", "1"), /*sync=*/true));
  }
  ASSERT_OK(files.Remove(std::string(kFolder) + "/CURRENT"));
  EXPECT_THAT(KvStore::Open(files, kFolder, kCreate),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("CURRENT")));
}

// LevelDB alone acknowledges writes behind a torn record and loses them.
TEST(KvStore, AFailedWriteIsFinal) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kCreate));
  ASSERT_OK(store->Write(Put("before", "1"), /*sync=*/true));
  files.FailAt(0, /*lasting=*/false);
  const absl::Status failed = store->Write(Put("failing", "2"), /*sync=*/true);
  EXPECT_THAT(failed, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(store->Write(Put("after", "3"), /*sync=*/true), failed);
  EXPECT_EQ(store->Write(KvBatch(), /*sync=*/false), failed);
  EXPECT_THAT(store->Get("before"), IsOkAndHolds("1"));
  store.reset();
  files.PowerCut(FaultFileSystem::Power::kSeeded, 3);
  ASSERT_OK_AND_ASSIGN(store, KvStore::Open(files, kFolder, {}));
  EXPECT_THAT(store->Get("before"), IsOkAndHolds("1"));
  EXPECT_THAT(store->Get("after"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_OK(store->Write(Put("after", "3"), /*sync=*/true));
}

// LevelDB alone switches logs without a sync: earlier unsynced writes could be lost.
TEST(KvStore, ASyncedWriteMakesAllEarlierOnesDurable) {
  for (const auto power :
       {FaultFileSystem::Power::kDropUnsynced, FaultFileSystem::Power::kSeeded}) {
    FaultFileSystem files;
    ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kTiny));
    for (int i = 0; i < 100; ++i) {
      ASSERT_OK(store->Write(Put("unsynced" + std::to_string(i), std::string(3000, 'u')),
                             /*sync=*/false));
    }
    ASSERT_OK(store->Write(Put("synced", "s"), /*sync=*/true));
    ASSERT_OK(store->Write(Put("later", std::string(20000, 'l')), /*sync=*/false));
    files.FailAt(0, /*lasting=*/true);
    store.reset();
    files.PowerCut(power, 2);
    ASSERT_OK_AND_ASSIGN(store, KvStore::Open(files, kFolder, {}));
    EXPECT_OK(store->Get("synced"));
    for (int i = 0; i < 100; ++i) EXPECT_OK(store->Get("unsynced" + std::to_string(i)));
  }
}

TEST(KvStore, AFailedReadIsSaidAndNotKept) {
  FaultFileSystem files;
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kCreate));
    ASSERT_OK(store->Write(Put("a", "1"), /*sync=*/true));
  }
  ASSERT_OK_AND_ASSIGN(auto store, KvStore::Open(files, kFolder, kCreate));
  files.FailAt(0, /*lasting=*/false);
  EXPECT_THAT(store->Get("a"), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(store->Get("a"), IsOkAndHolds("1"));
}

}  // namespace
}  // namespace coinwake
