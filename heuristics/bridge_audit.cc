#include "heuristics/bridge_audit.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// Tarjan 1974: a link to a node is a bridge where nothing in that node's subtree reaches above it.
class BridgeSearch {
 public:
  explicit BridgeSearch(std::span<const AuditLink> links) : links_(links) {
    COINWAKE_CHECK(links.size() < kNone / 2);
    for (const AuditLink& link : links) {
      sets_.push_back(link.a);
      sets_.push_back(link.b);
    }
    std::sort(sets_.begin(), sets_.end());
    sets_.erase(std::unique(sets_.begin(), sets_.end()), sets_.end());
    sets_.shrink_to_fit();
    nodes_.resize(sets_.size());
    AddEnds();
  }

  std::vector<FoundBridge> Find(std::uint64_t least) {
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
      if (nodes_[node].entered == 0) WalkFrom(node, least);
    }
    std::sort(found_.begin(), found_.end(),
              [](const FoundBridge& a, const FoundBridge& b) { return a.link < b.link; });
    return std::move(found_);
  }

 private:
  struct Node {
    std::uint64_t members = 0;        // of its subtree, once that is done
    std::uint32_t first_end = 0;      // in ends_, by link
    std::uint32_t next_end = 0;       // not looked at yet
    std::uint32_t entered = 0;        // when; 0: not yet
    std::uint32_t reaches = 0;        // the earliest that its subtree links to
    std::uint32_t from_link = kNone;  // that led to it
  };

  std::uint32_t NodeOf(std::uint32_t set) const {
    return static_cast<std::uint32_t>(std::lower_bound(sets_.begin(), sets_.end(), set) -
                                      sets_.begin());
  }
  std::uint32_t OtherEnd(const AuditLink& link, std::uint32_t node) const {
    return NodeOf(link.a == sets_[node] ? link.b : link.a);
  }
  std::uint32_t EndOfEnds(std::uint32_t node) const {
    return node + 1 < nodes_.size() ? nodes_[node + 1].first_end
                                    : static_cast<std::uint32_t>(ends_.size());
  }

  // Of each node its links, by position.
  void AddEnds() {
    ends_.resize(2 * links_.size());
    std::vector<std::uint32_t> counts(nodes_.size() + 1, 0);
    for (const AuditLink& link : links_) {
      ++counts[NodeOf(link.a) + 1];
      ++counts[NodeOf(link.b) + 1];
    }
    std::partial_sum(counts.begin(), counts.end(), counts.begin());
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      nodes_[i].first_end = nodes_[i].next_end = counts[i];
    }
    for (std::uint32_t i = 0; i < links_.size(); ++i) {
      const std::uint32_t a = NodeOf(links_[i].a);
      const std::uint32_t b = NodeOf(links_[i].b);
      nodes_[a].members = links_[i].size_a;
      nodes_[b].members = links_[i].size_b;
      ends_[counts[a]++] = i;
      ends_[counts[b]++] = i;
    }
  }

  void Enter(std::uint32_t node, std::uint32_t from_link) {
    nodes_[node].entered = nodes_[node].reaches = ++clock_;
    nodes_[node].from_link = from_link;
    path_.push_back(node);
  }

  // Whether both are one piece of evidence.
  bool SayTheSame(std::uint32_t one, std::uint32_t other) const {
    const AuditLink& a = links_[one];
    const AuditLink& b = links_[other];
    return a.tx == b.tx && ((a.a == b.a && a.b == b.b) || (a.a == b.b && a.b == b.a));
  }

  void LookAt(std::uint32_t link) {
    const std::uint32_t node = path_.back();
    const std::uint32_t other = OtherEnd(links_[link], node);
    if (other == node) return;
    if (nodes_[other].entered == 0) {
      Enter(other, link);
      return;
    }
    if (nodes_[node].from_link != kNone && SayTheSame(link, nodes_[node].from_link)) return;
    nodes_[node].reaches = std::min(nodes_[node].reaches, nodes_[other].entered);
  }

  void WalkFrom(std::uint32_t start, std::uint64_t least) {
    const std::size_t first_found = found_.size();
    Enter(start, kNone);
    while (!path_.empty()) {
      const std::uint32_t node = path_.back();
      if (nodes_[node].next_end < EndOfEnds(node)) {
        LookAt(ends_[nodes_[node].next_end++]);
        continue;
      }
      path_.pop_back();
      if (path_.empty()) break;
      Node& above = nodes_[path_.back()];
      above.members += nodes_[node].members;
      above.reaches = std::min(above.reaches, nodes_[node].reaches);
      if (nodes_[node].reaches <= above.entered || nodes_[node].members < least) continue;
      const bool is_on_b = NodeOf(links_[nodes_[node].from_link].b) == node;
      found_.push_back({nodes_[node].from_link, is_on_b ? 0 : nodes_[node].members,
                        is_on_b ? nodes_[node].members : 0});
    }
    // What is on the other side is known now.
    const std::uint64_t all = nodes_[start].members;
    for (std::size_t i = first_found; i < found_.size(); ++i) {
      FoundBridge& one = found_[i];
      (one.side_a == 0 ? one.side_a : one.side_b) = all - one.side_a - one.side_b;
    }
    found_.erase(
        std::remove_if(
            found_.begin() + static_cast<std::ptrdiff_t>(first_found), found_.end(),
            [least](const FoundBridge& one) { return std::min(one.side_a, one.side_b) < least; }),
        found_.end());
  }

  const std::span<const AuditLink> links_;
  std::vector<std::uint32_t> sets_;  // by node, ascending
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> ends_;  // positions of links, by node
  std::vector<std::uint32_t> path_;  // from the node that was begun at
  std::uint32_t clock_ = 0;
  std::vector<FoundBridge> found_;
};

}  // namespace

std::vector<FoundBridge> FindBridges(std::span<const AuditLink> links, std::uint64_t least) {
  return BridgeSearch(links).Find(least);
}

}  // namespace coinwake
