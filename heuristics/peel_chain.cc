#include "heuristics/peel_chain.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "heuristics/address_use.h"
#include "heuristics/change_verdict.h"
#include "heuristics/evidence_search.h"
#include "heuristics/fingerprint.h"
#include "heuristics/payment_reader.h"

namespace coinwake {
namespace {

constexpr std::size_t kMostRemembered = std::size_t{1} << 16;  // some 2 MB

// An output that nothing rules out.
struct Contender {
  std::uint32_t vout = 0;
  bool is_fresh = false;  // its address was not paid before
  std::optional<TxNum> spender;
  bool is_spent_alike = false;  // by one party, with the same fingerprint
};

// What there is to say of where a transaction's change went.
struct Fork {
  std::vector<PeeledOutput> ruled_out;
  std::optional<std::string> paid_service;  // the first by vout
  std::vector<Contender> contenders;
  std::optional<CertainChange> certain;
};

// A hop, or why there is none.
struct Step {
  std::optional<PeelHop> hop;
  PeelStop stop = PeelStop::kNoCandidate;
  std::string reason;
  std::vector<std::uint32_t> contenders;  // the outputs that may be the change
  std::string entity;                     // of kService
};

Step Stopped(PeelStop stop, std::string reason) {
  return {std::nullopt, stop, std::move(reason), {}, {}};
}

Step StoppedAtService(std::string_view what, std::string entity) {
  Step step = Stopped(PeelStop::kService, absl::StrCat(std::string(what), ": ", entity));
  step.entity = std::move(entity);
  return step;
}

std::string FingerprintText(const Fingerprint& print) {
  constexpr std::string_view kLocktimes[] = {"zero", "near the height", "other"};
  constexpr std::string_view kSequences[] = {"final", "locktime only", "replaceable",
                                             "relative lock"};
  return absl::StrCat("version ", print.version, ", locktime ",
                      std::string(kLocktimes[static_cast<std::size_t>(print.locktime)]),
                      ", sequence ",
                      std::string(kSequences[static_cast<std::size_t>(print.sequence)]));
}

// Bit i: an input spends script type i.
std::uint32_t TypesOf(const FactsReader& reader, const TransactionFacts& facts) {
  std::uint32_t types = 0;
  for (const InputFacts& input : facts.inputs) {
    if (!input.address.has_value() || !MayBeChange(reader, {0, *input.address, input.type}))
      continue;
    types |= std::uint32_t{1} << static_cast<unsigned>(input.type);
  }
  return types;
}

class PeelSearch {
 public:
  // `limits` is borrowed.
  PeelSearch(const FactsReader& reader, const ChangeModel* model, const PeelLimits& limits,
             const Cancellation* cancellation)
      : reader_(reader),
        view_(reader.view()),
        use_(LookUpAddressUse(view_)),
        model_(model),
        budget_(limits.max_rows),
        rows_read_(limits.rows_read),
        service_of_(limits.service_of),
        cancellation_(cancellation) {}

  // kResourceExhausted: the budget is spent.
  absl::StatusOr<Step> Next(TxNum tx);
  absl::StatusOr<Step> Previous(TxNum tx);

 private:
  absl::Status TakeRows(TxNum tx);
  // nullopt where not one party made it.
  absl::StatusOr<std::optional<Fingerprint>> PrintOf(TxNum tx);
  std::optional<std::string> ServiceAt(AddressNum address) const {
    return service_of_ ? service_of_(address) : std::nullopt;
  }
  // The service that spends in `tx`. Reads no more than PrintOf() has counted.
  std::optional<std::string> ServiceThatMade(TxNum tx) const;
  absl::StatusOr<Fork> ForkOf(TxNum tx, const TransactionFacts& facts);
  absl::Status JudgeSpender(TxNum tx, OutputNum output, const OutputFacts& facts,
                            const Fingerprint& print, std::uint32_t vout, Fork* fork);
  Step Decide(TxNum tx, const TransactionFacts& facts, Fork fork) const;
  // What the model holds for change, with its score.
  std::optional<std::pair<std::uint32_t, std::int64_t>> GuessOf(TxNum tx) const;

