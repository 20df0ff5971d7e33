#include "hints/chance.h"

#include "indexer/base/amount.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kTypicalShare = 5;  // one in so many

// A fraction of 10^digits as text: 123456 of six digits is "0.123456".
std::string Decimal(const Uint256& units, std::size_t digits) {
  std::string text = ToDecimal(units);
  if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
  text.insert(text.size() - digits, ".");
  return text;
}

}  // namespace

std::string ChanceText(const Chance& chance) {
  const Uint256 below = Uint256(chance.windows) * 2;
  return Decimal((Uint256(chance.TwiceHits()) * 1'000'000 + below - 1) / below, 6);
}

std::string ConfidenceText(const Chance& chance, std::uint32_t prior_permille) {
  // prior / (prior + mean * (1 - prior)), both by 2 * windows.
  const Uint256 right = Uint256(prior_permille) * 2 * chance.windows;
  const Uint256 wrong = Uint256(1000 - prior_permille) * chance.TwiceHits();
  return Decimal(right * 10'000 / (right + wrong), 4);
}

int TrailingZeros(Uint128 amount) {
  int zeros = 0;
  for (; amount % 10 == 0; amount /= 10) ++zeros;
  return zeros;
}

int SignificantDigits(Uint128 amount) {
  int digits = 0;
  if (amount == 0) return digits;
  while (amount % 10 == 0) amount /= 10;
  for (; amount != 0; amount /= 10) ++digits;
  return digits;
}

Roundness::Roundness(std::span<const ServiceMovement> withdrawals) {
  for (const ServiceMovement& one : withdrawals) {
    ++at_least_[static_cast<std::size_t>(TrailingZeros(one.amount))];
  }
  for (std::size_t zeros = kMostZeros - 1; zeros-- > 0;) at_least_[zeros] += at_least_[zeros + 1];
}

std::uint64_t Roundness::AsRound(Uint128 amount) const {
  return at_least_[static_cast<std::size_t>(TrailingZeros(amount))];
}

bool Roundness::IsTypical(Uint128 amount) const {
  const std::uint64_t others = all() - 1;
  const std::uint64_t as_round = AsRound(amount) - 1;
  return as_round * 2 < others && as_round * kTypicalShare >= others;
}

}  // namespace coinwake
