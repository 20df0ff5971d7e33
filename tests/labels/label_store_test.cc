// Goal: every version of every list stays known, the newest is what is said now, and what is
// imported again changes nothing. Method: small lists and the real ones, versions of them in order,
// on a file system in memory.
#include "labels/label_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "labels/label_address.h"
#include "tests/labels/support.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86'400;

class LabelStoreTest : public ::testing::Test {
 protected:
  LabelStore& store() {
    if (store_ == nullptr) {
      auto opened = LabelStore::Open(files_, "/data", LabelStore::Mode::kWrite);
      EXPECT_TRUE(opened.ok()) << opened.status();
      store_ = *std::move(opened);
    }
    return *store_;
  }
  void Reopen() { store_.reset(); }

  LabelChange Import(LabelList list, std::int64_t time = 0, const std::string& file = "f") {
    LabelImport import;
    import.list = std::move(list);
    import.file = file;
    import.time = time;
    const auto change = store().Import(import);
    EXPECT_TRUE(change.ok()) << change.status();
    return change.ok() ? *change : LabelChange();
  }
  LabelChange ImportReal(const std::string& name, std::int64_t time = 0) {
    return Import(MustRead(LabelData(name)).lists[0], time, name);
  }

  // "address label" of all that a query finds, in order; the query's moment is now unless it has
  // one.
  std::vector<std::string> Said(LabelQuery query = {}) {
    if (query.moment.revision == 0 && !query.moment.date) query.moment = store().Now();
    const auto cursor = store().Find(query);
    std::vector<std::string> said;
    KnownLabel known;
    for (;;) {
      const auto found = cursor->Next(&known);
      EXPECT_TRUE(found.ok()) << found.status();
      if (!found.ok() || !*found) return said;
      said.push_back(absl::StrCat(AddressText(known.label.network, known.label.address), " ",
                                  known.label.name));
    }
  }
  std::vector<std::string> SaidOn(const char* date) {
    LabelQuery query;
    query.moment = store().KnownOn(*ParseDate(date));
    return Said(query);
  }

  FaultFileSystem files_;
  std::unique_ptr<LabelStore> store_;
};

const std::string kA = AddressNumber(1);
const std::string kB = AddressNumber(2);
const std::string kC = AddressNumber(3);

TEST_F(LabelStoreTest, KeepsEveryVersion) {
  const LabelChange first = Import(ListOf("L", {kA, kB}, {"x"}), 10 * kDay);
  EXPECT_EQ(first.imported, 2u);
  EXPECT_EQ(first.revision, 1u);
  const LabelChange second = Import(ListOf("L", {kB, kC}, {"x"}), 20 * kDay);
  EXPECT_EQ(second.imported, 1u);
  EXPECT_EQ(second.unchanged, 1u);
  EXPECT_EQ(second.removed, 1u);
  EXPECT_EQ(second.revision, 2u);
  for (int pass = 0; pass < 2; ++pass, Reopen()) {
    EXPECT_THAT(Said(), ElementsAre(kB + " x", kC + " x"));
    EXPECT_THAT(SaidOn("1970-01-10"), IsEmpty());
    EXPECT_THAT(SaidOn("1970-01-11"), ElementsAre(kA + " x", kB + " x"));
    EXPECT_THAT(SaidOn("1970-01-20"), ElementsAre(kA + " x", kB + " x"));
    EXPECT_THAT(SaidOn("1970-01-21"), ElementsAre(kB + " x", kC + " x"));
    EXPECT_EQ(store().labels_count(), 2u);
    ASSERT_EQ(store().revisions().size(), 2u);
    EXPECT_EQ(store().revisions()[1].added, 1u);
    EXPECT_EQ(store().revisions()[1].list, "L");
  }
}

TEST_F(LabelStoreTest, TheSameFileAgainChangesNothing) {
  EXPECT_EQ(ImportReal("walletexplorer.yaml").imported, 386u);
  const std::string version = store().Version();
  EXPECT_THAT(version, ::testing::MatchesRegex("1-[0-9a-f]{16}"));
  for (int pass = 0; pass < 2; ++pass, Reopen()) {
    const LabelChange again = ImportReal("walletexplorer.yaml", 5);
    EXPECT_EQ(again.revision, 0u);
    EXPECT_EQ(again.unchanged, 386u);
    EXPECT_EQ(store().Version(), version);
  }
}

