#include "typologies/flow_reading.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "indexer/base/amount.h"
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

// Turns payments into flows between numbered nodes.
class GraphMaker {
 public:
  // `read`: nodes that appear for themselves; other payers of a payment count as one.
  GraphMaker(AddressNum subject, const absl::flat_hash_set<std::uint64_t>& read,
             const IsServiceNode& is_service, std::size_t most_flows)
      : read_(read), is_service_(is_service), most_flows_(most_flows) {
    NumberOf(subject);
  }

  void Add(const NodePayment& payment) {
    if (payment.is_mix) {
      for (const PaymentPart& payer : payment.payers)
        Add(payment, payer.node, kNobodyAddress, payer.amount);
      for (const PaymentPart& payee : payment.payees)
        Add(payment, kNobodyAddress, payee.node, payee.amount);
      return;
    }
    const Uint128 all = SumOf(payment.payers);
    PaymentPart rest{kNobodyAddress, 0};
    for (const PaymentPart& payer : payment.payers) {
      if (payer.node != kNobodyAddress && read_.contains(payer.node.value)) {
        AddPayer(payment, payer, all);
        continue;
      }
      if (rest.node == kNobodyAddress) rest.node = payer.node;  // ascending, nobody last
      rest.amount += payer.amount;
    }
    if (rest.amount != 0) AddPayer(payment, rest, all);
  }

  const std::vector<AddressNum>& nodes() const { return nodes_; }
  bool is_cut() const { return is_cut_; }  // not all were added
  FlowGraph Make(bool is_subject_whole) && {
    std::vector<NodeMarks> marks;
    for (const AddressNum node : nodes_) {
      marks.push_back({is_service_(node), read_.contains(node.value)});
    }
    marks[kSubjectNode].is_whole = is_subject_whole;
    return FlowGraph(std::move(flows_), std::move(marks));
  }

 private:
  void AddPayer(const NodePayment& payment, const PaymentPart& payer, Uint128 all) {
    for (const PaymentPart& payee : payment.payees) {
      Add(payment, payer.node, payee.node, ShareOf(payer, all, payee.amount));
    }
    if (payer.node != kNobodyAddress) {
      Add(payment, payer.node, kNobodyAddress, ShareOf(payer, all, payment.lost));
    }
  }

  void Add(const NodePayment& payment, AddressNum from, AddressNum to, Uint128 amount) {
    // What only others pay each other is not of the graph.
    if (amount == 0 || from == to || !(read_.contains(from.value) || read_.contains(to.value))) {
      return;
    }
    if (flows_.size() >= most_flows_) {
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
  bool is_cut_ = false;
  absl::flat_hash_map<std::uint64_t, FlowNode> numbers_;
  std::vector<AddressNum> nodes_;
  std::vector<Flow> flows_;
};

// What reached a node, of everything that did.
struct Arrival {
  Moment first;
  std::int64_t last_time = 0;
  Uint128 least = 0;
  Uint128 greatest = 0;
};

class Reader {
 public:
  Reader(PaymentSource& source, AddressNum subject, const ReadingLimits& limits,
         const IsServiceNode& is_service, const Cancellation* cancellation)
      : source_(source),
        subject_(subject),
        limits_(limits),
        is_service_(is_service),
        cancellation_(cancellation) {}

  absl::StatusOr<FlowReading> Read(bool with_wide) {
    read_.insert(subject_.value);
    COINWAKE_ASSIGN_OR_RETURN(const PaymentSource::Numbers own,
                              source_.NumbersOf(subject_, limits_.subject_payments));
    COINWAKE_ASSIGN_OR_RETURN(const bool is_all, ReadPayments(own.numbers));
    is_subject_cut_ = !own.is_all || !is_all;
    GraphMaker near(subject_, read_, is_service_, limits_.flows);
    for (const auto& [number, payment] : payments_) near.Add(payment);
    is_subject_cut_ = is_subject_cut_ || near.is_cut();
    std::vector<AddressNum> near_nodes = near.nodes();
    FlowGraph near_graph = std::move(near).Make(!is_subject_cut_);
    if (with_wide) COINWAKE_RETURN_IF_ERROR(ReadWide(own.numbers));
    GraphMaker wide(subject_, read_, is_service_, limits_.flows);
    for (const auto& [number, payment] : payments_) wide.Add(payment);
    is_wide_cut_ = is_wide_cut_ || wide.is_cut();
    std::vector<AddressNum> wide_nodes = wide.nodes();
    FlowGraph wide_graph = std::move(wide).Make(!is_subject_cut_);
    return FlowReading{std::move(near_graph),
                       std::move(wide_graph),
                       std::move(near_nodes),
                       std::move(wide_nodes),
                       is_subject_cut_,
                       is_wide_cut_,
                       hubs_};
  }

 private:
  // In the order in which nodes are to be read: by address number.
  using Arrivals = std::map<std::uint64_t, Arrival>;

  // False: the rows ran out before.
  absl::StatusOr<bool> ReadPayments(const std::vector<std::uint64_t>& numbers) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
    for (const std::uint64_t number : numbers) {
      if (payments_.contains(number)) continue;
      if (rows_ >= limits_.rows) return false;
      COINWAKE_ASSIGN_OR_RETURN(NodePayment payment, source_.Read(number, &rows_));
      payments_.emplace(number, std::move(payment));
    }
    return true;
  }

  absl::Status ReadWide(const std::vector<std::uint64_t>& own) {
    Arrivals arrivals;
    for (const std::uint64_t number : own) {
      const auto payment = payments_.find(number);
      if (payment != payments_.end()) Reach(payment->second, subject_, nullptr, &arrivals);
    }
    for (std::uint32_t hop = 0; hop < limits_.hops && !arrivals.empty(); ++hop) {
      Arrivals next;
      for (const auto& [node, arrival] : arrivals) {
        COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint64_t>* const numbers, NodeAt(node));
        if (is_wide_cut_) return absl::OkStatus();
        for (const std::uint64_t number : *numbers) {
          Reach(payments_.at(number), AddressNum{node}, &arrival, &next);
        }
      }
      arrivals = std::move(next);
    }
    return absl::OkStatus();
  }

