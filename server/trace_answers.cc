#include "server/trace_answers.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/bitcoin/address.h"
#include "server/block_header.h"
#include "server/convert.h"
#include "server/names.h"
#include "server/trace_words.h"
#include "tracer/label_ranking.h"
#include "tracer/source.h"

namespace coinwake::server {
namespace {

// Writes a trace's parts as events, one message reused for all of a kind.
class EventWriter : public TraceReceiver {
 public:
  EventWriter(const View& view, const PreparedTrace& trace, const std::vector<FigureBounds>& bounds,
              const std::function<absl::Status(const v1::TraceEvent&)>& emit)
      : view_(view),
        trace_(trace),
        warnings_(trace.warnings),
        bounds_(trace.bounds, bounds),
        emit_(emit) {}

  absl::Status OnHolding(const Holding& holding) override {
    const TxNum tx = view_.TransactionOf(holding.output);
    const BlockInfo block = view_.Block(view_.HeightOf(tx));
    event_.Clear();
    v1::Holding* wire = event_.mutable_holding();
    wire->set_label(LabelText(holding.label));
    wire->set_txid(view_.Txid(tx).ToDisplayHex());
    wire->set_vout(static_cast<std::uint32_t>(holding.output - view_.Outputs(tx).begin));
    FillPayee(holding.output, wire);
    wire->set_height(block.height);
    wire->set_time(block.time);
    wire->set_value(Amount(view_.Value(holding.output)));
    wire->set_taint(holding.taint.ToString());
    for (const Run& run : holding.runs) {
      v1::Run* to = wire->add_runs();
      to->set_length(Amount(run.length));
      if (run.label != kCleanLabel) to->set_label(LabelText(run.label));
    }
    if (holding.spent_by.has_value()) FillSpentBy(view_, holding.output, wire);
    return Send();
  }

  absl::Status OnSink(const Sink& sink) override {
    event_.Clear();
    v1::Sink* wire = event_.mutable_sink();
    wire->set_label(LabelText(sink.label));
    wire->set_kind(std::string(SinkKindName(sink.kind)));
    if (sink.entity.has_value()) wire->set_entity(trace_.stops->EntityName(*sink.entity));
    wire->set_taint(sink.taint.ToString());
    return Send();
  }

  absl::Status OnSummary(const Summary& summary) override {
    event_.Clear();
    v1::Summary* wire = event_.mutable_summary();
    FillSnapshot(view_.snapshot(), wire->mutable_snapshot());
    wire->set_label(LabelText(summary.label));
    wire->set_seeded(summary.seeded.ToString());
    wire->set_unspent(summary.unspent.ToString());
    wire->set_exits(summary.exits.ToString());
    wire->set_sinks(summary.sinks.ToString());
    wire->set_holdings(summary.holdings);
    if (summary.cut_holdings != 0) {
      wire->set_cut_holdings(summary.cut_holdings);
      wire->set_cut_taint(summary.cut_taint.ToString());
    }
    wire->set_direction(trace_.backward ? kBackward : kForward);
    warnings_.AddTo(summary.label, wire);
    bounds_.AddTo(summary.label, wire);
    return Send();
  }

 private:
  const std::string& LabelText(std::uint32_t label) const { return trace_.request.labels[label]; }

  void FillPayee(OutputNum output, v1::Holding* wire) const {
    const AddressNum address = view_.AddressOf(output);
    FillScript(view_.Script(address), view_.TypeOf(address), view_.snapshot().network, wire);
  }

  absl::Status Send() {
    COINWAKE_RETURN_IF_ERROR(view_.damage().status());
    return emit_(event_);
  }

  const View& view_;
  const PreparedTrace& trace_;
  const WarningsByLabel warnings_;
  const SummaryBounds bounds_;
  const std::function<absl::Status(const v1::TraceEvent&)>& emit_;
  v1::TraceEvent event_;
};

// Summaries of labels whose seeds received nothing at all, in byte order.
absl::Status SendZeros(const TraceRequest& request, TraceReceiver& receiver) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(request.labels));
  for (const std::uint32_t label : ranking) {
    Summary summary;
    summary.label = label;
    COINWAKE_RETURN_IF_ERROR(receiver.OnSummary(summary));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AnswerTrace(const View& view, const PreparedTrace& trace, const TraceLimits& limits,
                         const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::TraceEvent&)>& emit) {
  if (trace.request.seeds.empty()) {
    EventWriter writer(view, trace, {}, emit);
    return SendZeros(trace.request, writer);
  }
  std::vector<FigureBounds> bounds;
  if (trace.bounds.absent.empty()) {
    COINWAKE_ASSIGN_OR_RETURN(
        bounds, FindFigureBounds(view, trace.request, trace.bounds.limits, cancellation));
  }
  EventWriter writer(view, trace, bounds, emit);
  const auto run = trace.backward ? RunSourceTrace : RunTrace;
  TraceLimits own_limits = limits;
  own_limits.max_holdings = trace.max_holdings;
  COINWAKE_RETURN_IF_ERROR(run(view, trace.request, own_limits, cancellation, writer).status());
  return view.damage().status();
}

}  // namespace coinwake::server
