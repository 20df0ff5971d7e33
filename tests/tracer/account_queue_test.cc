// Goal: a queue takes and keeps what each policy says, to the unit, on every path from one inline
// run to a bucket of labels.
// Method: the worked vectors transfer by transfer; cases by hand; all short sequences and thousands
// of random ones against a twin that moves units one by one, with caps small enough to be passed;
// haircut against exact fractions; sums near the limit of 127 bits. Random seeds are printed.
#include "tracer/account_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/tracer/reference_queue.h"
#include "tracer/wide_apportion.h"

namespace coinwake {
namespace {

using Json = nlohmann::json;
using Runs = std::vector<AccountRun>;

constexpr std::array kPolicies = {AccountPolicy::kPoison, AccountPolicy::kHaircut,
                                  AccountPolicy::kFifo,   AccountPolicy::kLifo,
                                  AccountPolicy::kTifo,   AccountPolicy::kCifo};
constexpr std::array kOrdered = {AccountPolicy::kFifo, AccountPolicy::kLifo, AccountPolicy::kTifo,
                                 AccountPolicy::kCifo};

Runs All(const AccountQueue& queue, const QueueRules& rules) {
  Runs runs;
  queue.AppendAll(rules, &runs);
  return runs;
}

Runs Take(AccountQueue* queue, const QueueRules& rules, Uint128 amount) {
  Runs taken;
  queue->Withdraw(rules, amount, &taken);
  return taken;
}

void Put(AccountQueue* queue, const QueueRules& rules, const AccountRun& run) {
  queue->Deposit(rules, run.length, {&run, 1});
}

static_assert(sizeof(AccountQueue) == 32);  // a million of them are a common trace

TEST(AccountTaint, PrintsExactDecimals) {
  EXPECT_EQ(AccountTaint().ToString(), "0");
  EXPECT_EQ(AccountTaint::FromBaseUnits(7).ToString(), "7");
  EXPECT_EQ(AccountTaint::FromUnits(12 * 64 + 16, 6).ToString(), "12.25");
  EXPECT_EQ(AccountTaint::FromUnits(1, 12).ToString(), "0.000244140625");
  EXPECT_EQ(AccountTaint::FromUnits(63, 6).ToString(), "0.984375");
  AccountTaint sum;
  for (int i = 0; i < 4; ++i) sum += AccountTaint::FromBaseUnits(kMaxAccountUnits);
  EXPECT_EQ(sum.ToString(), "680564733841876926926749214863536422908");  // 4 * (2^127 - 1)
}

TEST(SplitWide, EqualsTheRuleInAllSmallCases) {
  for (std::uint64_t code = 0; code < 216; ++code) {
    for (const std::size_t parts : {std::size_t{2}, std::size_t{3}}) {
      const std::vector<Uint128> all = {code % 6, code / 6 % 6, code / 36};
      const std::span<const Uint128> capacities = std::span(all).first(parts);
      Uint128 total = 0;
      for (const Uint128 capacity : capacities) total += capacity;
      for (Uint128 amount = 0; amount <= total; ++amount) {
        std::vector<Uint128> shares(parts, 77);
        SplitWide(amount, capacities, total, shares);
        std::vector<Uint128> expected(parts, 0);
        Uint128 left = amount;
        for (std::size_t i = 0; i < parts && total != 0; ++i) {
          expected[i] = amount * capacities[i] / total;
          left -= expected[i];
        }
        for (; left != 0; --left) {
          std::size_t best = parts;  // the first of the largest remainders not yet rounded up
          for (std::size_t i = 0; i < parts; ++i) {
            if (expected[i] * total > amount * capacities[i]) continue;
            if (best == parts ||
                amount * capacities[i] % total > amount * capacities[best] % total) {
              best = i;
            }
          }
          ++expected[best];
        }
        ASSERT_TRUE(shares == expected) << code;
      }
    }
  }
}

TEST(SplitWide, IsExactNear127Bits) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<Uint128> capacities(1 + random() % 5);
    Uint128 total = 0;
    for (Uint128& capacity : capacities) {
      capacity = (Uint128{random()} << 64 | random()) >> (4 + random() % 100);
      total += capacity;
    }
    const Uint128 amount = total == 0 ? 0 : (Uint128{random()} << 64 | random()) % total;
    std::vector<Uint128> shares(capacities.size());
    SplitWide(amount, capacities, total, shares);
    Uint128 sum = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      sum += shares[i];
      ASSERT_TRUE(shares[i] <= capacities[i]);
      // |share - amount * w / W| < 1, without leaving the integers.
      const Uint256 exact = Uint256(amount) * Uint256(capacities[i]);
      ASSERT_TRUE(Uint256(shares[i]) * Uint256(total) < exact + Uint256(total));
      ASSERT_TRUE(exact < (Uint256(shares[i]) + 1) * Uint256(total));
    }
    ASSERT_TRUE(sum == amount);
  }
}

