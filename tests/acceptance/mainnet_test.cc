// Goal: the first 4,313 real blocks are indexed as Bitcoin Core has them, from a plain file and
// from Core 31's XORed one. Method: index both copies; compare the totals with Core's
// gettxoutsetinfo, every block with Core's listing, and the two indexes with each other.
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/acceptance/answers.h"
#include "tests/acceptance/core_oracle.h"
#include "tests/support/gzip.h"

namespace coinwake::acceptance {
namespace {

const std::string kPlain = std::string(COINWAKE_TEST_DATA) + "/mainnet-0-4312";
const std::string kCore31 = std::string(COINWAKE_TEST_DATA) + "/mainnet-0-4312-core31";

struct IndexedCopy {
  IngestReport report;
  std::string data_folder;
};

const IndexedCopy& Copy(const std::string& source, const std::string& name) {
  static auto& copies = *new std::map<std::string, IndexedCopy>;
  const auto [it, made] = copies.try_emplace(name);
  if (made) {
    const std::string blocks = FreshFolder("mainnet-blocks-" + name);
    UnpackFolder(source, blocks);
    it->second.data_folder = FreshFolder("mainnet-index-" + name);
    it->second.report = Index(blocks, it->second.data_folder);
  }
  return it->second;
}
const IndexedCopy& Plain() { return Copy(kPlain, "plain"); }
const IndexedCopy& Core31() { return Copy(kCore31, "core31"); }

TEST(Mainnet, HasTheTotalsOfCore) {
  std::string text;
  for (const std::string& line : ReadLinesMaybeGzip(kCore31 + "/state.json")) text += line;
  const Json core = Json::parse(text).at("hash_serialized_3");
  for (const IndexedCopy* copy : {&Plain(), &Core31()}) {
    EXPECT_EQ(copy->report.network, Network::kBitcoin);
    EXPECT_EQ(copy->report.height, 4'312U);
    EXPECT_EQ(copy->report.blocks, 4'313U);
    EXPECT_EQ(copy->report.transactions, 4'371U);
    EXPECT_EQ(copy->report.block_hash.ToDisplayHex(), core.at("bestblock"));
    EXPECT_EQ(copy->report.unresolved_inputs, 0U);
    ExpectSound(copy->data_folder, Network::kBitcoin);
    const Answers answers(copy->data_folder, Network::kBitcoin);
    const Json status = Json::parse(answers.Status()).at("networks").at(0);
    EXPECT_EQ(NumberOf(status.at("unspent_outputs")), 4'149U);
    EXPECT_EQ(status.at("unspent_value"), "21560000000000");
    EXPECT_EQ(NumberOf(status.at("unspent_outputs")), core.at("txouts").get<std::uint64_t>());
  }
}

TEST(Mainnet, DecodesTheFirstPaymentWithTheAddressesOfBothKeys) {
  const Answers answers(Plain().data_folder, Network::kBitcoin);
  // Block 170: Satoshi Nakamoto pays Hal Finney 10 BTC.
  const Json payment = Json::parse(
      answers.Transaction("f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"));
  EXPECT_EQ(NumberOf(payment.at("height")), 170U);
  const Json& outputs = payment.at("outputs");
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].at("value"), "1000000000");
  EXPECT_EQ(outputs[0].at("script_type"), "pubkey");
  EXPECT_FALSE(outputs[0].contains("address"));
  EXPECT_EQ(outputs[0].at("key_address"), "1Q2TWHE3GMdB6BZKafqwxXtWAWgFt5Jvm3");
  EXPECT_EQ(outputs[1].at("value"), "4000000000");
  EXPECT_EQ(outputs[1].at("key_address"), "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S");
  ASSERT_EQ(payment.at("inputs").size(), 1U);
  EXPECT_EQ(payment.at("inputs")[0].at("key_address"), "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S");
  EXPECT_EQ(payment.at("fee"), "0");
}

TEST(Mainnet, DecodesEveryBlockAsCoreDoes) {
  const CoreChain core(kCore31 + "/blocks.verbosity3.jsonl");
  ASSERT_EQ(core.blocks().size(), 4'313U);
  const Answers answers(Core31().data_folder, Network::kBitcoin);
  for (const Json& oracle : core.blocks()) {
    ExpectBlock(Json::parse(answers.Block(oracle.at("height").dump())), oracle, core);
  }
}

TEST(Mainnet, BothCopiesAnswerTheSameByteForByte) {
  ExpectSame(Answers(Plain().data_folder, Network::kBitcoin).All(),
             Answers(Core31().data_folder, Network::kBitcoin).All());
}

}  // namespace
}  // namespace coinwake::acceptance
