// Goal: a screening says of an address, a transaction and an output what labels, seeds and payments
// show, on both chains, as of when its rules ask; and says plainly what it does not know.
// Method: a small chain of payments whose units can be followed by hand; a town with a service;
// each answer as short lines.
#include "server/screening_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/screening.pb.h"
#include "indexer/tron/known_addresses.h"
#include "indexer/view/open.h"
#include "labels/label_store.h"
#include "screening/rules_file.h"
#include "server/index_set.h"
#include "server/json.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/always_cancelled.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kDaySeconds = 86'400;

// "sanctioned 90 source BTC 60+0 of 666666": an alert.
std::vector<std::string> AlertsOf(const v1::ScreeningResult& result) {
  std::vector<std::string> lines;
  for (const v1::ScreeningAlert& alert : result.alerts()) {
    lines.push_back(absl::StrCat(alert.rule(), " ", alert.score(), " "));
    absl::StrAppend(&lines.back(),
                    alert.has_share_ppm()
                        ? absl::StrCat(alert.side(), " ", alert.asset(), " ", alert.direct(), "+",
                                       alert.indirect(), " of ", alert.share_ppm())
                        : alert.about());
  }
  return lines;
}

// "source sanction Listed 60+30 1 hop"; then the totals.
std::vector<std::string> ExposureOf(const v1::ScreeningResult& result) {
  std::vector<std::string> lines;
  for (const v1::ScreeningExposureEntry& entry : result.exposure().entries()) {
    lines.push_back(absl::StrCat(entry.side(), " ", entry.category(), " ", entry.entity(), " ",
                                 entry.direct(), "+", entry.indirect()));
    if (entry.has_min_hops()) absl::StrAppend(&lines.back(), " ", entry.min_hops());
  }
  for (const v1::ScreeningTotal& total : result.exposure().totals()) {
    lines.push_back(absl::StrCat(total.side(), " ", total.amount()));
  }
  return lines;
}

constexpr char kRules[] =
    "version: 1\n"
    "rules:\n"
    "  - {id: listed, score: 100, exposure: own, classes: sanction}\n"
    "  - {id: near, score: 90, exposure: direct, classes: sanction}\n"
    "  - {id: bank, score: 5, exposure: [own, cluster], categories: exchange}\n"
    "  - {id: far, score: 50, exposure: indirect, classes: sanction}\n"
    "  - {id: at-bank, score: 0, exposure: direct, direction: withdrawal, categories: exchange}\n";

// Of 100 listed and 100 plain coins, in this order, the shop gets 60 listed, mid 40 listed and 50
// plain; mid passes 30 listed to the shop, 10 listed and 50 plain to the vault, which was spent
// with the till.
class OutputScreening : public ::testing::Test {
 protected:
  OutputScreening() {
    chain_.AddBlock({{"mint", {}, {{"listed", 100}, {"till", 1}, {"vault", 1}, {"plain", 100}}}});
    chain_.AddBlock({{}, {"sweep", {Spend("mint", 1), Spend("mint", 2)}, {{"far", 2}}}});
    chain_.AddBlock(
        {{}, {"pay", {Spend("mint", 0), Spend("mint", 3)}, {{"shop", 60}, {"mid", 90}}}});
    chain_.AddBlock({{}, {"on", {Spend("pay", 1)}, {{"shop", 30}, {"vault", 60}}}});
    EXPECT_OK(chain_.Build(files_, "/data").status());
    auto store = LabelStore::Open(files_, "/labels", LabelStore::Mode::kWrite);
    EXPECT_OK(store.status());
    labels_ = *std::move(store);
    Label("listed", "Listed", "", LabelClass::kSanction, 1);
    Label("till", "Quayside Bank", "exchange", LabelClass::kService, 1);
  }

  static std::string BytesOf(const std::string& who) {
    const std::vector<std::uint8_t> script = ScriptOfName(who);
    return {script.begin(), script.end()};
  }
  static std::string NameOf(const std::string& who) {
    return AddressText(Network::kBitcoinRegtest, BytesOf(who));
  }
  std::string Txid(const std::string& tx) const { return chain_.TxidOf(tx).ToDisplayHex(); }

