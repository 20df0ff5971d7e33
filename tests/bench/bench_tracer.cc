// bench_tracer: what each question to the tracer takes, on the same synthetic chain.
//
// Method: one thread, a warm index, processor time, the best of several runs. Traces report
// nanoseconds for each output that taint reached, counted once a label; bounds and paths, which
// look for one answer, milliseconds. Seeds are outputs spread evenly over a part of the chain, so
// that the same options ask the same questions. `bench_taint` has all policies from the first
// coinbases, at other sizes.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "indexer/base/file_system.h"
#include "indexer/view/open.h"
#include "indexer/view/view.h"
#include "tests/bench/bench_support.h"
#include "tracer/bounds.h"
#include "tracer/path.h"
#include "tracer/source.h"
#include "tracer/trace.h"

namespace {

using coinwake::OutputNum;
using coinwake::Policy;
using coinwake::View;
using coinwake::bench::Thousands;

class Counter : public coinwake::TraceReceiver {
 public:
  absl::Status OnHolding(const coinwake::Holding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const coinwake::Sink&) override { return absl::OkStatus(); }
  absl::Status OnSummary(const coinwake::Summary& summary) override {
    held += summary.holdings;
    return absl::OkStatus();
  }
  std::uint64_t held = 0;
};

// What one run did: outputs reached, or answers found.
struct Work {
  std::uint64_t count = 0;
  std::uint64_t held = 0;
};

// Runs questions and prints a line for each.
class Bench {
 public:
  Bench(int repeat, bool json) : repeat_(repeat), json_(json) {}

  // `per_output`: count is outputs reached, else answers.
  absl::Status Ask(const std::string& name, bool per_output,
                   const std::function<absl::StatusOr<Work>()>& question) {
    double best = 0;
    Work work;
    for (int i = 0; i < repeat_; ++i) {
      const coinwake::bench::ThreadStopwatch watch;
      auto result = question();
      const double seconds = watch.Seconds();
      if (!result.ok()) return result.status();
      work = *result;
      if (i == 0 || seconds < best) best = seconds;
    }
    const double each = best * 1e9 / static_cast<double>(work.count == 0 ? 1 : work.count);
    if (json_) {
      std::printf("{\"name\":\"%s\",\"seconds\":%.6f,\"%s\":%llu,\"held\":%llu", name.c_str(), best,
                  per_output ? "outputs" : "answers", static_cast<unsigned long long>(work.count),
                  static_cast<unsigned long long>(work.held));
      if (per_output) std::printf(",\"nanoseconds_an_output\":%.2f", each);
      std::printf("}\n");
    } else if (per_output) {
      std::printf("%-42s %12s outputs %12s held %8.3f s %7.1f ns an output\n", name.c_str(),
                  Thousands(work.count).c_str(), Thousands(work.held).c_str(), best, each);
    } else {
      std::printf("%-42s %12s answers %31.3f ms\n", name.c_str(), Thousands(work.count).c_str(),
                  best * 1e3);
    }
    return absl::OkStatus();
  }

  absl::Status AskTrace(const std::string& name, const View& view,
                        const coinwake::TraceRequest& request, std::uint64_t max_holdings,
                        bool backward = false) {
    return Ask(name, true, [&]() -> absl::StatusOr<Work> {
      Counter counter;
      coinwake::TraceLimits limits;
      limits.max_holdings = max_holdings;
      const auto run = backward ? coinwake::RunSourceTrace : coinwake::RunTrace;
      auto stats = run(view, request, limits, nullptr, counter);
      if (!stats.ok()) return stats.status();
      return Work{stats->outputs_tainted, counter.held};
    });
  }