  const FactsReader& reader_;
  const View& view_;
  const std::unique_ptr<const AddressUse> use_;
  const ChangeModel* const model_;
  RowBudget budget_;
  std::uint64_t* const rows_read_;
  const std::function<std::optional<std::string>(AddressNum)>& service_of_;
  const Cancellation* const cancellation_;
  absl::flat_hash_map<TxNum, std::optional<Fingerprint>> prints_;
};

absl::Status PeelSearch::TakeRows(TxNum tx) {
  COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
  const std::uint64_t rows = view_.Inputs(tx).size() + view_.Outputs(tx).size();
  COINWAKE_RETURN_IF_ERROR(budget_.Take(rows));
  if (rows_read_ != nullptr) *rows_read_ += rows;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Fingerprint>> PeelSearch::PrintOf(TxNum tx) {
  if (const auto known = prints_.find(tx); known != prints_.end()) return known->second;
  COINWAKE_RETURN_IF_ERROR(TakeRows(tx));
  const TransactionFacts facts = reader_.Read(tx);
  std::optional<Fingerprint> print;
  if (IsOfOneParty(facts)) print = FingerprintOf(facts);
  if (prints_.size() >= kMostRemembered) prints_.clear();
  prints_.emplace(tx, print);
  return print;
}

std::optional<std::string> PeelSearch::ServiceThatMade(TxNum tx) const {
  if (!service_of_) return std::nullopt;
  const IdRange<InputNum> inputs = view_.Inputs(tx);
  for (InputNum input = inputs.begin; input != inputs.end; ++input) {
    const InputSource source = view_.Source(input);
    if (source.is_foreign()) continue;
    std::optional<std::string> service = ServiceAt(view_.AddressOf(source.output()));
    if (service.has_value()) return service;
  }
  return std::nullopt;
}

absl::Status PeelSearch::JudgeSpender(TxNum tx, OutputNum output, const OutputFacts& facts,
                                      const Fingerprint& print, std::uint32_t vout, Fork* fork) {
  Contender contender;
  contender.vout = vout;
  contender.spender = view_.Spender(output);
  // Only in a damaged index.
  if (contender.spender.has_value() && *contender.spender <= tx) contender.spender.reset();
  if (contender.spender.has_value()) {
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<Fingerprint> theirs, PrintOf(*contender.spender));
    if (theirs.has_value() && *theirs != print) {
      fork->ruled_out.push_back({vout, PeelMark::kOtherFingerprint});
      return absl::OkStatus();
    }
    contender.is_spent_alike = theirs.has_value();
  }
  COINWAKE_RETURN_IF_ERROR(budget_.Take(1));
  contender.is_fresh = use_->IsFresh(output, facts.address);
  if (!contender.is_fresh && !contender.is_spent_alike && !fork->certain.has_value()) {
    fork->ruled_out.push_back({vout, PeelMark::kPaidBefore});
  } else {
    fork->contenders.push_back(contender);
  }
  return absl::OkStatus();
}

absl::StatusOr<Fork> PeelSearch::ForkOf(TxNum tx, const TransactionFacts& facts) {
  Fork fork;
  fork.certain = FindCertainChange(reader_, facts);
  const Fingerprint print = FingerprintOf(facts);
  const std::uint32_t types = TypesOf(reader_, facts);
  const OutputNum first = view_.Outputs(tx).begin;
  for (std::uint32_t vout = 0; vout < facts.outputs.size(); ++vout) {
    const OutputFacts& output = facts.outputs[vout];
    if (output.type == ScriptType::kNullData) continue;
    std::optional<std::string> service = ServiceAt(output.address);
    if (!MayBeChange(reader_, output)) {
      fork.ruled_out.push_back({vout, PeelMark::kNamesNobody});
    } else if (service.has_value()) {
      fork.ruled_out.push_back({vout, PeelMark::kPaysService});
      if (!fork.paid_service.has_value()) fork.paid_service = std::move(service);
    } else if (fork.certain.has_value() && fork.certain->vout != vout) {
      fork.ruled_out.push_back({vout, PeelMark::kOtherIsCertain});
    } else if ((types >> static_cast<unsigned>(output.type) & 1) == 0) {
      fork.ruled_out.push_back({vout, PeelMark::kOtherType});
    } else {
      COINWAKE_RETURN_IF_ERROR(JudgeSpender(tx, first + vout, output, print, vout, &fork));
    }
  }
  return fork;
}

std::optional<std::pair<std::uint32_t, std::int64_t>> PeelSearch::GuessOf(TxNum tx) const {
  if (model_ == nullptr || !model_->is_fitted() || !model_->standard_threshold().has_value()) {
    return std::nullopt;
  }
  const std::optional<Payment> payment = PaymentReader(reader_, *use_).Read(tx);
  if (!payment.has_value()) return std::nullopt;
  const std::optional<ChangeGuess> guess = Guess(model_->WeightsAt(view_.HeightOf(tx)), *payment);
  if (!guess.has_value() || guess->score < *model_->standard_threshold()) return std::nullopt;
  return std::pair(payment->outputs[guess->output].vout, guess->score);
}

std::vector<std::string> EvidenceFor(const TransactionFacts& facts, const Contender& change,
                                     const std::optional<CertainChange>& certain) {
  std::vector<std::string> evidence = {
      absl::StrCat("fingerprint, before and after: ", FingerprintText(FingerprintOf(facts))),
      absl::StrCat("script type, as of a coin spent: ",
                   std::string(ScriptTypeName(facts.outputs[change.vout].type)))};
  if (certain.has_value()) {
    evidence.emplace_back(certain->basis == ChangeBasis::kDirect
                              ? "direct change: pays an address of the inputs, or its key"
                              : "of a Tx0 what is neither for the pool nor the fee");
  }
  if (change.is_fresh) evidence.emplace_back("address first paid here");
  return evidence;
}

// The model knows of no services.
bool PaysService(const Fork& fork, std::uint32_t vout) {
  return std::any_of(fork.ruled_out.begin(), fork.ruled_out.end(), [vout](const PeeledOutput& one) {
    return one.vout == vout && one.mark == PeelMark::kPaysService;
  });
}

Step PeelSearch::Decide(TxNum tx, const TransactionFacts& facts, Fork fork) const {
  if (fork.contenders.empty()) {
    return fork.paid_service.has_value()
               ? StoppedAtService("a service is paid, and no other output may be the change",
                                  *std::move(fork.paid_service))
               : Stopped(PeelStop::kNoCandidate, "each output is ruled out");
  }
  if (fork.contenders.size() > 1) {
    std::vector<std::uint32_t> vouts;
    vouts.reserve(fork.contenders.size());
    for (const Contender& one : fork.contenders) vouts.push_back(one.vout);
    Step step =
        Stopped(PeelStop::kAmbiguous,
                absl::StrCat("each of outputs ", absl::StrJoin(vouts, ", "), " may be the change"));
    step.contenders = std::move(vouts);
    return step;
  }
  const Contender& change = fork.contenders.front();
  const std::string output = absl::StrCat("output ", change.vout);
  if (fork.ruled_out.empty() && !fork.certain.has_value()) {
    return Stopped(PeelStop::kNoCandidate, "its one output may as well be a payment");
  }
  if (!change.spender.has_value()) {
    return Stopped(PeelStop::kUnspent, absl::StrCat(output, " may be the change and is not spent"));
  }
  if (!change.is_spent_alike) {
    return Stopped(
        PeelStop::kMultiParty,
        absl::StrCat(output, " may be the change, and several parties may have spent it, in ",
                     view_.Txid(*change.spender).ToDisplayHex()));
  }
  if (!change.is_fresh && !fork.certain.has_value()) {
    return Stopped(PeelStop::kNoCandidate,
                   absl::StrCat(output, " pays an address that was paid before"));
  }
  PeelHop hop;
  hop.tx = tx;
  hop.next = *change.spender;
  hop.change_vout = change.vout;
  hop.evidence = EvidenceFor(facts, change, fork.certain);
  if (const auto guess = GuessOf(tx); guess.has_value()) {
    if (guess->first == change.vout) {
      hop.evidence.push_back(
          absl::StrCat("model of change: score ", guess->second, " thousandths of a nat"));
    } else if (!PaysService(fork, guess->first)) {
      return Stopped(PeelStop::kAmbiguous, absl::StrCat(output, " by its fingerprint, output ",
                                                        guess->first, " by the model of change"));
    }
  }
  hop.peeled = std::move(fork.ruled_out);
  Step step;
  step.hop = std::move(hop);
  return step;
}

absl::StatusOr<Step> PeelSearch::Next(TxNum tx) {
  COINWAKE_RETURN_IF_ERROR(TakeRows(tx));
  const TransactionFacts facts = reader_.Read(tx);
  if (facts.is_coinbase) return Stopped(PeelStop::kCoinbase, "it makes new coins");
  if (!IsOfOneParty(facts)) {
    return Stopped(PeelStop::kMultiParty, "several parties may have made it, or a mixer");
  }
  if (std::optional<std::string> service = ServiceThatMade(tx); service.has_value()) {
    return StoppedAtService("a service made it", *std::move(service));
  }
  COINWAKE_ASSIGN_OR_RETURN(Fork fork, ForkOf(tx, facts));
  return Decide(tx, facts, std::move(fork));
}

absl::StatusOr<Step> PeelSearch::Previous(TxNum tx) {
  if (view_.IsCoinbase(tx)) return Stopped(PeelStop::kCoinbase, "it makes new coins");
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Fingerprint> print, PrintOf(tx));
  if (!print.has_value()) {
    return Stopped(PeelStop::kMultiParty, "several parties may have made it, or a mixer");
  }
  if (std::optional<std::string> service = ServiceThatMade(tx); service.has_value()) {
    return StoppedAtService("a service made it", *std::move(service));
  }
  bool is_undecided = false;
  std::optional<std::string> paid_by;
  bool is_after_mix = false;
  bool is_after_unknown = false;
  bool is_all_new = true;
  std::vector<PeelHop> found;
  absl::flat_hash_set<TxNum> seen;
  const IdRange<InputNum> inputs = view_.Inputs(tx);
  for (InputNum input = inputs.begin; input != inputs.end && found.size() < 2; ++input) {
    const InputSource source = view_.Source(input);
    is_after_unknown = is_after_unknown || source.is_foreign();
    if (source.is_foreign()) continue;
    const TxNum before = view_.TransactionOf(source.output());
    if (before >= tx || !seen.insert(before).second) continue;
    if (view_.IsCoinbase(before)) continue;
    is_all_new = false;
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<Fingerprint> theirs, PrintOf(before));
    is_after_mix = is_after_mix || !theirs.has_value();
    if (theirs.has_value() && !paid_by.has_value()) paid_by = ServiceThatMade(before);
    if (theirs != print) continue;
    COINWAKE_ASSIGN_OR_RETURN(Step step, Next(before));
    if (step.hop.has_value() && step.hop->next == tx) found.push_back(*std::move(step.hop));
    const OutputNum first = view_.Outputs(before).begin;
    is_undecided = is_undecided || std::any_of(step.contenders.begin(), step.contenders.end(),
                                               [&](std::uint32_t vout) {
                                                 return view_.Spender(first + vout) == tx;
                                               });
  }
  if (found.size() == 1) {
    Step step;
    step.hop = std::move(found.front());
    return step;
  }
  if (!found.empty()) {
    return Stopped(PeelStop::kAmbiguous, "it spends the change of several transactions");
  }
  if (is_undecided) {
    return Stopped(PeelStop::kAmbiguous,
                   "it spends what may be change, as another output of that transaction may be");
  }
  if (paid_by.has_value()) {
    return StoppedAtService("a service paid what it spends", *std::move(paid_by));
  }
  if (is_after_mix) {
    return Stopped(PeelStop::kMultiParty,
                   "it spends coins that several parties may have made, or a mixer");
  }
  if (is_after_unknown) {
    return Stopped(PeelStop::kBeforeWindow, "it spends coins from before the indexed blocks");
  }
  if (is_all_new) return Stopped(PeelStop::kCoinbase, "it spends new coins");
  return Stopped(PeelStop::kNoCandidate, "no coin that it spends is the change of such a payment");
}

}  // namespace

