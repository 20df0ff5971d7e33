// Goal: whatever is imported and removed in whatever order, the store says what a plain list of
// everything ever said would say, at every revision, on every date, after every reopening.
// Method: random versions of a few lists over a small universe, and random removals, beside a model
// that keeps a copy of all that is said after each revision.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "labels/label_address.h"
#include "labels/label_store.h"
#include "tests/labels/support.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

constexpr int kAddresses = 6;
constexpr int kNames = 3;
constexpr int kLists = 3;
constexpr int kDays = 20;
constexpr std::int64_t kSecondsInDay = 86'400;

// What one label is to the model. Dates: -1 for none.
struct Fact {
  int list;
  int address;
  int name;
  int from;
  int to;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads the defaulted comparison.
  friend auto operator<=>(const Fact&, const Fact&) = default;
};
using Facts = std::set<Fact>;

struct Model {
  std::vector<Facts> after = {{}};  // each revision; none is 0
  std::vector<std::int64_t> times = {0};
};

std::string NameOf(int name) { return absl::StrCat("name", name); }
std::string ListOfNumber(int list) { return absl::StrCat("list", list); }

Label ToLabel(const Fact& fact) {
  Label label =
      ListOf("", {AddressNumber(static_cast<std::uint32_t>(fact.address))}, {NameOf(fact.name)})
          .labels[0];
  if (fact.from >= 0) label.valid_from = Date{fact.from};
  if (fact.to >= 0) label.valid_to = Date{fact.to};
  return label;
}

bool Holds(const Fact& fact, int day) {
  return (fact.from < 0 || fact.from <= day) && (fact.to < 0 || day <= fact.to);
}

using Text = std::multiset<std::tuple<std::string, std::string, std::string>>;

Text TextOf(const Facts& facts, std::optional<int> day) {
  Text text;
  for (const Fact& fact : facts) {
    if (day.has_value() && !Holds(fact, *day)) continue;
    text.emplace(ListOfNumber(fact.list), AddressNumber(static_cast<std::uint32_t>(fact.address)),
                 NameOf(fact.name));
  }
  return text;
}

Text Ask(const LabelStore& store, const LabelQuery& query) {
  Text text;
  const auto cursor = store.Find(query);
  KnownLabel known;
  for (;;) {
    const auto found = cursor->Next(&known);
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok() || !*found) return text;
    text.emplace(known.list, AddressText(known.label.network, known.label.address),
                 known.label.name);
  }
}

void CheckAll(const LabelStore& store, const Model& model) {
  ASSERT_EQ(store.revisions().size() + 1, model.after.size());
  EXPECT_EQ(store.labels_count(), model.after.back().size());
  const auto check = store.Check();
  ASSERT_OK(check);
  EXPECT_THAT(check->problems, ::testing::IsEmpty());
  for (std::size_t revision = 0; revision < model.after.size(); ++revision) {
    LabelQuery query;
    query.moment.revision = revision;
    EXPECT_EQ(Ask(store, query), TextOf(model.after[revision], std::nullopt)) << revision;
  }
  for (int day = 0; day < kDays; ++day) {
    std::size_t revision = 0;
    while (revision + 1 < model.times.size() &&
           model.times[revision + 1] < (day + 1) * kSecondsInDay) {
      ++revision;
    }
    LabelQuery query;
    query.moment = store.KnownOn(Date{day});
    EXPECT_EQ(query.moment.revision, revision) << day;
    const Text expected = TextOf(model.after[revision], day);
    EXPECT_EQ(Ask(store, query), expected) << day;
    Text by_list;
    for (int list = 0; list < kLists; ++list) {
      query.list = ListOfNumber(list);
      by_list.merge(Ask(store, query));
    }
    EXPECT_EQ(by_list, expected) << day;
    Text by_address;
    query.list.reset();
    query.network = Network::kBitcoin;
    for (std::uint32_t address = 0; address < kAddresses; ++address) {
      query.address = ParseLabelAddress(AddressNumber(address), std::nullopt)->bytes;
      by_address.merge(Ask(store, query));
    }
    EXPECT_EQ(by_address, expected) << day;
  }
}

