#include "server/missing_internals.h"

#include <algorithm>
#include <cstdint>

namespace coinwake::server {
namespace {

// Runs of contracts in a row without an internal transaction: as they happen by chance, and as
// never.
constexpr std::uint64_t kFewSilentRuns = 8;
constexpr std::uint64_t kManySilentRuns = 100'000;

// The first height up to which `at_least` internal transactions were told of.
std::uint64_t HeightOfInternals(const AccountView& view, std::uint64_t at_least) {
  std::uint64_t low = view.snapshot().from_height;
  std::uint64_t high = view.snapshot().height;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (view.TotalsAt(middle).internal_transactions < at_least) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

bool LacksInternals(const AccountView& view) {
  const TronTotals& totals = view.totals();
  if (totals.internal_transactions == 0) return totals.contract_runs != 0;
  const std::uint64_t first = HeightOfInternals(view, 1);
  const std::uint64_t last = HeightOfInternals(view, totals.internal_transactions);
  const bool at_once = first == view.snapshot().from_height;
  const std::uint64_t before = at_once ? 0 : view.TotalsAt(first - 1).contract_runs;
  const std::uint64_t after = totals.contract_runs - view.TotalsAt(last).contract_runs;
  return std::max(before, after) > kManySilentRuns ||
         (before + after > kFewSilentRuns && (before + after) > totals.contract_runs / 4);
}

}  // namespace coinwake::server
