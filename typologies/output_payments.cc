#include "typologies/output_payments.h"

#include <optional>
#include <vector>

#include "heuristics/coinjoin.h"
#include "indexer/view/history.h"
#include "typologies/first_numbers.h"
#include "typologies/payment_parts.h"

namespace coinwake {
namespace {

// A cluster has a payment for each member at least, but that one payment may be to several.
constexpr std::size_t kMembersOfPayment = 4;

}  // namespace

absl::StatusOr<PaymentSource::Numbers> OutputPayments::NumbersOf(AddressNum node,
                                                                 std::size_t limit) {
  FirstNumbers numbers(limit);
  std::vector<AddressNum> members = {node};
  bool is_all = true;
  if (partition_ != nullptr) {
    const std::size_t most = limit * kMembersOfPayment;
    members = partition_->Members(node, std::nullopt, most + 1);
    is_all = members.size() <= most;
  }
  for (const AddressNum member : members) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<HistoryEntry> entries,
                              HistoryOf(facts_.view(), member, TxNum{0}, limit + 1));
    for (const HistoryEntry& entry : entries) numbers.Add(entry.tx.value);
    if (numbers.IsEnough()) break;
  }
  Numbers found = numbers.Take();
  found.is_all = found.is_all && is_all;
  return found;
}

absl::StatusOr<NodePayment> OutputPayments::Read(std::uint64_t number, std::uint64_t* rows) {
  const View& view = facts_.view();
  const TxNum tx{number};
  const TransactionFacts facts = facts_.Read(tx);
  *rows += facts.inputs.size() + facts.outputs.size();
  NodePayment payment;
  payment.at = {number, tx, facts.height, view.Block(facts.height).time};
  bool is_known = !facts.is_coinbase;
  for (const InputFacts& input : facts.inputs) {
    if (!input.value.has_value()) {
      is_known = false;
      continue;
    }
    payment.payers.push_back(
        {input.address.has_value() ? NodeOf(*input.address) : kNobodyAddress, *input.value});
  }
  for (const OutputFacts& output : facts.outputs) {
    payment.payees.push_back({NodeOf(output.address), output.value});
  }
  AddUpParts(&payment.payers);
  AddUpParts(&payment.payees);
  const Uint128 in = SumOf(payment.payers);
  const Uint128 out = SumOf(payment.payees);
  if (!is_known && out > in) {
    payment.payers.push_back({kNobodyAddress, out - in});
    AddUpParts(&payment.payers);
  }
  payment.lost = in > out ? in - out : 0;
  payment.is_mix = MayHaveParties(facts);
  if (!payment.is_mix) DropCommon(payment.payers, &payment.payees);
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return payment;
}

}  // namespace coinwake
