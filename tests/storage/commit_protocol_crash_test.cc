// Goal: whatever fails and whenever the power goes, the last acknowledged commit is there, whole,
// and the index goes on from it; a commit in flight is there wholly or not at all. Method: a small
// writer that follows docs/design/commit.md (append rows, write and merge runs, one synced record,
// drop old runs, now and then a rewind) on a file system that fails its Nth operation or loses
// power at its Nth sync, N = 0.. until none fires. Rows and entries are functions of their number,
// so any state can be checked in full. Then every stored byte is flipped.
#include <algorithm>
#include <memory>
#include <vector>

#include "indexer/kv/commit_record.h"
#include "indexer/kv/keys.h"
#include "indexer/kv/sorted_runs.h"
#include "indexer/kv/store.h"
#include "indexer/segment/column.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using Power = FaultFileSystem::Power;

constexpr char kColumns[] = "/data/bitcoin/columns";
constexpr char kStoreFolder[] = "/data/bitcoin/store";
constexpr ColumnSpec kSpec{"value", 8, false};
constexpr RunTable kTable = RunTable::kTransactions;
// A memtable of the least size, so that logs are switched and tables written within a test.
const KvOptions kOptions{.create_if_missing = true, .write_buffer_bytes = 64u << 10};

std::uint64_t Mix(std::uint64_t number) {
  std::uint64_t x = number * 0x9e3779b97f4a7c15u + 1;
  x ^= x >> 31;
  return x * 0xbf58476d1ce4e5b9u;
}

// Rows after each commit; a smaller number is a rewind.
constexpr std::uint64_t kSteps[] = {300, 800, 850, 600, 1200, 1700, 1100, 1900};

class NumberStream final : public EntryStream {
 public:
  NumberStream(std::uint64_t lo, std::uint64_t hi) {
    for (std::uint64_t number = lo; number < hi; ++number)
      entries_.push_back({Mix(number), number});
    std::sort(entries_.begin(), entries_.end());
  }
  absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) override {
    const std::size_t count = std::min(to.size(), entries_.size() - next_);
    std::copy_n(entries_.begin() + static_cast<std::ptrdiff_t>(next_), count, to.begin());
    next_ += count;
    return count;
  }
  const std::vector<RunEntry>& entries() const { return entries_; }

 private:
  std::vector<RunEntry> entries_;
  std::size_t next_ = 0;
};

class MiniIndex {
 public:
  static absl::StatusOr<std::unique_ptr<MiniIndex>> Open(FileSystem& files) {
    auto index = std::make_unique<MiniIndex>();
    COINWAKE_ASSIGN_OR_RETURN(index->store_, KvStore::Open(files, kStoreFolder, kOptions));
    const auto bytes = index->store_->Get(kCommitKey);
    if (bytes.ok()) {
      COINWAKE_ASSIGN_OR_RETURN(index->record_, DecodeCommitRecord(*bytes));
    } else if (!absl::IsNotFound(bytes.status())) {
      return bytes.status();
    }
    ColumnState state;
    if (!index->record_.columns.empty()) {
      state = {index->record_.columns[0].rows_count, index->record_.columns[0].tail_crc};
    }
    COINWAKE_ASSIGN_OR_RETURN(index->column_, ColumnWriter::Open(files, kColumns, kSpec, state));
    COINWAKE_RETURN_IF_ERROR(DropOtherRuns(*index->store_, kTable, index->record_.runs[0]));
    return index;
  }

