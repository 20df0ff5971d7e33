// The seeds of a trace as the command line and a seeds file give them.
#ifndef COINWAKE_CLI_TRACE_SEEDS_H_
#define COINWAKE_CLI_TRACE_SEEDS_H_

#include <optional>
#include <string>
#include <vector>

#include "adverts/seeds_file.h"
#include "cli/options.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"

namespace coinwake::v1 {
class TraceRequest;
}

namespace coinwake::cli {

// Addresses that `command` names itself (not its seeds file), without labels.
std::vector<std::string> AddressesOf(const TraceCommand& command);

// Addresses of the file's entries.
std::vector<std::string> AddressesOf(const std::vector<SeedEntry>& entries);

// The network that all entries which say one agree on; nullopt when none says one, or two differ.
std::optional<Network> NetworkOf(const std::vector<SeedEntry>& entries);

// Adds the seeds of `command` to `request`.
void AddSeeds(const TraceCommand& command, v1::TraceRequest* request);

// Adds those entries that can be on `network`, and returns how many cannot: their address is not
// valid there. An outpoint that names no network can be anywhere. What the file says about an
// address that is valid on several networks gives way to `network`, which the caller chose.
std::size_t AddSeeds(const std::vector<SeedEntry>& entries, Network network,
                     v1::TraceRequest* request);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_TRACE_SEEDS_H_
