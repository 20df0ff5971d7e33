// Goal: the server answers about labels what the commands print, page by page as well, and clusters
// have the same labels whichever way they are looked for.
// Method: imports labels of the regtest chain, runs the commands (LevelDB admits one process), then
// asks a server over the same folder.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "coinwake/v1/explorer.grpc.pb.h"
#include "labels/label_store.h"
#include "server/json.h"
#include "server/label_answers.h"
#include "server/server.h"
#include "tests/cli/sample_index.h"
#include "tests/server/served_index.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"

namespace coinwake::server {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Lines(const std::string& data, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--json", "--data", data});
  const ProgramResult result = RunProgram(ProgramUnderTest(), arguments);
  EXPECT_EQ(result.exit_status, 0) << result.err;
  return result.lines();
}

class LabelsOverGrpc : public ::testing::Test {
 protected:
  struct State {
    std::string one;
    std::vector<std::string> address, cluster, list, of_one, history;
    std::unique_ptr<ServedIndex> served;
  };
  static State& Shared() {
    static State state;
    return state;
  }

  static void SetUpTestSuite() {
    const std::string data = CopyOfRegtestData("labels_grpc");
    {
      auto indexes = IndexSet::Open(RealFileSystem(), data, std::nullopt, 1, nullptr);
      ASSERT_OK(indexes.status());
      OpenNetwork& open = *(*indexes)->networks()[0];
      ASSERT_EQ(open.labels, nullptr);
      std::ofstream list(ScratchPath("labels_grpc.csv"));
      list << "address,label,category,confidence\n";
      // Every tenth address of the chain that has an address text of its own.
      for (std::uint64_t i = 0; i < open.view().addresses_count(); i += 10) {
        const std::string name =
            AddressText(open.snapshot().network,
                        std::string(reinterpret_cast<const char*>(open.view().Script({i}).data()),
                                    open.view().Script({i}).size()));
        if (name.starts_with("script:")) continue;
        list << name << ",Service " << i % 7 << ",exchange," << i % 90 << "\n";
        Shared().one = name;
      }
    }
    const std::vector<std::string> import = {"labels", "import", ScratchPath("labels_grpc.csv"),
                                             "--network", kRegtest};
    Lines(data, import);
    {
      std::ofstream list(ScratchPath("labels_grpc_more.csv"));
      list << "address,label\n12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h,x\n";
    }
    Lines(data, {"labels", "import", ScratchPath("labels_grpc_more.csv")});
    Shared().address = Lines(data, {"address", Shared().one});
    Shared().cluster = Lines(data, {"cluster", Shared().one});
    Shared().list = Lines(data, {"labels", "list"});
    Shared().of_one = Lines(data, {"labels", "list", "--address", Shared().one});
    Shared().history = Lines(data, {"labels", "history"});
    auto served = ServedIndex::Open(data);
    ASSERT_OK(served.status());
    Shared().served = *std::move(served);
  }

  static void TearDownTestSuite() { Shared().served.reset(); }

  LabelsOverGrpc() : explorer_(v1::Explorer::NewStub(Shared().served->NewChannel())) {}

