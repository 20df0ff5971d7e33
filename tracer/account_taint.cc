#include "tracer/account_taint.h"

namespace coinwake {

std::string AccountTaint::ToString() const {
  constexpr unsigned kUnit = 1u << kFractionBits;
  std::string digits = ToDecimal(units_ >> kFractionBits);
  // A fraction of 2^12 has at most 12 decimals, so the loop ends with nothing left over.
  auto fraction = static_cast<unsigned>(units_ & (kUnit - 1));
  if (fraction != 0) digits.push_back('.');
  while (fraction != 0) {
    fraction *= 10;
    digits.push_back(static_cast<char>('0' + fraction / kUnit));
    fraction %= kUnit;
  }
  return digits;
}

}  // namespace coinwake
