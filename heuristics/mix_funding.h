// Whether the sums of a transaction allow that several people made it together.
#ifndef COINWAKE_HEURISTICS_MIX_FUNDING_H_
#define COINWAKE_HEURISTICS_MIX_FUNDING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace coinwake {

enum class Funding : std::uint8_t {
  kImpossible,  // no split of the inputs explains the outputs
  kPossible,
  kUnknown,  // too many splits to try, or an input's value is not known
};

// A transaction seen as an equal-output mix.
struct EqualMix {
  std::vector<std::uint64_t> groups;  // satoshi that each input address puts in
  std::uint64_t value = 0;            // satoshi that every participant takes out
  std::size_t participants = 0;
  std::vector<std::uint64_t> others;  // the other outputs: at most one is a participant's change
  std::uint64_t fee = 0;              // the miner's, satoshi
};

// Whether `groups` can be dealt out to the participants so that each puts in what it takes out:
// `value`, and one of `others` or nothing. A participant may be paid for taking part (up to 1/20 of
// `value`, 1000 satoshi at least) or pay up to the whole of the fees; one alone, the taker of
// JoinMarket, also pays the others. An output beyond the participants' change is taken for a
// coordinator's fee: the smallest. (ALGORITHMS.md 3.4, "value feasibility"; joinmarket-ng's
// mainnet report for the fees seen.) Deterministic: at most 2,000 steps, then kUnknown.
// REQUIRES: participants >= 1, others.size() <= participants + 1.
Funding CanFund(const EqualMix& mix);

// Whether dealing out the groups from the largest on, each to whom it suits best, gives such a
// split: then CanFund() does not say kImpossible. False says nothing. It finds most splits of real
// mixes, in a hundredth of the time. REQUIRES: as CanFund().
bool HasPlainSplit(const EqualMix& mix);

// The most that all participants together pay to a coordinator, in satoshi: 1/50 of `value` each.
std::uint64_t MaxCoordinatorFee(const EqualMix& mix);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_MIX_FUNDING_H_