  void Label(const std::string& who, const std::string& name, const std::string& category,
             LabelClass label_class, std::int64_t time,
             std::optional<Date> valid_to = std::nullopt) {
    coinwake::Label label;
    label.network = Network::kBitcoinRegtest;
    label.address = BytesOf(who);
    label.name = name;
    label.category = category;
    label.source = "https://list.example/" + name;
    label.label_class = label_class;
    label.valid_to = valid_to;
    LabelImport import;
    import.list.list = "of " + who;
    import.list.labels = {label};
    import.time = time;
    EXPECT_OK(labels_->Import(import).status());
    screener_.reset();
    open_.reset();
  }

  Screener& TheScreener() {
    if (screener_ != nullptr) return *screener_;
    auto index = OpenForReading(files_, "/data", Network::kBitcoinRegtest, labels_->Version());
    EXPECT_OK(index.status());
    open_ = std::make_unique<OpenNetwork>(*std::move(index), 1, nullptr, labels_);
    screener_ = std::make_unique<Screener>(*open_);
    return *screener_;
  }
  absl::StatusOr<v1::ScreeningResult> Ask(const std::string& subject,
                                          const v1::ScreenOptions& options) {
    Screener& screener = TheScreener();
    COINWAKE_ASSIGN_OR_RETURN(const PreparedScreening screening,
                              screener.Prepare(options, nullptr));
    v1::ScreeningResult result;
    COINWAKE_RETURN_IF_ERROR(screener.Answer(screening, subject, nullptr, &result));
    return result;
  }
  v1::ScreeningResult Screened(const std::string& subject, const std::string& direction = "",
                               const std::string& rules = kRules) {
    v1::ScreenOptions options;
    options.set_direction(direction);
    options.set_rules(rules);
    const absl::StatusOr<v1::ScreeningResult> result = Ask(subject, options);
    EXPECT_OK(result.status());
    return result.ok() ? *result : v1::ScreeningResult();
  }
  absl::Status Wrong(const v1::ScreenOptions& options) {
    return Ask(NameOf("shop"), options).status();
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  std::shared_ptr<LabelStore> labels_;
  std::unique_ptr<OpenNetwork> open_;
  std::unique_ptr<Screener> screener_;  // goes first
};

TEST_F(OutputScreening, FollowsADepositToItsSource) {
  const v1::ScreeningResult shop = Screened(NameOf("shop"), "deposit");
  EXPECT_EQ(shop.status(), "screened");
  EXPECT_EQ(shop.kind(), "address");
  EXPECT_EQ(shop.subject(), NameOf("shop"));
  EXPECT_EQ(shop.direction(), "deposit");
  EXPECT_EQ(shop.risk_score(), 90U);
  EXPECT_THAT(AlertsOf(shop),
              ElementsAre("near 90 source BTC 60+0 of 666666", "far 50 source BTC 0+30 of 333333"));
  EXPECT_THAT(ExposureOf(shop), ElementsAre("source sanction Listed 60+30 1", "source 90"));
  EXPECT_FALSE(shop.truncated());
  EXPECT_EQ(shop.max_hops(), kDefaultScreenHops);
  EXPECT_EQ(shop.snapshot().height(), 4U);
  EXPECT_EQ(shop.snapshot().label_set(), labels_->Version());
  ASSERT_OK_AND_ASSIGN(const RuleSet rules, ParseRules(kRules, "rules"));
  EXPECT_EQ(shop.rules_sha256(), rules.sha256.ToHex());

  ASSERT_THAT(shop.evidence(), SizeIs(2));
  const v1::ScreeningEvidence& near = shop.evidence(0);
  EXPECT_EQ(near.alert(), 0U);
  EXPECT_EQ(near.address(), NameOf("listed"));
  EXPECT_EQ(near.direct(), "60");
  EXPECT_THAT(near.transactions(), ElementsAre(Txid("pay")));
  EXPECT_THAT(near.route(), IsEmpty());
  ASSERT_THAT(near.labels(), SizeIs(1));
  EXPECT_EQ(near.labels(0).label(), "Listed");
  EXPECT_EQ(near.labels(0).list(), "of listed");
  EXPECT_EQ(near.labels(0).source(), "https://list.example/Listed");
  EXPECT_EQ(near.labels(0).revision(), 1U);
}

TEST_F(OutputScreening, ShowsAWayOfWhatIsIndirect) {
  const v1::ScreeningResult vault = Screened(NameOf("vault"), "deposit");
  EXPECT_THAT(AlertsOf(vault), ElementsAre("far 50 source BTC 0+10 of 163934", "bank 5 cluster"));
  EXPECT_THAT(ExposureOf(vault), ElementsAre("source sanction Listed 0+10 2", "source 61"));
  ASSERT_THAT(vault.evidence(), SizeIs(2));
  EXPECT_EQ(vault.evidence(0).min_hops(), 2U);
  EXPECT_THAT(vault.evidence(0).transactions(), IsEmpty());
  EXPECT_THAT(vault.evidence(0).route(), ElementsAre(Txid("pay"), Txid("on")));
  EXPECT_EQ(vault.evidence(1).labels(0).address(), NameOf("till"));
}

TEST_F(OutputScreening, FollowsAWithdrawalToItsDestination) {
  const v1::ScreeningResult mid = Screened(NameOf("mid"), "withdrawal");
  EXPECT_THAT(AlertsOf(mid), ElementsAre("at-bank 0 destination BTC 60+0 of 666666"));
  EXPECT_TRUE(mid.has_risk_score());
  EXPECT_EQ(mid.risk_score(), 0U);
  EXPECT_THAT(ExposureOf(mid),
              ElementsAre("destination exchange Quayside Bank 60+0 1", "destination 90"));
  EXPECT_EQ(mid.evidence(0).address(), NameOf("vault"));
  EXPECT_THAT(mid.evidence(0).transactions(), ElementsAre(Txid("on")));
  const v1::ScreeningResult listed = Screened(NameOf("listed"), "withdrawal");
  EXPECT_THAT(AlertsOf(listed), ElementsAre("listed 100 own"));
  EXPECT_THAT(ExposureOf(listed),
              ElementsAre("destination exchange Quayside Bank 0+10 2", "destination 100"));
}

TEST_F(OutputScreening, TellsBothSidesApart) {
  const v1::ScreeningResult mid = Screened(NameOf("mid"));
  EXPECT_EQ(mid.direction(), "both");
  EXPECT_THAT(AlertsOf(mid), ElementsAre("near 90 source BTC 40+0 of 444444",
                                         "at-bank 0 destination BTC 60+0 of 666666"));
  EXPECT_THAT(ExposureOf(mid), ElementsAre("source sanction Listed 40+0 1",
                                           "destination exchange Quayside Bank 60+0 1", "source 90",
                                           "destination 90"));
}

TEST_F(OutputScreening, TakesTransactionsAndTheirOutputs) {
  const v1::ScreeningResult pay = Screened(Txid("pay"), "deposit");
  EXPECT_EQ(pay.kind(), "transaction");
  EXPECT_EQ(pay.subject(), Txid("pay"));
  EXPECT_THAT(AlertsOf(pay), ElementsAre("near 90 source BTC 100+0 of 666666"));
  const v1::ScreeningResult on = Screened(Txid("on"));
  EXPECT_THAT(AlertsOf(on), ElementsAre("far 50 source BTC 0+40 of 444444",
                                        "at-bank 0 destination BTC 60+0 of 666666"));
  const v1::ScreeningResult output = Screened(Txid("on") + ":1");
  EXPECT_EQ(output.kind(), "output");
  EXPECT_THAT(AlertsOf(output), ElementsAre("far 50 source BTC 0+10 of 166666",
                                            "at-bank 0 destination BTC 60+0 of 1000000"));
  EXPECT_THAT(output.evidence(0).route(), ElementsAre(Txid("pay"), Txid("on")));
  // What a transaction pays on is one hop further.
  EXPECT_THAT(ExposureOf(Screened(Txid("pay"), "withdrawal")),
              ElementsAre("destination exchange Quayside Bank 0+60 2", "destination 150"));
  v1::ScreenOptions options;
  EXPECT_THAT(Ask(Txid("on") + ":2", options).status(),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("2 outputs")));
}

