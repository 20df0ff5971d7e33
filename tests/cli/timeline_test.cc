// Goal: `timeline` and `successors` print what the server streams, for addresses and for the
// sellers of a file. Method: runs the program over a made chain, and asks a server over the same
// folder.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coinwake/v1/timeline.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "indexer/base/file_system.h"
#include "labels/label.h"
#include "server/json.h"
#include "tests/cli/ask.h"
#include "tests/cli/sample_index.h"
#include "tests/server/served_index.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string NameOf(const std::string& who) {
  const std::vector<std::uint8_t> script = ScriptOfName(who);
  return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
}

// Four pay the seller at two addresses, then the new one.
std::string MadeData(const std::string& name) {
  IndexBuilder chain;
  SimpleTransaction mint{"mint", {}, {}};
  for (int i = 0; i < 8; ++i) mint.outputs.push_back({"payer " + std::to_string(i % 4), kCoin});
  chain.AddBlock({mint});
  for (std::uint32_t i = 0; i < 8; ++i) {
    const std::string to = i >= 4 ? "new" : i % 2 == 0 ? "seller" : "seller 2";
    chain.AddBlock({{}, {"pay " + std::to_string(i), {Spend("mint", i)}, {{to, kCoin}}}});
  }
  std::string data = ScratchPath(name);
  EXPECT_OK(chain.Build(RealFileSystem(), data).status());
  return data;
}

// The lines that a server over the folder streams.
template <typename Message, typename Request, typename Method>
std::vector<std::string> Served(const std::string& data, const Request& request, Method method,
                                grpc::StatusCode code = grpc::StatusCode::OK) {
  std::vector<std::string> lines;
  auto served = server::ServedIndex::Open(data);
  EXPECT_OK(served.status());
  if (!served.ok()) return lines;
  const auto tracer = v1::Tracer::NewStub((*served)->NewChannel());
  grpc::ClientContext context;
  const auto reader = ((*tracer).*method)(&context, request);
  Message message;
  while (reader->Read(&message)) lines.push_back(server::ToJson(message));
  EXPECT_EQ(reader->Finish().error_code(), code);
  return lines;
}

TEST(Timeline, IsTheSameFromCommandAndServer) {
  const std::string data = MadeData("timeline");
  v1::ListTimelinesRequest request;
  request.add_subjects()->add_addresses(NameOf("seller"));
  request.add_subjects()->add_addresses(NameOf("new"));
  v1::TimelineEvent* const event = request.add_events();
  event->set_date("2023-11-14T23:00:00Z");
  event->set_text("a ban, or so");
  request.set_event_weeks(1);
  const std::string events =
      FileOf("timeline events.csv", "date,text\n2023-11-14T23:00:00Z,\"a ban, or so\"\n\n");
  const ProgramResult result = On(data, {"timeline", NameOf("seller"), NameOf("new"), "--events",
                                         events, "--event-weeks", "1", "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.lines(), SizeIs(2));
  EXPECT_THAT(result.out, HasSubstr("\"text\":\"a ban, or so\""));
  EXPECT_EQ(Served<v1::Timeline>(data, request, &v1::Tracer::Stub::ListTimelines), result.lines());

  const ProgramResult text = On(data, {"timeline", NameOf("seller"), "--events", events});
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr(NameOf("seller")), HasSubstr("2 receipts by 2 payers"),
                              HasSubstr("2023-W46"), HasSubstr("########"),
                              HasSubstr("a ban, or so"), HasSubstr("not all of them are indexed")));
}

