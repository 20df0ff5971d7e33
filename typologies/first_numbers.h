// The first payments of a node with several members, each of which has some of them.
#ifndef COINWAKE_TYPOLOGIES_FIRST_NUMBERS_H_
#define COINWAKE_TYPOLOGIES_FIRST_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "typologies/payment_source.h"

namespace coinwake {

// Keeps the first `limit` of the numbers added, each once. Memory: twice the limit, and what is
// added at once.
class FirstNumbers {
 public:
  explicit FirstNumbers(std::size_t limit) : limit_(limit) {}

  void Add(std::uint64_t number);
  // Whether so many were added that more would cost more than they tell: there are more than the
  // limit for certain. A service has a million members.
  bool IsEnough() const { return !is_all_ && added_ > limit_ * kAddedOfLimit; }
  // What was kept; is_all: of all that were added.
  PaymentSource::Numbers Take();

 private:
  static constexpr std::uint64_t kAddedOfLimit = 8;

  void Condense();

  const std::size_t limit_;
  std::uint64_t added_ = 0;
  std::vector<std::uint64_t> numbers_;
  bool is_all_ = true;
};

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_FIRST_NUMBERS_H_
