#include "reports/decimal.h"

#include <cstddef>
#include <string_view>

namespace coinwake {

std::strong_ordering CompareDecimals(std::string_view a, std::string_view b) {
  const auto whole_digits = [](std::string_view text) {
    const std::size_t point = text.find('.');
    return point == std::string_view::npos ? text.size() : point;
  };
  const std::size_t of_a = whole_digits(a);
  const std::size_t of_b = whole_digits(b);
  if (of_a != of_b) return of_a <=> of_b;
  // Equally many digits before the point: digit by digit, and what has no more of them is less.
  return a.compare(b) <=> 0;
}

}  // namespace coinwake