// The vectors.

constexpr std::array kVectorLabels = {"X", "Y"};  // by rank

Runs RunsOf(const Json& cell) {
  Runs runs;
  for (const Json& run : cell) {
    const std::uint32_t label = run[1].is_null() ? kCleanLabel : run[1] == "X" ? 0 : 1;
    runs.push_back({run[0].get<std::uint64_t>(), label, 0});
  }
  return runs;
}

Json JsonOf(const Runs& runs) {
  Json cell = Json::array();
  for (const AccountRun& run : runs) {
    const Json label = run.label == kCleanLabel ? Json() : Json(kVectorLabels[run.label]);
    cell.push_back({static_cast<std::uint64_t>(run.length), label});
  }
  return cell;
}

TEST(AccountVectors, HoldTransferByTransferAndAtTheEnd) {
  const Json all = Json::parse(std::ifstream(COINWAKE_TEST_DATA "/vectors/account_vectors.json"),
                               nullptr, false);
  ASSERT_EQ(all.size(), 5u);
  const std::map<std::string, AccountPolicy> policies = {{"FIFO", AccountPolicy::kFifo},
                                                         {"LIFO", AccountPolicy::kLifo},
                                                         {"TFO", AccountPolicy::kTifo},
                                                         {"CFO", AccountPolicy::kCifo},
                                                         {"HC", AccountPolicy::kHaircut}};
  for (const auto& [name, vector] : all.items()) {
    SCOPED_TRACE(name);
    const QueueRules rules = {policies.at(name)};
    std::map<std::string, AccountQueue> accounts;
    for (const Json& transfer : vector["transfers"]) {
      SCOPED_TRACE(transfer.dump());
      const auto amount = transfer[2].get<std::uint64_t>();
      Runs moved = RunsOf(transfer[3]);
      if (!transfer[0].is_null()) {
        moved = Take(&accounts[transfer[0].get<std::string>()], rules, amount);
        EXPECT_EQ(JsonOf(moved), transfer[3]);
      }
      accounts[transfer[1].get<std::string>()].Deposit(rules, amount, moved);
    }
    for (const auto& [account, cell] : vector["final"].items()) {
      Json expected = cell;
      if (name == "HC") {  // the vectors list receipts; a sum a label is what is held
        std::map<std::uint32_t, AccountRun> sums;
        for (const AccountRun& run : RunsOf(cell)) {
          AccountRun& sum = sums[run.label];
          sum = {sum.length + run.length, run.label, 0};
        }
        Runs summed;
        for (const auto& [label, run] : sums) summed.push_back(run);
        expected = JsonOf(summed);
      }
      EXPECT_EQ(JsonOf(All(accounts[account], rules)), expected) << account;
    }
  }
}

// By hand.

