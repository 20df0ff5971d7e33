// Goal: on any history a trace over accounts gives what the rules say: it conserves, treats each
// label as if alone, reads only what taint reaches, and does not depend on how the request is
// written down or on what happens elsewhere.
// Method: thousands of random traces over small random histories, each against a twin that plays
// the whole history unit by unit, with small caps, thresholds, hops, bounds, stops, mints, fees,
// assumed openings and self-transfers. Seeds of the random numbers are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tests/tracer/reference_account_trace.h"

namespace coinwake {
namespace {

using Lines = std::vector<std::string>;

constexpr std::uint32_t kAccounts = 6;

struct Case {
  AccountTraceRequest request;
  AccountTraceLimits limits;
  MemoryStops stops;
};

// Fills everything but the policy. `result->request` points at `result->stops`.
void MakeRandomCase(std::mt19937_64& random, const MemoryAccounts& accounts, Case* result) {
  AccountTraceRequest& request = result->request;
  request.labels = {"m", "z", "a"};  // byte order is not their order
  std::shuffle(request.labels.begin(), request.labels.end(), random);
  const std::size_t seeds = 1 + random() % 4;
  for (std::size_t i = 0; i < seeds; ++i) {
    request.seeds.push_back({static_cast<std::uint32_t>(random() % kAccounts),
                             static_cast<std::uint32_t>(random() % 3)});
  }
  request.competing = random() % 2 == 0;
  request.fraction_bits = static_cast<int>(random() % 4 == 0 ? 0 : random() % 13);
  if (random() % 3 == 0) request.min_taint = AccountTaint::FromUnits(random() % (6 << 6), 6);
  if (random() % 3 == 0) request.max_hops = static_cast<std::uint32_t>(random() % 4);
  const std::uint64_t end = accounts.all.back().number + 1;
  if (random() % 4 == 0) request.since = random() % end;
  if (random() % 3 == 0) request.until = random() % (end + 2);
  if (random() % 2 == 0) {
    for (std::uint64_t i = 0; i < 1 + random() % 2; ++i) {
      const auto kind =
          static_cast<SinkKind>(static_cast<std::uint64_t>(SinkKind::kService) + random() % 3);
      result->stops.stops[static_cast<std::uint32_t>(random() % kAccounts)] = {
          kind, static_cast<std::uint32_t>(random() % 3)};
    }
    request.stops = &result->stops;
  }
  result->limits.max_runs = random() % 3 == 0 ? kMaxAccountRuns : 1 + random() % 4;
}

Lines Trace(MemoryAccounts& accounts, const AccountTraceRequest& request,
            const AccountTraceLimits& limits) {
  AccountRecorder recorder(request);
  EXPECT_THAT(RunAccountTrace(accounts, request, limits, nullptr, recorder), IsOk());
  for (const AccountSummary& summary : recorder.summaries) {
    if (request.policy == AccountPolicy::kPoison) break;
    EXPECT_EQ(summary.seeded.ToString(),
              (summary.unspent + summary.exits + summary.sinks).ToString());
  }
  for (const AccountHolding& holding : recorder.holdings) {
    EXPECT_FALSE(AccountTaint::FromBaseUnits(holding.balance) < holding.taint);
    Uint128 length = 0;
    for (const AccountRun& run : holding.runs) length += run.length;
    EXPECT_TRUE(length == holding.balance || holding.runs.empty());
  }
  return recorder.lines;
}

Lines OfLabel(const Lines& lines, const std::string& label) {
  Lines kept;
  for (const std::string& line : lines) {
    const bool holding = line.starts_with("holding ");
    const std::size_t begin = line.find(' ', holding ? 8 : 0) + 1;
    if (line.substr(begin, line.find(' ', begin) - begin) == label) kept.push_back(line);
  }
  return kept;
}

void ExpectLabelsIndependent(MemoryAccounts& accounts, const Case& c, const Lines& joint) {
  for (std::uint32_t label = 0; label < c.request.labels.size(); ++label) {
    AccountTraceRequest alone = c.request;
    std::erase_if(alone.seeds, [label](const AccountSeed& seed) { return seed.label != label; });
    if (alone.seeds.empty()) continue;
    EXPECT_EQ(OfLabel(Trace(accounts, alone, c.limits), alone.labels[label]),
              OfLabel(joint, alone.labels[label]));
  }
}

void ExpectSameWhenWrittenInAnotherOrder(std::mt19937_64& random, MemoryAccounts& accounts,
                                         const Case& c, const Lines& lines) {
  AccountTraceRequest other = c.request;
  std::vector<std::uint32_t> to = {0, 1, 2};
  std::shuffle(to.begin(), to.end(), random);
  for (std::uint32_t i = 0; i < 3; ++i) other.labels[to[i]] = c.request.labels[i];
  for (AccountSeed& seed : other.seeds) seed.label = to[seed.label];
  other.seeds.push_back(other.seeds.front());
  std::shuffle(other.seeds.begin(), other.seeds.end(), random);
  EXPECT_EQ(Trace(accounts, other, c.limits), lines);
}

// Events among other accounts, in between, change nothing and are not read.
void ExpectSameBesideOthers(std::mt19937_64& random, const MemoryAccounts& accounts, const Case& c,
                            const Lines& lines) {
  MemoryAccounts more;
  AccountTraceRequest request = c.request;
  const auto place = [](std::uint64_t number) { return number * 4 + 2; };
  if (request.since.has_value()) request.since = place(*request.since);
  if (request.until.has_value()) request.until = place(*request.until);
  for (AccountEvent event : accounts.all) {
    const auto other = static_cast<std::uint32_t>(100 + random() % 3);
    event.number = place(event.number);
    more.all.push_back({event.number - 1, other, other + 10, 5, AccountEventKind::kMove});
    more.all.push_back(event);
    more.all.push_back({event.number + 1, kNobody, other, 7, AccountEventKind::kMint});
  }
  EXPECT_EQ(Trace(more, request, c.limits), lines);
  for (const std::uint32_t account : more.accounts_read) EXPECT_LT(account, kAccounts);
}

TEST(RandomAccountTraces, EqualTheTwinAndKeepEveryProperty) {
  std::uint64_t holdings = 0;
  std::uint64_t degraded = 0;
  std::uint64_t opened = 0;
  for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomAccounts(random, kAccounts, 5 + random() % 60);
    for (int policy = 0; policy <= static_cast<int>(AccountPolicy::kCifo); ++policy) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " policy ", policy));
      Case c;
      MakeRandomCase(random, accounts, &c);
      c.request.policy = static_cast<AccountPolicy>(policy);
      accounts.accounts_read.clear();
      const Lines lines = Trace(accounts, c.request, c.limits);
      const ReferenceLines twin = ReferenceAccountTrace(accounts, c.request, c.limits.max_runs);
      ASSERT_EQ(lines, twin.lines);
      for (const std::uint32_t account : accounts.accounts_read) {
        EXPECT_TRUE(twin.accounts_reached.contains(account)) << account;
      }
      EXPECT_EQ(Trace(accounts, c.request, c.limits), lines);
      if (!c.request.competing) ExpectLabelsIndependent(accounts, c, lines);
      ExpectSameWhenWrittenInAnotherOrder(random, accounts, c, lines);
      ExpectSameBesideOthers(random, accounts, c, lines);
      for (const std::string& line : lines) {
        if (!line.starts_with("holding ")) continue;
        ++holdings;
        if (line.ends_with(" degraded")) ++degraded;
        if (line.find(" opening 0") == std::string::npos) ++opened;
      }
      if (testing::Test::HasFailure()) return;
    }
  }
  // The traces do lead somewhere.
  EXPECT_GT(holdings, 10'000u);
  EXPECT_GT(degraded, 500u);
  EXPECT_GT(opened, 1'000u);
}

// No policy taints an account that poison does not.
TEST(RandomAccountTraces, StayWithinPoison) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomAccounts(random, kAccounts, 40);
    AccountTraceRequest request;
    request.labels = {"x"};
    request.seeds = {{static_cast<std::uint32_t>(random() % kAccounts), 0}};
    request.policy = AccountPolicy::kPoison;
    AccountRecorder poison(request);
    ASSERT_THAT(RunAccountTrace(accounts, request, {}, nullptr, poison), IsOk());
    for (int policy = 1; policy <= static_cast<int>(AccountPolicy::kCifo); ++policy) {
      request.policy = static_cast<AccountPolicy>(policy);
      AccountRecorder recorder(request);
      ASSERT_THAT(RunAccountTrace(accounts, request, {}, nullptr, recorder), IsOk());
      for (const AccountHolding& holding : recorder.holdings) {
        EXPECT_TRUE(std::any_of(
            poison.holdings.begin(), poison.holdings.end(),
            [&](const AccountHolding& other) { return other.account == holding.account; }));
      }
      EXPECT_TRUE(recorder.summaries[0].seeded == poison.summaries[0].seeded);
    }
  }
}

}  // namespace
}  // namespace coinwake