  v1::ListLabelsResponse List(const v1::ListLabelsRequest& request) {
    grpc::ClientContext context;
    v1::ListLabelsResponse answer;
    const grpc::Status status = explorer_->ListLabels(&context, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer;
  }

  // Its labels as the command prints them.
  static void Append(const v1::ListLabelsResponse& page, std::vector<std::string>* lines) {
    for (v1::Label label : page.labels()) {
      label.set_label_set(page.label_set());
      lines->push_back(ToJson(label));
    }
  }

  std::unique_ptr<v1::Explorer::Stub> explorer_;
};

TEST_F(LabelsOverGrpc, AddressesAndClustersHaveTheirs) {
  grpc::ClientContext of_address;
  v1::GetAddressRequest address;
  address.set_address(Shared().one);
  v1::Address answer;
  ASSERT_TRUE(explorer_->GetAddress(&of_address, address, &answer).ok());
  EXPECT_EQ(ToJson(answer), Shared().address.at(0));
  EXPECT_EQ(answer.labels_size(), 1);
  grpc::ClientContext of_cluster;
  v1::GetClusterRequest cluster;
  cluster.set_address(Shared().one);
  v1::Cluster members;
  ASSERT_TRUE(explorer_->GetCluster(&of_cluster, cluster, &members).ok());
  EXPECT_EQ(ToJson(members), Shared().cluster.at(0));
  EXPECT_GE(members.labels_size(), 1);
}

TEST_F(LabelsOverGrpc, ListsGoByPages) {
  ASSERT_GT(Shared().list.size(), 20u);
  v1::ListLabelsRequest request;
  request.set_page_size(7);
  std::vector<std::string> lines;
  do {
    const v1::ListLabelsResponse page = List(request);
    EXPECT_LE(page.labels_size(), 7);
    Append(page, &lines);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(lines, Shared().list);
  v1::ListLabelsRequest of_one;
  of_one.set_address(Shared().one);
  std::vector<std::string> one;
  Append(List(of_one), &one);
  EXPECT_EQ(one, Shared().of_one);
}

TEST_F(LabelsOverGrpc, RevisionsGoByPages) {
  ASSERT_EQ(Shared().history.size(), 2u);
  v1::ListLabelRevisionsRequest request;
  request.set_page_size(1);
  std::vector<std::string> lines;
  do {
    grpc::ClientContext context;
    v1::ListLabelRevisionsResponse page;
    ASSERT_TRUE(explorer_->ListLabelRevisions(&context, request, &page).ok());
    ASSERT_EQ(page.revisions_size(), 1);
    lines.push_back(ToJson(page.revisions(0)));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(lines, Shared().history);
  // The token of one question is none of another.
  grpc::ClientContext first;
  v1::ListLabelRevisionsResponse page;
  ASSERT_TRUE(explorer_->ListLabelRevisions(&first, request, &page).ok());
  request.set_page_token(page.next_page_token());
  request.set_list("other");
  grpc::ClientContext other;
  EXPECT_EQ(explorer_->ListLabelRevisions(&other, request, &page).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(LabelsOverGrpc, RefusesWrongQuestions) {
  const auto error = [this](const v1::ListLabelsRequest& request) {
    grpc::ClientContext context;
    v1::ListLabelsResponse answer;
    const grpc::Status status = explorer_->ListLabels(&context, request, &answer);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  v1::ListLabelsRequest request;
  request.set_as_of("never");
  EXPECT_THAT(error(request), HasSubstr("no date"));
  request.Clear();
  request.set_address("nonsense");
  EXPECT_THAT(error(request), HasSubstr("nonsense"));
  request.Clear();
  request.set_network("nowhere");
  EXPECT_THAT(error(request), HasSubstr("unknown network"));
  request.Clear();
  request.set_page_size(1);
  request.set_page_token(List(request).next_page_token());
  request.set_list("other");
  EXPECT_THAT(error(request), HasSubstr("page"));
}

// Small clusters look their members up, large ones the labels: both must find the same.
TEST_F(LabelsOverGrpc, ClusterLabelsAreTheSameEitherWay) {
  OpenNetwork& open = *Shared().served->indexes().networks()[0];
  for (std::uint64_t i = 0; i < open.view().addresses_count(); i += 10) {
    const auto cluster = open.clusters.Of(AddressNum{i}, Profile::kStandard, nullptr);
    ASSERT_OK(cluster);
    std::vector<std::string> answers;
    for (const std::uint64_t members : {std::uint64_t{1}, ~std::uint64_t{0}}) {
      ClusterLabels labels(open.snapshot().network, open.labels.get());
      ASSERT_OK(labels.Begin(members, nullptr));
      for (const AddressNum member : cluster->Members(std::nullopt, 1'000'000)) {
        ASSERT_OK(labels.Add(open.view().Script(member)));
      }
      v1::Cluster answer;
      labels.Fill(&answer);
      answers.push_back(ToJson(answer));
    }
    EXPECT_EQ(answers[0], answers[1]);
  }
}

Label LabelOf(std::uint32_t address, const std::string& name, std::uint16_t confidence) {
  Label label;
  label.address = std::string(1, static_cast<char>(address));
  label.name = name;
  label.label_class = LabelClass::kService;
  label.confidence_permille = confidence;
  return label;
}

v1::Cluster LabelsOfMembers(const LabelStore& labels, std::uint64_t members, bool by_label) {
  ClusterLabels collected(Network::kBitcoin, &labels);
  EXPECT_OK(collected.Begin(by_label ? ~std::uint64_t{0} : 1, nullptr));
  for (std::uint64_t i = 0; i < members; ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    EXPECT_OK(collected.Add(ByteSpan(&byte, 1)));
  }
  v1::Cluster cluster;
  collected.Fill(&cluster);
  return cluster;
}

TEST(ClusterLabels, CountMembersAndKeepTheStrongest) {
  FaultFileSystem files;
  ASSERT_OK_AND_ASSIGN(auto labels, LabelStore::Open(files, "/data", LabelStore::Mode::kWrite));
  LabelImport import;
  import.list.list = "L";
  // Two sources say the same of member 0, one of member 1.
  for (const char* source : {"a", "b"}) {
    import.list.labels.push_back(LabelOf(0, "Twice", 500));
    import.list.labels.back().source = source;
  }
  import.list.labels.push_back(LabelOf(1, "Twice", 500));
  for (std::size_t i = 0; i < kMaxClusterLabels; ++i) {
    import.list.labels.push_back(LabelOf(1, "Weak " + std::to_string(i), 100));
  }
  import.list.labels.push_back(LabelOf(2, "Sure", 1000));
  ASSERT_OK(labels->Import(import));
  for (const bool by_label : {false, true}) {
    const v1::Cluster cluster = LabelsOfMembers(*labels, 3, by_label);
    EXPECT_EQ(cluster.labels_count(), kMaxClusterLabels + 2);
    ASSERT_EQ(cluster.labels_size(), static_cast<int>(kMaxClusterLabels));
    EXPECT_EQ(cluster.labels(0).label(), "Sure");
    EXPECT_EQ(cluster.labels(1).label(), "Twice");
    EXPECT_EQ(cluster.labels(1).addresses(), 2u);
    EXPECT_EQ(cluster.labels(2).addresses(), 1u);
  }
}

}  // namespace
}  // namespace coinwake::server