TEST(AccountQueue, JoinsWhatCifoLeavesSideBySide) {
  const QueueRules rules = {AccountPolicy::kCifo};
  AccountQueue queue;
  for (const AccountRun& run : Runs{{5, 0, 3}, {4, kCleanLabel, 0}, {2, 0, 1}}) {
    Put(&queue, rules, run);
  }
  EXPECT_EQ(RunsText(Take(&queue, rules, 4)), "4*-");
  EXPECT_EQ(RunsText(All(queue, rules)), "7*A@1");
}

TEST(AccountQueue, KeepsPoisonForGood) {
  const QueueRules rules = {AccountPolicy::kPoison};
  AccountQueue queue(10);
  EXPECT_FALSE(queue.tainted());
  EXPECT_EQ(RunsText(Take(&queue, rules, 4)), "4*-");
  Put(&queue, rules, {1, 0, 2});
  EXPECT_EQ(RunsText(Take(&queue, rules, 7)), "7*A@2");  // all that was there
  EXPECT_TRUE(queue.tainted());
  Put(&queue, rules, {3, kCleanLabel, 0});
  Put(&queue, rules, {3, 1, 1});
  EXPECT_EQ(RunsText(Take(&queue, rules, 2)), "2*A@2 2*B@1");
  EXPECT_EQ(RunsText(All(queue, rules)), "4*A@2 4*B@1");
}

TEST(AccountQueue, MovesTheOldestRunsIntoTheBucketBeyondTheCap) {
  const QueueRules rules = {AccountPolicy::kFifo};
  AccountQueue queue;
  for (std::uint64_t i = 0; i < kMaxAccountRuns; ++i) {
    Put(&queue, rules, {3, i % 2 == 0 ? 0 : kCleanLabel, 0});
  }
  EXPECT_FALSE(queue.degraded());
  Put(&queue, rules, {3, 0, 0});
  EXPECT_TRUE(queue.degraded());
  for (int i = 0; i < 4; ++i) Put(&queue, rules, {3, i % 2 == 0 ? kCleanLabel : 0, 0});
  // Five runs are in the bucket now, 9 of A and 6 clean: two thirds of 7 are 4.67 and 2.33.
  EXPECT_EQ(RunsText(Take(&queue, rules, 7)), "4*A@0 3*-");
  EXPECT_EQ(RunsText(Take(&queue, rules, 9)), "5*A@0 4*-");  // the bucket's rest, then a clean run
  EXPECT_TRUE(queue.degraded());
  Take(&queue, rules, queue.balance());
  EXPECT_FALSE(queue.tainted());
  EXPECT_TRUE(queue.degraded());  // stays so
}

TEST(AccountQueue, TakesFromTheBucketByPolicy) {
  struct Case {
    AccountPolicy policy;
    const char* taken;
  };
  for (const Case& c :
       {Case{AccountPolicy::kFifo, "2*A@0 2*B@0 2*-"}, Case{AccountPolicy::kLifo, "5*A@0 1*B@0"},
        Case{AccountPolicy::kTifo, "3*A@0 3*B@0"}, Case{AccountPolicy::kCifo, "3*- 2*A@0 1*B@0"}}) {
    const QueueRules rules = {c.policy, 2};
    AccountQueue queue;  // bucket 3*A 3*B 3*-, then 1*B 5*A
    for (const AccountRun& run :
         Runs{{3, 0, 0}, {3, 1, 0}, {3, kCleanLabel, 0}, {1, 1, 0}, {5, 0, 0}}) {
      Put(&queue, rules, run);
    }
    EXPECT_EQ(RunsText(Take(&queue, rules, 6)), c.taken) << static_cast<int>(c.policy);
  }
}

TEST(AccountQueue, HoldsAndSplits127Bits) {
  for (const AccountPolicy policy : kPolicies) {
    const QueueRules rules = {policy};
    AccountQueue queue(kMaxAccountUnits / 3);
    Put(&queue, rules, {kMaxAccountUnits - kMaxAccountUnits / 3, 0, 0});
    EXPECT_TRUE(queue.balance() == kMaxAccountUnits);
    const Runs taken = Take(&queue, rules, kMaxAccountUnits - 1);
    EXPECT_TRUE(queue.balance() == 1);
    if (policy == AccountPolicy::kPoison) continue;
    Uint128 sum = 0;
    for (const AccountRun& run : taken) sum += run.length;
    EXPECT_TRUE(sum == kMaxAccountUnits - 1);
  }
}

