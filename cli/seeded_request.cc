#include "cli/seeded_request.h"

#include <utility>

#include "cli/trace_seeds.h"

namespace coinwake::cli {

absl::StatusOr<std::vector<SeedEntry>> ReadSeedEntries(const Session& session,
                                                       const std::string& path) {
  if (path.empty()) return std::vector<SeedEntry>();
  absl::StatusOr<std::vector<SeedEntry>> entries = ReadSeedsFile(session.files(), path);
  if (absl::IsInvalidArgument(entries.status())) {
    return absl::DataLossError(entries.status().message());
  }
  return entries;
}

absl::StatusOr<std::unique_ptr<server::OpenNetwork>> OpenForSeeds(
    const Session& session, std::vector<std::string> addresses,
    const std::vector<SeedEntry>& entries, const std::string& seeds_file) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Network> indexed,
                            NetworksIn(session.files(), session.global().data));
  if (!session.global().network.empty() || indexed.size() < 2) return session.OpenFor(addresses);
  for (std::string& address : AddressesOf(entries)) addresses.push_back(std::move(address));
  const std::vector<Network> named = NetworksNamedBy(entries);
  if (named.empty()) return session.OpenFor(addresses);
  COINWAKE_RETURN_IF_ERROR(CheckAllOn(addresses, named, seeds_file));
  GlobalOptions global = session.global();
  global.network = NetworkName(named.front());
  return Session(session.files(), global).OpenFor(addresses);
}

}  // namespace coinwake::cli
