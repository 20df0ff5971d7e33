// Goal: `typologies` prints what the server streams, for one address and for a file of them.
// Method: runs the program over a made chain, and asks a server over the same folder.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/tracer.grpc.pb.h"
#include "coinwake/v1/typology.pb.h"
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

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string NameOf(const std::string& who) {
  const std::vector<std::uint8_t> script = ScriptOfName(who);
  return AddressText(Network::kBitcoinRegtest, std::string(script.begin(), script.end()));
}

// Twelve pay the shop, which pays one supplier.
std::string MadeData(const std::string& name) {
  IndexBuilder chain;
  SimpleTransaction mint{"mint", {}, {}};
  for (int i = 0; i < 12; ++i) mint.outputs.push_back({"payer " + std::to_string(i), kCoin});
  chain.AddBlock({mint});
  SimpleTransaction supply{"supply", {}, {{"supplier", 12 * kCoin}}};
  for (std::uint32_t i = 0; i < 12; ++i) {
    const std::string pay = "pay " + std::to_string(i);
    chain.AddBlock({{}, {pay, {Spend("mint", i)}, {{"shop", kCoin}}}});
    supply.inputs.push_back(Spend(pay, 0));
  }
  chain.AddBlock({{}, supply});
  std::string data = ScratchPath(name);
  EXPECT_OK(chain.Build(RealFileSystem(), data).status());
  return data;
}

std::vector<std::string> Served(const std::string& data, const v1::ListTypologiesRequest& request,
                                grpc::StatusCode code = grpc::StatusCode::OK) {
  std::vector<std::string> lines;
  auto served = server::ServedIndex::Open(data);
  EXPECT_OK(served.status());
  if (!served.ok()) return lines;
  const auto tracer = v1::Tracer::NewStub((*served)->NewChannel());
  grpc::ClientContext context;
  const auto reader = tracer->ListTypologies(&context, request);
  v1::Typology typology;
  while (reader->Read(&typology)) lines.push_back(server::ToJson(typology));
  EXPECT_EQ(reader->Finish().error_code(), code);
  return lines;
}

TEST(Typologies, AreTheSameFromCommandAndServer) {
  const std::string data = MadeData("typologies");
  const std::string shop = NameOf("shop");
  const std::vector<v1::Typology> found = Ask<v1::Typology>(data, {"typologies", shop});
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_TRUE(found[2].has_summary());
  EXPECT_EQ(found[2].summary().found(), 2U);
  EXPECT_EQ(found[2].summary().searches_size(), 10);
  EXPECT_EQ(found[0].kind(), "fan_in");
  EXPECT_EQ(found[1].kind(), "pass_through");  // half of it within an hour
  EXPECT_EQ(found[0].counterparties(), 12U);
  EXPECT_EQ(found[0].snapshot().network(), "bitcoin-regtest");

  v1::ListTypologiesRequest request;
  request.add_subjects()->set_address(shop);
  EXPECT_EQ(Served(data, request), On(data, {"typologies", shop, "--json"}).lines());
  for (int i = 0; i < 10'000; ++i) request.add_subjects()->set_address(shop);
  EXPECT_THAT(Served(data, request, grpc::StatusCode::INVALID_ARGUMENT), IsEmpty());

  const ProgramResult text = On(data, {"typologies", shop});
  EXPECT_EQ(text.exit_status, 0);
  EXPECT_THAT(text.out, HasSubstr(shop));
  EXPECT_THAT(text.out, HasSubstr("fan_in"));
  // Its first transactions, and where the others are.
  for (int i = 0; i < 3; ++i) EXPECT_THAT(text.out, HasSubstr(found[0].transactions(i)));
  EXPECT_THAT(text.out, HasSubstr("and 9 more: --json"));
  EXPECT_THAT(text.out, HasSubstr("nothing of the kind was found: fan_out, gather_scatter"));
}

TEST(Typologies, ReadAFileOfSeeds) {
  const std::string data = MadeData("typologies of a file");
  const std::string file =
      FileOf("typology seeds.csv", NameOf("shop") + ",a seller\n" + NameOf("supplier") +
                                       ",another\n" + std::string(64, 'a') + ":0,an output\n");
  const ProgramResult result =
      On(data, {"typologies", "--seeds", file, "--json", "--only", "fan_in,fan_out"});
  EXPECT_EQ(result.exit_status, 0);
  ASSERT_THAT(result.lines(), SizeIs(3));
  EXPECT_THAT(result.lines()[0], HasSubstr("\"label\":\"a seller\""));
  EXPECT_THAT(result.lines()[0], Not(HasSubstr("\"summary\"")));
  EXPECT_THAT(result.lines()[1], HasSubstr("\"label\":\"a seller\""));
  EXPECT_THAT(result.lines()[1], HasSubstr("\"summary\""));
  EXPECT_THAT(result.lines()[2], HasSubstr("\"label\":\"another\""));
  EXPECT_THAT(result.lines()[2], HasSubstr("\"summary\""));
  EXPECT_THAT(result.err, HasSubstr("1 of 3 seeds are no addresses"));
  EXPECT_THAT(On(data, {"typologies", "--seeds", file, "--only", "structuring,round_trip"}).out,
              HasSubstr("nothing of the kind was found"));
}

TEST(Typologies, TakeAsManyAddressesAsTheServer) {
  const std::string data = MadeData("typologies of many");
  std::string lines;
  for (int i = 0; i < 10'001; ++i) lines += NameOf("shop") + ",seller " + std::to_string(i) + "\n";
  const std::string file = FileOf("too many.csv", lines);
  ExpectError(On(data, {"typologies", "--seeds", file, "--only", "fan_in", "--json"}), 2,
              "10001 subjects are too many: at most 10000");
  // The same address again is no other subject.
  const std::string shop = NameOf("shop");
  EXPECT_THAT(On(data, {"typologies", shop, shop, "--json"}).lines(), SizeIs(3));
}

TEST(Typologies, SayWhatIsWrong) {
  const std::string data = MadeData("typologies wrong");
  ExpectError(On(data, {"typologies"}), 2, "ADDR or --seeds");
  ExpectError(On(data, {"typologies", NameOf("shop"), "--only", "fans"}), 2, "no typology");
  ExpectError(On(data, {"typologies", NameOf("shop"), "--asset", "TRX"}), 2, "TRX");
  const ProgramResult unseen = On(data, {"typologies", NameOf("nobody"), "--json"});
  EXPECT_EQ(unseen.exit_status, 0);
  ASSERT_THAT(unseen.lines(), SizeIs(1));
  EXPECT_THAT(unseen.out, HasSubstr("\"seen\":false"));
  EXPECT_THAT(unseen.out, HasSubstr("\"network\":\"bitcoin-regtest\""));
  EXPECT_THAT(unseen.err, HasSubstr("was never seen"));
}

}  // namespace
}  // namespace coinwake
