#include "timeline/successor.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace coinwake {
namespace {

using Nodes = absl::flat_hash_set<std::uint64_t>;

constexpr std::uint64_t kReadsBetweenChecks = 256;

// Who paid the subject: in which payment last.
struct Payer {
  AddressNum entity;
  Moment last;
};

// Which of those pay a node, each with its first payment, and all they paid it.
struct Shared {
  std::map<std::uint64_t, TxNum> by_payer;
  Uint128 amount = 0;
};

class Finder {
 public:
  explicit Finder(const SuccessorSearch& search) : search_(search) {
    for (const AddressNum address : search.subject) {
      own_.insert(search.sources.entities.NodeOf(address).value);
    }
  }

  absl::StatusOr<FoundSuccessors> Find(const std::vector<Receipt>& receipts) {
    COINWAKE_RETURN_IF_ERROR(FollowPayers(PayersOf(receipts)));
    found_.examined = shared_.size();
    found_.marked = seen_.size();
    for (const auto& [node, shared] : MostShared()) {
      COINWAKE_RETURN_IF_ERROR(Examine(node, *shared));
    }
    COINWAKE_RETURN_IF_ERROR(SeeEverybody());
    found_.population = seen_.size();
    found_.old = old_.size();
    COINWAKE_RETURN_IF_ERROR(Judge(&old_));
    COINWAKE_RETURN_IF_ERROR(Judge(&found_.successors));
    for (Successor& one : found_.successors) {
      one.old_as_unlikely = static_cast<std::uint64_t>(
          std::count_if(old_.begin(), old_.end(),
                        [&one](const Successor& other) { return other.chance <= one.chance; }));
    }
    std::sort(found_.successors.begin(), found_.successors.end(), IsBefore);
    return std::move(found_);
  }

