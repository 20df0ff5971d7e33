// Goal: a trace over an index sees of each asset what the index holds, and so gives what a trace
// over the same events in memory gives, under every policy.
// Method: indexes of random chains; events and balances of every account and pot, asked for in any
// order, beside a twin that walks a list of all events; whole random traces over the index, over
// that list and, where amounts are small, by the twin of the tracer that plays unit by unit.
#include "tracer/view_accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/tron/asset.h"
#include "indexer/view/open.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tests/tracer/reference_account_source.h"
#include "tests/tracer/reference_account_trace.h"
#include "tracer/account_cursor.h"
#include "tracer/account_source.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;

constexpr AccountTraceLimits kNoLimits;
constexpr Network kNetwork = Network::kTronPrivate;

// Named as the index names them, by the address alone.
std::string NameOf(const AccountView& view, AddressNum address) {
  return tron::Account(view.Script(address)).Name();
}

class NamedAccounts final : public MemoryAccounts {
 public:
  explicit NamedAccounts(const AccountView& view) : view_(view) {}
  absl::StatusOr<std::string> SortKey(std::uint32_t account) override {
    return NameOf(view_, AddressNum{account / 4});
  }

 private:
  const AccountView& view_;
};

// By reading every event; accounts are four to an address, one for each pot.
NamedAccounts ListEvents(const AccountView& view, AssetNum asset) {
  NamedAccounts accounts(view);
  for (EventNum number; number.value < view.events_count(); ++number) {
    const LedgerEvent event = view.Event(number);
    if (event.asset != asset || static_cast<int>(event.kind) >= 64 || event.amount == 0) continue;
    AccountEvent made;
    made.number = number.value;
    made.amount = static_cast<Uint128>(event.amount);
    if (event.from) {
      made.from = static_cast<std::uint32_t>(event.from->value * 4) +
                  static_cast<std::uint32_t>(event.from_pot);
    }
    if (event.to) {
      made.to = static_cast<std::uint32_t>(event.to->value * 4) +
                static_cast<std::uint32_t>(event.to_pot);
    }
    if (made.from == made.to) continue;
    if (event.from && event.to && *event.from == *event.to) made.kind = AccountEventKind::kWithin;
    if (made.from == kNobody) made.kind = AccountEventKind::kMint;
    if (made.to == kNobody) made.kind = AccountEventKind::kBurn;
    if (event.kind == EntryKind::kFee) made.kind = AccountEventKind::kFee;
    if (event.kind == EntryKind::kShielded) {
      made.kind = made.to == kNobody ? AccountEventKind::kHide : AccountEventKind::kReveal;
    }
    accounts.all.push_back(made);
  }
  return accounts;
}

class ViewAccountsTest : public ::testing::Test {
 protected:
  void Index(const TronCast& cast) {
    index_ = {};
    files_ = std::make_unique<FaultFileSystem>();
    WriteTronBlocks(*files_, "/blocks", cast.blocks());
    TronIngestOptions options = TronTestOptions("/blocks", "/data");
    options.network = kNetwork;
    options.max_batch_blocks = 20;
    ASSERT_OK(IndexTron(*files_, options));
    auto index = OpenForReading(*files_, "/data", kNetwork);
    ASSERT_OK(index);
    index_ = *std::move(index);
  }
  const AccountView& view() const { return *index_.accounts; }
  ViewAccounts Accounts(AssetNum asset) const {
    return ViewAccounts(view(), asset,
                        [this](AddressNum address) { return NameOf(view(), address); });
  }
  AssetNum Find(const TronCast& cast, synthetic::AssetId asset) {
    std::string bytes;
    tron::AppendAssetBytes(*tron::ParseAsset(cast.truth().assets()[asset].name), &bytes);
    const auto found = view().FindAsset(tron::SpanOf(bytes));
    EXPECT_OK(found);
    return found.value_or(kTrxAsset);
  }

  std::unique_ptr<FaultFileSystem> files_;
  OpenIndex index_;
};

void ExpectSameEvents(AccountEvents& accounts, AccountEvents& twin, std::uint32_t account,
                      std::uint64_t from, std::size_t limit) {
  std::vector<AccountEvent> events;
  std::vector<AccountEvent> expected;
  AccountMeter meter(kNoLimits, nullptr);
  ASSERT_OK(accounts.EventsOf(account, from, limit, meter, &events));
  ASSERT_OK(twin.EventsOf(account, from, limit, meter, &expected));
  ASSERT_EQ(events, expected) << "account " << account << " from " << from << " limit " << limit;
}