class Walk {
 public:
  explicit Walk(std::uint32_t seed) : random_(seed) { Open(); }

  void Step() {
    now_ += Below(2 * static_cast<int>(kSecondsInDay));
    switch (Below(8)) {
      case 0:
        return RemoveList();
      case 1:
        return RemoveAddress();
      case 2:
        store_.reset();
        return Open();
      default:
        return Import();
    }
  }
  const LabelStore& store() const { return *store_; }
  const Model& model() const { return model_; }

 private:
  int Below(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

  void Open() {
    auto opened = LabelStore::Open(files_, "/data", LabelStore::Mode::kWrite);
    ASSERT_OK(opened);
    store_ = *std::move(opened);
  }

  void Note(const absl::StatusOr<LabelChange>& change, Facts facts) {
    if (facts == model_.after.back()) {
      EXPECT_TRUE(absl::IsNotFound(change.status()) || (change.ok() && change->revision == 0));
      return;
    }
    ASSERT_OK(change);
    EXPECT_EQ(change->revision, model_.after.size());
    model_.after.push_back(std::move(facts));
    model_.times.push_back(now_);
  }

  void Import() {
    LabelImport import;
    const int list = Below(kLists);
    import.list.list = ListOfNumber(list);
    import.time = now_;
    Facts facts = model_.after.back();
    const int count = Below(10);
    if (count > 0) {
      std::erase_if(facts, [list](const Fact& fact) { return fact.list == list; });
    }
    Facts own;
    for (int i = 0; i < count; ++i) {
      const Fact fact = {list, Below(kAddresses), Below(kNames), Below(3) == 0 ? Below(kDays) : -1,
                         -1};
      own.insert(fact);
      import.list.labels.push_back(ToLabel(fact));
    }
    facts.insert(own.begin(), own.end());
    const auto change = store_->Import(import);
    ASSERT_OK(change);
    EXPECT_EQ(change->imported + change->unchanged, import.list.labels.size());
    EXPECT_EQ(model_.after.back().size() + change->imported - change->removed, facts.size());
    Note(change, std::move(facts));
  }

  void RemoveList() {
    const int list = Below(kLists);
    Facts facts = model_.after.back();
    std::erase_if(facts, [list](const Fact& fact) { return fact.list == list; });
    Note(store_->RemoveList(ListOfNumber(list), now_), std::move(facts));
  }

  void RemoveAddress() {
    const int address = Below(kAddresses);
    const int name = Below(kNames + 1);
    Facts facts = model_.after.back();
    std::erase_if(facts, [&](const Fact& fact) {
      return fact.address == address && (name == kNames || fact.name == name);
    });
    std::optional<std::string> wanted;
    if (name < kNames) wanted = NameOf(name);
    const auto bytes =
        ParseLabelAddress(AddressNumber(static_cast<std::uint32_t>(address)), std::nullopt)->bytes;
    Note(store_->RemoveAddress(Network::kBitcoin, bytes, wanted, now_), std::move(facts));
  }

  std::mt19937 random_;
  FaultFileSystem files_;
  std::unique_ptr<LabelStore> store_;
  Model model_;
  std::int64_t now_ = 0;
};

TEST(LabelStoreProperty, SaysWhatAPlainModelSays) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Walk walk(seed);
    for (int step = 0; step < 25; ++step) walk.Step();
    CheckAll(walk.store(), walk.model());
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(LabelStoreProperty, TheSameStepsGiveTheSameVersion) {
  for (std::uint32_t seed = 100; seed < 105; ++seed) {
    SCOPED_TRACE(seed);
    Walk one(seed);
    Walk other(seed);
    for (int step = 0; step < 25; ++step) {
      one.Step();
      other.Step();
      ASSERT_EQ(one.store().Version(), other.store().Version());
    }
  }
}

}  // namespace
}  // namespace coinwake
