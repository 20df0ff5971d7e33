// The flows around one subject, in chain order: what every detector reads.
//
// Immutable. Flows are numbered from 0 by (moment, payer, payee); their times never go back, since
// a block's time that is before an earlier block's is taken for that one's. Memory: the flows, and
// 8 bytes each for who pays and who is paid.
#ifndef COINWAKE_TYPOLOGIES_FLOW_GRAPH_H_
#define COINWAKE_TYPOLOGIES_FLOW_GRAPH_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "typologies/flow.h"

namespace coinwake {

inline constexpr std::int64_t kSecondsInDay = 86'400;

struct NodeMarks {
  bool is_service = false;  // may be the end of a motif, never its middle
  bool is_whole = false;    // all its payments are in the graph
  bool is_hub = false;      // it has too many, and is taken for a service
};

class FlowGraph {
 public:
  // `flows` in any order. `nodes` has a row a node, the subject first.
  // REQUIRES: the flows' nodes are below nodes.size() or nobody, none pays itself; fewer than 2^32.
  FlowGraph(std::vector<Flow> flows, std::vector<NodeMarks> nodes);

  const std::vector<Flow>& flows() const { return flows_; }
  const Flow& flow(std::uint32_t number) const { return flows_[number]; }
  std::uint32_t nodes_count() const { return static_cast<std::uint32_t>(nodes_->size()); }

  // Numbers of flows, ascending. REQUIRES: node < nodes_count().
  std::span<const std::uint32_t> PaidBy(FlowNode node) const { return paid_by_.Of(node); }
  std::span<const std::uint32_t> PaidTo(FlowNode node) const { return paid_to_.Of(node); }
  // Both of the subject's, in order.
  std::vector<std::uint32_t> OfSubject() const;

  bool IsWhole(FlowNode node) const { return (*nodes_)[node].is_whole; }
  bool IsService(FlowNode node) const { return node != kNobodyNode && (*nodes_)[node].is_service; }
  // Whether a motif may lead through it: no service, and what it paid is known.
  bool MayPassThrough(FlowNode node) const {
    return node != kNobodyNode && (*nodes_)[node].is_whole && !(*nodes_)[node].is_service;
  }

  // Whether a motif might lead through it and cannot, since not all it paid is known.
  bool IsUnread(FlowNode node) const {
    if (node == kNobodyNode) return false;
    const NodeMarks& marks = (*nodes_)[node];
    return !marks.is_whole && !marks.is_service && !marks.is_hub;
  }

  // The same payments, those of each day (UTC) at each other's moments, in an order drawn from
  // `random_state` (splitmix64), which moves on.
  FlowGraph Shuffled(std::uint64_t* random_state) const;

 private:
  // Numbers of flows by a node of theirs.
  class Lists {
   public:
    void Build(const std::vector<Flow>& flows, std::size_t nodes, FlowNode Flow::*side);
    std::span<const std::uint32_t> Of(FlowNode node) const {
      return std::span(numbers_).subspan(begins_[node], begins_[node + 1] - begins_[node]);
    }

   private:
    std::vector<std::uint32_t> begins_;
    std::vector<std::uint32_t> numbers_;
  };

  FlowGraph(std::vector<Flow> flows, std::shared_ptr<const std::vector<NodeMarks>> nodes);

  std::vector<Flow> flows_;
  std::shared_ptr<const std::vector<NodeMarks>> nodes_;
  Lists paid_by_;
  Lists paid_to_;
};

}  // namespace coinwake

#endif  // COINWAKE_TYPOLOGIES_FLOW_GRAPH_H_
