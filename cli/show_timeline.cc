// Sellers' lives for people.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/timeline.pb.h"
#include "indexer/base/utf8.h"
#include "server/chain_time.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kBar = 24;         // characters of the largest week
constexpr std::int64_t kWeek = 604'800;  // seconds

std::string AmountOf(const v1::Snapshot& snapshot, const std::string& amount) {
  return HasAccounts(snapshot.network()) ? Grouped(std::string_view(amount)) : Btc(amount);
}

// Of a date that an answer holds, in seconds.
std::int64_t SecondsOf(const std::string& date) {
  const absl::StatusOr<server::TimeSpan> span = server::ParseUtc(date);
  return span.ok() ? span->begin : 0;
}

// As long as the amount is of the largest one.
std::string BarOf(const std::string& amount, double largest) {
  if (largest <= 0) return "";
  const double share = std::strtod(amount.c_str(), nullptr) / largest;
  const auto length = static_cast<std::size_t>(std::lround(share * static_cast<double>(kBar)));
  return std::string(std::clamp<std::size_t>(length, 1, kBar), '#');
}

std::string HeadOf(const std::string& label,
                   const google::protobuf::RepeatedPtrField<std::string>& addresses) {
  std::string text = Printable(label) + "\n";
  if (addresses.size() == 1 && addresses[0] == label) return text;
  for (const std::string& address : addresses) text += "  " + Printable(address) + "\n";
  return text;
}

std::string WeeksOf(const v1::Timeline& timeline, const std::string& unit) {
  double largest = 0;
  for (const v1::TimelineWeek& one : timeline.weeks()) {
    largest = std::max(largest, std::strtod(one.figures().amount().c_str(), nullptr));
  }
  Table table({{"week"},
               {"from Monday"},
               {"receipts", Align::kRight},
               {"amount" + unit, Align::kRight},
               {"payers", Align::kRight},
               {"new", Align::kRight},
               {""}});
  std::int64_t next = 0;  // the Monday after the week before
  for (const v1::TimelineWeek& one : timeline.weeks()) {
    const std::int64_t monday = SecondsOf(one.monday());
    if (next != 0 && monday > next) {
      const auto quiet = static_cast<std::uint64_t>((monday - next) / kWeek);
      table.Add({"", Count(quiet, "week") + " of none", "", "", "", "", ""});
    }
    next = monday + kWeek;
    const v1::TimelineFigures& figures = one.figures();
    table.Add({one.week(), one.monday(), Grouped(figures.receipts()),
               AmountOf(timeline.snapshot(), figures.amount()), Grouped(figures.payers()),
               Grouped(figures.new_payers()), BarOf(figures.amount(), largest)});
  }
  return table.Render(2);
}

std::string ChangesOf(const v1::Timeline& timeline) {
  std::string text;
  for (const v1::TimelinePause& pause : timeline.pauses()) {
    text += fmt::format(
        "  pause from {} for {}, {}; the longest before: {}\n", pause.monday(),
        Count(pause.weeks(), "week"),
        pause.resumed() ? "resumed in the week of " + pause.resumed_monday() : "not resumed so far",
        Count(pause.longest_gap(), "week"));
  }
  for (const v1::TimelineStep& step : timeline.steps()) {
    const bool is_amount = step.of() == "amount";
    const auto figure = [&](const std::string& value) {
      return is_amount ? AmountOf(timeline.snapshot(), value) : Grouped(std::string_view(value));
    };
    text += fmt::format(
        "  step of {} in the week of {}, from {} to {} a week; {} of {} orders of these weeks go "
        "as far\n",
        step.of(), step.monday(), figure(step.before()), figure(step.after()),
        Grouped(step.as_far()), Grouped(step.splits()));
  }
  return text;
}

