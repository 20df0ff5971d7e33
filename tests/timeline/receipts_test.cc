// Goal: receipts are what others paid a subject, and no change or move of its own. Method: ledgers
// made by hand, each rule from both sides.
#include "timeline/receipts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/always_cancelled.h"
#include "tests/support/matchers.h"
#include "tests/timeline/ledger.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kSeller = 100;
constexpr std::uint64_t kSecond = 101;  // another address of the seller

class ReceiptsTest : public ::testing::Test {
 protected:
  Receipts Read(const std::vector<std::uint64_t>& subject, const ReceiptLimits& limits = {}) {
    std::vector<AddressNum> addresses;
    addresses.reserve(subject.size());
    for (const std::uint64_t address : subject) addresses.push_back(AddressNum{address});
    auto receipts =
        ReadReceipts({ledger_.addresses(), ledger_.entities()}, addresses, limits, nullptr);
    EXPECT_THAT(receipts, IsOk());
    return *std::move(receipts);
  }
  // "0: 10 from 1 2", a line for each.
  static std::vector<std::string> Lines(const Receipts& receipts) {
    std::vector<std::string> lines;
    for (const Receipt& one : receipts.all) {
      std::string line = std::to_string(one.at.number) + ": " +
                         std::to_string(static_cast<std::uint64_t>(one.amount)) + " from";
      for (const AddressNum payer : one.payers) line += " " + std::to_string(payer.value);
      lines.push_back(line);
    }
    return lines;
  }

  Ledger ledger_;
};

TEST_F(ReceiptsTest, AreOfAllAddressesOfTheSubject) {
  ledger_.Pay(1, 1, kSeller, 10);
  ledger_.Pay(2, 2, kSecond, 20);
  ledger_.Add({3, {3}, {{kSeller, 5}, {kSecond, 6}, {50, 7}}});
  ledger_.Pay(4, 4, 50, 40);
  EXPECT_THAT(Lines(Read({kSeller, kSecond})),
              ElementsAre("0: 10 from 1", "1: 20 from 2", "2: 11 from 3"));
  EXPECT_THAT(Lines(Read({kSeller})), ElementsAre("0: 10 from 1", "2: 5 from 3"));
}

TEST_F(ReceiptsTest, LeaveOutChangeAndMovesOfTheSubject) {
  ledger_.Hold(kSeller, 102);
  ledger_.Add({1, {kSeller}, {{50, 7}, {kSeller, 3}}});  // change to itself
  ledger_.Add({2, {102}, {{50, 7}, {kSeller, 3}}});      // from an address of its cluster
  ledger_.Pay(3, kSecond, kSeller);                      // from an address named with it
  ledger_.Pay(4, 1, kSeller);
  EXPECT_THAT(Lines(Read({kSeller, kSecond})), ElementsAre("3: 10 from 1"));
  // Alone, it does not own the second address.
  EXPECT_THAT(Lines(Read({kSeller})), ElementsAre("2: 10 from 101", "3: 10 from 1"));
}

TEST_F(ReceiptsTest, NameEntitiesAsPayers) {
  ledger_.Hold(1, 11);
  ledger_.Hold(1, 12);
  ledger_.Add({1, {11, 12, 2}, {{kSeller, 10}}});
  EXPECT_THAT(Lines(Read({kSeller})), ElementsAre("0: 10 from 1 2"));
}

TEST_F(ReceiptsTest, HaveNoPayerWhereNobodyKnows) {
  ledger_.Add({1, {}, {{kSeller, 10}}});
  ledger_.Add({2, {1, 2}, {{kSeller, 5}, {50, 5}}, /*is_mix=*/true});
  ledger_.Add({3, {1, kSeller}, {{kSeller, 5}, {50, 5}}, /*is_mix=*/true});
  EXPECT_THAT(Lines(Read({kSeller})), ElementsAre("0: 10 from", "1: 5 from"));
}

TEST_F(ReceiptsTest, EndTogetherWhereOneHistoryIsCut) {
  for (int i = 0; i < 4; ++i) {
    ledger_.Pay(i, 1, kSeller);
    ledger_.Pay(i, 2, kSecond);
  }
  const Receipts all = Read({kSeller, kSecond}, {.payments = 8});
  EXPECT_THAT(all.all, SizeIs(8));
  EXPECT_FALSE(all.is_cut);
  const Receipts seven = Read({kSeller, kSecond}, {.payments = 7});
  EXPECT_THAT(seven.all, SizeIs(7));
  EXPECT_TRUE(seven.is_cut);
  // Of each address three, together three.
  const Receipts three = Read({kSeller, kSecond}, {.payments = 3});
  EXPECT_THAT(Lines(three), ElementsAre("0: 10 from 1", "1: 10 from 2", "2: 10 from 1"));
  EXPECT_TRUE(three.is_cut);
  // Two rows a payment, read once by address and once by entity.
  const Receipts rows = Read({kSeller, kSecond}, {.rows = 8});
  EXPECT_THAT(rows.all, SizeIs(2));
  EXPECT_TRUE(rows.is_cut);
  EXPECT_FALSE(Read({kSeller, kSecond}, {.rows = 29}).is_cut);
}

TEST_F(ReceiptsTest, StopWhenTold) {
  ledger_.Pay(1, 1, kSeller);
  const AlwaysCancelled cancelled;
  EXPECT_THAT(ReadReceipts({ledger_.addresses(), ledger_.entities()}, {AddressNum{kSeller}}, {},
                           &cancelled),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(Read({}).all, IsEmpty());
}

}  // namespace
}  // namespace coinwake::test
