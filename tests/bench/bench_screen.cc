// bench_screen: how long it takes to screen addresses over gRPC.
//
// Method: a server over the index of a synthetic chain, one address in a thousand labelled, and
// clients that ask about addresses all over the chain, each on a connection of its own, one request
// after the other: first direct exposure alone (max_hops 1), then with indirect exposure, then
// direct exposure as one batch stream. Prints the requests of a second and percentiles of how long
// one took, client and socket included. The first request, which reads the labels and waits for the
// clusters, is told by itself.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "coinwake/v1/screening.grpc.pb.h"
#include "indexer/base/file_system.h"
#include "indexer/view/open.h"
#include "labels/label_store.h"
#include "server/index_set.h"
#include "server/names.h"
#include "server/server.h"
#include "tests/bench/bench_support.h"

namespace {

using coinwake::bench::Stopwatch;
using coinwake::bench::Thousands;

constexpr std::uint64_t kLabelledOneIn = 1'000;
constexpr char kListName[] = "bench_screen";

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "bench_screen: error: %s\n", std::string(status.message()).c_str());
  return 1;
}

// Imports the same labels every time, so that a later run changes nothing.
absl::Status AddLabels(const std::string& data_folder, const coinwake::View& view) {
  auto store = coinwake::LabelStore::Open(coinwake::RealFileSystem(), data_folder,
                                          coinwake::LabelStore::Mode::kWrite);
  COINWAKE_RETURN_IF_ERROR(store.status());
  coinwake::LabelImport import;
  import.list.list = kListName;
  import.file = kListName;
  import.time = 1;
  for (std::uint64_t i = 0; i < view.addresses_count(); i += kLabelledOneIn) {
    const coinwake::ByteSpan script = view.Script(coinwake::AddressNum{i});
    coinwake::Label label;
    label.network = view.snapshot().network;
    label.address.assign(script.begin(), script.end());
    const bool is_service = i / kLabelledOneIn % 2 == 0;
    label.name = std::string(is_service ? "exchange " : "listed ") + std::to_string(i);
    label.category = is_service ? "exchange" : "sanction";
    label.label_class =
        is_service ? coinwake::LabelClass::kService : coinwake::LabelClass::kSanction;
    import.list.labels.push_back(std::move(label));
  }
  return (*store)->Import(import).status();
}

// The same addresses for the same number.
std::string AddressOf(const coinwake::View& view, std::uint64_t number) {
  constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;  // an odd number of high and low bits alike
  return coinwake::server::ScriptName(
      view, coinwake::AddressNum{number * kStep % view.addresses_count()});
}

void PrintLine(const char* what, std::uint64_t requests, double seconds, std::vector<double> each) {
  std::sort(each.begin(), each.end());
  const auto at = [&each](double part) {
    if (each.empty()) return 0.0;
    const double place = part * static_cast<double>(each.size());
    return 1e3 * each[std::min(each.size() - 1, static_cast<std::size_t>(place))];
  };
  const double rate = static_cast<double>(requests) / seconds;
  std::printf("%-9s %10s requests a second", what,
              Thousands(static_cast<std::uint64_t>(rate)).c_str());
  if (!each.empty()) {
    std::printf(", ms: p50 %.2f, p99 %.2f, p99.9 %.2f, most %.2f", at(0.5), at(0.99), at(0.999),
                at(1));
  }
  std::printf("\n");
}

struct Load {
  std::string address = {};
  std::uint64_t requests = 0;
  int clients = 0;
  std::uint32_t max_hops = 1;
};

// False: a call failed.
bool RunUnary(const coinwake::View& view, const Load& load, const char* what) {
  std::vector<std::vector<double>> seconds(static_cast<std::size_t>(load.clients));
  std::vector<std::thread> clients;
  const std::uint64_t each = load.requests / static_cast<std::uint64_t>(load.clients);
  std::vector<char> failed(seconds.size(), 0);
  const Stopwatch watch;
  for (std::size_t client = 0; client < seconds.size(); ++client) {
    clients.emplace_back([&, client] {
      grpc::ChannelArguments arguments;
      arguments.SetInt("client", static_cast<int>(client));  // else they share a connection
      const auto stub = coinwake::v1::Screening::NewStub(
          grpc::CreateCustomChannel(load.address, grpc::InsecureChannelCredentials(), arguments));
      for (std::uint64_t i = 0; i < each; ++i) {
        coinwake::v1::ScreenRequest request;
        request.mutable_options()->set_max_hops(load.max_hops);
        request.set_subject(AddressOf(view, client * each + i));
        coinwake::v1::ScreeningResult result;
        grpc::ClientContext context;
        const Stopwatch one;
        if (!stub->Screen(&context, request, &result).ok()) failed[client] = 1;
        seconds[client].push_back(one.Seconds());
      }
    });
  }
  for (std::thread& client : clients) client.join();
  const double total = watch.Seconds();
  std::vector<double> all;
  for (const auto& some : seconds) all.insert(all.end(), some.begin(), some.end());
  PrintLine(what, all.size(), total, all);
  return std::find(failed.begin(), failed.end(), 1) == failed.end();
}

