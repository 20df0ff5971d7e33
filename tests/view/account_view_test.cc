// Goal: look-ups by account, page by page from anywhere, say what a walk over all events says.
// Method: indexes of random chains in several commits; every look-up beside a twin that reads every
// event there is, with random beginnings and limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/view/account_history.h"
#include "indexer/view/open.h"
#include "tests/ingest/tron_cast.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr Network kNetwork = Network::kTronPrivate;

bool IsFact(EntryKind kind) { return !MovesValue(kind) && kind != EntryKind::kGap; }

// The slow twin: by reading every event.
class Scan {
 public:
  explicit Scan(const AccountView& view) {
    TxNum tx;
    for (EventNum number; number.value < view.events_count(); ++number) {
      while (!view.Events(tx).contains(number)) ++tx;
      events_.push_back({number, tx, view.Event(number)});
    }
  }

  std::vector<EventNum> Events(AddressNum address, AssetNum asset) const {
    std::vector<EventNum> events;
    for (const Row& row : events_) {
      const AssetNum listed = IsFact(row.event.kind) ? kFactsAsset : row.event.asset;
      if (listed == asset && Names(row.event, address)) events.push_back(row.number);
    }
    return events;
  }
  std::vector<AssetNum> Assets(AddressNum address) const {
    std::set<AssetNum> assets;
    for (const Row& row : events_) {
      if (!Names(row.event, address)) continue;
      assets.insert(IsFact(row.event.kind) ? kFactsAsset : row.event.asset);
    }
    return {assets.begin(), assets.end()};
  }
  std::vector<AccountHistoryEntry> History(AddressNum address,
                                           std::optional<AssetNum> asset) const {
    std::map<std::pair<TxNum, AssetNum>, AccountHistoryEntry> entries;
    for (const Row& row : events_) {
      const LedgerEvent& event = row.event;
      if (!MovesValue(event.kind) || !Names(event, address)) continue;
      if (asset.has_value() && *asset != event.asset) continue;
      AccountHistoryEntry& entry =
          entries.try_emplace({row.tx, event.asset}, AccountHistoryEntry{row.tx, event.asset})
              .first->second;
      if (event.from == event.to) continue;
      (event.to == address ? entry.received : entry.sent) += event.amount;
    }
    std::vector<AccountHistoryEntry> list;
    list.reserve(entries.size());
    for (const auto& [key, entry] : entries) list.push_back(entry);
    return list;
  }
  TxNum TransactionOf(EventNum number) const { return events_[number.value].tx; }
  // What all pots together lacked at worst.
  AmountSum Shortfall(AddressNum address, AssetNum asset) const {
    AmountSum worst = 0;
    AmountSum in = 0;
    AmountSum out = 0;
    for (const EventNum number : Events(address, asset)) {
      const LedgerEvent& event = events_[number.value].event;
      if (!MovesValue(event.kind) || event.from == event.to) continue;
      (event.to == address ? in : out) += event.amount;
      if (out > in && out - in > worst) worst = out - in;
    }
    return worst;
  }

 private:
  struct Row {
    EventNum number;
    TxNum tx;
    LedgerEvent event;
  };
  static bool Names(const LedgerEvent& event, AddressNum address) {
    return event.from == address || event.to == address;
  }
  std::vector<Row> events_;
};

std::vector<std::string> Text(const std::vector<AccountHistoryEntry>& entries) {
  std::vector<std::string> lines;
  lines.reserve(entries.size());
  for (const AccountHistoryEntry& entry : entries) {
    lines.push_back(absl::StrCat(entry.tx.value, " ", entry.asset.value, " +",
                                 ToDecimal(entry.received), " -", ToDecimal(entry.sent)));
  }
  return lines;
}

