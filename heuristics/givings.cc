#include "heuristics/givings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "heuristics/account_pass.h"
#include "heuristics/poisoning.h"

namespace coinwake {
namespace {

constexpr std::size_t kEventsAtOnce = 4'096;

// Looks at one supplier after the other. One thread.
class GivingsFinder {
 public:
  GivingsFinder(const AccountReader& reader, const AccountUse& use) : reader_(reader), use_(use) {}

  absl::Status Visit(std::uint32_t supplier) {
    supplier_ = AddressNum{supplier};
    groups_.clear();
    gives_to_many_ = false;
    for (const AssetNum asset : {kTrxAsset, kFactsAsset}) {
      COINWAKE_RETURN_IF_ERROR(ReadGivings(asset));
    }
    if (!gives_to_many_) COINWAKE_RETURN_IF_ERROR(ReadUsdt());
    if (gives_to_many_) groups_[kNobody].givings.receivers = kMostOtherReceivers + 1;
    for (auto& [payees, group] : groups_) {
      group.givings.supplier = supplier;
      group.givings.payees = payees;
      givings.push_back(group.givings);
    }
    return absl::OkStatus();
  }

  std::vector<Givings> givings;

 private:
  using PayeePair = std::array<std::uint32_t, 2>;
  static constexpr PayeePair kNobody = {kNone32, kNone32};
  struct Group {
    Givings givings;
    absl::flat_hash_set<std::uint32_t> receivers;  // the first of them
  };

  absl::Status ReadGivings(AssetNum asset) {
    const AccountView& view = reader_.view();
    EventNum from{0};
    do {
      numbers_.clear();
      COINWAKE_RETURN_IF_ERROR(view.EventsOf(supplier_, asset, from, kEventsAtOnce, &numbers_));
      for (const EventNum number : numbers_) {
        if (gives_to_many_) return view.damage().status();
        const LedgerEvent event = view.Event(number);
        const bool lends = event.kind == EntryKind::kDelegate && event.to.has_value();
        if (event.from == supplier_ && event.to != supplier_ && (lends || IsPayment(event))) {
          NoteGiving(*event.to);
        }
      }
      if (!numbers_.empty()) from = numbers_.back() + 1;
    } while (numbers_.size() == kEventsAtOnce);
    return view.damage().status();
  }

  void NoteGiving(AddressNum receiver) {
    const std::optional<PayeePair> payees = PayeesOf(receiver);
    if (!payees.has_value()) return;
    Group& group = groups_[*payees];
    ++group.givings.times;
    if (group.givings.receivers > kMostOtherReceivers) return;
    if (!group.receivers.insert(static_cast<std::uint32_t>(receiver.value)).second) return;
    ++group.givings.receivers;
    const bool are_others = *payees == kNobody && group.givings.receivers > kMostOtherReceivers;
    gives_to_many_ = are_others || groups_.size() > kMostPairsOfPayees;
  }

  // nullopt: it pays nobody.
  std::optional<PayeePair> PayeesOf(AddressNum receiver) const {
    if (use_.IsContract(receiver)) return kNobody;
    const AccountUse::Payees payees = use_.PayeesOf(receiver);
    if (!payees.many && payees.accounts.empty()) return std::nullopt;
    PayeePair pair = kNobody;
    for (std::size_t i = 0; i < payees.accounts.size(); ++i) {
      pair[i] = static_cast<std::uint32_t>(payees.accounts[i].value);
    }
    std::sort(pair.begin(), pair.end());
    return pair;
  }

  absl::Status ReadUsdt() {
    if (!reader_.usdt().has_value()) return absl::OkStatus();
    COINWAKE_RETURN_IF_ERROR(reader_.Read(supplier_, *reader_.usdt(), &events_).status());
    for (const AccountMovement& one : events_) {
      if (!IsPayment(one.event) || one.event.from != supplier_) continue;
      const std::optional<PayeePair> payees = PayeesOf(*one.event.to);
      const auto group = payees.has_value() ? groups_.find(*payees) : groups_.end();
      if (group != groups_.end()) group->second.givings.gets_usdt = true;
    }
    return absl::OkStatus();
  }

  const AccountReader& reader_;
  const AccountUse& use_;
  AddressNum supplier_;
  std::map<PayeePair, Group> groups_;
  bool gives_to_many_ = false;
  std::vector<EventNum> numbers_;
  std::vector<AccountMovement> events_;
};

}  // namespace

absl::StatusOr<std::vector<Givings>> FindGivings(std::span<const std::uint32_t> suppliers,
                                                 const AccountReader& reader, const AccountUse& use,
                                                 int threads) {
  std::vector<GivingsFinder> finders(static_cast<std::size_t>(threads), {reader, use});
  COINWAKE_RETURN_IF_ERROR(ForEachOf(suppliers.size(), /*batch=*/1, &finders,
                                     [suppliers](GivingsFinder* finder, std::uint64_t place) {
                                       return finder->Visit(suppliers[place]);
                                     }));
  std::vector<Givings> all = Gathered(&finders, &GivingsFinder::givings);
  std::sort(all.begin(), all.end(), [](const Givings& a, const Givings& b) {
    return std::tie(a.supplier, a.payees) < std::tie(b.supplier, b.payees);
  });
  return all;
}

}  // namespace coinwake
