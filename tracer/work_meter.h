// Counts the transactions a query reads and says when it must stop.
#ifndef COINWAKE_TRACER_WORK_METER_H_
#define COINWAKE_TRACER_WORK_METER_H_

#include <cstdint>

#include "indexer/base/status.h"
#include "tracer/trace.h"

namespace coinwake {

// Not thread-safe. Borrows all it is given.
class WorkMeter {
 public:
  WorkMeter(const View& view, const TraceLimits& limits, const Cancellation* cancellation)
      : view_(view), limits_(limits), cancellation_(cancellation) {}

  // Call before reading `count` more transactions. kResourceExhausted past the limit, kCancelled,
  // and the view's kDataLoss; the latter two are looked at now and then.
  absl::Status Count(std::uint64_t count) {
    transactions_read_ += count;
    if (limits_.max_transactions != 0 && transactions_read_ > limits_.max_transactions) {
      return Exhausted();
    }
    if (transactions_read_ < next_look_) return absl::OkStatus();
    next_look_ = transactions_read_ + kLookPeriod;
    return Look();
  }
  // Looks now: kCancelled or kDataLoss.
  absl::Status Look() const;

  std::uint64_t transactions_read() const { return transactions_read_; }

 private:
  static constexpr std::uint64_t kLookPeriod = 1024;
  absl::Status Exhausted() const;

  const View& view_;
  const TraceLimits& limits_;
  const Cancellation* cancellation_;
  std::uint64_t transactions_read_ = 0;
  std::uint64_t next_look_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_WORK_METER_H_
