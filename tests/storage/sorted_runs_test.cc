// Goal: look-ups in sorted runs find exactly what was written and not rewound, whatever was merged.
// Method: random commits, merges and rewinds beside a std::set as the oracle, with key
// distributions that spread (hashes), cluster (few keys, long lists spanning pages) and repeat;
// damaged pages.
#include "indexer/kv/sorted_runs.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

#include "indexer/kv/run_cursor.h"
#include "indexer/kv/run_page.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class VectorStream final : public EntryStream {
 public:
  explicit VectorStream(std::vector<RunEntry> entries) : entries_(std::move(entries)) {}
  absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) override {
    const std::size_t count = std::min(to.size(), entries_.size() - next_);
    std::copy_n(entries_.begin() + static_cast<std::ptrdiff_t>(next_), count, to.begin());
    next_ += count;
    return count;
  }

 private:
  const std::vector<RunEntry> entries_;
  std::size_t next_ = 0;
};

std::vector<RunEntry> ReadStream(EntryStream& stream) {
  std::vector<RunEntry> all;
  std::vector<RunEntry> buffer(700);
  while (true) {
    const auto count = stream.Next(buffer);
    EXPECT_OK(count);
    if (!count.ok() || *count == 0) return all;
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

std::unique_ptr<KvStore> OpenStore(FileSystem& files) {
  auto store = KvStore::Open(files, "/db", {.create_if_missing = true});
  EXPECT_OK(store);
  return *std::move(store);
}

// How keys are drawn; numbers are given in order.
enum class Keys { kHashes, kFew, kSequential };

std::uint64_t DrawKey(Keys kind, std::mt19937_64& random, std::uint64_t number) {
  switch (kind) {
    case Keys::kHashes:
      return random();
    case Keys::kFew:
      return random() % 4 == 0 ? 7 : random() % 40;
    case Keys::kSequential:
      return number / 3;
  }
  return 0;
}

class RunsOracle {
 public:
  explicit RunsOracle(std::uint64_t seed, Keys kind) : random_(seed), kind_(kind) {}

  void Commit(std::uint64_t rows) {
    std::vector<RunEntry> entries;
    for (std::uint64_t i = 0; i < rows; ++i) {
      const std::uint64_t number = rows_ + i;
      entries.push_back({DrawKey(kind_, random_, number), number});
      if (random_() % 8 == 0) entries.push_back({DrawKey(kind_, random_, number + 1), number});
    }
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    oracle_.insert(entries.begin(), entries.end());
    VectorStream stream(entries);
    const auto run = WriteRun(*store_, kTable, next_id_++, rows_, rows_ + rows, stream);
    ASSERT_OK(run);
    EXPECT_EQ(run->entries, entries.size());
    runs_.push_back(*run);
    rows_ += rows;
  }

  void Merge() {
    const MergePlan plan = PlanMerge(runs_);
    if (plan.begin == plan.end) return;
    const std::span<const RunInfo> all(runs_);
    const auto merged =
        MergeRuns(*store_, kTable, all.subspan(plan.begin, plan.end - plan.begin), next_id_++);
    ASSERT_OK(merged);
    runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(plan.begin),
                runs_.begin() + static_cast<std::ptrdiff_t>(plan.end));
    runs_.insert(runs_.begin() + static_cast<std::ptrdiff_t>(plan.begin), *merged);
    EXPECT_LE(runs_.size(), kMaxRuns);
    ASSERT_OK(DropOtherRuns(*store_, kTable, runs_));
  }

  void Rewind(std::uint64_t rows) {
    rows_ = rows;
    while (!runs_.empty() && runs_.back().lo >= rows) runs_.pop_back();
    if (!runs_.empty()) runs_.back().hi = std::min(runs_.back().hi, rows);
    std::erase_if(oracle_, [&](const RunEntry& entry) { return entry.number >= rows; });
    ASSERT_OK(DropOtherRuns(*store_, kTable, runs_));
  }

  void Check() {
    const auto snapshot = store_->NewSnapshot();
    const RunReader reader(*snapshot, kTable, runs_);
    EXPECT_EQ(ReadStream(*reader.Scan()), std::vector<RunEntry>(oracle_.begin(), oracle_.end()));

    std::vector<std::uint64_t> keys{0, 7, ~std::uint64_t{0}};
    for (const RunEntry& entry : oracle_) {
      if (random_() % 20 == 0) keys.push_back(entry.key + random_() % 3 - 1);
    }
    for (int i = 0; i < 30; ++i) keys.push_back(DrawKey(kind_, random_, random_() % (rows_ + 1)));
    keys.push_back(7);  // the same twice
    std::sort(keys.begin(), keys.end());

    std::vector<std::vector<std::uint64_t>> found(keys.size());
    ASSERT_OK(reader.FindSorted(
        keys, [&](std::size_t i, std::uint64_t number) { found[i].push_back(number); }));
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::vector<std::uint64_t> expected = Expected(keys[i], 0);
      ASSERT_EQ(found[i], expected) << "key " << keys[i];
      std::vector<std::uint64_t> numbers;
      ASSERT_OK(reader.Find(keys[i], &numbers));
      ASSERT_EQ(numbers, expected) << "key " << keys[i];
      CheckPage(reader, keys[i]);
      CheckFirstKey(reader, keys[i]);
      CheckFirstKey(reader, keys[i] + 1);
    }
  }

  std::uint64_t rows() const { return rows_; }
  std::mt19937_64& random() { return random_; }

 private:
  static constexpr RunTable kTable = RunTable::kAddressOutputs;

  std::vector<std::uint64_t> Expected(std::uint64_t key, std::uint64_t from) const {
    std::vector<std::uint64_t> numbers;
    for (auto it = oracle_.lower_bound({key, from}); it != oracle_.end() && it->key == key; ++it) {
      numbers.push_back(it->number);
    }
    return numbers;
  }

  void CheckFirstKey(const RunReader& reader, std::uint64_t from) {
    const auto next = oracle_.lower_bound({from, 0});
    const std::optional<std::uint64_t> expected =
        next == oracle_.end() ? std::nullopt : std::optional(next->key);
    ASSERT_THAT(reader.FirstKeyFrom(from), IsOkAndHolds(expected)) << "from " << from;
  }

  void CheckPage(const RunReader& reader, std::uint64_t key) {
    const std::uint64_t from = random_() % (rows_ + 1);
    const std::size_t limit = random_() % 300;
    std::vector<std::uint64_t> expected = Expected(key, from);
    if (expected.size() > limit) expected.resize(limit);
    std::vector<std::uint64_t> numbers{1234};
    ASSERT_OK(reader.FindFrom(key, from, limit, &numbers));
    ASSERT_EQ(numbers.front(), 1234u);  // appended
    numbers.erase(numbers.begin());
    ASSERT_EQ(numbers, expected) << "key " << key << " from " << from << " limit " << limit;
  }

  FaultFileSystem files_;
  std::unique_ptr<KvStore> store_ = OpenStore(files_);
  std::mt19937_64 random_;
  const Keys kind_;
  std::set<RunEntry> oracle_;
  std::vector<RunInfo> runs_;
  std::uint64_t rows_ = 0;
  std::uint64_t next_id_ = 1;
};

