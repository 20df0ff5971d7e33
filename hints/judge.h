// The tests that any hint has to pass once its movements are known.
#ifndef COINWAKE_HINTS_JUDGE_H_
#define COINWAKE_HINTS_JUDGE_H_

#include "hints/fits.h"
#include "hints/hint.h"

namespace coinwake {

// Fills the rest of a hint that has shape, movements, candidates, competitors and, in
// chance.subsets, by what to multiply; `sum` is of its deposits. kHint, kTooRound, kByChance, or
// kNoPrice.
HintAnswer JudgeHint(const Fits& fits, const DepositedSum& sum, Hint hint);

// A deposit that nothing fits alone, in parts or together with others of its group. Verdicts as of
// HintSearch::AskDeposit(); `group` is ascending.
HintAnswer TryParts(const Fits& fits, const KnownTimes& withdrawals_known, std::uint32_t deposit,
                    std::span<const std::uint32_t> group);

}  // namespace coinwake

#endif  // COINWAKE_HINTS_JUDGE_H_
