// Goal: the worked scenario of the policies comes out as the vectors have it, in both fee modes.
// Method: poison and all that keep order through the whole engine on an indexed chain; haircut's
// vectors are in whole units, so they test the apportioning itself, and the engine's haircut is
// held against the exact fractions instead. The subsidy of the vectors (50) is no real one: what
// the real one is more, the coinbase's first output claims more too, and holds as so many more
// clean satoshi.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/tracer/small_chain.h"
#include "tracer/apportion.h"

namespace coinwake {
namespace {

using Json = nlohmann::json;
using Numbers = std::vector<std::uint64_t>;

// Satoshi of the subsidy that the vectors do not have.
constexpr std::uint64_t kMore = 5'000'000'000 - 50;
struct NamedPolicy {
  Policy policy;
  const char* name;  // in the vectors
};
constexpr NamedPolicy kOrdered[] = {{Policy::kFifo, "FIFO"}, {Policy::kLifo, "LIFO"},
                                    {Policy::kTiho, "TIHO"}, {Policy::kTifo, "TIFO"},
                                    {Policy::kCifo, "CIFO"}, {Policy::kTiso, "TISO"}};
static_assert(std::size(kOrdered) == std::size(kOrderedPolicies));

const Json& Vectors(const std::string& policy) {
  static const Json all =
      Json::parse(std::ifstream(COINWAKE_TEST_DATA "/vectors/taint_vectors.json"), nullptr, false);
  return all.at(policy + "|fee=last|coinbase=fees_first");
}

// "50*X 20*-": the form RunsAt() prints. `keep`: other labels count as clean.
std::string CellText(const Json& cell, const std::string& keep) {
  std::vector<std::pair<std::uint64_t, std::string>> runs;
  for (const Json& run : cell) {
    std::string label = run[1].is_null() ? "-" : run[1].get<std::string>();
    if (!keep.empty() && label != keep) label = "-";
    const auto length = run[0].get<std::uint64_t>();
    if (!runs.empty() && runs.back().second == label) {
      runs.back().first += length;
    } else {
      runs.emplace_back(length, label);
    }
  }
  if (runs.size() == 1 && runs.front().second == "-") return "";
  std::string text;
  for (const auto& [length, label] : runs) {
    absl::StrAppend(&text, text.empty() ? "" : " ", length, "*", label);
  }
  return text;
}

std::uint64_t CellSum(const Json& cell, const std::string& label) {
  std::uint64_t sum = 0;
  for (const Json& run : cell) {
    if (run[1] == label) sum += run[0].get<std::uint64_t>();
  }
  return sum;
}

// The vectors of an ordered policy with the real subsidy, of which all that is more is clean and
// the last that CB:0 takes.
Json WithRealSubsidy(Json vectors) {
  Json& last = vectors["CB:0"].back();
  EXPECT_TRUE(last[1].is_null());
  last[0] = last[0].get<std::uint64_t>() + kMore;
  return vectors;
}

// The scenario: four coins A to D, T1 to T4 in one block, its coinbase claims all there is.
class Scenario : public testing::Test {
 protected:
  Scenario() {
    const std::uint64_t coins = chain_.Block({{60, "A"}, {40, "B"}, {30, "C"}, {25, "D"}});
    const std::uint64_t coinbase = chain_.Block({{40 + kMore, ""}, {23, ""}});
    const std::uint64_t t1 = chain_.Add({{coins, 0}, {coins, 1}}, {{50, ""}, {30, ""}, {15, ""}});
    const std::uint64_t t2 = chain_.Add({{coins, 3}, {t1, 1}}, {{35, ""}, {18, ""}});
    const std::uint64_t t3 = chain_.Add({{coins, 2}, {t1, 0}}, {{20, ""}, {57, ""}});
    const std::uint64_t t4 = chain_.Add({{t2, 0}, {t3, 1}, {t1, 2}}, {{100, ""}, {4, ""}});
    view_ = &chain_.Build();
    names_ = {{"T1", t1}, {"T2", t2}, {"T3", t3}, {"T4", t4}, {"CB", coinbase}};
    request_.labels = {"X", "Y"};
    request_.seeds = {{chain_.Output(coins, 0), 0}, {chain_.Output(coins, 2), 1}};
    request_.all_outputs = true;
  }

