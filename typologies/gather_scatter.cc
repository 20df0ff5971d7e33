#include "typologies/gather_scatter.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

namespace coinwake {
namespace {

constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

// The subject's receipts, or its payments, that count, in order.
struct Side {
  std::vector<std::uint32_t> numbers;  // of flows
  std::vector<std::int64_t> times;
  std::vector<FlowNode> others;     // who pays, or is paid
  std::vector<Uint128> sums = {0};  // of all before each, and of all

  void Add(std::uint32_t number, const Flow& flow, FlowNode other) {
    numbers.push_back(number);
    times.push_back(flow.at.time);
    others.push_back(other);
    sums.push_back(sums.back() + flow.amount);
  }
  std::size_t size() const { return numbers.size(); }
  Uint128 Sum(std::size_t begin, std::size_t end) const { return sums[end] - sums[begin]; }
};

// Payments are tried as the first of a scatter one after the other. What does not depend on the
// gather moves along with them: where each node is paid next, the fewest payments that are to
// enough payees, the fewest receipts that are from enough payers.
class Search {
 public:
  Search(const FlowGraph& graph, const GatherScatterParameters& parameters, StepBudget& steps)
      : graph_(graph),
        parameters_(parameters),
        steps_(steps),
        next_paid_(graph.nodes_count(), kNever),
        payers_(graph.nodes_count()),
        payees_(graph.nodes_count()) {
    for (const std::uint32_t number : graph.OfSubject()) {
      const Flow& flow = graph.flow(number);
      const bool is_between_two = flow.from != kNobodyNode && flow.to != kNobodyNode;
      if (!is_between_two || flow.amount < parameters.least_amount) continue;
      if (flow.to == kSubjectNode) {
        receipts_.Add(number, flow, flow.from);
      } else {
        payments_.Add(number, flow, flow.to);
        received_before_.push_back(receipts_.size());
      }
    }
    paid_again_.resize(payments_.size());
    for (std::size_t place = payments_.size(); place-- > 0;) {
      paid_again_[place] = std::exchange(next_paid_[payments_.others[place]], place);
    }
  }

  std::vector<Finding> Run() {
    std::vector<Finding> found;
    std::size_t free = 0;  // receipts before it, and payments before the next one, are of a finding
    std::size_t next = 0;
    for (std::size_t start = 0; start < payments_.size() && steps_.Take(); ++start) {
      MoveTo(start);
      if (start >= next && MayBegin(free)) {
        if (const std::optional<Match> match = FindGather(start, free); match.has_value()) {
          found.push_back(FindingOf(*match, start));
          free = received_before_[match->end - 1];
          next = match->end;
        }
      }
      LeavePayment(start);
    }
    return found;
  }

 private:
  struct Match {
    std::size_t begin = 0;  // of the receipts
    std::size_t end = 0;    // of the payments
  };

  // Moves what is kept along to the scatters that begin at `start`.
  void MoveTo(std::size_t start) {
    for (; receipts_seen_ < received_before_[start]; ++receipts_seen_) {
      payers_.Add(receipts_.others[receipts_seen_]);
    }
    // As few of the last receipts as are from enough payers.
    while (payers_.distinct() >= parameters_.least_payers && first_receipt_ < receipts_seen_) {
      enough_payers_ = first_receipt_;
      payers_.Remove(receipts_.others[first_receipt_++]);
    }
    while ((payments_seen_ <= start || payees_.distinct() < parameters_.least_payees) &&
           payments_seen_ < payments_.size()) {
      payees_.Add(payments_.others[payments_seen_++]);
    }
    enough_payees_ = payees_.distinct() < parameters_.least_payees ? kNever : payments_seen_;
  }

  void LeavePayment(std::size_t start) {
    const FlowNode payee = payments_.others[start];
    next_paid_[payee] = paid_again_[start];
    payees_.Remove(payee);
  }

  // Whether there are enough of both within the window at all.
  bool MayBegin(std::size_t free) const {
    return enough_payers_ != kNever && enough_payers_ >= free && enough_payees_ != kNever &&
           payments_.times[enough_payees_ - 1] <=
               receipts_.times[enough_payers_] + parameters_.window_s;
  }