TEST_F(LabelStoreTest, VersionsOfOfacsExtractAddAndRemove) {
  const auto import = [this](const std::string& name, std::int64_t time) {
    LabelReadOptions options;
    options.list = "OFAC";
    return Import(MustRead(LabelData(name), options).lists[0], time, name);
  };
  EXPECT_EQ(import("0xB10C_lists_XBT.txt", kDay).imported, 435u);
  EXPECT_EQ(import("0xB10C_lists_XBT.json", 2 * kDay).revision, 0u);  // the same of the same list
  const LabelChange newer = import("brave_lists_XBT.txt", 3 * kDay);
  EXPECT_EQ(newer.imported, 82u);
  EXPECT_EQ(newer.removed, 0u);
  EXPECT_EQ(import("am-i-exposed_ofac-addresses.json", 4 * kDay).imported, 1u);
  EXPECT_EQ(Said().size(), 518u);
  const LabelChange back = import("0xB10C_lists_XBT.txt", 5 * kDay);
  EXPECT_EQ(back.removed, 83u);
  EXPECT_EQ(Said().size(), 435u);
  EXPECT_EQ(SaidOn("1970-01-05").size(), 518u);
  EXPECT_EQ(SaidOn("1970-01-02").size(), 435u);
}

TEST_F(LabelStoreTest, VersionDependsOnWhatWasSaidAlone) {
  Import(ListOf("L", {kA}, {"x"}), 1, "one");
  Import(ListOf("M", {kB}, {"y"}), 2, "two");
  const std::string version = store().Version();
  FaultFileSystem others;
  ASSERT_OK_AND_ASSIGN(auto same, LabelStore::Open(others, "/d", LabelStore::Mode::kWrite));
  LabelImport import;
  import.list = ListOf("L", {kA}, {"x"});
  import.time = 1'000'000;
  ASSERT_OK(same->Import(import));
  EXPECT_NE(same->Version(), version);
  import.list = ListOf("M", {kB}, {"y"});
  ASSERT_OK(same->Import(import));
  EXPECT_EQ(same->Version(), version);
  import.list = ListOf("M", {kB}, {"z"});
  ASSERT_OK(same->Import(import));
  EXPECT_NE(same->Version().substr(2), version.substr(2));
}

