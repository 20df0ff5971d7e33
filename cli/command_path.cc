// path: the routes between two addresses or outputs.
#include <memory>
#include <string>
#include <vector>

#include "adverts/seeds_file.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/path_answers.h"

namespace coinwake::cli {
namespace {

v1::FindPathsRequest RequestOf(const PathCommand& command) {
  v1::FindPathsRequest request;
  request.set_from(command.from);
  request.set_to(command.to);
  request.set_best(command.best);
  request.set_count(command.count);
  if (command.max_hops.has_value()) request.set_max_hops(*command.max_hops);
  request.set_asset(command.asset);
  request.set_diverse(command.diverse);
  request.set_since(command.since);
  request.set_until(command.until);
  request.set_min_value(command.min_value);
  request.set_through_services(command.through_services);
  request.set_level(command.level);
  if (command.max_edges.has_value()) request.set_max_edges(*command.max_edges);
  return request;
}

}  // namespace

absl::Status Run(const Session& session, const PathCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  std::vector<std::string> addresses;
  for (const std::string& end : {command.from, command.to}) {
    if (!ParseOutpoint(end).has_value()) addresses.push_back(end);
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<server::OpenNetwork> open,
                            session.OpenFor(addresses));
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  bool is_first = true;
  const auto emit = [&](const v1::Path& path) {
    if (is_first) {
      for (const std::string& warning : path.warnings()) session.Warn(warning);
    }
    if (session.json()) {
      session.PrintJson(path);
    } else {
      const std::string head = is_first ? Header(path.snapshot()) + "\n" : "\n";
      session.Print(head + Show(path));
    }
    is_first = false;
    return absl::OkStatus();
  };
  // Who starts a command can also stop it: no limits.
  const v1::FindPathsRequest request = RequestOf(command);
  if (open->has_accounts()) {
    return server::AnswerPaths(open->accounts(), request, /*limits=*/{}, /*cancellation=*/nullptr,
                               emit, &open->services);
  }
  return server::AnswerPaths(open->view(), request, TraceLimits(), /*cancellation=*/nullptr, emit,
                             &open->services, &open->clusters);
}

}  // namespace coinwake::cli