std::string EventsOf(const v1::Timeline& timeline, const std::string& unit) {
  Table table({{"event"},
               {"weeks"},
               {"receipts", Align::kRight},
               {"amount" + unit, Align::kRight},
               {"payers", Align::kRight},
               {"new", Align::kRight},
               {""}});
  const auto add = [&](const std::string& event, const char* side,
                       const v1::TimelineFigures& figures, bool is_complete) {
    table.Add({event, fmt::format("{} {}", timeline.event_weeks(), side),
               Grouped(figures.receipts()), AmountOf(timeline.snapshot(), figures.amount()),
               Grouped(figures.payers()), Grouped(figures.new_payers()),
               is_complete ? "" : "not all of them are indexed"});
  };
  for (const v1::TimelineAround& event : timeline.events()) {
    add(Time(event.time()) + "  " + event.text(), "before", event.before(),
        event.before_complete());
    add("", "after", event.after(), event.after_complete());
  }
  return table.Render(2);
}

}  // namespace

std::string ShowTimeline(const v1::Timeline& timeline) {
  const bool has_accounts = HasAccounts(timeline.snapshot().network());
  const std::string unit = has_accounts ? "" : " BTC";
  std::string text = HeadOf(timeline.label(), timeline.addresses());
  const v1::TimelineFigures& total = timeline.total();
  if (total.receipts() == 0) {
    text += "  no receipts\n";
  } else {
    text += fmt::format("  {} by {}, {} to {}\n", Count(total.receipts(), "receipt"),
                        Count(total.payers(), "payer"), Time(timeline.first().time()),
                        Time(timeline.last().time()));
    text += fmt::format("  received {}{}", AmountOf(timeline.snapshot(), total.amount()), unit);
    if (has_accounts) text += " base units of " + Printable(timeline.asset());
    if (total.unknown() != 0) {
      text += fmt::format("; nobody knows who paid {}", Count(total.unknown(), "receipt"));
    }
    text += "\n" + WeeksOf(timeline, unit) + ChangesOf(timeline);
  }
  text += EventsOf(timeline, unit);
  for (const std::string& cut : timeline.cuts()) {
    text += "  not all was read: " + Printable(cut) + "\n";
  }
  return text;
}

std::string ShowSuccessors(const std::vector<v1::Successor>& successors,
                           const v1::SuccessorSummary& summary) {
  const std::string unit = HasAccounts(summary.snapshot().network()) ? "" : " BTC";
  std::string text = HeadOf(summary.label(), summary.addresses());
  if (!summary.has_quiet_since()) return text + "  no receipts before, so nothing to go by\n";
  text += fmt::format("  last paid before it {}; looked at: heights {} to {}\n",
                      Time(summary.quiet_since().time()), summary.after_height(),
                      summary.until_height());
  if (summary.has_later_receipts()) text += "  it was paid after that, too: it is not quiet\n";
  Table table({{summary.by_cluster() ? "cluster of" : "address"},
               {"first paid"},
               {"payers", Align::kRight},
               {"shared", Align::kRight},
               {"expected", Align::kRight},
               {"amount" + unit, Align::kRight},
               {"chance", Align::kRight},
               {"corrected", Align::kRight},
               {"old ones as unlikely", Align::kRight}});
  for (const v1::Successor& one : successors) {
    table.Add({ShortName(one.address()), Time(one.first().time()), Grouped(one.payers()),
               Grouped(one.shared()), one.expected(), AmountOf(summary.snapshot(), one.amount()),
               one.chance(), one.chance_corrected(), Grouped(one.old_as_unlikely())});
  }
  text += table.Render(2);
  if (summary.successors() > successors.size()) {
    text += fmt::format("  and {} more\n", summary.successors() - successors.size());
  }
  text += fmt::format(
      "  {} of its {} pay somebody in these weeks, of {} who do{}; they paid {} {}\n",
      Grouped(summary.active_payers()), Count(summary.payers(), "payer"),
      Grouped(summary.population()), summary.population_truncated() ? " and were read" : "",
      Grouped(summary.examined()), summary.by_cluster() ? "clusters" : "addresses");
  text += fmt::format("  left out: {}, {}, {} of its own; already paid before: {}\n",
                      Count(summary.services(), "service"), Count(summary.hubs(), "hub"),
                      Grouped(summary.own()), Grouped(summary.already_paid()));
  if (summary.truncated()) text += "  not all was read\n";
  return text + "  " + Printable(summary.note()) + "\n";
}

}  // namespace coinwake::cli
