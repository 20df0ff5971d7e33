#include "typologies/flow_reading.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "indexer/base/amount.h"
#include "typologies/finding.h"
#include "typologies/payment_parts.h"

namespace coinwake {
namespace {

// Of what `payer` put in beside others, its part of `amount`.
Uint128 ShareOf(const PaymentPart& payer, Uint128 all_payers, Uint128 amount) {
  // Amounts of one payment are below 2^96, but their product may pass 128 bits.
  if (payer.amount == all_payers) return amount;
  const Uint256 share = Uint256(amount) * Uint256(payer.amount) / Uint256(all_payers);
  return static_cast<Uint128>(share);
}

// Steps of work, so many between two looks at whether to stop.
class Work {
 public:
  Work(std::uint64_t steps, const Cancellation* cancellation)
      : steps_(steps), cancellation_(cancellation) {}

  // False: there are not so many left, and none are from now on. kCancelled.
  absl::StatusOr<bool> Take(std::uint64_t steps) {
    unpolled_ += steps;
    if (unpolled_ >= kStepsBetweenPolls) {
      unpolled_ = 0;
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
    }
    return steps_.Take(steps);
  }

 private:
  static constexpr std::uint64_t kStepsBetweenPolls = 10'000;

  StepBudget steps_;
  const Cancellation* const cancellation_;
  std::uint64_t unpolled_ = 0;
};

// Turns payments into flows between numbered nodes.
class GraphMaker {
 public:
  // `read`: nodes that appear for themselves; other payers of a payment count as one.
  GraphMaker(AddressNum subject, const absl::flat_hash_set<std::uint64_t>& read,
             const IsServiceNode& is_service, const ReadingLimits& limits,
             const Cancellation* cancellation)
      : read_(read),
        is_service_(is_service),
        most_flows_(limits.flows),
        work_(limits.steps, cancellation) {
    NumberOf(subject);
  }

  absl::Status Add(const NodePayment& payment) {
    if (!is_cut_) COINWAKE_RETURN_IF_ERROR(AddFlows(payment));
    if (!is_cut_) return absl::OkStatus();
    for (const std::vector<PaymentPart>* const side : {&payment.payers, &payment.payees}) {
      for (const PaymentPart& part : *side) partial_.insert(part.node.value);
    }
    return absl::OkStatus();
  }

  const std::vector<AddressNum>& nodes() const { return nodes_; }
  bool is_cut() const { return is_cut_; }  // not all were added
  FlowGraph Make(bool is_subject_whole, const absl::flat_hash_set<std::uint64_t>& hubs) && {
    std::vector<NodeMarks> marks;
    for (const AddressNum node : nodes_) {
      marks.push_back({.is_service = is_service_(node),
                       .is_whole = read_.contains(node.value) && !partial_.contains(node.value),
                       .is_hub = hubs.contains(node.value)});
    }
    marks[kSubjectNode].is_whole = is_subject_whole;
    return FlowGraph(std::move(flows_), std::move(marks));
  }

 private:
  absl::Status AddFlows(const NodePayment& payment) {
    if (payment.is_mix) {
      for (const PaymentPart& payer : payment.payers)
        Add(payment, payer.node, kNobodyAddress, payer.amount);
      for (const PaymentPart& payee : payment.payees)
        Add(payment, kNobodyAddress, payee.node, payee.amount);
      return absl::OkStatus();
    }
    const Uint128 all = SumOf(payment.payers);
    PaymentPart rest{kNobodyAddress, 0};
    for (const PaymentPart& payer : payment.payers) {
      if (payer.node != kNobodyAddress && read_.contains(payer.node.value)) {
        COINWAKE_RETURN_IF_ERROR(AddPayer(payment, payer, all));
        if (is_cut_) return absl::OkStatus();
        continue;
      }
      if (rest.node == kNobodyAddress) rest.node = payer.node;  // ascending, nobody last
      rest.amount += payer.amount;
    }
    return rest.amount != 0 ? AddPayer(payment, rest, all) : absl::OkStatus();
  }

