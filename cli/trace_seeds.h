// The seeds of a trace as the command line and a seeds file give them.
#ifndef COINWAKE_CLI_TRACE_SEEDS_H_
#define COINWAKE_CLI_TRACE_SEEDS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adverts/seeds_file.h"
#include "cli/options.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"

namespace coinwake::v1 {
class TraceRequest;
}

namespace coinwake::cli {

// "SUBJECT=LABEL" or "SUBJECT". No address and no outpoint holds a '='.
std::pair<std::string, std::string> SplitLabel(const std::string& text);

// Addresses that `command` names itself (not its seeds file), without labels.
std::vector<std::string> AddressesOf(const TraceCommand& command);

// Addresses of the file's entries.
std::vector<std::string> AddressesOf(const std::vector<SeedEntry>& entries);

// The networks that entries name, each once, in the order of kAllNetworks.
std::vector<Network> NetworksNamedBy(const std::vector<SeedEntry>& entries);

// kInvalidArgument, asking for --network, unless `named` (by the entries of `seeds_file`) is one
// network and every address can be on it.
absl::Status CheckAllOn(const std::vector<std::string>& addresses,
                        const std::vector<Network>& named, const std::string& seeds_file);

// Adds the seeds of `command` to `request`.
void AddSeeds(const TraceCommand& command, v1::TraceRequest* request);

// Adds those entries that can be on `network`, and returns how many cannot: they name another, or
// their address is not valid there. An outpoint that names no network can be anywhere.
std::size_t AddSeeds(const std::vector<SeedEntry>& entries, Network network,
                     v1::TraceRequest* request);

// kDataLoss, naming the line of `stops_file`, unless every entry is an address of `network`.
absl::Status CheckStops(const std::vector<SeedEntry>& entries, Network network,
                        const std::string& stops_file);

// Adds the stops of `command`, and of the entries of its file, to `request`.
void AddStops(const TraceCommand& command, const std::vector<SeedEntry>& entries,
              v1::TraceRequest* request);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_TRACE_SEEDS_H_
