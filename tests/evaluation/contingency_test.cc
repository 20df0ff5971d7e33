// Goal: the table counts what it is given, whatever the labels are.
// Method: small groupings by hand.
#include "evaluation/contingency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace coinwake::evaluation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Labels = std::vector<std::uint64_t>;

TEST(Contingency, CountsItemsOfEachEntityInEachCluster) {
  const Contingency table(Labels{70, 5, 70, 5, 5, 70}, Labels{2, 1, 1, 1, 2, 9});
  EXPECT_EQ(table.items_count(), 6u);
  EXPECT_THAT(table.cluster_labels(), ElementsAre(5, 70));
  EXPECT_THAT(table.entity_labels(), ElementsAre(1, 2, 9));
  EXPECT_THAT(table.cluster_sizes(), ElementsAre(3, 3));
  EXPECT_THAT(table.entity_sizes(), ElementsAre(3, 2, 1));
  using Cell = Contingency::Cell;
  EXPECT_THAT(table.cells(), ElementsAre(Cell{0, 0, 2}, Cell{0, 1, 1}, Cell{1, 0, 1}, Cell{1, 1, 1},
                                         Cell{2, 1, 1}));
  EXPECT_THAT(table.CellsOf(1), ElementsAre(Cell{1, 0, 1}, Cell{1, 1, 1}));
  EXPECT_THAT(table.CellsOf(2), ElementsAre(Cell{2, 1, 1}));
}

TEST(Contingency, IsTheSameForItemsInAnyOrder) {
  const Contingency one(Labels{1, 1, 2, 3, 3}, Labels{8, 9, 9, 8, 8});
  const Contingency other(Labels{3, 2, 1, 3, 1}, Labels{8, 9, 9, 8, 8});
  EXPECT_EQ(one.cells(), other.cells());
}

TEST(Contingency, OfNothingIsEmpty) {
  const Contingency table(Labels{}, Labels{});
  EXPECT_EQ(table.items_count(), 0u);
  EXPECT_THAT(table.cells(), IsEmpty());
  EXPECT_THAT(table.entity_sizes(), IsEmpty());
}

}  // namespace
}  // namespace coinwake::evaluation
