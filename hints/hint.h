// Hints that a withdrawal of a service is the payout of a deposit into it, on another chain or in
// another asset. A hint is a lead, never a link: nothing on a chain joins the two.
//
// DESCRIPTION (ALGORITHMS.md 8.3; docs/hints.md). A withdrawal fits a deposit if its block is
// later, by at most a window, and its amount is what the deposit's may be paid out as (PayoutOf) at
// the prices between the two blocks. Chains have no height in common: only here does block time
// order, and a header's can be off by two hours.
//
// A pair is told if
//   - it is in every optimal assignment of the deposits and withdrawals that fit each other around
//   it
//     (where it is alone, each is the only one that fits the other);
//   - both amounts have at least four significant digits, and the withdrawal's is not as round as
//     those that people ask the service for (Roundness);
//   - by chance at most 0.05 withdrawals would fit (Chance): as many as fit in windows shifted by 1
//     to 30 days either way, of those between the service's first and last withdrawal within 31
//     days of the deposit; where the pair is not alone, times how many fit the deposit or the
//     withdrawal.
// It is strict if the mean is at most 0.01 and the pair is alone.
//
// A deposit that nothing fits may have been paid out in two or three parts, or together with one or
// two others of its group. Just one set of parts must fit of all that were tried, no part may fit
// anything alone, and the mean is multiplied by how many were tried; where more are to be tried
// than the mean can allow, none is. Parts of a payout are at least a twentieth of its least.
//
// Nothing is told where prices are unknown, or either chain is not indexed, from two windows before
// to one after: another candidate could be there.
#ifndef COINWAKE_HINTS_HINT_H_
#define COINWAKE_HINTS_HINT_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hints/fits.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"

namespace coinwake {

// Counted up with every change of what is found.
inline constexpr std::uint32_t kHintRulesVersion = 1;

// What fits each other is followed so many windows far from what is asked about, and so many pairs.
inline constexpr std::int64_t kMostWindows = 4;
inline constexpr std::size_t kMostPairs = 2'000;
// All deposits that are looked at are nearer, in windows.
inline constexpr std::int64_t kReachedWindows = kMostWindows + 1;

enum class HintShape : std::uint8_t {
  kPair,
  kSplit,  // one deposit, several withdrawals
  kMerge,  // several deposits, one withdrawal
};
inline constexpr std::size_t kMostParts = 3;

struct Hint {
  HintShape shape = HintShape::kPair;
  Positions deposits;
  Positions withdrawals;
  bool is_strict = false;
  bool is_alone = true;           // nothing else fits either side; else assigned among others
  AmountRange payout;             // in which the amount paid out, or the sum, had to lie
  PriceRange prices;              // from which that follows
  std::uint64_t candidates = 1;   // withdrawals, or sets of them, that fit
  std::uint64_t competitors = 1;  // deposits, or sets of them, that the withdrawal fits
  Chance chance;
  int digits = 0;  // significant ones, the fewest of any amount
  // Withdrawals within kHintHorizon that end in as many zeros as the roundest here, and all.
  std::uint64_t as_round = 0;
  std::uint64_t withdrawals_around = 0;

  friend bool operator==(const Hint& a, const Hint& b) {
    return a.deposits == b.deposits && a.withdrawals == b.withdrawals;
  }
};

// What became of a movement that was asked about.
enum class HintVerdict : std::uint8_t {
  kHint,
  kNothingFits,
  kAmbiguous,  // several fit, and no one of them in every assignment
  kTooRound,
  kByChance,    // too many fit in shifted windows, or there were too few of those
  kNoPrice,     // somewhere around it
  kNotIndexed,  // somewhere around it, on either side
  kTooMany,     // what fits each other around it passes a limit, or what is known
};
inline constexpr std::size_t kHintVerdicts = 8;

std::string_view HintVerdictName(HintVerdict verdict);  // "hint", "nothing_fits", ...
std::string_view HintShapeName(HintShape shape);        // "pair", "split", "merge"

struct HintAnswer {
  HintVerdict verdict = HintVerdict::kNothingFits;
  std::optional<Hint> hint = {};  // just where the verdict is kHint
  // There were more sets of parts to try than the mean can allow, and none was tried.
  bool has_untried_parts = false;
};

// Answers about one movement after the other, each as if it were asked about alone. Immutable,
// thread-safe.
class HintSearch {
 public:
  // All are borrowed. REQUIRES: `fits` has all deposits within kReachedWindows windows of whatever
  // is asked about, and all withdrawals from kHintHorizon and a window before it to kHintHorizon
  // after it, as far as the chains are indexed.
  HintSearch(const Fits& fits, const KnownTimes& deposits_known,
             const KnownTimes& withdrawals_known)
      : fits_(fits), deposits_known_(deposits_known), withdrawals_known_(withdrawals_known) {}

  // `group`: the deposits that may have been made together with it, ascending; it may be among
  // them. kCancelled. Cost: the movements within the windows of what fits, and all withdrawals of
  // such amounts.
  absl::StatusOr<HintAnswer> AskDeposit(std::uint32_t deposit, std::span<const std::uint32_t> group,
                                        const Cancellation* cancellation) const;
  // Looks for pairs alone. kCancelled.
  absl::StatusOr<HintAnswer> AskWithdrawal(std::uint32_t withdrawal,
                                           const Cancellation* cancellation) const;

 private:
  // Why nothing can be said of a movement at that time, if so.
  std::optional<HintVerdict> HindranceAt(std::int64_t time) const;

  const Fits& fits_;
  const KnownTimes deposits_known_;
  const KnownTimes withdrawals_known_;
};

}  // namespace coinwake

#endif  // COINWAKE_HINTS_HINT_H_
