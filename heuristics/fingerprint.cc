#include "heuristics/fingerprint.h"

#include <algorithm>

namespace coinwake {
namespace {

constexpr std::uint64_t kNearBlocks = 100;
constexpr std::uint32_t kFirstTimeLocktime = 500'000'000;  // consensus: below are heights

Fingerprint::Locktime LocktimeOf(const TransactionFacts& facts) {
  if (facts.locktime == 0) return Fingerprint::Locktime::kZero;
  const bool is_near = facts.locktime < kFirstTimeLocktime && facts.locktime <= facts.height &&
                       facts.locktime + kNearBlocks >= facts.height;
  return is_near ? Fingerprint::Locktime::kNearHeight : Fingerprint::Locktime::kOther;
}

}  // namespace

Fingerprint FingerprintOf(const TransactionFacts& facts) {
  Fingerprint print;
  print.version = facts.version;
  print.locktime = LocktimeOf(facts);
  for (const InputFacts& input : facts.inputs) {
    print.sequence = std::max(print.sequence, input.flags.sequence_class);
  }
  return print;
}

}  // namespace coinwake
