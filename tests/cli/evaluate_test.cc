// Goal: `evaluate` holds the clusters of an index against known owners, and says plainly what is
// wrong with a file of them.
// Method: runs the program on the Core-written regtest chain with owners made up around its large
// consolidation, whose cluster is known.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/evaluation.pb.h"
#include "tests/cli/sample_index.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kNeverSeen[] = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202";
constexpr char kMainNet[] = "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S";

ProgramResult On(const std::string& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--data", data});
  return RunProgram(ProgramUnderTest(), arguments);
}

template <typename Message>
Message AskOne(const std::string& data, std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const ProgramResult result = On(data, std::move(arguments));
  EXPECT_EQ(result.exit_status, 0) << result.err;
  Message message;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(result.out, &message).ok()) << result.out;
  return message;
}

std::string FileOf(const std::string& name, const std::string& text) {
  std::string path = ScratchPath(name);
  std::ofstream(path) << text;
  return path;
}

void ExpectError(const ProgramResult& result, int exit_status, const std::string& about) {
  EXPECT_EQ(result.exit_status, exit_status) << result.err;
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, AllOf(StartsWith("coinwake: error: "), HasSubstr(about)));
}

// The members of the large cluster, and an address outside of it.
struct Sample {
  std::vector<std::string> members;
  std::string outside;
};
const Sample& TheSample() {
  static const Sample sample = [] {
    Sample made;
    const auto merge = AskOne<v1::Transaction>(RegtestData(), {"tx", kConsolidation});
    const auto cluster =
        AskOne<v1::Cluster>(RegtestData(), {"cluster", merge.inputs(0).address(), "--members"});
    for (const std::string& member : cluster.members()) {
      if (!member.starts_with("script:")) made.members.push_back(member);
    }
    const auto peel = AskOne<v1::Transaction>(RegtestData(), {"tx", kPeelHop5});
    for (const v1::Output& output : peel.outputs()) {
      const auto found = std::find(made.members.begin(), made.members.end(), output.address());
      if (found == made.members.end()) made.outside = output.address();
    }
    return made;
  }();
  return sample;
}

// Of a chain that was made, unless said otherwise.
std::map<std::string, double> FiguresOf(const v1::Evaluation& evaluation,
                                        const std::string& kind = "simulated") {
  std::map<std::string, double> figures;
  for (const v1::OwnerFigures& owner : evaluation.by_owner()) EXPECT_EQ(owner.kind(), kind);
  for (const v1::Figure& figure : evaluation.figures()) {
    EXPECT_EQ(figure.kind(), kind);
    figures[figure.name()] = figure.value();
  }
  return figures;
}

TEST(Evaluate, HoldsClustersAgainstKnownOwners) {
  const Sample& sample = TheSample();
  ASSERT_GE(sample.members.size(), 4u);
  ASSERT_FALSE(sample.outside.empty());
  // Anna has three addresses of the cluster and one outside; Bo has one of the cluster, and one
  // that was never paid.
  const std::string text = "address,owner\n" + sample.members[0] + ",Anna\n" + sample.members[1] +
                           ",Anna\n" + sample.members[2] + ",Anna\n" + sample.outside + ",Anna\n" +
                           sample.members[3] + ",Bo\n" + kNeverSeen + ",Bo\n";
  const std::string path = FileOf("truth.csv", text);
  const auto evaluation = AskOne<v1::Evaluation>(RegtestData(), {"evaluate", "--truth", path});
  EXPECT_EQ(evaluation.snapshot().network(), kRegtest);
  EXPECT_EQ(evaluation.profile(), "strict");
  EXPECT_EQ(evaluation.rules(0).rule(), "co_spend");
  EXPECT_EQ(evaluation.addresses(), 6u);
  EXPECT_EQ(evaluation.seen(), 5u);
  EXPECT_EQ(evaluation.not_seen(), 1u);
  EXPECT_EQ(evaluation.owners(), 2u);
  EXPECT_EQ(evaluation.owners_seen(), 2u);
  std::map<std::string, double> figures = FiguresOf(evaluation);
  EXPECT_EQ(figures["pairwise_precision"], 0.5);  // 3 of 6 pairs
  EXPECT_EQ(figures["pairwise_recall"], 0.5);
  EXPECT_EQ(figures["bcubed_precision"], 0.7);  // (9/4 + 1 + 1/4) / 5
  EXPECT_EQ(figures["bcubed_recall"], 0.7);     // (9/4 + 1/4 + 1) / 5
  EXPECT_EQ(figures["coverage"], 0.875);        // (3/4 + 1) / 2
  EXPECT_EQ(figures["contamination"], 0.5);     // (1/4 + 3/4) / 2
  ASSERT_EQ(evaluation.by_owner_size(), 2);
  const v1::OwnerFigures& anna = evaluation.by_owner(0);
  EXPECT_EQ(anna.owner(), "Anna");
  EXPECT_EQ(anna.addresses(), 4u);
  EXPECT_EQ(anna.clusters(), 2u);
  EXPECT_EQ(anna.covered(), 3u);
  EXPECT_EQ(anna.strangers(), 1u);
  EXPECT_EQ(anna.coverage(), 0.75);
  EXPECT_EQ(anna.contamination(), 0.25);
  const v1::OwnerFigures& bo = evaluation.by_owner(1);
  EXPECT_EQ(bo.addresses(), 2u);
  EXPECT_EQ(bo.seen(), 1u);
  EXPECT_EQ(bo.largest_cluster(), anna.largest_cluster());
  EXPECT_EQ(evaluation.largest_cluster().id(), anna.largest_cluster());
  EXPECT_EQ(evaluation.largest_cluster().size(), anna.largest_cluster_size());
  EXPECT_GE(anna.largest_cluster_size(), sample.members.size());
}

