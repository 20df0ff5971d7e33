// How good a clustering is, where owners are known.
//
// DESCRIPTION. Every figure is a ratio of sums over entities, so that one pass over the contingency
// table gives each entity's share (EntityScore), and figures of any subset of entities, and of any
// resample of them, are sums of those. The definitions are those of ALGORITHMS.md 11.3:
// - pairwise: of the pairs of items put together, how many belong together (precision); of those
//   that belong together, how many were put together (recall).
// - adjusted Rand index (Hubert and Arabie 1985): agreement on pairs beyond what chance gives.
// - B-cubed (Bagga and Baldwin 1998): for each item, how much of its cluster is its entity's
//   (precision) and how much of its entity is in its cluster (recall), averaged over items. Giants
//   do not drown the rest as they do in pairs: the figures to read first.
// - coverage of an entity: the share of it in the one cluster that holds most of it; contamination:
//   the share of that cluster that is not the entity's. Averaged over entities, each counting once.
// Only the items of the table count: addresses whose owner is not known neither help nor harm.
//
// IMPLEMENTATION. Counts are whole; what is fractional (B-cubed, coverage) is summed in units of
// 2^-32, rounded down, so that no order of summation matters. A table has fewer than 2^32 items,
// hence each entity's sums fit 64 bits and all sums of resamples fit 128.
#ifndef COINWAKE_EVALUATION_CLUSTERING_H_
#define COINWAKE_EVALUATION_CLUSTERING_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "evaluation/contingency.h"
#include "evaluation/figure.h"
#include "evaluation/interval.h"

namespace coinwake::evaluation {

inline constexpr int kFractionBits = 32;

// What one entity adds to the sums.
struct EntityScore {
  std::uint64_t entity = 0;  // its label
  std::uint64_t items = 0;
  std::uint64_t clusters = 0;    // that hold some of it
  std::uint64_t joined_own = 0;  // ordered pairs of its items in one cluster
  std::uint64_t joined = 0;      // ordered pairs of an item of it and any other in its cluster
  std::uint64_t bcubed_precision = 0;  // sum over its items, in units of 2^-32
  std::uint64_t bcubed_recall = 0;     // likewise
  // The cluster that holds most of it; of several the smallest, of those the first.
  std::uint64_t largest_cluster = 0;        // its label
  std::uint64_t largest_cluster_items = 0;  // in the table
  std::uint64_t covered = 0;                // of them this entity's

  std::uint64_t CoverageFraction() const;       // in units of 2^-32
  std::uint64_t ContaminationFraction() const;  // in units of 2^-32
};

// One score an entity, in the table's order. O(cells).
std::vector<EntityScore> ScoreEntities(const Contingency& table);

enum class Metric : std::uint8_t {
  kBCubedPrecision,
  kBCubedRecall,
  kBCubedF1,
  kPairwisePrecision,
  kPairwiseRecall,
  kPairwiseF1,
  kAdjustedRand,  // of all entities of a table together; of a subset it says little
  kCoverage,
  kContamination,
};
inline constexpr std::array kAllMetrics = {
    Metric::kBCubedPrecision,   Metric::kBCubedRecall,   Metric::kBCubedF1,
    Metric::kPairwisePrecision, Metric::kPairwiseRecall, Metric::kPairwiseF1,
    Metric::kAdjustedRand,      Metric::kCoverage,       Metric::kContamination,
};
std::string_view MetricName(Metric metric);  // "bcubed_precision"

// nullopt where the question is empty: no entities; no pair was put together (pairwise precision),
// none belongs together (pairwise recall).
using ClusteringFigures = std::array<std::optional<Figure>, kAllMetrics.size()>;
inline const std::optional<Figure>& Of(const ClusteringFigures& figures, Metric metric) {
  return figures[static_cast<std::size_t>(metric)];
}

// All figures over `scores`, with intervals by the bootstrap over entities: the clusters are taken
// as they are, and what varies is which entities were looked at. An interval leaves out the
// resamples that have no figure, and is absent where none has. O(resamples * scores).
ClusteringFigures Summarise(std::span<const EntityScore> scores, const BootstrapOptions& options,
                            FigureKind kind);

// Items in the largest cluster of the table: growth of it is the alarm for a collapse.
std::uint64_t LargestCluster(const Contingency& table);

}  // namespace coinwake::evaluation

#endif  // COINWAKE_EVALUATION_CLUSTERING_H_