std::string_view PeelDirectionName(PeelDirection direction) {
  return direction == PeelDirection::kForward ? "forward" : "backward";
}

std::string_view PeelStopName(PeelStop stop) {
  switch (stop) {
    case PeelStop::kNoCandidate:
      return "no_candidate";
    case PeelStop::kAmbiguous:
      return "ambiguous";
    case PeelStop::kMultiParty:
      return "multi_party";
    case PeelStop::kUnspent:
      return "unspent";
    case PeelStop::kCoinbase:
      return "coinbase";
    case PeelStop::kBeforeWindow:
      return "before_window";
    case PeelStop::kMaxHops:
      return "max_hops";
    case PeelStop::kRowLimit:
      return "row_limit";
    case PeelStop::kService:
      return "service";
  }
  return "";
}

std::string_view PeelMarkName(PeelMark mark) {
  switch (mark) {
    case PeelMark::kNamesNobody:
      return "names_nobody";
    case PeelMark::kOtherIsCertain:
      return "other_is_certain";
    case PeelMark::kOtherType:
      return "other_type";
    case PeelMark::kOtherFingerprint:
      return "other_fingerprint";
    case PeelMark::kPaidBefore:
      return "paid_before";
    case PeelMark::kPaysService:
      return "pays_service";
  }
  return "";
}

