// Multi-party transactions by the equal-output rule.
#ifndef COINWAKE_HEURISTICS_COINJOIN_H_
#define COINWAKE_HEURISTICS_COINJOIN_H_

#include <cstdint>

#include "indexer/view/view.h"

namespace coinwake {

// BlockSci's isCoinjoin with its defects avoided: OP_RETURN outputs do not count, values under
// kMinEqualValue are ignored, at least (not exactly) p equal outputs, ties to the larger value; where
// p = floor((outputs + 1) / 2), at least 2 inputs, 3 outputs, and p distinct input addresses.
// Does not recognise Wasabi 2 (WabiSabi), whose outputs are mostly unequal.
inline constexpr std::uint64_t kMinEqualValue = 5000;  // satoshi

struct EqualOutputs {
  bool is_coinjoin = false;
  std::uint64_t value = 0;           // the value shared, 0 if none
  std::uint32_t equal_outputs = 0;   // how many outputs share it: the anonymity set
};
EqualOutputs DetectEqualOutputs(const View& view, TxNum tx);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_COINJOIN_H_
