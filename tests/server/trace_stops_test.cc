// Goal: a trace stops where its request, labels or what accounts do say that a service is, on both
// chains, and says so; seeds of a service's cluster are refused.
// Method: a payment to an address of a labelled cluster that is not labelled itself, with each
// label that must stop it or must not; a town with a service and its customers.
#include "server/trace_stops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/tron/known_addresses.h"
#include "indexer/view/open.h"
#include "labels/label_store.h"
#include "server/account_answers.h"
#include "server/account_trace.h"
#include "server/index_set.h"
#include "server/trace_answers.h"
#include "tests/heuristics/account_town.h"
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
using ::testing::Not;

// What traces build, for whoever asks whether they did.
class Lines : public Log {
 public:
  void Say(std::string_view line) override { said.emplace_back(line); }
  std::vector<std::string> said;
};

// A label of class service, as a list says it.
Label ServiceLabel(Network network, std::string address, const std::string& name,
                   std::uint16_t confidence_permille = 500) {
  Label label;
  label.network = network;
  label.address = std::move(address);
  label.name = name;
  label.category = "exchange";
  label.label_class = LabelClass::kService;
  label.confidence_permille = confidence_permille;
  return label;
}

// A store of labels in memory.
class Labels {
 public:
  explicit Labels(const std::vector<Label>& labels) {
    auto opened = LabelStore::Open(files_, "/data", LabelStore::Mode::kWrite);
    EXPECT_OK(opened.status());
    store_ = *std::move(opened);
    if (labels.empty()) return;
    LabelImport import;
    import.list.list = "list";
    import.list.labels = labels;
    import.file = "list.csv";
    import.time = 1;
    EXPECT_OK(store_->Import(import).status());
  }

  void Remove() { EXPECT_OK(store_->RemoveList("list", 2).status()); }
  std::shared_ptr<const LabelStore> store() const { return store_; }

 private:
  FaultFileSystem files_;
  std::shared_ptr<LabelStore> store_;
};

// "service Bank 10", then the warnings of the first summary.
struct Answer {
  std::vector<std::string> sinks;
  std::vector<std::string> holders;
  std::vector<std::string> warnings;

  absl::Status Add(const v1::TraceEvent& event) {
    if (event.has_holding()) holders.push_back(event.holding().address());
    if (event.has_sink()) {
      const v1::Sink& sink = event.sink();
      sinks.push_back(absl::StrCat(sink.kind(), " ", sink.entity(),
                                   sink.entity().empty() ? "" : " ", sink.taint()));
    }
    if (event.has_summary() && warnings.empty()) {
      const auto& texts = event.summary().warnings();
      warnings.assign(texts.begin(), texts.end());
    }
    return absl::OkStatus();
  }
};

absl::StatusOr<Answer> Trace(OpenNetwork& open, const v1::TraceRequest& request) {
  Answer answer;
  const auto add = [&answer](const v1::TraceEvent& event) { return answer.Add(event); };
  if (open.has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(const PreparedAccountTrace trace,
                              PrepareTrace(open.accounts(), request, &open.services,
                                           /*cancellation=*/nullptr, &open.account_clusters));
    COINWAKE_RETURN_IF_ERROR(AnswerTrace(open.accounts(), trace, {}, nullptr, add));
    return answer;
  }
  COINWAKE_ASSIGN_OR_RETURN(
      const PreparedTrace trace,
      PrepareTrace(open.view(), open.clusters, request, nullptr, &open.services));
  COINWAKE_RETURN_IF_ERROR(AnswerTrace(open.view(), trace, {}, nullptr, add));
  return answer;
}

constexpr char kCluster[] = "addresses that stop as labels say, each with its cluster: ";