// Against the twin.

// Text only of what differs: there are millions to compare.
void ExpectSameRuns(const Runs& runs, const Runs& expected) {
  if (runs == expected) return;
  ASSERT_EQ(RunsText(runs), RunsText(expected));
}

void ExpectSame(const AccountQueue& queue, const ReferenceQueue& twin, const QueueRules& rules) {
  ExpectSameRuns(All(queue, rules), twin.All());
  ASSERT_TRUE(queue.balance() == twin.balance());
  ASSERT_EQ(queue.tainted(), twin.tainted());
  ASSERT_EQ(queue.degraded(), twin.degraded());
}

// Five operations, the digits of `code` to the base of 6: four deposits, two withdrawals.
void PlayAgainstTwin(std::uint64_t code, const QueueRules& rules) {
  constexpr std::array<AccountRun, 4> kDeposits = {
      {{1, kCleanLabel, 0}, {3, kCleanLabel, 0}, {3, 0, 0}, {2, 1, 0}}};
  AccountQueue queue;
  ReferenceQueue twin(rules);
  for (std::uint32_t step = 0; step < 5; ++step, code /= 6) {
    const std::uint64_t op = code % 6;
    if (op < kDeposits.size()) {
      AccountRun run = kDeposits[op];
      if (run.label != kCleanLabel) run.hops = 9 - step;
      Put(&queue, rules, run);
      twin.Deposit(static_cast<std::uint64_t>(run.length), {run});
    } else {
      const std::uint64_t amount = std::min<std::uint64_t>(op - 2, twin.balance());  // 2 or 3
      ExpectSameRuns(Take(&queue, rules, amount), twin.Withdraw(amount));
    }
    ExpectSame(queue, twin, rules);
  }
}

TEST(AccountQueue, EqualsTheTwinInAllShortSequences) {
  for (const AccountPolicy policy : kPolicies) {
    for (const std::size_t max_runs : {std::size_t{1}, std::size_t{2}, kMaxAccountRuns}) {
      if (policy < AccountPolicy::kFifo && max_runs != 1) continue;  // no order, no cap
      for (std::uint64_t code = 0; code < 7'776; ++code) {
        PlayAgainstTwin(code, {policy, max_runs});
        if (testing::Test::HasFatalFailure()) {
          FAIL() << "policy " << static_cast<int>(policy) << " cap " << max_runs << " code "
                 << code;
        }
      }
    }
  }
}

// Random transfers among accounts; what is taken becomes the deposit.
void TransferAtRandom(std::uint64_t seed, const QueueRules& rules) {
  std::mt19937_64 random(seed);
  constexpr std::size_t kAccounts = 4;
  std::array<AccountQueue, kAccounts> queues;
  std::vector<ReferenceQueue> twins(kAccounts, ReferenceQueue(rules));
  std::map<std::uint32_t, Uint128> minted;
  for (int step = 0; step < 60; ++step) {
    const std::size_t to = random() % kAccounts;
    const std::size_t from = random() % kAccounts;
    Runs moved;
    std::uint64_t amount = 1 + random() % 9;
    if (random() % 3 == 0 || twins[from].balance() == 0) {
      const std::uint32_t label =
          random() % 3 == 0 ? kCleanLabel : static_cast<std::uint32_t>(random() % 3);
      moved.push_back({amount, label, 0});
      minted[label] += amount;
    } else {
      if (from == to) continue;
      amount = random() % 4 == 0 ? twins[from].balance() : 1 + random() % twins[from].balance();
      moved = Take(&queues[from], rules, amount);
      ExpectSameRuns(moved, twins[from].Withdraw(amount));
      for (AccountRun& run : moved) run.hops += run.label == kCleanLabel ? 0 : 1;
    }
    queues[to].Deposit(rules, amount, moved);
    twins[to].Deposit(amount, moved);
    for (std::size_t i = 0; i < kAccounts; ++i) ExpectSame(queues[i], twins[i], rules);
    if (testing::Test::HasFatalFailure()) return;
  }
  if (rules.policy == AccountPolicy::kPoison) return;
  std::map<std::uint32_t, Uint128> held;
  for (const AccountQueue& queue : queues) {
    for (const AccountRun& run : All(queue, rules)) held[run.label] += run.length;
  }
  std::erase_if(held, [](const auto& entry) { return entry.second == 0; });
  ASSERT_TRUE(held == minted);  // every label to the unit
}

