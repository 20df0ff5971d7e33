// How two groupings of the same items meet: the table all figures about clusters are computed from.
#ifndef COINWAKE_EVALUATION_CONTINGENCY_H_
#define COINWAKE_EVALUATION_CONTINGENCY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace coinwake::evaluation {

// Clusters are what was predicted, entities what is true. Both are numbered from 0 in the order of
// their labels, so that the same items in any order give the same table. Immutable.
class Contingency {
 public:
  // So many items of `entity` are in `cluster`.
  struct Cell {
    std::uint32_t entity = 0;
    std::uint32_t cluster = 0;
    std::uint64_t items = 0;  // > 0

    friend bool operator==(const Cell&, const Cell&) = default;
  };

  // Item i is in the cluster labelled clusters[i] and belongs to the entity labelled entities[i].
  // O(n log n); 16 bytes an item meanwhile. REQUIRES: as many of both, fewer than 2^32.
  Contingency(std::span<const std::uint64_t> clusters, std::span<const std::uint64_t> entities);

  std::uint64_t items_count() const { return items_count_; }
  const std::vector<Cell>& cells() const { return cells_; }  // by entity, then cluster
  // Cells of one entity. REQUIRES: entity < entity_sizes().size().
  std::span<const Cell> CellsOf(std::size_t entity) const;
  const std::vector<std::uint64_t>& cluster_sizes() const { return cluster_sizes_; }
  const std::vector<std::uint64_t>& entity_sizes() const { return entity_sizes_; }
  const std::vector<std::uint64_t>& cluster_labels() const { return cluster_labels_; }  // ascending
  const std::vector<std::uint64_t>& entity_labels() const { return entity_labels_; }    // ascending

 private:
  std::uint64_t items_count_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::size_t> first_cell_;  // by entity, and the end
  std::vector<std::uint64_t> cluster_sizes_;
  std::vector<std::uint64_t> entity_sizes_;
  std::vector<std::uint64_t> cluster_labels_;
  std::vector<std::uint64_t> entity_labels_;
};

}  // namespace coinwake::evaluation

#endif  // COINWAKE_EVALUATION_CONTINGENCY_H_
