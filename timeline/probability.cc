#include "timeline/probability.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

// Whole numbers of any size.
using BigNumber = boost::multiprecision::cpp_int;

constexpr std::size_t kTextDigits = 30;  // after the point
constexpr std::size_t kTextCounting = 3;

BigNumber Choose(std::uint64_t from, std::uint64_t count) {
  BigNumber ways = 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    ways *= from - i;
    ways /= i + 1;
  }
  return ways;
}

BigNumber PowerOfTen(std::size_t digits) {
  BigNumber power = 1;
  for (std::size_t i = 0; i < digits; ++i) power *= 10;
  return power;
}

}  // namespace

Probability CertainProbability() {
  return static_cast<Probability>(PowerOfTen(kProbabilityDigits));
}

Probability ProbabilityOfSharing(const Draw& draw, std::uint64_t shared) {
  // It makes no difference which of the two groups is the one that draws.
  const std::uint64_t drawn = std::min(draw.marked, draw.drawn);
  const std::uint64_t marked = std::max(draw.marked, draw.drawn);
  COINWAKE_CHECK(marked <= draw.population && drawn <= kMaxDrawn);
  const std::uint64_t unmarked = draw.population - marked;
  const std::uint64_t least = drawn > unmarked ? drawn - unmarked : 0;
  if (shared <= least) return CertainProbability();
  if (shared > drawn) return 1;  // it cannot be, but never 0
  BigNumber ways = Choose(marked, shared) * Choose(unmarked, drawn - shared);
  BigNumber all = ways;
  for (std::uint64_t i = shared; i < drawn; ++i) {
    // C(m, i + 1) C(u, d - i - 1) from C(m, i) C(u, d - i): each division comes out even.
    ways *= marked - i;
    ways /= i + 1;
    ways *= drawn - i;
    ways /= unmarked - (drawn - i) + 1;
    all += ways;
  }
  const BigNumber possible = Choose(draw.population, drawn);
  const BigNumber scaled = (all * PowerOfTen(kProbabilityDigits) + possible - 1) / possible;
  return static_cast<Probability>(scaled);
}

Probability Corrected(const Probability& chance, std::uint64_t times) {
  const BigNumber product = BigNumber(chance) * std::max<std::uint64_t>(times, 1);
  return product < BigNumber(CertainProbability()) ? static_cast<Probability>(product)
                                                   : CertainProbability();
}

std::string ProbabilityText(const Probability& chance) {
  if (chance >= CertainProbability()) return "1";
  std::string digits = ToDecimal(chance);
  digits.insert(0, kProbabilityDigits - digits.size(), '0');
  const std::size_t first = digits.find_first_not_of('0');
  const std::size_t kept = std::min(first + kTextCounting, kTextDigits);
  const bool is_exact = digits.find_first_not_of('0', kept) == std::string::npos;
  digits.resize(kept);
  if (!is_exact) {
    std::size_t at = kept;
    while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (at == 0) return "1";
    ++digits[at - 1];
  }
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
  return absl::StrCat("0.", digits);
}

std::string ExpectedText(const Draw& draw) {
  constexpr std::uint64_t kThousand = 1000;
  if (draw.population == 0) return "0.000";
  const Uint256 thousandths =
      (Uint256(draw.marked) * draw.drawn * kThousand * 2 + draw.population) /
      (Uint256(draw.population) * 2);
  std::string fraction = ToDecimal(Uint256(thousandths % kThousand));
  fraction.insert(0, 3 - fraction.size(), '0');
  return absl::StrCat(ToDecimal(Uint256(thousandths / kThousand)), ".", fraction);
}

}  // namespace coinwake
