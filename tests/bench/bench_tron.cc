// bench_tron: how fast Tron's raw blocks and receipts become an index, and how fast taint runs over
// its accounts.
//
// Method: a synthetic chain (kept between runs); one pass of SHA-256 over its blocks on one core,
// which any indexer has to make at least; then IndexTron in a process of its own, the best of
// several runs. Taint: the exchange's hot wallet is seeded in the chain's token, from which most
// accounts are reached; events read a second under each policy, the index warm.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"
#include "indexer/ingest/tron_ingest.h"
#include "indexer/tron/asset.h"
#include "indexer/view/open.h"
#include "tests/bench/bench_support.h"
#include "tests/support/tron_generator.h"
#include "tracer/account_trace.h"
#include "tracer/view_accounts.h"

namespace coinwake::bench {
namespace {

constexpr double kMiB = 1024.0 * 1024.0;

struct Options {
  std::uint64_t transfers = 1'000'000;
  std::uint64_t seed = 1;
  std::uint64_t memory_mib = 1024;
  int threads = 0;
  int repeat = 3;
  std::string work_folder;
};

std::string ChainFolder(const Options& options) {
  return absl::StrCat(options.work_folder, "/tron-", options.transfers, "-", options.seed);
}

// Makes the chain where it is not there yet; a file tells that it was finished.
absl::Status EnsureTronChain(const Options& options) {
  const std::string folder = ChainFolder(options);
  const std::string done = folder + "/done";
  if (std::filesystem::exists(done)) return absl::OkStatus();
  std::filesystem::remove_all(folder);
  synthetic::TronGeneratorOptions generator;
  generator.transfers = options.transfers;
  generator.seed = options.seed;
  generator.folder = folder + "/blocks";
  generator.truth_folder = folder + "/truth";
  const auto report = synthetic::GenerateTronChain(RealFileSystem(), generator);
  if (!report.ok()) return report.status();
  std::ofstream(done) << report->usdt << '\n';
  return absl::OkStatus();
}

// Seconds of SHA-256 over everything the chain's blocks and receipts are.
double HashSeconds(const std::string& folder) {
  double seconds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const Stopwatch watch;
    const Hash256 hash = Sha256(AsBytes(bytes.data(), bytes.size()));
    seconds += watch.Seconds();
    if (hash == Hash256()) std::printf("\n");  // keeps the work
  }
  return seconds;
}

struct Run {
  double seconds = 0;
  std::uint64_t peak_bytes = 0;
};

// In a child process, so that its peak memory is its own.
std::optional<Run> IndexAnew(const Options& options, const std::string& data_folder) {
  std::filesystem::remove_all(data_folder);
  std::fflush(stdout);
  const Stopwatch watch;
  const pid_t child = fork();
  if (child == 0) {
    TronIngestOptions ingest;
    ingest.source = ChainFolder(options) + "/blocks";
    ingest.data_folder = data_folder;
    ingest.memory_mib = options.memory_mib;
    ingest.threads = options.threads;
    const auto report = IndexTron(RealFileSystem(), ingest);
    if (!report.ok()) std::fprintf(stderr, "%s\n", report.status().ToString().c_str());
    _exit(report.ok() ? 0 : 1);
  }
  int status = 0;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) return std::nullopt;
  return Run{watch.Seconds(), static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

class Counter : public AccountTraceReceiver {
 public:
  absl::Status OnHolding(const AccountHolding& holding) override {
    ++holdings_;
    if (holding.degraded) ++degraded_;
    return absl::OkStatus();
  }
  absl::Status OnSink(const AccountSink&) override { return absl::OkStatus(); }
  absl::Status OnSummary(const AccountSummary&) override { return absl::OkStatus(); }
  std::uint64_t holdings() const { return holdings_; }
  std::uint64_t degraded() const { return degraded_; }

 private:
  std::uint64_t holdings_ = 0;
  std::uint64_t degraded_ = 0;
};

// The account that the token's first mint went to: everything flows from there.
std::optional<AddressNum> FirstHolder(const AccountView& view, AssetNum asset) {
  for (EventNum number; number.value < view.events_count(); ++number) {
    const LedgerEvent event = view.Event(number);
    if (event.asset == asset && event.kind == EntryKind::kMint) return event.to;
  }
  return std::nullopt;
}

int MeasureTaint(const Options& options, const std::string& data_folder) {
  const auto index = OpenForReading(RealFileSystem(), data_folder, Network::kTronPrivate);
  if (!index.ok()) return 1;
  const AccountView& view = *index->accounts;
  std::string name;
  std::ifstream(ChainFolder(options) + "/done") >> name;
  const auto asset = tron::ParseAsset(name);
  if (!asset.ok()) return 1;
  std::string bytes;
  tron::AppendAssetBytes(*asset, &bytes);
  const auto number = view.FindAsset(AsBytes(bytes.data(), bytes.size()));
  if (!number.ok()) return 1;
  const std::optional<AddressNum> holder = FirstHolder(view, *number);
  if (!holder.has_value()) return 1;
  const std::pair<AccountPolicy, const char*> policies[] = {
      {AccountPolicy::kPoison, "poison"}, {AccountPolicy::kHaircut, "haircut"},
      {AccountPolicy::kFifo, "fifo"},     {AccountPolicy::kLifo, "lifo"},
      {AccountPolicy::kTifo, "tifo"},     {AccountPolicy::kCifo, "cifo"}};
  for (const auto& [policy, policy_name] : policies) {
    double best = 0;
    AccountTraceStats stats;
    Counter counter;
    for (int i = 0; i < options.repeat; ++i) {
      AccountTraceRequest request;
      request.labels = {"seller"};
      request.seeds = {{AccountOf(*holder, Pot::kFree), 0}};
      request.policy = policy;
      ViewAccounts accounts(view, *number,
                            [](AddressNum address) { return std::to_string(address.value); });
      counter = Counter();
      const Stopwatch watch;
      const auto done = RunAccountTrace(accounts, request, {}, nullptr, counter);
      if (!done.ok()) {
        std::fprintf(stderr, "%s\n", done.status().ToString().c_str());
        return 1;
      }
      stats = *done;
      const double seconds = watch.Seconds();
      if (best == 0 || seconds < best) best = seconds;
    }
    std::printf("taint %-10s %.2f s: %s events read, %s a second; %s holdings, %s degraded\n",
                policy_name, best, Thousands(stats.events_read).c_str(),
                Thousands(static_cast<std::uint64_t>(static_cast<double>(stats.events_read) / best))
                    .c_str(),
                Thousands(counter.holdings()).c_str(), Thousands(counter.degraded()).c_str());
  }
  return 0;
}

int Main(const Options& options) {
  if (const absl::Status made = EnsureTronChain(options); !made.ok()) {
    std::fprintf(stderr, "bench_tron: error: %s\n", made.ToString().c_str());
    return 1;
  }
  const std::string blocks = ChainFolder(options) + "/blocks";
  const std::string data_folder = ChainFolder(options) + "/data";
  const double hash_seconds = HashSeconds(blocks);
  std::optional<Run> best;
  for (int i = 0; i < options.repeat; ++i) {
    const std::optional<Run> run = IndexAnew(options, data_folder);
    if (!run.has_value()) return 1;
    if (!best || run->seconds < best->seconds) best = run;
  }
  TronTotals totals;
  {
    const auto index = OpenForReading(RealFileSystem(), data_folder, Network::kTronPrivate);
    if (!index.ok()) return 1;
    totals = index->accounts->totals();
  }
  const auto raw_bytes = static_cast<double>(FolderBytes(blocks));
  const auto index_bytes = static_cast<double>(FolderBytes(data_folder));
  std::printf("chain            %s transactions, %s transfers, %s events, %s accounts, %.1f MB\n",
              Thousands(totals.transactions).c_str(), Thousands(totals.transfers).c_str(),
              Thousands(totals.events).c_str(), Thousands(totals.addresses).c_str(),
              raw_bytes / 1e6);
  std::printf("SHA-256          %.2f s on one core over blocks and receipts\n", hash_seconds);
  std::printf(
      "index            %.2f s: %s transfers/s, %s tx/s, %.1f MB/s; %.1f times the hashing\n",
      best->seconds,
      Thousands(static_cast<std::uint64_t>(static_cast<double>(totals.transfers) / best->seconds))
          .c_str(),
      Thousands(
          static_cast<std::uint64_t>(static_cast<double>(totals.transactions) / best->seconds))
          .c_str(),
      raw_bytes / best->seconds / 1e6, best->seconds / hash_seconds);
  std::printf("index size       %.1f MB: %.3f of blocks and receipts, %.1f bytes a transaction\n",
              index_bytes / 1e6, index_bytes / raw_bytes,
              index_bytes / static_cast<double>(totals.transactions));
  std::printf("peak memory      %.0f MiB of %llu MiB allowed (mapped files included)\n",
              static_cast<double>(best->peak_bytes) / kMiB,
              static_cast<unsigned long long>(options.memory_mib));
  return MeasureTaint(options, data_folder);
}

}  // namespace
}  // namespace coinwake::bench

int main(int argc, char** argv) {
  coinwake::bench::Options options;
  options.work_folder = coinwake::bench::DefaultWorkFolder();
  CLI::App app{"Measures indexing and tracing of a synthetic Tron chain"};
  app.add_option("--transfers", options.transfers)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--memory", options.memory_mib, "MiB")->capture_default_str();
  app.add_option("--threads", options.threads, "0: one a processor")->capture_default_str();
  app.add_option("--repeat", options.repeat, "the best run counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--work", options.work_folder, "keeps chains and indexes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return coinwake::bench::Main(options);
}
