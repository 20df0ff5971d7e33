// Goal: a trace, forward or backward, a path or bounds over a damaged index ends, and gives the
// right answer or an error, never a wrong answer or a crash. Method: flip bytes of every column
// file of a random chain's index, open it again, and compare with what the sound index gave.
#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>

#include "indexer/view/open.h"
#include "tests/support/matchers.h"
#include "tests/tracer/random_chain.h"
#include "tests/tracer/reference_bounds.h"
#include "tracer/bounds.h"
#include "tracer/path.h"
#include "tracer/source.h"

namespace coinwake {
namespace {

// What a trace, a path and bounds answer, or "" for an error that says the data are damaged.
std::string AnswerOf(const View& view, Policy policy, const PathRequest& path_request) {
  TraceRequest request;
  request.labels = {"X", "Y"};
  for (std::uint64_t output = 1; output < 40; output += 4) {
    request.seeds.push_back({OutputNum{output}, static_cast<std::uint32_t>(output / 4 % 2)});
  }
  request.policy = policy;
  request.fees = policy == Policy::kHaircut ? FeeMode::kSink : FeeMode::kMiner;
  request.competing = KeepsOrder(policy);
  TraceRecorder recorder;
  const auto stats = RunTrace(view, request, {}, nullptr, recorder);
  if (!stats.ok()) {
    EXPECT_THAT(stats, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_TRUE(recorder.lines.summaries.empty());
    return "";
  }
  std::string answer = recorder.lines.ToString(request);
  request.competing = false;
  if (CheckSourceTrace(request).ok()) {
    TraceRecorder source;
    const auto source_stats = RunSourceTrace(view, request, {}, nullptr, source);
    if (!source_stats.ok()) {
      EXPECT_THAT(source_stats, StatusIs(absl::StatusCode::kDataLoss));
      EXPECT_TRUE(source.lines.summaries.empty());
      return "";
    }
    answer += source.lines.ToString(request);
  }
  const auto paths = FindPaths(view, path_request, {}, nullptr);
  if (!paths.ok()) {
    EXPECT_THAT(paths, StatusIs(absl::StatusCode::kDataLoss));
    return "";
  }
  for (const Path& path : *paths) {
    answer += std::to_string(path.bottleneck);
    for (const PathHop& hop : path.hops) answer += " " + std::to_string(hop.target.value);
    answer += "\n";
  }
  const auto all = FindBounds(view, request, path_request.to, {}, nullptr);
  if (!all.ok()) {
    EXPECT_THAT(all, StatusIs(absl::StatusCode::kDataLoss));
    return "";
  }
  for (const Bounds& bounds : *all) answer += TextOf(bounds) + "\n";
  return answer;
}

TEST(DamagedIndex, GivesTheRightAnswerOrAnError) {
  std::mt19937_64 random(11);
  RandomChainOptions options;
  options.blocks = 60;
  options.transactions_a_block = 20;
  options.addresses = 30;
  const auto chain = MakeRandomChain(random, options);
  const View& sound = chain->Build();
  PathRequest path_request;
  path_request.from = sound.AddressOf(OutputNum{1});
  path_request.to = sound.AddressOf(OutputNum{sound.outputs_count() - 1});
  path_request.count = 3;
  std::string right[std::size(kPolicies)];
  for (const Policy policy : kPolicies) {
    right[static_cast<int>(policy)] = AnswerOf(sound, policy, path_request);
    ASSERT_NE(right[static_cast<int>(policy)], "");
  }
  int errors = 0;
  for (const std::string& path : chain->files().AllFiles()) {
    if (path.find("/columns/") == std::string::npos) continue;
    const std::uint64_t size = chain->files().Contents(path).size();
    for (int flip = 0; flip < 6 && size != 0; ++flip) {
      const std::uint64_t offset = random() % size;
      SCOPED_TRACE(path + " byte " + std::to_string(offset));
      const auto files = chain->files().Clone();
      files->FlipByte(path, offset, static_cast<std::uint8_t>(1u << (random() % 8)));
      const auto index = OpenForReading(*files, "/data", Network::kBitcoinRegtest);
      if (!index.ok()) {
        ++errors;
        continue;
      }
      for (const Policy policy : kPolicies) {
        const std::string answer = AnswerOf(*index->view, policy, path_request);
        if (answer.empty()) {
          ++errors;
        } else {
          EXPECT_EQ(answer, right[static_cast<int>(policy)]);
        }
      }
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(errors, 20);
}

}  // namespace
}  // namespace coinwake
