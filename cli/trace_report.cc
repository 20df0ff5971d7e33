#include "cli/trace_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;             // between columns
constexpr std::size_t kMostNameWidth = 35;  // a base58 address in full, and a mark
constexpr std::size_t kLeastNameWidth = 9;

// Behind the address of a key that was paid bare: the address itself was not.
constexpr char kBareKey = '*';

bool IsBareKey(const v1::Holding& holding) {
  return !holding.has_address() && holding.has_key_address();
}

std::string HolderOf(const v1::Holding& holding) {
  if (IsBareKey(holding)) return holding.key_address() + kBareKey;
  return holding.has_address() ? holding.address() : holding.script_type();
}

// `head` and `parts` with commas between them, on as many lines as needed.
std::string Wrapped(std::string_view head, const std::vector<std::string>& parts) {
  std::string text;
  std::string line = std::string(kIndent, ' ') + std::string(head);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string piece = ' ' + parts[i] + (i + 1 < parts.size() ? "," : "");
    if (Width(line) + Width(piece) > kLineWidth) {
      text += line + '\n';
      line = std::string(2 * kIndent - 1, ' ');
    }
    line += piece;
  }
  return text + line + '\n';
}

// "  order lost at 2 accounts: T..., T... (stake2)"; nothing where there are none.
std::string NotedText(std::string_view what, const v1::NotedAccounts& noted) {
  if (noted.count() == 0) return "";
  std::vector<std::string> names;
  for (const v1::NotedAccount& account : noted.first()) {
    names.push_back(account.has_pot() ? fmt::format("{} ({})", account.address(), account.pot())
                                      : account.address());
  }
  const std::uint64_t more = noted.count() - names.size();
  if (more != 0) names.push_back(fmt::format("and {} more", more));
  return Wrapped(
      fmt::format("{} at {} account{}:", what, noted.count(), noted.count() == 1 ? "" : "s"),
      names);
}

}  // namespace

Table TraceReport::TableOf(const std::vector<Row>& rows) {
  std::vector<Table::Column> columns = {{"height", Align::kRight}, {"output"}};
  const bool any_spent =
      std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.spent; });
  if (any_spent) columns.push_back({"spent"});
  columns.insert(columns.end(),
                 {{"held by"}, {"taint BTC", Align::kRight}, {"value BTC", Align::kRight}});
  const auto cells_of = [any_spent](const Row& row, std::size_t name_width) {
    std::vector<std::string> cells = {row.height, row.output};
    if (any_spent) cells.push_back(row.spent ? "yes" : "");
    cells.insert(cells.end(), {ShortName(row.holder, name_width), row.taint, row.value});
    return cells;
  };
  // Under haircut a taint has twelve digits more than a value: names give way, as far as needed.
  std::vector<std::size_t> widths;
  widths.reserve(columns.size());
  for (const Table::Column& column : columns) widths.push_back(Width(column.title));
  for (const Row& row : rows) {
    const std::vector<std::string> cells = cells_of(row, kLeastNameWidth);
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], Width(cells[i]));
  }
  widths[widths.size() - 3] = 0;  // the names
  const std::size_t others =
      std::accumulate(widths.begin(), widths.end(), kIndent + kGap * (widths.size() - 1));
  const std::size_t name_width =
      std::clamp(kLineWidth - std::min(others, kLineWidth), kLeastNameWidth, kMostNameWidth);
  Table table(columns);
  for (const Row& row : rows) table.Add(cells_of(row, name_width));
  return table;
}

Table TraceReport::TableOf(const std::vector<AccountRow>& rows) const {
  const char* const whole = backward_ ? "minted" : "balance";
  Table table({{"account"}, {"taint", Align::kRight}, {whole, Align::kRight}, {"note"}});
  for (const AccountRow& row : rows) {
    table.Add({ShortName(row.account, kMostNameWidth), row.taint, row.balance, row.note});
  }
  return table;
}

std::string TraceReport::AmountText(const std::string& amount) const {
  return asset_.empty() ? Btc(amount) : Grouped(std::string_view(amount));
}

void TraceReport::Add(const v1::TraceEvent& event) {
  switch (event.event_case()) {
    case v1::TraceEvent::kHolding:
      return Add(event.holding());
    case v1::TraceEvent::kSink:
      return Add(event.sink());
    case v1::TraceEvent::kSummary:
      return Add(event.summary());
    case v1::TraceEvent::EVENT_NOT_SET:
      return;
  }
}