// Alice pays 10 to one of two addresses that were spent together, 5 to a mixer, 30 to Bob, and 5
// for the fee; what the first two got goes on.
class OutputStops : public ::testing::Test {
 protected:
  OutputStops() {
    chain_.AddBlock({{"mint", {}, {{"alice", 50}, {"till", 1}, {"vault", 1}}}});
    chain_.AddBlock({{"", {}, {}}, {"sweep", {Spend("mint", 1), Spend("mint", 2)}, {{"far", 2}}}});
    chain_.AddBlock(
        {{"", {}, {}}, {"pay", {Spend("mint", 0)}, {{"vault", 10}, {"mix", 5}, {"bob", 30}}}});
    chain_.AddBlock({{"", {}, {}},
                     {"on", {Spend("pay", 0)}, {{"carol", 10}}},
                     {"out", {Spend("pay", 1)}, {{"dave", 5}}}});
    EXPECT_OK(chain_.Build(files_, "/data").status());
    request_.add_seeds()->set_address(NameOf("alice"));
  }

  static std::string BytesOf(const std::string& who) {
    const std::vector<std::uint8_t> script = ScriptOfName(who);
    return {script.begin(), script.end()};
  }
  static std::string NameOf(const std::string& who) {
    return AddressText(Network::kBitcoinRegtest, BytesOf(who));
  }
  static Label LabelOf(const std::string& who, const std::string& name,
                       std::uint16_t confidence_permille = 500) {
    return ServiceLabel(Network::kBitcoinRegtest, BytesOf(who), name, confidence_permille);
  }

  // The network beside these labels; only the last one opened is used.
  OpenNetwork& Open(const std::vector<Label>& labels) {
    open_.reset();
    labels_ = std::make_unique<Labels>(labels);
    return Reopen();
  }
  OpenNetwork& Reopen() {
    open_.reset();
    auto index = OpenForReading(files_, "/data", Network::kBitcoinRegtest);
    EXPECT_OK(index.status());
    log_.said.clear();
    open_ = std::make_unique<OpenNetwork>(*std::move(index), 1, &log_, labels_->store());
    return *open_;
  }
  Answer Traced(const std::vector<Label>& labels) {
    absl::StatusOr<Answer> answer = Trace(Open(labels), request_);
    EXPECT_OK(answer.status());
    return answer.ok() ? *std::move(answer) : Answer();
  }

  IndexBuilder chain_;
  FaultFileSystem files_;
  std::unique_ptr<Labels> labels_;
  Lines log_;
  std::unique_ptr<OpenNetwork> open_;
  v1::TraceRequest request_;
};

TEST_F(OutputStops, WithoutLabelsNothingStopsAndNoClustersAreBuilt) {
  const Answer answer = Traced({});
  EXPECT_THAT(answer.sinks, ElementsAre("fee 5"));
  EXPECT_THAT(answer.warnings, IsEmpty());
  EXPECT_THAT(log_.said, IsEmpty());
  // Nor do labels of addresses that the chain never saw.
  EXPECT_THAT(Traced({LabelOf("nobody", "Bank")}).warnings, IsEmpty());
  EXPECT_THAT(log_.said, IsEmpty());
}

TEST_F(OutputStops, ALabelStopsTheWholeCluster) {
  const Answer answer = Traced({LabelOf("till", "Bank")});
  EXPECT_THAT(answer.sinks, ElementsAre("fee 5", "service Bank 10"));
  EXPECT_THAT(answer.holders, Not(Contains(NameOf("carol"))));
  EXPECT_THAT(answer.warnings, ElementsAre(absl::StrCat(kCluster, 1)));
  EXPECT_THAT(log_.said, ElementsAre(HasSubstr("profile strict")));
  // The next trace has all that at hand.
  ASSERT_OK_AND_ASSIGN(const Answer again, Trace(*open_, request_));
  EXPECT_EQ(again.sinks, answer.sinks);
  EXPECT_EQ(log_.said.size(), 1u);
}

