#include "cli/hint_options.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "hints/fits.h"
#include "hints/rate_path.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

constexpr std::uint32_t kPermille = 1'000;

// Both ends included.
struct Range {
  std::uint32_t least = 0;
  std::uint32_t most = 0;
};

// Decimal digits only.
void AddNumber(CLI::App* command, const std::string& name, std::optional<std::uint32_t>& number,
               const std::string& what, Range range) {
  command
      ->add_option_function<std::string>(
          name,
          [&number](const std::string& text) {
            number = static_cast<std::uint32_t>(*server::ParseNumber(text));
          },
          what)
      ->check(CLI::Validator(
          [range](const std::string& text) {
            const std::optional<std::uint64_t> given = server::ParseNumber(text);
            if (given.has_value() && range.least <= *given && *given <= range.most) {
              return std::string();
            }
            return absl::StrCat("\"", server::Excerpt(text), "\" is no whole number from ",
                                range.least, " to ", range.most);
          },
          /*validator_desc=*/""))
      ->type_name("NUMBER");
}

}  // namespace

void AddHintOptions(CLI::App* command, HintsCommand& hints) {
  command->add_option("ADDR_OR_TXID", hints.subjects,
                      "Addresses, script:HEX, Tron accounts, or transactions");
  command->add_option("--seeds", hints.seeds_file, "File of addresses, as that of `trace --seeds`");
  command->add_option("--direction", hints.direction,
                      "forward (default): what their deposits may have been paid out as; "
                      "backward: what deposits their withdrawals may have been of");
  command->add_option("--service", hints.service,
                      "The service, by the name that labels give it on both networks");
  command->add_option("--service-addresses", hints.service_file,
                      "File of addresses of the service, CSV, on either network");
  command
      ->add_option("--from", hints.from,
                   "ASSET[@NETWORK]: what was deposited, BTC, TRX, TRC20:<contract>, USDT")
      ->required();
  command->add_option("--to", hints.to, "ASSET[@NETWORK]: what was withdrawn")->required();
  command
      ->add_option("--rates", hints.rates_file,
                   "File of prices, CSV time,price in order of time: of one BTC, or without it of "
                   "one TRX, in the other asset")
      ->required();
  AddNumber(command, "--window", hints.window_s,
            "Seconds from the deposit's block to the withdrawal's at most; 21600",
            {1, static_cast<std::uint32_t>(kLongestHintWindow)});
  AddNumber(command, "--fee-min", hints.fee_min_permille, "Least fee, permille; 0", {0, kPermille});
  AddNumber(command, "--fee-max", hints.fee_max_permille, "Greatest fee, permille; 30",
            {0, kPermille});
  command->add_option("--flat-fee", hints.flat_fee,
                      "Paid out less whatever the amount, base units of what is withdrawn");
  command->add_option("--tolerance", hints.tolerance,
                      "What a payout may be off, base units of what is withdrawn");
  AddNumber(command, "--decimals-from", hints.decimals_in,
            "Decimals of a token deposited, other than USDT", {0, kMostDecimals});
  AddNumber(command, "--decimals-to", hints.decimals_out,
            "Decimals of a token withdrawn, other than USDT", {0, kMostDecimals});
  command->footer(
      "A line for each deposit that hardly anything but one withdrawal can have paid out, by "
      "amount\n"
      "and time (docs/hints.md), then a summary of what was asked and what became of it. A hint is "
      "a\n"
      "lead, never a link: nothing on a chain joins the two. That there is none says nothing.");
}

}  // namespace coinwake::cli
