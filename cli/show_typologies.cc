// Typologies for people.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {

std::string ShowTypologies(const std::vector<v1::Typology>& typologies) {
  const v1::Typology& any = typologies.front();
  const bool has_accounts = HasAccounts(any.snapshot().network());
  std::string text = Printable(any.subject());
  if (!any.label().empty()) text += "  " + Printable(any.label());
  if (any.has_service()) text += fmt::format("  of the service {}", Printable(any.service()));
  text += '\n';
  Table table({{"kind"},
               {"from"},
               {"to"},
               {"txs", Align::kRight},
               {"others", Align::kRight},
               {has_accounts ? "amount" : "amount BTC", Align::kRight},
               {"observed", Align::kRight},
               {"expected", Align::kRight},
               {"score", Align::kRight}});
  for (const v1::Typology& one : typologies) {
    table.Add({one.kind(), Time(one.first_time()), Time(one.last_time()),
               Grouped(one.transactions_count()), Grouped(std::uint64_t{one.counterparties()}),
               has_accounts ? Grouped(std::string_view(one.amount())) : Btc(one.amount()),
               Grouped(one.observed()), one.has_expected() ? one.expected() : "-",
               one.has_score() ? one.score() : "-"});
  }
  text += table.Render(2);
  if (has_accounts) text += fmt::format("  amounts in base units of {}\n", Printable(any.asset()));
  for (const std::string& cut : any.cuts()) text += "  not all was read: " + Printable(cut) + '\n';
  return text;
}

}  // namespace coinwake::cli
