#include "tests/bench/bench_support.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "indexer/bitcoin/block.h"
#include "indexer/ingest/ingest.h"
#include "tests/support/chain_generator.h"

namespace coinwake::bench {
namespace {

namespace fs = std::filesystem;

constexpr char kChildFlag[] = "--index-child";

std::string ChainName(const BenchOptions& options) {
  return "chain-" + std::to_string(options.transactions) + "-" + std::to_string(options.seed);
}

// Paths of block files in order of their numbers.
std::vector<std::string> BlockFiles(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with("blk")) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Sizes that txids cover, of every transaction in one block file's bytes.
absl::Status CollectSizes(ByteSpan file, std::vector<std::pair<std::size_t, std::size_t>>* spans) {
  bitcoin::ParsedBlock block;
  for (std::size_t at = 0; at + 8 <= file.size();) {
    const std::size_t size = LoadLe<std::uint32_t>(file.data() + at + 4);
    if (size > file.size() - at - 8) break;
    COINWAKE_RETURN_IF_ERROR(bitcoin::ParseBlock(file.subspan(at + 8, size), &block));
    std::size_t offset = at + 8;
    for (const bitcoin::ParsedTransaction& transaction : block.transactions) {
      spans->push_back({offset, transaction.stripped_size_bytes});
      offset += transaction.stripped_size_bytes;
    }
    at += 8 + size;
  }
  return absl::OkStatus();
}

int RunChild(const std::string& blocks, const std::string& data, std::uint64_t memory_mib,
             int threads) {
  IngestOptions options;
  options.blocks_folder = blocks;
  options.data_folder = data;
  options.memory_mib = memory_mib;
  options.threads = threads;
  const Stopwatch watch;
  const auto report = IndexBitcoin(RealFileSystem(), options);
  const double seconds = watch.Seconds();
  if (!report.ok()) {
    std::fprintf(stderr, "bench: error: %s\n", std::string(report.status().message()).c_str());
    return 1;
  }
  std::printf("%.6f %llu %llu %llu %llu\n", seconds,
              static_cast<unsigned long long>(report->transactions),
              static_cast<unsigned long long>(report->inputs),
              static_cast<unsigned long long>(report->outputs),
              static_cast<unsigned long long>(report->addresses));
  return 0;
}

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Starts this program again with `arguments`; gives what it printed and what it used.
absl::StatusOr<std::string> RunSelf(std::vector<std::string> arguments, rusage* usage) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::UnavailableError("pipe failed");
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) return absl::UnavailableError("fork failed");
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  close(ends[1]);
  std::string output;
  char buffer[512];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof(buffer))) > 0;) {
    output.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  if (wait4(child, &status, 0, usage) != child) return absl::UnavailableError("wait4 failed");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return absl::InternalError("the indexing process failed");
  }
  return output;
}

}  // namespace

std::string DefaultWorkFolder() { return (fs::temp_directory_path() / "coinwake-bench").string(); }

absl::StatusOr<std::string> EnsureChain(const BenchOptions& options) {
  const fs::path folder = fs::path(options.work_folder) / ChainName(options);
  const fs::path marker = folder / "complete";
  if (fs::exists(marker)) return folder.string();
  fs::remove_all(folder);
  synthetic::ChainOptions chain;
  chain.transactions = options.transactions;
  chain.seed = options.seed;
  chain.folder = folder.string();
  const Stopwatch watch;
  COINWAKE_ASSIGN_OR_RETURN(const auto report, synthetic::GenerateChain(RealFileSystem(), chain));
  std::fprintf(stderr, "bench: made a chain of %s transactions in %.1f s\n",
               Thousands(report.transactions).c_str(), watch.Seconds());
  std::ofstream(marker) << "the chain in this folder is whole\n";
  return folder.string();
}

absl::StatusOr<IndexRun> IndexAnew(const BenchOptions& options, const std::string& blocks_folder) {
  IndexRun run;
  run.data_folder = (fs::path(options.work_folder) / ("index-" + ChainName(options))).string();
  fs::remove_all(run.data_folder);
  rusage usage{};
  COINWAKE_ASSIGN_OR_RETURN(
      const std::string output,
      RunSelf({"bench", kChildFlag, blocks_folder, run.data_folder,
               std::to_string(options.memory_mib), std::to_string(options.threads)},
              &usage));
  run.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  run.cpu_seconds = SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime);
  std::uint64_t counts[4] = {};
  if (std::sscanf(output.c_str(), "%lf %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &run.seconds,
                  &counts[0], &counts[1], &counts[2], &counts[3]) != 5) {
    return absl::InternalError("the indexing process printed no result");
  }
  run.transactions = counts[0];
  run.inputs = counts[1];
  run.outputs = counts[2];
  run.addresses = counts[3];
  std::ofstream(fs::path(run.data_folder) / "bench-complete") << "indexed\n";
  return run;
}

absl::StatusOr<IndexRun> EnsureIndex(const BenchOptions& options) {
  COINWAKE_ASSIGN_OR_RETURN(const std::string blocks, EnsureChain(options));
  IndexRun run;
  run.data_folder = (fs::path(options.work_folder) / ("index-" + ChainName(options))).string();
  if (!options.anew && fs::exists(fs::path(run.data_folder) / "bench-complete")) return run;
  return IndexAnew(options, blocks);
}

int ChildMain(int argc, char** argv) {
  if (argc != 6 || std::strcmp(argv[1], kChildFlag) != 0) return -1;
  return RunChild(argv[2], argv[3], std::strtoull(argv[4], nullptr, 10), std::atoi(argv[5]));
}

std::uint64_t FolderBytes(const std::string& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

absl::StatusOr<HashSpeed> MeasureDoubleSha256(const std::string& blocks_folder) {
  constexpr int kPasses = 3;
  double seconds = 0;
  std::uint64_t count = 0;
  std::uint64_t total = 0;
  std::uint8_t sink = 0;  // keeps the hashing from being thrown away
  for (const std::string& path : BlockFiles(blocks_folder)) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file),
                                  std::istreambuf_iterator<char>()};
    const ByteSpan span = AsBytes(bytes.data(), bytes.size());
    std::vector<std::pair<std::size_t, std::size_t>> transactions;
    COINWAKE_RETURN_IF_ERROR(CollectSizes(span, &transactions));
    for (const auto& [offset, size] : transactions) total += size;
    count += transactions.size();
    double best = 0;
    for (int pass = 0; pass < kPasses; ++pass) {
      const Stopwatch watch;
      for (const auto& [offset, size] : transactions) {
        sink = static_cast<std::uint8_t>(sink ^ DoubleSha256(span.subspan(offset, size)).bytes[0]);
      }
      best = pass == 0 ? watch.Seconds() : std::min(best, watch.Seconds());
    }
    seconds += best;
  }
  if (count == 0) return absl::NotFoundError("no transaction in " + blocks_folder);
  if (sink == 1) std::fputs("", stderr);
  return HashSpeed{static_cast<double>(count) / seconds, static_cast<double>(total) / seconds,
                   static_cast<double>(total) / static_cast<double>(count)};
}

std::string Thousands(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace coinwake::bench
