// Goal: readers that say they are thread-safe are: rows, damage and run look-ups from several
// threads. Method: threads start together on fresh readers, so that first touches race; meant for
// preset tsan. The runs are served from memory, since LevelDB's own library is not instrumented.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "indexer/kv/run_cursor.h"
#include "indexer/kv/sorted_runs.h"
#include "indexer/segment/column.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

constexpr int kThreads = 4;
constexpr ColumnSpec kSpec{"value", 8, false};

template <typename Work>
void InThreads(const Work& work) {
  std::atomic<int> ready{0};
  std::vector<std::jthread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < kThreads) std::this_thread::yield();
      work(static_cast<std::uint64_t>(i));
    });
  }
}

class MemorySnapshot final : public KvSnapshot {
 public:
  absl::StatusOr<std::string> Get(std::string_view key) const override {
    const auto found = pages_.find(std::string(key));
    if (found == pages_.end()) return absl::NotFoundError("no such key");
    return found->second;
  }
  std::unique_ptr<KvIterator> NewIterator() const override { return nullptr; }
  void Put(std::string key, std::string value) { pages_[std::move(key)] = std::move(value); }

 private:
  std::map<std::string, std::string> pages_;
};

TEST(ReaderThreads, RowsAndDamageAreSeenByAll) {
  constexpr std::uint64_t kRows = 60'000;
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto writer, ColumnWriter::Open(files, "/c", kSpec, {}));
  for (std::uint64_t i = 0; i < kRows; ++i) {
    std::uint8_t row[8];
    StoreLe(row, i * 3);
    ASSERT_OK(writer->Append(row));
  }
  ASSERT_OK_AND_ASSIGN(const ColumnState state, writer->Sync());
  files.FlipByte("/c/value.col", kColumnHeaderBytes + 5 * kColumnChunkBytes, 1);
  Damage damage;
  ASSERT_OK_AND_ASSIGN(auto reader, ColumnReader::Open(files, "/c", kSpec, state, &damage));
  std::atomic<int> wrong{0};
  InThreads([&](std::uint64_t) {
    for (std::uint64_t i = 0; i < kRows; ++i) {
      const bool damaged = i * 8 / kColumnChunkBytes == 5;
      if (reader->Get<std::uint64_t>(i) != (damaged ? ~std::uint64_t{0} : i * 3)) ++wrong;
      // Whoever read damaged rows can know it at once.
      if (damaged && damage.status().ok()) ++wrong;
    }
    if (reader->Rows(0, kRows).front() != 0xff) ++wrong;
  });
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(damage.found());
}

TEST(ReaderThreads, RunsAreOpenedOnceAndSearchedByAll) {
  constexpr std::uint64_t kEntries = 3000;
  MemorySnapshot snapshot;
  const std::string prefix = RunPrefix(RunTable::kKeys, 1);
  std::vector<RunEntry> fences;
  for (std::uint64_t page = 0; page * kPageEntries < kEntries; ++page) {
    std::vector<RunEntry> entries;
    const std::uint64_t end = std::min<std::uint64_t>((page + 1) * kPageEntries, kEntries);
    for (std::uint64_t i = page * kPageEntries; i < end; ++i) entries.push_back({i * 2, i});
    snapshot.Put(RunPageKey(prefix, page, 0), EncodeRunPage(entries));
    fences.push_back(entries.front());
  }
  snapshot.Put(RunPageKey(prefix, fences.size() - 1, 1), EncodeRunPage(fences));
  snapshot.Put(RunPageKey(prefix, fences.size() - 1, 2), EncodeRunPage({&fences[0], 1}));
  for (int round = 0; round < 20; ++round) {
    const RunReader reader(snapshot, RunTable::kKeys, {{1, 0, kEntries, kEntries}});
    std::atomic<int> wrong{0};
    InThreads([&](std::uint64_t thread) {
      for (std::uint64_t i = thread; i < kEntries; i += 41) {
        std::vector<std::uint64_t> numbers;
        if (!reader.Find(i * 2, &numbers).ok() || numbers != std::vector<std::uint64_t>{i}) ++wrong;
      }
    });
    EXPECT_EQ(wrong, 0);
  }
}

}  // namespace
}  // namespace coinwake
