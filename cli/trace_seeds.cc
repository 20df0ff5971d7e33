#include "cli/trace_seeds.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/index_set.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

bool CanBeOn(const SeedEntry& entry, Network network) {
  if (entry.network.has_value() && entry.network != network) return false;
  return entry.outpoint.has_value() || server::CanNameAddress(entry.address, network);
}

}  // namespace

std::pair<std::string, std::string> SplitLabel(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return {text, ""};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<std::string> AddressesOf(const TraceCommand& command) {
  std::vector<std::string> addresses;
  for (const auto* list : {&command.seeds, &command.seed_clusters}) {
    for (const std::string& seed : *list) addresses.push_back(SplitLabel(seed).first);
  }
  return addresses;
}

std::vector<std::string> AddressesOf(const std::vector<SeedEntry>& entries) {
  std::vector<std::string> addresses;
  for (const SeedEntry& entry : entries) {
    if (!entry.outpoint.has_value()) addresses.push_back(entry.address);
  }
  return addresses;
}

std::vector<Network> NetworksNamedBy(const std::vector<SeedEntry>& entries) {
  std::vector<Network> named;
  for (const Network network : kAllNetworks) {
    const bool is_named =
        std::any_of(entries.begin(), entries.end(),
                    [network](const SeedEntry& entry) { return entry.network == network; });
    if (is_named) named.push_back(network);
  }
  return named;
}

absl::Status CheckAllOn(const std::vector<std::string>& addresses,
                        const std::vector<Network>& named, const std::string& seeds_file) {
  if (named.size() > 1) {
    std::string list;
    for (const Network network : named) {
      absl::StrAppend(&list, list.empty() ? "" : ", ", std::string(NetworkName(network)));
    }
    return absl::InvalidArgumentError(absl::StrCat(
        seeds_file, ": its seeds are on several networks, name one with --network: ", list));
  }
  for (const std::string& address : addresses) {
    if (server::CanNameAddress(address, named.front())) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        seeds_file, ": its seeds name the network ", std::string(NetworkName(named.front())),
        ", where ", server::Excerpt(address), " is not valid; name one with --network"));
  }
  return absl::OkStatus();
}

void AddSeeds(const TraceCommand& command, v1::TraceRequest* request) {
  for (const std::string& text : command.seeds) {
    auto [address, label] = SplitLabel(text);
    v1::TraceSeed* seed = request->add_seeds();
    seed->set_address(std::move(address));
    seed->set_label(std::move(label));
  }
  for (const std::string& text : command.seed_outputs) {
    auto [output, label] = SplitLabel(text);
    v1::TraceSeed* seed = request->add_seeds();
    seed->set_output(std::move(output));
    seed->set_label(std::move(label));
  }
  for (const std::string& text : command.seed_clusters) {
    auto [address, label] = SplitLabel(text);
    v1::TraceSeed* seed = request->add_seeds();
    seed->set_cluster(std::move(address));
    seed->set_label(std::move(label));
  }
}

std::size_t AddSeeds(const std::vector<SeedEntry>& entries, Network network,
                     v1::TraceRequest* request) {
  std::size_t passed_over = 0;
  for (const SeedEntry& entry : entries) {
    if (!CanBeOn(entry, network)) {
      ++passed_over;
      continue;
    }
    v1::TraceSeed* seed = request->add_seeds();
    if (entry.outpoint.has_value()) {
      seed->set_output(
          absl::StrCat(entry.outpoint->txid.ToDisplayHex(), ":", entry.outpoint->vout));
    } else {
      seed->set_address(entry.address);
    }
    seed->set_label(entry.label.value_or(""));
  }
  return passed_over;
}

absl::Status CheckStops(const std::vector<SeedEntry>& entries, Network network,
                        const std::string& stops_file) {
  for (const SeedEntry& entry : entries) {
    if (!entry.outpoint.has_value() && CanBeOn(entry, network)) continue;
    const std::string name(NetworkName(network));
    const std::string what =
        entry.outpoint.has_value()
            ? "an output is no service; name its address"
            : absl::StrCat(server::Excerpt(entry.address),
                           entry.network.has_value() ? " is not on " : " is no address of ", name);
    return absl::DataLossError(absl::StrCat(stops_file, ":", entry.line, ": ", what));
  }
  return absl::OkStatus();
}

void AddStops(const TraceCommand& command, const std::vector<SeedEntry>& entries,
              v1::TraceRequest* request) {
  for (const std::string& text : command.stops) {
    auto [address, entity] = SplitLabel(text);
    v1::TraceStop* const stop = request->add_stops();
    stop->set_address(std::move(address));
    stop->set_entity(std::move(entity));
  }
  for (const SeedEntry& entry : entries) {
    v1::TraceStop* const stop = request->add_stops();
    stop->set_address(entry.address);
    stop->set_entity(entry.label.value_or(""));
  }
}

}  // namespace coinwake::cli
