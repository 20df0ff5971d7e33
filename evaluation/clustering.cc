#include "evaluation/clustering.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "indexer/base/amount.h"

namespace coinwake::evaluation {
namespace {

using absl::uint128;

// floor(2^32 * numerator / denominator). REQUIRES: the result fits.
std::uint64_t Fraction(uint128 numerator, std::uint64_t denominator) {
  return static_cast<std::uint64_t>((numerator << kFractionBits) / denominator);
}

// Sums over entities, each as often as it was drawn.
struct Totals {
  uint128 entities = 0;
  uint128 items = 0;
  uint128 own = 0;  // ordered pairs that belong together
  uint128 joined_own = 0;
  uint128 joined = 0;
  uint128 bcubed_precision = 0;
  uint128 bcubed_recall = 0;
  uint128 coverage = 0;
  uint128 contamination = 0;

  void Add(const EntityScore& score, std::uint32_t times) {
    const auto add = [times](uint128* sum, std::uint64_t value) { *sum += uint128(value) * times; };
    add(&entities, 1);
    add(&items, score.items);
    add(&own, score.items * (score.items - 1));
    add(&joined_own, score.joined_own);
    add(&joined, score.joined);
    add(&bcubed_precision, score.bcubed_precision);
    add(&bcubed_recall, score.bcubed_recall);
    add(&coverage, score.CoverageFraction());
    add(&contamination, score.ContaminationFraction());
  }
};

std::optional<double> Ratio(uint128 numerator, uint128 denominator) {
  if (denominator == 0) return std::nullopt;
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

std::optional<double> MeanFraction(uint128 sum, uint128 count) {
  return Ratio(sum, count << kFractionBits);
}

// 2 P R / (P + R) of two sums over the same count.
std::optional<double> BCubedF1(const Totals& totals) {
  const auto precision = MeanFraction(totals.bcubed_precision, totals.items);
  const auto recall = MeanFraction(totals.bcubed_recall, totals.items);
  if (!precision.has_value() || *precision + *recall <= 0) return std::nullopt;
  return 2 * (*precision * *recall) / (*precision + *recall);
}

Uint256 Wide(uint128 value) {
  return (Uint256(absl::Uint128High64(value)) << 64) | Uint256(absl::Uint128Low64(value));
}

// With ordered pairs t joined and belonging together, a joined, b belonging together, c in all:
// (t - ab/c) / ((a + b)/2 - ab/c), multiplied by 2c to stay with whole numbers.
std::optional<double> AdjustedRand(const Totals& totals) {
  if (totals.items == 0) return std::nullopt;
  const Uint256 all = Wide(totals.items) * Wide(totals.items - 1);
  const Uint256 agreed = 2 * Wide(totals.joined_own) * all;
  const Uint256 chance = 2 * Wide(totals.joined) * Wide(totals.own);
  const Uint256 most = (Wide(totals.joined) + Wide(totals.own)) * all;
  // Nothing to find out: all items apart in both, or all together in both.
  if (most == chance) return 1.0;
  // `most` can be below `chance` in a resample alone, whose pairs were not drawn as pairs.
  if (most < chance) return std::nullopt;
  const auto range = static_cast<double>(Uint256(most - chance));
  return agreed >= chance ? static_cast<double>(Uint256(agreed - chance)) / range
                          : -static_cast<double>(Uint256(chance - agreed)) / range;
}

std::optional<double> Compute(Metric metric, const Totals& totals) {
  switch (metric) {
    case Metric::kBCubedPrecision:
      return MeanFraction(totals.bcubed_precision, totals.items);
    case Metric::kBCubedRecall:
      return MeanFraction(totals.bcubed_recall, totals.items);
    case Metric::kBCubedF1:
      return BCubedF1(totals);
    case Metric::kPairwisePrecision:
      return Ratio(totals.joined_own, totals.joined);
    case Metric::kPairwiseRecall:
      return Ratio(totals.joined_own, totals.own);
    case Metric::kPairwiseF1:
      return Ratio(2 * totals.joined_own, totals.joined + totals.own);
    case Metric::kAdjustedRand:
      return AdjustedRand(totals);
    case Metric::kCoverage:
      return MeanFraction(totals.coverage, totals.entities);
    case Metric::kContamination:
      return MeanFraction(totals.contamination, totals.entities);
  }
  return std::nullopt;
}

EntityScore ScoreOf(const Contingency& table, std::size_t entity) {
  EntityScore score;
  score.entity = table.entity_labels()[entity];
  score.items = table.entity_sizes()[entity];
  uint128 squares = 0;
  for (const Contingency::Cell& cell : table.CellsOf(entity)) {
    const std::uint64_t size = table.cluster_sizes()[cell.cluster];
    const uint128 square = uint128(cell.items) * cell.items;
    ++score.clusters;
    score.joined_own += cell.items * (cell.items - 1);
    score.joined += cell.items * (size - 1);
    score.bcubed_precision += Fraction(square, size);
    squares += square;
    const bool larger = cell.items > score.covered ||
                        (cell.items == score.covered && size < score.largest_cluster_items);
    if (!larger) continue;
    score.largest_cluster = table.cluster_labels()[cell.cluster];
    score.largest_cluster_items = size;
    score.covered = cell.items;
  }
  score.bcubed_recall = Fraction(squares, score.items);
  return score;
}

}  // namespace

std::uint64_t EntityScore::CoverageFraction() const { return Fraction(covered, items); }

std::uint64_t EntityScore::ContaminationFraction() const {
  return Fraction(largest_cluster_items - covered, largest_cluster_items);
}

std::vector<EntityScore> ScoreEntities(const Contingency& table) {
  std::vector<EntityScore> scores;
  scores.reserve(table.entity_sizes().size());
  for (std::size_t entity = 0; entity < table.entity_sizes().size(); ++entity) {
    scores.push_back(ScoreOf(table, entity));
  }
  return scores;
}

std::string_view MetricName(Metric metric) {
  switch (metric) {
    case Metric::kBCubedPrecision:
      return "bcubed_precision";
    case Metric::kBCubedRecall:
      return "bcubed_recall";
    case Metric::kBCubedF1:
      return "bcubed_f1";
    case Metric::kPairwisePrecision:
      return "pairwise_precision";
    case Metric::kPairwiseRecall:
      return "pairwise_recall";
    case Metric::kPairwiseF1:
      return "pairwise_f1";
    case Metric::kAdjustedRand:
      return "adjusted_rand";
    case Metric::kCoverage:
      return "coverage";
    case Metric::kContamination:
      return "contamination";
  }
  return "unknown";
}

ClusteringFigures Summarise(std::span<const EntityScore> scores, const BootstrapOptions& options,
                            FigureKind kind) {
  Totals totals;
  for (const EntityScore& score : scores) totals.Add(score, 1);
  std::array<std::vector<double>, kAllMetrics.size()> resampled;
  Resampler resampler(scores.size(), options.seed);
  std::vector<std::uint32_t> times;
  for (std::uint32_t i = 0; i < options.resamples; ++i) {
    resampler.Draw(&times);
    Totals sample;
    for (std::size_t entity = 0; entity < scores.size(); ++entity) {
      if (times[entity] > 0) sample.Add(scores[entity], times[entity]);
    }
    for (const Metric metric : kAllMetrics) {
      const std::optional<double> value = Compute(metric, sample);
      if (value.has_value()) resampled[static_cast<std::size_t>(metric)].push_back(*value);
    }
  }
  ClusteringFigures figures;
  for (const Metric metric : kAllMetrics) {
    const std::optional<double> value = Compute(metric, totals);
    if (!value.has_value()) continue;
    figures[static_cast<std::size_t>(metric)] =
        Figure{*value, MiddleOf(&resampled[static_cast<std::size_t>(metric)]), kind};
  }
  return figures;
}

std::uint64_t LargestCluster(const Contingency& table) {
  const auto largest = std::max_element(table.cluster_sizes().begin(), table.cluster_sizes().end());
  return largest == table.cluster_sizes().end() ? 0 : *largest;
}

}  // namespace coinwake::evaluation
