// bench_cluster: how long it takes to group all addresses of a synthetic chain into entities.
//
// Method: Partition::Build over a warm index with one thread and with all, and over one that has
// just been opened (files in the page cache, checksums not looked at yet), best of several runs;
// beside them, in the same run, plain scans by one thread: the bytes of the block files and of all
// columns added up, and the chain read once through the index: of each transaction the address and
// value of what it spends and of what it pays.
#include <algorithm>
#include <cstdio>
#include <ctime>
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

// Seconds of the clock and of the processors; the second depends less on what else the machine
// does.
struct Time {
  double wall = 0;
  double cpu = 0;
};

// The least of the runs so far.
class Best {
 public:
  class Run {
   public:
    explicit Run(Best* best) : best_(best), cpu_(std::clock()) {}
    ~Run() {
      const double cpu = static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
      best_->Take({watch_.Seconds(), cpu});
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

   private:
    Best* best_;
    coinwake::bench::Stopwatch watch_;
    std::clock_t cpu_;
  };
  const Time& time() const { return time_; }

 private:
  void Take(const Time& time) {
    time_.wall = is_first_ ? time.wall : std::min(time_.wall, time.wall);
    time_.cpu = is_first_ ? time.cpu : std::min(time_.cpu, time.cpu);
    is_first_ = false;
  }
  Time time_;
  bool is_first_ = true;
};

std::uint64_t SumOf(coinwake::ByteSpan bytes) {
  std::uint64_t sum = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) sum += coinwake::LoadLe<std::uint64_t>(bytes.data() + i);
  for (; i < bytes.size(); ++i) sum += bytes[i];
  return sum;
}

// Reads every file of `folder`; what is added up keeps the reading from being left out.
Time PlainScan(const std::string& folder, int repeat, std::uint64_t* bytes) {
  volatile std::uint64_t sink = 0;
  Best best;
  for (int i = 0; i < repeat; ++i) {
    const Best::Run run(&best);
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
  }
  return best.time();
}

absl::StatusOr<coinwake::OpenIndex> Open(const std::string& data_folder) {
  return coinwake::OpenForReading(coinwake::RealFileSystem(), data_folder,
                                  coinwake::Network::kBitcoinRegtest);
}

// Reads every input and output of the chain once, in order.
absl::StatusOr<Time> ScanChain(const std::string& data_folder, int repeat) {
  const auto index = Open(data_folder);
  if (!index.ok()) return index.status();
  const coinwake::View& view = *index->view;
  volatile std::uint64_t sink = 0;
  Best best;
  for (int i = 0; i < repeat; ++i) {
    const Best::Run run(&best);
    std::uint64_t sum = 0;
    for (coinwake::TxNum tx{0}; tx.value < view.transactions_count(); ++tx.value) {
      const auto inputs = view.Inputs(tx);
      for (coinwake::InputNum input = inputs.begin; input < inputs.end; ++input) {
        const coinwake::InputSource source = view.Source(input);
        sum += view.SourceValue(source).value_or(0);
        sum += view.SourceAddress(source).value_or(coinwake::AddressNum{0}).value;
      }
      const auto outputs = view.Outputs(tx);
      for (coinwake::OutputNum output = outputs.begin; output < outputs.end; ++output) {
        sum += view.Value(output) + view.AddressOf(output).value;
      }
    }
    sink = sink + sum;
  }
  return best.time();
}

// What clusters are held against.
struct Scans {
  Time blocks;
  Time chain;
};

void Print(coinwake::Profile profile, int threads, const char* what, const Time& time,
           const Scans& scans, const coinwake::View& view, std::uint64_t clusters) {
  std::printf(
      "%-9s  %d threads  %-11s  %8.4f s, %5.2f of the bytes, %5.2f of the chain; processors %8.4f "
      "s, %5.2f, %5.2f; %s transactions/s, %s clusters\n",
      std::string(ProfileName(profile)).c_str(), threads, what, time.wall,
      time.wall / scans.blocks.wall, time.wall / scans.chain.wall, time.cpu,
      time.cpu / scans.blocks.cpu, time.cpu / scans.chain.cpu,
      Thousands(static_cast<std::uint64_t>(static_cast<double>(view.transactions_count()) /
                                           std::max(time.wall, 1e-9)))
          .c_str(),
      Thousands(clusters).c_str());
}