void TraceReport::Add(const v1::Holding& holding) {
  if (holding.has_asset()) {
    std::string note = holding.pot();
    if (holding.degraded()) note += note.empty() ? "degraded" : ", degraded";
    if (holding.assumed_opening() != "0") {
      note += fmt::format("{}opening of {} assumed", note.empty() ? "" : ", ",
                          AmountText(holding.assumed_opening()));
    }
    parts_[holding.label()].accounts.push_back({.account = holding.address(),
                                                .taint = AmountText(holding.taint()),
                                                .balance = AmountText(holding.balance()),
                                                .note = note});
    return;
  }
  Part& part = parts_[holding.label()];
  part.has_bare_keys = part.has_bare_keys || IsBareKey(holding);
  part.holdings.push_back({.height = std::to_string(holding.height()),
                           .output = fmt::format("{}:{}", Short(holding.txid()), holding.vout()),
                           .spent = holding.has_spent_by() && !backward_,
                           .holder = HolderOf(holding),
                           .taint = Btc(holding.taint()),
                           .value = Btc(holding.value())});
}

void TraceReport::Add(const v1::Sink& sink) {
  const std::string& entity = sink.entity();
  parts_[sink.label()].sinks.push_back(fmt::format("{}{}{} {}", sink.kind(),
                                                   entity.empty() ? "" : " ", Printable(entity),
                                                   AmountText(sink.taint())));
}

void TraceReport::Add(const v1::Summary& summary) {
  header_ = Header(summary.snapshot());
  const std::string seeded = fmt::format("{} {}: ", AmountText(summary.seeded()),
                                         asset_.empty() ? "BTC" : "base units of " + asset_);
  const auto beside = [this](const v1::Interval& bounds) {
    if (bounds.max().empty()) return std::string();
    return fmt::format(" [{} to {}]", AmountText(bounds.min()), AmountText(bounds.max()));
  };
  const std::string exits =
      fmt::format("exits {}{}", AmountText(summary.exits()), beside(summary.exits_bounds()));
  const std::string sinks =
      fmt::format("sinks {}{}", AmountText(summary.sinks()), beside(summary.sinks_bounds()));
  const std::string unspent =
      fmt::format("unspent {}{}", AmountText(summary.unspent()), beside(summary.unspent_bounds()));
  has_bounds_ = has_bounds_ || summary.has_exits_bounds();
  std::vector<std::string>& lines = parts_[summary.label()].summary;
  if (backward_) {  // nothing of it rests
    lines = {seeded + exits, sinks};
  } else {
    lines = {seeded + unspent, exits, sinks};
  }
  if (summary.has_cut_holdings()) {
    parts_[summary.label()].cut = fmt::format(
        "  and {} more, none of them larger, {} BTC together: --max-holdings shows more\n",
        Grouped(summary.cut_holdings()), AmountText(summary.cut_taint()));
  }
  parts_[summary.label()].doubts = NotedText("order lost", summary.degraded()) +
                                   NotedText("opening assumed", summary.assumed_openings());
}

std::string TraceReport::Render(const std::string& policy, const std::string& fees) const {
  std::string text = fmt::format("{}policy {}, fees {}", header_, policy.empty() ? "fifo" : policy,
                                 fees.empty() ? "sink" : fees);
  if (backward_) {
    text += fmt::format(", backward: {} are where value was minted",
                        asset_.empty() ? "outputs" : "accounts");
  }
  text += '\n';
  for (const auto& [label, part] : parts_) {
    text += fmt::format("\n{}\n", Printable(label));
    if (!part.accounts.empty()) {
      text += TableOf(part.accounts).Render(kIndent);
    } else {
      const char* const none =
          backward_ ? "  none of it was seen minted\n" : "  nothing of it is unspent\n";
      text += part.holdings.empty() ? none : TableOf(part.holdings).Render(kIndent);
      text += part.cut;
      if (part.has_bare_keys) {
        text += "  * to the bare public key of that address, whose own sums leave it out\n";
      }
    }
    if (!part.sinks.empty()) text += Wrapped("sinks:", part.sinks);
    text += Wrapped("seeded", part.summary) + part.doubts;
  }
  if (has_bounds_) text += "\n[least to most]: what no rule of apportionment can leave\n";
  if (policy == "poison") {
    text += "\npoison counts whole amounts: what it reaches can add up to more than was seeded\n";
  }
  return text;
}

}  // namespace coinwake::cli
