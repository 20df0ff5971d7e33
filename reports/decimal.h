// Amounts as answers write them, compared without arithmetic: they may pass 128 bits and have a
// fraction.
#ifndef COINWAKE_REPORTS_DECIMAL_H_
#define COINWAKE_REPORTS_DECIMAL_H_

#include <compare>
#include <string_view>

namespace coinwake {

// REQUIRES: both are decimals as "12" or "12.25", without sign, leading zeros before another digit,
// or trailing zeros of a fraction.
std::strong_ordering CompareDecimals(std::string_view a, std::string_view b);

}  // namespace coinwake

#endif  // COINWAKE_REPORTS_DECIMAL_H_