class AccountViews : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  AccountViews() : random_(GetParam()) {
    TronCast cast(110 + GetParam(), GetParam() % 2 * 900);
    cast.AddBlocks(60);
    WriteTronBlocks(files_, "/blocks", cast.blocks());
    TronIngestOptions options = TronTestOptions("/blocks", "/data");
    options.network = kNetwork;
    options.max_batch_blocks = 1 + GetParam() * 5;
    EXPECT_OK(IndexTron(files_, options));
    auto index = OpenForReading(files_, "/data", kNetwork);
    EXPECT_OK(index);
    if (index.ok()) index_ = *std::move(index);
  }
  void SetUp() override { ASSERT_NE(index_.accounts, nullptr); }
  const AccountView& view() const { return *index_.accounts; }
  std::uint64_t Below(std::uint64_t bound) { return random_() % bound; }

  void CheckAssets(const Scan& scan, AddressNum address) {
    const std::vector<AssetNum> all = scan.Assets(address);
    std::vector<AssetNum> assets;
    ASSERT_OK(view().AssetsOf(address, AssetNum{0}, kNone32, &assets));
    ASSERT_EQ(assets, all);
    const AssetNum from{Below(view().assets_count() + 1)};
    const std::size_t limit = Below(4);
    std::vector<AssetNum> expected;
    for (const AssetNum asset : all) {
      if (asset >= from && expected.size() < limit) expected.push_back(asset);
    }
    assets.clear();
    ASSERT_OK(view().AssetsOf(address, from, limit, &assets));
    ASSERT_EQ(assets, expected);
  }
  void CheckEvents(const Scan& scan, AddressNum address, AssetNum asset) {
    const std::vector<EventNum> all = scan.Events(address, asset);
    for (int i = 0; i < 3; ++i) {
      const EventNum from{i == 0 ? 0 : Below(view().events_count() + 2)};
      const std::size_t limit = i == 0 ? kNone32 : Below(all.size() + 2);
      std::vector<EventNum> expected;
      for (const EventNum event : all) {
        if (event >= from && expected.size() < limit) expected.push_back(event);
      }
      std::vector<EventNum> events;
      ASSERT_OK(view().EventsOf(address, asset, from, limit, &events));
      ASSERT_EQ(events, expected);
    }
  }
  // All of it; then as a client pages: from some transaction, a bounded part.
  void CheckHistory(const Scan& scan, AddressNum address, std::optional<AssetNum> asset) {
    const std::vector<std::string> all = Text(scan.History(address, asset));
    ASSERT_OK_AND_ASSIGN(auto history, HistoryOf(view(), address, asset, TxNum{0}, kNone32));
    ASSERT_EQ(Text(history), all);
    const std::size_t limit = 1 + Below(5);
    std::vector<std::string> paged;
    for (TxNum from;;) {
      ASSERT_OK_AND_ASSIGN(history, HistoryOf(view(), address, asset, from, limit));
      for (const AccountHistoryEntry& entry : history) ASSERT_GE(entry.tx, from);
      const std::vector<std::string> page = Text(history);
      paged.insert(paged.end(), page.begin(), page.end());
      if (history.size() < limit) break;
      from = history.back().tx + 1;
    }
    ASSERT_EQ(paged, all);
  }

  std::mt19937_64 random_;
  FaultFileSystem files_;
  OpenIndex index_;
};

TEST_P(AccountViews, AgreeWithAWalkOverAllEvents) {
  SCOPED_TRACE(absl::StrCat("seed ", GetParam()));
  const Scan scan(view());
  for (EventNum event; event.value < view().events_count(); ++event) {
    ASSERT_EQ(view().TransactionOf(event), scan.TransactionOf(event));
  }
  for (AddressNum address; address.value < view().addresses_count(); ++address) {
    SCOPED_TRACE(absl::StrCat("account ", address.value));
    ASSERT_NO_FATAL_FAILURE(CheckAssets(scan, address));
    ASSERT_NO_FATAL_FAILURE(CheckHistory(scan, address, std::nullopt));
    for (AssetNum asset; asset.value < view().assets_count(); ++asset) {
      ASSERT_NO_FATAL_FAILURE(CheckEvents(scan, address, asset));
      ASSERT_NO_FATAL_FAILURE(CheckHistory(scan, address, asset));
      ASSERT_OK_AND_ASSIGN(const AssetSums sums, SumsOf(view(), address, asset));
      EXPECT_EQ(sums.shortfall, asset == kFactsAsset ? 0 : scan.Shortfall(address, asset));
      const std::vector<EventNum> events = scan.Events(address, asset);
      EXPECT_EQ(sums.first.has_value(), !events.empty());
      if (events.empty()) continue;
      EXPECT_THAT(sums.first, Optional(events.front()));
      EXPECT_THAT(sums.last, Optional(events.back()));
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, AccountViews, ::testing::Range<std::uint64_t>(1, 7));

TEST_P(AccountViews, DoNotFindWhatIsNotThere) {
  EXPECT_THAT(view().FindAddress(tron::SpanOf("nobody")), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(view().FindAddress({}), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(view().FindAsset(tron::SpanOf("\x01nothing")), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(view().FindTransaction(Hash256()), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(view().HeightOfHash(Hash256()), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_OK_AND_ASSIGN(const auto history, HistoryOf(view(), AddressNum{0}, std::nullopt,
                                                     TxNum{view().transactions_count()}, 10));
  EXPECT_THAT(history, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto none, HistoryOf(view(), AddressNum{0}, kFactsAsset, TxNum{0}, 9));
  EXPECT_THAT(none, IsEmpty());
  EXPECT_THAT(NetworksIn(files_, "/data"), IsOkAndHolds(ElementsAre(kNetwork)));
}

}  // namespace
}  // namespace coinwake
