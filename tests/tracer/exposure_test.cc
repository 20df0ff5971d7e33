// Goal: exposure names every end of what an address received, or of where it went, splits it into
// direct and indirect, and adds up. Method: a short chain with figures by hand; random chains,
// where the entries must be what the twins of both traces say, and direct what they say within one
// transaction.
#include "tracer/exposure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/reference_source.h"
#include "tests/tracer/small_chain.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Stop kBank{SinkKind::kService, 1};
constexpr Stop kTumbler{SinkKind::kMixer, 0};

// "service 1 direct 10 indirect 5 hops 1"
std::vector<std::string> TextOf(const Exposure& exposure) {
  std::vector<std::string> lines;
  for (const ExposureEntry& entry : exposure.entries) {
    std::string line =
        entry.kind.has_value() ? std::string(SinkKindName(*entry.kind)) : std::string("unspent");
    if (entry.entity.has_value()) absl::StrAppend(&line, " ", *entry.entity);
    absl::StrAppend(&line, " direct ", entry.direct.ToString(), " indirect ",
                    entry.indirect.ToString());
    if (entry.min_hops.has_value()) absl::StrAppend(&line, " hops ", *entry.min_hops);
    lines.push_back(line);
  }
  return lines;
}

void ExpectAddsUp(const Exposure& exposure) {
  Taint sum;
  for (const ExposureEntry& entry : exposure.entries) {
    sum += entry.direct + entry.indirect;
    EXPECT_FALSE((entry.direct + entry.indirect).is_zero());
  }
  EXPECT_EQ(sum.ToString(), exposure.total.ToString());
}

// The bank pays Alice 30 at once and 20 through Bob, a miner pays her 10, she pays herself 25; of
// the 60 she got she sends 15 to the tumbler through Carol and 15 straight, fees are 5.
class Alice : public testing::Test {
 protected:
  Alice() {
    const auto coins = chain_.Block({{50, "bank"}, {10, "miner"}});
    chain_.Block({{1, ""}});
    const auto pay = chain_.Add({{coins, 0}}, {{30, "alice"}, {20, "bob"}});
    const auto pass = chain_.Add({{pay, 1}, {coins, 1}}, {{30, "alice"}});
    const auto spend = chain_.Add({{pay, 0}}, {{25, "alice"}, {5, "carol"}});
    chain_.Block({{1, ""}});
    const auto mix = chain_.Add({{pass, 0}}, {{15, "tumbler"}, {10, "carol"}});  // fee 5
    chain_.Add({{mix, 1}, {spend, 1}}, {{15, "tumbler"}});
    view_ = &chain_.Build();
    stops_.stops[chain_.Address("bank")] = kBank;
    stops_.stops[chain_.Address("tumbler")] = kTumbler;
    request_.outputs = {chain_.Output(pay, 0), chain_.Output(pass, 0), chain_.Output(spend, 0)};
    request_.stops = &stops_;
  }