TEST_F(OutputScreening, LooksNoFurtherThanAsked) {
  v1::ScreenOptions options;
  options.set_rules(kRules);
  options.set_max_hops(1);
  ASSERT_OK_AND_ASSIGN(v1::ScreeningResult shop, Ask(NameOf("shop"), options));
  EXPECT_THAT(AlertsOf(shop), ElementsAre("near 90 source BTC 60+0 of 666666"));
  EXPECT_EQ(shop.max_hops(), 1U);
  options.set_rules(
      "{version: 1, rules: [{id: x, score: 1, exposure: direct, classes: sanction}]}");
  options.set_max_hops(7);
  ASSERT_OK_AND_ASSIGN(shop, Ask(NameOf("shop"), options));
  EXPECT_EQ(shop.max_hops(), 1U);  // nothing indirect is asked for
}

TEST_F(OutputScreening, SaysWhatItDoesNotHave) {
  const v1::ScreeningResult nobody = Screened(NameOf("nobody"));
  EXPECT_EQ(nobody.status(), "never_seen");
  EXPECT_FALSE(nobody.has_risk_score());
  EXPECT_THAT(nobody.alerts(), IsEmpty());
  EXPECT_EQ(nobody.snapshot().height(), 4U);
  Label("nobody", "Listed too", "", LabelClass::kSanction, 2);
  const v1::ScreeningResult listed = Screened(NameOf("nobody"));
  EXPECT_EQ(listed.status(), "never_seen");
  EXPECT_THAT(AlertsOf(listed), ElementsAre("listed 100 own"));
  const v1::ScreeningResult unknown = Screened(std::string(64, 'a'));
  EXPECT_EQ(unknown.status(), "not_indexed");
  EXPECT_EQ(unknown.kind(), "transaction");
  EXPECT_FALSE(unknown.has_risk_score());
  EXPECT_EQ(Screened(std::string(64, 'a') + ":3").status(), "not_indexed");
  const v1::ScreeningResult plain = Screened(NameOf("plain"));
  EXPECT_EQ(plain.status(), "screened");
  EXPECT_FALSE(plain.has_risk_score());
}

