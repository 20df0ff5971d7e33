#include "heuristics/change_model.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "heuristics/co_spend.h"
#include "heuristics/natural_log.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::size_t kFewOutputs = 3;   // of a payment; a batch has more
constexpr std::int64_t kMargin = 2'000;  // thousandths of a nat
constexpr std::uint64_t kStandardOneIn = 100;
constexpr std::uint64_t kExploratoryOneIn = 20;
constexpr std::uint32_t kMostConfident = 999;

RuleWeight WeightOf(const RuleCounts& rule) {
  const std::uint64_t change = rule.change_votes + rule.change_silences + 2;
  const std::uint64_t payment = rule.payment_votes + rule.payment_silences + 2;
  return {
      MilliNats(rule.change_votes + 1, change) - MilliNats(rule.payment_votes + 1, payment),
      MilliNats(rule.change_silences + 1, change) - MilliNats(rule.payment_silences + 1, payment)};
}

// Whether enough payers of a fingerprint are known to say where their software puts change.
bool IsTold(const RuleCounts& last) {
  return last.change_votes + last.change_silences >= kFewestTruths;
}

// Whether what can be seen of `payment` alone speaks for an output: its address, value or type.
bool HasStaticVote(const Payment& payment, std::size_t output) {
  for (std::size_t rule = 0; rule < kChangeRulesCount; ++rule) {
    const auto one = static_cast<ChangeRule>(rule);
    if (FamilyOf(one) == ChangeFamily::kSpend || one == ChangeRule::kPeeling) continue;
    if (one == ChangeRule::kLast) continue;  // some output is last in every payment
    if ((VoteOn(static_cast<ChangeRule>(rule), payment).candidates >> output & 1) != 0) return true;
  }
  return false;
}

// Its spender was written by another wallet than the payment.
bool IsAnotherWallets(const Payment& payment, std::size_t output) {
  const std::optional<ChangeOutput::Spender>& spender = payment.outputs[output].spender;
  return spender.has_value() && spender->print != payment.print;
}

// Whether more than the prior speaks for an output: the payment itself, the wallet that spends it,
// or that other wallets spend all the others. Of a batch only the wallet that spends it: among many
// payees one is likely to look like change in all else (2.6: continuity as a precondition).
bool HasEvidence(const Payment& payment, std::size_t output) {
  if (payment.outputs[output].spender.has_value()) return true;
  if (payment.outputs.size() > kFewOutputs) return false;
  if (HasStaticVote(payment, output)) return true;
  for (std::size_t i = 0; i < payment.outputs.size(); ++i) {
    if (i != output && !IsAnotherWallets(payment, i)) return false;
  }
  return true;
}

// Nobody splits his change onto one address (ALGORITHMS.md 2.5).
bool IsPaidTwice(const Payment& payment, std::size_t output) {
  return std::count_if(payment.outputs.begin(), payment.outputs.end(),
                       [&](const ChangeOutput& other) {
                         return other.address == payment.outputs[output].address;
                       }) > 1;
}

}  // namespace

RuleCounts& RuleCounts::operator+=(const RuleCounts& other) {
  change_votes += other.change_votes;
  change_silences += other.change_silences;
  payment_votes += other.payment_votes;
  payment_silences += other.payment_silences;
  return *this;
}

EraCounts& EraCounts::operator+=(const EraCounts& other) {
  truths += other.truths;
  for (std::size_t i = 0; i < rules.size(); ++i) rules[i] += other.rules[i];
  for (std::size_t i = 0; i < last.size(); ++i) last[i] += other.last[i];
  return *this;
}

RuleWeights WeightsOf(const EraCounts& counts) {
  RuleWeights weights;
  for (std::size_t i = 0; i < counts.rules.size(); ++i) weights[i] = WeightOf(counts.rules[i]);
  for (std::size_t i = 0; i < counts.last.size(); ++i) {
    if (IsTold(counts.last[i])) weights.last[i] = WeightOf(counts.last[i]);
  }
  return weights;
}

std::array<std::int64_t, kMaxChangeOutputs> Score(const RuleWeights& weights,
                                                  const Payment& payment) {
  const std::size_t outputs = payment.outputs.size();
  std::array<std::array<std::int64_t, kChangeFamiliesCount>, kMaxChangeOutputs> families{};
  for (std::size_t rule = 0; rule < kChangeRulesCount; ++rule) {
    const ChangeFamily family = FamilyOf(static_cast<ChangeRule>(rule));
    if (family == ChangeFamily::kNone) continue;
    const ChangeVote vote = VoteOn(static_cast<ChangeRule>(rule), payment);
    const RuleWeight& of_rule = static_cast<ChangeRule>(rule) == ChangeRule::kLast
                                    ? weights.last[NumberOf(payment.print)]
                                    : weights[rule];
    for (std::size_t i = 0; i < outputs; ++i) {
      if ((vote.known >> i & 1) == 0) continue;
      const bool votes = (vote.candidates >> i & 1) != 0;
      const std::int64_t weight = votes ? of_rule.vote : of_rule.silence;
      std::int64_t& strongest = families[i][static_cast<std::size_t>(family)];
      if (std::abs(weight) > std::abs(strongest)) strongest = weight;
    }
  }
  std::array<std::int64_t, kMaxChangeOutputs> scores{};
  for (std::size_t i = 0; i < outputs; ++i) {
    scores[i] = MilliNats(1, outputs - 1);  // logit(1 / outputs)
    for (const std::int64_t weight : families[i]) scores[i] += weight;
  }
  return scores;
}