  Exposure Measured() const {
    absl::StatusOr<Exposure> exposure = MeasureExposure(*view_, request_, {}, nullptr);
    EXPECT_OK(exposure.status());
    ExpectAddsUp(*exposure);
    return *std::move(exposure);
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  TestStops stops_;
  ExposureRequest request_;
};

TEST_F(Alice, SourceIsWhoPaidHer) {
  const Exposure exposure = Measured();
  EXPECT_EQ(exposure.total.ToString(), "85");
  EXPECT_THAT(TextOf(exposure), ElementsAre("returned_to_seed direct 25 indirect 0",
                                            "service 1 direct 30 indirect 20 hops 1",
                                            "coinbase direct 10 indirect 0"));
}

TEST_F(Alice, DestinationIsWhomShePaid) {
  request_.direction = ExposureDirection::kDestination;
  const Exposure exposure = Measured();
  EXPECT_EQ(exposure.total.ToString(), "85");
  EXPECT_THAT(TextOf(exposure),
              ElementsAre("unspent direct 25 indirect 0", "returned_to_seed direct 25 indirect 0",
                          "fee direct 5 indirect 0", "mixer 0 direct 15 indirect 15 hops 1"));
}

TEST_F(Alice, WithoutStopsEverythingIsFollowedToItsEnd) {
  request_.stops = nullptr;
  EXPECT_THAT(TextOf(Measured()), ElementsAre("returned_to_seed direct 25 indirect 0",
                                              "coinbase direct 40 indirect 20"));
  request_.max_hops = 1;
  EXPECT_THAT(TextOf(Measured()),
              ElementsAre("returned_to_seed direct 25 indirect 0", "max_hops direct 0 indirect 20",
                          "coinbase direct 40 indirect 0"));
}

TEST_F(Alice, RefusesWhatOneDirectionDoesNotHaveAndStopsWhenTold) {
  request_.policy = Policy::kPoison;
  for (const auto direction : {ExposureDirection::kSource, ExposureDirection::kDestination}) {
    request_.direction = direction;
    EXPECT_THAT(MeasureExposure(*view_, request_, {}, nullptr).status(),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  request_.policy = Policy::kHaircut;
  const AlwaysCancelled cancelled;
  EXPECT_THAT(MeasureExposure(*view_, request_, {}, &cancelled).status(),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(MeasureExposure(*view_, request_, {.max_transactions = 1}, nullptr).status(),
              StatusIs(absl::StatusCode::kResourceExhausted));
  request_.outputs.clear();
  EXPECT_THAT(TextOf(Measured()), IsEmpty());
}

using Ends = std::map<std::string, Taint>;

// "service 1" and what a twin says ends there.
Ends EndsOf(const TraceLines& lines) {
  Ends ends;
  if (!lines.summaries[0].unspent.is_zero()) ends["unspent"] = lines.summaries[0].unspent;
  for (const Sink& sink : lines.sinks) {
    const std::string entity = sink.entity.has_value() ? absl::StrCat(" ", *sink.entity) : "";
    ends[std::string(SinkKindName(sink.kind)) + entity] = sink.taint;
  }
  return ends;
}

Ends Twin(const View& view, const ExposureRequest& request, std::optional<std::uint32_t> max_hops) {
  TraceRequest trace;
  trace.labels = {"X"};
  for (const OutputNum output : request.outputs) trace.seeds.push_back({output, 0});
  trace.policy = request.policy;
  trace.fees = request.fees;
  trace.max_hops = max_hops;
  trace.stops = request.stops;
  return EndsOf(request.direction == ExposureDirection::kSource ? ReferenceSourceTrace(view, trace)
                                                                : ReferenceTrace(view, trace));
}

TEST(RandomExposure, IsWhatTheTwinsSay) {
  std::uint64_t split = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    RandomChainOptions options;
    options.blocks = 3 + random() % 10;
    options.addresses = 20;
    options.window = seed % 4 == 0;
    const auto chain = MakeRandomChain(random, options);
    const View& view = chain->Build();
    for (int i = 0; i < 12; ++i) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, " exposure ", i));
      const TestStops stops = MakeRandomStops(random, view, 2 + random() % 6);
      ExposureRequest request;
      const AddressNum subject{random() % view.addresses_count()};
      ASSERT_OK_AND_ASSIGN(request.outputs, SeedsOfAddress(view, subject));
      std::erase_if(request.outputs,
                    [&view](OutputNum output) { return view.Value(output) > 100'000; });
      if (request.outputs.empty()) continue;
      request.direction = static_cast<ExposureDirection>(random() % 2);
      request.policy = random() % 2 == 0 ? Policy::kFifo : Policy::kHaircut;
      request.fees = static_cast<FeeMode>(random() % 2);
      request.stops = &stops;
      ASSERT_OK_AND_ASSIGN(const Exposure exposure, MeasureExposure(view, request, {}, nullptr));
      ExpectAddsUp(exposure);
      const Ends whole = Twin(view, request, std::nullopt);
      Ends near = Twin(view, request, 1);
      EXPECT_EQ(exposure.entries.size(), whole.size());
      for (const ExposureEntry& entry : exposure.entries) {
        std::string name = entry.kind.has_value() ? std::string(SinkKindName(*entry.kind))
                                                  : std::string("unspent");
        if (entry.entity.has_value()) absl::StrAppend(&name, " ", *entry.entity);
        ASSERT_TRUE(whole.contains(name)) << name;
        EXPECT_EQ((entry.direct + entry.indirect).ToString(), whole.at(name).ToString()) << name;
        // Units are only moved by fifo, so that the nearer trace finds none that the other does
        // not.
        if (request.policy == Policy::kFifo) {
          EXPECT_EQ(entry.direct.ToString(), near[name].ToString()) << name;
        } else {
          EXPECT_EQ(entry.direct.ToString(), std::min(near[name], whole.at(name)).ToString());
        }
        EXPECT_EQ(entry.min_hops.has_value(), entry.entity.has_value());
        const bool is_near = entry.min_hops.has_value() && !entry.direct.is_zero();
        EXPECT_TRUE(!is_near || entry.min_hops == 1u);
        split += !entry.direct.is_zero() && !entry.indirect.is_zero() ? 1 : 0;
      }
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(split, 50u);
}

}  // namespace
}  // namespace coinwake
