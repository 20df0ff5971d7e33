// bench_cluster: how long it takes to group all addresses of a synthetic chain into entities.
//
// Method: Partition::Build over a warm index with one thread and with all, best of several runs;
// beside it, in the same run, one pass of one thread over the block files, and over all columns,
// that only adds up their bytes.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "heuristics/cluster.h"
#include "indexer/base/file_system.h"
#include "indexer/view/open.h"
#include "indexer/view/view.h"
#include "tests/bench/bench_support.h"

namespace {

using coinwake::bench::Thousands;

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "bench_cluster: error: %s\n", std::string(status.message()).c_str());
  return 1;
}

// The least time of `repeat` runs.
template <typename Work>
double BestOf(int repeat, const Work& work) {
  double best = 0;
  for (int i = 0; i < repeat; ++i) {
    const coinwake::bench::Stopwatch watch;
    work();
    const double seconds = watch.Seconds();
    if (i == 0 || seconds < best) best = seconds;
  }
  return best;
}

std::uint64_t SumOf(coinwake::ByteSpan bytes) {
  std::uint64_t sum = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) sum += coinwake::LoadLe<std::uint64_t>(bytes.data() + i);
  for (; i < bytes.size(); ++i) sum += bytes[i];
  return sum;
}

// Reads every file of `folder`; what is added up keeps the reading from being left out.
double PlainScan(const std::string& folder, int repeat, std::uint64_t* bytes) {
  volatile std::uint64_t sink = 0;
  return BestOf(repeat, [&] {
    *bytes = 0;
    std::vector<char> buffer(std::size_t{1} << 20);
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())),
             file.gcount() > 0) {
        const auto count = static_cast<std::size_t>(file.gcount());
        sink = sink + SumOf(coinwake::AsBytes(buffer.data(), count));
        *bytes += count;
      }
    }
  });
}

absl::Status Measure(const coinwake::View& view, coinwake::Profile profile, int threads, int repeat,
                     double scan_seconds) {
  double best = 0;
  std::uint64_t clusters = 0;
  for (int i = 0; i < repeat; ++i) {
    const coinwake::bench::Stopwatch watch;
    const auto partition = coinwake::Partition::Build(view, profile, threads, 0);
    const double seconds = watch.Seconds();
    if (!partition.ok()) return partition.status();
    clusters = (*partition)->clusters_count();
    if (i == 0 || seconds < best) best = seconds;
  }
  std::printf("%-11s  %2d threads  %8.3f s  %6.2f of the scan  %12s transactions/s  %s clusters\n",
              std::string(ProfileName(profile)).c_str(), threads, best, best / scan_seconds,
              Thousands(static_cast<std::uint64_t>(static_cast<double>(view.transactions_count()) /
                                                   (best > 0 ? best : 1e-9)))
                  .c_str(),
              Thousands(clusters).c_str());
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (const int child = coinwake::bench::ChildMain(argc, argv); child >= 0) return child;
  coinwake::bench::BenchOptions options;
  options.work_folder = coinwake::bench::DefaultWorkFolder();
  int repeat = 3;
  CLI::App app{"Measures clustering of a synthetic chain"};
  app.add_option("--transactions", options.transactions)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--repeat", repeat)->check(CLI::Range(1, 100))->capture_default_str();
  app.add_flag("--anew", options.anew, "index the chain again first");
  app.add_option("--work", options.work_folder, "keeps chains and indexes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const auto blocks_folder = coinwake::bench::EnsureChain(options);
  if (!blocks_folder.ok()) return Fail(blocks_folder.status());
  const auto run = coinwake::bench::EnsureIndex(options);
  if (!run.ok()) return Fail(run.status());
  const auto index = coinwake::OpenForReading(coinwake::RealFileSystem(), run->data_folder,
                                              coinwake::Network::kBitcoinRegtest);
  if (!index.ok()) return Fail(index.status());
  const coinwake::View& view = *index->view;
  std::printf("chain of %s transactions, %s inputs, %s addresses\n",
              Thousands(view.transactions_count()).c_str(), Thousands(view.inputs_count()).c_str(),
              Thousands(view.addresses_count()).c_str());
  const int all = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::uint64_t block_bytes = 0;
  std::uint64_t column_bytes = 0;
  const double blocks = PlainScan(*blocks_folder, repeat, &block_bytes);
  const double columns = PlainScan(coinwake::ColumnsFolder(coinwake::FolderOfNetwork(
                                       run->data_folder, coinwake::Network::kBitcoinRegtest)),
                                   repeat, &column_bytes);
  std::printf(
      "one plain scan, one thread: block files %8.3f s (%s bytes), columns %8.3f s (%s bytes)\n",
      blocks, Thousands(block_bytes).c_str(), columns, Thousands(column_bytes).c_str());
  for (const coinwake::Profile profile :
       {coinwake::Profile::kStrict, coinwake::Profile::kStandard}) {
    for (int threads = 1; threads <= all; threads = threads == all ? all + 1 : all) {
      if (const absl::Status status = Measure(view, profile, threads, repeat, blocks);
          !status.ok()) {
        return Fail(status);
      }
    }
  }
  return 0;
}
