// Peel chains for people.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/legend.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kNameWidth = 42;  // addresses whole, but for those of the longest scripts

struct Line {
  std::uint32_t vout = 0;
  std::string address;
  std::string value;
  std::string note;
};

// The outputs of a hop in their order.
std::vector<Line> LinesOf(const v1::PeelHop& hop) {
  std::vector<Line> lines;
  for (const v1::PeeledOutput& output : hop.peeled()) {
    lines.push_back({output.vout(), output.address(), output.value(), output.mark()});
  }
  lines.push_back({hop.change_vout(), hop.change_address(), hop.change_value(), "change"});
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.vout < b.vout; });
  return lines;
}

}  // namespace

std::string ShowPeel(const std::vector<v1::PeelHop>& hops, const v1::PeelEnd& end) {
  std::string text = fmt::format("{}, {}\n", end.direction(), Count(end.hops(), "hop"));
  Table table({{"height", Align::kRight},
               {"transaction"},
               {"output", Align::kRight},
               {"value BTC", Align::kRight},
               {"to"},
               {"note"}});
  Legend legend(end.snapshot().network());
  for (const v1::PeelHop& hop : hops) {
    bool is_first = true;
    for (const Line& line : LinesOf(hop)) {
      table.Add({is_first ? std::to_string(hop.height()) : "", is_first ? Short(hop.txid()) : "",
                 std::to_string(line.vout), Btc(line.value),
                 legend.ShortOf(line.address, kNameWidth), line.note});
      is_first = false;
    }
  }
  text += table.Render(2) + legend.Render(2);
  text += fmt::format("  ends at {}: {}, {}\n", end.txid(), end.stop(), Printable(end.reason()));
  if (end.has_epoch_height()) {
    text += fmt::format("  the model's guesses are of height {}\n", Grouped(end.epoch_height()));
  }
  return text;
}

}  // namespace coinwake::cli