class Runs : public testing::TestWithParam<Keys> {};

TEST_P(Runs, EqualASetUnderCommitsMergesAndRewinds) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    RunsOracle oracle(seed, GetParam());
    for (int step = 0; step < 20; ++step) {
      if (oracle.random()() % 5 == 0) {
        oracle.Rewind(oracle.rows() - oracle.random()() % (oracle.rows() / 2 + 1));
      } else {
        oracle.Commit(oracle.random()() % 3 == 0 ? oracle.random()() % 6000
                                                 : oracle.random()() % 600);
        oracle.Merge();
      }
      if (step % 3 == 0) oracle.Check();
      if (HasFatalFailure()) return;
    }
    oracle.Check();
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, Runs, testing::Values(Keys::kHashes, Keys::kFew, Keys::kSequential));

class SortedRuns : public testing::Test {
 protected:
  RunInfo Write(std::uint64_t id, std::vector<RunEntry> entries, std::uint64_t lo = 0,
                std::uint64_t hi = ~std::uint64_t{0}) {
    VectorStream stream(std::move(entries));
    auto run = WriteRun(*store_, RunTable::kTransactions, id, lo, hi, stream);
    EXPECT_OK(run);
    return run.value_or(RunInfo{});
  }
  std::vector<RunEntry> Sequence(std::uint64_t count) {
    std::vector<RunEntry> entries;
    for (std::uint64_t i = 0; i < count; ++i) entries.push_back({i * 3, i});
    return entries;
  }
  std::size_t KeysCount() {
    std::size_t count = 0;
    const auto iterator = store_->NewIterator();
    for (iterator->Seek(""); iterator->Valid(); iterator->Next()) ++count;
    return count;
  }
  FaultFileSystem files_;
  std::unique_ptr<KvStore> store_ = OpenStore(files_);
};

