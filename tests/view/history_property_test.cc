// Goal: histories, sums, unspent outputs and owners agree with a slow obvious twin on random
// chains, and paging through a history gives the whole of it. Method: seeded random chains with
// heavy address reuse, a recount from the builder's description, every page size around the
// addresses' lengths.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/view/history.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// What the twin knows of an address.
struct Known {
  std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> by_tx;  // received, sent
  std::vector<OutputNum> unspent;
  std::uint64_t balance = 0;
};

struct RandomChain {
  IndexBuilder builder;
  std::map<std::string, Known> known;

  RandomChain(std::uint64_t seed, int blocks, int txs_a_block, int names) {
    std::mt19937_64 random(seed);
    const auto pick = [&random](std::uint64_t count) { return random() % count; };
    struct Coin {
      TxNum tx;
      std::uint32_t vout;
      std::uint64_t value;
      std::string address;
    };
    std::vector<Coin> coins;
    std::map<std::uint64_t, std::string> owners;  // by output
    std::uint64_t next_output = 1;                // after genesis
    for (int block = 0; block < blocks; ++block) {
      std::vector<SimpleTransaction> txs;
      const std::uint64_t first_tx = builder.transactions_count();
      for (int i = 0; i <= txs_a_block; ++i) {
        const TxNum number{first_tx + txs.size()};
        SimpleTransaction tx;
        std::uint64_t left = 1000;
        if (i > 0) {
          if (coins.empty()) break;
          left = 0;
          for (std::uint64_t count = 1 + pick(3); count > 0 && !coins.empty(); --count) {
            std::swap(coins[pick(coins.size())], coins.back());
            const Coin& coin = coins.back();
            tx.inputs.push_back(Spend(coin.tx, coin.vout));
            known[coin.address].by_tx[number.value].second += coin.value;
            left += coin.value;
            coins.pop_back();
          }
        }
        const std::uint64_t outputs = 1 + pick(4);
        for (std::uint32_t vout = 0; vout < outputs; ++vout) {
          const std::string name = absl::StrCat("owner ", pick(static_cast<std::uint64_t>(names)));
          const std::uint64_t value = pick(left + 1);
          left -= value;
          tx.outputs.push_back({name, value});
          known[name].by_tx[number.value].first += value;
          owners[next_output++] = name;
          coins.push_back({number, vout, value, name});
        }
        txs.push_back(std::move(tx));
      }
      builder.AddBlock(txs);
    }
    for (const auto& [output, name] : owners) {
      if (builder.IsSpent(OutputNum{output})) continue;
      known[name].unspent.push_back(OutputNum{output});
      known[name].balance += builder.ValueOf(OutputNum{output});
    }
  }
};

void ExpectAgrees(const View& view, const Known& known, AddressNum address) {
  ASSERT_OK_AND_ASSIGN(const auto history, HistoryOf(view, address, TxNum{0}, kAll));
  ASSERT_EQ(history.size(), known.by_tx.size());
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  auto expected = known.by_tx.begin();
  for (const HistoryEntry& entry : history) {
    EXPECT_EQ(entry.tx.value, expected->first);
    EXPECT_EQ(entry.received, expected->second.first);
    EXPECT_EQ(entry.sent, expected->second.second);
    received += entry.received;
    sent += entry.sent;
    ++expected;
  }
  ASSERT_OK_AND_ASSIGN(const AddressSums sums, SumsOf(view, address));
  EXPECT_EQ(sums.received, received);
  EXPECT_EQ(sums.sent, sent);
  EXPECT_EQ(sums.balance, known.balance);
  EXPECT_EQ(sums.balance, received - sent);
  EXPECT_EQ(sums.transactions, history.size());
  EXPECT_EQ(sums.first->value, known.by_tx.begin()->first);
  EXPECT_EQ(sums.last->value, known.by_tx.rbegin()->first);
  EXPECT_THAT(UnspentOf(view, address, OutputNum{0}, kNone64), IsOkAndHolds(known.unspent));

  for (const std::size_t limit :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, history.size(), history.size() + 1}) {
    std::vector<HistoryEntry> paged;
    TxNum from{0};
    for (;;) {
      ASSERT_OK_AND_ASSIGN(const auto page, HistoryOf(view, address, from, limit));
      paged.insert(paged.end(), page.begin(), page.end());
      if (page.size() < limit) break;
      from = page.back().tx + 1;
    }
    ASSERT_EQ(paged.size(), history.size()) << limit;
    for (std::size_t i = 0; i < paged.size(); ++i) {
      EXPECT_EQ(paged[i].tx, history[i].tx);
      EXPECT_EQ(paged[i].received, history[i].received);
      EXPECT_EQ(paged[i].sent, history[i].sent);
    }
  }
}

