// What the commands that follow seeds begin with.
#ifndef COINWAKE_CLI_SEEDED_REQUEST_H_
#define COINWAKE_CLI_SEEDED_REQUEST_H_

#include <memory>
#include <string>
#include <vector>

#include "adverts/seeds_file.h"
#include "cli/options.h"
#include "cli/session.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace coinwake::cli {

// The entries of a seeds file; none for no path. kDataLoss: it is bad, which is no wrong command
// line. Else as reading it.
absl::StatusOr<std::vector<SeedEntry>> ReadSeedEntries(const Session& session,
                                                       const std::string& path);

// The index that `addresses` and the entries of `seeds_file` are about: decided by --network, else
// by all addresses, and by the network that entries name. As Session::OpenFor() and CheckAllOn().
absl::StatusOr<std::unique_ptr<server::OpenNetwork>> OpenForSeeds(
    const Session& session, std::vector<std::string> addresses,
    const std::vector<SeedEntry>& entries, const std::string& seeds_file);

struct SeededRequest {
  std::unique_ptr<server::OpenNetwork> open;
  v1::TraceRequest request;
};

// The index that the seeds of `command` are about, and its request, with the seeds and stops of its
// files. kInvalidArgument: no seeds are given, or an option is wrong; `name` is the command's.
// kDataLoss: a file is bad. kNotFound: no seed of the file is on the network. Else as
// Session::OpenFor().
absl::StatusOr<SeededRequest> OpenSeeded(const Session& session, const TraceCommand& command,
                                         const std::string& name);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_SEEDED_REQUEST_H_
