// bench_taint: how many outputs a second a trace reaches, under each policy.
//
// Method: trace the coinbases of the synthetic chain's first paid blocks, from which nearly every
// later output descends; count outputs reached by taint; processor time, best of several runs. The
// index is warm.
// With --stops every output is looked up among the services as a server does, by its strict
// cluster; none of them is one, so that as much is traced as without.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/container/flat_hash_map.h"
#include "heuristics/cluster.h"
#include "indexer/base/file_system.h"
#include "indexer/view/open.h"
#include "indexer/view/view.h"
#include "tests/bench/bench_support.h"
#include "tracer/trace.h"

namespace {

using coinwake::bench::Thousands;

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "bench_taint: error: %s\n", std::string(status.message()).c_str());
  return 1;
}

class Counter : public coinwake::TraceReceiver {
 public:
  absl::Status OnHolding(const coinwake::Holding&) override {
    ++holdings_;
    return absl::OkStatus();
  }
  absl::Status OnSink(const coinwake::Sink&) override { return absl::OkStatus(); }
  absl::Status OnSummary(const coinwake::Summary&) override { return absl::OkStatus(); }
  std::uint64_t holdings() const { return holdings_; }

 private:
  std::uint64_t holdings_ = 0;
};

// Asks for the cluster of each address.
class NoneOfTheseStops : public coinwake::AddressStops {
 public:
  explicit NoneOfTheseStops(std::shared_ptr<const coinwake::Partition> clusters)
      : clusters_(std::move(clusters)) {
    constexpr std::uint64_t kServices = 1'000;
    for (std::uint64_t i = 1; i <= kServices; ++i) services_[~i] = {};
  }
  std::optional<coinwake::Stop> StopAt(coinwake::AddressNum address) const override {
    const auto found = services_.find(clusters_->ClusterOf(address).value);
    return found == services_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  const std::shared_ptr<const coinwake::Partition> clusters_;
  absl::flat_hash_map<std::uint64_t, coinwake::Stop> services_;
};

// The first output of every coinbase in [1, blocks], `labels` labels in turn.
coinwake::TraceRequest CoinbaseSeeds(const coinwake::View& view, std::uint64_t blocks,
                                     std::uint32_t labels) {
  coinwake::TraceRequest request;
  for (std::uint32_t i = 0; i < labels; ++i)
    request.labels.push_back("seller-" + std::to_string(i));
  for (std::uint64_t height = 1; height <= std::min(blocks, view.snapshot().height); ++height) {
    const coinwake::TxNum coinbase = view.Block(height).transactions.begin;
    request.seeds.push_back(
        {view.Outputs(coinbase).begin, static_cast<std::uint32_t>(height % labels)});
  }
  return request;
}

absl::Status Measure(const coinwake::View& view, const coinwake::TraceRequest& request, int repeat,
                     const char* name) {
  double best = 0;
  coinwake::TraceStats stats;
  std::uint64_t holdings = 0;
  for (int i = 0; i < repeat; ++i) {
    Counter counter;
    const coinwake::bench::ThreadStopwatch watch;
    auto result = coinwake::RunTrace(view, request, {}, nullptr, counter);
    const double seconds = watch.Seconds();
    if (!result.ok()) return result.status();
    stats = *result;
    holdings = counter.holdings();
    if (i == 0 || seconds < best) best = seconds;
  }
  std::printf("%-8s  %2zu labels  %12s outputs reached  %12s held  %8.3f s  %12s outputs/s\n", name,
              request.labels.size(), Thousands(stats.outputs_tainted).c_str(),
              Thousands(holdings).c_str(), best,
              Thousands(static_cast<std::uint64_t>(static_cast<double>(stats.outputs_tainted) /
                                                   (best > 0 ? best : 1e-9)))
                  .c_str());
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (const int child = coinwake::bench::ChildMain(argc, argv); child >= 0) return child;
  coinwake::bench::BenchOptions options;
  options.work_folder = coinwake::bench::DefaultWorkFolder();
  int repeat = 3;
  std::uint64_t seed_blocks = 100;
  std::uint32_t labels = 1;
  bool with_stops = false;
  CLI::App app{"Measures tracing over a synthetic chain"};
  app.add_option("--transactions", options.transactions)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--seed-blocks", seed_blocks, "coinbases traced")->capture_default_str();
  app.add_option("--labels", labels)->check(CLI::Range(1, 64))->capture_default_str();
  app.add_flag("--stops", with_stops, "look every output up among the services");
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
  std::printf("chain of %s transactions, %s outputs; coinbases 1 to %s are the seeds\n",
              Thousands(view.transactions_count()).c_str(), Thousands(view.outputs_count()).c_str(),
              Thousands(seed_blocks).c_str());
  std::unique_ptr<NoneOfTheseStops> stops;
  if (with_stops) {
    auto clusters = coinwake::Partition::Build(view, coinwake::Profile::kStrict, 1, 0);
    if (!clusters.ok()) return Fail(clusters.status());
    stops = std::make_unique<NoneOfTheseStops>(*std::move(clusters));
  }
  constexpr std::pair<coinwake::Policy, const char*> kPolicies[] = {
      {coinwake::Policy::kPoison, "poison"}, {coinwake::Policy::kHaircut, "haircut"},
      {coinwake::Policy::kFifo, "fifo"},     {coinwake::Policy::kLifo, "lifo"},
      {coinwake::Policy::kTiho, "tiho"},     {coinwake::Policy::kTifo, "tifo"},
      {coinwake::Policy::kCifo, "cifo"},     {coinwake::Policy::kTiso, "tiso"}};
  for (const auto& [policy, name] : kPolicies) {
    coinwake::TraceRequest request = CoinbaseSeeds(view, seed_blocks, labels);
    request.policy = policy;
    request.stops = stops.get();
    if (const absl::Status status = Measure(view, request, repeat, name); !status.ok()) {
      return Fail(status);
    }
  }
  return 0;
}
