// Goal: the figures are what their definitions say.
// Method: tables small enough to work by hand, the literature's examples, and the ends: everything
// right, everything together, everything apart; sizes at which products pass 64 bits.
#include "evaluation/clustering.h"

#include <gtest/gtest.h>

#include <vector>

namespace coinwake::evaluation {
namespace {

using Labels = std::vector<std::uint64_t>;

constexpr double kRounding = 1e-8;  // of the 2^-32 that sums are kept in

ClusteringFigures Judge(const Labels& clusters, const Labels& entities) {
  return Summarise(ScoreEntities(Contingency(clusters, entities)), BootstrapOptions(),
                   FigureKind::kMeasured);
}

void ExpectValue(const ClusteringFigures& figures, Metric metric, double value) {
  ASSERT_TRUE(Of(figures, metric).has_value()) << MetricName(metric);
  EXPECT_NEAR(Of(figures, metric)->value, value, kRounding) << MetricName(metric);
}

void ExpectAbsent(const ClusteringFigures& figures, Metric metric) {
  EXPECT_FALSE(Of(figures, metric).has_value()) << MetricName(metric);
}

const Labels kThreeEntities = {1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3};

// Bagga and Baldwin 1998, "Algorithms for scoring coreference chains": two answers that both join
// two of three entities; joining the two large ones is the worse, and B-cubed says so.
TEST(BCubed, GivesThePublishedExample) {
  const ClusteringFigures small = Judge({1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2}, kThreeEntities);
  ExpectValue(small, Metric::kBCubedPrecision, 16.0 / 21);
  ExpectValue(small, Metric::kBCubedRecall, 1);
  const ClusteringFigures large = Judge({1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1}, kThreeEntities);
  ExpectValue(large, Metric::kBCubedPrecision, 7.0 / 12);
  ExpectValue(large, Metric::kBCubedRecall, 1);
  ExpectValue(large, Metric::kBCubedF1, 2 * (7.0 / 12) / (1 + 7.0 / 12));
}

TEST(Pairwise, CountsPairsByHand) {
  // Clusters {a a b}, {a b}, {c}: one pair of a's together of three, none of the b's.
  const ClusteringFigures figures = Judge({1, 1, 1, 2, 2, 3}, {1, 1, 2, 1, 2, 3});
  ExpectValue(figures, Metric::kPairwisePrecision, 1.0 / 4);
  ExpectValue(figures, Metric::kPairwiseRecall, 1.0 / 4);
  ExpectValue(figures, Metric::kPairwiseF1, 1.0 / 4);
  // (1 - 16/15) / (4 - 16/15)
  ExpectValue(figures, Metric::kAdjustedRand, -1.0 / 44);
}

// The examples of scikit-learn's manual for adjusted_rand_score.
TEST(AdjustedRand, GivesThePublishedExamples) {
  ExpectValue(Judge({0, 0, 1, 2}, {0, 0, 1, 1}), Metric::kAdjustedRand, 4.0 / 7);
  ExpectValue(Judge({0, 0, 1, 1}, {0, 1, 0, 1}), Metric::kAdjustedRand, -0.5);
  ExpectValue(Judge({0, 1, 2, 3}, {0, 0, 0, 0}), Metric::kAdjustedRand, 0);
}

TEST(Clustering, IsPerfectWhereItIsTheTruth) {
  const ClusteringFigures figures = Judge(kThreeEntities, kThreeEntities);
  for (const Metric metric : kAllMetrics) {
    const double best = metric == Metric::kContamination ? 0 : 1;
    ExpectValue(figures, metric, best);
    ASSERT_TRUE(Of(figures, metric)->interval.has_value());
    EXPECT_NEAR(Of(figures, metric)->interval->low, best, kRounding);
    EXPECT_NEAR(Of(figures, metric)->interval->high, best, kRounding);
    EXPECT_EQ(Of(figures, metric)->kind, FigureKind::kMeasured);
  }
}

TEST(Clustering, OfEverythingTogetherHasRecallOnly) {
  const ClusteringFigures figures = Judge(Labels(12, 7), kThreeEntities);
  ExpectValue(figures, Metric::kBCubedPrecision, (25.0 + 4 + 25) / 144);
  ExpectValue(figures, Metric::kBCubedRecall, 1);
  ExpectValue(figures, Metric::kPairwisePrecision, 21.0 / 66);
  ExpectValue(figures, Metric::kPairwiseRecall, 1);
  ExpectValue(figures, Metric::kAdjustedRand, 0);
  ExpectValue(figures, Metric::kCoverage, 1);
  ExpectValue(figures, Metric::kContamination, (7.0 + 10 + 7) / 36);
}

TEST(Clustering, OfEverythingApartHasPrecisionOnly) {
  const ClusteringFigures figures = Judge({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, kThreeEntities);
  ExpectValue(figures, Metric::kBCubedPrecision, 1);
  ExpectValue(figures, Metric::kBCubedRecall, 3.0 / 12);
  ExpectAbsent(figures, Metric::kPairwisePrecision);  // nothing was claimed
  ExpectValue(figures, Metric::kPairwiseRecall, 0);
  ExpectValue(figures, Metric::kPairwiseF1, 0);
  ExpectValue(figures, Metric::kAdjustedRand, 0);
  ExpectValue(figures, Metric::kCoverage, (0.2 + 0.5 + 0.2) / 3);
  ExpectValue(figures, Metric::kContamination, 0);
}

TEST(Clustering, WithNothingToFindSaysSo) {
  const ClusteringFigures apart = Judge({1, 2, 3}, {4, 5, 6});
  ExpectAbsent(apart, Metric::kPairwiseRecall);
  ExpectAbsent(apart, Metric::kPairwiseF1);
  ExpectValue(apart, Metric::kAdjustedRand, 1);
  ExpectValue(apart, Metric::kBCubedF1, 1);
  const ClusteringFigures none = Judge({}, {});
  for (const Metric metric : kAllMetrics) ExpectAbsent(none, metric);
}

TEST(Entities, NameTheClusterThatHoldsMostOfThem) {
  // Entity 1 is in clusters 10 (two, with one stranger) and 11 (two, alone): the purer one counts.
  const Contingency table(Labels{10, 10, 10, 11, 11, 12}, Labels{1, 1, 2, 1, 1, 1});
  const std::vector<EntityScore> scores = ScoreEntities(table);
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_EQ(scores[0].entity, 1u);
  EXPECT_EQ(scores[0].items, 5u);
  EXPECT_EQ(scores[0].clusters, 3u);
  EXPECT_EQ(scores[0].largest_cluster, 11u);
  EXPECT_EQ(scores[0].largest_cluster_items, 2u);
  EXPECT_EQ(scores[0].covered, 2u);
  EXPECT_EQ(scores[0].CoverageFraction(), (2ULL << 32) / 5);
  EXPECT_EQ(scores[0].ContaminationFraction(), 0u);
  EXPECT_EQ(scores[1].largest_cluster, 10u);
  EXPECT_EQ(scores[1].ContaminationFraction(), (2ULL << 32) / 3);
  EXPECT_EQ(LargestCluster(table), 3u);
}

TEST(Summarise, TakesASubsetOfEntitiesByItself) {
  const Contingency table(Labels{1, 1, 1, 2, 2}, Labels{1, 1, 2, 2, 3});
  const std::vector<EntityScore> scores = ScoreEntities(table);
  const std::vector<EntityScore> first = {scores[0]};
  const ClusteringFigures figures = Summarise(first, {}, FigureKind::kSimulated);
  ExpectValue(figures, Metric::kBCubedPrecision, 2.0 / 3);
  ExpectValue(figures, Metric::kBCubedRecall, 1);
  ExpectValue(figures, Metric::kContamination, 1.0 / 3);
}

// Two clusters of 2 * 10^9 items each, of which one in a thousand belongs to the other's entity:
// pairs are about 10^19, their products pass 128 bits. Sums are made as a table would give them.
TEST(Summarise, HoldsAtBillionsOfItems) {
  constexpr std::uint64_t kHalf = 2'000'000'000;
  constexpr std::uint64_t kStray = kHalf / 1000;
  constexpr std::uint64_t kOwn = kHalf - kStray;
  std::vector<EntityScore> scores(2);
  for (EntityScore& score : scores) {
    score.items = kHalf;
    score.joined_own = kOwn * (kOwn - 1) + kStray * (kStray - 1);
    score.joined = kHalf * (kHalf - 1);
    score.largest_cluster_items = kHalf;
    score.covered = kOwn;
    const double share = 0.999 * 0.999 + 0.001 * 0.001;
    score.bcubed_precision = static_cast<std::uint64_t>(share * kHalf * 4294967296.0);
    score.bcubed_recall = score.bcubed_precision;
  }
  const ClusteringFigures figures = Summarise(scores, {}, FigureKind::kSimulated);
  const double share = 0.999 * 0.999 + 0.001 * 0.001;
  ExpectValue(figures, Metric::kPairwisePrecision, share);
  ExpectValue(figures, Metric::kPairwiseRecall, share);
  ExpectValue(figures, Metric::kBCubedPrecision, share);
  ExpectValue(figures, Metric::kAdjustedRand, 2 * share - 1);
  ExpectValue(figures, Metric::kCoverage, 0.999);
  ExpectValue(figures, Metric::kContamination, 0.001);
}

TEST(Summarise, DrawsIntervalsAroundTheValueTheSameEachTime) {
  Labels clusters;
  Labels entities;
  for (std::uint64_t entity = 0; entity < 200; ++entity) {
    for (std::uint64_t item = 0; item < 3 + entity % 5; ++item) {
      entities.push_back(entity);
      clusters.push_back(entity * 10 + (item < entity % 4 ? item : 9));
    }
  }
  const ClusteringFigures once = Judge(clusters, entities);
  const ClusteringFigures again = Judge(clusters, entities);
  for (const Metric metric : {Metric::kBCubedRecall, Metric::kPairwiseRecall, Metric::kCoverage,
                              Metric::kAdjustedRand, Metric::kBCubedF1}) {
    const Figure& figure = *Of(once, metric);
    ASSERT_TRUE(figure.interval.has_value());
    EXPECT_LT(figure.interval->low, figure.value) << MetricName(metric);
    EXPECT_LT(figure.value, figure.interval->high) << MetricName(metric);
    EXPECT_LT(figure.interval->high - figure.interval->low, 0.2) << MetricName(metric);
    EXPECT_EQ(figure.interval->low, Of(again, metric)->interval->low);
    EXPECT_EQ(figure.interval->high, Of(again, metric)->interval->high);
  }
  const ClusteringFigures without = Summarise(ScoreEntities(Contingency(clusters, entities)),
                                              {.resamples = 0}, FigureKind::kMeasured);
  EXPECT_FALSE(Of(without, Metric::kCoverage)->interval.has_value());
}

}  // namespace
}  // namespace coinwake::evaluation
