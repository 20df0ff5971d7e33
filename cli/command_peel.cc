// peel: a peel chain from one transaction.
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "server/peel_answers.h"

namespace coinwake::cli {

absl::Status Run(const Session& session, const PeelCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<server::OpenNetwork> open, session.OpenFor({}));
  if (open->has_accounts()) return server::NotOnAccounts(*open, "peel chains");
  v1::FollowPeelChainRequest request;
  request.set_txid(command.txid);
  request.set_direction(command.direction);
  request.set_profile(command.profile);
  request.set_stop_at(command.stop_at);
  if (command.max_hops.has_value()) request.set_max_hops(*command.max_hops);
  bool is_first = true;
  std::vector<v1::PeelHop> hops;  // of the direction in work
  const auto emit = [&](const v1::PeelEvent& event) {
    if (session.json()) {
      session.PrintJson(event);
    } else if (event.has_hop()) {
      hops.push_back(event.hop());
    } else {
      if (is_first) session.Print(Header(event.end().snapshot()));
      session.Print("\n" + ShowPeel(hops, event.end()));
      hops.clear();
      is_first = false;
    }
    return absl::OkStatus();
  };
  // Who starts a command can also stop it: no limit of rows.
  return server::AnswerPeelChain(open->view(), open->clusters, request, /*max_rows=*/0,
                                 /*cancellation=*/nullptr, emit, &open->services);
}

}  // namespace coinwake::cli
