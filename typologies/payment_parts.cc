#include "typologies/payment_parts.h"

#include <algorithm>

namespace coinwake {

void AddUpParts(std::vector<PaymentPart>* parts) {
  std::sort(parts->begin(), parts->end(),
            [](const PaymentPart& a, const PaymentPart& b) { return a.node < b.node; });
  std::size_t count = 0;
  for (const PaymentPart& part : *parts) {
    if (part.amount == 0) continue;
    if (count != 0 && (*parts)[count - 1].node == part.node) {
      (*parts)[count - 1].amount += part.amount;
    } else {
      (*parts)[count++] = part;
    }
  }
  parts->resize(count);
}

Uint128 DropCommon(const std::vector<PaymentPart>& others, std::vector<PaymentPart>* parts) {
  Uint128 dropped = 0;
  std::erase_if(*parts, [&](const PaymentPart& part) {
    if (part.node == kNobodyAddress) return false;
    const auto place = std::lower_bound(
        others.begin(), others.end(), part.node,
        [](const PaymentPart& other, AddressNum node) { return other.node < node; });
    if (place == others.end() || place->node != part.node) return false;
    dropped += part.amount;
    return true;
  });
  return dropped;
}

Uint128 SumOf(const std::vector<PaymentPart>& parts) {
  Uint128 sum = 0;
  for (const PaymentPart& part : parts) sum += part.amount;
  return sum;
}

}  // namespace coinwake
