// What the commands that follow seeds begin with.
#ifndef COINWAKE_CLI_SEEDED_REQUEST_H_
#define COINWAKE_CLI_SEEDED_REQUEST_H_

#include <memory>
#include <string>

#include "cli/options.h"
#include "cli/session.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/status.h"
#include "server/index_set.h"

namespace coinwake::cli {

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
