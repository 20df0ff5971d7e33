// The slow, obvious twin of AccountQueue: units one by one. Shares no code with it but its types.
#ifndef COINWAKE_TESTS_TRACER_REFERENCE_QUEUE_H_
#define COINWAKE_TESTS_TRACER_REFERENCE_QUEUE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tracer/account_queue.h"

namespace coinwake {

// For small amounts: memory and time are proportional to them.
class ReferenceQueue {
 public:
  explicit ReferenceQueue(const QueueRules& rules, std::uint64_t clean = 0);

  void Deposit(std::uint64_t amount, const std::vector<AccountRun>& runs);
  std::vector<AccountRun> Withdraw(std::uint64_t amount);
  std::vector<AccountRun> All() const;
  std::uint64_t balance() const { return balance_; }
  bool tainted() const;
  bool degraded() const { return degraded_; }

 private:
  struct Unit {
    std::uint32_t label = kCleanLabel;
    std::uint32_t hops = 0;
  };
  struct Sum {
    std::uint64_t amount = 0;
    std::uint32_t hops = 0;
  };
  using Units = std::deque<Unit>;

  static std::vector<AccountRun> RunsOf(const Units& units);
  static void Settle(Units* units);
  void TakeUnits(bool from_back, int which, std::uint64_t* missing, Units* taken);
  void TakeBucket(int which, std::uint64_t* missing, Units* taken);
  std::vector<AccountRun> WithdrawHaircut(std::uint64_t amount);

  const QueueRules rules_;
  std::uint64_t balance_ = 0;
  Units units_;                        // ordered policies
  std::map<std::uint32_t, Sum> sums_;  // the bucket; haircut: all; poison: the labels
  bool degraded_ = false;
};

// "60*X@2 40*-" with labels A, B, ... for ranks 0, 1, ... and hops; "" for nothing.
std::string RunsText(const std::vector<AccountRun>& runs);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_REFERENCE_QUEUE_H_
