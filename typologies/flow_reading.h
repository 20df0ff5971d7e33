// Reads the flows around a subject, within bounds.
//
// Two graphs. `near` has the subject's own payments, each beside one other node: whoever else put
// coins into the same transaction counts as one payer, its smallest. `wide` has, besides, all
// payments of nodes that the subject's money may have reached: first of all whom it pays, then of
// whom those pay later, within a window: a payment of no more than arrived and no less than a share
// of it, or several smaller ones that are together. Services and hubs are reached and not read.
#ifndef COINWAKE_TYPOLOGIES_FLOW_READING_H_
#define COINWAKE_TYPOLOGIES_FLOW_READING_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "typologies/flow_graph.h"
#include "typologies/payment_source.h"

namespace coinwake {

struct ReadingLimits {
  std::size_t subject_payments = 10'000;
  // Of another node; who has more is a hub, and taken for a service.
  std::size_t node_payments = 1'000;
  // Inputs and outputs, or events, of everything together.
  std::uint64_t rows = 200'000;
  // Of a graph: a transaction has one for each pair of who pays and who is paid.
  std::size_t flows = 1'000'000;
  // Numbers of payments looked up, and pairs of who pays and who is paid that are looked at, to
  // follow money; as many pairs again to make each graph. A pair of one transaction's thousands of
  // inputs and outputs is quick, but there are millions.
  std::uint64_t steps = 10'000'000;
  // What is followed in `wide`.
  std::uint32_t hops = 12;
  std::int64_t window_s = 7 * kSecondsInDay;
  std::uint32_t retention_permille = 500;
};

struct FlowReading {
  FlowGraph near;
  FlowGraph wide;                      // as `near` where it was not asked for
  std::vector<AddressNum> near_nodes;  // what nodes of the graphs are
  std::vector<AddressNum> wide_nodes;
  // The subject has more payments than were read: only its first ones were.
  bool is_subject_cut = false;
  // The rows, the flows or the steps ran out before `wide` had all that it should have. Of whom it
  // has not all no claim is made: they are not whole.
  bool is_wide_cut = false;
  std::uint64_t hubs = 0;  // nodes that were not read because they have too many payments
};

// Whether what belongs to a node is a service's.
using IsServiceNode = std::function<bool(AddressNum)>;

// `subject` is a node of `source`. The same every time. `cancellation` may be null: kCancelled.
// kDataLoss. Cost: the rows and the steps.
absl::StatusOr<FlowReading> ReadFlows(PaymentSource& source, AddressNum subject, bool with_wide,
                                      const ReadingLimits& limits, const IsServiceNode& is_service,
                                      const Cancellation* cancellation);

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_FLOW_READING_H_
