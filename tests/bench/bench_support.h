// What the measuring programs share: a cached synthetic chain, an index of it made in a process of
// its own, clocks and sizes.
#ifndef COINWAKE_TESTS_BENCH_BENCH_SUPPORT_H_
#define COINWAKE_TESTS_BENCH_BENCH_SUPPORT_H_

#include <time.h>  // clock_gettime is POSIX's

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace coinwake::bench {

struct BenchOptions {
  std::uint64_t transactions = 1'000'000;
  std::uint64_t seed = 1;
  std::uint64_t memory_mib = 1024;
  int threads = 0;  // 0: one a processor
  bool anew =
      false;  // EnsureIndex makes the index again: another version may have written the old one
  // Chains and indexes are kept here between runs, by size and seed.
  std::string work_folder;
};

class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Processor time of the calling thread: what a busy machine changes little.
class ThreadStopwatch {
 public:
  double Seconds() const { return Now() - start_; }

 private:
  static double Now() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
  }
  double start_ = Now();
};

// Default for BenchOptions::work_folder: coinwake-bench in the system's folder for temporary files.
std::string DefaultWorkFolder();

// The blocks folder of the chain the options name; made when it is not there yet.
absl::StatusOr<std::string> EnsureChain(const BenchOptions& options);

// An index as one run of IndexBitcoin in a new process left it.
struct IndexRun {
  std::string data_folder;
  double seconds = 0;
  double cpu_seconds = 0;  // of all threads, start and end of the process included
  std::uint64_t transactions = 0;
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  std::uint64_t addresses = 0;
  std::uint64_t peak_bytes = 0;  // largest resident set of that process, mapped files included
};

// Indexes the chain anew, in a child process so that its peak memory is its own. The calling
// program's main has to hand over to ChildMain first.
absl::StatusOr<IndexRun> IndexAnew(const BenchOptions& options, const std::string& blocks_folder);

// The index of the chain, from an earlier run where there is one. seconds and peak_bytes are 0
// then.
absl::StatusOr<IndexRun> EnsureIndex(const BenchOptions& options);

// Runs the child's part when the command line asks for it and returns its exit status; -1 when this
// is no child. Call first in main.
int ChildMain(int argc, char** argv);

// Bytes of all files below `folder`.
std::uint64_t FolderBytes(const std::string& folder);

// Double SHA-256 on one core over the transactions of the first block files, in the sizes that
// txids cover: what any indexer has to do at least. Best of three passes.
struct HashSpeed {
  double transactions_per_second = 0;
  double bytes_per_second = 0;
  double mean_bytes = 0;
};
absl::StatusOr<HashSpeed> MeasureDoubleSha256(const std::string& blocks_folder);

// "1,234,567"
std::string Thousands(std::uint64_t value);

}  // namespace coinwake::bench

#endif  // COINWAKE_TESTS_BENCH_BENCH_SUPPORT_H_
