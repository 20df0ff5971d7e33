#include "hints/service_movements.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace coinwake {
namespace {

constexpr std::uint64_t kLookPeriod = 1'024;  // payments
constexpr std::int64_t kAnyTime = std::numeric_limits<std::int64_t>::max() / 4;

// The node of the only part, or nobody.
AddressNum OnlyNode(const std::vector<PaymentPart>& parts) {
  return parts.size() == 1 ? parts.front().node : kNobodyAddress;
}

bool HasNode(const std::vector<PaymentPart>& parts, AddressNum node) {
  return std::any_of(parts.begin(), parts.end(),
                     [node](const PaymentPart& part) { return part.node == node; });
}

class Sorter {
 public:
  // `subject`: movements in which it took no part are left out.
  Sorter(const ServiceAddresses& service, std::optional<AddressNum> subject)
      : service_(service), subject_(subject) {}

  void Add(const NodePayment& payment) {
    if (payment.payers.empty() || payment.payees.empty()) return;
    const auto own = static_cast<std::size_t>(
        std::count_if(payment.payers.begin(), payment.payers.end(),
                      [this](const PaymentPart& part) { return service_.Has(part.node); }));
    if (own != 0 && own != payment.payers.size()) {
      found_.passed_over.push_back(payment.at.time);
      return;
    }
    const bool is_withdrawal = own != 0;
    const AddressNum payer = OnlyNode(payment.payers);
    const bool is_paid_by_subject = subject_.has_value() && HasNode(payment.payers, *subject_);
    for (const PaymentPart& payee : payment.payees) {
      const bool is_own = service_.Has(payee.node);
      if (payee.node == kNobodyAddress || is_own == is_withdrawal || payee.amount == 0 ||
          payee.amount > kMaxFlowAmount) {
        continue;
      }
      if (subject_.has_value() && !is_paid_by_subject && payee.node != *subject_) continue;
      if (is_withdrawal) {
        found_.withdrawals.push_back({payment.at, payer, payee.node, payee.amount});
      } else {
        found_.deposits.push_back({payment.at, payee.node, payer, payee.amount});
      }
    }
  }

  ServiceMovements Take() {
    std::sort(found_.deposits.begin(), found_.deposits.end(), IsBefore);
    std::sort(found_.withdrawals.begin(), found_.withdrawals.end(), IsBefore);
    std::sort(found_.passed_over.begin(), found_.passed_over.end());
    return std::move(found_);
  }

 private:
  const ServiceAddresses& service_;
  const std::optional<AddressNum> subject_;
  ServiceMovements found_;
};

// Reads the payments and sorts those of `spans`, if given, in.
absl::Status ReadAll(MovementSource& source, std::span<const std::uint64_t> numbers,
                     const TimeSpans* spans, MovementBudget* budget,
                     const Cancellation* cancellation, Sorter* sorter) {
  std::uint64_t read = 0;
  for (const std::uint64_t number : numbers) {
    if (read++ % kLookPeriod == 0) COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    std::uint64_t rows = 0;
    COINWAKE_ASSIGN_OR_RETURN(const NodePayment payment, source.payments().Read(number, &rows));
    COINWAKE_RETURN_IF_ERROR(budget->Take(rows));
    if (spans == nullptr || IsWithin(*spans, payment.at.time)) sorter->Add(payment);
  }
  return absl::OkStatus();
}

void SortOnce(std::vector<std::uint64_t>* numbers) {
  std::sort(numbers->begin(), numbers->end());
  numbers->erase(std::unique(numbers->begin(), numbers->end()), numbers->end());
}

}  // namespace

ServiceAddresses::ServiceAddresses(std::vector<AddressNum> addresses) : all_(std::move(addresses)) {
  std::sort(all_.begin(), all_.end());
  all_.erase(std::unique(all_.begin(), all_.end()), all_.end());
  set_.reserve(all_.size());
  for (const AddressNum address : all_) set_.insert(address.value);
}

TimeSpans Merged(TimeSpans spans) {
  std::sort(spans.begin(), spans.end());
  TimeSpans merged;
  for (const auto& span : spans) {
    if (!merged.empty() && span.first <= merged.back().second + 1) {
      merged.back().second = std::max(merged.back().second, span.second);
    } else {
      merged.push_back(span);
    }
  }
  return merged;
}

bool IsWithin(const TimeSpans& merged, std::int64_t time) {
  const auto after = std::upper_bound(
      merged.begin(), merged.end(), time,
      [](std::int64_t t, const TimeSpans::value_type& span) { return t < span.first; });
  return after != merged.begin() && time <= (after - 1)->second;
}

absl::StatusOr<ServiceMovements> ReadServiceMovements(MovementSource& source,
                                                      const ServiceAddresses& service,
                                                      const TimeSpans& spans,
                                                      MovementBudget* budget,
                                                      const Cancellation* cancellation) {
  std::vector<std::uint64_t> numbers;
  for (const auto& [from, to] : spans) {
    const MovementSource::Span span = source.SpanOf(from, to);
    for (const AddressNum address : service.all()) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
      COINWAKE_RETURN_IF_ERROR(source.AppendNumbers(address, span, budget, &numbers));
    }
  }
  SortOnce(&numbers);
  Sorter sorter(service, std::nullopt);
  COINWAKE_RETURN_IF_ERROR(ReadAll(source, numbers, &spans, budget, cancellation, &sorter));
  return sorter.Take();
}

absl::StatusOr<ServiceMovements> ReadMovementsOf(MovementSource& source,
                                                 const ServiceAddresses& service,
                                                 AddressNum subject, MovementBudget* budget,
                                                 const Cancellation* cancellation) {
  std::vector<std::uint64_t> numbers;
  COINWAKE_RETURN_IF_ERROR(
      source.AppendNumbers(subject, source.SpanOf(-kAnyTime, kAnyTime), budget, &numbers));
  SortOnce(&numbers);
  Sorter sorter(service, subject);
  COINWAKE_RETURN_IF_ERROR(ReadAll(source, numbers, nullptr, budget, cancellation, &sorter));
  return sorter.Take();
}

absl::StatusOr<ServiceMovements> ReadMovementsAt(MovementSource& source,
                                                 const ServiceAddresses& service,
                                                 std::span<const std::uint64_t> numbers,
                                                 MovementBudget* budget,
                                                 const Cancellation* cancellation) {
  Sorter sorter(service, std::nullopt);
  COINWAKE_RETURN_IF_ERROR(ReadAll(source, numbers, nullptr, budget, cancellation, &sorter));
  return sorter.Take();
}

}  // namespace coinwake
