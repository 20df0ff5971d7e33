// Typologies for people.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

// Of each pattern as many transactions are shown.
constexpr int kShownTransactions = 3;

std::string TableOf(const std::vector<v1::Typology>& all) {
  const bool has_accounts = HasAccounts(all.back().snapshot().network());
  Table table({{"kind"},
               {"from"},
               {"to"},
               {"txs", Align::kRight},
               {"others", Align::kRight},
               {has_accounts ? "amount" : "amount BTC", Align::kRight},
               {"observed", Align::kRight},
               {"expected", Align::kRight},
               {"score", Align::kRight}});
  for (const v1::Typology& one : all) {
    if (one.has_summary()) continue;
    table.Add({one.kind(), Time(one.first_time()), Time(one.last_time()),
               Grouped(one.transactions_count()), Grouped(std::uint64_t{one.counterparties()}),
               has_accounts ? Grouped(std::string_view(one.amount())) : Btc(one.amount()),
               Grouped(one.observed()), one.has_expected() ? one.expected() : "-",
               one.has_score() ? one.score() : "-"});
  }
  std::string text = table.Render(2);
  if (!table.empty() && has_accounts) {
    text += fmt::format("  amounts in base units of {}\n", Printable(all.back().asset()));
  }
  return text;
}

// The first transactions of a pattern, whole, and what was cut of it alone.
std::string EvidenceOf(const v1::Typology& one, const std::set<std::string>& of_kind) {
  std::string text = fmt::format("  {} from {}:\n", one.kind(), Time(one.first_time()));
  const int shown = std::min(one.transactions_size(), kShownTransactions);
  for (int i = 0; i < shown; ++i) text += fmt::format("    {}\n", one.transactions(i));
  const std::uint64_t more = one.transactions_count() - static_cast<std::uint64_t>(shown);
  if (more != 0) text += fmt::format("    and {} more: --json\n", Grouped(more));
  for (const std::string& cut : one.cuts()) {
    if (!of_kind.contains(cut)) text += "    " + Printable(cut) + '\n';
  }
  return text;
}

// Kinds by something that is said of them, in the order in which it is said first.
class KindsBy {
 public:
  void Add(const std::string& text, const std::string& kind) {
    for (auto& [known, kinds] : all_) {
      if (known != text) continue;
      kinds += ", " + kind;
      return;
    }
    all_.emplace_back(text, kind);
  }
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace

std::string ShowTypologies(const std::vector<v1::Typology>& typologies) {
  const v1::Typology& last = typologies.back();
  std::string text = Printable(last.subject());
  if (!last.label().empty()) text += "  " + Printable(last.label());
  if (last.has_service()) text += fmt::format("  of the service {}", Printable(last.service()));
  text += '\n';
  if (!last.summary().seen()) return text + "  was never seen\n";
  text += TableOf(typologies);
  std::set<std::string> of_kinds;
  KindsBy cuts;
  std::string nothing_of;
  for (const v1::TypologySearch& one : last.summary().searches()) {
    for (const std::string& cut : one.cuts()) {
      of_kinds.insert(cut);
      cuts.Add(cut, one.kind());
    }
    if (!one.looked_for() || one.found() != 0) continue;
    nothing_of += (nothing_of.empty() ? "" : ", ") + one.kind();
  }
  for (const v1::Typology& one : typologies) {
    if (!one.has_summary()) text += EvidenceOf(one, of_kinds);
  }
  if (!nothing_of.empty()) {
    text += fmt::format("  nothing of the kind was found: {}\n", nothing_of);
  }
  for (const auto& [cut, kinds] : cuts.all()) {
    text += fmt::format("  {}: {}\n", kinds, Printable(cut));
  }
  return text;
}

}  // namespace coinwake::cli