std::string_view NoGuessName(NoGuess why) {
  constexpr std::array<std::string_view, kNoGuesses> kNames = {"an output pays the payer's address",
                                                               "perhaps a PayJoin",
                                                               "two candidates",
                                                               "the best names nobody",
                                                               "the best's address is paid twice",
                                                               "another wallet spends the best",
                                                               "nothing speaks for the best"};
  return kNames[static_cast<std::size_t>(why)];
}

std::optional<ChangeGuess> Guess(const RuleWeights& weights, const Payment& payment,
                                 NoGuess* why_not) {
  const auto none = [why_not](NoGuess why) {
    if (why_not != nullptr) *why_not = why;
    return std::nullopt;
  };
  if (DirectChange(payment) != 0) return none(NoGuess::kPlainChange);
  if (HasUnneededInput(payment) && !payment.input_type.has_value()) {
    return none(NoGuess::kMaybePayJoin);
  }
  const std::array<std::int64_t, kMaxChangeOutputs> scores = Score(weights, payment);
  const auto end = scores.begin() + static_cast<std::ptrdiff_t>(payment.outputs.size());
  const auto best = std::max_element(scores.begin(), end);
  for (auto other = scores.begin(); other != end; ++other) {
    if (other != best && *other + kMargin > *best) return none(NoGuess::kTwoCandidates);
  }
  const auto position = static_cast<std::size_t>(best - scores.begin());
  // All anchors are one address: payers who made one would be joined through it.
  if (!NamesSomebody(payment.outputs[position].type)) return none(NoGuess::kNamesNobody);
  if (IsPaidTwice(payment, position)) return none(NoGuess::kPaidTwice);
  if (IsAnotherWallets(payment, position)) return none(NoGuess::kAnotherWallet);
  if (!HasEvidence(payment, position)) return none(NoGuess::kNoEvidence);
  return ChangeGuess{position, *best};
}

std::size_t ScoreTable::BucketOf(std::int64_t score) {
  const std::int64_t bucket = (std::max(score, kLeast) - kLeast) / kBucket;
  return std::min(static_cast<std::size_t>(bucket), kBuckets - 1);
}

void ScoreTable::Add(std::int64_t score, bool is_right) {
  Count& count = counts_[BucketOf(score)];
  ++(is_right ? count.right : count.wrong);
}

void ScoreTable::Add(const ScoreTable& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) {
    counts_[i].right += other.counts_[i].right;
    counts_[i].wrong += other.counts_[i].wrong;
  }
}

std::optional<std::int64_t> ScoreTable::Threshold(std::uint64_t truths,
                                                  std::uint64_t one_in) const {
  std::uint64_t right = 0;
  std::uint64_t wrong = 0;
  std::optional<std::int64_t> threshold;
  for (std::size_t i = kBuckets; i-- > 0;) {
    right += counts_[i].right;
    wrong += counts_[i].wrong;
    if (wrong * one_in > truths) break;
    if (right > 0) threshold = kLeast + static_cast<std::int64_t>(i) * kBucket;
  }
  return threshold;
}

std::uint32_t ScoreTable::RightPermille(std::int64_t score) const {
  std::uint64_t right = 0;
  std::uint64_t wrong = 0;
  for (std::size_t i = BucketOf(score); i < kBuckets; ++i) {
    right += counts_[i].right;
    wrong += counts_[i].wrong;
  }
  return right == 0 ? 0 : static_cast<std::uint32_t>(right * 1000 / (right + wrong));
}

ChangeModel::ChangeModel(std::uint64_t from_height, std::vector<EraCounts> counts)
    : from_height_(from_height), counts_(std::move(counts)) {
  EraCounts all;
  for (const EraCounts& era : counts_) all += era;
  truths_ = all.truths;
  is_fitted_ = truths_ >= kFewestTruths;
  if (!is_fitted_) return;
  const RuleWeights of_all = WeightsOf(all);
  for (const EraCounts& era : counts_) {
    eras_.push_back({era.truths, era.truths >= kFewestTruthsOfEra ? WeightsOf(era) : of_all});
    for (std::size_t i = 0; i < kFingerprints; ++i) {
      if (!IsTold(era.last[i])) eras_.back().weights.last[i] = of_all.last[i];
    }
  }
}

const RuleWeights& ChangeModel::WeightsAt(std::uint64_t height) const {
  COINWAKE_CHECK(is_fitted_);
  const std::uint64_t era = (height - from_height_) / kEraBlocks;
  return eras_[std::min<std::uint64_t>(era, eras_.size() - 1)].weights;
}

void ChangeModel::SetThresholds(const ScoreTable& table) {
  table_ = table;
  standard_threshold_ = table.Threshold(truths_, kStandardOneIn);
  exploratory_threshold_ = table.Threshold(truths_, kExploratoryOneIn);
}

std::uint32_t ChangeModel::ConfidencePermille(std::int64_t score) const {
  return std::min(table_.RightPermille(score), kMostConfident);
}

}  // namespace coinwake
