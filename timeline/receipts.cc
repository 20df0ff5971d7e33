#include "timeline/receipts.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace coinwake {
namespace {

using Nodes = absl::flat_hash_set<std::uint64_t>;

constexpr std::size_t kPaymentsBetweenChecks = 256;

// The numbers of the first payments of all addresses, ascending, each once. Where the history of
// one address is longer than what is read of it, that of the others ends there, too.
absl::StatusOr<PaymentSource::Numbers> NumbersOfAll(PaymentSource& source,
                                                    const std::vector<AddressNum>& subject,
                                                    std::size_t limit,
                                                    const Cancellation* cancellation) {
  std::vector<std::uint64_t> numbers;
  std::optional<std::uint64_t> whole_until;
  for (const AddressNum address : subject) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    COINWAKE_ASSIGN_OR_RETURN(const PaymentSource::Numbers one, source.NumbersOf(address, limit));
    const auto middle = static_cast<std::ptrdiff_t>(numbers.size());
    numbers.insert(numbers.end(), one.numbers.begin(), one.numbers.end());
    std::inplace_merge(numbers.begin(), numbers.begin() + middle, numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    if (!one.is_all) {
      const std::uint64_t last = one.numbers.empty() ? 0 : one.numbers.back();
      whole_until = std::min(whole_until.value_or(last), last);
    }
    if (numbers.size() > limit) {
      numbers.resize(limit);
      whole_until = std::min(whole_until.value_or(numbers.back()), numbers.back());
    }
  }
  if (whole_until.has_value()) {
    numbers.erase(std::upper_bound(numbers.begin(), numbers.end(), *whole_until), numbers.end());
  }
  return PaymentSource::Numbers{std::move(numbers), !whole_until.has_value()};
}

bool HasOwn(const std::vector<PaymentPart>& parts, const Nodes& own) {
  return std::any_of(parts.begin(), parts.end(),
                     [&own](const PaymentPart& part) { return own.contains(part.node.value); });
}

Uint128 PaidTo(const std::vector<PaymentPart>& payees, const Nodes& subject) {
  Uint128 sum = 0;
  for (const PaymentPart& payee : payees) {
    if (subject.contains(payee.node.value)) sum += payee.amount;
  }
  return sum;
}

}  // namespace

absl::StatusOr<Receipts> ReadReceipts(const PaymentSources& sources,
                                      const std::vector<AddressNum>& subject,
                                      const ReceiptLimits& limits,
                                      const Cancellation* cancellation) {
  Nodes addresses;
  Nodes entities;
  for (const AddressNum address : subject) {
    addresses.insert(address.value);
    entities.insert(sources.entities.NodeOf(address).value);
  }
  COINWAKE_ASSIGN_OR_RETURN(
      const PaymentSource::Numbers numbers,
      NumbersOfAll(sources.addresses, subject, limits.payments, cancellation));
  Receipts receipts;
  receipts.is_cut = !numbers.is_all;
  std::uint64_t& rows = receipts.rows;
  std::size_t count = 0;
  for (const std::uint64_t number : numbers.numbers) {
    if (count++ % kPaymentsBetweenChecks == 0) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    }
    if (rows >= limits.rows) {
      receipts.is_cut = true;
      break;
    }
    COINWAKE_ASSIGN_OR_RETURN(const NodePayment paid, sources.addresses.Read(number, &rows));
    const Uint128 amount = PaidTo(paid.payees, addresses);
    if (amount == 0) continue;
    NodePayment by_entity;
    if (&sources.entities != &sources.addresses) {
      COINWAKE_ASSIGN_OR_RETURN(by_entity, sources.entities.Read(number, &rows));
    }
    const NodePayment& who = &sources.entities == &sources.addresses ? paid : by_entity;
    if (HasOwn(who.payers, entities)) continue;
    Receipt receipt{.at = paid.at, .amount = amount, .payers = {}};
    if (!who.is_mix) {
      for (const PaymentPart& payer : who.payers) {
        if (payer.node != kNobodyAddress) receipt.payers.push_back(payer.node);
      }
    }
    receipts.all.push_back(std::move(receipt));
  }
  return receipts;
}

}  // namespace coinwake
