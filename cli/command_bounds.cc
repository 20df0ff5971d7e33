// bounds: what at least and at most of seeds' money can have arrived somewhere.
#include <string>
#include <unordered_set>
#include <vector>

#include "cli/commands.h"
#include "cli/seeded_request.h"
#include "cli/show.h"
#include "coinwake/v1/bounds.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/bounds_answers.h"

namespace coinwake::cli {

absl::Status Run(const Session& session, const BoundsCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const SeededRequest seeded,
                            OpenSeeded(session, command.trace, "bounds"));
  const v1::TraceRequest& trace = seeded.request;
  v1::FindBoundsRequest request;
  *request.mutable_seeds() = trace.seeds();
  request.set_to(command.to);
  request.set_asset(trace.asset());
  request.set_stop_at(trace.stop_at());
  *request.mutable_stops() = trace.stops();
  if (trace.has_max_hops()) request.set_max_hops(trace.max_hops());
  request.set_since(trace.since());
  request.set_until(trace.until());
  request.set_force(trace.force());
  std::unordered_set<std::string> said;  // each once, though several labels may share a seed
  std::vector<v1::Bounds> all;
  const auto emit = [&](const v1::Bounds& bounds) {
    for (const std::string& warning : bounds.warnings()) {
      if (said.insert(warning).second) session.Warn(warning);
    }
    if (session.json()) {
      session.PrintJson(bounds);
    } else {
      all.push_back(bounds);
    }
    return absl::OkStatus();
  };
  COINWAKE_RETURN_IF_ERROR(server::AnswerBounds(*seeded.open, request, /*limits=*/{},
                                                /*cancellation=*/nullptr, emit));
  if (!session.json()) session.Print(ShowBounds(all));
  return absl::OkStatus();
}

}  // namespace coinwake::cli