  // Numbers of the node's payments, which are read; none of a hub's. Or the rows run out.
  absl::StatusOr<const std::vector<std::uint64_t>*> NodeAt(std::uint64_t node) {
    const auto [place, is_new] = numbers_.try_emplace(node);
    if (!is_new) return &place->second;
    COINWAKE_ASSIGN_OR_RETURN(PaymentSource::Numbers found,
                              source_.NumbersOf(AddressNum{node}, limits_.node_payments));
    if (!found.is_all) {
      ++hubs_;
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

  // Notes whom `payer` pays there and who is to be read. `arrival` (null for the subject's own):
  // what it may pay from.
  void Reach(const NodePayment& payment, AddressNum payer, const Arrival* arrival,
             Arrivals* arrivals) {
    if (payment.is_mix) return;
    const auto part = std::find_if(payment.payers.begin(), payment.payers.end(),
                                   [payer](const PaymentPart& one) { return one.node == payer; });
    if (part == payment.payers.end()) return;
    if (arrival != nullptr && (payment.at.number <= arrival->first.number ||
                               payment.at.time > arrival->last_time + limits_.window_s)) {
      return;
    }
    const Uint128 all = SumOf(payment.payers);
    for (const PaymentPart& payee : payment.payees) {
      if (payee.node == subject_ || is_service_(payee.node)) continue;
      const Uint128 amount = ShareOf(*part, all, payee.amount);
      if (arrival != nullptr && (amount > arrival->greatest ||
                                 amount < arrival->least / 1000 * limits_.retention_permille)) {
        continue;
      }
      const auto [place, is_new] = arrivals->try_emplace(
          payee.node.value, Arrival{payment.at, payment.at.time, amount, amount});
      Arrival& there = place->second;
      if (is_new) continue;
      if (payment.at.number < there.first.number) there.first = payment.at;
      there.last_time = std::max(there.last_time, payment.at.time);
      there.least = std::min(there.least, amount);
      there.greatest = std::max(there.greatest, amount);
    }
  }

  PaymentSource& source_;
  const AddressNum subject_;
  const ReadingLimits& limits_;
  const IsServiceNode& is_service_;
  const Cancellation* const cancellation_;
  std::map<std::uint64_t, NodePayment> payments_;                // by number
  std::map<std::uint64_t, std::vector<std::uint64_t>> numbers_;  // of payments, by node
  absl::flat_hash_set<std::uint64_t> read_;  // nodes all of whose payments are there
  std::uint64_t rows_ = 0;
  std::uint64_t hubs_ = 0;
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