TEST_F(OutputScreening, KnowsLabelsAsOfTheDateOfARule) {
  Label("plain", "Listed later", "", LabelClass::kSanction, 10 * kDaySeconds);
  Label("far", "Listed once", "", LabelClass::kSanction, 10 * kDaySeconds, Date{12});
  const std::string rules =
      "version: 1\n"
      "rules:\n"
      "  - {id: then, score: 1, exposure: own, classes: sanction, as_of: 1970-01-10}\n"
      "  - {id: day, score: 2, exposure: own, classes: sanction, as_of: 1970-01-11}\n"
      "  - {id: after, score: 3, exposure: own, classes: sanction, as_of: 1970-01-14}\n"
      "  - {id: paid-then, score: 4, exposure: direct, classes: sanction, as_of: 1970-01-10}\n"
      "  - {id: paid-day, score: 5, exposure: direct, classes: sanction, as_of: 1970-01-11}\n";
  EXPECT_THAT(AlertsOf(Screened(NameOf("plain"), "", rules)),
              ElementsAre("after 3 own", "day 2 own"));
  EXPECT_THAT(AlertsOf(Screened(NameOf("far"), "deposit", rules)), ElementsAre("day 2 own"));
  const v1::ScreeningResult mid = Screened(NameOf("mid"), "deposit", rules);
  EXPECT_THAT(AlertsOf(mid), ElementsAre("paid-day 5 source BTC 90+0 of 1000000",
                                         "paid-then 4 source BTC 40+0 of 444444"));
  ASSERT_THAT(mid.evidence(), SizeIs(3));
  EXPECT_EQ(mid.evidence(0).address(), NameOf("plain"));
  EXPECT_EQ(mid.evidence(2).address(), NameOf("listed"));
}