  absl::Status AddPayer(const NodePayment& payment, const PaymentPart& payer, Uint128 all) {
    COINWAKE_ASSIGN_OR_RETURN(const bool may_go_on, work_.Take(payment.payees.size() + 1));
    if (!may_go_on) is_cut_ = true;
    for (const PaymentPart& payee : payment.payees) {
      if (is_cut_) return absl::OkStatus();
      Add(payment, payer.node, payee.node, ShareOf(payer, all, payee.amount));
    }
    if (payer.node != kNobodyAddress) {
      Add(payment, payer.node, kNobodyAddress, ShareOf(payer, all, payment.lost));
    }
    return absl::OkStatus();
  }

  void Add(const NodePayment& payment, AddressNum from, AddressNum to, Uint128 amount) {
    // What only others pay each other is not of the graph.
    if (amount == 0 || from == to || !(read_.contains(from.value) || read_.contains(to.value))) {
      return;
    }
    if (is_cut_ || flows_.size() >= most_flows_) {
      is_cut_ = true;
      return;
    }
    const FlowNode payer = NumberOf(from);
    flows_.push_back({payment.at, payer, NumberOf(to), amount});
  }

  FlowNode NumberOf(AddressNum node) {
    if (node == kNobodyAddress) return kNobodyNode;
    const auto [place, is_new] =
        numbers_.try_emplace(node.value, static_cast<FlowNode>(nodes_.size()));
    if (is_new) nodes_.push_back(node);
    return place->second;
  }

  const absl::flat_hash_set<std::uint64_t>& read_;
  const IsServiceNode& is_service_;
  const std::size_t most_flows_;
  Work work_;
  bool is_cut_ = false;
  absl::flat_hash_set<std::uint64_t> partial_;  // of whom flows are not there
  absl::flat_hash_map<std::uint64_t, FlowNode> numbers_;
  std::vector<AddressNum> nodes_;
  std::vector<Flow> flows_;
};

// What reached a node, of everything that did: what is paid on is between a share of the least and
// the greatest of it.
struct Arrival {
  Moment first;
  std::int64_t last_time = 0;
  Uint128 least = 0;
  Uint128 greatest = 0;
};

// What a node paid another one of what had arrived.
struct PaidOn {
  Moment first;
  std::int64_t last_time = 0;
  Uint128 all = 0;
  Uint128 least = 0;      // of those that are a share of what arrived alone; 0: none is
  Uint128 greatest = 0;   // payment
  Uint128 of_others = 0;  // all others together
};

class Reader {
 public:
  Reader(PaymentSource& source, AddressNum subject, const ReadingLimits& limits,
         const IsServiceNode& is_service, const Cancellation* cancellation)
      : source_(source),
        subject_(subject),
        limits_(limits),
        is_service_(is_service),
        cancellation_(cancellation),
        work_(limits.steps, cancellation) {}

  absl::StatusOr<FlowReading> Read(bool with_wide) {
    read_.insert(subject_.value);
    COINWAKE_ASSIGN_OR_RETURN(const PaymentSource::Numbers own,
                              source_.NumbersOf(subject_, limits_.subject_payments));
    COINWAKE_ASSIGN_OR_RETURN(const bool is_all, ReadPayments(own.numbers));
    is_subject_cut_ = !own.is_all || !is_all;
    GraphMaker near(subject_, read_, is_service_, limits_, cancellation_);
    for (const auto& [number, payment] : payments_) COINWAKE_RETURN_IF_ERROR(near.Add(payment));
    is_subject_cut_ = is_subject_cut_ || near.is_cut();
    std::vector<AddressNum> near_nodes = near.nodes();
    FlowGraph near_graph = std::move(near).Make(!is_subject_cut_, hubs_);
    if (with_wide) COINWAKE_RETURN_IF_ERROR(ReadWide(own.numbers));
    GraphMaker wide(subject_, read_, is_service_, limits_, cancellation_);
    for (const auto& [number, payment] : payments_) COINWAKE_RETURN_IF_ERROR(wide.Add(payment));
    is_wide_cut_ = is_wide_cut_ || wide.is_cut();
    std::vector<AddressNum> wide_nodes = wide.nodes();
    FlowGraph wide_graph = std::move(wide).Make(!is_subject_cut_, hubs_);
    return FlowReading{std::move(near_graph), std::move(wide_graph), std::move(near_nodes),
                       std::move(wide_nodes), is_subject_cut_,       is_wide_cut_,
                       hubs_.size()};
  }

