#include "server/hint_answers.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/hints.pb.h"
#include "hints/hint.h"
#include "hints/service_movements.h"
#include "indexer/base/amount.h"
#include "server/hint_rates.h"
#include "server/hint_side.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/trace_words.h"

namespace coinwake::server {
namespace {

using Emit = std::function<absl::Status(const v1::HintEvent&)>;

constexpr std::uint32_t kPermille = 1'000;

absl::StatusOr<Uint128> ParseAmount(std::string_view what, const std::string& text) {
  if (text.empty()) return Uint128{0};
  const std::optional<Uint128> amount = ParseUnits(text);
  if (amount.has_value() && *amount <= kMaxFlowAmount) return *amount;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", Excerpt(text), "\" is no ", std::string(what), " in whole base units"));
}

absl::StatusOr<int> DecimalsOf(const HintSide& side, std::optional<std::uint32_t> asked,
                               std::string_view option) {
  const std::optional<int> known = side.known_decimals();
  if (!asked.has_value()) {
    if (known.has_value()) return *known;
    return absl::InvalidArgumentError(absl::StrCat("the decimals of ", side.asset(),
                                                   " are not known to the index; ",
                                                   std::string(option), " has to tell them"));
  }
  if (*asked > kMostDecimals || (known.has_value() && static_cast<int>(*asked) != *known)) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(option), ": ", side.asset(), " has not ", *asked, " decimals; ",
                     known.has_value() ? absl::StrCat("it has ", *known)
                                       : absl::StrCat("at most ", kMostDecimals, " are possible")));
  }
  return static_cast<int>(*asked);
}

absl::StatusOr<HintParameters> ParametersOf(const v1::FindHintsRequest& request, const HintSide& in,
                                            const HintSide& out) {
  HintParameters parameters;
  if (request.has_window_s()) parameters.window_s = request.window_s();
  if (parameters.window_s == 0 || parameters.window_s > kLongestHintWindow) {
    return absl::InvalidArgumentError(absl::StrCat("a window of ", parameters.window_s,
                                                   " seconds: it can have from 1 to ",
                                                   kLongestHintWindow));
  }
  PayoutTerms& terms = parameters.terms;
  if (request.has_fee_min_permille()) terms.fee_min_permille = request.fee_min_permille();
  if (request.has_fee_max_permille()) terms.fee_max_permille = request.fee_max_permille();
  if (terms.fee_min_permille > terms.fee_max_permille || terms.fee_max_permille > kPermille) {
    return absl::InvalidArgumentError(
        absl::StrCat("fees from ", terms.fee_min_permille, " to ", terms.fee_max_permille,
                     " permille: they have to ascend, to at most ", kPermille));
  }
  COINWAKE_ASSIGN_OR_RETURN(terms.flat_fee, ParseAmount("flat fee", request.flat_fee()));
  COINWAKE_ASSIGN_OR_RETURN(terms.tolerance, ParseAmount("tolerance", request.tolerance()));
  terms.is_base_deposited = in.base_rank() >= out.base_rank();
  const auto given = [](bool has, std::uint32_t decimals) {
    return has ? std::optional(decimals) : std::nullopt;
  };
  COINWAKE_ASSIGN_OR_RETURN(
      terms.decimals_in,
      DecimalsOf(in, given(request.has_decimals_in(), request.decimals_in()), "decimals_in"));
  COINWAKE_ASSIGN_OR_RETURN(
      terms.decimals_out,
      DecimalsOf(out, given(request.has_decimals_out(), request.decimals_out()), "decimals_out"));
  return parameters;
}

absl::Status CheckRequest(const v1::FindHintsRequest& request) {
  if (request.subjects().empty()) {
    return absl::InvalidArgumentError("hints need at least one address or transaction");
  }
  if (request.service().empty() && request.service_addresses().empty()) {
    return absl::InvalidArgumentError("hints need a service: its name, or addresses of it");
  }
  for (const v1::HintSubject& subject : request.subjects()) {
    COINWAKE_RETURN_IF_ERROR(CheckLabel(subject.label()));
  }
  return CheckLabel(request.service());
}

