// Multi-party transactions by the equal-output rule.
#ifndef COINWAKE_HEURISTICS_COINJOIN_H_
#define COINWAKE_HEURISTICS_COINJOIN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "indexer/view/view.h"

namespace coinwake {

// BlockSci's isCoinjoin with its defects avoided: OP_RETURN outputs do not count, values under
// kMinEqualValue are ignored, at least (not exactly) p equal outputs, ties to the larger value;
// where p = floor((outputs + 1) / 2), at least 2 inputs, 3 outputs, and p distinct input addresses.
// Does not recognise Wasabi 2 (WabiSabi), whose outputs are mostly unequal, nor a mix in which the
// outputs that are not equal outnumber those that are (Wasabi 1 with change for every participant
// and a coordinator's fee besides).
inline constexpr std::uint64_t kMinEqualValue = 5000;  // satoshi

struct EqualOutputs {
  bool is_coinjoin = false;
  std::uint64_t value = 0;          // the value shared, 0 if none
  std::uint32_t equal_outputs = 0;  // how many outputs share it: the anonymity set
};
// Inputs whose script is unknown (unresolved) count as a distinct address each: where it is not
// known, a mix is likelier to be recognised than to join strangers. `value` and `equal_outputs`
// tell of the most frequent value that at least two outputs share, whatever the verdict. O(inputs +
// outputs) log.
EqualOutputs DetectEqualOutputs(const View& view, TxNum tx);

// The rule itself. `values`: of the outputs that are not OP_RETURN, in any order (sorted in place).
EqualOutputs JudgeEqualOutputs(std::vector<std::uint64_t>* values, std::size_t inputs,
                               std::size_t distinct_input_addresses);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_COINJOIN_H_