TEST_F(ViewAccountsTest, SayWhatAListOfAllEventsSays) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::mt19937_64 random(seed);
    TronCast cast(120 + seed, seed % 2 * 5'000);  // mid-chain: assumed openings
    cast.AddBlocks(50);
    ASSERT_NO_FATAL_FAILURE(Index(cast));
    std::uint64_t openings = 0;
    for (const synthetic::AssetId id : {synthetic::kTrx, cast.usdt(), cast.trc10()}) {
      const AssetNum asset = Find(cast, id);
      NamedAccounts twin = ListEvents(view(), asset);
      ViewAccounts accounts = Accounts(asset);
      AccountMeter meter(kNoLimits, nullptr);
      for (int i = 0; i < 600; ++i) {
        const auto account =
            static_cast<std::uint32_t>(random() % (view().addresses_count() * kPotsCount));
        const std::uint64_t number = random() % (view().events_count() + 2);
        ASSERT_NO_FATAL_FAILURE(ExpectSameEvents(accounts, twin, account, number, random() % 20));
        ASSERT_OK_AND_ASSIGN(const AccountBalance balance,
                             accounts.BalanceBefore(account, number, meter));
        ASSERT_OK_AND_ASSIGN(const AccountBalance expected,
                             twin.BalanceBefore(account, number, meter));
        ASSERT_TRUE(balance.balance == expected.balance) << account << " before " << number;
        ASSERT_TRUE(balance.assumed_opening == expected.assumed_opening) << account;
        // Genesis lets one account owe.
        const bool owes =
            *twin.SortKey(account) == synthetic::InventedAddress(120 + seed, 999).ToBase58();
        if (expected.assumed_opening != 0 && !owes) ++openings;
        EXPECT_EQ(*accounts.SortKey(account), *twin.SortKey(account));
      }
      for (std::uint32_t account = 0; account < 40; ++account) {
        ASSERT_NO_FATAL_FAILURE(ExpectSameEvents(accounts, twin, account, 0, kNone32));
      }
    }
    EXPECT_EQ(openings != 0, seed % 2 == 1);
  }
}