 private:
  // In the order in which nodes are to be read: by address number.
  using Arrivals = std::map<std::uint64_t, Arrival>;

  // False: the rows ran out before.
  absl::StatusOr<bool> ReadPayments(const std::vector<std::uint64_t>& numbers) {
    std::uint64_t polled = rows_;
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
    for (const std::uint64_t number : numbers) {
      if (payments_.contains(number)) continue;
      if (rows_ >= limits_.rows) return false;
      if (rows_ - polled >= kRowsBetweenPolls) {
        polled = rows_;
        COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      }
      COINWAKE_ASSIGN_OR_RETURN(NodePayment payment, source_.Read(number, &rows_));
      payments_.emplace(number, std::move(payment));
    }
    return true;
  }

  absl::Status ReadWide(const std::vector<std::uint64_t>& own) {
    Arrivals arrivals;
    COINWAKE_RETURN_IF_ERROR(Reach(subject_, own, nullptr, &arrivals));
    for (std::uint32_t hop = 0; hop < limits_.hops && !arrivals.empty(); ++hop) {
      Arrivals next;
      for (const auto& [node, arrival] : arrivals) {
        COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint64_t>* const numbers, NodeAt(node));
        if (is_wide_cut_) return absl::OkStatus();
        COINWAKE_RETURN_IF_ERROR(Reach(AddressNum{node}, *numbers, &arrival, &next));
      }
      arrivals = std::move(next);
    }
    return absl::OkStatus();
  }

  // Numbers of the node's payments, which are read; none of a hub's. Or is_wide_cut_.
  absl::StatusOr<const std::vector<std::uint64_t>*> NodeAt(std::uint64_t node) {
    const auto [place, is_new] = numbers_.try_emplace(node);
    if (!is_new) return &place->second;
    COINWAKE_ASSIGN_OR_RETURN(PaymentSource::Numbers found,
                              source_.NumbersOf(AddressNum{node}, limits_.node_payments));
    COINWAKE_ASSIGN_OR_RETURN(const bool may_go_on, work_.Take(found.numbers.size()));
    is_wide_cut_ = is_wide_cut_ || !may_go_on;
    if (is_wide_cut_) return &place->second;
    if (!found.is_all) {
      hubs_.insert(node);
      return &place->second;
    }
    COINWAKE_ASSIGN_OR_RETURN(const bool is_all, ReadPayments(found.numbers));
    if (is_all) {
      read_.insert(node);
      place->second = std::move(found.numbers);
    } else {
      is_wide_cut_ = true;
    }
    return &place->second;
  }

  // Notes whom `payer` pays with these payments and who is to be read. `arrival` (null for the
  // subject's own): what it may pay from.
  absl::Status Reach(AddressNum payer, const std::vector<std::uint64_t>& numbers,
                     const Arrival* arrival, Arrivals* arrivals) {
    std::map<std::uint64_t, PaidOn> payees;
    Uint128 received = 0;
    for (const std::uint64_t number : numbers) {
      const auto payment = payments_.find(number);
      if (payment == payments_.end()) continue;
      COINWAKE_ASSIGN_OR_RETURN(const bool may_go_on,
                                ReachBy(payment->second, payer, arrival, &payees));
      is_wide_cut_ = is_wide_cut_ || !may_go_on;
      if (is_wide_cut_) return absl::OkStatus();
      if (arrival == nullptr) received = std::max(received, PaidTo(payment->second, payer));
    }
    for (const auto& [node, paid] : payees) {
      if (is_service_(AddressNum{node})) continue;
      const std::optional<Arrival> there = ArrivalOf(paid, arrival, received);
      if (!there.has_value()) continue;
      const auto [place, is_new] = arrivals->try_emplace(node, *there);
      if (is_new) continue;
      Arrival& known = place->second;
      if (there->first.number < known.first.number) known.first = there->first;
      known.last_time = std::max(known.last_time, there->last_time);
      known.least = std::min(known.least, there->least);
      known.greatest = std::max(known.greatest, there->greatest);
    }
    return absl::OkStatus();
  }

