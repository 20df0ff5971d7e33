#include "typologies/account_payments.h"

#include <optional>

#include "heuristics/poisoning.h"
#include "typologies/first_numbers.h"

namespace coinwake {
namespace {

// A cluster's accounts are fewer than its events, but some have none in the asset.
constexpr std::size_t kMembersOfPayment = 4;
constexpr std::int64_t kMillisecondsInSecond = 1'000;

}  // namespace

absl::StatusOr<PaymentSource::Numbers> AccountPayments::NumbersOf(AddressNum node,
                                                                  std::size_t limit) {
  FirstNumbers numbers(limit);
  std::vector<AddressNum> members = {node};
  bool is_all = true;
  if (partition_ != nullptr) {
    const std::size_t most = limit * kMembersOfPayment;
    members = partition_->Members(node, std::nullopt, most + 1);
    is_all = members.size() <= most;
  }
  std::vector<EventNum> events;
  for (const AddressNum member : members) {
    events.clear();
    COINWAKE_RETURN_IF_ERROR(view_.EventsOf(member, asset_, EventNum{0}, limit + 1, &events));
    for (const EventNum event : events) numbers.Add(event.value);
    if (numbers.IsEnough()) break;
  }
  COINWAKE_RETURN_IF_ERROR(view_.damage().status());
  Numbers found = numbers.Take();
  found.is_all = found.is_all && is_all;
  return found;
}

absl::StatusOr<NodePayment> AccountPayments::Read(std::uint64_t number, std::uint64_t* rows) {
  ++*rows;
  const EventNum event_number{number};
  const LedgerEvent event = view_.Event(event_number);
  NodePayment payment;
  const TxNum tx = view_.TransactionOf(event_number);
  const std::uint64_t height = view_.HeightOf(tx);
  payment.at = {number, tx, height, view_.TimeOf(height) / kMillisecondsInSecond};
  COINWAKE_RETURN_IF_ERROR(view_.damage().status());
  if (!MovesValue(event.kind) || event.asset != asset_ || event.amount == 0) return payment;
  const AddressNum from = event.from.has_value() ? NodeOf(*event.from) : kNobodyAddress;
  const AddressNum to = event.to.has_value() ? NodeOf(*event.to) : kNobodyAddress;
  const bool is_between_two = from != kNobodyAddress && to != kNobodyAddress;
  if (from == to || (is_between_two && IsDust(event.amount)) ||
      event.amount > Uint256(kMaxFlowAmount)) {
    return payment;
  }
  const auto amount = static_cast<Uint128>(event.amount);
  payment.payers = {{from, amount}};
  if (to == kNobodyAddress) {
    payment.lost = amount;
  } else {
    payment.payees = {{to, amount}};
  }
  return payment;
}

}  // namespace coinwake
