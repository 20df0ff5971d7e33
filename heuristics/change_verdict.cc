#include "heuristics/change_verdict.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "heuristics/address_use.h"
#include "heuristics/change_rules.h"
#include "heuristics/cluster.h"
#include "heuristics/co_spend.h"
#include "heuristics/coinjoin.h"
#include "heuristics/evidence_search.h"
#include "heuristics/payers.h"
#include "heuristics/payment_reader.h"

namespace coinwake {
namespace {

// "0.950" of 950.
std::string ShareText(std::uint32_t permille) {
  return absl::StrCat(permille / 1000, ".", absl::Dec(permille % 1000, absl::kZeroPad3));
}

bool IsSignedForAnyone(const TransactionFacts& facts) {
  return std::any_of(facts.inputs.begin(), facts.inputs.end(),
                     [](const InputFacts& input) { return input.flags.anyone_can_pay; });
}

// By vout: those that pay an address of the inputs, or another of its key.
std::vector<std::uint32_t> DirectOutputs(const FactsReader& reader, const TransactionFacts& facts) {
  const Payers payers(reader.view(), facts);
  std::vector<std::uint32_t> direct;
  for (std::uint32_t vout = 0; vout < facts.outputs.size(); ++vout) {
    const OutputFacts& output = facts.outputs[vout];
    if (MayBeChange(reader, output) && payers.Have(output.address)) direct.push_back(vout);
  }
  return direct;
}

void Hold(std::uint32_t vout, ChangeBasis basis, std::uint32_t confidence_permille,
          const std::string& because, ChangeVerdict* verdict) {
  verdict->vout = vout;
  verdict->basis = basis;
  verdict->confidence_permille = confidence_permille;
  verdict->reasons.push_back(absl::StrCat("change: output ", vout, ", ", because, "; confidence ",
                                          ShareText(confidence_permille)));
}

// What is the payer's by later spending and by keys, as far as the search came.
struct PayersOutputs {
  bool is_whole = true;
  std::vector<std::size_t> outputs;  // positions in Payment::outputs
  EvidenceSearch::Step first_step;   // what showed the first of them
};

absl::StatusOr<PayersOutputs> FindPayersOutputs(const FactsReader& reader, const Payment& payment,
                                                std::uint64_t max_rows) {
  PayersOutputs found;
  EvidenceSearch search(reader, /*change=*/nullptr, payment.payer);
  RowBudget budget(max_rows);
  while (!search.frontier().empty()) {
    absl::Status advanced = search.Advance(&budget);
    if (advanced.ok()) continue;
    if (!absl::IsResourceExhausted(advanced)) return advanced;
    found.is_whole = false;
    return found;
  }
  for (std::size_t i = 0; i < payment.outputs.size(); ++i) {
    if (!search.Reached(payment.outputs[i].address)) continue;
    if (found.outputs.empty()) found.first_step = search.StepTo(payment.outputs[i].address);
    found.outputs.push_back(i);
  }
  return found;
}

std::string SpendText(const View& view, TxNum tx, const EvidenceSearch::Step& step) {
  if (step.rule == Rule::kSameKey) return "whose key is that of a coin of the payer's";
  const std::string txid = view.Txid(step.tx).ToDisplayHex();
  return step.tx > tx
             ? absl::StrCat("which later spending showed: beside other coins of the payer in ",
                            txid)
             : absl::StrCat("whose address was spent beside other coins of the payer in ", txid);
}

// The rules that voted for an output, of those that are combined.
std::string VotersOf(const Payment& payment, std::size_t output) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kChangeRulesCount; ++i) {
    const auto rule = static_cast<ChangeRule>(i);
    if (FamilyOf(rule) == ChangeFamily::kNone) continue;
    if ((VoteOn(rule, payment).candidates >> output & 1) == 0) continue;
    names.emplace_back(ChangeRuleName(rule));
  }
  return names.empty() ? "other wallets spend all others" : absl::StrJoin(names, ", ");
}

void HoldGuess(const ChangeModel& model, std::uint64_t height, const Payment& payment,
               ChangeVerdict* verdict) {
  if (!model.is_fitted() || !model.standard_threshold().has_value()) return;
  const std::optional<ChangeGuess> guess = Guess(model.WeightsAt(height), payment);
  if (!guess.has_value() || guess->score < *model.standard_threshold()) return;
  Hold(payment.outputs[guess->output].vout, ChangeBasis::kModel,
       model.ConfidencePermille(guess->score),
       absl::StrCat("a guess of the model fitted from this chain, score ", guess->score,
                    " thousandths of a nat, by ", VotersOf(payment, guess->output)),
       verdict);
}

