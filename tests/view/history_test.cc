// Goal: histories, sums and unspent outputs of an address are exact, page by page, in whole chains
// and in windows. Method: small chains with known answers.
#include "indexer/view/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kFolder[] = "/data";
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

MATCHER_P3(Entry, tx, received, sent, "") {
  *result_listener << arg.tx.value << " +" << arg.received << " -" << arg.sent;
  return arg.tx == tx && arg.received == static_cast<std::uint64_t>(received) &&
         arg.sent == static_cast<std::uint64_t>(sent);
}

class HistoryTest : public testing::Test {
 protected:
  void SetUp() override {
    chain_.AddBlock({{"mint", {}, {{"alice", 10}, {"alice", 20}}}});
    chain_.AddBlock({{"", {}, {}},
                     {"both", {Spend("mint", 0), Spend("mint", 1)}, {{"bob", 25}, {"alice", 5}}},
                     {"back", {Spend("both", 0)}, {{"alice", 25}}}});
    chain_.AddBlock({{"", {}, {}}, {"burn", {Spend("back", 0)}, {{"alice", 4}, {"miner", 20}}}});
    ASSERT_OK_AND_ASSIGN(index_, chain_.Build(files_, kFolder));
    alice_ = chain_.AddressOf("alice");
  }
  const View& view() const { return *index_.view; }
  TxNum Tx(const char* name) const { return chain_.TransactionOf(name); }

  FaultFileSystem files_;
  IndexBuilder chain_;
  OpenIndex index_;
  AddressNum alice_;
};

TEST_F(HistoryTest, SumsEachTransactionOnce) {
  EXPECT_THAT(HistoryOf(view(), alice_, TxNum{0}, kAll),
              IsOkAndHolds(ElementsAre(Entry(Tx("mint"), 30, 0), Entry(Tx("both"), 5, 30),
                                       Entry(Tx("back"), 25, 0), Entry(Tx("burn"), 4, 25))));
  EXPECT_THAT(HistoryOf(view(), chain_.AddressOf("bob"), TxNum{0}, kAll),
              IsOkAndHolds(ElementsAre(Entry(Tx("both"), 25, 0), Entry(Tx("back"), 0, 25))));
}

TEST_F(HistoryTest, PagesFromAnyTransactionWithAnyLimit) {
  ASSERT_OK_AND_ASSIGN(const auto all, HistoryOf(view(), alice_, TxNum{0}, kAll));
  for (std::uint64_t from = 0; from <= view().transactions_count(); ++from) {
    for (std::size_t limit = 0; limit < 6; ++limit) {
      ASSERT_OK_AND_ASSIGN(const auto page, HistoryOf(view(), alice_, TxNum{from}, limit));
      std::vector<HistoryEntry> expected;
      for (const HistoryEntry& entry : all) {
        if (entry.tx.value >= from && expected.size() < limit) expected.push_back(entry);
      }
      ASSERT_EQ(page.size(), expected.size()) << from << " " << limit;
      for (std::size_t i = 0; i < page.size(); ++i) {
        EXPECT_THAT(page[i], Entry(expected[i].tx, expected[i].received, expected[i].sent));
      }
    }
  }
}

TEST_F(HistoryTest, AddsUpAnAddress) {
  ASSERT_OK_AND_ASSIGN(const AddressSums sums, SumsOf(view(), alice_));
  EXPECT_EQ(sums.received, 64u);
  EXPECT_EQ(sums.sent, 55u);
  EXPECT_EQ(sums.balance, 9u);
  EXPECT_EQ(sums.transactions, 4u);
  EXPECT_EQ(sums.outputs, 5u);
  EXPECT_EQ(sums.first, Tx("mint"));
  EXPECT_EQ(sums.last, Tx("burn"));
}

TEST_F(HistoryTest, CountsUnspendableValueButDoesNotListIt) {
  const AddressNum genesis = chain_.AddressOf("genesis");
  ASSERT_OK_AND_ASSIGN(const AddressSums sums, SumsOf(view(), genesis));
  EXPECT_EQ(sums.balance, 50 * kCoin);
  EXPECT_THAT(UnspentOf(view(), genesis, OutputNum{0}, kNone64), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(UnspentOf(view(), alice_, OutputNum{0}, kNone64),
              IsOkAndHolds(ElementsAre(chain_.OutputOf("both", 1), chain_.OutputOf("burn", 0))));
}

TEST(HistoryInWindow, CountsForeignCoinsAsSent) {
  FaultFileSystem files;
  IndexBuilder chain(IndexBuilder::Options{.window_from_height = 10});
  chain.AddBlock({{"", {}, {}},
                  {"first", {SpendForeign("old", 100)}, {{"old", 40}, {"new", 60}}},
                  {"second", {SpendForeign("old", 7), Spend("first", 0)}, {{"new", 47}}},
                  {"third", {SpendForeign("spent_only", 3)}, {{"new", 3}}}});
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(files, kFolder));
  const View& view = *index.view;
  const AddressNum old = chain.AddressOf("old");
  EXPECT_THAT(HistoryOf(view, old, TxNum{0}, kAll),
              IsOkAndHolds(ElementsAre(Entry(chain.TransactionOf("first"), 40, 100),
                                       Entry(chain.TransactionOf("second"), 0, 47))));
  EXPECT_THAT(HistoryOf(view, old, TxNum{0}, 1),
              IsOkAndHolds(ElementsAre(Entry(chain.TransactionOf("first"), 40, 100))));
  ASSERT_OK_AND_ASSIGN(const AddressSums sums, SumsOf(view, old));
  EXPECT_EQ(sums.received, 40u);
  EXPECT_EQ(sums.sent, 147u);
  EXPECT_EQ(sums.balance, 0u);
  EXPECT_EQ(sums.transactions, 2u);
  EXPECT_EQ(sums.outputs, 1u);
  ASSERT_OK_AND_ASSIGN(const AddressSums only_spent, SumsOf(view, chain.AddressOf("spent_only")));
  EXPECT_EQ(only_spent.outputs, 0u);
  EXPECT_EQ(only_spent.sent, 3u);
  EXPECT_EQ(only_spent.first, chain.TransactionOf("third"));
  EXPECT_EQ(only_spent.last, chain.TransactionOf("third"));
}

}  // namespace
}  // namespace coinwake