 private:
  const int repeat_;
  const bool json_;
};

// `count` outputs spread over [from, to), parts in 1000 of the chain.
std::vector<OutputNum> Spread(const View& view, std::uint64_t from, std::uint64_t to,
                              std::uint64_t count) {
  const std::uint64_t begin = view.outputs_count() * from / 1000;
  const std::uint64_t end = view.outputs_count() * to / 1000;
  std::vector<OutputNum> outputs;
  for (std::uint64_t i = 0; i < count && begin < end; ++i) {
    outputs.push_back(OutputNum{begin + (end - begin) * i / count});
  }
  return outputs;
}

// One label, or one for each output.
coinwake::TraceRequest RequestOf(const std::vector<OutputNum>& outputs, Policy policy,
                                 bool label_each = false) {
  coinwake::TraceRequest request;
  request.policy = policy;
  for (const OutputNum output : outputs) {
    if (label_each || request.labels.empty()) {
      request.labels.push_back("seller-" + std::to_string(request.labels.size()));
    }
    request.seeds.push_back({output, static_cast<std::uint32_t>(request.labels.size() - 1)});
  }
  return request;
}

// The first output of each of the first coinbases that were paid out.
std::vector<OutputNum> FirstCoinbases(const View& view) {
  constexpr std::uint64_t kBlocks = 100;
  std::vector<OutputNum> outputs;
  for (std::uint64_t height = 1; height <= std::min(kBlocks, view.snapshot().height); ++height) {
    outputs.push_back(view.Outputs(view.Block(height).transactions.begin).begin);
  }
  return outputs;
}

absl::Status AskForward(const View& view, std::uint64_t max_holdings, Bench* bench) {
  const std::vector<OutputNum> all = FirstCoinbases(view);
  COINWAKE_RETURN_IF_ERROR(bench->AskTrace("poison over all it reaches", view,
                                           RequestOf(all, Policy::kPoison), max_holdings));
  coinwake::TraceRequest passed = RequestOf(all, Policy::kPoison);
  passed.all_outputs = true;
  COINWAKE_RETURN_IF_ERROR(
      bench->AskTrace("the same, spent outputs held as well", view, passed, max_holdings));
  const std::vector<OutputNum> twenty = Spread(view, 100, 200, 20);
  const std::vector<OutputNum> thousand = Spread(view, 100, 200, 1'000);
  const std::vector<OutputNum> late = Spread(view, 990, 1000, 1'000);
  const std::pair<Policy, std::string> policies[] = {
      {Policy::kPoison, "poison"}, {Policy::kHaircut, "haircut"}, {Policy::kFifo, "fifo"}};
  for (const auto& [policy, name] : policies) {
    COINWAKE_RETURN_IF_ERROR(bench->AskTrace(name + " from twenty seeds", view,
                                             RequestOf(twenty, policy), max_holdings));
  }
  for (const auto& [policy, name] : policies) {
    COINWAKE_RETURN_IF_ERROR(bench->AskTrace(name + " from a thousand seeds of one", view,
                                             RequestOf(thousand, policy), max_holdings));
  }
  for (const auto& [policy, name] : policies) {
    COINWAKE_RETURN_IF_ERROR(bench->AskTrace(name + " of a thousand sellers, late seeds", view,
                                             RequestOf(late, policy, true), max_holdings));
  }
  return absl::OkStatus();
}

absl::Status AskBackward(const View& view, std::uint64_t max_holdings, Bench* bench) {
  std::vector<OutputNum> received;
  for (const OutputNum output : Spread(view, 900, 1000, 1'000)) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<OutputNum> outputs,
                              SeedsOfAddress(view, view.AddressOf(output)));
    received.insert(received.end(), outputs.begin(), outputs.end());
  }
  for (const auto& [policy, name] :
       {std::pair<Policy, std::string>{Policy::kHaircut, "haircut"}, {Policy::kFifo, "fifo"}}) {
    COINWAKE_RETURN_IF_ERROR(bench->AskTrace(name + " backward from a thousand addresses", view,
                                             RequestOf(received, policy), max_holdings, true));
  }
  return absl::OkStatus();
}

// Where the coins of an output are after some payments, so that there is a path; nullopt: nowhere.
std::optional<OutputNum> Downstream(const View& view, OutputNum output) {
  constexpr int kPayments = 6;
  for (int i = 0; i < kPayments; ++i) {
    const auto spender = view.Spender(output);
    if (!spender.has_value() || view.Outputs(*spender).empty()) return std::nullopt;
    output = view.Outputs(*spender).begin;
  }
  return output;
}

absl::Status AskBoundsAndPaths(const View& view, Bench* bench) {
  const std::vector<OutputNum> seeds = Spread(view, 950, 960, 20);
  const OutputNum last = Spread(view, 999, 1000, 1).front();
  COINWAKE_RETURN_IF_ERROR(
      bench->Ask("bounds of twenty seeds at an address", false, [&]() -> absl::StatusOr<Work> {
        const auto bounds =
            FindBounds(view, RequestOf(seeds, Policy::kFifo), view.AddressOf(last), {}, nullptr);
        if (!bounds.ok()) return bounds.status();
        return Work{bounds->size(), 0};
      }));
  OutputNum from = seeds.front();
  OutputNum to = last;
  for (const OutputNum output : Spread(view, 960, 1000, 10'000)) {
    const std::optional<OutputNum> target = Downstream(view, output);
    if (!target.has_value()) continue;
    from = output;
    to = *target;
    break;
  }
  const std::pair<coinwake::BestPath, const char*> kinds[] = {
      {coinwake::BestPath::kWidest, "widest"},
      {coinwake::BestPath::kShortest, "shortest"},
      {coinwake::BestPath::kEarliest, "earliest"},
      {coinwake::BestPath::kTaint, "most tainted"}};
  for (const auto& [best, name] : kinds) {
    coinwake::PathRequest request;
    request.from = view.AddressOf(from);
    request.to = view.AddressOf(to);
    request.best = best;
    request.count = 10;
    COINWAKE_RETURN_IF_ERROR(
        bench->Ask(std::string("ten paths, ") + name, false, [&]() -> absl::StatusOr<Work> {
          const auto paths = FindPaths(view, request, {}, nullptr);
          if (!paths.ok()) return paths.status();
          return Work{paths->size(), 0};
        }));
  }
  return absl::OkStatus();
}

absl::Status Run(const coinwake::bench::BenchOptions& options, int repeat, bool json,
                 std::uint64_t max_holdings) {
  COINWAKE_ASSIGN_OR_RETURN(const auto run, coinwake::bench::EnsureIndex(options));
  COINWAKE_ASSIGN_OR_RETURN(const auto index,
                            coinwake::OpenForReading(coinwake::RealFileSystem(), run.data_folder,
                                                     coinwake::Network::kBitcoinRegtest));
  const View& view = *index.view;
  if (!json) {
    std::printf("chain of %s transactions, %s outputs\n",
                Thousands(view.transactions_count()).c_str(),
                Thousands(view.outputs_count()).c_str());
  }
  Bench bench(repeat, json);
  COINWAKE_RETURN_IF_ERROR(AskForward(view, max_holdings, &bench));
  COINWAKE_RETURN_IF_ERROR(AskBackward(view, max_holdings, &bench));
  return AskBoundsAndPaths(view, &bench);
}

}  // namespace

int main(int argc, char** argv) {
  if (const int child = coinwake::bench::ChildMain(argc, argv); child >= 0) return child;
  coinwake::bench::BenchOptions options;
  options.transactions = 2'000'000;
  options.work_folder = coinwake::bench::DefaultWorkFolder();
  int repeat = 3;
  bool json = false;
  std::uint64_t max_holdings = 0;
  CLI::App app{"Measures every question to the tracer over a synthetic chain"};
  app.add_option("--transactions", options.transactions)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  app.add_option("--repeat", repeat)->check(CLI::Range(1, 100))->capture_default_str();
  app.add_option("--max-holdings", max_holdings, "kept of each label; 0: all")
      ->capture_default_str();
  app.add_flag("--json", json, "a JSON object a line");
  app.add_flag("--anew", options.anew, "index the chain again first");
  app.add_option("--work", options.work_folder, "keeps chains and indexes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (const absl::Status status = Run(options, repeat, json, max_holdings); !status.ok()) {
    std::fprintf(stderr, "bench_tracer: error: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  return 0;
}