TEST_F(OutputStops, ARemovedLabelStopsNothing) {
  EXPECT_EQ(Traced({LabelOf("till", "Bank")}).sinks.size(), 2u);
  open_.reset();
  labels_->Remove();
  ASSERT_OK_AND_ASSIGN(const Answer answer, Trace(Reopen(), request_));
  EXPECT_THAT(answer.sinks, ElementsAre("fee 5"));
  EXPECT_THAT(answer.warnings, IsEmpty());
}

TEST_F(OutputStops, KindsAreAsCategoriesAndTheRequestSay) {
  std::vector<Label> labels = {LabelOf("till", "Bank"), LabelOf("mix", "Blender")};
  labels[1].category = "mixer";
  EXPECT_THAT(Traced(labels).sinks, ElementsAre("fee 5", "mixer Blender 5", "service Bank 10"));
  const std::map<std::string, std::vector<std::string>> expected = {
      {"services,mixers", {"fee 5", "mixer Blender 5", "service Bank 10"}},
      {"services", {"fee 5", "service Bank 10"}},
      {"mixers", {"fee 5", "mixer Blender 5"}},
      {"none", {"fee 5"}}};
  for (const auto& [words, sinks] : expected) {
    request_.set_stop_at(words);
    const Answer answer = Traced(labels);
    EXPECT_EQ(answer.sinks, sinks) << words;
    EXPECT_EQ(answer.warnings.size(), words == "none" ? 0u : 1u) << words;
    EXPECT_EQ(log_.said.size(), words == "none" ? 0u : 1u) << words;
  }
  labels[1].category = "bridge";
  request_.set_stop_at("services");
  EXPECT_THAT(Traced(labels).sinks, ElementsAre("bridge Blender 5", "fee 5", "service Bank 10"));
  request_.set_stop_at("mixers");
  EXPECT_THAT(Traced(labels).sinks, ElementsAre("fee 5"));
}

TEST_F(OutputStops, OnlyServicesThatSpeakForClustersStop) {
  Label label = LabelOf("till", "Somebody");
  for (const LabelClass other : {LabelClass::kSeller, LabelClass::kAdvertisement,
                                 LabelClass::kSanction, LabelClass::kOther}) {
    label.label_class = other;
    label.cluster_definer = true;
    EXPECT_THAT(Traced({label}).sinks, ElementsAre("fee 5")) << LabelClassName(other);
  }
  label.label_class = LabelClass::kService;
  label.cluster_definer = false;
  EXPECT_THAT(Traced({label}).sinks, ElementsAre("fee 5"));
}

TEST_F(OutputStops, TheMostTrustedLabelNamesTheEntity) {
  Label of_actor = LabelOf("vault", "cold wallet 7", 700);
  of_actor.actor = "Actor";
  const Answer answer = Traced({LabelOf("till", "Bank"), of_actor});
  EXPECT_THAT(answer.sinks, ElementsAre("fee 5", "service Actor 10"));
  EXPECT_THAT(answer.warnings,
              ElementsAre(absl::StrCat(kCluster, 2),
                          AllOf(HasSubstr("clusters whose labels name several entities"),
                                HasSubstr(": 1, the first is that of " + NameOf("till")),
                                HasSubstr("Actor, not Bank"))));
  // Of the same confidence the first by name, whatever the order of the list.
  EXPECT_THAT(Traced({LabelOf("till", "B"), LabelOf("vault", "A")}).sinks,
              Contains("service A 10"));
  EXPECT_THAT(Traced({LabelOf("till", "A"), LabelOf("vault", "B")}).sinks,
              Contains("service A 10"));
  // Two labels that say the same do not conflict.
  EXPECT_THAT(Traced({LabelOf("till", "A"), LabelOf("vault", "A", 100)}).warnings,
              ElementsAre(absl::StrCat(kCluster, 2)));
}

