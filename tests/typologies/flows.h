// Flows made by hand: who pays whom how much at what second.
#ifndef COINWAKE_TESTS_TYPOLOGIES_FLOWS_H_
#define COINWAKE_TESTS_TYPOLOGIES_FLOWS_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "typologies/flow_graph.h"

namespace coinwake::test {

inline constexpr char kSubject[] = "subject";
inline constexpr char kNobodyName[] = "nobody";
inline constexpr std::int64_t kMinute = 60;
inline constexpr std::int64_t kHour = 3'600;
inline constexpr std::int64_t kDay = 86'400;

// Payments at the same second follow each other as they were added. All nodes are whole and none is
// a service unless said otherwise.
class Flows {
 public:
  Flows() { NodeOf(kSubject); }

  Flows& Pay(std::int64_t time, const std::string& from, const std::string& to, Uint128 amount) {
    flows_.push_back({{0, TxNum{0}, 0, time}, NodeOf(from), NodeOf(to), amount});
    return *this;
  }
  Flows& Receive(std::int64_t time, const std::string& from, Uint128 amount) {
    return Pay(time, from, kSubject, amount);
  }
  Flows& Send(std::int64_t time, const std::string& to, Uint128 amount) {
    return Pay(time, kSubject, to, amount);
  }
  Flows& MarkService(const std::string& name) {
    const FlowNode node = NodeOf(name);
    marks_[node].is_service = true;
    return *this;
  }
  Flows& MarkUnread(const std::string& name) {
    const FlowNode node = NodeOf(name);
    marks_[node].is_whole = false;
    return *this;
  }

  Flows& MarkHub(const std::string& name) {
    marks_[NodeOf(name)].is_hub = true;
    return MarkUnread(name);
  }

  FlowNode NodeOf(const std::string& name) {
    if (name == kNobodyName) return kNobodyNode;
    const auto [place, is_new] = nodes_.try_emplace(name, static_cast<FlowNode>(marks_.size()));
    if (is_new) marks_.push_back({.is_service = false, .is_whole = true});
    return place->second;
  }

  FlowGraph Graph() const {
    std::vector<Flow> flows = flows_;
    std::stable_sort(flows.begin(), flows.end(),
                     [](const Flow& a, const Flow& b) { return a.at.time < b.at.time; });
    for (std::size_t i = 0; i < flows.size(); ++i) {
      flows[i].at.number = i;
      flows[i].at.tx = TxNum{i};
    }
    return FlowGraph(std::move(flows), marks_);
  }

 private:
  std::map<std::string, FlowNode> nodes_;
  std::vector<NodeMarks> marks_;
  std::vector<Flow> flows_;
};

// "payer 3".
inline std::string Numbered(const std::string& name, int number) {
  return name + " " + std::to_string(number);
}

inline constexpr std::uint64_t kManySteps = 10'000'000;

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_TYPOLOGIES_FLOWS_H_