TEST(Evaluate, AnswersTheSameForTheFileInAnyOrder) {
  const Sample& sample = TheSample();
  std::vector<std::string> rows = {sample.members[0] + ",a", sample.members[1] + ",b",
                                   sample.members[2] + ",a", sample.outside + ",\"c, d\""};
  const auto ask = [&] {
    std::string text;
    for (const std::string& row : rows) text += row + "\n";
    auto answer = AskOne<v1::Evaluation>(
        RegtestData(), {"evaluate", "--truth", FileOf("order.csv", text), "--profile", "strict"});
    answer.clear_truth_sha256();
    return answer.SerializeAsString();
  };
  const std::string first = ask();
  std::reverse(rows.begin(), rows.end());
  EXPECT_EQ(ask(), first);
}

TEST(Evaluate, PrintsATableThatSaysWhatContaminationIs) {
  const Sample& sample = TheSample();
  const std::string path =
      FileOf("table.csv", sample.members[0] + ",Anna\n" + sample.outside + ",Bo\n");
  const ProgramResult result = On(RegtestData(), {"evaluate", "--truth", path, "--resamples", "0"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("bcubed_precision"), HasSubstr("simulated"), HasSubstr("Anna"),
                    HasSubstr("co_spend 2"), HasSubstr("not noticed")));
  // Nothing was joined and nothing could be: no figure about pairs.
  EXPECT_EQ(result.out.find("pairwise_precision"), std::string::npos);
}

TEST(Evaluate, MarksHowTheOwnersWereKnown) {
  const std::string made = FileOf("made.csv", TheSample().members[0] + ",Anna\n");
  for (const char* const kind : {"measured", "simulated", "agreement"}) {
    const auto evaluation = AskOne<v1::Evaluation>(
        RegtestData(), {"evaluate", "--truth", made, "--kind", kind, "--resamples", "0"});
    EXPECT_FALSE(FiguresOf(evaluation, kind).empty());
  }
  // On a public chain owners are known from outside, unless told otherwise.
  const std::string real = FileOf("real.csv", std::string(kManyUnspent) + ",Anna\n");
  const auto evaluation =
      AskOne<v1::Evaluation>(TwoNetworksData(), {"evaluate", "--truth", real, "--resamples", "0"});
  EXPECT_FALSE(FiguresOf(evaluation, "measured").empty());
  ExpectError(On(RegtestData(), {"evaluate", "--truth", made, "--kind", "certain"}), 2, "--kind");
}

// One exchange's published list: that nobody else is in its clusters says nothing.
TEST(Evaluate, TellsNothingOfOneOwnerThatNeedsTwo) {
  const Sample& sample = TheSample();
  const std::string path =
      FileOf("one_owner.csv", sample.members[0] + ",Anna\n" + sample.members[1] + ",Anna\n");
  const auto evaluation = AskOne<v1::Evaluation>(RegtestData(), {"evaluate", "--truth", path});
  EXPECT_EQ(evaluation.owners_seen(), 1u);
  std::map<std::string, double> figures = FiguresOf(evaluation);
  for (const char* const name : {"bcubed_precision", "bcubed_f1", "pairwise_precision",
                                 "pairwise_f1", "adjusted_rand", "contamination"}) {
    EXPECT_FALSE(figures.contains(name)) << name;
  }
  EXPECT_EQ(figures.at("bcubed_recall"), 1.0);
  EXPECT_EQ(figures.at("coverage"), 1.0);
  for (const v1::Figure& figure : evaluation.figures()) EXPECT_FALSE(figure.has_low());
}

TEST(Evaluate, PassesOverAddressesOfOtherNetworks) {
  const std::string path =
      FileOf("mixed.csv", TheSample().members[0] + ",Anna\n" + kMainNet + ",Anna\n");
  const auto evaluation =
      AskOne<v1::Evaluation>(RegtestData(), {"evaluate", "--truth", path, "--network", kRegtest});
  EXPECT_EQ(evaluation.addresses(), 1u);
  EXPECT_EQ(evaluation.passed_over(), 1u);
}

TEST(Evaluate, RefusesWhatIsNoTruth) {
  const std::string& data = RegtestData();
  const std::string& member = TheSample().members[0];
  ExpectError(On(data, {"evaluate"}), 2, "--truth");
  ExpectError(On(data, {"evaluate", "--truth", ScratchPath("missing.csv")}), 1, "missing.csv");
  ExpectError(On(data, {"evaluate", "--truth", FileOf("bad.csv", "nonsense,Anna\n")}), 1,
              "bad.csv:1");
  ExpectError(On(data, {"evaluate", "--truth", FileOf("bare.csv", member + "\n")}), 1,
              "has no owner");
  ExpectError(
      On(data, {"evaluate", "--truth", FileOf("output.csv", std::string(kPeelHop0) + ":0,Anna\n")}),
      1, "output.csv:1");
  ExpectError(
      On(data, {"evaluate", "--truth", FileOf("two.csv", member + ",Anna\n" + member + ",Bo\n")}),
      1, "to Anna and to Bo");
  ExpectError(
      On(data, {"evaluate", "--truth", FileOf("unseen.csv", std::string(kNeverSeen) + ",Anna\n")}),
      1, "ever seen");
  ExpectError(On(data, {"evaluate", "--truth", FileOf("empty.csv", "")}), 1, "empty.csv");
  const std::string good = FileOf("good.csv", member + ",Anna\n");
  ExpectError(On(data, {"evaluate", "--truth", good, "--profile", "wild"}), 2, "wild");
  ExpectError(On(data, {"evaluate", "--truth", good, "--resamples", "many"}), 2, "--resamples");
}

}  // namespace
}  // namespace coinwake
