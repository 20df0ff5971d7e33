// What one account holds of one asset, as the policies see it: a queue of labelled runs.
//
// A withdrawal takes runs by the policy, and they are appended to the receiver's queue in the order
// in which they were taken. fifo takes from the front, lifo from the back, tifo the tainted runs
// first and cifo the clean ones first, the oldest of each. haircut keeps a sum a label and splits
// every one between what leaves and what stays (ALGORITHMS 4.7, 10.3). poison marks the account for
// good from the first tainted receipt on (Moeser, Boehme, Breuker 2014; Anderson et al. 2018).
// tiho and tiso differ from tifo only in the order of outputs, of which a transfer has one.
//
// Labels are ranks, as inside the rest of the tracer.
#ifndef COINWAKE_TRACER_ACCOUNT_QUEUE_H_
#define COINWAKE_TRACER_ACCOUNT_QUEUE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tracer/account_taint.h"
#include "tracer/taint.h"

namespace coinwake {

enum class AccountPolicy : std::uint8_t { kPoison, kHaircut, kFifo, kLifo, kTifo, kCifo };

// Units in a row of one label. `hops`: the fewest transfers from a seed of any unit joined into the
// run; 0 for clean runs.
struct AccountRun {
  Uint128 length = 0;
  std::uint32_t label = kCleanLabel;
  std::uint32_t hops = 0;
  friend bool operator==(const AccountRun&, const AccountRun&) = default;
};

// Adds a run at the end, joined with the last one when both carry the same label (the fewer hops
// count). A run of length 0 adds nothing.
void AppendRun(const AccountRun& run, std::vector<AccountRun>* runs);

// Runs of a queue that keep their order. Hubs would collect one for each transfer; 4,096 are 128
// KiB and, at one transfer a run, more than an ordinary account sees in its life.
inline constexpr std::size_t kMaxAccountRuns = 4096;

struct QueueRules {
  AccountPolicy policy = AccountPolicy::kFifo;
  std::size_t max_runs = kMaxAccountRuns;  // at least 1
};

// IMPLEMENTATION. One run, which most queues are, is stored inline (32 bytes in all); more of them
// in a Body.
// - Ordered policies: neighbours carry different labels. Beyond max_runs the oldest run goes into
// the bucket, which stands before all runs and holds a sum a label without order. What is taken
// from it is split by largest remainder over the labels asked for (all; the tainted ones; clean),
// in label order, clean last. A queue without taint is one clean run, whatever it was before.
// - haircut: the bucket holds everything, by label.
// - poison: the bucket holds the labels; their lengths mean nothing.
//
// Not thread-safe. All calls on one queue take the same rules.
class AccountQueue {
 public:
  AccountQueue() = default;
  // Holds `clean` units. `degraded`: whether it counts as degraded from before.
  explicit AccountQueue(Uint128 clean, bool degraded = false)
      : balance_(clean), degraded_(degraded ? 1 : 0) {}

  Uint128 balance() const { return balance_; }
  // Whether any unit, or under poison the account, carries a label.
  bool tainted() const { return body_ != nullptr || label_ != kCleanLabel; }
  // Whether order was ever lost to max_runs.
  bool degraded() const { return degraded_ != 0; }

  // Adds `amount` units, laid out as `runs`. Under poison only the labels and hops of `runs`
  // matter; otherwise they add up to `amount`. O(runs), haircut O(runs * labels).
  // REQUIRES: balance() + amount <= kMaxAccountUnits.
  void Deposit(const QueueRules& rules, Uint128 amount, std::span<const AccountRun> runs);
  // Takes `amount` units and appends them to `*taken`, joined. haircut: by label, clean last.
  // poison: a run of the whole amount for each label, so that they need not add up. O(runs taken),
  // tifo and cifo O(runs). REQUIRES: amount <= balance().
  void Withdraw(const QueueRules& rules, Uint128 amount, std::vector<AccountRun>* taken);
  // Appends what is held, as a withdrawal of everything under fifo would give it; poison: as
  // Withdraw(). The order of what came from a bucket means nothing.
  void AppendAll(const QueueRules& rules, std::vector<AccountRun>* runs) const;

 private:
  struct Body {
    std::vector<AccountRun> bucket;  // ascending by label
    std::vector<AccountRun> runs;    // in order from `first` on
    std::size_t first = 0;
    Uint128 clean = 0;  // units without a label, in both; unused under poison
  };
  enum class Which : std::uint8_t { kAll, kTainted, kClean };

  static bool Matches(Which which, const AccountRun& run) {
    return which == Which::kAll || (which == Which::kClean) == (run.label == kCleanLabel);
  }
  static void AddToBucket(const AccountRun& run, std::vector<AccountRun>* bucket);

  Body& MakeBody(const QueueRules& rules);
  void AddLabels(std::span<const AccountRun> runs);
  void TakeByHaircut(Uint128 amount, std::vector<AccountRun>* taken);
  // Each takes at most `amount` and returns what is still missing of it.
  Uint128 TakeFromBucket(Which which, Uint128 amount, std::vector<AccountRun>* taken);
  Uint128 TakeFront(Uint128 amount, std::vector<AccountRun>* taken);
  Uint128 TakeBack(Uint128 amount, std::vector<AccountRun>* taken);
  Uint128 TakeMatching(Which which, Uint128 amount, std::vector<AccountRun>* taken);
  void TakeInOrder(AccountPolicy policy, Uint128 amount, std::vector<AccountRun>* taken);
  void Rejoin();
  // Goes back to one inline run where that says the same.
  void Collapse(const QueueRules& rules);

  Uint128 balance_ = 0;
  std::uint32_t label_ = kCleanLabel;  // of all units, when there is no body
  std::uint32_t hops_ : 31 = 0;
  std::uint32_t degraded_ : 1 = 0;
  std::unique_ptr<Body> body_;
};

}  // namespace coinwake

#endif  // COINWAKE_TRACER_ACCOUNT_QUEUE_H_
