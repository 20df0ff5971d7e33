#include "typologies/first_numbers.h"

#include <algorithm>
#include <utility>

namespace coinwake {

void FirstNumbers::Add(std::uint64_t number) {
  ++added_;
  numbers_.push_back(number);
  if (numbers_.size() / 2 > limit_) Condense();
}

PaymentSource::Numbers FirstNumbers::Take() {
  Condense();
  return {std::move(numbers_), is_all_};
}

void FirstNumbers::Condense() {
  std::sort(numbers_.begin(), numbers_.end());
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
  if (numbers_.size() <= limit_) return;
  numbers_.resize(limit_);
  is_all_ = false;
}

}  // namespace coinwake
