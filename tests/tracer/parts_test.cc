// Goal: the small parts the sweeps stand on: amounts as text, run queues, the frontier, the
// subsidy. Method: cases by hand; the frontier against std::set under random insertions and
// removals.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "tracer/run_queue.h"
#include "tracer/subsidy.h"
#include "tracer/taint.h"
#include "tracer/tx_frontier.h"

namespace coinwake {
namespace {

using Runs = std::vector<QueuedRun>;

TEST(Taint, PrintsExactDecimals) {
  EXPECT_EQ(Taint().ToString(), "0");
  EXPECT_EQ(Taint::FromSatoshi(7).ToString(), "7");
  EXPECT_EQ(Taint::FromUnits(12 * 4096 + 1024).ToString(), "12.25");
  EXPECT_EQ(Taint::FromUnits(1).ToString(), "0.000244140625");
  EXPECT_EQ(Taint::FromUnits(4095).ToString(), "0.999755859375");
  EXPECT_EQ(Taint::FromSatoshi(~std::uint64_t{0}).ToString(), "18446744073709551615");
  EXPECT_EQ((Taint::FromSatoshi(~std::uint64_t{0}) + Taint::FromUnits(4096 + 2048)).ToString(),
            "18446744073709551616.5");
}

TEST(RunQueue, GivesFromTheFrontAndJoinsEqualNeighbours) {
  RunQueue queue;
  queue.Push({60, 1, 3});
  queue.Push({0, 2, 0});
  queue.Push({10, 1, 2});
  queue.Push({40, kCleanLabel, 0});
  Runs taken;
  queue.Take(50, &taken);
  EXPECT_EQ(taken, (Runs{{50, 1, 2}}));
  queue.Take(0, &taken);
  queue.Take(5, &taken);
  EXPECT_EQ(taken, (Runs{{55, 1, 2}}));
  taken.clear();
  queue.Take(30, &taken);
  EXPECT_EQ(taken, (Runs{{15, 1, 2}, {15, kCleanLabel, 0}}));
  queue.TakeRest(&taken);
  EXPECT_EQ(taken, (Runs{{15, 1, 2}, {40, kCleanLabel, 0}}));
  queue.Take(1, &taken);
  EXPECT_EQ(taken.size(), 2u);
}

TEST(RunQueue, IsArrangedBeforeItIsTaken) {
  const Runs queued = {{6, 1, 0}, {3, kCleanLabel, 0}, {2, 2, 5}, {4, kCleanLabel, 0}, {1, 1, 3}};
  const auto arranged = [&queued](QueueOrder order) {
    RunQueue queue;
    Runs taken;
    for (int round = 0; round < 2; ++round) {  // nothing is left of a queue before
      queue.Clear();
      taken.clear();
      for (const QueuedRun& run : queued) queue.Push(run);
      queue.Arrange(order);
      queue.TakeRest(&taken);
    }
    return taken;
  };
  EXPECT_EQ(arranged(QueueOrder::kAsQueued), queued);
  EXPECT_EQ(arranged(QueueOrder::kReversed), Runs(queued.rbegin(), queued.rend()));
  EXPECT_EQ(arranged(QueueOrder::kTaintedFirst),
            (Runs{{6, 1, 0}, {2, 2, 5}, {1, 1, 3}, {7, kCleanLabel, 0}}));
  EXPECT_EQ(arranged(QueueOrder::kCleanFirst),
            (Runs{{7, kCleanLabel, 0}, {6, 1, 0}, {2, 2, 5}, {1, 1, 3}}));
}

TEST(RunQueue, TellsWhetherItsFrontHasClean) {
  RunQueue queue;
  EXPECT_FALSE(queue.HasClean(10));
  queue.Push({6, 1, 0});
  queue.Push({2, 2, 0});
  EXPECT_FALSE(queue.HasClean(9));
  queue.Push({3, kCleanLabel, 0});
  EXPECT_FALSE(queue.HasClean(8));
  EXPECT_TRUE(queue.HasClean(9));
  queue.Arrange(QueueOrder::kCleanFirst);
  EXPECT_FALSE(queue.HasClean(0));
  EXPECT_TRUE(queue.HasClean(1));
}

TEST(RunStore, KeepsListsApartAndReusesFreedBlocks) {
  RunStore store;
  std::vector<std::pair<RunStore::Ref, Runs>> held;
  std::mt19937_64 random(5);
  for (int step = 0; step < 20'000; ++step) {
    if (held.size() < 40 || random() % 2 == 0) {
      Runs runs(1 + random() % (random() % 10 == 0 ? 100 : 5));
      for (QueuedRun& run : runs) run = {random(), static_cast<std::uint32_t>(random() % 4), 0};
      held.emplace_back(store.Save(runs), runs);
    } else {
      const std::size_t at = random() % held.size();
      store.Free(held[at].first);
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (held.size() > 60) {
      store.Free(held.front().first);
      held.erase(held.begin());
    }
    if (step % 500 != 0) continue;
    for (const auto& [ref, runs] : held) {
      const auto loaded = store.Load(ref);
      ASSERT_EQ(Runs(loaded.begin(), loaded.end()), runs);
    }
  }
}

TEST(TxFrontier, ComesOutInOrderLikeASet) {
  for (const std::uint64_t count : {1ull, 64ull, 16'384ull, 16'385ull, 3'000'000ull}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE("transactions " + std::to_string(count) + " seed " + std::to_string(seed));
      std::mt19937_64 random(seed);
      TxFrontier frontier(count);
      for (int round = 0; round < 2; ++round) {
        std::set<std::uint64_t> twin;
        std::uint64_t next = 0;  // smallest that may be put in
        for (int step = 0; step < 400; ++step) {
          for (std::uint64_t i = random() % 4; i != 0 && next < count; --i) {
            const std::uint64_t reach = random() % 2 == 0 ? count - next : 1 + (count - next) / 999;
            const std::uint64_t tx = next + random() % reach;
            frontier.Insert(TxNum{tx});
            twin.insert(tx);
          }
          if (random() % 3 == 0) (void)frontier.Peek();
          if (random() % 2 == 0) continue;
          const auto first = frontier.Peek();
          ASSERT_EQ(first.has_value(), !twin.empty());
          if (!first.has_value()) continue;
          ASSERT_EQ(first->value, *twin.begin());
          frontier.Pop();
          next = *twin.begin() + 1;
          twin.erase(twin.begin());
          // On within the word, as far as some place in it.
          const std::uint64_t word_end = ((next - 1) / 64 + 1) * 64;
          const std::uint64_t end = next + random() % (word_end - next + 1);
          std::uint64_t around = 0;
          for (auto tx = twin.begin(); tx != twin.end() && *tx < word_end; ++tx) {
            around |= std::uint64_t{1} << (*tx % 64);
          }
          ASSERT_EQ(frontier.WordAround(*first), around);
          while (const auto tx = frontier.PopInWord(TxNum{end})) {
            ASSERT_EQ(tx->value, *twin.begin());
            next = tx->value + 1;
            twin.erase(twin.begin());
          }
          ASSERT_TRUE(twin.empty() || *twin.begin() >= end);
        }
        for (const std::uint64_t tx : twin) {
          ASSERT_EQ(frontier.Peek(), TxNum{tx});
          frontier.Pop();
        }
        ASSERT_EQ(frontier.Peek(), std::nullopt);
        frontier.Restart();
      }
    }
  }
}

TEST(Subsidy, HalvesByTheRulesOfTheNetwork) {
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoin, 0), 5'000'000'000u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoin, 209'999), 5'000'000'000u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoin, 210'000), 2'500'000'000u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoin, 840'000), 312'500'000u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoin, 6'720'000), 1u);  // 32 halvings
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoin, 210'000ull * 33), 0u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoin, ~std::uint64_t{0}), 0u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoinTestnet4, 209'999), 5'000'000'000u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoinSignet, 210'000), 2'500'000'000u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoinRegtest, 149), 5'000'000'000u);
  EXPECT_EQ(BlockSubsidySat(Network::kBitcoinRegtest, 150), 2'500'000'000u);
  // All that will ever exist.
  std::uint64_t sum = 0;
  for (std::uint64_t era = 0; era < 64; ++era) {
    sum += 210'000 * BlockSubsidySat(Network::kBitcoin, era * 210'000);
  }
  EXPECT_EQ(sum, 2'099'999'997'690'000u);
}

}  // namespace
}  // namespace coinwake