 private:
  absl::Status Judge(std::vector<Successor>* all) {
    for (Successor& one : *all) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(search_.cancellation));
      one.chance =
          ProbabilityOfSharing({found_.population, found_.marked, one.drawn}, one.shared.size());
      one.corrected = Corrected(one.chance, found_.examined);
    }
    return absl::OkStatus();
  }

  PaymentSource& nodes() const {
    return search_.by_entity ? search_.sources.entities : search_.sources.addresses;
  }

  static bool IsBefore(const Successor& a, const Successor& b) {
    if (a.corrected != b.corrected) return a.corrected < b.corrected;
    if (a.chance != b.chance) return a.chance < b.chance;
    if (a.shared.size() != b.shared.size()) return a.shared.size() > b.shared.size();
    return std::tie(a.first.number, a.node) < std::tie(b.first.number, b.node);
  }

  // Services left out, the latest first, at most as many as are followed.
  std::vector<Payer> PayersOf(const std::vector<Receipt>& receipts) {
    std::map<AddressNum, Moment> last;
    for (const Receipt& receipt : receipts) {
      if (receipt.at.number >= search_.after) break;
      for (const AddressNum payer : receipt.payers) last[payer] = receipt.at;
    }
    std::vector<Payer> payers;
    for (const auto& [entity, at] : last) {
      if (search_.is_service(entity)) {
        ++found_.services;
      } else {
        payers.push_back({entity, at});
      }
    }
    std::sort(payers.begin(), payers.end(), [](const Payer& a, const Payer& b) {
      return std::tie(b.last.number, a.entity) < std::tie(a.last.number, b.entity);
    });
    if (payers.size() > search_.limits.payers) {
      payers.resize(search_.limits.payers);
      found_.is_cut = true;
    }
    return payers;
  }

  absl::Status FollowPayers(const std::vector<Payer>& payers) {
    for (const Payer& payer : payers) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(search_.cancellation));
      if (rows_ >= search_.limits.rows) {
        found_.is_cut = true;
        break;
      }
      COINWAKE_ASSIGN_OR_RETURN(
          const PaymentSource::Numbers numbers,
          search_.sources.entities.NumbersOf(payer.entity, search_.limits.payer_payments));
      if (!numbers.is_all) {
        ++found_.hubs;
        continue;
      }
      rows_ += numbers.numbers.size();  // to look for them costs as much
      ++found_.payers;
      last_paid_[payer.entity.value] = payer.last.tx;
      for (const std::uint64_t number : numbers.numbers) {
        if (number < search_.after || number >= search_.end) continue;
        COINWAKE_RETURN_IF_ERROR(Follow(payer.entity, number));
      }
    }
    return absl::OkStatus();
  }

  static bool IsPayer(const NodePayment& payment, AddressNum entity) {
    return std::any_of(payment.payers.begin(), payment.payers.end(),
                       [entity](const PaymentPart& part) { return part.node == entity; });
  }

  // Notes whom the payer pays there.
  absl::Status Follow(AddressNum payer, std::uint64_t number) {
    COINWAKE_RETURN_IF_ERROR(CheckNow());
    PaymentSource& entities = search_.sources.entities;
    COINWAKE_ASSIGN_OR_RETURN(const NodePayment who, entities.Read(number, &rows_));
    if (who.is_mix || who.payees.empty() || !IsPayer(who, payer)) return absl::OkStatus();
    seen_.insert(payer.value);
    NodePayment read;
    if (&nodes() != &entities) {
      COINWAKE_ASSIGN_OR_RETURN(read, nodes().Read(number, &rows_));
    }
    for (const PaymentPart& payee : &nodes() == &entities ? who.payees : read.payees) {
      // To another address of who pays: change.
      if (payee.node == kNobodyAddress || IsPayer(who, entities.NodeOf(payee.node))) continue;
      if (IsLeftOut(payee.node)) continue;
      Shared& shared = shared_[payee.node];
      shared.by_payer.try_emplace(payer.value, who.at.tx);
      shared.amount += payee.amount;
    }
    return absl::OkStatus();
  }

  // A node of the subject's own or of a service, which is counted once.
  bool IsLeftOut(AddressNum node) {
    const bool is_own = own_.contains(search_.sources.entities.NodeOf(node).value);
    if (!is_own && !search_.is_service(node)) return false;
    if (left_out_.insert(node.value).second) ++(is_own ? found_.own : found_.services);
    return true;
  }

  // Those that enough of the payers share, the most first, at most as many as are examined.
  std::vector<std::pair<AddressNum, const Shared*>> MostShared() {
    std::vector<std::pair<AddressNum, const Shared*>> most;
    for (const auto& [node, shared] : shared_) {
      if (shared.by_payer.size() >= std::max<std::size_t>(search_.least_shared, 1)) {
        most.emplace_back(node, &shared);
      }
    }
    std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) {
      return a.second->by_payer.size() > b.second->by_payer.size();
    });
    if (most.size() > search_.limits.candidates) {
      most.resize(search_.limits.candidates);
      found_.is_cut = true;
    }
    return most;
  }

  // Reads what the node receives: whether it is new, and who else pays it.
  absl::Status Examine(AddressNum node, const Shared& shared) {
    if (rows_ >= search_.limits.rows) {
      found_.is_cut = true;
      return absl::OkStatus();
    }
    const ReceiptLimits limits{.payments = search_.limits.candidate_payments,
                               .rows = search_.limits.rows - rows_};
    COINWAKE_ASSIGN_OR_RETURN(
        const Receipts receipts,
        ReadReceipts({nodes(), search_.sources.entities}, {node}, limits, search_.cancellation));
    rows_ += receipts.rows;
    if (receipts.is_cut) {
      const bool is_out_of_rows = receipts.rows >= limits.rows;
      found_.is_cut = found_.is_cut || is_out_of_rows;
      if (!is_out_of_rows) ++found_.hubs;
      return absl::OkStatus();
    }
    // Where there are none, all it got was its own.
    if (receipts.all.empty()) return absl::OkStatus();
    const bool is_old = receipts.all.front().at.number < search_.after;
    Successor successor;
    successor.node = node;
    successor.first = receipts.all.front().at;
    successor.amount = shared.amount;
    Nodes drawn;
    for (const Receipt& receipt : receipts.all) {
      if (receipt.at.number < search_.after) continue;
      if (receipt.at.number >= search_.end) break;
      successor.last = receipt.at;
      for (const AddressNum payer : receipt.payers) {
        if (!search_.is_service(payer)) drawn.insert(payer.value);
      }
    }
    successor.drawn = drawn.size();
    seen_.insert(drawn.begin(), drawn.end());
    for (const auto& [payer, first] : shared.by_payer) {
      successor.shared.push_back({AddressNum{payer}, last_paid_.at(payer), first});
    }
    std::stable_sort(successor.shared.begin(), successor.shared.end(),
                     [](const SharedPayer& a, const SharedPayer& b) {
                       return a.paid_successor < b.paid_successor;
                     });
    (is_old ? old_ : found_.successors).push_back(std::move(successor));
    return absl::OkStatus();
  }

  void AddThose(const NodePayment& payment, Nodes* to) const {
    if (payment.is_mix || payment.payees.empty()) return;
    for (const PaymentPart& payer : payment.payers) {
      if (payer.node == kNobodyAddress || to->contains(payer.node.value)) continue;
      if (!search_.is_service(payer.node)) to->insert(payer.node.value);
    }
  }

  // Adds all that pay somebody after, as far as the rows go.
  absl::Status SeeEverybody() {
    std::uint64_t rows = 0;
    for (std::uint64_t number = search_.after; number < search_.end; ++number) {
      if (rows >= search_.limits.population_rows) {
        found_.is_population_cut = true;
        break;
      }
      COINWAKE_RETURN_IF_ERROR(CheckNow());
      COINWAKE_ASSIGN_OR_RETURN(const NodePayment payment,
                                search_.sources.entities.Read(number, &rows));
      AddThose(payment, &seen_);
    }
    return absl::OkStatus();
  }

  absl::Status CheckNow() {
    return ++reads_ % kReadsBetweenChecks == 0 ? CheckCancelled(search_.cancellation)
                                               : absl::OkStatus();
  }

  const SuccessorSearch& search_;
  FoundSuccessors found_;
  std::vector<Successor> old_;  // the same of nodes that were paid before
  Nodes own_;                   // entities of the subject
  Nodes left_out_;              // nodes
  Nodes seen_;                  // entities that pay somebody after
  absl::flat_hash_map<std::uint64_t, TxNum> last_paid_;
  std::map<AddressNum, Shared> shared_;  // by node
  std::uint64_t rows_ = 0;
  std::uint64_t reads_ = 0;
};

}  // namespace

absl::StatusOr<FoundSuccessors> FindSuccessors(const SuccessorSearch& search,
                                               const std::vector<Receipt>& receipts) {
  return Finder(search).Find(receipts);
}

}  // namespace coinwake