// All that a question is about.
struct Question {
  std::unique_ptr<HintSide> in;
  std::unique_ptr<HintSide> out;
  ServiceAddresses service_in{{}};
  ServiceAddresses service_out{{}};
  HintParameters parameters;
  bool is_forward = true;
};

absl::Status FindServiceOn(const v1::FindHintsRequest& request, const HintSide& side,
                           const MovementBudget& budget, const Cancellation* cancellation,
                           ServiceAddresses* service) {
  const std::vector<std::string> listed(request.service_addresses().begin(),
                                        request.service_addresses().end());
  COINWAKE_ASSIGN_OR_RETURN(*service,
                            side.FindService(request.service(), listed, budget, cancellation));
  if (!service->all().empty()) return absl::OkStatus();
  const std::string network(NetworkName(side.network()));
  return absl::NotFoundError(
      request.service().empty()
          ? absl::StrCat("none of the service's addresses was seen on ", network)
          : absl::StrCat("no label names an address on ", network, " as of the service \"",
                         Excerpt(request.service()), "\", and none that was given was seen there"));
}

absl::StatusOr<Question> Prepare(const IndexSet& indexes, const v1::FindHintsRequest& request,
                                 const MovementBudget& budget, const Cancellation* cancellation) {
  COINWAKE_RETURN_IF_ERROR(CheckRequest(request));
  Question question;
  COINWAKE_ASSIGN_OR_RETURN(
      question.is_forward,
      Choose<bool>("direction", request.direction(), {{kForward, true}, {kBackward, false}}));
  COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const in,
                            ChooseForAsset(indexes, request.asset_in(), request.network_in()));
  COINWAKE_ASSIGN_OR_RETURN(OpenNetwork* const out,
                            ChooseForAsset(indexes, request.asset_out(), request.network_out()));
  COINWAKE_ASSIGN_OR_RETURN(question.in, HintSide::Make(*in, request.asset_in()));
  COINWAKE_ASSIGN_OR_RETURN(question.out, HintSide::Make(*out, request.asset_out()));
  if (in == out && question.in->asset() == question.out->asset()) {
    return absl::InvalidArgumentError(
        "what is deposited and what is withdrawn are the same asset on the same network");
  }
  COINWAKE_ASSIGN_OR_RETURN(question.parameters,
                            ParametersOf(request, *question.in, *question.out));
  for (const std::string& address : request.service_addresses()) {
    if (CanNameAddress(address, question.in->network()) ||
        CanNameAddress(address, question.out->network())) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("\"", Excerpt(address), "\" is no address of either network"));
  }
  COINWAKE_RETURN_IF_ERROR(
      FindServiceOn(request, *question.in, budget, cancellation, &question.service_in));
  COINWAKE_RETURN_IF_ERROR(
      FindServiceOn(request, *question.out, budget, cancellation, &question.service_out));
  return question;
}

// What one label asks about.
struct Asked {
  std::vector<ServiceMovement> movements;  // IsBefore, each once
  std::vector<std::string> warnings;

  // Around which times deposits, and withdrawals, are looked at.
  TimeSpans Near(std::int64_t window_s) const {
    return Around(kReachedWindows * window_s, kReachedWindows * window_s);
  }
  // A hint's deposit is at most a window before its withdrawal.
  TimeSpans Wide(std::int64_t window_s) const {
    return Around(kHintHorizon + window_s, kHintHorizon);
  }

 private:
  TimeSpans Around(std::int64_t before, std::int64_t after) const {
    TimeSpans spans;
    for (const ServiceMovement& one : movements) {
      spans.emplace_back(one.at.time - before, one.at.time + after);
    }
    return Merged(std::move(spans));
  }
};
using AskedByLabel = std::map<std::string, Asked>;