TEST_F(OutputStops, TheRequestGoesBeforeLabelsAndSeedsBeforeAll) {
  v1::TraceStop* const stop = request_.add_stops();
  stop->set_address(NameOf("vault"));
  stop->set_entity("Mine");
  EXPECT_THAT(Traced({}).sinks, ElementsAre("fee 5", "service Mine 10"));
  EXPECT_THAT(log_.said, IsEmpty());
  EXPECT_THAT(Traced({LabelOf("till", "Bank")}).sinks, ElementsAre("fee 5", "service Mine 10"));
  // A stop is its address alone.
  stop->set_address(NameOf("till"));
  EXPECT_THAT(Traced({}).sinks, ElementsAre("fee 5"));
  stop->set_address(NameOf("bob"));
  stop->clear_entity();
  EXPECT_THAT(Traced({}).sinks, ElementsAre("fee 5", "service " + NameOf("bob") + " 30"));
  // Alice's own label does not stop what she is asked for.
  EXPECT_THAT(Traced({LabelOf("alice", "Bank")}).sinks,
              ElementsAre("fee 5", "service " + NameOf("bob") + " 30"));
  request_.mutable_seeds(0)->set_address(NameOf("vault"));
  EXPECT_THAT(Traced({LabelOf("till", "Bank")}).holders,
              ElementsAre(NameOf("far"), NameOf("carol")));
}