TEST_F(SortedRuns, AnEmptyRunHoldsNothing) {
  const RunInfo run = Write(1, {}, 5, 5);
  EXPECT_EQ(run, (RunInfo{1, 5, 5, 0}));
  EXPECT_EQ(KeysCount(), 0u);
  const auto snapshot = store_->NewSnapshot();
  const RunReader reader(*snapshot, RunTable::kTransactions, {run});
  std::vector<std::uint64_t> numbers;
  EXPECT_OK(reader.Find(1, &numbers));
  EXPECT_THAT(numbers, IsEmpty());
  EXPECT_THAT(reader.FirstKeyFrom(0), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(ReadStream(*reader.Scan()), IsEmpty());
}

// 512 pages fill a fence exactly, one entry more begins the next.
TEST_F(SortedRuns, FindsEveryEntryAroundAFullFence) {
  const std::uint64_t full = kPageEntries * kPageEntries;
  std::uint64_t id = 1;
  for (const std::uint64_t count : {full - 1, full, full + 1, full + kPageEntries + 1}) {
    SCOPED_TRACE(count);
    const RunInfo run = Write(id++, Sequence(count));
    const auto snapshot = store_->NewSnapshot();
    const RunReader reader(*snapshot, RunTable::kTransactions, {run});
    for (std::uint64_t i = 0; i < count; i += i + 1000 < count ? 97 : 1) {
      std::vector<std::uint64_t> numbers;
      ASSERT_OK(reader.Find(i * 3, &numbers));
      ASSERT_THAT(numbers, ElementsAre(i));
      numbers.clear();
      ASSERT_OK(reader.Find(i * 3 + 1, &numbers));
      ASSERT_THAT(numbers, IsEmpty());
      ASSERT_THAT(reader.FirstKeyFrom(i * 3), IsOkAndHolds(std::optional(i * 3)));
      ASSERT_THAT(reader.FirstKeyFrom(i * 3 + 1),
                  IsOkAndHolds(i + 1 < count ? std::optional((i + 1) * 3) : std::nullopt));
    }
    EXPECT_EQ(ReadStream(*reader.Scan()).size(), count);
  }
  ASSERT_OK(DropOtherRuns(*store_, RunTable::kTransactions, {}));
  EXPECT_EQ(KeysCount(), 0u);
}

TEST_F(SortedRuns, EntriesOutOfOrderOrRangeAreRefused) {
  for (const std::vector<RunEntry>& entries :
       {std::vector<RunEntry>{{2, 1}, {1, 2}}, {{1, 1}, {1, 1}}, {{1, 4}}, {{1, 10}}}) {
    VectorStream stream(entries);
    const bool in_order = entries.size() == 1;
    EXPECT_THAT(WriteRun(*store_, RunTable::kTransactions, 1, in_order ? 5 : 0, 10, stream),
                StatusIs(absl::StatusCode::kInternal));
  }
}

TEST_F(SortedRuns, DropKeepsOtherTablesAndNamedRuns) {
  const RunInfo kept = Write(1, Sequence(3000));
  Write(2, Sequence(5000));
  VectorStream stream(Sequence(700));
  ASSERT_OK(WriteRun(*store_, RunTable::kKeys, 3, 0, 700, stream));
  const std::size_t before = KeysCount();
  ASSERT_OK(DropOtherRuns(*store_, RunTable::kTransactions, std::vector<RunInfo>{kept}));
  EXPECT_EQ(before - KeysCount(), 10u + 1 + 1);
  const auto snapshot = store_->NewSnapshot();
  const RunReader reader(*snapshot, RunTable::kTransactions, {kept});
  EXPECT_EQ(ReadStream(*reader.Scan()).size(), 3000u);
}

TEST_F(SortedRuns, ASnapshotKeepsSeeingDroppedRuns) {
  const RunInfo run = Write(1, Sequence(3000));
  const auto snapshot = store_->NewSnapshot();
  ASSERT_OK(DropOtherRuns(*store_, RunTable::kTransactions, {}));
  const RunReader reader(*snapshot, RunTable::kTransactions, {run});
  EXPECT_EQ(ReadStream(*reader.Scan()).size(), 3000u);
}

TEST_F(SortedRuns, MissingOrDamagedPagesAreDataLoss) {
  const RunInfo run = Write(1, Sequence(3000));
  const std::string prefix = RunPrefix(RunTable::kTransactions, 1);
  for (const auto& [page, level] : {std::pair{std::uint64_t{3}, 0}, {5, 0}, {5, 1}, {5, 2}}) {
    const std::string key = RunPageKey(prefix, page, level);
    const auto before = store_->Get(key);
    ASSERT_OK(before);
    for (const std::string& damaged :
         {std::string(), before->substr(0, 19), before->substr(0, before->size() - 1),
          *before + "x", std::string(before->size(), '\xff')}) {
      KvBatch batch;
      if (damaged.empty()) {
        batch.Delete(key);
      } else {
        batch.Put(key, damaged);
      }
      ASSERT_OK(store_->Write(batch, /*sync=*/false));
      const auto snapshot = store_->NewSnapshot();
      const RunReader reader(*snapshot, RunTable::kTransactions, {run});
      std::vector<RunEntry> buffer(100);
      const auto stream = reader.Scan();
      absl::StatusOr<std::size_t> count = 1;
      while (count.ok() && *count > 0) count = stream->Next(buffer);
      EXPECT_THAT(count, StatusIs(absl::StatusCode::kDataLoss));
      EXPECT_THAT(stream->Next(buffer), StatusIs(absl::StatusCode::kDataLoss));
      const std::uint64_t last_key = std::uint64_t{page} * kPageEntries * 3 + 3;
      EXPECT_THAT(reader.FirstKeyFrom(last_key), StatusIs(absl::StatusCode::kDataLoss));
    }
    KvBatch batch;
    batch.Put(key, *before);
    ASSERT_OK(store_->Write(batch, /*sync=*/false));
  }
}

// A run id whose first writing was cut short by a crash is used again for a shorter run.
TEST_F(SortedRuns, PagesLeftByACrashDoNotShineThrough) {
  Write(1, Sequence(9000));
  const RunInfo run = Write(1, Sequence(1000));
  const auto snapshot = store_->NewSnapshot();
  const RunReader reader(*snapshot, RunTable::kTransactions, {run});
  EXPECT_EQ(ReadStream(*reader.Scan()), Sequence(1000));
}

TEST(PlanMerge, LeavesFourRunsAndRewritesLittle) {
  struct Case {
    std::vector<std::uint64_t> sizes;
    double most_writes;  // times an entry is written, the first included
  };
  std::vector<Case> cases;
  cases.push_back({std::vector<std::uint64_t>(135, 10'000'000), 5.5});  // a first sync of main net
  cases.push_back({std::vector<std::uint64_t>(10'000, 1), 20});
  std::vector<std::uint64_t> grown(3000, 10);  // a large index and then a block at a time
  grown[0] = 1'000'000;
  cases.push_back({grown, 2});
  for (const Case& c : cases) {
    std::vector<RunInfo> runs;
    double total = 0;
    double written = 0;
    for (const std::uint64_t size : c.sizes) {
      runs.push_back({0, 0, 0, size});
      total += static_cast<double>(size);
      written += static_cast<double>(size);
      const MergePlan plan = PlanMerge(runs);
      EXPECT_EQ(plan.begin == plan.end, runs.size() <= kMaxRuns);
      if (plan.begin == plan.end) continue;
      for (std::size_t i = plan.begin + 1; i < plan.end; ++i) {
        runs[plan.begin].entries += runs[i].entries;
      }
      runs.erase(runs.begin() + static_cast<std::ptrdiff_t>(plan.begin) + 1,
                 runs.begin() + static_cast<std::ptrdiff_t>(plan.end));
      written += static_cast<double>(runs[plan.begin].entries);
      ASSERT_LE(runs.size(), kMaxRuns);
    }
    EXPECT_LE(written / total, c.most_writes);
  }
}

TEST(PlanMerge, BringsAnyNumberOfRunsDownToFour) {
  std::mt19937_64 random(1);
  for (std::size_t count = 0; count < 12; ++count) {
    std::vector<RunInfo> runs(count);
    for (RunInfo& run : runs) run.entries = random() % 3 == 0 ? 0 : random() % 1000;
    const MergePlan plan = PlanMerge(runs);
    const std::size_t merged = plan.end - plan.begin;
    EXPECT_LE(plan.end, count);
    EXPECT_LE(merged == 0 ? count : count - merged + 1, kMaxRuns);
  }
}

TEST(RunPage, GivesBackEntriesOfAnyWidth) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2000; ++round) {
    const int key_bits = static_cast<int>(random() % 65);
    const int number_bits = static_cast<int>(random() % 65);
    const auto draw = [&](int bits) { return bits == 0 ? 0 : random() >> (64 - bits); };
    const std::uint64_t base = round % 2 == 0 ? 0 : random();
    std::set<RunEntry> set;
    for (std::uint64_t i = random() % kPageEntries + 1; i > 0; --i) {
      const std::uint64_t key = draw(key_bits);
      set.insert({base + key < base ? key : base + key, draw(number_bits)});
    }
    const std::vector<RunEntry> entries(set.begin(), set.end());
    const auto page = RunPage::Parse(EncodeRunPage(entries));
    ASSERT_TRUE(page.has_value());
    ASSERT_EQ(page->size(), entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) ASSERT_EQ(page->at(i), entries[i]);
    for (int k = 0; k < 10; ++k) {
      const RunEntry target{base + draw(key_bits), draw(number_bits)};
      const std::size_t from = random() % (entries.size() + 1);
      const auto expected = std::lower_bound(entries.begin() + static_cast<std::ptrdiff_t>(from),
                                             entries.end(), target);
      ASSERT_EQ(page->LowerBound(from, target),
                static_cast<std::size_t>(expected - entries.begin()));
    }
  }
}

}  // namespace
}  // namespace coinwake