absl::StatusOr<PeelEnd> FollowPeelChain(const FactsReader& reader, const ChangeModel* model,
                                        TxNum start, PeelDirection direction,
                                        const PeelLimits& limits, const Cancellation* cancellation,
                                        const std::function<absl::Status(const PeelHop&)>& emit) {
  const bool is_forward = direction == PeelDirection::kForward;
  PeelSearch search(reader, model, limits, cancellation);
  PeelEnd end;
  for (end.tx = start; !limits.max_hops.has_value() || end.hops < *limits.max_hops; ++end.hops) {
    absl::StatusOr<Step> step = is_forward ? search.Next(end.tx) : search.Previous(end.tx);
    COINWAKE_RETURN_IF_ERROR(reader.view().damage().status());
    if (absl::IsResourceExhausted(step.status())) {
      step = Stopped(PeelStop::kRowLimit, std::string(step.status().message()));
    }
    COINWAKE_RETURN_IF_ERROR(step.status());
    if (!step->hop.has_value()) {
      end.stop = step->stop;
      end.reason = std::move(step->reason);
      end.entity = std::move(step->entity);
      return end;
    }
    COINWAKE_RETURN_IF_ERROR(emit(*step->hop));
    end.tx = is_forward ? step->hop->next : step->hop->tx;
  }
  end.stop = PeelStop::kMaxHops;
  end.reason = absl::StrCat("no more than ", *limits.max_hops, " hops were asked for");
  return end;
}

}  // namespace coinwake
