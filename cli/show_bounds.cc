// Bounds for people.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/bounds.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {

std::string ShowBounds(const std::vector<v1::Bounds>& all) {
  if (all.empty()) return "";
  const v1::Bounds& first = all.front();
  const bool accounts = HasAccounts(first.snapshot().network());
  const std::string unit = accounts ? "" : " BTC";
  const auto amount = [accounts](const std::string& value) {
    return accounts ? Grouped(std::string_view(value)) : Btc(value);
  };
  std::string text = Header(first.snapshot()) + "\n";
  text += fmt::format("arrived at {}{}, whatever rule of taint applies:\n", Printable(first.to()),
                      accounts ? " of " + first.asset() : "");
  Table table({{"label"},
               {"at least" + unit, Align::kRight},
               {"at most" + unit, Align::kRight},
               {"seeded" + unit, Align::kRight}});
  Table stops({{"label"},
               {"stops at"},
               {"at least" + unit, Align::kRight},
               {"at most" + unit, Align::kRight}});
  std::string notes;
  for (const v1::Bounds& bounds : all) {
    table.Add({ShortName(bounds.label()), amount(bounds.min()), amount(bounds.max()),
               amount(bounds.seeded())});
    for (const v1::StopBound& stop : bounds.stops()) {
      stops.Add({ShortName(bounds.label()),
                 stop.entity().empty() ? stop.kind() : stop.kind() + " " + stop.entity(),
                 amount(stop.min()), amount(stop.max())});
    }
    const auto listed = static_cast<std::uint64_t>(bounds.stops_size());
    if (bounds.stops_count() > listed) {
      notes += fmt::format("  {}: {} more stops\n", Printable(bounds.label()),
                           bounds.stops_count() - listed);
    }
    if (bounds.not_expanded().count() == 0) continue;
    notes += fmt::format(
        "  {}: {} not followed for --max-hops, at most {}{} in all, which may have arrived\n",
        Printable(bounds.label()),
        Count(bounds.not_expanded().count(), accounts ? "transfer" : "output"),
        amount(bounds.not_expanded().max()), unit);
  }
  text += table.Render(2);
  if (!stops.empty()) text += "\n" + stops.Render(2);
  return text + notes;
}

}  // namespace coinwake::cli
