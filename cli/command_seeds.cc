// seeds extract: advertisements in, sellers and their addresses out.
#include "adverts/extract.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "coinwake/v1/seeds.pb.h"
#include "server/convert.h"

namespace coinwake::cli {

absl::Status Run(const Session& session, const SeedsExtractCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network, session.AskedNetwork());
  COINWAKE_ASSIGN_OR_RETURN(const Extraction extraction,
                            ExtractSellers(session.files(), command.paths, network));
  for (const std::string& warning : extraction.warnings) session.Warn(warning);
  bool is_first = true;
  for (const Seller& seller : extraction.sellers) {
    v1::Seller wire;
    server::FillSeller(seller, &wire);
    if (session.json()) {
      session.PrintJson(wire);
    } else {
      session.Print((is_first ? "" : "\n") + Show(wire, session.global().network));
    }
    is_first = false;
  }
  return absl::OkStatus();
}

}  // namespace coinwake::cli
