#include "tracer/taint.h"

#include <algorithm>

namespace coinwake {

std::string Taint::ToString() const {
  constexpr Uint128 kUnit = Uint128{1} << kFractionBits;
  std::string digits;
  Uint128 whole = units_ / kUnit;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(whole % 10)));
    whole /= 10;
  } while (whole != 0);
  std::reverse(digits.begin(), digits.end());
  // A fraction of 2^12 has at most 12 decimals, so the loop ends with nothing left over.
  Uint128 fraction = units_ % kUnit;
  if (fraction != 0) digits.push_back('.');
  while (fraction != 0) {
    fraction *= 10;
    digits.push_back(static_cast<char>('0' + static_cast<int>(fraction / kUnit)));
    fraction %= kUnit;
  }
  return digits;
}

}  // namespace coinwake