absl::Status ReadSubject(const Question& question, const v1::HintSubject& subject,
                         MovementBudget* budget, const Cancellation* cancellation, Asked* asked) {
  HintSide& side = question.is_forward ? *question.in : *question.out;
  const ServiceAddresses& service =
      question.is_forward ? question.service_in : question.service_out;
  ServiceMovements found;
  bool is_seen = false;
  if (subject.has_txid()) {
    COINWAKE_ASSIGN_OR_RETURN(const auto numbers, side.FindPayments(subject.txid()));
    is_seen = numbers.has_value();
    if (is_seen) {
      COINWAKE_ASSIGN_OR_RETURN(
          found, ReadMovementsAt(side.source(), service, *numbers, budget, cancellation));
    }
  } else {
    COINWAKE_ASSIGN_OR_RETURN(const auto address, side.FindAddress(subject.address()));
    is_seen = address.has_value();
    if (is_seen) {
      COINWAKE_ASSIGN_OR_RETURN(
          found, ReadMovementsOf(side.source(), service, *address, budget, cancellation));
    }
  }
  if (!is_seen) {
    asked->warnings.push_back(absl::StrCat(
        Excerpt(subject.has_txid() ? subject.txid() : subject.address()), " was never seen on ",
        std::string(NetworkName(side.network())), " up to height ", side.open().snapshot().height));
  }
  std::vector<ServiceMovement>& movements =
      question.is_forward ? found.deposits : found.withdrawals;
  asked->movements.insert(asked->movements.end(), movements.begin(), movements.end());
  return absl::OkStatus();
}

absl::StatusOr<AskedByLabel> ReadAsked(const Question& question,
                                       const v1::FindHintsRequest& request, MovementBudget* budget,
                                       const Cancellation* cancellation) {
  AskedByLabel by_label;
  for (const v1::HintSubject& subject : request.subjects()) {
    const std::string& itself = subject.has_txid() ? subject.txid() : subject.address();
    Asked& asked = by_label[subject.label().empty() ? itself : subject.label()];
    COINWAKE_RETURN_IF_ERROR(ReadSubject(question, subject, budget, cancellation, &asked));
  }
  for (auto& [label, asked] : by_label) {
    std::vector<ServiceMovement>& movements = asked.movements;
    std::sort(movements.begin(), movements.end(), IsBefore);
    movements.erase(std::unique(movements.begin(), movements.end()), movements.end());
    for (const HintSide* const side : {question.in.get(), question.out.get()}) {
      std::string warning = side->Warning();
      if (!warning.empty()) asked.warnings.push_back(std::move(warning));
      if (question.in->network() == question.out->network()) break;
    }
  }
  return by_label;
}

class Answerer {
 public:
  Answerer(const Question& question, const v1::FindHintsRequest& request, const RatePath& rates,
           ServiceMovements deposits, ServiceMovements withdrawals)
      : question_(question),
        request_(request),
        passed_over_in_(std::move(deposits.passed_over)),
        passed_over_out_(std::move(withdrawals.passed_over)),
        deposits_(std::move(deposits.deposits)),
        withdrawals_(std::move(withdrawals.withdrawals)),
        fits_(deposits_, withdrawals_, rates, question.parameters),
        search_(fits_, question.in->source().known(), question.out->source().known()) {}

  absl::Status Answer(const AskedByLabel& by_label, const Cancellation* cancellation,
                      const Emit& emit) {
    std::vector<v1::HintEvent> summaries;
    for (const auto& [label, asked] : by_label) {
      COINWAKE_RETURN_IF_ERROR(AnswerLabel(label, asked, cancellation, emit,
                                           summaries.emplace_back().mutable_summary()));
    }
    for (const v1::HintEvent& summary : summaries) COINWAKE_RETURN_IF_ERROR(emit(summary));
    return absl::OkStatus();
  }

 private:
  // kDataLoss: it is not where it was read before.
  absl::StatusOr<std::uint32_t> PositionOf(const ServiceMovement& movement) const {
    const std::vector<ServiceMovement>& movements = question_.is_forward ? deposits_ : withdrawals_;
    const auto place = std::lower_bound(movements.begin(), movements.end(), movement, IsBefore);
    if (place == movements.end() || !(*place == movement)) {
      return absl::DataLossError("a payment of the service is not among all of its payments");
    }
    return static_cast<std::uint32_t>(place - movements.begin());
  }

