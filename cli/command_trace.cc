// trace: where money went.
#include <string_view>
#include <unordered_set>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/seeded_request.h"
#include "cli/trace_report.h"
#include "cli/trace_seeds.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "server/account_trace.h"
#include "server/limits.h"
#include "server/trace_answers.h"
#include "server/trace_words.h"

namespace coinwake::cli {
namespace {

using server::OpenNetwork;
using OpenPtr = std::unique_ptr<OpenNetwork>;

// A table is for people, and is laid out in memory as a whole.
constexpr std::uint64_t kTableHoldings = 100'000;

v1::TraceRequest RequestOf(const TraceCommand& command) {
  v1::TraceRequest request;
  request.set_policy(command.policy);
  request.set_direction(command.direction);
  request.set_fees(command.fees);
  request.set_competing(command.competing);
  request.set_stop_mixed(command.stop_mixed);
  request.set_stop_at(command.stop_at);
  request.set_min_taint(command.min_taint);
  if (command.max_hops.has_value()) request.set_max_hops(*command.max_hops);
  if (command.max_holdings.has_value()) request.set_max_holdings(*command.max_holdings);
  request.set_since(command.since);
  request.set_until(command.until);
  request.set_outputs(command.outputs);
  request.set_bounds(command.bounds);
  request.set_force(command.force);
  request.set_asset(command.asset);
  AddSeeds(command, &request);
  return request;
}

absl::Status AddFileSeeds(const Session& session, const TraceCommand& command,
                          const std::vector<SeedEntry>& entries, Network network,
                          v1::TraceRequest* request) {
  const std::size_t passed_over = AddSeeds(entries, network, request);
  const std::string name(NetworkName(network));
  if (request->seeds().empty() && !command.seeds_file.empty()) {
    return absl::NotFoundError(absl::StrCat(command.seeds_file, ": no seed on ", name));
  }
  if (passed_over > 0) {
    session.Warn(absl::StrCat(command.seeds_file, ": ", passed_over, " of ", entries.size(),
                              " seeds are not on ", name, " and were passed over"));
  }
  return absl::OkStatus();
}

// Each text once, though several labels may share a seed.
void Warn(const Session& session, const std::vector<server::TraceWarning>& warnings) {
  std::unordered_set<std::string_view> said;
  for (const server::TraceWarning& warning : warnings) {
    if (said.insert(warning.text).second) session.Warn(warning.text);
  }
}

}  // namespace

absl::StatusOr<SeededRequest> OpenSeeded(const Session& session, const TraceCommand& command,
                                         const std::string& name) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  if (command.seeds.empty() && command.seed_outputs.empty() && command.seed_clusters.empty() &&
      command.seeds_file.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " needs seeds: --seed, --seed-output, --seed-cluster or --seeds"));
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<SeedEntry> entries,
                            ReadSeedEntries(session, command.seeds_file));
  SeededRequest seeded;
  COINWAKE_ASSIGN_OR_RETURN(
      seeded.open, OpenForSeeds(session, AddressesOf(command), entries, command.seeds_file));
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*seeded.open, command.asset));
  const Network network = seeded.open->snapshot().network;
  seeded.request = RequestOf(command);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<SeedEntry> stops,
                            ReadSeedEntries(session, command.stops_file));
  COINWAKE_RETURN_IF_ERROR(CheckStops(stops, network, command.stops_file));
  if (stops.empty() && !command.stops_file.empty()) {
    session.Warn(command.stops_file + ": no stops");
  }
  AddStops(command, stops, &seeded.request);
  COINWAKE_RETURN_IF_ERROR(AddFileSeeds(session, command, entries, network, &seeded.request));
  return seeded;
}

absl::Status Run(const Session& session, const TraceCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const SeededRequest seeded, OpenSeeded(session, command, "trace"));
  const OpenPtr& open = seeded.open;
  v1::TraceRequest request = seeded.request;
  if (!session.json() && !open->has_accounts() && !request.has_max_holdings()) {
    request.set_max_holdings(kTableHoldings);
  }
  // Who starts a command can also stop it; but memory is others' too, unless it was said how much.
  const TraceLimits limits = {.max_holdings_bytes =
                                  command.max_holdings.has_value() ? 0 : server::kMaxHoldingsBytes};
  TraceReport report(open->has_accounts() ? command.asset : "",
                     command.direction == server::kBackward);
  const auto emit = [&](const v1::TraceEvent& event) {
    if (session.json()) {
      session.PrintJson(event);
    } else {
      report.Add(event);
    }
    return absl::OkStatus();
  };
  if (open->has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(
        const server::PreparedAccountTrace trace,
        server::PrepareTrace(open->accounts(), request, &open->services,
                             /*cancellation=*/nullptr, &open->account_clusters));
    Warn(session, trace.warnings);
    COINWAKE_RETURN_IF_ERROR(server::AnswerTrace(open->accounts(), trace, /*limits=*/{},
                                                 /*cancellation=*/nullptr, emit));
  } else {
    COINWAKE_ASSIGN_OR_RETURN(const server::PreparedTrace trace,
                              server::PrepareTrace(open->view(), open->clusters, request,
                                                   /*cancellation=*/nullptr, &open->services));
    Warn(session, trace.warnings);
    COINWAKE_RETURN_IF_ERROR(server::AnswerTrace(open->view(), trace, limits,
                                                 /*cancellation=*/nullptr, emit));
  }
  if (!session.json()) session.Print(report.Render(command.policy, command.fees));
  return absl::OkStatus();
}

}  // namespace coinwake::cli
