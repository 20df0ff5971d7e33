// Goal: dust from look-alikes is marked, and nothing else is.
// Method: small stories with known answers; random histories over few addresses against a slow twin
// that compares every pair of transfers.
#include "heuristics/poisoning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace coinwake {
namespace {

// Two pairs that look alike, and one like nobody.
const std::string kNames[] = {
    "TCT6jNKgQ3whsaQvkdsdrETC5MdpRzRvvQ", "TCT6jVixYQMMwxFWz9JmtDp4H7zAQjRvvQ",
    "TLGvV2QcPj7Mw8uu6JrBTbBiHio89TCNok", "TLGvUp9bDosidRjX5hiQGW9RnC5MrZCNok",
    "TG2UY1VWwJadyhjMBw5LYVD7g7PMMqkZ5d"};
constexpr std::uint64_t kOriginal = 0;
constexpr std::uint64_t kLookAlike = 1;
constexpr std::uint64_t kNobody = 4;

struct Deal {
  std::uint64_t with;
  std::uint64_t amount;
};

std::vector<bool> Marks(const std::vector<Deal>& deals) {
  LookAlikes finder;
  for (const Deal& deal : deals) {
    if (IsDust(deal.amount)) finder.Watch(kNames[deal.with]);
  }
  // Backwards: the order of telling is of no account.
  for (std::size_t i = deals.size(); i-- > 0;) {
    finder.Note(EventNum{i}, AddressNum{deals[i].with}, kNames[deals[i].with], deals[i].amount);
  }
  std::vector<bool> marks;
  for (std::size_t i = 0; i < deals.size(); ++i) {
    const Deal& deal = deals[i];
    marks.push_back(
        finder.IsMarked(EventNum{i}, AddressNum{deal.with}, kNames[deal.with], deal.amount));
  }
  return marks;
}

std::vector<bool> SlowMarks(const std::vector<Deal>& deals) {
  std::vector<bool> marks;
  for (std::size_t i = 0; i < deals.size(); ++i) {
    const std::string look = kNames[deals[i].with].substr(1, 3) + kNames[deals[i].with].substr(30);
    std::optional<std::uint64_t> original;
    for (std::size_t j = 0; j < i && !original.has_value(); ++j) {
      const std::string& name = kNames[deals[j].with];
      if (deals[j].amount > 10'000 && name.substr(1, 3) + name.substr(30) == look) {
        original = deals[j].with;
      }
    }
    marks.push_back(deals[i].amount <= 10'000 && original.has_value() &&
                    *original != deals[i].with);
  }
  return marks;
}

TEST(Poisoning, MarksDustOfALookAlike) {
  EXPECT_EQ(Marks({{kOriginal, 5'000'000}, {kLookAlike, 1}, {kLookAlike, 0}}),
            std::vector<bool>({false, true, true}));
}

TEST(Poisoning, DustEndsAtAHundredthOfAUnit) {
  EXPECT_EQ(Marks({{kOriginal, 10'001}, {kLookAlike, 10'000}, {kLookAlike, 10'001}}),
            std::vector<bool>({false, true, false}));
  EXPECT_EQ(Marks({{kOriginal, 10'000}, {kLookAlike, 1}}), std::vector<bool>({false, false}));
}

TEST(Poisoning, MarksNobodyElse) {
  EXPECT_EQ(Marks({{kOriginal, 5'000'000}, {kNobody, 1}, {kOriginal, 1}}),
            std::vector<bool>({false, false, false}));
  // Nobody was there to be imitated.
  EXPECT_EQ(Marks({{kLookAlike, 1}, {kOriginal, 5'000'000}}), std::vector<bool>({false, false}));
}

TEST(Poisoning, ALookAlikeThatSucceededStaysOne) {
  EXPECT_EQ(Marks({{kOriginal, 5'000'000},
                   {kLookAlike, 1},
                   {kLookAlike, 9'000'000},
                   {kLookAlike, 1},
                   {kOriginal, 1}}),
            std::vector<bool>({false, true, false, true, false}));
}

TEST(Poisoning, LooksAreThreeAndFourCharacters) {
  EXPECT_EQ(LookOf(kNames[0]), "CT6RvvQ");
  EXPECT_EQ(LookOf(kNames[0]), LookOf(kNames[1]));
  EXPECT_NE(LookOf(kNames[0]), LookOf(kNames[2]));
  EXPECT_EQ(LookOf(""), "");
  EXPECT_EQ(LookOf("T"), "");
  EXPECT_EQ(LookOf("raw:CT6jNKgQ3whsaQvkdsdrETC5MdpRzR"), "");
  EXPECT_EQ(LookOf(kNames[0] + "x"), "");
}

TEST(Poisoning, TextThatIsNoAddressLooksLikeNothing) {
  LookAlikes finder;
  finder.Watch("raw:00");
  EXPECT_TRUE(finder.empty());
  finder.Note(EventNum{0}, AddressNum{1}, "raw:01", 1'000'000);
  EXPECT_FALSE(finder.IsMarked(EventNum{1}, AddressNum{2}, "raw:00", 1));
}

TEST(Poisoning, EqualsASlowTwin) {
  constexpr std::uint32_t kSeed = 20'260'801;
  SCOPED_TRACE(kSeed);
  std::mt19937 random(kSeed);
  const std::uint64_t amounts[] = {0, 1, 10'000, 10'001, 5'000'000};
  int marked = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::vector<Deal> deals;
    for (std::uint64_t i = random() % 12; i > 0; --i) {
      const std::uint64_t with = random() % std::size(kNames);
      deals.push_back({with, amounts[random() % std::size(amounts)]});
    }
    const std::vector<bool> expected = SlowMarks(deals);
    ASSERT_EQ(Marks(deals), expected);
    marked += static_cast<int>(std::count(expected.begin(), expected.end(), true));
  }
  EXPECT_GT(marked, 500);
}

}  // namespace
}  // namespace coinwake