TEST(AccountQueue, EqualsTheTwinInRandomTransfers) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    for (const AccountPolicy policy : kPolicies) {
      SCOPED_TRACE(static_cast<int>(policy));
      TransferAtRandom(seed, {policy, seed % 4 == 0 ? kMaxAccountRuns : 1 + seed % 4});
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

// A bucket loses order, never a unit.
TEST(AccountQueue, GivesTheSameTotalsWhateverTheCap) {
  for (const AccountPolicy policy : kOrdered) {
    for (const std::size_t max_runs : {std::size_t{1}, std::size_t{3}, kMaxAccountRuns}) {
      const QueueRules rules = {policy, max_runs};
      AccountQueue queue;
      for (std::uint32_t i = 0; i < 50; ++i) Put(&queue, rules, {i + 1, i % 3, 0});
      const Runs taken = Take(&queue, rules, queue.balance());
      std::map<std::uint32_t, Uint128> sums;
      for (const AccountRun& run : taken) sums[run.label] += run.length;
      EXPECT_TRUE(sums[0] + sums[1] + sums[2] == 50 * 51 / 2);
      EXPECT_TRUE(sums[0] == 425 && sums[1] == 442 && sums[2] == 408);
    }
  }
}

// Haircut's rounding: less than half a unit a withdrawal and label, never amplified.
TEST(AccountQueue, StaysCloseToTheExactFractionsUnderHaircut) {
  using Rational = boost::multiprecision::cpp_rational;
  constexpr int kBits = 12;
  const QueueRules rules = {AccountPolicy::kHaircut};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::array<AccountQueue, 3> queues;
    std::array<Rational, 3> exact;  // tainted, in units
    std::array<std::uint64_t, 3> balances = {};
    for (std::size_t i = 0; i < 3; ++i) {
      balances[i] = 20 + random() % 80;
      const Uint128 units = Uint128{balances[i]} << kBits;
      Put(&queues[i], rules, {units, i == 0 ? 0 : kCleanLabel, 0});
      if (i == 0) exact[i] = balances[i] << kBits;
    }
    int withdrawals = 0;
    for (; withdrawals < 25; ++withdrawals) {
      const std::size_t from = random() % 3;
      const std::size_t to = (from + 1 + random() % 2) % 3;
      if (balances[from] == 0) continue;
      const std::uint64_t amount = 1 + random() % balances[from];
      const Uint128 units = Uint128{amount} << kBits;
      queues[to].Deposit(rules, units, Take(&queues[from], rules, units));
      const Rational moved = exact[from] * Rational(amount, balances[from]);
      exact[from] -= moved;
      exact[to] += moved;
      balances[from] -= amount;
      balances[to] += amount;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      std::uint64_t held = 0;
      for (const AccountRun& run : All(queues[i], rules)) {
        if (run.label == 0) held = static_cast<std::uint64_t>(run.length);
      }
      const Rational error = exact[i] - Rational(held);
      ASSERT_TRUE(error < withdrawals && -error < withdrawals);
    }
  }
}

}  // namespace
}  // namespace coinwake
