// Goal: whatever crash interrupts growing, cutting or changing an in-place column, applying the
// last commit's changes again makes every row right and every checksum true. Method: the protocol
// of column.h (a commit names rows and changes, then they are applied and synced) run with the
// power cut at every operation and every sync, unsynced sectors lost by a seed.
#include <map>
#include <random>
#include <vector>

#include "indexer/segment/column.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

constexpr char kFolder[] = "/data/columns";
constexpr ColumnSpec kSpec{"spender", 4, true};
constexpr std::uint64_t kChunkRows = kColumnChunkBytes / 4;

// A commit: the rows it names and the changes to apply once it is durable.
struct Commit {
  std::uint64_t rows_count;
  std::vector<InPlaceUpdate> updates;
};

std::vector<Commit> SomeCommits(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Commit> commits;
  std::uint64_t rows = 0;
  for (int i = 0; i < 4; ++i) {
    // The third is a rewind.
    rows = i == 2 ? rows / 2 + 1 : rows + random() % (5 * kChunkRows) + 1;
    std::map<std::uint64_t, std::uint32_t> changes;
    for (int k = 0; k < 40 && i != 2; ++k) {
      changes[random() % rows] = static_cast<std::uint32_t>(random());
    }
    Commit commit{rows, {}};
    for (const auto& [row, value] : changes) commit.updates.push_back({row, value});
    commits.push_back(std::move(commit));
  }
  return commits;
}

void ApplyToOracle(const Commit& commit, std::vector<std::uint32_t>* oracle) {
  oracle->resize(commit.rows_count, kNone32);
  for (const InPlaceUpdate& update : commit.updates) (*oracle)[update.row] = update.value;
}

absl::Status Follow(InPlaceColumn& column, const Commit& commit) {
  COINWAKE_RETURN_IF_ERROR(column.Resize(commit.rows_count));
  COINWAKE_RETURN_IF_ERROR(column.Apply(commit.updates));
  return column.Sync();
}

// Runs the commits until the armed failure; returns how many commits were begun.
std::size_t RunUntilFailure(FaultFileSystem& files, const std::vector<Commit>& commits) {
  auto column = InPlaceColumn::Open(files, kFolder, kSpec, 0);
  std::size_t begun = 0;
  for (const Commit& commit : commits) {
    if (!column.ok()) break;
    ++begun;
    if (!Follow(**column, commit).ok()) break;
  }
  return begun;
}

void RecoverAndCheck(FaultFileSystem& files, const std::vector<Commit>& commits,
                     std::size_t begun) {
  const std::uint64_t rows = begun == 0 ? 0 : commits[begun - 1].rows_count;
  ASSERT_OK_AND_ASSIGN(auto column, InPlaceColumn::Open(files, kFolder, kSpec, rows));
  if (begun > 0) {
    ASSERT_OK(Follow(*column, commits[begun - 1]));
  }
  column.reset();

  std::vector<std::uint32_t> oracle;
  for (std::size_t i = 0; i < begun; ++i) ApplyToOracle(commits[i], &oracle);
  Damage damage;
  ASSERT_OK_AND_ASSIGN(auto reader, ColumnReader::Open(files, kFolder, kSpec, {rows, 0}, &damage));
  for (std::uint64_t row = 0; row < rows; ++row) {
    ASSERT_EQ(reader->Get<std::uint32_t>(row), oracle[row]) << row;
  }
  reader->CheckAll();
  EXPECT_OK(damage.status());
}

class InPlaceCrash : public testing::TestWithParam<FaultFileSystem::Power> {};

TEST_P(InPlaceCrash, RecoversFromAPowerCutAtEveryOperation) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const std::vector<Commit> commits = SomeCommits(seed);
    bool fired = true;
    for (std::uint64_t n = 0; fired; ++n) {
      for (std::uint64_t cut = 0; cut < 3; ++cut) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << " operation " << n << " cut " << cut);
        FaultFileSystem files;
        files.FailAt(n, /*lasting=*/true);
        const std::size_t begun = RunUntilFailure(files, commits);
        fired = files.fired();
        files.PowerCut(GetParam(), n * 3 + cut);
        RecoverAndCheck(files, commits, begun);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
}

// A second crash during recovery changes nothing.
TEST_P(InPlaceCrash, RecoversFromACrashDuringRecovery) {
  const std::vector<Commit> commits = SomeCommits(7);
  bool fired = true;
  for (std::uint64_t n = 0; fired; n += 3) {
    for (std::uint64_t second = 0; second < 20; second += 2) {
      SCOPED_TRACE(testing::Message() << "operation " << n << " then " << second);
      FaultFileSystem files;
      files.FailAt(n, /*lasting=*/true);
      const std::size_t begun = RunUntilFailure(files, commits);
      fired = files.fired();
      files.PowerCut(GetParam(), n);
      files.FailAt(second, /*lasting=*/true);
      if (begun > 0) {
        const Commit& last = commits[begun - 1];
        auto column = InPlaceColumn::Open(files, kFolder, kSpec, last.rows_count);
        if (column.ok()) Follow(**column, last).IgnoreError();
      }
      files.PowerCut(GetParam(), n + second + 1);
      RecoverAndCheck(files, commits, begun);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Power, InPlaceCrash,
                         testing::Values(FaultFileSystem::Power::kDropUnsynced,
                                         FaultFileSystem::Power::kKeepUnsynced,
                                         FaultFileSystem::Power::kSeeded));

}  // namespace
}  // namespace coinwake