  absl::Status AnswerLabel(const std::string& label, const Asked& asked,
                           const Cancellation* cancellation, const Emit& emit,
                           v1::HintSummary* summary) {
    std::array<std::uint64_t, kHintVerdicts> counts{};
    Positions positions;
    for (const ServiceMovement& movement : asked.movements) {
      COINWAKE_ASSIGN_OR_RETURN(const std::uint32_t position, PositionOf(movement));
      positions.push_back(position);
    }
    std::vector<Hint> merges;  // told already, by another of their deposits
    for (const std::uint32_t position : positions) {
      COINWAKE_ASSIGN_OR_RETURN(HintAnswer answer,
                                question_.is_forward
                                    ? search_.AskDeposit(position, positions, cancellation)
                                    : search_.AskWithdrawal(position, cancellation));
      ++counts[static_cast<std::size_t>(answer.verdict)];
      if (answer.has_untried_parts) summary->set_parts_untried(summary->parts_untried() + 1);
      if (!answer.hint.has_value() ||
          std::find(merges.begin(), merges.end(), *answer.hint) != merges.end()) {
        continue;
      }
      if (answer.hint->shape == HintShape::kMerge) merges.push_back(*answer.hint);
      summary->set_hints(summary->hints() + 1);
      v1::HintEvent event;
      FillHint(label, *answer.hint, event.mutable_hint());
      COINWAKE_RETURN_IF_ERROR(CheckDamage());
      COINWAKE_RETURN_IF_ERROR(emit(event));
    }
    FillSummary(label, asked, counts, summary);
    return CheckDamage();
  }

  absl::Status CheckDamage() const {
    COINWAKE_RETURN_IF_ERROR(question_.in->open().damage().status());
    return question_.out->open().damage().status();
  }

  void FillHint(const std::string& label, const Hint& hint, v1::CrossChainHint* wire) const {
    question_.in->FillSnapshot(wire->mutable_snapshot_in());
    question_.out->FillSnapshot(wire->mutable_snapshot_out());
    wire->set_label(label);
    wire->set_standing("lead");
    wire->set_rule_version(kHintRulesVersion);
    wire->set_service(request_.service());
    wire->set_threshold(hint.is_strict ? "strict" : "lead");
    wire->set_basis(hint.is_alone ? "unique" : "assignment");
    wire->set_shape(std::string(HintShapeName(hint.shape)));
    // In order of time until here.
    const auto fill = [](const HintSide& side, const std::vector<ServiceMovement>& movements,
                         Positions positions, bool is_deposit, auto* wires) {
      std::sort(positions.begin(), positions.end(), [&](std::uint32_t a, std::uint32_t b) {
        return movements[a].at.number != movements[b].at.number
                   ? movements[a].at.number < movements[b].at.number
                   : a < b;
      });
      for (const std::uint32_t position : positions) {
        side.FillMovement(movements[position], is_deposit, wires->Add());
      }
    };
    fill(*question_.in, deposits_, hint.deposits, /*is_deposit=*/true, wire->mutable_deposits());
    fill(*question_.out, withdrawals_, hint.withdrawals, /*is_deposit=*/false,
         wire->mutable_withdrawals());
    wire->set_waited_s(withdrawals_[hint.withdrawals.back()].at.time -
                       deposits_[hint.deposits.front()].at.time);
    FillTests(hint, wire);
  }

  static void FillTests(const Hint& hint, v1::CrossChainHint* wire) {
    wire->set_payout_low(ToDecimal(Uint256(hint.payout.low)));
    wire->set_payout_high(ToDecimal(Uint256(hint.payout.high)));
    wire->set_price_low(PriceText(hint.prices.low));
    wire->set_price_high(PriceText(hint.prices.high));
    wire->set_candidates(hint.candidates);
    wire->set_competitors(hint.competitors);
    wire->set_windows(hint.chance.windows);
    wire->set_windows_hits(hint.chance.hits);
    wire->set_subsets(hint.chance.subsets);
    wire->set_expected(ChanceText(hint.chance));
    wire->set_confidence(ConfidenceText(hint.chance, kHintPriorPermille));
    static_assert(kHintPriorPermille == 500);
    wire->set_prior("0.5");
    wire->set_significant_digits(static_cast<std::uint32_t>(hint.digits));
    wire->set_as_round(hint.as_round);
    wire->set_withdrawals_around(hint.withdrawals_around);
  }

