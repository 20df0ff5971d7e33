#include "cli/trace_report.h"

#include <fmt/format.h>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kNameWidth = 34;  // a base58 address in full

std::string HolderOf(const v1::Holding& holding) {
  if (holding.has_address()) return ShortName(holding.address(), kNameWidth);
  if (holding.has_key_address()) return holding.key_address();
  return holding.script_type();
}

}  // namespace

TraceReport::Part::Part()
    : holdings({{"height", Align::kRight},
                {"output"},
                {"held by"},
                {"taint BTC", Align::kRight},
                {"value BTC", Align::kRight}}) {}

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
  const std::string mark = holding.has_spent_by() ? " (spent)" : "";
  parts_[holding.label()].holdings.Add(
      {std::to_string(holding.height()),
       fmt::format("{}:{}{}", Short(holding.txid()), holding.vout(), mark), HolderOf(holding),
       Btc(holding.taint()), Btc(holding.value())});
}

void TraceReport::Add(const v1::Sink& sink) {
  parts_[sink.label()].sinks.push_back(fmt::format("{} {}", sink.kind(), Btc(sink.taint())));
}

void TraceReport::Add(const v1::Summary& summary) {
  header_ = Header(summary.snapshot());
  parts_[summary.label()].summary =
      fmt::format("seeded {} BTC: unspent {}, exits {}, sinks {}", Btc(summary.seeded()),
                  Btc(summary.unspent()), Btc(summary.exits()), Btc(summary.sinks()));
}

std::string TraceReport::Render(const std::string& policy, const std::string& fees) const {
  std::string text = fmt::format("{}policy {}, fees {}\n", header_,
                                 policy.empty() ? "fifo" : policy, fees.empty() ? "sink" : fees);
  for (const auto& [label, part] : parts_) {
    text += fmt::format("\n{}\n", label);
    text += part.holdings.empty() ? "  nothing of it is unspent\n" : part.holdings.Render(2);
    if (!part.sinks.empty()) text += fmt::format("  sinks: {}\n", fmt::join(part.sinks, ", "));
    text += fmt::format("  {}\n", part.summary);
  }
  return text;
}

}  // namespace coinwake::cli