TEST_F(OutputScreening, LooksForSeeds) {
  v1::ScreenOptions options;
  options.set_rules(
      "version: 1\n"
      "rules:\n"
      "  - {id: own, score: 7, exposure: own, any_seed: true}\n"
      "  - {id: heron, score: 6, exposure: [direct, indirect], seeds: Blue Heron}\n");
  v1::ScreenSeed* const seed = options.add_seeds();
  seed->set_address(NameOf("plain"));
  seed->set_label("Blue Heron");
  options.add_seeds()->set_address(NameOf("mid"));
  ASSERT_OK_AND_ASSIGN(v1::ScreeningResult result, Ask(NameOf("mid"), options));
  EXPECT_THAT(AlertsOf(result), ElementsAre("own 7 own", "heron 6 source BTC 50+0 of 555555"));
  EXPECT_THAT(result.evidence(0).seeds(), ElementsAre(NameOf("mid")));
  EXPECT_THAT(result.evidence(1).seeds(), ElementsAre("Blue Heron"));
  ASSERT_OK_AND_ASSIGN(result, Ask(NameOf("vault"), options));
  // The other seed is named by no rule about payments, so that money is followed through it.
  EXPECT_THAT(AlertsOf(result), ElementsAre("heron 6 source BTC 0+50 of 819672"));
}

TEST_F(OutputScreening, HasDefaultRules) {
  const v1::ScreeningResult listed = Screened(NameOf("listed"), "", "");
  EXPECT_THAT(AlertsOf(listed), ElementsAre("sanctioned 100 own"));
  EXPECT_EQ(listed.rules_sha256(), DefaultRules().sha256.ToHex());
  // 60 satoshi are dust, but they are all that the shop has.
  EXPECT_THAT(AlertsOf(Screened(NameOf("shop"), "", "")),
              ElementsAre("sanctioned-indirect 50 source BTC 0+30 of 333333"));
}

TEST_F(OutputScreening, StopsReadingAtALimit) {
  SimpleTransaction many{"many", {}, {}};
  for (std::size_t i = 0; i < kMaxScreenOutputs; ++i) many.outputs.push_back({"hub", 1});
  FaultFileSystem files;
  const auto ask = [&](const std::string& data) {
    auto index = OpenForReading(files, data, Network::kBitcoinRegtest);
    EXPECT_OK(index.status());
    OpenNetwork open(*std::move(index), 1, nullptr);
    Screener screener(open);
    const auto screening = screener.Prepare({}, nullptr);
    EXPECT_OK(screening.status());
    v1::ScreeningResult result;
    EXPECT_OK(screener.Answer(*screening, NameOf("hub"), nullptr, &result));
    return result;
  };
  IndexBuilder just;
  just.AddBlock({many});
  ASSERT_OK(just.Build(files, "/just").status());
  EXPECT_FALSE(ask("/just").truncated());
  many.outputs.push_back({"hub", 1});
  IndexBuilder more;
  more.AddBlock({many});
  ASSERT_OK(more.Build(files, "/more").status());
  const v1::ScreeningResult cut = ask("/more");
  EXPECT_TRUE(cut.truncated());
  EXPECT_THAT(cut.cuts(), ElementsAre(HasSubstr("first 10000 outputs")));
  EXPECT_THAT(ExposureOf(cut), ElementsAre("source 10000", "destination 0"));
}

