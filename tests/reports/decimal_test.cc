// Goal: decimals are ordered as numbers. Method: all pairs of an ascending list.
#include "reports/decimal.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>

namespace coinwake {
namespace {

TEST(Decimal, IsOrderedAsANumber) {
  const std::string ascending[] = {"0",    "0.000244140625",
                                   "0.25", "0.5",
                                   "1",    "1.75",
                                   "2",    "9.9375",
                                   "10",   "10.25",
                                   "12",   "99",
                                   "100",  "340282366920938463463374607431768211456"};
  for (std::size_t i = 0; i < std::size(ascending); ++i) {
    for (std::size_t j = 0; j < std::size(ascending); ++j) {
      EXPECT_EQ(CompareDecimals(ascending[i], ascending[j]), i <=> j)
          << ascending[i] << " " << ascending[j];
    }
  }
}

}  // namespace
}  // namespace coinwake