TEST_F(LabelStoreTest, RemovalsAreRevisions) {
  Import(ListOf("L", {kA, kB}, {"x", "y"}), kDay);
  Import(ListOf("M", {kA}, {"x"}), kDay);
  const auto address = ParseLabelAddress(kA, std::nullopt);
  ASSERT_OK(address);
  ASSERT_OK_AND_ASSIGN(const LabelChange one,
                       store().RemoveAddress(address->network, address->bytes, "x", 2 * kDay));
  EXPECT_EQ(one.removed, 2u);
  EXPECT_THAT(Said(), ElementsAre(kA + " y", kB + " x", kB + " y"));
  ASSERT_OK_AND_ASSIGN(const LabelChange all, store().RemoveList("L", 3 * kDay));
  EXPECT_EQ(all.removed, 3u);
  EXPECT_EQ(all.revision, 4u);
  for (int pass = 0; pass < 2; ++pass, Reopen()) {
    EXPECT_THAT(Said(), IsEmpty());
    EXPECT_EQ(SaidOn("1970-01-02").size(), 5u);
    EXPECT_EQ(SaidOn("1970-01-03").size(), 3u);
    EXPECT_THAT(store().RemoveList("L", 4 * kDay), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(store().RemoveList("none", 4 * kDay), StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(store().RemoveAddress(address->network, address->bytes, std::nullopt, 4 * kDay),
                StatusIs(absl::StatusCode::kNotFound));
  }
  EXPECT_EQ(Import(ListOf("L", {kA}, {"x"}), 5 * kDay).imported, 1u);
  EXPECT_THAT(Said(), ElementsAre(kA + " x"));
  EXPECT_EQ(SaidOn("1970-01-03").size(), 3u);
}

TEST_F(LabelStoreTest, AVersionThatIsNotWholeRemovesNothingOfItsOpenSources) {
  LabelList list = ListOf("L", {kA, kB, kC}, {"x"});
  list.labels[0].source = "one";
  list.labels[1].source = "one";
  list.labels[2].source = "two";
  Import(list);
  LabelImport part;
  part.list = ListOf("L", {kA}, {"y"});
  part.list.labels[0].source = "one";
  part.open_sources = {"one"};
  ASSERT_OK_AND_ASSIGN(const LabelChange change, store().Import(part));
  EXPECT_EQ(change.removed, 2u);
  EXPECT_THAT(Said(), ElementsAre(kA + " y", kB + " x"));
}

TEST_F(LabelStoreTest, AnEmptyVersionRemovesNothing) {
  Import(ListOf("L", {kA}, {"x"}));
  EXPECT_EQ(Import(ListOf("L", {}, {})).revision, 0u);
  EXPECT_EQ(Said().size(), 1u);
}

TEST_F(LabelStoreTest, DatesOfAQuestionMustHold) {
  LabelList list = ListOf("L", {kA, kB}, {"x"});
  list.labels[0].valid_from = ParseDate("1970-01-05");
  list.labels[1].valid_to = ParseDate("1970-01-06");
  Import(list, 0);
  EXPECT_THAT(SaidOn("1970-01-04"), ElementsAre(kB + " x"));
  EXPECT_THAT(SaidOn("1970-01-05"), ElementsAre(kA + " x", kB + " x"));
  EXPECT_THAT(SaidOn("1970-01-07"), ElementsAre(kA + " x"));
  EXPECT_EQ(Said().size(), 2u);  // now: whatever days they hold for
}

TEST_F(LabelStoreTest, TimesNeverDescend) {
  Import(ListOf("L", {kA}, {"x"}), 10 * kDay);
  Import(ListOf("M", {kB}, {"x"}), 5 * kDay);  // a clock that went back
  EXPECT_EQ(store().revisions()[1].time, 10 * kDay);
  EXPECT_THAT(SaidOn("1970-01-07"), IsEmpty());
}

TEST_F(LabelStoreTest, PacksOfOneTitleAreToldApart) {
  EXPECT_EQ(ImportReal("binance.yaml").list, "GraphSense Binance (GraphSense Core Team)");
  const LabelChange hack = ImportReal("binance_hack.yaml");
  EXPECT_EQ(hack.list, "GraphSense Binance (GraphSense Core Team) [binance_hack.yaml]");
  EXPECT_EQ(hack.removed, 0u);
  EXPECT_EQ(ImportReal("binance.yaml").revision, 0u);
  EXPECT_EQ(ImportReal("binance_hack.yaml").revision, 0u);
  // A copy under another name says nothing new.
  LabelList renamed = MustRead(LabelData("binance.yaml")).lists[0];
  EXPECT_EQ(Import(renamed, 0, "copy.yaml").revision, 0u);
  // A newer version under another name takes --list, which the reader puts in place of the title.
  renamed.labels.pop_back();
  renamed.may_be_part = false;
  const LabelChange newer = Import(renamed, 0, "binance_2026.yaml");
  EXPECT_EQ(newer.list, "GraphSense Binance (GraphSense Core Team)");
  EXPECT_EQ(newer.removed, 1u);
  // From then on that name is known, and so is the first.
  LabelList replaced = renamed;
  replaced.may_be_part = true;
  replaced.labels = ListOf("", {kA}, {"binance.com"}).labels;
  EXPECT_EQ(Import(replaced, 0, "binance_2026.yaml").removed, 1u);
  EXPECT_EQ(ImportReal("binance.yaml").list, "GraphSense Binance (GraphSense Core Team)");
}

LabelList Pack(const std::vector<std::string>& addresses, const std::vector<Actor>& actors) {
  LabelList list = ListOf("T (C)", addresses, {"x"});
  list.may_be_part = true;
  list.actors = actors;
  return list;
}

TEST_F(LabelStoreTest, PacksOfOneTitleThatShareAnAddressDoNotReplaceEachOther) {
  for (const std::uint64_t imported : {2u, 0u}) {
    const LabelChange one = Import(Pack({kA, kB}, {}), 0, "one.yaml");
    EXPECT_EQ(one.list, "T (C)");
    EXPECT_EQ(one.imported, imported);
    const LabelChange two = Import(Pack({kB, kC}, {}), 0, "two.yaml");
    EXPECT_EQ(two.list, "T (C) [two.yaml]");
    EXPECT_EQ(two.imported, imported);
    EXPECT_EQ(two.removed, 0u);
    Reopen();
  }
  EXPECT_EQ(Said().size(), 4u);
}

TEST_F(LabelStoreTest, ActorPacksDoNotRemoveTagsOfTheirTitle) {
  const std::vector<Actor> actors = {{"a", "A", {}}};
  for (const std::uint64_t imported : {1u, 0u}) {
    EXPECT_EQ(Import(Pack({kA}, {}), 0, "t.yaml").imported, imported);
    const LabelChange other_file = Import(Pack({}, actors), 0, "actors.yaml");
    EXPECT_EQ(other_file.list, "T (C) [actors.yaml]");
    EXPECT_EQ(other_file.imported, imported);
    // Of the same name, in another folder.
    const LabelChange same_name = Import(Pack({}, actors), 0, "t.yaml");
    EXPECT_EQ(same_name.list, "T (C) [t.yaml]");
    EXPECT_EQ(same_name.imported, imported);
    const LabelChange both = Import(Pack({kB}, {}), 0, "actors.yaml");
    EXPECT_EQ(both.list, "T (C) [actors.yaml] tags");
    EXPECT_EQ(both.removed, 0u);
    Reopen();
  }
  EXPECT_THAT(Said(), ElementsAre(kA + " x", kB + " x"));
}

TEST_F(LabelStoreTest, ActorsFillWhatTagsLeaveOut) {
  LabelList list = ListOf("L", {kA}, {"tag"});
  list.labels[0].actor = "binance";
  Import(list, kDay);
  ImportReal("actorpack_cut.yaml", 2 * kDay);
  for (int pass = 0; pass < 2; ++pass, Reopen()) {
    LabelQuery query;
    query.moment = store().Now();
    KnownLabel known;
    EXPECT_THAT(store().Find(query)->Next(&known), IsOkAndHolds(true));
    EXPECT_EQ(known.actor_name, "Binance");
    EXPECT_EQ(known.label.category, "organization");
    EXPECT_EQ(known.label.label_class, LabelClass::kService);
    query.resolve_actors = false;
    EXPECT_THAT(store().Find(query)->Next(&known), IsOkAndHolds(true));
    EXPECT_EQ(known.label, list.labels[0]);
    query.moment = store().KnownOn(*ParseDate("1970-01-02"));  // before the pack
    EXPECT_THAT(store().Find(query)->Next(&known), IsOkAndHolds(true));
    EXPECT_EQ(known.actor_name, "");
  }
  ASSERT_OK(store().RemoveList("Graphsense Actors (Graphsense Core Team)", 3 * kDay));
  LabelQuery query;
  query.moment = store().Now();
  KnownLabel known;
  EXPECT_THAT(store().Find(query)->Next(&known), IsOkAndHolds(true));
  EXPECT_EQ(known.actor_name, "");
}

TEST_F(LabelStoreTest, FindsByNetworkAddressAndList) {
  Import(ListOf("L", {kB, "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq", kA}, {"x"}));
  Import(ListOf("M", {kA}, {"x", "y"}));
  LabelQuery query;
  query.network = Network::kTron;
  EXPECT_THAT(Said(query), ElementsAre("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq x"));
  query.network = Network::kBitcoin;
  EXPECT_EQ(Said(query).size(), 4u);
  query.list = "L";
  EXPECT_THAT(Said(query), ElementsAre(kA + " x", kB + " x"));
  query.address = ParseLabelAddress(kA, std::nullopt)->bytes;
  EXPECT_THAT(Said(query), ElementsAre(kA + " x"));
  query.list.reset();
  EXPECT_EQ(Said(query).size(), 3u);
  query.list = "none";
  EXPECT_THAT(Said(query), IsEmpty());
  EXPECT_THAT(store().LabelsOf(Network::kBitcoin, std::string(1000, 'x'), store().Now()),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(LabelStoreTest, CheckFindsWhatDoesNotAgree) {
  Import(ListOf("L", {kA, kB}, {"x", "y"}));
  ImportReal("actorpack_cut.yaml");
  Import(ListOf("L", {kA, kC}, {"x"}));
  ASSERT_OK_AND_ASSIGN(const LabelCheck sound, store().Check());
  EXPECT_GT(sound.checked, 20u);
  EXPECT_THAT(sound.problems, IsEmpty());
  store_.reset();
  // Every entry of the labels, taken out alone, or given another end.
  std::vector<KvBatch::Operation> entries;
  {
    ASSERT_OK_AND_ASSIGN(auto kv, KvStore::Open(files_, "/data/labels", KvOptions()));
    const auto iterator = kv->NewIterator();
    for (iterator->Seek(""); iterator->Valid(); iterator->Next()) {
      const char space = iterator->key()[0];
      if (space != kLabelSpace && space != kListIndexSpace && space != kActorSpace) continue;
      entries.push_back({std::string(iterator->key()), std::string(iterator->value())});
    }
  }
  ASSERT_GT(entries.size(), 10u);
  for (const KvBatch::Operation& entry : entries) {
    for (const bool removed : {true, false}) {
      SCOPED_TRACE(absl::StrCat(entry.key[0] == kLabelSpace ? "label" : "other", removed));
      const std::unique_ptr<FaultFileSystem> copy = files_.Clone();
      {
        ASSERT_OK_AND_ASSIGN(auto kv, KvStore::Open(*copy, "/data/labels", KvOptions()));
        KvBatch batch;
        if (removed) {
          batch.Delete(entry.key);
        } else {
          batch.Put(entry.key, WithRemoved(*entry.value, 1));
        }
        ASSERT_OK(kv->Write(batch, /*sync=*/true));
      }
      ASSERT_OK_AND_ASSIGN(auto damaged, LabelStore::Open(*copy, "/data", LabelStore::Mode::kRead));
      ASSERT_OK_AND_ASSIGN(const LabelCheck check, damaged->Check());
      EXPECT_FALSE(check.problems.empty());
    }
  }
}

// Rows that agree with each other and with their revision, and are not what was imported.
TEST_F(LabelStoreTest, CheckComputesTheDigestsAgain) {
  Import(ListOf("L", {kA, kB}, {"x"}));
  Import(ListOf("M", {kC}, {"y"}));
  store_.reset();
  {
    ASSERT_OK_AND_ASSIGN(auto kv, KvStore::Open(files_, "/data/labels", KvOptions()));
    const Label from = ListOf("", {kA}, {"x"}).labels[0];
    const Label to = ListOf("", {kA}, {"z"}).labels[0];
    KvBatch batch;
    batch.Delete(LabelKey(ContentKey(from), {0}, 1));
    batch.Delete(ListIndexKey({0}, ContentKey(from), 1));
    batch.Put(LabelKey(ContentKey(to), {0}, 1), EncodeLabel(to, 0));
    batch.Put(ListIndexKey({0}, ContentKey(to), 1), EncodeRemoved(0));
    ASSERT_OK(kv->Write(batch, /*sync=*/true));
  }
  ASSERT_OK_AND_ASSIGN(const LabelCheck check, store().Check());
  EXPECT_THAT(check.problems,
              ElementsAre("labels: the digest of revision 1 is not that of what it says"));
}

TEST_F(LabelStoreTest, OneOpensItAtATime) {
  EXPECT_THAT(LabelStore::Open(files_, "/data", LabelStore::Mode::kRead),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no labels there")));
  Import(ListOf("L", {kA}, {"x"}));
  EXPECT_THAT(LabelStore::Open(files_, "/data", LabelStore::Mode::kRead),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(LabelStoreTest, NewerFormatsAreRefusedPlainly) {
  Import(ListOf("L", {kA}, {"x"}));
  store_.reset();
  {
    ASSERT_OK_AND_ASSIGN(auto kv, KvStore::Open(files_, "/data/labels", KvOptions()));
    KvBatch batch;
    std::string format = EncodeFormat();
    format[8] = 2;
    batch.Put(kFormatKey, format);
    ASSERT_OK(kv->Write(batch, /*sync=*/true));
  }
  EXPECT_THAT(LabelStore::Open(files_, "/data", LabelStore::Mode::kRead),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("use the newer coinwake")));
}

TEST(LabelCodec, DecodersTakeNothingElse) {
  const LabelList list = ListOf("L", {kA}, {"x"});
  const std::string label = EncodeLabel(list.labels[0], 7);
  Label decoded;
  std::uint64_t removed = 0;
  ASSERT_OK(DecodeLabel(label, &decoded, &removed));
  EXPECT_EQ(removed, 7u);
  EXPECT_EQ(decoded.name, "x");
  for (const int confidence : {5, 999, 1010}) {
    Label odd = list.labels[0];
    odd.confidence_permille = static_cast<std::uint16_t>(confidence);
    EXPECT_THAT(DecodeLabel(EncodeLabel(odd, 0), &decoded, &removed),
                StatusIs(absl::StatusCode::kDataLoss))
        << confidence;
  }
  LabelRevision revision;
  revision.number = 3;
  revision.file = "f";
  const std::string encoded = EncodeRevision(revision);
  EXPECT_EQ(DecodeRevision(encoded)->file, "f");
  for (std::size_t size = 0; size < label.size(); ++size) {
    Label scratch;
    EXPECT_THAT(DecodeLabel(label.substr(0, size), &scratch, &removed),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_THAT(DecodeRevision(encoded.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss));
  }
  const std::string content = ContentKey(list.labels[0]);
  const std::string key = LabelKey(content, {5}, 9);
  ASSERT_OK_AND_ASSIGN(const LabelPlace place, ParseLabelKey(key));
  EXPECT_EQ(place.list.value, 5u);
  EXPECT_EQ(place.added, 9u);
  EXPECT_EQ(place.address, list.labels[0].address);
  EXPECT_EQ(ParseListIndexKey(ListIndexKey({5}, content, 9))->content, content);
  for (std::size_t size = 0; size < key.size(); ++size) {
    EXPECT_THAT(ParseLabelKey(key.substr(0, size)), StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(ParseListIndexKey("i" + key.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss));
  }
}

}  // namespace
}  // namespace coinwake