TEST_F(OutputScreening, RefusesWhatItDoesNotUnderstand) {
  v1::ScreenOptions options;
  options.set_direction("in");
  EXPECT_THAT(Wrong(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("both, deposit, withdrawal")));
  options.Clear();
  options.set_max_hops(0);
  EXPECT_THAT(Wrong(options), StatusIs(absl::StatusCode::kInvalidArgument));
  options.set_max_hops(kMaxScreenHops + 1);
  EXPECT_THAT(Wrong(options), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("20")));
  options.Clear();
  options.set_asset("TRX");
  EXPECT_THAT(Wrong(options), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("BTC")));
  options.Clear();
  options.set_rules("version: 1\nrules: {}\n");
  EXPECT_THAT(Wrong(options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rules:2: rules")));
  options.Clear();
  options.add_seeds()->set_address("nobody");
  EXPECT_THAT(Wrong(options), StatusIs(absl::StatusCode::kInvalidArgument));
  options.mutable_seeds(0)->set_address(NameOf("mid"));
  options.mutable_seeds(0)->set_label(std::string(257, 'x'));
  EXPECT_THAT(Wrong(options), StatusIs(absl::StatusCode::kInvalidArgument));
  for (const std::string subject : {"", "nobody", "abc:0"}) {
    EXPECT_THAT(Ask(subject, {}).status(), StatusIs(absl::StatusCode::kInvalidArgument)) << subject;
  }
  const AlwaysCancelled cancelled;
  ASSERT_OK_AND_ASSIGN(const PreparedScreening screening, TheScreener().Prepare({}, nullptr));
  v1::ScreeningResult result;
  EXPECT_THAT(TheScreener().Answer(screening, NameOf("mid"), &cancelled, &result),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(OutputScreening, SaysTheSameAgain) {
  const std::string first = ToJson(Screened(NameOf("mid")));
  EXPECT_EQ(ToJson(Screened(NameOf("mid"))), first);
  screener_.reset();
  open_.reset();
  EXPECT_EQ(ToJson(Screened(NameOf("mid"))), first);
}

// A service with customers; one of whom also pays a broker, who pays on.
class AccountScreening : public ::testing::Test {
 protected:
  static constexpr std::uint64_t kUsd = 1'000'000;  // micro-USDT

  void SetUp() override {
    Town town;
    town.AddCustomers({Town::Person(500), Town::Person(501)}, 0, kLeastSweepers);
    town.Give(Town::Person(100), 500 * kUsd);
    town.chain().NextBlock();
    town.Pay(Town::Person(100), Town::Person(101), 300 * kUsd);
    town.PayTrx(Town::Person(100), Town::Person(101), 50 * kSunPerTrx);
    town.chain().NextBlock();
    town.Pay(Town::Person(101), Town::Person(102), 200 * kUsd);
    town.chain().NextBlock();
    index_ = IndexOf(town.chain().blocks(), Network::kTronPrivate);
    auto store = LabelStore::Open(*index_.files, "/labels", LabelStore::Mode::kWrite);
    ASSERT_OK(store.status());
    labels_ = *std::move(store);
    coinwake::Label label;
    label.network = Network::kTronPrivate;
    const tron::Account listed(Town::Person(102));
    label.address.assign(listed.bytes().begin(), listed.bytes().end());
    label.name = "Listed";
    label.label_class = LabelClass::kSanction;
    LabelImport import;
    import.list.list = "a list";
    import.list.labels = {label};
    import.time = 1;
    ASSERT_OK(labels_->Import(import).status());
    open_ = std::make_unique<OpenNetwork>(std::move(index_.index), 1, nullptr, labels_);
    screener_ = std::make_unique<Screener>(*open_);
  }
  static std::string NameOf(std::uint64_t person) {
    return tron::Account(Town::Person(person)).Name();
  }
  static std::string Usdt() { return "TRC20:" + std::string(tron::kTetherContract); }

  v1::ScreeningResult Screened(const std::string& subject, const std::string& direction,
                               const std::string& asset = "", const std::string& rules = "") {
    v1::ScreenOptions options;
    options.set_direction(direction);
    options.set_asset(asset);
    options.set_rules(rules);
    v1::ScreeningResult result;
    const auto screening = screener_->Prepare(options, nullptr);
    EXPECT_OK(screening.status());
    if (screening.ok()) {
      EXPECT_OK(screener_->Answer(*screening, subject, nullptr, &result));
    }
    return result;
  }

  TronIndex index_;
  std::shared_ptr<LabelStore> labels_;
  std::unique_ptr<OpenNetwork> open_;
  std::unique_ptr<Screener> screener_;
};

TEST_F(AccountScreening, FollowsTransfers) {
  const v1::ScreeningResult broker = Screened(NameOf(101), "withdrawal");
  EXPECT_THAT(AlertsOf(broker), ElementsAre("sanctioned-direct 90 destination " + Usdt() +
                                            " 200000000+0 of 1000000"));
  ASSERT_THAT(broker.evidence(), SizeIs(1));
  EXPECT_EQ(broker.evidence(0).address(), NameOf(102));
  ASSERT_THAT(broker.evidence(0).transactions(), SizeIs(1));
  const std::string txid = broker.evidence(0).transactions(0);

  const v1::ScreeningResult payer = Screened(NameOf(100), "withdrawal", Usdt());
  EXPECT_THAT(AlertsOf(payer), ElementsAre("sanctioned-indirect 50 destination " + Usdt() +
                                           " 0+200000000 of 666666"));
  ASSERT_THAT(payer.evidence(), SizeIs(1));
  EXPECT_THAT(payer.evidence(0).route(), SizeIs(2));
  EXPECT_EQ(payer.evidence(0).route(1), txid);

  EXPECT_THAT(
      AlertsOf(Screened(txid, "withdrawal")),
      ElementsAre("sanctioned-direct 90 destination " + Usdt() + " 200000000+0 of 1000000"));
  EXPECT_EQ(Screened(std::string(64, 'b'), "").status(), "not_indexed");
}

TEST_F(AccountScreening, KnowsServicesByTheirUse) {
  const v1::ScreeningResult customer = Screened(
      NameOf(3), "withdrawal", Usdt(),
      "version: 1\nrules:\n  - {id: served, score: 1, exposure: direct, classes: service}\n"
      "  - {id: own, score: 2, exposure: cluster, classes: service}\n");
  EXPECT_THAT(AlertsOf(customer), SizeIs(1));
  EXPECT_EQ(customer.alerts(0).rule(), "served");
  EXPECT_EQ(customer.evidence(0).service(), NameOf(500));
  EXPECT_THAT(customer.evidence(0).labels(), IsEmpty());
  ASSERT_THAT(customer.exposure().entries(), SizeIs(1));
  EXPECT_EQ(customer.exposure().entries(0).category(), "service");
  EXPECT_EQ(customer.exposure().entries(0).entity(), NameOf(500));
}

TEST_F(AccountScreening, FollowsTheSourceBackToSeeds) {
  v1::ScreenOptions options;
  options.set_direction("deposit");
  options.set_asset(Usdt());
  options.add_seeds()->set_address(NameOf(100));
  const auto screening = screener_->Prepare(options, nullptr);
  ASSERT_OK(screening.status());
  v1::ScreeningResult result;
  ASSERT_OK(screener_->Answer(*screening, NameOf(102), nullptr, &result));
  EXPECT_THAT(AlertsOf(result), Contains(AllOf(HasSubstr("seed-indirect"), HasSubstr("source"),
                                               HasSubstr(" 0+200000000 of 1000000"))));
  EXPECT_THAT(result.cuts(), IsEmpty());
}

TEST_F(AccountScreening, HasNoScoreWhereNoRuleFires) {
  const v1::ScreeningResult deposit = Screened(NameOf(101), "deposit", Usdt());
  EXPECT_FALSE(deposit.truncated());
  EXPECT_THAT(deposit.cuts(), IsEmpty());
  EXPECT_FALSE(deposit.has_risk_score());
  ASSERT_THAT(deposit.exposure().totals(), SizeIs(1));
  EXPECT_EQ(deposit.exposure().totals(0).amount(), "300000000");
  v1::ScreenOptions options;
  options.set_asset("TRC10:1");
  const auto screening = screener_->Prepare(options, nullptr);
  ASSERT_OK(screening.status());
  v1::ScreeningResult result;
  EXPECT_THAT(screener_->Answer(*screening, NameOf(101), nullptr, &result),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(screener_->Answer(*screening, std::string(64, 'b') + ":0", nullptr, &result),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no outputs")));
}

}  // namespace
}  // namespace coinwake::server