  void FillSummary(const std::string& label, const Asked& asked,
                   const std::array<std::uint64_t, kHintVerdicts>& counts,
                   v1::HintSummary* wire) const {
    question_.in->FillSnapshot(wire->mutable_snapshot_in());
    question_.out->FillSnapshot(wire->mutable_snapshot_out());
    wire->set_label(label);
    wire->set_service(request_.service());
    wire->set_direction(question_.is_forward ? kForward : kBackward);
    wire->set_asset_in(question_.in->asset());
    wire->set_asset_out(question_.out->asset());
    wire->set_addresses_in(question_.service_in.all().size());
    wire->set_addresses_out(question_.service_out.all().size());
    wire->set_asked(asked.movements.size());
    for (std::size_t i = 0; i < kHintVerdicts; ++i) {
      v1::HintCount* const count = wire->add_verdicts();
      count->set_verdict(std::string(HintVerdictName(static_cast<HintVerdict>(i))));
      count->set_count(counts[i]);
    }
    const auto passed_over = [](const std::vector<std::int64_t>& times, const TimeSpans& spans) {
      return static_cast<std::uint64_t>(
          std::count_if(times.begin(), times.end(),
                        [&spans](std::int64_t time) { return IsWithin(spans, time); }));
    };
    const std::int64_t window = question_.parameters.window_s;
    wire->set_passed_over(passed_over(passed_over_in_, asked.Near(window)) +
                          passed_over(passed_over_out_, asked.Wide(window)));
    for (const std::string& warning : asked.warnings) wire->add_warnings(warning);
  }

  const Question& question_;
  const v1::FindHintsRequest& request_;
  const std::vector<std::int64_t> passed_over_in_;
  const std::vector<std::int64_t> passed_over_out_;
  const std::vector<ServiceMovement> deposits_;
  const std::vector<ServiceMovement> withdrawals_;
  const Fits fits_;
  const HintSearch search_;
};

}  // namespace

absl::Status AnswerHints(const IndexSet& indexes, const v1::FindHintsRequest& request,
                         std::uint64_t max_rows, const Cancellation* cancellation,
                         const Emit& emit) {
  MovementBudget budget(max_rows == 0 ? std::numeric_limits<std::uint64_t>::max() : max_rows);
  COINWAKE_ASSIGN_OR_RETURN(const RatePath rates, RatesOf(request));
  COINWAKE_ASSIGN_OR_RETURN(const Question question,
                            Prepare(indexes, request, budget, cancellation));
  COINWAKE_ASSIGN_OR_RETURN(const AskedByLabel by_label,
                            ReadAsked(question, request, &budget, cancellation));
  const std::int64_t window = question.parameters.window_s;
  TimeSpans near;
  TimeSpans wide;
  for (const auto& [label, asked] : by_label) {
    const TimeSpans of_deposits = asked.Near(window);
    const TimeSpans of_withdrawals = asked.Wide(window);
    near.insert(near.end(), of_deposits.begin(), of_deposits.end());
    wide.insert(wide.end(), of_withdrawals.begin(), of_withdrawals.end());
  }
  COINWAKE_ASSIGN_OR_RETURN(ServiceMovements deposits,
                            ReadServiceMovements(question.in->source(), question.service_in,
                                                 Merged(std::move(near)), &budget, cancellation));
  COINWAKE_ASSIGN_OR_RETURN(ServiceMovements withdrawals,
                            ReadServiceMovements(question.out->source(), question.service_out,
                                                 Merged(std::move(wide)), &budget, cancellation));
  return Answerer(question, request, rates, std::move(deposits), std::move(withdrawals))
      .Answer(by_label, cancellation, emit);
}

}  // namespace coinwake::server
