// exposure: to whom an address is exposed.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cli/commands.h"
#include "cli/print_answer.h"
#include "cli/table.h"
#include "cli/trace_seeds.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/exposure.pb.h"
#include "indexer/base/utf8.h"
#include "server/exposure_answers.h"

namespace coinwake::cli {

std::string Show(const v1::Exposure& exposure) {
  std::string text =
      fmt::format("{}{}{}, {}, policy {}\n", Header(exposure.snapshot()),
                  exposure.cluster() ? "cluster of " : "", ShortName(exposure.address()),
                  exposure.direction(), exposure.policy());
  if (exposure.entries().empty()) return text + "nothing was received\n";
  const bool has_accounts = HasAccounts(exposure.snapshot().network());
  const std::string unit = has_accounts ? "" : " BTC";
  const char* const step = has_accounts ? "transfer" : "transaction";
  const auto amount = [has_accounts](const std::string& figure) {
    return has_accounts ? Grouped(std::string_view(figure)) : Btc(figure);
  };
  Table table({{"category"},
               {"entity"},
               {"direct" + unit, Align::kRight},
               {"indirect" + unit, Align::kRight},
               {"nearest", Align::kRight}});
  for (const v1::ExposureEntry& entry : exposure.entries()) {
    table.Add({Printable(entry.category()), ShortName(Printable(entry.entity())),
               amount(entry.direct()), amount(entry.indirect()),
               entry.has_min_hops() ? Count(entry.min_hops(), step) : ""});
  }
  return text + table.Render(2) +
         fmt::format("  total {} {}\n", amount(exposure.total()),
                     has_accounts ? "base units of " + exposure.asset() : "BTC");
}

absl::Status Run(const Session& session, const ExposureCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<server::OpenNetwork> open,
                            session.OpenFor({command.address}));
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  v1::GetExposureRequest request;
  request.set_address(command.address);
  request.set_cluster(command.cluster);
  request.set_direction(command.direction);
  request.set_policy(command.policy);
  request.set_fees(command.fees);
  request.set_stop_at(command.stop_at);
  for (const std::string& text : command.stops) {
    auto [address, entity] = SplitLabel(text);
    v1::ExposureStop* const stop = request.add_stops();
    stop->set_address(std::move(address));
    stop->set_entity(std::move(entity));
  }
  if (command.max_hops.has_value()) request.set_max_hops(*command.max_hops);
  request.set_force(command.force);
  request.set_asset(command.asset);
  v1::Exposure answer;
  // Who starts a command can also stop it: no limits.
  if (open->has_accounts()) {
    COINWAKE_RETURN_IF_ERROR(
        server::AnswerExposure(open->accounts(), open->account_clusters, request, /*limits=*/{},
                               /*cancellation=*/nullptr, &open->services, &answer));
  } else {
    COINWAKE_RETURN_IF_ERROR(server::AnswerExposure(open->view(), open->clusters, request,
                                                    /*limits=*/{}, /*cancellation=*/nullptr,
                                                    &open->services, &answer));
  }
  for (const std::string& warning : answer.warnings()) session.Warn(warning);
  return PrintAnswer(session, answer);
}

}  // namespace coinwake::cli