TEST(HistoryProperty, AgreesWithARecount) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomChain chain(seed, 12, 4, 1 + static_cast<int>(seed % 5));
    FaultFileSystem files;
    ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder.Build(files, "/data"));
    const View& view = *index.view;
    for (const auto& [name, known] : chain.known) {
      ExpectAgrees(view, known, chain.builder.AddressOf(name));
    }
    EXPECT_EQ(view.totals(), chain.builder.totals());
  }
}

TEST(HistoryProperty, FindsOwnersOfAllRows) {
  RandomChain chain(99, 40, 6, 10);
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.builder.Build(files, "/data"));
  const View& view = *index.view;
  for (std::uint64_t height = 0; height <= view.snapshot().height; ++height) {
    const IdRange<TxNum> txs = view.Block(height).transactions;
    for (TxNum tx = txs.begin; tx < txs.end; ++tx) {
      ASSERT_EQ(view.HeightOf(tx), height);
      for (OutputNum i = view.Outputs(tx).begin; i < view.Outputs(tx).end; ++i) {
        ASSERT_EQ(view.TransactionOf(i), tx);
      }
      for (InputNum i = view.Inputs(tx).begin; i < view.Inputs(tx).end; ++i) {
        ASSERT_EQ(view.TransactionOf(i), tx);
        ASSERT_EQ(view.SpendingInput(view.Source(i)), i);
      }
    }
  }
  EXPECT_OK(view.damage().status());
}

// More outputs than are fetched at once, and more history entries than are kept unsorted.
TEST(HistoryProperty, PagesThroughABusyAddress) {
  IndexBuilder chain;
  Known known;
  chain.AddBlock({{"mint", {}, {{"busy", 1'000'000}}}});
  known.by_tx[chain.TransactionOf("mint").value].first = 1'000'000;
  std::vector<SimpleTransaction> txs = {{"", {}, {}}};
  const std::uint64_t first = chain.transactions_count();
  for (std::uint64_t i = 0; i < 9000; ++i) {
    const TxNum self{first + 1 + i};
    const SimpleInput input = i == 0 ? Spend("mint", 0) : Spend(TxNum{self.value - 1}, 1);
    txs.push_back({"", {input}, {{"busy", 1}, {"busy", 999'999 - i}}});
    known.by_tx[self.value] = {1'000'000 - i, 1'000'000 - i};
  }
  chain.AddBlock(txs);
  for (std::uint64_t i = 0; i < 9000; ++i) {
    known.unspent.push_back(OutputNum{3 + 2 * i});  // after genesis, mint and the coinbase
  }
  known.unspent.push_back(OutputNum{chain.outputs_count() - 1});
  known.balance = 1'000'000;
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, "/data"));
  const View& view = *index.view;
  const AddressNum busy = chain.AddressOf("busy");
  ASSERT_OK_AND_ASSIGN(const auto all, HistoryOf(view, busy, TxNum{0}, kAll));
  ASSERT_EQ(all.size(), 9001u);
  ASSERT_OK_AND_ASSIGN(const auto page, HistoryOf(view, busy, all[4000].tx, 100));
  ASSERT_EQ(page.size(), 100u);
  for (std::size_t i = 0; i < page.size(); ++i) {
    EXPECT_EQ(page[i].tx, all[4000 + i].tx);
    EXPECT_EQ(page[i].received, known.by_tx[page[i].tx.value].first);
    EXPECT_EQ(page[i].sent, known.by_tx[page[i].tx.value].second);
  }
  EXPECT_THAT(UnspentOf(view, busy, OutputNum{0}, kNone64), IsOkAndHolds(known.unspent));
  const auto middle = known.unspent.begin() + 5'000;
  EXPECT_THAT(UnspentOf(view, busy, *middle, 3),
              IsOkAndHolds(std::vector<OutputNum>(middle, middle + 3)));
  ASSERT_OK_AND_ASSIGN(const AddressSums sums, SumsOf(view, busy));
  EXPECT_EQ(sums.balance, known.balance);
  EXPECT_EQ(sums.transactions, 9001u);
  EXPECT_EQ(sums.outputs, 18001u);
}

}  // namespace
}  // namespace coinwake