TEST(Successors, AreTheSameFromCommandAndServer) {
  const std::string data = MadeData("successors");
  v1::FindSuccessorsRequest request;
  v1::TimelineSubject* const subject = request.add_subjects();
  subject->set_label("a seller");
  subject->add_addresses(NameOf("seller"));
  subject->add_addresses(NameOf("seller 2"));
  const std::string file =
      FileOf("successor seeds.csv", NameOf("seller") + ",a seller\n" + NameOf("seller 2") +
                                        ",a seller\n" + NameOf("payer 0") + ",another\n");
  const ProgramResult result = On(data, {"successors", "a seller", "--seeds", file, "--json"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  ASSERT_THAT(result.lines(), SizeIs(2));
  EXPECT_THAT(result.lines()[0], HasSubstr("\"address\":\"" + NameOf("new") + "\""));
  EXPECT_EQ(Served<v1::SuccessorEvent>(data, request, &v1::Tracer::Stub::FindSuccessors),
            result.lines());
  for (int i = 0; i < 10'000; ++i) subject->add_addresses(NameOf("seller"));
  EXPECT_THAT(Served<v1::SuccessorEvent>(data, request, &v1::Tracer::Stub::FindSuccessors,
                                         grpc::StatusCode::INVALID_ARGUMENT),
              IsEmpty());

  const ProgramResult text = On(data, {"successors", "--seeds", file});
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.out, AllOf(HasSubstr("a seller\n"), HasSubstr("another\n"), HasSubstr("shared"),
                              HasSubstr("never a link")));
}

TEST(Timeline, TakesTheSellersOfAFile) {
  const std::string data = MadeData("timeline of a file");
  const std::string file =
      FileOf("timeline seeds.csv", NameOf("seller") + ",Blue Heron\n" + NameOf("new") +
                                       ",Grey Heron\n" + NameOf("seller 2") + ",Blue Heron\n" +
                                       std::string(64, 'a') + ":0,Blue Heron\n");
  const ProgramResult all = On(data, {"timeline", "--seeds", file, "--json"});
  EXPECT_THAT(all.lines(), SizeIs(2));
  EXPECT_THAT(all.err, HasSubstr("1 of 4 seeds are no addresses"));
  const std::vector<v1::Timeline> one =
      Ask<v1::Timeline>(data, {"timeline", "Blue Heron", "--seeds", file});
  ASSERT_THAT(one, SizeIs(1));
  EXPECT_EQ(one[0].label(), "Blue Heron");
  EXPECT_THAT(one[0].addresses(), ElementsAre(NameOf("seller"), NameOf("seller 2")));
  EXPECT_EQ(one[0].total().receipts(), 4U);
}

TEST(Timeline, SaysWhatIsWrong) {
  const std::string data = MadeData("timeline wrong");
  ExpectError(On(data, {"timeline"}), 2, "ADDR or --seeds");
  ExpectError(On(data, {"successors"}), 2, "ADDR or --seeds");
  ExpectError(On(data, {"timeline", "Blue Heron"}), 2, "Blue Heron");
  ExpectError(On(data, {"timeline", NameOf("seller"), "--asset", "TRX"}), 2, "TRX");
  ExpectError(On(data, {"timeline", NameOf("seller"), "--step-weeks", "2"}), 2, "3 to 8");
  ExpectError(On(data, {"timeline", NameOf("seller"), "--quiet-weeks", "few"}), 2, "whole number");
  ExpectError(On(data, {"successors", NameOf("seller"), "--since", "soon"}), 2, "soon");
  const std::string events = FileOf("wrong events.csv", "2023-11-14,fine\nyesterday,no date\n");
  ExpectError(On(data, {"timeline", NameOf("seller"), "--events", events}), 1, ":2: ");
  ExpectError(On(data, {"timeline", NameOf("seller"), "--events", events + ".none"}), 1, "none");
  const ProgramResult unseen = On(data, {"timeline", NameOf("nobody"), "--json"});
  EXPECT_EQ(unseen.exit_status, 0);
  EXPECT_THAT(unseen.lines(), SizeIs(1));
  EXPECT_THAT(unseen.err, HasSubstr("was never seen"));
  EXPECT_THAT(On(data, {"timeline", NameOf("nobody")}).out,
              AllOf(HasSubstr("no receipts"), Not(HasSubstr("week"))));
}

}  // namespace
}  // namespace coinwake
