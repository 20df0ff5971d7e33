// Payments made by hand or at random, as two sources: by address, and by who holds it.
#ifndef COINWAKE_TESTS_TIMELINE_LEDGER_H_
#define COINWAKE_TESTS_TIMELINE_LEDGER_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "typologies/payment_parts.h"
#include "typologies/payment_source.h"

namespace coinwake::test {

struct LedgerPayment {
  std::int64_t time = 0;
  std::vector<std::uint64_t> payers;  // addresses, each with as much as it needs; none: new coins
  std::vector<std::pair<std::uint64_t, std::uint64_t>> payees;  // addresses, amounts
  bool is_mix = false;
};

// Payment n of the ledger is number n, in transaction n, at height n / 2.
class Ledger {
 public:
  Ledger() : addresses_(*this, /*by_entity=*/false), entities_(*this, /*by_entity=*/true) {}
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  void Add(LedgerPayment payment) { payments_.push_back(std::move(payment)); }
  void Pay(std::int64_t time, std::uint64_t from, std::uint64_t to, std::uint64_t amount = 10) {
    Add({time, {from}, {{to, amount}}});
  }
  // The address is held by the entity, which is named by an address, too. Else by itself.
  void Hold(std::uint64_t entity, std::uint64_t address) { holders_[address] = entity; }
  std::uint64_t HolderOf(std::uint64_t address) const {
    const auto found = holders_.find(address);
    return found == holders_.end() ? address : found->second;
  }

  const std::vector<LedgerPayment>& payments() const { return payments_; }
  PaymentSource& addresses() { return addresses_; }
  PaymentSource& entities() { return entities_; }

 private:
  class Source final : public PaymentSource {
   public:
    Source(const Ledger& ledger, bool by_entity) : ledger_(ledger), by_entity_(by_entity) {}

    AddressNum NodeOf(AddressNum address) const override {
      return by_entity_ ? AddressNum{ledger_.HolderOf(address.value)} : address;
    }
    absl::StatusOr<Numbers> NumbersOf(AddressNum node, std::size_t limit) override {
      Numbers found{.numbers = {}, .is_all = true};
      for (std::size_t i = 0; i < ledger_.payments_.size(); ++i) {
        const LedgerPayment& payment = ledger_.payments_[i];
        const bool pays = std::any_of(payment.payers.begin(), payment.payers.end(),
                                      [&](auto one) { return NodeOf(AddressNum{one}) == node; });
        const bool is_paid =
            std::any_of(payment.payees.begin(), payment.payees.end(),
                        [&](const auto& one) { return NodeOf(AddressNum{one.first}) == node; });
        if (!pays && !is_paid) continue;
        if (found.numbers.size() == limit) {
          found.is_all = false;
          break;
        }
        found.numbers.push_back(i);
      }
      return found;
    }
    absl::StatusOr<NodePayment> Read(std::uint64_t number, std::uint64_t* rows) override {
      const LedgerPayment& made = ledger_.payments_[number];
      *rows += made.payers.size() + made.payees.size();
      NodePayment payment;
      payment.at = {number, TxNum{number}, number / 2, made.time};
      payment.is_mix = made.is_mix;
      Uint128 sum = 0;
      for (const auto& [to, amount] : made.payees) {
        payment.payees.push_back({NodeOf(AddressNum{to}), amount});
        sum += amount;
      }
      for (const std::uint64_t from : made.payers) {
        payment.payers.push_back({NodeOf(AddressNum{from}), sum});
      }
      if (made.payers.empty()) payment.payers.push_back({kNobodyAddress, sum});
      AddUpParts(&payment.payers);
      AddUpParts(&payment.payees);
      if (!payment.is_mix) DropCommon(payment.payers, &payment.payees);
      return payment;
    }

   private:
    const Ledger& ledger_;
    const bool by_entity_;
  };

  std::vector<LedgerPayment> payments_;
  std::map<std::uint64_t, std::uint64_t> holders_;
  Source addresses_;
  Source entities_;
};

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_TIMELINE_LEDGER_H_
