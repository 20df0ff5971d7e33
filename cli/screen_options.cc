#include "cli/screen_options.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/names.h"
#include "server/screening_answers.h"

namespace coinwake::cli {
namespace {

std::string CheckHops(const std::string& text) {
  const std::optional<std::uint64_t> number = server::ParseNumber(text);
  if (number.has_value() && *number >= 1 && *number <= server::kMaxScreenHops) return "";
  return absl::StrCat("\"", server::Excerpt(text), "\" is no whole number from 1 to ",
                      server::kMaxScreenHops);
}

}  // namespace

void AddScreenOptions(CLI::App* command, ScreenCommand& screen) {
  command
      ->add_option("ADDR_OR_TX", screen.subjects,
                   "Addresses, script:HEX, Tron accounts, TXID, or TXID:VOUT, one output")
      ->required();
  command->add_option("--direction", screen.direction,
                      "deposit: where the money came from; withdrawal: where it goes; both "
                      "(default)");
  command->add_option("--rules", screen.rules_file,
                      "File of rules, YAML or JSON (docs/screening.md); else the default rules");
  command
      ->add_option("--seed", screen.seeds,
                   "ADDR[=LABEL]: an address to look for, as if a list named it")
      ->expected(1)
      ->take_all();
  command->add_option("--seeds", screen.seeds_file,
                      "File of addresses to look for, as that of `trace --seeds`");
  command->add_option("--asset", screen.asset,
                      "On Tron this asset alone: TRX, TRC10:<id>, TRC20:<contract>, USDT");
  command
      ->add_option_function<std::string>(
          "--max-hops",
          [&screen](const std::string& text) {
            screen.max_hops = static_cast<std::uint32_t>(*server::ParseNumber(text));
          },
          absl::StrCat("Transactions, on Tron transfers, that indirect exposure is followed; 1: "
                       "direct alone; default ",
                       server::kDefaultScreenHops))
      ->check(CLI::Validator(CheckHops, ""))
      ->type_name("NUMBER");
  command->footer(
      "A rule fires where a list, a seller's page or a seed names the subject (own), somebody of\n"
      "its cluster (cluster), or who paid it or was paid by it (direct; indirect: through "
      "others),\n"
      "with the amounts it asks for. risk_score is the largest score of the rules that fired. "
      "None\n"
      "fired: no score, which is not 0, and not clean. never_seen and not_indexed say that this\n"
      "snapshot does not have the subject.\n"
      "The default rules: 100 sanctioned, or one of the seeds; 90 a seller's address, direct\n"
      "exposure to sanctioned addresses or seeds; 80 direct to sellers; 70 a mixer; 60 direct to\n"
      "mixers or dark markets, 1 % or more; 50 indirect to sanctioned, seeds or sellers, 1 %; 30\n"
      "indirect to mixers or dark markets, 5 %. In BTC, TRX and USDT, above dust. What they "
      "cannot\n"
      "know is in docs/screening.md. The answer is advice for a person who decides.");
}

}  // namespace coinwake::cli
