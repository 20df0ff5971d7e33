// Where what services received and paid is read from: an index of Bitcoin, or of Tron in one asset.
#ifndef COINWAKE_HINTS_MOVEMENT_SOURCE_H_
#define COINWAKE_HINTS_MOVEMENT_SOURCE_H_

#include <cstdint>
#include <vector>

#include "heuristics/transaction_facts.h"
#include "hints/movement.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"
#include "typologies/account_payments.h"
#include "typologies/output_payments.h"

namespace coinwake {

// How many rows (inputs, outputs, events) a question may still read.
class MovementBudget {
 public:
  explicit MovementBudget(std::uint64_t rows) : rows_(rows), left_(rows) {}

  // kResourceExhausted: more than all. What a part of the movements would tell is nothing.
  absl::Status Take(std::uint64_t rows);
  std::uint64_t left() const { return left_; }

 private:
  const std::uint64_t rows_;
  std::uint64_t left_;
};

// Not thread-safe.
class MovementSource {
 public:
  virtual ~MovementSource() = default;

  virtual KnownTimes known() const = 0;

  // Numbers (Moment::number) of payments: [begin, end).
  struct Span {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  // At least all payments of blocks with from <= time <= to.
  virtual Span SpanOf(std::int64_t from, std::int64_t to) const = 0;
  // Appends numbers of the span at which the address may pay or be paid, in any order, some twice.
  // kDataLoss, kResourceExhausted.
  virtual absl::Status AppendNumbers(AddressNum address, const Span& span, MovementBudget* budget,
                                     std::vector<std::uint64_t>* numbers) const = 0;
  // Nodes are addresses.
  virtual PaymentSource& payments() = 0;
};

class OutputMovements final : public MovementSource {
 public:
  // Reads the time of each block. `facts` is borrowed.
  explicit OutputMovements(const FactsReader& facts);

  KnownTimes known() const override;
  Span SpanOf(std::int64_t from, std::int64_t to) const override;
  // Cost: the outputs of the address up to the span's end, whenever they were made: the span's
  // transactions may spend any.
  absl::Status AppendNumbers(AddressNum address, const Span& span, MovementBudget* budget,
                             std::vector<std::uint64_t>* numbers) const override;
  PaymentSource& payments() override { return payments_; }

 private:
  const View& view_;
  OutputPayments payments_;
  std::vector<std::uint32_t> times_;  // of the blocks; not monotonic
};

class AccountMovements final : public MovementSource {
 public:
  // `view` is borrowed.
  AccountMovements(const AccountView& view, AssetNum asset)
      : view_(view), asset_(asset), payments_(view, asset, nullptr) {}

  KnownTimes known() const override;
  Span SpanOf(std::int64_t from, std::int64_t to) const override;
  absl::Status AppendNumbers(AddressNum address, const Span& span, MovementBudget* budget,
                             std::vector<std::uint64_t>* numbers) const override;
  PaymentSource& payments() override { return payments_; }

 private:
  std::int64_t TimeAt(std::uint64_t height) const;
  // The first event of blocks at that height or above.
  std::uint64_t FirstEventFrom(std::uint64_t height) const;
  std::uint64_t FirstHeightAfter(std::int64_t time) const;  // the tip's + 1: none

  const AccountView& view_;
  const AssetNum asset_;
  AccountPayments payments_;
};

}  // namespace coinwake

#endif  // COINWAKE_HINTS_MOVEMENT_SOURCE_H_