// More events of one account than are looked up at once, most of them in another pot.
TEST_F(ViewAccountsTest, PageThroughABusyAccount) {
  TronCast cast(130);
  synthetic::TronChainBuilder& chain = cast.chain();
  for (int i = 0; i < 3'000; ++i) {
    if (i % 1'000 == 7) chain.Freeze(cast.person(0), 5, tron::Resource::kEnergy);
    chain.Transfer(cast.person(0), cast.person(i % 2 == 0 ? 0 : 1), i % 5);
    if (i % 100 == 99) chain.NextBlock();
  }
  chain.NextBlock();
  ASSERT_NO_FATAL_FAILURE(Index(cast));
  NamedAccounts twin = ListEvents(view(), kTrxAsset);
  ViewAccounts accounts = Accounts(kTrxAsset);
  ASSERT_OK_AND_ASSIGN(const AddressNum busy, view().FindAddress(cast.person(0).bytes));
  const std::uint64_t end = view().events_count();
  AccountMeter meter(kNoLimits, nullptr);
  for (const Pot pot : {Pot::kFree, Pot::kStake2}) {
    const std::uint32_t account = AccountOf(busy, pot);
    EXPECT_EQ(AddressOf(account), busy);
    EXPECT_EQ(PotOf(account), pot);
    for (const std::size_t limit : {1u, 2u, 1'023u, 1'024u, 1'025u, 100'000u}) {
      ASSERT_NO_FATAL_FAILURE(ExpectSameEvents(accounts, twin, account, 0, limit));
    }
    for (const std::uint64_t number : {end, end / 2, end / 2 + 1, std::uint64_t{3}, end - 1}) {
      ASSERT_OK_AND_ASSIGN(const AccountBalance balance,
                           accounts.BalanceBefore(account, number, meter));
      ASSERT_OK_AND_ASSIGN(const AccountBalance expected,
                           twin.BalanceBefore(account, number, meter));
      EXPECT_TRUE(balance.balance == expected.balance) << number;
    }
  }
}

class ViewOfAHub : public ViewAccountsTest {
 protected:
  static constexpr std::uint64_t kHistory = 3'000;  // of the hub, before taint reaches it

  // Persons 1 and 2 pay a hub near the end of its long history, 2 first.
  void SetUp() override {
    TronCast cast(132);
    synthetic::TronChainBuilder& chain = cast.chain();
    chain.NextBlock();
    for (std::uint64_t i = 0; i < kHistory; ++i) {
      chain.Transfer(cast.person(0), cast.person(3), 1);
      if (i == kHistory - 100) chain.Transfer(cast.person(2), cast.person(3), 5);
      if (i % 100 == 99) chain.NextBlock();
    }
    chain.Transfer(cast.person(1), cast.person(3), 5);
    chain.NextBlock();
    ASSERT_NO_FATAL_FAILURE(Index(cast));
    for (std::size_t i = 0; i < persons_.size(); ++i) {
      persons_[i] = *view().FindAddress(cast.person(i).bytes);
    }
  }
  AccountTraceRequest FromBoth() const {
    AccountTraceRequest request;
    request.labels = {"first and late", "second and early"};
    request.policy = AccountPolicy::kPoison;
    request.seeds = {{AccountOf(persons_[1], Pot::kFree), 0},
                     {AccountOf(persons_[2], Pot::kFree), 1}};
    return request;
  }

  std::array<AddressNum, 4> persons_;
};

TEST_F(ViewOfAHub, CountsItsHistoryOnceForAllLabels) {
  const AccountTraceRequest request = FromBoth();
  AccountRecorder recorder(request);
  ViewAccounts accounts = Accounts(kTrxAsset);
  ASSERT_OK_AND_ASSIGN(const AccountTraceStats stats,
                       RunAccountTrace(accounts, request, kNoLimits, nullptr, recorder));
  EXPECT_GT(recorder.holdings.size(), 2u);
  EXPECT_GT(stats.events_read, kHistory);
  EXPECT_LT(stats.events_read, kHistory + 1'500);  // a page more, and what is followed
  ViewAccounts again = Accounts(kTrxAsset);
  EXPECT_THAT(RunAccountTrace(again, request, {.max_events = kHistory}, nullptr, recorder),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(ViewOfAHub, LooksForCancellationOnceAPage) {
  struct CancelledAtLast : Cancellation {
    bool Cancelled() const override { return looks-- == 0; }
    mutable int looks = 2;
  } cancellation;
  AccountMeter meter(kNoLimits, &cancellation);
  ViewAccounts accounts = Accounts(kTrxAsset);
  const std::uint32_t hub = AccountOf(persons_[3], Pot::kFree);
  EXPECT_THAT(accounts.BalanceBefore(hub, 1, meter), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_GT(meter.events_read(), 2'048u);
  EXPECT_LE(meter.events_read(), 3'072u);
}

// It is found by going through what is none of it.
TEST_F(ViewOfAHub, CountsWhatItReadsToFindAPot) {
  ViewAccounts accounts = Accounts(kTrxAsset);
  const std::uint32_t pot = AccountOf(persons_[3], Pot::kStake1);
  std::vector<AccountEvent> events;
  AccountMeter meter(kNoLimits, nullptr);
  ASSERT_OK(accounts.EventsOf(pot, 0, 4, meter, &events));
  EXPECT_TRUE(events.empty());
  EXPECT_GE(meter.events_read(), kHistory);
  const AlwaysCancelled cancelled;
  AccountMeter stopped(kNoLimits, &cancelled);
  EXPECT_THAT(accounts.EventsOf(pot, 0, 4, stopped, &events),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(stopped.events_read(), 1'024u);
}

TEST_F(ViewAccountsTest, RefuseAmountsThatCannotBeTraced) {
  TronCast cast(131);
  cast.chain().NextBlock();
  ASSERT_NO_FATAL_FAILURE(Index(cast));
  ViewAccounts accounts = Accounts(Find(cast, cast.wide()));
  const auto account = [&](std::size_t person) {
    return AccountOf(*view().FindAddress(cast.person(person).bytes), Pot::kFree);
  };
  AccountMeter meter(kNoLimits, nullptr);
  std::vector<AccountEvent> events;
  EXPECT_THAT(accounts.EventsOf(account(1), 0, 10, meter, &events),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(ToDecimal(~Uint256(0)))));
  EXPECT_THAT(accounts.BalanceBefore(account(1), 10, meter),
              StatusIs(absl::StatusCode::kInvalidArgument));
  // 2^63 and 2^64 can be.
  events.clear();
  ASSERT_OK(accounts.EventsOf(account(4), 0, 10, meter, &events));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].amount == Uint128{1} << 64);
  EXPECT_OK(ViewAccounts::CheckFits(view()));
}

TEST(MovementOf, TellsWhatIsHiddenFromWhatIsDestroyedOrMinted) {
  LedgerEvent event;
  event.from = AddressNum{7};
  event.amount = 1;
  const std::pair<EntryKind, AccountEventKind> kinds[] = {
      {EntryKind::kShielded, AccountEventKind::kHide},
      {EntryKind::kBurn, AccountEventKind::kBurn},
      {EntryKind::kDestroyedFunds, AccountEventKind::kBurn},
      {EntryKind::kSelfDestruct, AccountEventKind::kBurn},
      {EntryKind::kFee, AccountEventKind::kFee},
  };
  for (const auto& [kind, expected] : kinds) {
    event.kind = kind;
    EXPECT_EQ(MovementOf(event)->kind, expected) << EntryKindName(kind);
  }
  event.kind = EntryKind::kShielded;
  std::swap(event.from, event.to);
  EXPECT_EQ(MovementOf(event)->kind, AccountEventKind::kReveal);
  event.kind = EntryKind::kReward;
  EXPECT_EQ(MovementOf(event)->kind, AccountEventKind::kMint);
}

struct Case {
  AccountTraceRequest request;
  AccountTraceLimits limits;
  MemoryStops stops;
};

// Fills everything but the policy. `result->request` points at `result->stops`.
void MakeRandomCase(std::mt19937_64& random, const std::vector<std::uint32_t>& accounts,
                    std::uint64_t end, int fraction_bits, Case* result) {
  const auto any = [&] { return accounts[random() % accounts.size()]; };
  AccountTraceRequest& request = result->request;
  request.labels = {"m", "a"};
  for (std::size_t i = 0; i < 1 + random() % 3; ++i) {
    request.seeds.push_back({any(), static_cast<std::uint32_t>(random() % 2)});
  }
  request.competing = random() % 2 == 0;
  request.fraction_bits = fraction_bits;
  if (random() % 3 == 0) request.min_taint = AccountTaint::FromUnits(random() % 500, 6);
  if (random() % 3 == 0) request.max_hops = static_cast<std::uint32_t>(random() % 5);
  if (random() % 4 == 0) request.since = random() % end;
  if (random() % 3 == 0) request.until = random() % (end + 2);
  if (random() % 2 == 0) {
    result->stops.stops[any()] = {SinkKind::kService, 1};
    result->stops.stops[any()] = {SinkKind::kMixer, 2};
    request.stops = &result->stops;
  }
  result->limits.max_runs = random() % 3 == 0 ? 3 : kMaxAccountRuns;
}

std::vector<std::uint32_t> AccountsOf(const MemoryAccounts& accounts) {
  std::set<std::uint32_t> found;
  for (const AccountEvent& event : accounts.all) found.insert({event.from, event.to});
  found.erase(kNobody);
  return {found.begin(), found.end()};
}

std::vector<std::string> Trace(AccountEvents& accounts, const Case& c) {
  AccountRecorder recorder(c.request);
  EXPECT_THAT(RunAccountTrace(accounts, c.request, c.limits, nullptr, recorder), IsOk());
  return recorder.lines;
}

// By a policy that can be followed back.
std::vector<std::string> Back(AccountEvents& accounts, Case c, AccountPolicy policy) {
  c.request.competing = false;
  c.request.policy = policy;
  AccountRecorder recorder(c.request);
  EXPECT_THAT(RunAccountSource(accounts, c.request, c.limits, nullptr, recorder), IsOk());
  return recorder.lines;
}

TEST_F(ViewAccountsTest, GiveTheTracesOfAListOfAllEvents) {
  std::size_t holdings = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    TronCast cast(140 + seed, seed % 2 * 5'000);
    cast.AddBlocks(60);
    ASSERT_NO_FATAL_FAILURE(Index(cast));
    for (const synthetic::AssetId id : {synthetic::kTrx, cast.usdt(), cast.trc10()}) {
      const AssetNum asset = Find(cast, id);
      NamedAccounts twin = ListEvents(view(), asset);
      const std::vector<std::uint32_t> all = AccountsOf(twin);
      std::mt19937_64 random(seed * 10 + id);
      for (int i = 0; i < 10; ++i) {
        Case c;
        MakeRandomCase(random, all, view().events_count(), id == synthetic::kTrx ? 6 : 12, &c);
        for (int policy = 0; policy <= static_cast<int>(AccountPolicy::kCifo); ++policy) {
          SCOPED_TRACE(absl::StrCat("seed ", seed, " asset ", id, " case ", i, " ", policy));
          c.request.policy = static_cast<AccountPolicy>(policy);
          ViewAccounts accounts = Accounts(asset);
          const std::vector<std::string> lines = Trace(accounts, c);
          ASSERT_EQ(lines, Trace(twin, c));
          holdings += static_cast<std::size_t>(
              std::count_if(lines.begin(), lines.end(),
                            [](const std::string& line) { return line.starts_with("holding "); }));
        }
        for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
          SCOPED_TRACE(absl::StrCat("seed ", seed, " asset ", id, " case ", i, " backward"));
          ViewAccounts accounts = Accounts(asset);
          ASSERT_EQ(Back(accounts, c, policy), Back(twin, c, policy));
        }
      }
    }
  }
  EXPECT_GT(holdings, 2'000u);
}

// A token of so few units that each can be followed by itself.
TEST_F(ViewAccountsTest, GiveTheTracesOfTheTwin) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    TronCast cast(160 + seed);
    synthetic::TronChainBuilder& chain = cast.chain();
    const synthetic::AssetId small = chain.DeployToken(cast.person(0), "Small");
    for (int i = 0; i < 60; ++i) {
      const synthetic::Address& from = cast.person(random() % 4);
      const auto held = static_cast<std::uint64_t>(chain.truth().TokenOf(small, from));
      if (random() % 5 == 0) {
        chain.Mint(small, random() % 12);
      } else if (random() % 12 == 0) {
        chain.DestroyBlackFunds(small, from);
      } else {
        chain.TokenTransfer(small, from, cast.person(random() % 4), random() % (held + 1));
      }
      if (random() % 4 == 0) chain.NextBlock();
    }
    chain.NextBlock();
    ASSERT_NO_FATAL_FAILURE(Index(cast));
    const AssetNum asset = Find(cast, small);
    NamedAccounts list = ListEvents(view(), asset);
    const std::vector<std::uint32_t> all = AccountsOf(list);
    for (int i = 0; i < 10; ++i) {
      Case c;
      MakeRandomCase(random, all, view().events_count(), static_cast<int>(random() % 8), &c);
      for (int policy = 0; policy <= static_cast<int>(AccountPolicy::kCifo); ++policy) {
        SCOPED_TRACE(absl::StrCat("seed ", seed, " case ", i, " policy ", policy));
        c.request.policy = static_cast<AccountPolicy>(policy);
        ViewAccounts accounts = Accounts(asset);
        // The twin orders holdings as MemoryAccounts names them.
        std::vector<std::string> lines = Trace(accounts, c);
        std::vector<std::string> expected =
            ReferenceAccountTrace(list, c.request, c.limits.max_runs).lines;
        std::sort(lines.begin(), lines.end());
        std::sort(expected.begin(), expected.end());
        ASSERT_EQ(lines, expected);
      }
      for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
        SCOPED_TRACE(absl::StrCat("seed ", seed, " case ", i, " backward"));
        ViewAccounts accounts = Accounts(asset);
        std::vector<std::string> lines = Back(accounts, c, policy);
        c.request.policy = policy;
        std::vector<std::string> expected = ReferenceAccountSource(list, c.request).lines;
        std::sort(lines.begin(), lines.end());
        std::sort(expected.begin(), expected.end());
        ASSERT_EQ(lines, expected);
      }
    }
  }
}

}  // namespace
}  // namespace coinwake
