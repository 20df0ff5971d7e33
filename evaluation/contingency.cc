#include "evaluation/contingency.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "indexer/base/check.h"

namespace coinwake::evaluation {
namespace {

std::vector<std::uint64_t> DistinctOf(std::span<const std::uint64_t> labels) {
  std::vector<std::uint64_t> distinct(labels.begin(), labels.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  distinct.shrink_to_fit();
  return distinct;
}

std::uint32_t NumberOf(std::uint64_t label, const std::vector<std::uint64_t>& distinct) {
  return static_cast<std::uint32_t>(std::lower_bound(distinct.begin(), distinct.end(), label) -
                                    distinct.begin());
}

}  // namespace

Contingency::Contingency(std::span<const std::uint64_t> clusters,
                         std::span<const std::uint64_t> entities)
    : items_count_(clusters.size()),
      cluster_labels_(DistinctOf(clusters)),
      entity_labels_(DistinctOf(entities)) {
  COINWAKE_CHECK(clusters.size() == entities.size());
  COINWAKE_CHECK(clusters.size() <= std::numeric_limits<std::uint32_t>::max());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> items;  // entity, cluster
  items.reserve(clusters.size());
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    items.emplace_back(NumberOf(entities[i], entity_labels_),
                       NumberOf(clusters[i], cluster_labels_));
  }
  std::sort(items.begin(), items.end());
  cluster_sizes_.resize(cluster_labels_.size());
  entity_sizes_.resize(entity_labels_.size());
  for (const auto& [entity, cluster] : items) {
    if (cells_.empty() || cells_.back().entity != entity || cells_.back().cluster != cluster) {
      if (cells_.empty() || cells_.back().entity != entity) first_cell_.push_back(cells_.size());
      cells_.push_back({entity, cluster, 0});
    }
    ++cells_.back().items;
    ++cluster_sizes_[cluster];
    ++entity_sizes_[entity];
  }
  first_cell_.push_back(cells_.size());
}

std::span<const Contingency::Cell> Contingency::CellsOf(std::size_t entity) const {
  COINWAKE_CHECK(entity + 1 < first_cell_.size());
  return std::span(cells_).subspan(first_cell_[entity],
                                   first_cell_[entity + 1] - first_cell_[entity]);
}

}  // namespace coinwake::evaluation
