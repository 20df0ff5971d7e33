#include "cli/timeline_options.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

// A number of weeks, payers or thousandths; the answer says which it takes.
void AddNumber(CLI::App* command, const std::string& name, std::optional<std::uint32_t>& number,
               const std::string& what) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  command
      ->add_option_function<std::string>(
          name,
          [&number](const std::string& text) {
            number = static_cast<std::uint32_t>(*server::ParseNumber(text));
          },
          what)
      ->check([](const std::string& text) {
        const std::optional<std::uint64_t> given = server::ParseNumber(text);
        if (given.has_value() && *given <= kMost) return std::string();
        return absl::StrCat("\"", server::Excerpt(text), "\" is no whole number from 0 to ", kMost);
      })
      ->type_name("NUMBER");
}

void AddSellers(CLI::App* command, SellersOptions& sellers, const std::string& asset) {
  command->add_option(
      "SUBJECT", sellers.subjects,
      "Addresses, script:HEX or Tron accounts, each for itself; or sellers that the "
      "file of seeds names");
  command->add_option("--seeds", sellers.seeds_file,
                      "File of addresses, as that of `trace --seeds`: those of one seller are one "
                      "subject. All of its sellers, unless some are named");
  command->add_option("--asset", sellers.asset, asset);
}

}  // namespace

void AddTimeline(CLI::App* command, TimelineCommand& timeline) {
  AddSellers(command, timeline.sellers,
             "Asset: BTC; on Tron TRX, TRC10:<id>, TRC20:<contract>, USDT; without it all of them");
  command->add_option("--events", timeline.events_file,
                      "File of what happened, CSV date,text: figures before and after each. A date "
                      "without a time is midnight UTC");
  AddNumber(command, "--quiet-weeks", timeline.quiet_weeks,
            "Weeks without a receipt that are a pause (4)");
  AddNumber(command, "--active-weeks", timeline.active_weeks,
            "Weeks with a receipt that a pause has before it, at least (4)");
  AddNumber(command, "--step-weeks", timeline.step_weeks,
            "Weeks compared on both sides of a step, 3 to 8 (8)");
  AddNumber(command, "--step-ratio", timeline.step_ratio_permille,
            "Thousandths of their medians' ratio that are a step (2000)");
  AddNumber(command, "--step-chance", timeline.step_chance_permille,
            "Thousandths of all orders of these weeks that may go as far (2)");
  AddNumber(command, "--event-weeks", timeline.event_weeks, "Weeks before and after an event (6)");
  command->footer(
      "Weeks are ISO weeks, Monday UTC to the next, by the time of blocks. Change and moves\n"
      "between its own addresses are no receipts. On Bitcoin payers are strict clusters, for\n"
      "which the whole chain is read unless what was found there is kept. An exchange is one\n"
      "payer for all its customers. docs/timeline.md has the rules.");
}

void AddSuccessors(CLI::App* command, SuccessorsCommand& successors) {
  AddSellers(command, successors.sellers,
             "Asset: BTC; on Tron TRX, TRC10:<id>, TRC20:<contract>, USDT");
  command->add_option("--since", successors.since,
                      "HEIGHT or DATE (UTC): payers who paid before it, whom they pay from it on; "
                      "without it after the last receipt");
  AddNumber(command, "--weeks", successors.weeks,
            "Weeks from then on that are looked at (26); 0: to the tip");
  AddNumber(command, "--min-shared", successors.least_shared,
            "Payers in common that make a candidate (3)");
  command->add_flag("--cluster", successors.by_cluster, "Candidates are strict clusters");
  command->footer(
      "Addresses first paid after a seller goes quiet, by several of those who paid the\n"
      "seller, and how likely chance would do it. Services and who has very many payments are\n"
      "left out. A lead to look into, never a link: docs/timeline.md.");
}

}  // namespace coinwake::cli