  // Brings the index to `rows` rows; OK: acknowledged.
  absl::Status Commit(std::uint64_t rows) {
    CommitRecord record = record_;
    ++record.sequence;
    std::vector<RunInfo>& runs = record.runs[0];
    const std::uint64_t old_rows = column_->rows_count();
    if (rows < old_rows) {
      COINWAKE_RETURN_IF_ERROR(column_->Truncate(rows));
      while (!runs.empty() && runs.back().lo >= rows) runs.pop_back();
      if (!runs.empty()) runs.back().hi = std::min(runs.back().hi, rows);
    } else {
      for (std::uint64_t number = old_rows; number < rows; ++number) {
        std::uint8_t row[8];
        StoreLe(row, Mix(number));
        COINWAKE_RETURN_IF_ERROR(column_->Append(row));
      }
      NumberStream entries(old_rows, rows);
      COINWAKE_ASSIGN_OR_RETURN(const RunInfo run, WriteRun(*store_, kTable, record.next_run_id++,
                                                            old_rows, rows, entries));
      runs.push_back(run);
      COINWAKE_RETURN_IF_ERROR(Merge(&record));
    }
    COINWAKE_ASSIGN_OR_RETURN(const ColumnState state, column_->Sync());
    record.columns = {{state.rows_count, state.tail_crc}};
    KvBatch batch;
    batch.Put(kCommitKey, EncodeCommitRecord(record));
    batch.Put("h" + std::to_string(record.sequence), std::string(20'000, 'h'));
    COINWAKE_RETURN_IF_ERROR(store_->Write(batch, /*sync=*/true));
    record_ = record;
    return absl::OkStatus();
  }
  absl::Status DropRuns() { return DropOtherRuns(*store_, kTable, record_.runs[0]); }

  const CommitRecord& record() const { return record_; }

  // Everything the record names is there and nothing else. OK, or kDataLoss from the reading.
  absl::Status Check(FileSystem& files) {
    const std::uint64_t rows = record_.sequence == 0 ? 0 : kSteps[record_.sequence - 1];
    EXPECT_EQ(column_->rows_count(), rows);
    std::vector<std::uint8_t> bytes(rows * 8);
    COINWAKE_RETURN_IF_ERROR(column_->ReadRows(0, rows, bytes));
    for (std::uint64_t i = 0; i < rows; ++i) {
      EXPECT_EQ(LoadLe<std::uint64_t>(&bytes[i * 8]), Mix(i));
    }
    const auto snapshot = store_->NewSnapshot();
    const RunReader reader(*snapshot, kTable, record_.runs[0]);
    const auto stream = reader.Scan();
    std::vector<RunEntry> entries(rows + 1);
    std::size_t filled = 0;
    for (std::size_t count = 1; count > 0; filled += count) {
      COINWAKE_ASSIGN_OR_RETURN(count, stream->Next(std::span(entries).subspan(filled)));
    }
    entries.resize(filled);
    EXPECT_EQ(entries, NumberStream(0, rows).entries());
    for (std::uint64_t i = 1; i <= record_.sequence; ++i) {
      COINWAKE_RETURN_IF_ERROR(store_->Get("h" + std::to_string(i)).status());
    }
    if (record_.sequence == 0) return absl::OkStatus();
    Damage damage;
    const CommittedColumn& committed = record_.columns[0];
    COINWAKE_ASSIGN_OR_RETURN(
        const auto mapped, ColumnReader::Open(files, kColumns, kSpec,
                                              {committed.rows_count, committed.tail_crc}, &damage));
    mapped->CheckAll();
    return damage.status();
  }

 private:
  absl::Status Merge(CommitRecord* record) {
    std::vector<RunInfo>& runs = record->runs[0];
    const MergePlan plan = PlanMerge(runs);
    if (plan.begin == plan.end) return absl::OkStatus();
    const auto begin = runs.begin() + static_cast<std::ptrdiff_t>(plan.begin);
    const auto end = runs.begin() + static_cast<std::ptrdiff_t>(plan.end);
    COINWAKE_ASSIGN_OR_RETURN(
        const RunInfo merged,
        MergeRuns(*store_, kTable, std::span(begin, end), record->next_run_id++));
    *begin = merged;
    runs.erase(begin + 1, end);
    return absl::OkStatus();
  }

  std::unique_ptr<KvStore> store_;
  std::unique_ptr<ColumnWriter> column_;
  CommitRecord record_;
};

// Opens, follows kSteps from where the index is. Returns the acknowledged sequence so far.
std::uint64_t RunSteps(FileSystem& files, std::uint64_t acknowledged) {
  auto index = MiniIndex::Open(files);
  if (!index.ok()) return acknowledged;
  acknowledged = (*index)->record().sequence;
  for (std::uint64_t i = acknowledged; i < std::size(kSteps); ++i) {
    if (!(*index)->Commit(kSteps[i]).ok()) break;
    acknowledged = i + 1;
    if (!(*index)->DropRuns().ok()) break;
  }
  return acknowledged;
}

void ReopenAndFinish(FaultFileSystem& files, std::uint64_t acknowledged) {
  {
    ASSERT_OK_AND_ASSIGN(const auto index, MiniIndex::Open(files));
    EXPECT_GE(index->record().sequence, acknowledged);
    EXPECT_LE(index->record().sequence, acknowledged + 1);
    ASSERT_OK(index->Check(files));
  }
  ASSERT_EQ(RunSteps(files, acknowledged), std::size(kSteps));
  ASSERT_OK_AND_ASSIGN(const auto index, MiniIndex::Open(files));
  ASSERT_OK(index->Check(files));
}

struct Fault {
  bool at_sync;
  bool lasting;
  Power power;
};

class CommitProtocol : public testing::TestWithParam<Fault> {};

TEST_P(CommitProtocol, KeepsWhatItAcknowledged) {
  const Fault fault = GetParam();
  bool fired = true;
  for (std::uint64_t n = 0; fired; ++n) {
    FaultFileSystem files;
    if (fault.at_sync) {
      files.FailAtSync(n, fault.lasting);
    } else {
      files.FailAt(n, fault.lasting);
    }
    const std::uint64_t acknowledged = RunSteps(files, 0);
    fired = files.fired();
    SCOPED_TRACE(testing::Message() << "failure " << n << ": " << files.failed_operation()
                                    << ", acknowledged " << acknowledged);
    if (!fired) {
      EXPECT_EQ(acknowledged, std::size(kSteps));
    }
    files.PowerCut(fault.power, n);
    ReopenAndFinish(files, acknowledged);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, CommitProtocol,
    testing::Values(Fault{false, false, Power::kKeepUnsynced}, Fault{false, false, Power::kSeeded},
                    Fault{false, true, Power::kKeepUnsynced}, Fault{false, true, Power::kSeeded},
                    Fault{true, true, Power::kDropUnsynced},
                    Fault{true, true, Power::kKeepUnsynced}, Fault{true, true, Power::kSeeded}),
    [](const auto& test) {
      const Fault& fault = test.param;
      return std::string(fault.at_sync ? "Sync" : "Operation") +
             (fault.lasting ? "Lasting" : "Once") +
             (fault.power == Power::kDropUnsynced   ? "Drop"
              : fault.power == Power::kKeepUnsynced ? "Keep"
                                                    : "Seeded");
    });

TEST(CommitDamage, EveryFlippedByteIsToldOrHarmless) {
  FaultFileSystem pristine;
  ASSERT_EQ(RunSteps(pristine, 0), std::size(kSteps));
  // Closed and opened once more, so that there are tables and a log.
  { ASSERT_OK_AND_ASSIGN(const auto index, MiniIndex::Open(pristine)); }
  int told = 0;
  for (const std::string& path : pristine.AllFiles()) {
    const std::size_t size = pristine.Contents(path).size();
    const std::size_t stride = size < 300 ? 1 : size / 150;
    for (std::size_t offset = 0; offset < size; offset += stride) {
      SCOPED_TRACE(path + " " + std::to_string(offset));
      const auto files = pristine.Clone();
      files->FlipByte(path, offset, 0x20);
      const auto index = MiniIndex::Open(*files);
      const absl::Status status = index.ok() ? (*index)->Check(*files) : index.status();
      if (status.ok()) {
        EXPECT_EQ((*index)->record().sequence, std::size(kSteps));
      } else {
        EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
        ++told;
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(told, 200);
}

}  // namespace
}  // namespace coinwake