  // False: the steps ran out.
  absl::StatusOr<bool> ReachBy(const NodePayment& payment, AddressNum payer, const Arrival* arrival,
                               std::map<std::uint64_t, PaidOn>* payees) {
    if (payment.is_mix) return true;
    const PaymentPart* const part = PartOf(payment.payers, payer);
    if (part == nullptr) return true;
    if (arrival != nullptr && (payment.at.number <= arrival->first.number ||
                               payment.at.time > arrival->last_time + limits_.window_s)) {
      return true;
    }
    COINWAKE_ASSIGN_OR_RETURN(const bool may_go_on,
                              work_.Take(payment.payers.size() + payment.payees.size()));
    if (!may_go_on) return false;
    const Uint128 all = SumOf(payment.payers);
    for (const PaymentPart& payee : payment.payees) {
      if (payee.node == subject_) continue;
      const Uint128 amount = ShareOf(*part, all, payee.amount);
      if (amount == 0 || (arrival != nullptr && amount > arrival->greatest)) continue;
      const auto [place, is_new] = payees->try_emplace(payee.node.value);
      PaidOn& paid = place->second;
      if (is_new || payment.at.number < paid.first.number) paid.first = payment.at;
      paid.last_time = is_new ? payment.at.time : std::max(paid.last_time, payment.at.time);
      paid.all += amount;
      paid.greatest = std::max(paid.greatest, amount);
      if (arrival == nullptr || IsShareOf(amount, *arrival)) {
        paid.least = paid.least == 0 ? amount : std::min(paid.least, amount);
      } else {
        paid.of_others += amount;
      }
    }
    return true;
  }

  bool IsShareOf(Uint128 amount, const Arrival& arrival) const {
    return IsAtLeastPermille(amount, arrival.least, limits_.retention_permille);
  }

  // What arrived at who was paid so; nullopt: too little of what had arrived at the payer. Of the
  // subject, of whom all payments count, several are one arrival up to the most it `received`.
  std::optional<Arrival> ArrivalOf(const PaidOn& paid, const Arrival* arrival,
                                   Uint128 received) const {
    const Uint128 together = std::min(paid.all, arrival == nullptr ? received : arrival->greatest);
    Arrival there{paid.first, paid.last_time, paid.least, std::max(paid.greatest, together)};
    if (arrival != nullptr && IsShareOf(paid.of_others, *arrival)) {
      // Any of them that together are a share of it.
      there.least = std::max<Uint128>(1, arrival->least / 1000 * limits_.retention_permille);
    }
    if (there.least == 0) return std::nullopt;
    return there;
  }

  static const PaymentPart* PartOf(const std::vector<PaymentPart>& parts, AddressNum node) {
    const auto place =
        std::lower_bound(parts.begin(), parts.end(), node,
                         [](const PaymentPart& part, AddressNum key) { return part.node < key; });
    return place == parts.end() || place->node != node ? nullptr : &*place;
  }
  static Uint128 PaidTo(const NodePayment& payment, AddressNum node) {
    const PaymentPart* const part = PartOf(payment.payees, node);
    return part == nullptr ? 0 : part->amount;
  }

  static constexpr std::uint64_t kRowsBetweenPolls = 1'000;

  PaymentSource& source_;
  const AddressNum subject_;
  const ReadingLimits& limits_;
  const IsServiceNode& is_service_;
  const Cancellation* const cancellation_;
  Work work_;
  std::map<std::uint64_t, NodePayment> payments_;                // by number
  std::map<std::uint64_t, std::vector<std::uint64_t>> numbers_;  // of payments, by node
  absl::flat_hash_set<std::uint64_t> read_;  // nodes all of whose payments are there
  absl::flat_hash_set<std::uint64_t> hubs_;  // nodes that were not read: they have too many
  std::uint64_t rows_ = 0;
  bool is_subject_cut_ = false;
  bool is_wide_cut_ = false;
};

}  // namespace

absl::StatusOr<FlowReading> ReadFlows(PaymentSource& source, AddressNum subject, bool with_wide,
                                      const ReadingLimits& limits, const IsServiceNode& is_service,
                                      const Cancellation* cancellation) {
  return Reader(source, subject, limits, is_service, cancellation).Read(with_wide);
}

}  // namespace coinwake