  // Calls `check(output, cell)` for each output cell of the vectors.
  template <typename Check>
  void ForEachOutput(const Json& vectors, const Check& check) const {
    for (const auto& [name, cell] : vectors.items()) {
      if (name.ends_with(":fee")) continue;
      SCOPED_TRACE(name);
      const std::vector<std::string> parts = absl::StrSplit(name, ':');
      check(OutputNamed(parts[0], static_cast<std::uint32_t>(std::stoul(parts[1]))),
            name.starts_with("CB"), cell);
    }
  }
  OutputNum OutputNamed(const std::string& tx, std::uint32_t vout) const {
    return chain_.Output(names_.at(tx), vout);
  }
  static std::uint64_t FeesOf(const Json& vectors, const std::string& label) {
    std::uint64_t sum = 0;
    for (const auto& [name, cell] : vectors.items()) {
      if (name.ends_with(":fee")) sum += CellSum(cell, label);
    }
    return sum;
  }

  SmallChain chain_;
  const View* view_ = nullptr;
  std::map<std::string, std::uint64_t> names_;
  TraceRequest request_;
};

TEST_F(Scenario, PoliciesThatKeepOrderGiveTheVectorsWhenLabelsCompete) {
  request_.competing = true;
  for (const auto& [policy, name] : kOrdered) {
    SCOPED_TRACE(name);
    const Json vectors = WithRealSubsidy(Vectors(name));
    EXPECT_EQ(vectors.size(), 15u);
    request_.policy = policy;
    for (const FeeMode fees : {FeeMode::kSink, FeeMode::kMiner}) {
      request_.fees = fees;
      const TraceLines lines = TraceBoth(*view_, request_);
      ForEachOutput(vectors, [&](OutputNum output, bool coinbase, const Json& cell) {
        const bool reached = !coinbase || fees == FeeMode::kMiner;
        EXPECT_EQ(RunsAt(lines, request_, output), reached ? CellText(cell, "") : "");
      });
      for (const std::string& label : request_.labels) {
        const std::uint64_t in_fees = fees == FeeMode::kSink ? FeesOf(vectors, label) : 0;
        EXPECT_EQ(SinkOf(lines, request_, label, SinkKind::kFee), std::to_string(in_fees));
        EXPECT_EQ(SinkOf(lines, request_, label, SinkKind::kBurnt), "0");
      }
    }
  }
}

// The order of these does not depend on what is tainted, so what one label does alone is told by
// the vectors too.
TEST_F(Scenario, FifoAndLifoOfEachLabelAloneGiveTheVectorsWithTheOtherClean) {
  request_.fees = FeeMode::kMiner;
  for (const auto& [policy, name] : {kOrdered[0], kOrdered[1]}) {
    SCOPED_TRACE(name);
    const Json vectors = WithRealSubsidy(Vectors(name));
    request_.policy = policy;
    for (std::uint32_t label = 0; label < 2; ++label) {
      TraceRequest alone = request_;
      std::erase_if(alone.seeds, [label](const Seed& seed) { return seed.label != label; });
      const TraceLines lines = TraceBoth(*view_, alone);
      ForEachOutput(vectors, [&](OutputNum output, bool, const Json& cell) {
        EXPECT_EQ(RunsAt(lines, alone, output), CellText(cell, request_.labels[label]));
      });
    }
  }
}

TEST_F(Scenario, PoisonGivesTheVectors) {
  const Json& vectors = Vectors("poison");
  request_.policy = Policy::kPoison;
  for (const bool competing : {false, true}) {
    for (const FeeMode fees : {FeeMode::kSink, FeeMode::kMiner}) {
      request_.competing = competing;
      request_.fees = fees;
      const TraceLines lines = TraceBoth(*view_, request_);
      ForEachOutput(vectors, [&](OutputNum output, bool coinbase, const Json& cell) {
        const bool reached = !coinbase || fees == FeeMode::kMiner;
        const std::vector<std::string> labels = absl::StrSplit(cell[0][1].get<std::string>(), '+');
        for (const std::string& label : request_.labels) {
          const bool tainted =
              reached && std::find(labels.begin(), labels.end(), label) != labels.end();
          const std::uint64_t more = output == OutputNamed("CB", 0) ? kMore : 0;
          EXPECT_EQ(TaintAt(lines, request_, output, label),
                    tainted ? std::to_string(cell[0][0].get<std::uint64_t>() + more) : "0");
        }
      });
      const std::string x_fees = fees == FeeMode::kSink ? "13" : "0";
      const std::string y_fees = fees == FeeMode::kSink ? "6" : "0";
      EXPECT_EQ(SinkOf(lines, request_, "X", SinkKind::kFee), x_fees);
      EXPECT_EQ(SinkOf(lines, request_, "Y", SinkKind::kFee), y_fees);
    }
  }
}

// What of each label is where, in whole units: the apportioning without its fractional bits.
TEST(WholeUnits, HaircutGivesTheVectors) {
  struct Part {
    std::string name;
    std::uint64_t value;
  };
  const Json& vectors = Vectors("haircut");
  std::map<std::string, Numbers> held = {
      {"A:0", {60, 0}}, {"B:0", {0, 0}}, {"C:0", {0, 30}}, {"D:0", {0, 0}}, {"subsidy", {0, 0}}};
  const auto step = [&](const std::vector<std::string>& inputs, const std::vector<Part>& parts) {
    Numbers capacities;
    std::uint64_t total = 0;
    for (const Part& part : parts) {
      capacities.push_back(part.value);
      total += part.value;
      held[part.name] = {0, 0};
    }
    Apportioner apportioner;
    for (std::size_t label = 0; label < 2; ++label) {
      std::uint64_t amount = 0;
      for (const std::string& input : inputs) amount += held.at(input)[label];
      Numbers shares(parts.size());
      apportioner.SplitAndTake(amount, capacities, &total, shares);
      for (std::size_t i = 0; i < parts.size(); ++i) held[parts[i].name][label] = shares[i];
    }
  };
  step({"A:0", "B:0"}, {{"T1:0", 50}, {"T1:1", 30}, {"T1:2", 15}, {"T1:fee", 5}});
  step({"D:0", "T1:1"}, {{"T2:0", 35}, {"T2:1", 18}, {"T2:fee", 2}});
  step({"C:0", "T1:0"}, {{"T3:0", 20}, {"T3:1", 57}, {"T3:fee", 3}});
  step({"T2:0", "T3:1", "T1:2"}, {{"T4:0", 100}, {"T4:1", 4}, {"T4:fee", 3}});
  step({"T1:fee", "T2:fee", "T3:fee", "T4:fee", "subsidy"},
       {{"CB:0", 40}, {"CB:1", 23}, {"unclaimed", 0}});
  EXPECT_EQ(vectors.size(), 15u);
  for (const auto& [name, cell] : vectors.items()) {
    EXPECT_EQ(held.at(name)[0], CellSum(cell, "X")) << name;
    EXPECT_EQ(held.at(name)[1], CellSum(cell, "Y")) << name;
  }
}

// |units / 4096 - numerator / denominator| <= `most_units` / 4096, in integers.
void ExpectNear(const std::string& decimal, std::uint64_t numerator, std::uint64_t denominator,
                std::uint64_t most_units) {
  const std::vector<std::string> parts = absl::StrSplit(decimal, '.');
  Uint128 units = Uint128{std::stoull(parts[0])} * 4096;
  if (parts.size() == 2) {
    Uint128 scaled = std::stoull(parts[1]);
    std::uint64_t scale = 1;
    for (std::size_t i = 0; i < parts[1].size(); ++i) scale *= 10;
    scaled *= 4096;
    ASSERT_EQ(scaled % scale, 0u);
    units += scaled / scale;
  }
  const Uint128 left = units * denominator;
  const Uint128 right = Uint128{numerator} * 4096;
  const Uint128 error = left > right ? left - right : right - left;
  EXPECT_LE(error, Uint128{most_units} * denominator) << decimal;
}

TEST_F(Scenario, HaircutStaysWithinRoundingOfTheExactFractions) {
  request_.policy = Policy::kHaircut;
  const TraceLines lines = TraceBoth(*view_, request_);
  struct Exact {
    const char* tx;
    std::uint32_t vout;
    const char* label;
    std::uint64_t numerator, denominator;
  };
  constexpr Exact kExact[] = {
      {"T2", 0, "X", 126, 11},     {"T2", 1, "X", 324, 55},   {"T3", 0, "X", 15, 2},
      {"T3", 0, "Y", 15, 2},       {"T3", 1, "X", 171, 8},    {"T3", 1, "Y", 171, 8},
      {"T4", 0, "X", 92025, 2354}, {"T4", 0, "Y", 4275, 214}, {"T4", 1, "X", 3681, 2354},
      {"T4", 1, "Y", 171, 214},
  };
  for (const Exact& exact : kExact) {
    SCOPED_TRACE(absl::StrCat(exact.tx, ":", exact.vout, " ", exact.label));
    const OutputNum output = chain_.Output(names_.at(exact.tx), exact.vout);
    ExpectNear(TaintAt(lines, request_, output, exact.label), exact.numerator, exact.denominator,
               3);
  }
  // X: 3 + 36/55 + 9/8 + 11043/9416 at the fees.
  ExpectNear(SinkOf(lines, request_, "X", SinkKind::kFee), 6369, 1070, 6);
  ExpectNear(SinkOf(lines, request_, "Y", SinkKind::kFee), 369, 214, 6);  // 9/8 + 513/856
  for (const FeeMode fees : {FeeMode::kSink, FeeMode::kMiner}) {
    for (const bool competing : {false, true}) {
      request_.fees = fees;
      request_.competing = competing;
      TraceBoth(*view_, request_);
    }
  }
}

}  // namespace
}  // namespace coinwake
