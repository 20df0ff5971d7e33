#include "typologies/flow_graph.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace coinwake {
namespace {

bool IsBefore(const Flow& a, const Flow& b) {
  return std::tie(a.at.number, a.from, a.to) < std::tie(b.at.number, b.from, b.to);
}

std::uint64_t SplitMix(std::uint64_t* state) {
  std::uint64_t z = (*state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Below `count`, each about equally likely: off by less than count / 2^64.
std::size_t Below(std::size_t count, std::uint64_t* state) {
  return static_cast<std::size_t>(Uint128{SplitMix(state)} * count >> 64);
}

std::int64_t DayOf(const Flow& flow) {
  const std::int64_t time = flow.at.time;
  return time >= 0 ? time / kSecondsInDay : (time + 1) / kSecondsInDay - 1;
}

}  // namespace

void FlowGraph::Lists::Build(const std::vector<Flow>& flows, std::size_t nodes,
                             FlowNode Flow::*side) {
  begins_.assign(nodes + 1, 0);
  for (const Flow& flow : flows) {
    if (flow.*side != kNobodyNode) ++begins_[flow.*side + 1];
  }
  for (std::size_t node = 0; node < nodes; ++node) begins_[node + 1] += begins_[node];
  numbers_.resize(begins_[nodes]);
  std::vector<std::uint32_t> next(begins_.begin(), begins_.end() - 1);
  for (std::uint32_t i = 0; i < flows.size(); ++i) {
    if (flows[i].*side != kNobodyNode) numbers_[next[flows[i].*side]++] = i;
  }
}

FlowGraph::FlowGraph(std::vector<Flow> flows, std::vector<NodeMarks> nodes)
    : FlowGraph(std::move(flows),
                std::make_shared<const std::vector<NodeMarks>>(std::move(nodes))) {}

FlowGraph::FlowGraph(std::vector<Flow> flows, std::shared_ptr<const std::vector<NodeMarks>> nodes)
    : flows_(std::move(flows)), nodes_(std::move(nodes)) {
  std::sort(flows_.begin(), flows_.end(), IsBefore);
  for (std::size_t i = 1; i < flows_.size(); ++i) {
    flows_[i].at.time = std::max(flows_[i].at.time, flows_[i - 1].at.time);
  }
  paid_by_.Build(flows_, nodes_->size(), &Flow::from);
  paid_to_.Build(flows_, nodes_->size(), &Flow::to);
}

std::vector<std::uint32_t> FlowGraph::OfSubject() const {
  const auto paid = PaidBy(kSubjectNode);
  const auto received = PaidTo(kSubjectNode);
  std::vector<std::uint32_t> numbers;
  numbers.reserve(paid.size() + received.size());
  std::merge(paid.begin(), paid.end(), received.begin(), received.end(),
             std::back_inserter(numbers));
  return numbers;
}

FlowGraph FlowGraph::Shuffled(std::uint64_t* random_state) const {
  std::vector<Flow> flows = flows_;
  for (std::size_t begin = 0, end = 0; begin < flows.size(); begin = end) {
    while (end < flows.size() && DayOf(flows[end]) == DayOf(flows[begin])) ++end;
    for (std::size_t left = end - begin; left > 1; --left) {
      std::swap(flows[begin + left - 1].at, flows[begin + Below(left, random_state)].at);
    }
  }
  return FlowGraph(std::move(flows), nodes_);
}

}  // namespace coinwake
