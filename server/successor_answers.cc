#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/timeline.pb.h"
#include "server/names.h"
#include "server/payment_field.h"
#include "server/timeline_answers.h"
#include "timeline/successor.h"
#include "timeline/week.h"

namespace coinwake::server {
namespace {

using Emit = std::function<absl::Status(const v1::SuccessorEvent&)>;

constexpr std::uint32_t kDefaultWeeks = 26;
constexpr std::uint32_t kDefaultShared = 3;
constexpr char kNote[] =
    "a lead to look into, never a link: customers in common do not show who holds an address";

// What is looked at: payments [after, end), in blocks.
struct Span {
  std::uint64_t after = 0;
  std::uint64_t end = 0;
  std::uint64_t after_height = 0;
  std::uint64_t until_height = 0;
};

// From the block of `since`, or where that is empty from the payment after the last receipt on.
absl::StatusOr<Span> SpanOf(const PaymentField& field, const v1::FindSuccessorsRequest& request,
                            const std::vector<Receipt>& receipts) {
  const Snapshot& snapshot = field.snapshot();
  Span span;
  if (!request.since().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t height, field.HeightSince(request.since()));
    span.after_height = std::max(height, snapshot.from_height);
    span.after = field.FirstNumberAt(span.after_height);
  } else if (!receipts.empty()) {
    span.after_height = receipts.back().at.height;
    span.after = receipts.back().at.number + 1;
  }
  span.until_height = snapshot.height;
  const std::uint32_t weeks = request.has_weeks() ? request.weeks() : kDefaultWeeks;
  if (weeks != 0 && span.after_height <= snapshot.height) {
    // Block times do not ascend: the last block that is not after it.
    const std::int64_t until = field.TimeOf(std::max(span.after_height, snapshot.from_height)) +
                               std::int64_t{weeks} * kSecondsInWeek;
    while (span.until_height > span.after_height && field.TimeOf(span.until_height) > until) {
      --span.until_height;
    }
  }
  span.end = field.FirstNumberAt(span.until_height + 1);
  return span;
}

void Fill(const PaymentField& field, const PaymentField::Subject& subject, const Successor& found,
          const Draw& draw, bool by_cluster, v1::Successor* wire) {
  wire->set_label(subject.label);
  wire->set_address(field.NameOf(found.node));
  wire->set_cluster_size(by_cluster ? field.ClusterSizeOf(found.node) : 1);
  field.FillMoment(found.first, wire->mutable_first());
  field.FillMoment(found.last, wire->mutable_last());
  wire->set_amount(AmountText(found.amount));
  wire->set_payers(found.drawn);
  wire->set_shared(found.shared.size());
  wire->set_expected(ExpectedText(draw));
  wire->set_chance(ProbabilityText(found.chance));
  wire->set_chance_corrected(ProbabilityText(found.corrected));
  wire->set_old_as_unlikely(found.old_as_unlikely);
  for (const SharedPayer& payer : found.shared) {
    if (static_cast<std::size_t>(wire->evidence_size()) == kMaxSuccessorEvidence) break;
    v1::SharedPayer* const one = wire->add_evidence();
    one->set_payer(field.NameOf(payer.payer));
    one->set_paid_subject(field.TxidOf(payer.paid_subject));
    one->set_paid_successor(field.TxidOf(payer.paid_successor));
  }
}

void Fill(const FoundSuccessors& found, v1::SuccessorSummary* wire) {
  wire->set_payers(found.payers);
  wire->set_active_payers(found.marked);
  wire->set_population(found.population);
  wire->set_population_truncated(found.is_population_cut);
  wire->set_examined(found.examined);
  wire->set_already_paid(found.old);
  wire->set_hubs(found.hubs);
  wire->set_services(found.services);
  wire->set_own(found.own);
  wire->set_successors(found.successors.size());
  wire->set_truncated(wire->truncated() || found.is_cut);
}

v1::SuccessorSummary SummaryOf(const PaymentField& field, const PaymentField::Subject& subject,
                               const std::vector<Receipt>& receipts, const Span& span) {
  v1::SuccessorSummary wire;
  field.FillSnapshot(wire.mutable_snapshot());
  wire.set_label(subject.label);
  for (const std::string& name : subject.names) wire.add_addresses(name);
  for (const std::string& name : subject.unseen) wire.add_unseen(name);
  wire.set_asset(field.asset());
  wire.set_rule_version(kSuccessorRulesVersion);
  wire.set_after_height(span.after_height);
  wire.set_until_height(span.until_height);
  const auto later = std::find_if(receipts.begin(), receipts.end(), [&](const Receipt& receipt) {
    return receipt.at.number >= span.after;
  });
  wire.set_has_later_receipts(later != receipts.end());
  if (later != receipts.begin()) {
    field.FillMoment((later - 1)->at, wire.mutable_quiet_since());
  }
  wire.set_note(kNote);
  return wire;
}

absl::Status AnswerSubject(const PaymentField& field, const PaymentField::Subject& subject,
                           const v1::FindSuccessorsRequest& request, std::uint32_t least_shared,
                           const Cancellation* cancellation, const Emit& emit) {
  COINWAKE_ASSIGN_OR_RETURN(
      const Receipts receipts,
      ReadReceipts(field.sources(), subject.addresses, ReceiptLimits(), cancellation));
  COINWAKE_ASSIGN_OR_RETURN(const Span span, SpanOf(field, request, receipts.all));
  v1::SuccessorEvent last;
  v1::SuccessorSummary* const summary = last.mutable_summary();
  *summary = SummaryOf(field, subject, receipts.all, span);
  summary->set_least_shared(least_shared);
  summary->set_by_cluster(request.by_cluster());
  summary->set_truncated(receipts.is_cut);
  if (summary->has_quiet_since()) {
    const SuccessorSearch search{
        .sources = field.sources(),
        .by_entity = request.by_cluster(),
        .is_service = [&field](AddressNum node) { return field.IsService(node); },
        .subject = subject.addresses,
        .after = span.after,
        .end = span.end,
        .least_shared = least_shared,
        .limits = {},
        .cancellation = cancellation};
    COINWAKE_ASSIGN_OR_RETURN(const FoundSuccessors found, FindSuccessors(search, receipts.all));
    Fill(found, summary);
    for (std::size_t i = 0; i < std::min(found.successors.size(), kMaxSuccessors); ++i) {
      const Successor& one = found.successors[i];
      v1::SuccessorEvent event;
      Fill(field, subject, one, {found.population, found.marked, one.drawn}, request.by_cluster(),
           event.mutable_successor());
      COINWAKE_RETURN_IF_ERROR(field.damage().status());
      COINWAKE_RETURN_IF_ERROR(emit(event));
    }
  }
  COINWAKE_RETURN_IF_ERROR(field.damage().status());
  return emit(last);
}

}  // namespace

absl::Status AnswerSuccessors(OpenNetwork& open, const v1::FindSuccessorsRequest& request,
                              const Cancellation* cancellation, const Emit& emit,
                              const std::function<void(const std::string&)>& warn) {
  if (request.subjects().empty()) {
    return absl::InvalidArgumentError("successors need at least one address");
  }
  const std::uint32_t least_shared =
      request.has_least_shared() ? request.least_shared() : kDefaultShared;
  if (least_shared == 0) {
    return absl::InvalidArgumentError("a successor shares at least one payer");
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<PaymentField> field,
                            PaymentField::Open(open, PaymentField::Services::kKnown, cancellation));
  COINWAKE_RETURN_IF_ERROR(field->Follow(request.asset()));
  for (const v1::TimelineSubject& one : request.subjects()) {
    COINWAKE_ASSIGN_OR_RETURN(const PaymentField::Subject subject, field->Find(one));
    if (warn) {
      for (const std::string& name : subject.unseen) warn(field->NeverSeen(name));
    }
    COINWAKE_RETURN_IF_ERROR(
        AnswerSubject(*field, subject, request, least_shared, cancellation, emit));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
