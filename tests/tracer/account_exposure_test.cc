// Goal: exposure of accounts names every end of what they received, in both directions, splits it
// into direct and indirect, and adds up. Method: short histories with figures by hand; random ones,
// where the entries must be the sinks of the trace.
#include "tracer/account_exposure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tracer/account_source.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;

constexpr ExposureDirection kSource = ExposureDirection::kSource;
constexpr ExposureDirection kDestination = ExposureDirection::kDestination;

std::string NameOf(std::optional<SinkKind> kind, std::optional<std::uint32_t> entity) {
  if (!kind.has_value()) return "unspent";
  return absl::StrCat(std::string(SinkKindName(*kind)),
                      entity.has_value() ? absl::StrCat(" ", *entity) : "");
}

std::vector<std::string> TextOf(const AccountExposure& exposure) {
  std::vector<std::string> lines;
  for (const AccountExposureEntry& entry : exposure.entries) {
    lines.push_back(absl::StrCat(NameOf(entry.kind, entry.entity), " direct ",
                                 entry.direct.ToString(), " indirect ", entry.indirect.ToString()));
  }
  return lines;
}

TEST(AccountExposure, IsWhomTheSubjectPaid) {
  MemoryAccounts accounts;
  accounts.Mint(0, 100);
  accounts.Move(0, 1, 40);  // to the bank
  accounts.Move(0, 2, 30);
  accounts.Move(2, 1, 20);  // to the bank, through account 2
  accounts.Fee(0, 5);
  MemoryStops stops;
  stops.stops[1] = {SinkKind::kService, 7};
  AccountTraceRequest request;
  request.labels = {"x"};
  request.seeds = {{0, 0}};
  request.stops = &stops;
  for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
    request.policy = policy;
    ASSERT_OK_AND_ASSIGN(const AccountExposure exposure,
                         MeasureAccountExposure(accounts, request, kDestination, {}, nullptr));
    EXPECT_EQ(exposure.total.ToString(), "100");
    EXPECT_THAT(TextOf(exposure),
                ElementsAre("unspent direct 35 indirect 0", "fee direct 5 indirect 0",
                            "service 7 direct 40 indirect 20"));
  }
  request.max_hops = 1;
  ASSERT_OK_AND_ASSIGN(const AccountExposure cut,
                       MeasureAccountExposure(accounts, request, kDestination, {}, nullptr));
  EXPECT_THAT(TextOf(cut),
              ElementsAre("unspent direct 35 indirect 0", "fee direct 5 indirect 0",
                          "max_hops direct 0 indirect 20", "service 7 direct 40 indirect 0"));
  request.policy = AccountPolicy::kPoison;
  EXPECT_THAT(MeasureAccountExposure(accounts, request, kDestination, {}, nullptr).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
  request.policy = AccountPolicy::kFifo;
  const AlwaysCancelled cancelled;
  EXPECT_THAT(MeasureAccountExposure(accounts, request, kDestination, {}, &cancelled).status(),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST(AccountExposure, IsWhoPaidTheSubject) {
  MemoryAccounts accounts;
  accounts.Mint(1, 100);    // the bank's
  accounts.Move(1, 0, 40);  // from the bank
  accounts.Move(1, 2, 20);
  accounts.Move(2, 0, 15);  // from the bank, through account 2
  accounts.Mint(0, 3);
  accounts.Move(2, 0, 5);
  accounts.Move(3, 2, 4);  // of which nobody knows how it came to have that
  accounts.Move(2, 0, 4);
  MemoryStops stops;
  stops.stops[1] = {SinkKind::kService, 7};
  AccountTraceRequest request;
  request.labels = {"x"};
  request.seeds = {{0, 0}};
  request.stops = &stops;
  for (const AccountPolicy policy : {AccountPolicy::kFifo, AccountPolicy::kHaircut}) {
    request.policy = policy;
    ASSERT_OK_AND_ASSIGN(const AccountExposure exposure,
                         MeasureAccountExposure(accounts, request, kSource, {}, nullptr));
    EXPECT_EQ(exposure.total.ToString(), "67");
    EXPECT_THAT(TextOf(exposure),
                ElementsAre("service 7 direct 40 indirect 20", "coinbase direct 3 indirect 0",
                            "unresolved direct 0 indirect 4"));
    EXPECT_EQ(exposure.entries.front().min_hops, 1u);
    EXPECT_EQ(exposure.entries.back().min_hops, std::nullopt);
  }
  request.max_hops = 1;
  ASSERT_OK_AND_ASSIGN(const AccountExposure cut,
                       MeasureAccountExposure(accounts, request, kSource, {}, nullptr));
  EXPECT_THAT(TextOf(cut),
              ElementsAre("max_hops direct 0 indirect 24", "service 7 direct 40 indirect 0",
                          "coinbase direct 3 indirect 0"));
  request.policy = AccountPolicy::kTifo;
  EXPECT_THAT(MeasureAccountExposure(accounts, request, kSource, {}, nullptr).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// What a trace says ends there, and whether it adds up.
class Ends : public AccountTraceReceiver {
 public:
  absl::Status OnHolding(const AccountHolding&) override { return absl::OkStatus(); }
  absl::Status OnSink(const AccountSink& sink) override {
    of[NameOf(sink.kind, sink.entity)] = sink.taint.ToString();
    return absl::OkStatus();
  }
  absl::Status OnSummary(const AccountSummary& summary) override {
    if (!summary.unspent.is_zero()) of["unspent"] = summary.unspent.ToString();
    return absl::OkStatus();
  }
  std::map<std::string, std::string> of;
};

TEST(AccountExposure, IsTheTraceSummedByItsEnds) {
  std::uint64_t split = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const MemoryAccounts history = RandomAccounts(random, 8, 60);
    MemoryStops stops;
    for (std::uint32_t i = 0; i < 3; ++i) {
      stops.stops[static_cast<std::uint32_t>(random() % 8)] = {SinkKind::kService, i};
    }
    AccountTraceRequest request;
    request.labels = {"x"};
    request.seeds = {{static_cast<std::uint32_t>(random() % 8), 0}};
    request.policy = random() % 2 == 0 ? AccountPolicy::kFifo : AccountPolicy::kHaircut;
    request.stops = &stops;
    const ExposureDirection direction = random() % 2 == 0 ? kSource : kDestination;
    MemoryAccounts accounts = history;
    Ends ends;
    const auto run = direction == kSource ? RunAccountSource : RunAccountTrace;
    ASSERT_THAT(run(accounts, request, {}, nullptr, ends), IsOk());
    accounts = history;
    ASSERT_OK_AND_ASSIGN(const AccountExposure exposure,
                         MeasureAccountExposure(accounts, request, direction, {}, nullptr));
    AccountTaint sum;
    std::map<std::string, std::string> got;
    for (const AccountExposureEntry& entry : exposure.entries) {
      got[NameOf(entry.kind, entry.entity)] = (entry.direct + entry.indirect).ToString();
      sum += entry.direct + entry.indirect;
      split += !entry.direct.is_zero() && !entry.indirect.is_zero() ? 1 : 0;
    }
    EXPECT_EQ(got, ends.of);
    EXPECT_EQ(sum.ToString(), exposure.total.ToString());
  }
  EXPECT_GT(split, 50u);
}

}  // namespace
}  // namespace coinwake