bool RunBatch(const coinwake::View& view, const Load& load) {
  constexpr std::uint64_t kSubjects = 100;  // of a message
  const auto stub = coinwake::v1::Screening::NewStub(
      grpc::CreateChannel(load.address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto stream = stub->ScreenBatch(&context);
  const Stopwatch watch;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < load.requests; i += kSubjects) {
      coinwake::v1::ScreenBatchRequest request;
      if (i == 0) request.mutable_options()->set_max_hops(1);
      for (std::uint64_t j = i; j < std::min(load.requests, i + kSubjects); ++j) {
        request.add_subjects(AddressOf(view, j));
      }
      if (!stream->Write(request)) break;
    }
    stream->WritesDone();
  });
  std::uint64_t answers = 0;
  coinwake::v1::ScreenBatchResponse response;
  while (stream->Read(&response)) ++answers;
  writer.join();
  PrintLine("batch", answers, watch.Seconds(), {});
  return stream->Finish().ok() && answers == load.requests;
}

int Run(const coinwake::bench::BenchOptions& options, Load load) {
  const auto index = coinwake::bench::EnsureIndex(options);
  if (!index.ok()) return Fail(index.status());
  {
    const auto open = coinwake::OpenForReading(coinwake::RealFileSystem(), index->data_folder,
                                               coinwake::Network::kBitcoinRegtest);
    if (!open.ok()) return Fail(open.status());
    if (const absl::Status added = AddLabels(index->data_folder, *open->view); !added.ok()) {
      return Fail(added);
    }
  }
  const auto indexes = coinwake::server::IndexSet::Open(
      coinwake::RealFileSystem(), index->data_folder, std::nullopt, options.threads, nullptr);
  if (!indexes.ok()) return Fail(indexes.status());
  const coinwake::View& view = (*indexes)->networks().front()->view();
  const auto server = coinwake::server::Server::Start(**indexes, {.listen = "127.0.0.1:0"});
  if (!server.ok()) return Fail(server.status());
  load.address = (*server)->address();
  std::printf("%s transactions, %s addresses, %d clients\n",
              Thousands(view.transactions_count()).c_str(),
              Thousands(view.addresses_count()).c_str(), load.clients);
  Load first = load;
  first.requests = 1;
  first.clients = 1;
  bool is_good = RunUnary(view, first, "first");
  is_good = RunUnary(view, load, "direct") && is_good;
  is_good = RunBatch(view, load) && is_good;
  load.max_hops = 5;
  load.requests = std::max(load.requests / 10, static_cast<std::uint64_t>(load.clients));
  is_good = RunUnary(view, load, "indirect") && is_good;
  return is_good ? 0 : Fail(absl::InternalError("a call failed"));
}

}  // namespace

int main(int argc, char** argv) {
  if (const int status = coinwake::bench::ChildMain(argc, argv); status >= 0) return status;
  coinwake::bench::BenchOptions options;
  options.work_folder = coinwake::bench::DefaultWorkFolder();
  Load load{.requests = 20'000, .clients = 2};
  CLI::App app("Requests a second, and how long one takes, of screening over gRPC.");
  app.add_option("--transactions", options.transactions, "Size of the chain")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of the chain")->capture_default_str();
  app.add_option("--requests", load.requests, "Requests of each sort")->capture_default_str();
  app.add_option("--clients", load.clients, "Connections")
      ->check(CLI::Range(1, 32))
      ->capture_default_str();
  app.add_option("--work", options.work_folder, "Folder for chains and indexes")
      ->capture_default_str();
  app.add_flag("--anew", options.anew, "Index again");
  CLI11_PARSE(app, argc, argv);
  return Run(options, load);
}
