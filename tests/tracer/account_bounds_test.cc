// Goal: bounds over accounts respect time and balances, and the rules of what ends where hold.
// Method: the flow vectors; histories of a few events by hand.
#include "tracer/account_bounds.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/memory_accounts.h"
#include "tests/tracer/reference_bounds.h"

namespace coinwake {
namespace {

using Json = nlohmann::json;

const Json& Vectors() {
  static const Json all =
      Json::parse(std::ifstream(COINWAKE_TEST_DATA "/vectors/flow_vectors.json"), nullptr, false);
  return all;
}

constexpr std::uint32_t kSeed = 1, kAnn = 2, kBob = 3, kEve = 4, kShop = 5;

class AccountBounds : public testing::Test {
 protected:
  AccountBounds() {
    request_.labels = {"x"};
    request_.seeds = {{kSeed, 0}};
  }
  std::string Find(std::uint32_t target) {
    const auto all = FindAccountBounds(accounts_, request_, target, limits_, nullptr);
    EXPECT_THAT(all, IsOk());
    std::string text;
    if (!all.ok()) return text;
    for (const Bounds& bounds : *all) {
      absl::StrAppend(&text, text.empty() ? "" : " | ", TextOf(bounds));
    }
    return text;
  }
  absl::StatusCode Failure(const Cancellation* cancellation = nullptr) {
    return FindAccountBounds(accounts_, request_, kShop, limits_, cancellation).status().code();
  }

