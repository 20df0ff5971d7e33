// Hints for people.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/hints.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

std::string Amount(const v1::HintMovement& movement) {
  return HasAccounts(movement.network()) ? Grouped(std::string_view(movement.amount()))
                                         : Btc(movement.amount());
}

// Its movements, and in the last row what was tested.
void AddHint(const v1::CrossChainHint& hint, Table* table) {
  const auto add = [table](const v1::HintMovement& movement, const std::string& label,
                           const char* what, std::vector<std::string> tests) {
    std::vector<std::string> cells = {label,
                                      what,
                                      Time(movement.time()),
                                      Grouped(movement.height()),
                                      Short(movement.txid()),
                                      Amount(movement),
                                      ShortName(movement.to())};
    cells.insert(cells.end(), tests.begin(), tests.end());
    table->Add(std::move(cells));
  };
  for (int i = 0; i < hint.deposits_size(); ++i) {
    add(hint.deposits(i), i == 0 ? ShortName(hint.label()) : "", "deposit", {"", "", ""});
  }
  for (int i = 0; i < hint.withdrawals_size(); ++i) {
    std::vector<std::string> tests = {"", "", ""};
    if (i + 1 == hint.withdrawals_size()) {
      tests = {hint.expected(), hint.confidence(),
               hint.basis() == "unique" ? hint.threshold() : hint.threshold() + ", assigned"};
    }
    add(hint.withdrawals(i), "", "withdrawal", std::move(tests));
  }
}

std::string Unit(const std::string& network, const std::string& asset) {
  return HasAccounts(network) ? "base units of " + Printable(asset) : "BTC";
}

std::string ShowSummary(const v1::HintSummary& summary) {
  std::string became;
  for (const v1::HintCount& count : summary.verdicts()) {
    if (count.count() == 0) continue;
    became +=
        fmt::format("{}{} {}", became.empty() ? "" : ", ", count.verdict(), Grouped(count.count()));
  }
  std::string text = fmt::format(
      "{}: {} asked{}{}\n", Printable(summary.label()),
      Count(summary.asked(), summary.direction() == "backward" ? "withdrawal" : "deposit"),
      became.empty() ? "" : ": ", became);
  if (summary.parts_untried() != 0) {
    text += fmt::format("  too many sets of parts to try of {}\n",
                        Count(summary.parts_untried(), "deposit"));
  }
  if (summary.passed_over() != 0) {
    text += fmt::format("  passed over {} by the service and others together\n",
                        Count(summary.passed_over(), "payment"));
  }
  return text;
}

}  // namespace

std::string ShowHints(const std::vector<v1::HintEvent>& events) {
  if (events.empty()) return "";
  const v1::HintSummary& any = events.back().summary();
  std::string text = Header(any.snapshot_in()) + "\n";
  if (any.snapshot_in().network() != any.snapshot_out().network()) {
    text += Header(any.snapshot_out()) + "\n";
  }
  Table table({{"label"},
               {""},
               {"block time UTC"},
               {"height", Align::kRight},
               {"transaction"},
               {"amount", Align::kRight},
               {"to"},
               {"by chance", Align::kRight},
               {"confidence", Align::kRight},
               {"test"}});
  std::string summaries;
  for (const v1::HintEvent& event : events) {
    if (event.has_summary()) {
      summaries += ShowSummary(event.summary());
      continue;
    }
    AddHint(event.hint(), &table);
  }
  if (!table.empty()) {
    text +=
        fmt::format("\nleads, not links: nothing on a chain joins what stands together here\n{}",
                    table.Render(2));
    text += fmt::format("  deposited {}, withdrawn {}\n",
                        Unit(any.snapshot_in().network(), any.asset_in()),
                        Unit(any.snapshot_out().network(), any.asset_out()));
  }
  return text + "\n" + summaries;
}

}  // namespace coinwake::cli
