// typologies: patterns of laundering around addresses.
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
#include "coinwake/v1/tracer.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "server/typology_answers.h"

namespace coinwake::cli {
namespace {

// The addresses of the file that can be on the network; outputs are nobody.
absl::Status AddSubjects(const Session& session, const TypologiesCommand& command,
                         const std::vector<SeedEntry>& entries, Network network,
                         v1::ListTypologiesRequest* request) {
  v1::TraceRequest seeds;
  std::size_t passed_over = AddSeeds(entries, network, &seeds);
  for (const v1::TraceSeed& seed : seeds.seeds()) {
    if (!seed.has_address()) {
      ++passed_over;
      continue;
    }
    v1::TypologySubject* const subject = request->add_subjects();
    subject->set_address(seed.address());
    subject->set_label(seed.label());
  }
  const std::string name(NetworkName(network));
  if (request->subjects().empty() && !command.seeds_file.empty()) {
    return absl::NotFoundError(absl::StrCat(command.seeds_file, ": no address on ", name));
  }
  if (passed_over > 0) {
    session.Warn(absl::StrCat(command.seeds_file, ": ", passed_over, " of ", entries.size(),
                              " seeds are no addresses on ", name, " and were passed over"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Run(const Session& session, const TypologiesCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  if (command.addresses.empty() && command.seeds_file.empty()) {
    return absl::InvalidArgumentError("typologies needs addresses: ADDR or --seeds");
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<SeedEntry> entries,
                            ReadSeedEntries(session, command.seeds_file));
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<server::OpenNetwork> open,
                            OpenForSeeds(session, command.addresses, entries, command.seeds_file));
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  v1::ListTypologiesRequest request;
  for (const std::string& address : command.addresses) request.add_subjects()->set_address(address);
  COINWAKE_RETURN_IF_ERROR(
      AddSubjects(session, command, entries, open->snapshot().network, &request));
  for (const std::string& name : command.only) request.add_only(name);
  request.set_asset(command.asset);
  request.set_by_cluster(command.by_cluster);
  bool is_first = true;
  std::vector<v1::Typology> of_subject;  // of the subject in work; its summary is the last
  const auto emit = [&](const v1::Typology& typology) {
    if (session.json()) {
      session.PrintJson(typology);
      return absl::OkStatus();
    }
    of_subject.push_back(typology);
    if (!typology.has_summary()) return absl::OkStatus();
    if (is_first) session.Print(Header(typology.snapshot()));
    is_first = false;
    session.Print("\n" + ShowTypologies(of_subject));
    of_subject.clear();
    return absl::OkStatus();
  };
  return server::AnswerTypologies(*open, request, /*cancellation=*/nullptr, emit,
                                  [&session](const std::string& text) { session.Warn(text); });
}

}  // namespace coinwake::cli
