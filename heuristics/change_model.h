// How much each rule about change is worth, fitted from the chain itself, and what they say
// together.
//
// Fellegi-Sunter log-odds (ALGORITHMS.md 2.8): a rule's vote for an output adds
// ln(P(vote | change) / P(vote | payment)), its silence the same of not voting, its abstention
// nothing; of a family of rules only the strongest speaks. Weights are counted on payments whose
// change the chain gave away later (2.7): one of two outputs was spent together with the payer's
// other coins, or with what is of one key with one. All numbers are integers, so that the same
// chain gives the same model anywhere.
//
// What the ground truth is biased towards: wallets that spend their change together with other
// coins. What it says of the others is measured from outside (docs/accuracy.md).
#ifndef COINWAKE_HEURISTICS_CHANGE_MODEL_H_
#define COINWAKE_HEURISTICS_CHANGE_MODEL_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "heuristics/change_rules.h"

namespace coinwake {

// About half a year of blocks.
inline constexpr std::uint64_t kEraBlocks = 26'280;
// Fewer known changes than these say nothing about an era by itself, which then takes the whole
// chain's weights, and nothing about a chain.
inline constexpr std::uint64_t kFewestTruthsOfEra = 1'000;
inline constexpr std::uint64_t kFewestTruths = 300;
inline constexpr std::uint32_t kChangeModelVersion = 3;

// How often a rule voted, of the outputs it did not abstain of.
struct RuleCounts {
  std::uint64_t change_votes = 0;
  std::uint64_t change_silences = 0;
  std::uint64_t payment_votes = 0;
  std::uint64_t payment_silences = 0;

  RuleCounts& operator+=(const RuleCounts& other);
  friend bool operator==(const RuleCounts&, const RuleCounts&) = default;
};

struct EraCounts {
  std::uint64_t truths = 0;  // payments whose change is known
  std::array<RuleCounts, kChangeRulesCount> rules;
  std::array<RuleCounts, kFingerprints> last;  // of kLast, by NumberOf() the payer's fingerprint

  EraCounts& operator+=(const EraCounts& other);
  friend bool operator==(const EraCounts&, const EraCounts&) = default;
};

struct RuleWeight {
  std::int64_t vote = 0;  // thousandths of a nat
  std::int64_t silence = 0;

  friend bool operator==(const RuleWeight&, const RuleWeight&) = default;
};
struct RuleWeights {
  std::array<RuleWeight, kChangeRulesCount> rules;
  // Of kLast instead, by NumberOf() the payer's fingerprint: where change stands is a habit of the
  // software. Nothing where fewer than kFewestTruths of such payers are known.
  std::array<RuleWeight, kFingerprints> last;

  RuleWeight& operator[](std::size_t rule) { return rules[rule]; }
  const RuleWeight& operator[](std::size_t rule) const { return rules[rule]; }
  friend bool operator==(const RuleWeights&, const RuleWeights&) = default;
};

// Counts with one added to each, so that nothing is certain.
RuleWeights WeightsOf(const EraCounts& counts);

// Thousandths of a nat for each output of `payment`, by position; the prior is 1 / outputs.
std::array<std::int64_t, kMaxChangeOutputs> Score(const RuleWeights& weights,
                                                  const Payment& payment);

// What all rules together hold for change, before any threshold.
struct ChangeGuess {
  std::size_t output = 0;  // position in Payment::outputs
  std::int64_t score = 0;  // thousandths of a nat
};
// The best-scored output, unless: one pays the payer's own address; another scores within 2 nats;
// its address is paid twice; its script names nobody (heuristics/co_spend.h); its spender's
// fingerprint differs; nothing speaks for it, neither the payment (but for its place), nor a
// spender of the same fingerprint, nor that other wallets spend all the others; of more than three
// outputs, it has no such spender; or an unneeded input beside inputs of different types: perhaps a
// PayJoin. Ties abstain. `why_not`, where not null, is told which of these it was.
enum class NoGuess : std::uint8_t {
  kPlainChange,  // to the payer's own address
  kMaybePayJoin,
  kTwoCandidates,  // within 2 nats
  kNamesNobody,
  kPaidTwice,
  kAnotherWallet,  // spends what would be the change
  kNoEvidence,
};
inline constexpr std::size_t kNoGuesses = 7;
std::string_view NoGuessName(NoGuess why);
std::optional<ChangeGuess> Guess(const RuleWeights& weights, const Payment& payment,
                                 NoGuess* why_not = nullptr);

// How often guesses of a score are right, and the thresholds that follow.
class ScoreTable {
 public:
  void Add(std::int64_t score, bool is_right);
  void Add(const ScoreTable& other);

