// Screenings for people.
#include <fmt/format.h>

#include <string>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/screening.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

constexpr char kBitcoinAsset[] = "BTC";
constexpr std::uint32_t kPpmInTenth = 1'000;  // of a percent

std::string AmountOf(const std::string& figure, const std::string& asset) {
  if (figure.empty()) return "-";
  return asset == kBitcoinAsset ? Btc(figure) : Grouped(std::string_view(figure));
}

// "12.3 %", rounded down.
std::string PercentOf(std::uint32_t ppm) {
  const std::uint32_t tenths = ppm / kPpmInTenth;
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

std::string Verdict(const v1::ScreeningResult& result) {
  if (result.has_risk_score()) return fmt::format("risk score {}", result.risk_score());
  if (result.status() == "never_seen") {
    return "never seen in this snapshot, and no list names it: nothing is known of it";
  }
  if (result.status() == "not_indexed") return "not in this snapshot: nothing is known of it";
  return "no rule fired, which is not a score of 0 and no finding that it is clean";
}

std::string ShowAlerts(const v1::ScreeningResult& result) {
  Table table({{"rule"},
               {"score", Align::kRight},
               {"about"},
               {"asset"},
               {"direct", Align::kRight},
               {"indirect", Align::kRight},
               {"share", Align::kRight}});
  for (const v1::ScreeningAlert& alert : result.alerts()) {
    const bool is_payments = alert.has_share_ppm();
    table.Add({alert.rule(), std::to_string(alert.score()),
               is_payments ? alert.side() : alert.about(), ShortName(alert.asset()),
               AmountOf(alert.direct(), alert.asset()), AmountOf(alert.indirect(), alert.asset()),
               is_payments ? PercentOf(alert.share_ppm()) : "-"});
  }
  return table.Render(2);
}

std::string ShowEvidence(const v1::ScreeningResult& result) {
  std::string text;
  for (const v1::ScreeningEvidence& one : result.evidence()) {
    const v1::ScreeningAlert& alert = result.alerts(static_cast<int>(one.alert()));
    text += fmt::format("  {}: {}\n", alert.rule(), ShortName(Printable(one.address())));
    for (const v1::Label& label : one.labels()) {
      text += fmt::format("    {} ({}), {}\n", Printable(label.label()), label.class_(),
                          Printable(label.list()));
    }
    for (const std::string& seed : one.seeds()) text += "    seed " + Printable(seed) + '\n';
    if (!one.service().empty()) text += "    service " + Printable(one.service()) + '\n';
    for (const std::string& txid : one.transactions()) text += "    in " + txid + '\n';
    if (one.route().empty()) continue;
    text += "    on a way of";
    for (const std::string& txid : one.route()) text += ' ' + Short(txid);
    text += '\n';
  }
  return text;
}

std::string ShowExposure(const v1::ScreeningResult& result) {
  Table table({{"known"},
               {"entity"},
               {"side"},
               {"asset"},
               {"direct", Align::kRight},
               {"indirect", Align::kRight},
               {"share", Align::kRight}});
  for (const v1::ScreeningExposureEntry& entry : result.exposure().entries()) {
    table.Add({entry.category(), ShortName(Printable(entry.entity())), entry.side(),
               ShortName(entry.asset()), AmountOf(entry.direct(), entry.asset()),
               AmountOf(entry.indirect(), entry.asset()), PercentOf(entry.share_ppm())});
  }
  std::string text = table.Render(2);
  for (const v1::ScreeningTotal& total : result.exposure().totals()) {
    text +=
        fmt::format("  {} in all {} {}\n", total.side(), AmountOf(total.amount(), total.asset()),
                    total.asset() == kBitcoinAsset ? "BTC" : "base units of " + total.asset());
  }
  return text;
}

}  // namespace

std::string ShowScreening(const v1::ScreeningResult& result) {
  std::string text = fmt::format("{}  {}, {}\n  {}\n", Printable(result.subject()), result.kind(),
                                 result.direction(), Verdict(result));
  text += ShowAlerts(result) + ShowEvidence(result) + ShowExposure(result);
  for (const std::string& cut : result.cuts())
    text += "  not all was read: " + Printable(cut) + '\n';
  return text;
}

}  // namespace coinwake::cli
