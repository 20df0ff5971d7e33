// Goal: every figure agrees with its definition, read literally.
// Method: random partitions of up to 40 items against an oracle that looks at all pairs of items;
// the same items under other labels and in another order.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "evaluation/clustering.h"

namespace coinwake::evaluation {
namespace {

using Labels = std::vector<std::uint64_t>;

struct Oracle {
  double both = 0;  // unordered pairs
  double predicted = 0;
  double real = 0;
  double pairs = 0;
  double bcubed_precision = 0;
  double bcubed_recall = 0;
  double coverage = 0;
  double contamination = 0;

  Oracle(const Labels& clusters, const Labels& entities);
};

Oracle::Oracle(const Labels& clusters, const Labels& entities) {
  const std::size_t n = clusters.size();
  for (std::size_t i = 0; i < n; ++i) {
    double same_cluster = 0;
    double same_entity = 0;
    double same_both = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const bool cluster = clusters[i] == clusters[j];
      const bool entity = entities[i] == entities[j];
      same_cluster += cluster;
      same_entity += entity;
      same_both += cluster && entity;
      if (j <= i) continue;
      pairs += 1;
      predicted += cluster;
      real += entity;
      both += cluster && entity;
    }
    bcubed_precision += same_both / same_cluster / static_cast<double>(n);
    bcubed_recall += same_both / same_entity / static_cast<double>(n);
  }
  const std::set<std::uint64_t> all(entities.begin(), entities.end());
  for (const std::uint64_t entity : all) {
    std::map<std::uint64_t, double> parts;
    for (std::size_t i = 0; i < n; ++i) parts[clusters[i]] += entities[i] == entity;
    double best = 0;
    double best_size = 0;
    for (const auto& [cluster, part] : parts) {
      const auto size = static_cast<double>(std::count(clusters.begin(), clusters.end(), cluster));
      if (part > best || (part == best && size < best_size)) {
        best = part;
        best_size = size;
      }
    }
    const auto own = static_cast<double>(std::count(entities.begin(), entities.end(), entity));
    coverage += best / own / static_cast<double>(all.size());
    contamination += (best_size - best) / best_size / static_cast<double>(all.size());
  }
}

void ExpectNear(const ClusteringFigures& figures, Metric metric, double value) {
  ASSERT_TRUE(Of(figures, metric).has_value()) << MetricName(metric);
  EXPECT_NEAR(Of(figures, metric)->value, value, 1e-7) << MetricName(metric);
}

void ExpectAsOracle(const ClusteringFigures& figures, const Oracle& oracle) {
  ExpectNear(figures, Metric::kBCubedPrecision, oracle.bcubed_precision);
  ExpectNear(figures, Metric::kBCubedRecall, oracle.bcubed_recall);
  ExpectNear(figures, Metric::kCoverage, oracle.coverage);
  ExpectNear(figures, Metric::kContamination, oracle.contamination);
  if (oracle.predicted > 0) {
    ExpectNear(figures, Metric::kPairwisePrecision, oracle.both / oracle.predicted);
  }
  if (oracle.real > 0) ExpectNear(figures, Metric::kPairwiseRecall, oracle.both / oracle.real);
  const double chance = oracle.pairs > 0 ? oracle.predicted * oracle.real / oracle.pairs : 0;
  const double most = (oracle.predicted + oracle.real) / 2;
  ExpectNear(figures, Metric::kAdjustedRand,
             most == chance ? 1 : (oracle.both - chance) / (most - chance));
}

ClusteringFigures Judge(const Labels& clusters, const Labels& entities) {
  return Summarise(ScoreEntities(Contingency(clusters, entities)), {.resamples = 20},
                   FigureKind::kSimulated);
}

TEST(RandomPartitions, AgreeWithTheDefinitions) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::size_t items = 1 + random() % 40;
    const std::size_t clusters_count = 1 + random() % 12;
    const std::size_t entities_count = 1 + random() % 12;
    Labels clusters;
    Labels entities;
    for (std::size_t i = 0; i < items; ++i) {
      entities.push_back(random() % entities_count);
      // Half the time near the truth, as a clustering worth judging is.
      clusters.push_back(random() % 2 == 0 ? entities.back() : random() % clusters_count);
    }
    const ClusteringFigures figures = Judge(clusters, entities);
    ExpectAsOracle(figures, Oracle(clusters, entities));

    // Other labels in another order, items shuffled.
    std::vector<std::size_t> order(items);
    for (std::size_t i = 0; i < items; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    Labels renamed_clusters;
    Labels renamed_entities;
    for (const std::size_t i : order) {
      renamed_clusters.push_back((clusters[i] * 2654435761) % 4294967291);
      renamed_entities.push_back((entities[i] * 40503) % 65521);
    }
    const ClusteringFigures renamed = Judge(renamed_clusters, renamed_entities);
    for (const Metric metric : kAllMetrics) {
      ASSERT_EQ(Of(figures, metric).has_value(), Of(renamed, metric).has_value());
      if (!Of(figures, metric).has_value()) continue;
      EXPECT_EQ(Of(figures, metric)->value, Of(renamed, metric)->value) << MetricName(metric);
    }
    if (::testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace coinwake::evaluation
