#include "server/summary_bounds.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/amount.h"
#include "server/bounds_answers.h"
#include "server/trace_words.h"

namespace coinwake::server {
namespace {

enum class Extent : std::uint8_t { kQuick, kFull, kNone };

void Fill(const AmountInterval& interval, v1::Interval* wire) {
  wire->set_min(ToDecimal(Uint256(interval.min)));
  wire->set_max(ToDecimal(Uint256(interval.max)));
}

// Under these the figures are others than those that the bounds are of; empty: under none.
std::string WhyNone(const v1::TraceRequest& request, bool accounts) {
  if (request.direction() == kBackward) return "bounds are of what was seeded, forward";
  if (request.fees() == "miner") return "bounds let fees end, which go on to miners here";
  if (request.competing()) return "bounds are of each label alone, and these compete";
  if (!request.min_taint().empty()) return "bounds know no least taint";
  if (request.stop_mixed()) return "bounds follow what is mixed";
  if (accounts && request.has_max_hops()) return "bounds count hops of accounts, not of units";
  return "";
}

}  // namespace

absl::StatusOr<BoundsTerms> ReadBoundsTerms(const v1::TraceRequest& request, bool accounts) {
  BoundsTerms terms;
  COINWAKE_ASSIGN_OR_RETURN(
      const Extent extent,
      Choose<Extent>(
          "extent of bounds", request.bounds(),
          {{"quick", Extent::kQuick}, {"full", Extent::kFull}, {"none", Extent::kNone}}));
  terms.full = extent == Extent::kFull;
  terms.limits.max_arcs = terms.full ? kMaxBoundsArcs : kSummaryBoundsArcs;
  terms.limits.max_steps = terms.full ? kMaxBoundsSteps : 1'000 * kSummaryBoundsArcs;
  terms.absent = extent == Extent::kNone ? "not asked for" : WhyNone(request, accounts);
  return terms;
}

SummaryBounds::SummaryBounds(const BoundsTerms& terms, const std::vector<FigureBounds>& all)
    : terms_(terms) {
  for (const FigureBounds& figures : all) {
    by_label_.resize(std::max<std::size_t>(by_label_.size(), figures.label + std::size_t{1}));
    by_label_[figures.label] = figures;
  }
}

void SummaryBounds::AddTo(std::uint32_t label, v1::Summary* summary) const {
  if (!terms_.absent.empty()) {
    summary->set_bounds_absent(terms_.absent);
    return;
  }
  const FigureBounds figures = label < by_label_.size() ? by_label_[label] : FigureBounds();
  if (!figures.known && !by_label_.empty()) {
    summary->set_bounds_absent(absl::StrCat("what the seeds reach is too large for ",
                                            terms_.full ? "exact bounds" : "quick bounds",
                                            terms_.full ? "" : "; ask for them in full"));
    return;
  }
  Fill(figures.unspent, summary->mutable_unspent_bounds());
  Fill(figures.exits, summary->mutable_exits_bounds());
  Fill(figures.sinks, summary->mutable_sinks_bounds());
}

}  // namespace coinwake::server
