// Payments as typologies look at them: who paid whom how much, and when.
//
// A node is an address or, where a partition is given, a cluster. On Tron an event that moves value
// between two accounts is a payment. On Bitcoin a transaction is one, under this rule: the nodes of
// its inputs pay those of its outputs that are none of its inputs' (an output that is, is change);
// where several nodes paid, each paid its share of every output, in proportion to what it put in,
// rounded down. Of a transaction that several parties may have made (heuristics/coinjoin.h) nobody
// knows who paid whom: its payers pay nobody, its payees are paid by nobody.
#ifndef COINWAKE_TYPOLOGIES_FLOW_H_
#define COINWAKE_TYPOLOGIES_FLOW_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "indexer/base/ids.h"
#include "tracer/taint.h"

namespace coinwake {

// Larger amounts, of which sums could pass 128 bits, are no payments: no money is counted in them.
inline constexpr Uint128 kMaxFlowAmount = Uint128{1} << 96;

// Nobody on that side: new coins, fees and what is burnt, the other parties of a mix, unknown
// coins.
inline constexpr AddressNum kNobodyAddress{std::numeric_limits<std::uint64_t>::max()};

// When a payment was made.
struct Moment {
  std::uint64_t number = 0;  // TxNum or EventNum: the chain's order; equal is at the same time
  TxNum tx;
  std::uint64_t height = 0;
  std::int64_t time = 0;  // of the block, Unix seconds
};

struct PaymentPart {
  AddressNum node;  // or kNobodyAddress
  Uint128 amount = 0;
};

struct NodePayment {
  Moment at;
  bool is_mix = false;              // of several parties
  std::vector<PaymentPart> payers;  // each node once, ascending; what they put in
  std::vector<PaymentPart> payees;  // each once, ascending, none of them a payer
  Uint128 lost = 0;                 // of what was put in: fees, and what is burnt
};

// A node of a FlowGraph. The subject is 0, the others are counted by first appearance.
using FlowNode = std::uint32_t;
inline constexpr FlowNode kSubjectNode = 0;
inline constexpr FlowNode kNobodyNode = std::numeric_limits<FlowNode>::max();

// One node paid another one, or one of the two is kNobodyNode.
struct Flow {
  Moment at;
  FlowNode from = kNobodyNode;
  FlowNode to = kNobodyNode;
  Uint128 amount = 0;  // base units, above 0, at most kMaxFlowAmount
};

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_FLOW_H_
