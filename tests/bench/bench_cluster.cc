// bench_cluster: how long it takes to group all addresses of a synthetic chain into entities.
//
// Method: Partition::Build over a warm index with one thread and with all, best of several runs.
#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>

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

absl::Status Measure(const coinwake::View& view, int threads, int repeat) {
  double best = 0;
  std::uint64_t clusters = 0;
  for (int i = 0; i < repeat; ++i) {
    const coinwake::bench::Stopwatch watch;
    const auto partition = coinwake::Partition::Build(view, coinwake::Profile::kStrict, threads, 0);
    const double seconds = watch.Seconds();
    if (!partition.ok()) return partition.status();
    clusters = (*partition)->clusters_count();
    if (i == 0 || seconds < best) best = seconds;
  }
  std::printf("%2d threads  %8.3f s  %12s transactions/s  %s clusters\n", threads, best,
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
  for (int threads = 1; threads <= all; threads = threads == all ? all + 1 : all) {
    if (const absl::Status status = Measure(view, threads, repeat); !status.ok()) {
      return Fail(status);
    }
  }
  return 0;
}
