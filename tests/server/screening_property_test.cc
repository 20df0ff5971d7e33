// Goal: what a screening finds direct and indirect is what the tracer measures, to the unit, in
// both directions; and what it tells of a whole adds up.
// Method: random chains of reused addresses, some of them seeds; each address against
// MeasureExposure() with stops at the seeds. A screening reads each transaction once and subtracts,
// the other runs two traces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/screening.pb.h"
#include "indexer/view/open.h"
#include "server/index_set.h"
#include "server/names.h"
#include "server/screening_answers.h"
#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/small_chain.h"
#include "tracer/exposure.h"

namespace coinwake::server {
namespace {

constexpr std::uint32_t kHops = 4;

// Stops at addresses of a list; the entity is the place in it.
class ListStops final : public AddressStops {
 public:
  explicit ListStops(const std::vector<AddressNum>& stops) {
    for (std::uint32_t i = 0; i < stops.size(); ++i) number_[stops[i].value] = i;
  }
  std::optional<Stop> StopAt(AddressNum address) const override {
    const auto found = number_.find(address.value);
    if (found == number_.end()) return std::nullopt;
    return Stop{SinkKind::kService, found->second};
  }

 private:
  std::map<std::uint64_t, std::uint32_t> number_;
};

using Sums = std::map<std::string, std::pair<std::string, std::string>>;  // direct, indirect

Sums Measured(const View& view, AddressNum address, ExposureDirection direction,
              const std::vector<AddressNum>& stops) {
  Sums sums;
  ExposureRequest request;
  auto outputs = SeedsOfAddress(view, address);
  EXPECT_OK(outputs.status());
  request.outputs = *std::move(outputs);
  request.direction = direction;
  request.max_hops = kHops;
  const ListStops at(stops);
  request.stops = &at;
  const auto exposure = MeasureExposure(view, request, {}, nullptr);
  EXPECT_OK(exposure.status());
  if (!exposure.ok()) return sums;
  for (const ExposureEntry& entry : exposure->entries) {
    if (!entry.entity.has_value()) continue;
    sums[absl::StrCat("s", *entry.entity)] = {entry.direct.ToString(), entry.indirect.ToString()};
  }
  return sums;
}

TEST(ScreeningProperty, AgreesWithTheTracer) {
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto chain = MakeRandomChain(random, {.blocks = 6, .addresses = 3 + seed % 9});
    const View& view = chain->Build();
    const auto files = chain->files().Clone();
    auto index = OpenForReading(*files, "/data", view.snapshot().network);
    ASSERT_OK(index.status());
    OpenNetwork open(*std::move(index), 1, nullptr);
    Screener screener(open);
    v1::ScreenOptions options;
    options.set_max_hops(kHops);
    options.set_rules(
        "{version: 1, rules: [{id: x, score: 1, exposure: [direct, indirect], any_seed: true}]}");
    std::vector<AddressNum> stops;
    for (std::uint64_t i = 0; i < view.addresses_count(); ++i) {
      if (random() % 3 != 0) continue;
      v1::ScreenSeed* const added = options.add_seeds();
      added->set_address(ScriptName(view, AddressNum{i}));
      added->set_label(absl::StrCat("s", stops.size()));
      stops.push_back(AddressNum{i});
    }
    ASSERT_OK_AND_ASSIGN(const PreparedScreening screening, screener.Prepare(options, nullptr));
    for (std::uint64_t i = 0; i < view.addresses_count(); ++i) {
      const AddressNum address{i};
      SCOPED_TRACE(ScriptName(view, address));
      v1::ScreeningResult result;
      ASSERT_OK(screener.Answer(screening, ScriptName(view, address), nullptr, &result));
      std::map<std::string, Sums> sides;
      std::map<std::string, std::uint64_t> sum_of;
      for (const v1::ScreeningExposureEntry& entry : result.exposure().entries()) {
        sides[entry.side()][entry.entity()] = {entry.direct(), entry.indirect()};
        sum_of[entry.side()] += *ParseNumber(entry.direct()) + *ParseNumber(entry.indirect());
        ++found;
      }
      EXPECT_EQ(sides["source"], Measured(view, address, ExposureDirection::kSource, stops));
      EXPECT_EQ(sides["destination"],
                Measured(view, address, ExposureDirection::kDestination, stops));
      for (const v1::ScreeningTotal& total : result.exposure().totals()) {
        if (total.side() == "source") {
          EXPECT_LE(sum_of["source"], *ParseNumber(total.amount()));
        }
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(found, 500U);
}

TEST(ScreeningProperty, OneByOneIsAsAll) {
  std::mt19937_64 random(7);
  const auto chain = MakeRandomChain(random, {.blocks = 8, .addresses = 6, .window = true});
  const View& view = chain->Build();
  const auto files = chain->files().Clone();
  auto index = OpenForReading(*files, "/data", view.snapshot().network);
  ASSERT_OK(index.status());
  OpenNetwork open(*std::move(index), 1, nullptr);
  Screener shared(open);
  v1::ScreenOptions options;
  options.add_seeds()->set_address(ScriptName(view, AddressNum{0}));
  ASSERT_OK_AND_ASSIGN(const PreparedScreening screening, shared.Prepare(options, nullptr));
  for (std::uint64_t i = 0; i < view.addresses_count(); ++i) {
    const std::string name = ScriptName(view, AddressNum{i});
    v1::ScreeningResult together;
    ASSERT_OK(shared.Answer(screening, name, nullptr, &together));
    Screener alone(open);
    ASSERT_OK_AND_ASSIGN(const PreparedScreening own, alone.Prepare(options, nullptr));
    v1::ScreeningResult by_itself;
    ASSERT_OK(alone.Answer(own, name, nullptr, &by_itself));
    EXPECT_EQ(together.SerializeAsString(), by_itself.SerializeAsString());
  }
}

}  // namespace
}  // namespace coinwake::server
