// bench_index: how fast raw blocks become an index, against what the machine can hash.
//
// Method: a synthetic chain (kept between runs), double SHA-256 over its transactions on one core,
// then IndexBitcoin in a process of its own, several times; the best run counts. Files are in the
// page cache.
#include <cstdio>
#include <optional>
#include <string>
#include <thread>

#include "CLI/CLI.hpp"
#include "tests/bench/bench_support.h"

namespace {

using coinwake::bench::Thousands;

constexpr double kMiB = 1024.0 * 1024.0;

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "bench_index: error: %s\n", std::string(status.message()).c_str());
  return 1;
}

void Print(const coinwake::bench::BenchOptions& options, const coinwake::bench::HashSpeed& hash,
           const coinwake::bench::IndexRun& run, std::uint64_t raw_bytes,
           std::uint64_t index_bytes) {
  const double rate = static_cast<double>(run.transactions) / run.seconds;
  std::printf("chain            %s transactions, %s inputs, %s outputs, %.1f MB\n",
              Thousands(run.transactions).c_str(), Thousands(run.inputs).c_str(),
              Thousands(run.outputs).c_str(), static_cast<double>(raw_bytes) / 1e6);
  std::printf("double SHA-256   %s tx/s on one core (%.0f MB/s, %.0f bytes each)\n",
              Thousands(static_cast<std::uint64_t>(hash.transactions_per_second)).c_str(),
              hash.bytes_per_second / 1e6, hash.mean_bytes);
  std::printf("index            %.2f s: %s tx/s, %.1f MB/s of blocks\n", run.seconds,
              Thousands(static_cast<std::uint64_t>(rate)).c_str(),
              static_cast<double>(raw_bytes) / run.seconds / 1e6);
  std::printf("of hash speed    %.3f\n", rate / hash.transactions_per_second);
  std::printf(
      "processor time   %.2f s over all threads (%.2f times that of the hashing)\n",
      run.cpu_seconds,
      run.cpu_seconds * hash.transactions_per_second / static_cast<double>(run.transactions));
  std::printf("index size       %.1f MB: %.3f of the blocks, %.1f bytes a transaction\n",
              static_cast<double>(index_bytes) / 1e6,
              static_cast<double>(index_bytes) / static_cast<double>(raw_bytes),
              static_cast<double>(index_bytes) / static_cast<double>(run.transactions));
  std::printf("peak memory      %.0f MiB of %llu MiB allowed (mapped files included)\n",
              static_cast<double>(run.peak_bytes) / kMiB,
              static_cast<unsigned long long>(options.memory_mib));
}

}  // namespace

int main(int argc, char** argv) {
  if (const int child = coinwake::bench::ChildMain(argc, argv); child >= 0) return child;
  coinwake::bench::BenchOptions options;
  options.work_folder = coinwake::bench::DefaultWorkFolder();
  int repeat = 3;
  CLI::App app{"Measures indexing of a synthetic chain"};
  app.add_option("--transactions", options.transactions)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--memory", options.memory_mib, "MiB")->capture_default_str();
  app.add_option("--threads", options.threads, "0: one a processor")->capture_default_str();
  app.add_option("--repeat", repeat, "the best run counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--work", options.work_folder, "keeps chains and indexes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const auto blocks = coinwake::bench::EnsureChain(options);
  if (!blocks.ok()) return Fail(blocks.status());
  const auto hash = coinwake::bench::MeasureDoubleSha256(*blocks);
  if (!hash.ok()) return Fail(hash.status());
  std::optional<coinwake::bench::IndexRun> best;
  std::uint64_t peak_bytes = 0;
  for (int i = 0; i < repeat; ++i) {
    const auto run = coinwake::bench::IndexAnew(options, *blocks);
    if (!run.ok()) return Fail(run.status());
    peak_bytes = std::max(peak_bytes, run->peak_bytes);
    if (!best || run->seconds < best->seconds) best = *run;
  }
  best->peak_bytes = peak_bytes;
  std::printf("processors       %u, threads asked for %d, runs %d\n",
              std::thread::hardware_concurrency(), options.threads, repeat);
  Print(options, *hash, *best, coinwake::bench::FolderBytes(*blocks),
        coinwake::bench::FolderBytes(best->data_folder));
  return 0;
}
