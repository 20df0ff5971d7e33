// screen: labels, seeds and exposure of addresses and transactions, held against rules.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "cli/commands.h"
#include "cli/seeded_request.h"
#include "cli/show.h"
#include "cli/table.h"
#include "cli/trace_seeds.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/screening.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/file_system.h"
#include "screening/rules_file.h"
#include "server/screening_answers.h"

namespace coinwake::cli {
namespace {

// The text of the rules file, once it is known to be good; "" for none. kInvalidArgument.
absl::StatusOr<std::string> ReadRules(const Session& session, const std::string& path) {
  if (path.empty()) return std::string();
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(session.files(), path, kMaxRulesBytes));
  std::string text(bytes.begin(), bytes.end());
  COINWAKE_RETURN_IF_ERROR(ParseRules(text, path).status());
  return text;
}

// The addresses of the command line and of the file that can be on the network; outputs are nobody.
absl::Status FillSeeds(const Session& session, const ScreenCommand& command,
                       const std::vector<SeedEntry>& entries, Network network,
                       v1::ScreenOptions* options) {
  for (const std::string& text : command.seeds) {
    auto [address, label] = SplitLabel(text);
    v1::ScreenSeed* const seed = options->add_seeds();
    seed->set_address(std::move(address));
    seed->set_label(std::move(label));
  }
  v1::TraceRequest of_file;
  std::size_t passed_over = AddSeeds(entries, network, &of_file);
  std::size_t taken = 0;
  for (const v1::TraceSeed& one : of_file.seeds()) {
    if (!one.has_address()) {
      ++passed_over;
      continue;
    }
    ++taken;
    v1::ScreenSeed* const seed = options->add_seeds();
    seed->set_address(one.address());
    seed->set_label(one.label());
  }
  const std::string name(NetworkName(network));
  if (taken == 0 && !command.seeds_file.empty()) {
    return absl::NotFoundError(absl::StrCat(command.seeds_file, ": no address on ", name));
  }
  if (passed_over > 0) {
    session.Warn(absl::StrCat(command.seeds_file, ": ", passed_over, " of ", entries.size(),
                              " seeds are no addresses on ", name, " and were passed over"));
  }
  return absl::OkStatus();
}

std::vector<std::string> AddressesIn(const ScreenCommand& command) {
  std::vector<std::string> addresses;
  for (const std::string& subject : command.subjects) {
    if (!server::IsTransactionSubject(subject)) addresses.push_back(subject);
  }
  for (const std::string& seed : command.seeds) addresses.push_back(SplitLabel(seed).first);
  return addresses;
}

}  // namespace

absl::Status Run(const Session& session, const ScreenCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  COINWAKE_ASSIGN_OR_RETURN(std::string rules, ReadRules(session, command.rules_file));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<SeedEntry> entries,
                            ReadSeedEntries(session, command.seeds_file));
  COINWAKE_ASSIGN_OR_RETURN(
      const std::unique_ptr<server::OpenNetwork> open,
      OpenForSeeds(session, AddressesIn(command), entries, command.seeds_file));
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  server::Screener screener(*open);
  // Nothing is printed where one of them is none.
  for (const std::string& subject : command.subjects) {
    COINWAKE_RETURN_IF_ERROR(screener.CheckSubject(subject));
  }
  v1::ScreenOptions options;
  options.set_direction(command.direction);
  options.set_asset(command.asset);
  options.set_rules(std::move(rules));
  if (command.max_hops.has_value()) options.set_max_hops(*command.max_hops);
  COINWAKE_RETURN_IF_ERROR(
      FillSeeds(session, command, entries, open->snapshot().network, &options));
  COINWAKE_ASSIGN_OR_RETURN(const server::PreparedScreening screening,
                            screener.Prepare(options, /*cancellation=*/nullptr));
  bool is_first = true;
  for (const std::string& subject : command.subjects) {
    v1::ScreeningResult result;
    COINWAKE_RETURN_IF_ERROR(
        screener.Answer(screening, subject, /*cancellation=*/nullptr, &result));
    if (session.json()) {
      session.PrintJson(result);
      continue;
    }
    if (is_first) session.Print(Header(result.snapshot()));
    is_first = false;
    session.Print("\n" + ShowScreening(result));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::cli