// 2. and 3.
absl::Status JudgePayment(const FactsReader& reader, TxNum tx, const ChangeModel* model,
                          std::uint64_t max_rows, ChangeVerdict* verdict) {
  const View& view = reader.view();
  const std::unique_ptr<const AddressUse> use = LookUpAddressUse(view);
  const std::optional<Payment> payment = PaymentReader(reader, *use).Read(tx);
  if (!payment.has_value()) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(const PayersOutputs payers,
                            FindPayersOutputs(reader, *payment, max_rows));
  if (payers.outputs.size() == 1) {
    Hold(payment->outputs[payers.outputs.front()].vout, ChangeBasis::kSpends,
         kCoSpendConfidencePermille, SpendText(view, tx, payers.first_step), verdict);
  } else if (payers.outputs.size() > 1) {
    verdict->reasons.push_back(
        absl::StrCat("change: ", payers.outputs.size(),
                     " outputs are the payer's, as later spending or keys show: not just one"));
  } else {
    if (!payers.is_whole) {
      verdict->reasons.push_back(
          absl::StrCat("change: whether later spending shows it is not known: the payer's cluster "
                       "has more than ",
                       max_rows, " inputs and outputs"));
    }
    if (model != nullptr) HoldGuess(*model, view.HeightOf(tx), *payment, verdict);
  }
  return absl::OkStatus();
}

}  // namespace

bool MayBeChange(const FactsReader& reader, const OutputFacts& output) {
  return NamesSomebody(output.type) && !reader.IsShared(output.address);
}

bool IsOfOneParty(const TransactionFacts& facts) {
  return !facts.is_coinbase && !IsSignedForAnyone(facts) &&
         !JudgeMix(facts, nullptr).may_have_parties() && ChipValue(facts) == 0;
}

std::optional<std::uint32_t> PremixChange(const TransactionFacts& facts) {
  const std::optional<Premix> premix = FindPremix(facts);
  if (!premix.has_value()) return std::nullopt;
  const auto pool = std::find_if(
      std::begin(kWhirlpoolPools), std::end(kWhirlpoolPools),
      [&](const WhirlpoolPool& one) { return one.denomination == premix->denomination; });
  std::vector<std::uint32_t> others;
  std::size_t fees = 0;  // as FindPremix knows them
  for (std::uint32_t vout = 0; vout < facts.outputs.size(); ++vout) {
    const OutputFacts& output = facts.outputs[vout];
    if (output.type == ScriptType::kNullData || output.value == premix->value) continue;
    if (output.value * 2 >= pool->fee && output.value <= pool->fee * 3) {
      ++fees;
    } else {
      others.push_back(vout);
    }
  }
  if (fees != 1 || others.size() != 1) return std::nullopt;
  return others.front();
}

std::optional<CertainChange> FindCertainChange(const FactsReader& reader,
                                               const TransactionFacts& facts) {
  const std::vector<std::uint32_t> direct = DirectOutputs(reader, facts);
  if (direct.size() == 1) return CertainChange{direct.front(), ChangeBasis::kDirect};
  if (!direct.empty()) return std::nullopt;
  const std::optional<std::uint32_t> change = PremixChange(facts);
  if (!change.has_value() || !MayBeChange(reader, facts.outputs[*change])) return std::nullopt;
  return CertainChange{*change, ChangeBasis::kPremix};
}

absl::StatusOr<ChangeVerdict> JudgeChange(const FactsReader& reader, TxNum tx,
                                          const TransactionKind& kind, const ChangeModel* model,
                                          std::uint64_t max_rows) {
  ChangeVerdict verdict;
  if (kind.kind == Kind::kCoinbase || kind.kind == Kind::kCoinJoin || kind.kind == Kind::kChips ||
      kind.suspected) {
    return verdict;
  }
  const TransactionFacts facts = reader.Read(tx);
  // A damaged row looks like something, too.
  COINWAKE_RETURN_IF_ERROR(reader.view().damage().status());
  if (IsSignedForAnyone(facts)) return verdict;
  if (const auto certain = FindCertainChange(reader, facts); certain.has_value()) {
    if (certain->basis == ChangeBasis::kDirect) {
      Hold(certain->vout, certain->basis, kDirectChangeConfidencePermille,
           "which pays an address of the inputs, or its key", &verdict);
    } else {
      // As sure as that it is a Tx0 at all.
      Hold(certain->vout, certain->basis, kind.confidence_permille,
           "neither for the pool nor the coordinator's fee", &verdict);
    }
  } else if (const std::size_t direct = DirectOutputs(reader, facts).size(); direct > 1) {
    verdict.reasons.push_back(absl::StrCat(
        "change: ", direct, " outputs pay addresses of the inputs, or their keys: not just one"));
  } else if (kind.kind != Kind::kPremix) {
    COINWAKE_RETURN_IF_ERROR(JudgePayment(reader, tx, model, max_rows, &verdict));
  }
  COINWAKE_RETURN_IF_ERROR(reader.view().damage().status());
  return verdict;
}

}  // namespace coinwake