  MemoryAccounts accounts_;
  AccountTraceRequest request_;
  BoundsLimits limits_;
};

// The vectors' source has what it sends; others may send more than is known to be there.
TEST_F(AccountBounds, HaveTheMaximumsOfTheVectors) {
  const Json& cases = Vectors().at("max_flow_and_greedy");
  EXPECT_EQ(cases.size(), 3u);
  for (const Json& vector : cases) {
    SCOPED_TRACE(vector.at("name").get<std::string>());
    accounts_ = MemoryAccounts();
    const auto source = vector.at("source").get<std::string>();
    std::map<std::string, std::uint32_t> names = {{source, kSeed}};
    const auto number = [&names](const std::string& name) {
      return names.emplace(name, static_cast<std::uint32_t>(10 + names.size())).first->second;
    };
    std::uint64_t sent = 0;
    for (const Json& event : vector.at("events")) {
      if (event[1] == source) sent += event[3].get<std::uint64_t>();
    }
    accounts_.Mint(kSeed, sent);
    for (const Json& event : vector.at("events")) {
      accounts_.Move(number(event[1].get<std::string>()), number(event[2].get<std::string>()),
                     event[3].get<std::uint64_t>());
    }
    const std::uint32_t sink = number(vector.at("sink").get<std::string>());
    const auto all = FindAccountBounds(accounts_, request_, sink, limits_, nullptr);
    ASSERT_THAT(all, IsOk());
    EXPECT_EQ(ToDecimal(Uint256(all->front().max)),
              std::to_string(vector.at("max").get<std::uint64_t>()));
  }
}

// 60 tainted come and go before 60 clean ones do the same.
TEST_F(AccountBounds, HoldOverNoMoreThanTheBalance) {
  accounts_.Mint(kSeed, 60);
  accounts_.Move(kSeed, kAnn, 60);
  accounts_.Move(kAnn, kBob, 60);
  accounts_.Move(kEve, kAnn, 60);
  accounts_.Move(kAnn, kShop, 60);
  const Json& intervals = Vectors().at("account_holdover").at("intervals");
  EXPECT_EQ(intervals.at("u"), Json({60, 60}));
  EXPECT_EQ(Find(kBob), "[60, 60] of 60");
  EXPECT_EQ(intervals.at("t"), Json({0, 0}));
  EXPECT_EQ(Find(kShop), "[0, 0] of 60");
  accounts_ = MemoryAccounts();  // but one unit stays
  accounts_.Mint(kSeed, 60);
  accounts_.Move(kSeed, kAnn, 60);
  accounts_.Move(kAnn, kBob, 59);
  accounts_.Move(kEve, kAnn, 59);
  accounts_.Move(kAnn, kShop, 59);
  EXPECT_EQ(Find(kBob), "[59, 59] of 60");
  EXPECT_EQ(Find(kShop), "[0, 1] of 60");
}

TEST_F(AccountBounds, MixWithWhatWasHeld) {
  accounts_.Mint(kAnn, 10);
  accounts_.Mint(kSeed, 7);
  accounts_.Move(kSeed, kAnn, 7);
  accounts_.Move(kAnn, kShop, 12);
  accounts_.Move(kAnn, kBob, 4);
  EXPECT_EQ(Find(kShop), "[2, 7] of 7");
  EXPECT_EQ(Find(kBob), "[0, 4] of 7");
  EXPECT_EQ(Find(kAnn), "[7, 7] of 7");
  request_.until = 3;  // the first payment does not happen
  EXPECT_EQ(Find(kShop), "[0, 0] of 7");
}

TEST_F(AccountBounds, EndWhereATraceEnds) {
  accounts_.Mint(kSeed, 20);
  accounts_.Move(kSeed, kAnn, 20);
  accounts_.Fee(kAnn, 1);
  accounts_.Burn(kAnn, 2);
  accounts_.Hide(kAnn, 3);
  accounts_.Move(kAnn, kEve, 4);
  accounts_.Move(kAnn, kSeed, 5);  // returned, and seeded anew
  accounts_.Move(kAnn, kShop, 1);
  accounts_.Within(kAnn, kBob, 4);
  accounts_.Within(kBob, kAnn, 4);
  accounts_.Move(kAnn, kShop, 4);
  MemoryStops stops;
  stops.stops = {{kEve, {SinkKind::kService, 0}}, {kSeed, {SinkKind::kService, 1}}};
  request_.stops = &stops;
  EXPECT_EQ(Find(kShop), "[5, 5] of 25 service/0 4 mixer 3");
  EXPECT_EQ(Find(kSeed), "[25, 25] of 25");
  stops.stops[kShop] = {SinkKind::kService, 2};
  EXPECT_EQ(Find(kShop), "[5, 5] of 25 service/0 4 mixer 3");  // the target comes first
  EXPECT_EQ(Find(kEve), "[4, 4] of 25 service/2 5 mixer 3");
}

TEST_F(AccountBounds, CountWhatIsNotExpandedAsPerhapsArrived) {
  accounts_.Mint(kSeed, 9);
  accounts_.Move(kSeed, kAnn, 9);
  accounts_.Move(kAnn, kBob, 4);
  accounts_.Fee(kAnn, 2);
  accounts_.Move(kBob, kShop, 4);
  EXPECT_EQ(Find(kShop), "[4, 4] of 9");
  request_.max_hops = 1;
  EXPECT_EQ(Find(kShop), "[0, 4] of 9; 1 not expanded: 4");
  request_.max_hops = 0;
  EXPECT_EQ(Find(kShop), "[0, 9] of 9; 1 not expanded: 9");
  request_.max_hops = 3;
  EXPECT_EQ(Find(kShop), "[4, 4] of 9");
}

TEST_F(AccountBounds, SeedWhatComesInTime) {
  accounts_.Mint(kSeed, 5);
  accounts_.Mint(kSeed, 6);
  accounts_.Move(kSeed, kShop, 8);
  EXPECT_EQ(Find(kShop), "[8, 8] of 11");
  request_.since = 1;
  EXPECT_EQ(Find(kShop), "[3, 6] of 6");
  request_.labels = {"x", "a"};
  EXPECT_EQ(Find(kShop), "[0, 0] of 0 | [3, 6] of 6");
}

// A token's issuer may have its frozen supply as a seed and be the target.
TEST_F(AccountBounds, CountWhatTheTargetsOwnPotsGiveBack) {
  request_.seeds = {{kShop, 0}, {kAnn, 0}};
  accounts_.Mint(kAnn, 5);
  accounts_.Within(kAnn, kShop, 5);
  accounts_.Mint(kShop, 2);
  accounts_.Move(kShop, kBob, 7);
  EXPECT_EQ(Find(kShop), "[7, 7] of 7");
}

TEST_F(AccountBounds, ReadOnlyWhatTheSeedsReach) {
  accounts_.Mint(kBob, 5);
  accounts_.Move(kBob, kEve, 5);
  accounts_.Mint(kSeed, 5);
  accounts_.Move(kSeed, kAnn, 5);
  accounts_.Move(kAnn, kShop, 5);
  accounts_.Move(kShop, kEve, 5);
  EXPECT_EQ(Find(kShop), "[5, 5] of 5");
  EXPECT_EQ(accounts_.accounts_read, (std::set<std::uint32_t>{kSeed, kAnn}));
}

TEST_F(AccountBounds, CarryTheLargestAmounts) {
  accounts_.Mint(kSeed, kMaxAccountUnits);
  accounts_.Move(kSeed, kAnn, kMaxAccountUnits);
  accounts_.Move(kAnn, kShop, kMaxAccountUnits - 1);
  EXPECT_EQ(Find(kShop), absl::StrCat("[", ToDecimal(Uint256(kMaxAccountUnits - 1)), ", ",
                                      ToDecimal(Uint256(kMaxAccountUnits - 1)), "] of ",
                                      ToDecimal(Uint256(kMaxAccountUnits))));
  accounts_.Mint(kAnn, kMaxAccountUnits);
  EXPECT_EQ(Failure(), absl::StatusCode::kInvalidArgument);
  accounts_ = MemoryAccounts();
  accounts_.Mint(kSeed, kMaxAccountUnits);
  accounts_.Move(kSeed, kAnn, kMaxAccountUnits);
  accounts_.Mint(kSeed, 1);  // all that was ever seeded is too much
  EXPECT_EQ(Failure(), absl::StatusCode::kInvalidArgument);
}

TEST_F(AccountBounds, SayWhenTheyCannotBeTold) {
  accounts_.Mint(kSeed, 5);
  accounts_.Move(kSeed, kAnn, 5);
  accounts_.Move(kAnn, kShop, 5);
  EXPECT_EQ(Failure(), absl::StatusCode::kOk);
  limits_.max_arcs = 2;
  EXPECT_EQ(Failure(), absl::StatusCode::kResourceExhausted);
  limits_ = {};
  limits_.max_read = 2;
  EXPECT_EQ(Failure(), absl::StatusCode::kResourceExhausted);
  limits_ = {};
  const AlwaysCancelled cancelled;
  EXPECT_EQ(Failure(&cancelled), absl::StatusCode::kCancelled);
  for (std::uint64_t call = 0;; ++call) {
    accounts_.calls = 0;
    accounts_.failing_call = call;
    const absl::StatusCode code = Failure();
    if (code == absl::StatusCode::kOk) break;
    EXPECT_EQ(code, absl::StatusCode::kUnavailable);
    ASSERT_LT(call, 100u);
  }
  accounts_.failing_call = ~std::uint64_t{0};
  accounts_.understated[kAnn] = 1;
  EXPECT_NE(Failure(), absl::StatusCode::kOk);
  request_.seeds.clear();
  EXPECT_EQ(Failure(), absl::StatusCode::kInvalidArgument);
  request_.seeds = {{kNobody, 0}};
  EXPECT_EQ(Failure(), absl::StatusCode::kInvalidArgument);
  request_.seeds = {{kSeed, 1}};
  EXPECT_EQ(Failure(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace coinwake
