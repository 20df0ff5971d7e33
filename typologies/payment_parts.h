// Sums of payers and payees by node.
#ifndef COINWAKE_TYPOLOGIES_PAYMENT_PARTS_H_
#define COINWAKE_TYPOLOGIES_PAYMENT_PARTS_H_

#include <vector>

#include "typologies/flow.h"

namespace coinwake {

// One part a node, ascending, their amounts added; those of nothing are dropped.
void AddUpParts(std::vector<PaymentPart>* parts);

// Drops from `parts` the nodes of `others`, kNobodyAddress apart; what they had. REQUIRES: both
// added up.
Uint128 DropCommon(const std::vector<PaymentPart>& others, std::vector<PaymentPart>* parts);

Uint128 SumOf(const std::vector<PaymentPart>& parts);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_PAYMENT_PARTS_H_
