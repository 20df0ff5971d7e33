// Goal: on any history a backward trace over accounts gives what the rules say, and is the forward
// trace read from the other end: under fifo unit by unit, under haircut as matrices, up to
// rounding. Method: thousands of random traces over small random histories against the twin, under
// fifo one that plays forward and lets every unit remember its way; for every pair of accounts the
// same seeds forward and backward, where what each sends back to seeds must be the same; for
// haircut an oracle in fractions that plays forward. Seeds of the random numbers are printed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tests/tracer/reference_account_source.h"
#include "tracer/account_source.h"

namespace coinwake {
namespace {

using Lines = std::vector<std::string>;

constexpr std::uint32_t kAccounts = 6;

struct Case {
  AccountTraceRequest request;
  MemoryStops stops;
};

// Some of what would be minted comes out of a pool instead.
MemoryAccounts RandomHistory(std::mt19937_64& random, std::size_t events_count) {
  MemoryAccounts accounts = RandomAccounts(random, kAccounts, events_count);
  for (AccountEvent& event : accounts.all) {
    if (event.kind == AccountEventKind::kMint && random() % 5 == 0) {
      event.kind = AccountEventKind::kReveal;
    }
  }
  return accounts;
}

// `result->request` points at `result->stops`.
void MakeRandomCase(std::mt19937_64& random, const MemoryAccounts& accounts, Case* result) {
  AccountTraceRequest& request = result->request;
  request.labels = {"m", "z", "a"};  // byte order is not their order
  std::shuffle(request.labels.begin(), request.labels.end(), random);
  const std::size_t seeds = 1 + random() % 3;
  for (std::size_t i = 0; i < seeds; ++i) {
    request.seeds.push_back({static_cast<std::uint32_t>(random() % kAccounts),
                             static_cast<std::uint32_t>(random() % 3)});
  }
  request.policy = random() % 2 == 0 ? AccountPolicy::kFifo : AccountPolicy::kHaircut;
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
}

Lines Back(MemoryAccounts& accounts, const AccountTraceRequest& request) {
  AccountRecorder recorder(request);
  EXPECT_THAT(RunAccountSource(accounts, request, {}, nullptr, recorder), IsOk());
  for (const AccountHolding& holding : recorder.holdings) {
    EXPECT_FALSE(AccountTaint::FromBaseUnits(holding.balance) < holding.taint);
  }
  for (const AccountSummary& summary : recorder.summaries) {
    EXPECT_TRUE(summary.unspent.is_zero());
    EXPECT_EQ(summary.seeded.ToString(), (summary.exits + summary.sinks).ToString());
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

// Adding a seller never changes another seller's figures.
void ExpectLabelsIndependent(MemoryAccounts& accounts, const Case& c, const Lines& joint) {
  for (std::uint32_t label = 0; label < c.request.labels.size(); ++label) {
    AccountTraceRequest alone = c.request;
    std::erase_if(alone.seeds, [label](const AccountSeed& seed) { return seed.label != label; });
    if (alone.seeds.empty()) continue;
    EXPECT_EQ(OfLabel(Back(accounts, alone), alone.labels[label]),
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
  EXPECT_EQ(Back(accounts, other), lines);
}

TEST(RandomAccountSources, EqualTheTwinAndKeepEveryProperty) {
  std::map<std::string, std::uint64_t> met;  // by the kind of a sink
  std::uint64_t holdings = 0;
  std::uint64_t opened = 0;
  for (std::uint64_t seed = 1; seed <= 4'000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomHistory(random, 5 + random() % 60);
    Case c;
    MakeRandomCase(random, accounts, &c);
    accounts.accounts_read.clear();
    const Lines lines = Back(accounts, c.request);
    const std::set<std::uint32_t> read = accounts.accounts_read;
    const ReferenceSource twin = ReferenceAccountSource(accounts, c.request);
    ASSERT_EQ(lines, twin.lines);
    for (const std::uint32_t account : read) {
      const bool minted = std::any_of(lines.begin(), lines.end(), [account](const auto& line) {
        return line.starts_with(absl::StrCat("holding ", account, " "));
      });
      EXPECT_TRUE(minted || twin.accounts_reached.contains(account)) << account;
    }
    ExpectLabelsIndependent(accounts, c, lines);
    ExpectSameWhenWrittenInAnotherOrder(random, accounts, c, lines);
    for (const std::string& line : lines) {
      if (line.starts_with("holding ")) ++holdings;
      if (line.find(" opened ") != std::string::npos) ++opened;
      if (!line.starts_with("sink ")) continue;
      const std::string rest = line.substr(line.find(' ', 5) + 1);
      ++met[rest.substr(0, rest.find(' '))];
    }
    if (testing::Test::HasFailure()) return;
  }
  // The traces do lead somewhere, and end in every way.
  EXPECT_GT(holdings, 4'000u);
  EXPECT_GT(opened, 500u);
  for (const char* const kind : {"returned_to_seed", "min_taint", "coinbase", "max_hops", "service",
                                 "mixer", "bridge", "since", "unresolved"}) {
    EXPECT_GT(met[kind], 100u) << kind;
  }
}

std::string Returned(const Lines& lines) {
  for (const std::string& line : lines) {
    if (line.starts_with("sink x returned_to_seed")) return line;
  }
  return "";
}

// What comes from a seed and arrives at one is the same units, from whichever end they are
// followed.
TEST(RandomAccountSources, AgreeWithForwardTracesUnitByUnit) {
  std::uint64_t returned = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomHistory(random, 60);
    for (std::uint32_t a = 0; a < kAccounts; ++a) {
      for (std::uint32_t b = a; b < kAccounts; ++b) {
        SCOPED_TRACE(absl::StrCat("seed ", seed, " of ", a, " and ", b));
        AccountTraceRequest request;
        request.labels = {"x"};
        request.seeds = {{a, 0}, {b, 0}};
        AccountRecorder forward(request);
        ASSERT_THAT(RunAccountTrace(accounts, request, {}, nullptr, forward), IsOk());
        const Lines back = Back(accounts, request);
        ASSERT_EQ(Returned(back), Returned(forward.lines));
        returned += Returned(back).empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(returned, 4'000u);
}

// Of every unit of an account the part that began with each account's mints; the rest was there at
// first.
using Origins = std::map<std::uint32_t, double>;

Origins OriginsOf(const MemoryAccounts& accounts, std::uint32_t subject) {
  struct Held {
    double balance = 0;
    Origins of;
  };
  std::map<std::uint32_t, double> low;
  std::map<std::uint32_t, Held> held;
  for (const AccountEvent& event : accounts.all) {
    if (event.from == event.to) continue;
    const auto amount = static_cast<double>(event.amount);
    if (event.to != kNobody) held[event.to].balance += amount;
    if (event.from == kNobody) continue;
    held[event.from].balance -= amount;
    low[event.from] = std::min(low[event.from], held[event.from].balance);
  }
  held.clear();
  for (const auto& [account, least] : low) held[account].balance = -least;
  Origins received;
  for (const AccountEvent& event : accounts.all) {
    if (event.from == event.to || event.amount == 0) continue;
    const auto amount = static_cast<double>(event.amount);
    Origins moved;
    if (event.kind == AccountEventKind::kMint) {
      moved[event.to] = amount;
    } else if (event.from != kNobody) {
      Held& from = held[event.from];
      for (auto& [origin, part] : from.of) {
        moved[origin] = part * amount / from.balance;
        part -= moved[origin];
      }
      from.balance -= amount;
    }
    if (event.to == kNobody) continue;
    if (event.to == subject && event.kind != AccountEventKind::kWithin) {
      for (const auto& [origin, part] : moved) received[origin] += part;
      moved.clear();  // what it pays on is its own: a trace ends there
    }
    Held& to = held[event.to];
    to.balance += amount;
    for (const auto& [origin, part] : moved) to.of[origin] += part;
  }
  return received;
}

TEST(RandomAccountSources, DrawByHaircutWhatTheForwardRuleGave) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    MemoryAccounts accounts = RandomHistory(random, 60);
    AccountTraceRequest request;
    request.labels = {"x"};
    request.seeds = {{static_cast<std::uint32_t>(random() % kAccounts), 0}};
    request.policy = AccountPolicy::kHaircut;
    AccountRecorder recorder(request);
    ASSERT_THAT(RunAccountSource(accounts, request, {}, nullptr, recorder), IsOk());
    Origins expected = OriginsOf(accounts, request.seeds[0].account);
    for (const AccountHolding& holding : recorder.holdings) {
      const double got = std::stod(holding.taint.ToString());
      // Half a unit of 2^-12 at each of at most sixty receipts.
      EXPECT_NEAR(got, expected[holding.account], 60.0 / 8192) << holding.account;
      expected.erase(holding.account);
      ++compared;
    }
    for (const auto& [account, part] : expected) EXPECT_LT(part, 60.0 / 8192) << account;
  }
  EXPECT_GT(compared, 1'000u);
}

}  // namespace
}  // namespace coinwake