  // The one that begins earliest, with the longest run; receipts before `free` are none of it.
  std::optional<Match> FindGather(std::size_t start, std::size_t free) {
    std::optional<Match> match;
    const std::size_t gathered = received_before_[start];
    std::size_t end = payments_.size();  // of the payments that may be of the scatter
    for (std::size_t begin = gathered; begin-- > free;) {
      const std::int64_t last = receipts_.times[begin] + parameters_.window_s;
      if (last < payments_.times[start] || !steps_.Take()) break;
      end = std::min(end, next_paid_[receipts_.others[begin]]);
      end = EndWithin(start, end, last);
      const Uint128 received = receipts_.Sum(begin, gathered);
      // Further back more is received, and no more may be paid.
      if (end < enough_payees_ || !IsRetained(start, end, received)) break;
      if (begin > enough_payers_) continue;
      const std::size_t longest = LongestRun(start, end, received);
      if (longest >= enough_payees_ && IsRetained(start, longest, received)) {
        match = Match{begin, longest};
      }
    }
    return match;
  }

  bool IsRetained(std::size_t start, std::size_t end, Uint128 received) const {
    return IsAtLeastPermille(payments_.Sum(start, end), received,
                             parameters_.least_retention_permille);
  }

  // The end of payments from `start` on, up to `end` and not after `last`.
  std::size_t EndWithin(std::size_t start, std::size_t end, std::int64_t last) const {
    const auto times = payments_.times.begin();
    return static_cast<std::size_t>(std::upper_bound(times + static_cast<std::ptrdiff_t>(start),
                                                     times + static_cast<std::ptrdiff_t>(end),
                                                     last) -
                                    times);
  }

  // The end of the most payments from `start` on that are together no more than may be scattered.
  std::size_t LongestRun(std::size_t start, std::size_t end, Uint128 received) const {
    const auto sums = payments_.sums.begin();
    const auto first = sums + static_cast<std::ptrdiff_t>(start) + 1;
    const auto longest =
        std::partition_point(first, sums + static_cast<std::ptrdiff_t>(end) + 1, [&](Uint128 sum) {
          return (sum - payments_.sums[start]) * 1000 <=
                 received * parameters_.greatest_retention_permille;
        });
    return static_cast<std::size_t>(longest - sums) - 1;
  }

  Finding FindingOf(const Match& match, std::size_t start) const {
    Finding finding;
    NodeCounts nodes(graph_.nodes_count());
    for (std::size_t i = match.begin; i < received_before_[start]; ++i) {
      finding.flows.push_back(receipts_.numbers[i]);
      nodes.Add(receipts_.others[i]);
    }
    for (std::size_t i = start; i < match.end; ++i) {
      finding.flows.push_back(payments_.numbers[i]);
      nodes.Add(payments_.others[i]);
    }
    finding.amount = payments_.Sum(start, match.end);
    finding.counterparties = nodes.distinct();
    return finding;
  }

  const FlowGraph& graph_;
  const GatherScatterParameters& parameters_;
  StepBudget& steps_;
  Side receipts_;
  Side payments_;
  std::vector<std::size_t> received_before_;  // by payment: receipts before it
  std::vector<std::size_t> paid_again_;  // by payment: the next one to the same node, or kNever
  // Of the payment in work: by node its first payment from there on; kNever: none is.
  std::vector<std::size_t> next_paid_;
  NodeCounts payers_;  // of receipts from first_receipt_ to receipts_seen_
  std::size_t first_receipt_ = 0;
  std::size_t receipts_seen_ = 0;
  std::size_t enough_payers_ = kNever;  // the last receipt from which on there are enough of them
  NodeCounts payees_;                   // of payments from the one in work to payments_seen_
  std::size_t payments_seen_ = 0;
  std::size_t enough_payees_ = kNever;  // the first end of payments to enough of them
};

}  // namespace

std::vector<Finding> FindGatherScatters(const FlowGraph& graph,
                                        const GatherScatterParameters& parameters,
                                        StepBudget& steps) {
  return Search(graph, parameters, steps).Run();
}

}  // namespace coinwake