TEST_F(OutputStops, SaysWhichNamedOnesDoNothing) {
  for (const std::string who : {"alice", "nobody", "mix"}) {
    request_.add_stops()->set_address(NameOf(who));
  }
  EXPECT_THAT(Traced({}).warnings,
              ElementsAre(AllOf(HasSubstr("never seen on bitcoin-regtest up to height 4: 1"),
                                HasSubstr(NameOf("nobody"))),
                          AllOf(HasSubstr("that are seeds"), HasSubstr(NameOf("alice")))));
  request_.set_stop_at("mixers");
  EXPECT_THAT(Traced({}).warnings, ElementsAre(HasSubstr("stop nothing")));
  request_.set_stop_at("");
  request_.add_stops()->set_address(NameOf("mix"));
  request_.mutable_stops(3)->set_entity("another");
  EXPECT_THAT(Trace(Open({}), request_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two entities")));
  request_.mutable_stops(3)->set_address("no address");
  EXPECT_THAT(Trace(Open({}), request_), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(OutputStops, ClustersOfServicesAreNoSeedsUnlessForced) {
  request_.mutable_seeds(0)->set_cluster(NameOf("vault"));
  const auto refused = [](const std::string& why) {
    return StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(why));
  };
  EXPECT_OK(Trace(Open({}), request_).status());
  EXPECT_THAT(Trace(Open({LabelOf("till", "Bank")}), request_),
              refused("is a service, as labels say: Bank"));
  std::vector<Label> people = {LabelOf("till", "Ann"), LabelOf("vault", "Ben")};
  for (Label& label : people) {
    label.label_class = LabelClass::kOther;
    label.category = "user";
  }
  EXPECT_OK(Trace(Open(people), request_).status());  // they speak for their addresses alone
  for (Label& label : people) label.cluster_definer = true;
  EXPECT_THAT(Trace(Open(people), request_), refused("name several entities: Ann and Ben"));
  EXPECT_OK(Trace(Open({people[0]}), request_).status());
  request_.set_force(true);
  EXPECT_OK(Trace(Open(people), request_).status());
  // What was seeded is followed out of the service.
  EXPECT_THAT(Traced({LabelOf("till", "Bank")}).holders, Contains(NameOf("carol")));
}

// Accounts.

const TownService kBrook{Town::Person(500), Town::Person(501)};
const Address kCustomer = Town::Person(3);

// A town with one service of so many customers, and what labels say of it.
class LabelledTown {
 public:
  explicit LabelledTown(std::uint64_t customers, const std::vector<Label>& labels)
      : labels_(labels) {
    Town town;
    town.AddCustomers(kBrook, 0, customers);
    town.chain().NextBlock();
    index_ = IndexOf(town.chain().blocks(), Network::kTronPrivate);
    open_ = std::make_unique<OpenNetwork>(std::move(index_.index), 1, nullptr, labels_.store());
  }

  Answer Traced(const std::string& stop_at = "", const std::string& named = "") {
    v1::TraceRequest request;
    request.set_asset(absl::StrCat("TRC20:", std::string(tron::kTetherContract)));
    request.add_seeds()->set_address(kCustomer.ToBase58());
    request.set_stop_at(stop_at);
    if (!named.empty()) request.add_stops()->set_address(named);
    absl::StatusOr<Answer> answer = Trace(*open_, request);
    EXPECT_OK(answer.status());
    return answer.ok() ? *std::move(answer) : Answer();
  }

  // What becomes of the money of the cluster of `address`.
  absl::StatusOr<Answer> TracedCluster(const Address& address, bool force = false) {
    v1::TraceRequest request;
    request.set_asset(absl::StrCat("TRC20:", std::string(tron::kTetherContract)));
    request.add_seeds()->set_cluster(address.ToBase58());
    request.set_force(force);
    return Trace(*open_, request);
  }

  std::uint64_t ClusterSize(const Address& address) {
    v1::GetClusterRequest request;
    request.set_address(address.ToBase58());
    v1::Cluster answer;
    EXPECT_OK(
        AnswerCluster(open_->accounts(), open_->account_clusters, request, 1, nullptr, &answer));
    return answer.size();
  }

 private:
  Labels labels_;
  TronIndex index_;
  std::unique_ptr<OpenNetwork> open_;
};

Label OfAccount(const Address& address, const std::string& name,
                std::uint16_t confidence_permille = 500) {
  return ServiceLabel(Network::kTronPrivate,
                      std::string(address.bytes.begin(), address.bytes.end()), name,
                      confidence_permille);
}

// Customer 3 deposits so much in two rounds.
constexpr char kDeposited[] = "10000006";  // two rounds of 5,000,003

TEST(AccountStopsOf, DepositsOfAServiceThatTheyShowStop) {
  LabelledTown town(kLeastSweepers, {});
  const Answer answer = town.Traced();
  EXPECT_THAT(answer.sinks,
              ElementsAre(absl::StrCat("service ", kBrook.hot.ToBase58(), " ", kDeposited)));
  EXPECT_THAT(answer.holders, IsEmpty());
  EXPECT_THAT(answer.warnings,
              ElementsAre("services that stop as their deposit accounts show, each "
                          "with its cluster: 1"));
  for (const std::string words : {"none", "mixers"}) {
    const Answer passed = town.Traced(words);
    EXPECT_THAT(passed.sinks, IsEmpty()) << words;
    EXPECT_THAT(passed.holders, ElementsAre(kBrook.hot.ToBase58())) << words;
    EXPECT_THAT(passed.warnings, IsEmpty()) << words;
  }
  EXPECT_THAT(town.Traced("", Town::Fresh(3).ToBase58()).sinks,
              ElementsAre(absl::StrCat("service ", Town::Fresh(3).ToBase58(), " ", kDeposited)));
}

TEST(AccountStopsOf, ALabelNamesTheServiceOfTheWholeCluster) {
  for (const Address& labelled : {kBrook.hot, kBrook.gas, Town::Fresh(9)}) {
    LabelledTown town(kLeastSweepers, {OfAccount(labelled, "Brook")});
    const Answer answer = town.Traced();
    EXPECT_THAT(answer.sinks, ElementsAre(absl::StrCat("service Brook ", kDeposited)));
    EXPECT_THAT(answer.warnings, ElementsAre(absl::StrCat(kCluster, 1)));
  }
}

// Too few customers to be found by: a label of the hot wallet has the deposits found.
TEST(AccountStopsOf, ALabelledHotWalletHasItsDeposits) {
  const std::uint64_t few = kLeastServed + 5;
  LabelledTown unknown(few, {});
  EXPECT_THAT(unknown.Traced().sinks, IsEmpty());
  EXPECT_EQ(unknown.ClusterSize(Town::Fresh(3)), 1u);
  LabelledTown known(few, {OfAccount(kBrook.hot, "Brook")});
  EXPECT_THAT(known.Traced().sinks, ElementsAre(absl::StrCat("service Brook ", kDeposited)));
  EXPECT_EQ(known.ClusterSize(Town::Fresh(3)), few + 2);
  // Neither does who is no service.
  Label person = OfAccount(kBrook.hot, "Brook");
  person.label_class = LabelClass::kOther;
  person.cluster_definer = true;
  LabelledTown other(few, {person});
  EXPECT_THAT(other.Traced().sinks, IsEmpty());
  EXPECT_EQ(other.ClusterSize(Town::Fresh(3)), 1u);
}

TEST(AccountSeedClusters, AreEveryAccountOfTheirClusterAndNoServiceUnlessForced) {
  LabelledTown town(kLeastSweepers, {});
  const auto refused = [](const std::string& why) {
    return StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(why));
  };
  EXPECT_THAT(town.TracedCluster(Town::Fresh(3)),
              refused(absl::StrCat("is a service, as its deposit accounts show: ",
                                   kBrook.hot.ToBase58(), "; force")));
  // Seeds of one label: what deposit accounts pass on was seeded when it came to them, and what
  // comes back to the label counts there.
  ASSERT_OK_AND_ASSIGN(const Answer forced, town.TracedCluster(Town::Fresh(3), /*force=*/true));
  EXPECT_THAT(forced.holders, ElementsAre(kBrook.hot.ToBase58()));
  std::uint64_t deposited = 0;
  for (std::uint64_t i = 0; i < kLeastSweepers; ++i) deposited += 2 * (5'000'000 + i);
  EXPECT_THAT(forced.sinks, ElementsAre(absl::StrCat("returned_to_seed ", deposited)));
  // A person's cluster is the account alone.
  ASSERT_OK_AND_ASSIGN(const Answer person, town.TracedCluster(kCustomer));
  EXPECT_THAT(person.sinks,
              ElementsAre(absl::StrCat("service ", kBrook.hot.ToBase58(), " ", kDeposited)));
  ASSERT_OK_AND_ASSIGN(const Answer nobody, town.TracedCluster(Town::Fresh(77'777)));
  EXPECT_THAT(nobody.warnings, Contains(HasSubstr("was never seen on tron-private")));
  LabelledTown labelled(kLeastSweepers, {OfAccount(kBrook.gas, "Brook")});
  EXPECT_THAT(labelled.TracedCluster(Town::Fresh(3)),
              refused("is a service, as labels say: Brook"));
  EXPECT_OK(labelled.TracedCluster(Town::Fresh(3), /*force=*/true).status());
}

TEST(AccountSeedClusters, WithLabelsOfSeveralEntitiesAreRefused) {
  std::vector<Label> people = {OfAccount(kCustomer, "Ann"), OfAccount(kCustomer, "Ben")};
  for (Label& label : people) {
    label.label_class = LabelClass::kOther;
    label.category = "user";
    label.cluster_definer = true;
  }
  LabelledTown two(3, people);
  EXPECT_THAT(two.TracedCluster(kCustomer), StatusIs(absl::StatusCode::kFailedPrecondition,
                                                     HasSubstr("several entities: Ann and Ben")));
  EXPECT_OK(two.TracedCluster(kCustomer, /*force=*/true).status());
  LabelledTown one(3, {people[0]});
  EXPECT_OK(one.TracedCluster(kCustomer).status());
}

TEST(AccountStopsOf, AMixersLabelStopsWhereMixersDo) {
  Label mixer = OfAccount(Town::Fresh(3), "Blender");
  mixer.category = "mixer";
  LabelledTown town(5, {mixer});
  EXPECT_THAT(town.Traced("mixers").sinks, ElementsAre(absl::StrCat("mixer Blender ", kDeposited)));
}

}  // namespace
}  // namespace coinwake::server
