// Goal: work is done with the threads the system gives, down to none but the caller. Method: count
// steps; run in a process that may start no thread.
#include "indexer/ingest/parallel.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "indexer/ingest/block_loader.h"
#include "tests/ingest/test_chain.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {
namespace {

TEST(ParallelFor, RunsEachStepOnceWithAnyNumberOfThreads) {
  for (const int threads : {-1, 0, 1, 3, 1'000'000}) {
    for (const std::size_t count : {0u, 1u, 2u, 50u}) {
      std::vector<std::atomic<int>> runs(count);
      const absl::Status status = ParallelFor(count, threads, [&](std::size_t i) {
        ++runs[i];
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok());
      for (const auto& times : runs) EXPECT_EQ(times, 1);
    }
  }
}

TEST(ParallelFor, TellsTheErrorOfTheLowestStep) {
  const absl::Status status = ParallelFor(
      3, 1, [](std::size_t i) { return i == 0 ? absl::OkStatus() : absl::DataLossError("bad"); });
  EXPECT_TRUE(absl::IsDataLoss(status));
}

// True if the process can start no thread from here on. The superuser has no such limit.
bool ForbidThreads() {
  if (geteuid() == 0 && setuid(65534) != 0) return false;
  const rlimit none = {0, 0};
  return setrlimit(RLIMIT_NPROC, &none) == 0;
}

int WorkWithoutThreads() {
  if (!ForbidThreads()) return 3;
  std::vector<std::thread> threads;
  if (StartThread([] {}, &threads)) {
    threads.front().join();
    return 4;
  }
  std::size_t steps = 0;
  if (!ParallelFor(20, 8,
                   [&](std::size_t) {
                     ++steps;
                     return absl::OkStatus();
                   })
           .ok() ||
      steps != 20) {
    return 5;
  }
  TestChain chain(1);
  const std::size_t tip = chain.Extend(0, 30);
  FaultFileSystem files;
  chain.Write(files, "/blocks", chain.PathTo(tip));
  const auto scan = ScanFolder(files, "/blocks", std::nullopt, nullptr);
  if (!scan.ok()) return 6;
  std::vector<PlannedBlock> planned;
  for (const ScannedBlock& block : scan->blocks) planned.push_back({block.hash, block.where});
  BlockLoader loader(files, *scan, planned, 8, 1 << 20);
  for (const PlannedBlock& block : planned) {
    auto loaded = loader.Next();
    if (!loaded.ok() || (*loaded)->hash != block.hash) return 7;
    loader.Recycle(*std::move(loaded));
  }
  return 0;
}

TEST(ThreadsDeathTest, WorkGoesOnWithoutAnyThread) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  // Not exit(): LeakSanitizer looks around at the end on a thread of its own.
  EXPECT_EXIT(_exit(WorkWithoutThreads()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace coinwake
