#include "heuristics/control.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace coinwake {
namespace {

// One change of permissions and the keys it names.
class Change {
 public:
  Change(const AccountMovement& changed, AddressNum account)
      : tx_(changed.tx),
        height_(changed.height),
        threshold_(changed.event.amount),
        account_(account) {}

  TxNum tx() const { return tx_; }
  std::uint64_t height() const { return height_; }

  void AddKey(AddressNum key, const Uint256& weight) {
    if (key == account_ || std::find(keys_.begin(), keys_.end(), key) != keys_.end()) return;
    keys_.push_back(key);
    weight_ += weight;
  }
  // nullopt: the account's own key is needed, or the threshold is not told.
  std::optional<ControlEdge> Edge() const {
    if (threshold_ == 0 || weight_ < threshold_) return std::nullopt;
    return ControlEdge{account_, keys_, height_ + 1, std::nullopt, tx_};
  }

 private:
  TxNum tx_;
  std::uint64_t height_;
  Uint256 threshold_;
  AddressNum account_;
  std::vector<AddressNum> keys_;
  AmountSum weight_ = 0;  // of all keys but the account's own
};

// Appends the control edges of `account` by its facts.
void AppendEdges(AddressNum account, const std::vector<AccountMovement>& facts,
                 std::vector<ControlEdge>* edges) {
  std::vector<Change> changes;
  for (const AccountMovement& fact : facts) {
    if (fact.event.from != account) continue;
    if (fact.event.kind == EntryKind::kPermissionChanged) {
      changes.emplace_back(fact, account);
    } else if (!changes.empty() && changes.back().tx() == fact.tx && fact.event.to.has_value()) {
      changes.back().AddKey(*fact.event.to, fact.event.amount);
    }
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    std::optional<ControlEdge> edge = changes[i].Edge();
    if (!edge.has_value()) continue;
    if (i + 1 < changes.size()) {
      edge->to_height = changes[i + 1].height();
      if (*edge->to_height < edge->from_height) continue;  // changed again in the same block
    }
    edges->push_back(*std::move(edge));
  }
}

// Who named `account` a key, by `facts` about it, ascending.
std::vector<AddressNum> NamedBy(AddressNum account, const std::vector<AccountMovement>& facts) {
  std::vector<AddressNum> others;
  for (const AccountMovement& fact : facts) {
    const bool names_it = fact.event.kind == EntryKind::kOwnerKey && fact.event.to == account;
    if (names_it && fact.event.from.has_value() && fact.event.from != account) {
      others.push_back(*fact.event.from);
    }
  }
  std::sort(others.begin(), others.end());
  others.erase(std::unique(others.begin(), others.end()), others.end());
  return others;
}

}  // namespace

absl::StatusOr<FoundControl> ControlAround(const AccountReader& reader, AddressNum account) {
  FoundControl found;
  std::vector<AccountMovement> facts;
  COINWAKE_ASSIGN_OR_RETURN(bool is_read, reader.Read(account, kFactsAsset, &facts));
  found.is_cut = !is_read;
  if (is_read) AppendEdges(account, facts, &found.edges);
  std::vector<AddressNum> others = NamedBy(account, facts);
  if (others.size() > kMostControlled) {
    found.is_cut = true;
    others.resize(kMostControlled);
  }
  for (const AddressNum other : others) {
    COINWAKE_ASSIGN_OR_RETURN(is_read, reader.Read(other, kFactsAsset, &facts));
    if (!is_read) {
      found.is_cut = true;
      continue;
    }
    std::vector<ControlEdge> of_other;
    AppendEdges(other, facts, &of_other);
    for (ControlEdge& edge : of_other) {
      if (std::find(edge.keys.begin(), edge.keys.end(), account) == edge.keys.end()) continue;
      found.edges.push_back(std::move(edge));
    }
  }
  std::sort(found.edges.begin(), found.edges.end(), [](const ControlEdge& a, const ControlEdge& b) {
    return std::tie(a.account, a.from_height) < std::tie(b.account, b.from_height);
  });
  return found;
}

}  // namespace coinwake