absl::Status Measure(const coinwake::View& view, coinwake::Profile profile, int threads, int repeat,
                     const Scans& scans) {
  Best best;
  std::uint64_t clusters = 0;
  for (int i = 0; i < repeat; ++i) {
    const auto partition = [&] {
      const Best::Run run(&best);
      return coinwake::Partition::Build(view, profile, threads, 0);
    }();
    if (!partition.ok()) return partition.status();
    clusters = (*partition)->clusters_count();
  }
  Print(profile, threads, "", best.time(), scans, view, clusters);
  return absl::OkStatus();
}

// The same of views that have just been opened, none of whose checksums has been looked at.
absl::Status MeasureFirst(const std::string& data_folder, coinwake::Profile profile, int repeat,
                          const Scans& scans) {
  Best best;
  for (int i = 0; i < repeat; ++i) {
    const auto index = Open(data_folder);
    if (!index.ok()) return index.status();
    const auto partition = [&] {
      const Best::Run run(&best);
      return coinwake::Partition::Build(*index->view, profile, 1, 0);
    }();
    if (!partition.ok()) return partition.status();
    if (i + 1 < repeat) continue;
    Print(profile, 1, "just opened", best.time(), scans, *index->view,
          (*partition)->clusters_count());
  }
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
  bool only_strict = false;
  app.add_flag("--strict", only_strict, "no other profile");
  CLI11_PARSE(app, argc, argv);

  const auto blocks_folder = coinwake::bench::EnsureChain(options);
  if (!blocks_folder.ok()) return Fail(blocks_folder.status());
  const auto run = coinwake::bench::EnsureIndex(options);
  if (!run.ok()) return Fail(run.status());
  std::uint64_t block_bytes = 0;
  std::uint64_t column_bytes = 0;
  Scans scans;
  scans.blocks = PlainScan(*blocks_folder, repeat, &block_bytes);
  if (auto chain = ScanChain(run->data_folder, repeat); chain.ok()) {
    scans.chain = *chain;
  } else {
    return Fail(chain.status());
  }
  const Time columns = PlainScan(coinwake::ColumnsFolder(coinwake::FolderOfNetwork(
                                     run->data_folder, coinwake::Network::kBitcoinRegtest)),
                                 repeat, &column_bytes);
  std::printf(
      "plain scans, one thread: bytes of block files %.4f s, processor %.4f s (%s bytes), "
      "of columns %.4f s (%s bytes); the chain through the index %.4f s, processor %.4f s\n",
      scans.blocks.wall, scans.blocks.cpu, Thousands(block_bytes).c_str(), columns.wall,
      Thousands(column_bytes).c_str(), scans.chain.wall, scans.chain.cpu);
  if (const absl::Status status =
          MeasureFirst(run->data_folder, coinwake::Profile::kStrict, repeat, scans);
      !status.ok()) {
    return Fail(status);
  }
  const auto index = Open(run->data_folder);
  if (!index.ok()) return Fail(index.status());
  const coinwake::View& view = *index->view;
  std::printf("chain of %s transactions, %s inputs, %s addresses\n",
              Thousands(view.transactions_count()).c_str(), Thousands(view.inputs_count()).c_str(),
              Thousands(view.addresses_count()).c_str());
  const int all = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  for (const coinwake::Profile profile :
       {coinwake::Profile::kStrict, coinwake::Profile::kStandard}) {
    if (only_strict && profile != coinwake::Profile::kStrict) continue;
    for (int threads = 1; threads <= all; threads = threads == all ? all + 1 : all) {
      if (const absl::Status status = Measure(view, profile, threads, repeat, scans);
          !status.ok()) {
        return Fail(status);
      }
    }
  }
  return 0;
}