  // The smallest score from which on at most one in `one_in` of all truths counted in `truths` is
  // guessed wrong. nullopt where no score is.
  std::optional<std::int64_t> Threshold(std::uint64_t truths, std::uint64_t one_in) const;
  // Of guesses at `score` and above, how many of 1000 are right, rounded down; 0 where there are
  // none.
  std::uint32_t RightPermille(std::int64_t score) const;

  // Guesses of a tenth of a nat.
  struct Count {
    std::uint64_t right = 0;
    std::uint64_t wrong = 0;
    friend bool operator==(const Count&, const Count&) = default;
  };
  static constexpr std::size_t kBuckets = 400;
  using Counts = std::array<Count, kBuckets>;
  // All of it, for whoever stores it.
  ScoreTable() = default;
  explicit ScoreTable(const Counts& counts) : counts_(counts) {}
  const Counts& counts() const { return counts_; }

  friend bool operator==(const ScoreTable&, const ScoreTable&) = default;

 private:
  static constexpr std::int64_t kBucket = 100;  // thousandths of a nat
  static constexpr std::int64_t kLeast = -20'000;
  static std::size_t BucketOf(std::int64_t score);

  Counts counts_;
};

// The weights of every era of a chain and the thresholds.
class ChangeModel {
 public:
  struct Era {
    std::uint64_t truths = 0;
    RuleWeights weights;
    friend bool operator==(const Era&, const Era&) = default;
  };

  // Eras by index from the chain's first height; one with too few truths takes all of the chain's.
  // No model can be made (`is_fitted()` is false) where the chain has too few in all.
  ChangeModel(std::uint64_t from_height, std::vector<EraCounts> counts);

  // What it was made from: with table(), all there is to store.
  std::uint64_t from_height() const { return from_height_; }
  const std::vector<EraCounts>& counts() const { return counts_; }
  const ScoreTable& table() const { return table_; }

  bool is_fitted() const { return is_fitted_; }
  std::uint64_t truths() const { return truths_; }
  // REQUIRES: is_fitted(), height >= the chain's first.
  const RuleWeights& WeightsAt(std::uint64_t height) const;
  const std::vector<Era>& eras() const { return eras_; }

  // Called once, with guesses of the model about what it was fitted on.
  void SetThresholds(const ScoreTable& table);
  // A guess is wrong for at most one in a hundred payments whose change is known; nullopt: never.
  std::optional<std::int64_t> standard_threshold() const { return standard_threshold_; }
  // For one in twenty.
  std::optional<std::int64_t> exploratory_threshold() const { return exploratory_threshold_; }
  // How often guesses of that score and above were right: at most 999.
  std::uint32_t ConfidencePermille(std::int64_t score) const;

  friend bool operator==(const ChangeModel&, const ChangeModel&) = default;

 private:
  std::uint64_t from_height_;
  std::vector<EraCounts> counts_;
  std::uint64_t truths_ = 0;
  bool is_fitted_ = false;
  std::vector<Era> eras_;
  std::optional<std::int64_t> standard_threshold_;
  std::optional<std::int64_t> exploratory_threshold_;
  ScoreTable table_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CHANGE_MODEL_H_
