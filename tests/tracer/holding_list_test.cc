// Goal: of many holdings the largest are kept, whatever the order they came in and however often
// the least were cut meanwhile. Method: random lists, with and without runs and amounts of more
// than 64 bits, against sorting all.
#include "tracer/holding_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace coinwake {
namespace {

using Entry = HoldingList::Entry;

TEST(HoldingList, KeepsTheLargestAndOfEqualsTheEarliest) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::uint64_t most = random() % 3 == 0 ? 0 : 1 + random() % 20;
    const std::uint64_t amounts = 1 + random() % 50;  // few: many are equal
    std::vector<Entry> all(random() % 400);
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i].output = OutputNum{3 * i + random() % 3};
      all[i].taint = Taint::FromUnits(Uint128{1 + random() % amounts}
                                      << (seed % 4 == 0 && random() % 8 == 0 ? 64 : 0));
      all[i].spent = random() % 2 == 0;
      if (random() % 4 == 0) all[i].runs = {random() % 1000, 2 + random() % 5};
    }
    std::vector<Entry> added = all;
    if (seed % 2 == 0) std::shuffle(added.begin(), added.end(), random);
    HoldingList list(most);
    for (const Entry& entry : added) list.Add(entry);
    list.Finish();

    std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) {
      return a.taint != b.taint ? a.taint > b.taint : a.output < b.output;
    });
    Taint cut;
    const std::size_t kept = most == 0 ? all.size() : std::min<std::size_t>(most, all.size());
    for (std::size_t i = kept; i < all.size(); ++i) cut += all[i].taint;
    EXPECT_EQ(list.cut_count(), all.size() - kept);
    EXPECT_EQ(list.cut_taint(), cut);
    all.resize(kept);
    std::sort(all.begin(), all.end(),
              [](const Entry& a, const Entry& b) { return a.output < b.output; });
    ASSERT_EQ(list.size(), kept);
    for (std::size_t i = 0; i < kept; ++i) {
      const Entry entry = list.At(i);
      EXPECT_EQ(entry.output, all[i].output);
      EXPECT_EQ(entry.taint, all[i].taint);
      EXPECT_EQ(entry.spent, all[i].spent);
      EXPECT_EQ(entry.runs.count, all[i].runs.count);
      EXPECT_EQ(entry.runs.begin, all[i].runs.begin);
    }
  }
}

TEST(HoldingList, StaysSmallHoweverManyCome) {
  HoldingList list(100);
  std::mt19937_64 random(3);
  std::uint64_t most_bytes = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    list.Add({OutputNum{i}, Taint::FromUnits(1 + random() % 1'000'000), false, {i, 2}});
    most_bytes = std::max(most_bytes, list.SizeBytes());
  }
  EXPECT_LE(most_bytes, 200 * 48u);
  EXPECT_EQ(list.size() + list.cut_count(), 100'000u);
}

}  // namespace
}  // namespace coinwake
