// Goal: a seeds file means the same however it is written, and every mistake is told with its line.
// Method: both forms by hand, then every prefix and many one-byte changes of valid files.
#include "adverts/seeds_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/adverts/support.h"

namespace coinwake::test {
namespace {

using ::testing::HasSubstr;

const std::string kTxid = "0e3e2357e806b6cdb1f70b54c3a3a17b6714ee1f0e68bebb44a74b1efd512098";

std::vector<SeedEntry> Parse(const std::string& text) {
  const auto entries = ParseSeeds(text, "seeds");
  EXPECT_TRUE(entries.ok()) << entries.status();
  return entries.ok() ? *entries : std::vector<SeedEntry>();
}
std::string ErrorOf(const std::string& text) {
  const auto entries = ParseSeeds(text, "seeds");
  EXPECT_EQ(entries.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(entries.status().message());
}

TEST(ParseOutpoint, TakesTxidAndNumber) {
  const auto outpoint = ParseOutpoint(kTxid + ":7");
  ASSERT_TRUE(outpoint.has_value());
  EXPECT_EQ(outpoint->txid.ToDisplayHex(), kTxid);
  EXPECT_EQ(outpoint->vout, 7u);
  EXPECT_EQ(ParseOutpoint(kTxid + ":4294967295")->vout, 4294967295u);
  for (const std::string& bad : {kTxid, kTxid + ":", kTxid + ":-1", kTxid + ":+1", kTxid + ": 1",
                                 kTxid + ":1x", kTxid + ":4294967296", kTxid.substr(1) + ":1",
                                 "x" + kTxid.substr(1) + ":1", std::string()}) {
    EXPECT_FALSE(ParseOutpoint(bad).has_value()) << bad;
  }
}

TEST(SeedsFile, ReadsCsv) {
  const std::string a = std::string(kP2pkh);
  const std::string b = std::string(kP2wpkh);
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const auto entries =
        Parse(absl::StrCat("\xef\xbb\xbf"
                           "Address_or_Outpoint,label",
                           end, "# a note, with a comma", end, a, ",One", end, end, " ", kTxid,
                           ":0 , \"Two, \"\"too\"\"\" ", end, b, end, a, ",", end,
                           "script:51,Three", end, a, ",One", end, a, ",Four"));
    ASSERT_EQ(entries.size(), 6u);
    EXPECT_EQ(entries[0].address, a);
    EXPECT_EQ(entries[0].label, "One");
    EXPECT_EQ(entries[0].line, 3u);
    EXPECT_EQ(entries[0].network, std::nullopt);
    EXPECT_EQ(entries[1].address, "");
    EXPECT_EQ(entries[1].outpoint, ParseOutpoint(kTxid + ":0"));
    EXPECT_EQ(entries[1].label, "Two, \"too\"");
    EXPECT_EQ(entries[1].line, 5u);
    EXPECT_EQ(entries[2].address, b);
    EXPECT_EQ(entries[2].label, std::nullopt);
    EXPECT_EQ(entries[3].label, std::nullopt);
    EXPECT_EQ(entries[4].address, "script:51");
    EXPECT_EQ(entries[5].label, "Four");
    EXPECT_EQ(entries[5].line, 10u);
  }
  EXPECT_TRUE(Parse("").empty());
  EXPECT_TRUE(Parse("\n\n# only a note").empty());
  EXPECT_EQ(Parse(absl::StrCat("\"", a, "\",\"two\nlines\"\n", b)).back().line, 3u);
}

TEST(SeedsFile, TellsTheLineOfACsvMistake) {
  const std::string a = std::string(kP2pkh);
  EXPECT_THAT(ErrorOf(absl::StrCat(a, "\n1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb,x\n")),
              HasSubstr("seeds:2: '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb' is neither"));
  EXPECT_THAT(ErrorOf(absl::StrCat(a, ",one,two")), HasSubstr("seeds:1: more than two fields"));
  EXPECT_THAT(ErrorOf(absl::StrCat("#\n", a, ",\"one")), HasSubstr("seeds:2: a quoted field"));
  EXPECT_THAT(ErrorOf(absl::StrCat(a, ",\"one\"two")), HasSubstr("seeds:1: a quoted field"));
  EXPECT_THAT(ErrorOf(",label"), HasSubstr("seeds:1"));
  EXPECT_THAT(ErrorOf("script:5"), HasSubstr("no script"));
  EXPECT_THAT(ErrorOf("script:"), HasSubstr("no script"));
  EXPECT_THAT(ErrorOf(absl::StrCat(a, "\naddress,label")), HasSubstr("seeds:2"));
}

TEST(SeedsFile, BoundsLabels) {
  const std::string a = std::string(kP2pkh);
  const std::string longest(kMaxSeedLabelBytes, 'x');
  const auto seller = [&](const std::string& name) {
    return absl::StrCat("{\"seller\":\"", name, "\",\"seeds\":[{\"address\":\"", a, "\"}]}");
  };
  EXPECT_EQ(Parse(absl::StrCat(a, ",", longest))[0].label, longest);
  EXPECT_EQ(Parse(seller(longest))[0].label, longest);
  EXPECT_THAT(ErrorOf(absl::StrCat("#\n", a, ",", longest, "x")),
              HasSubstr("seeds:2: the label 'xx"));
  EXPECT_THAT(ErrorOf(seller(longest + "x")), HasSubstr("seeds:1: the label 'xx"));
  // As UTF-8 it is longer than in the file.
  EXPECT_THAT(ErrorOf(absl::StrCat(a, ",", std::string(200, '\xff'))),
              HasSubstr("longer than 256"));
}

TEST(SeedsFile, ReadsTheLinesOfSeedsExtract) {
  const std::string a = std::string(kP2pkh);
  const std::string one = absl::StrCat(
      R"({"seller": "One", "advertisements": ["x"], "identifiers": [{"steps": ["s"], "offset": "1"}], )",
      R"("seeds": [{"address": ")", a, R"(", "network": "bitcoin", "asset": "BTC"}, {"address": ")",
      std::string(kRegtest), R"(", "network": "bitcoin-regtest"}]})");
  const auto entries =
      Parse(absl::StrCat("\n", one, "\r\n", R"({"seller": "", "seeds": [{"address": ")", a,
                         R"("}]})", "\n", one, R"( )", "\n", R"({"seller":"None","seeds":[]})"));
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].address, a);
  EXPECT_EQ(entries[0].label, "One");
  EXPECT_EQ(entries[0].network, Network::kBitcoin);
  EXPECT_EQ(entries[0].line, 2u);
  EXPECT_EQ(entries[1].network, Network::kBitcoinRegtest);
  EXPECT_EQ(entries[2].label, std::nullopt);
  EXPECT_EQ(entries[2].network, std::nullopt);
  EXPECT_EQ(entries[2].line, 3u);
}

TEST(SeedsFile, TakesTronAddresses) {
  const std::string address = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t";
  const auto entries = ParseSeeds(absl::StrCat(address, ",csv\n"), "seeds");
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().address, address);
  EXPECT_EQ(entries->front().network, std::nullopt);
  const auto named = ParseSeeds(absl::StrCat(R"({"seller":"s","seeds":[{"address":")", address,
                                             R"(","network":"tron-nile","asset":""}]})"),
                                "seeds");
  ASSERT_TRUE(named.ok()) << named.status();
  ASSERT_EQ(named->size(), 1u);
  EXPECT_EQ(named->front().network, Network::kTronNile);
  EXPECT_THAT(ErrorOf(absl::StrCat(address.substr(0, 33), "u,csv\n")), HasSubstr("neither"));
}

TEST(SeedsFile, TellsTheLineOfAJsonMistake) {
  const std::string a = std::string(kP2pkh);
  const auto with_seed = [](const std::string& seed) {
    return absl::StrCat("{\"seller\": \"s\", \"seeds\": [", seed, "]}");
  };
  EXPECT_THAT(ErrorOf("{}\n"), HasSubstr("seeds:1: no list seeds[]"));
  EXPECT_THAT(ErrorOf("{\"seeds\": {}}"), HasSubstr("no list seeds[]"));
  EXPECT_THAT(ErrorOf("\xef\xbb\xbf\n [\n{\"seeds\": []}]"), HasSubstr("seeds:2: a JSON array"));
  EXPECT_THAT(ErrorOf("{\"seeds\": []}\n[1]"), HasSubstr("seeds:2: not a JSON object"));
  EXPECT_THAT(ErrorOf("{\"seeds\": [\n]}"), HasSubstr("seeds:1: not a JSON object"));
  EXPECT_THAT(ErrorOf("{\"seller\": 1, \"seeds\": []}"), HasSubstr("seller is not text"));
  EXPECT_THAT(ErrorOf(with_seed("1")), HasSubstr("not an object"));
  EXPECT_THAT(ErrorOf(with_seed("{\"address\": 1}")), HasSubstr("are text"));
  EXPECT_THAT(ErrorOf(with_seed("{}")), HasSubstr("neither"));
  EXPECT_THAT(ErrorOf(with_seed(absl::StrCat("{\"address\": \"", a, "\", \"network\": \"tron\"}"))),
              HasSubstr("is no address of tron"));
  EXPECT_THAT(ErrorOf(with_seed(absl::StrCat("{\"address\": \"", a, "\", \"network\": \"doge\"}"))),
              HasSubstr("unknown network 'doge'"));
  EXPECT_THAT(ErrorOf(with_seed(absl::StrCat("{\"address\": \"", a, "\", \"asset\": \"TRX\"}"))),
              HasSubstr("'TRX' is not BTC"));
  EXPECT_THAT(ErrorOf(with_seed(
                  absl::StrCat("{\"address\": \"", a, "\", \"network\": \"bitcoin-regtest\"}"))),
              HasSubstr("no address of bitcoin-regtest"));
  EXPECT_THAT(ErrorOf("{\"seeds\": \"\xff\"}"), HasSubstr("not a JSON object"));
}

TEST(SeedsFile, SurvivesDamageAndDeepNesting) {
  const std::string files[] = {
      absl::StrCat("address,label\n", std::string(kP2pkh), ",\"a \"\"b\"\"\"\n", kTxid, ":1,c\n"),
      absl::StrCat("{\"seller\":\"One\",\"seeds\":[{\"address\":\"", std::string(kP2pkh),
                   "\",\"network\":\"bitcoin\",\"asset\":\"BTC\"}]}\n")};
  for (const std::string& file : files) {
    for (std::size_t i = 0; i < file.size(); ++i) {
      (void)ParseSeeds(file.substr(0, i), "seeds");
      for (const char c : {'\0', '"', ',', '\n', '\r', '{', '}', '#', '\xff'}) {
        std::string changed = file;
        changed[i] = c;
        (void)ParseSeeds(changed, "seeds");
      }
    }
  }
  for (const char* open : {"[", "{\"a\":", "{\"seeds\":["}) {
    std::string deep = "{\"seller\":\"s\",\"x\":";
    for (int i = 0; i < 200'000; ++i) deep += open;
    EXPECT_THAT(ErrorOf(deep), HasSubstr("seeds:1"));
  }
}

TEST(SeedsFile, ReadsFilesAndNamesThem) {
  const std::string path = ::testing::TempDir() + "/seeds_file_test.csv";
  std::ofstream(path) << kP2pkh << ",One\n1nvalid,Two\n";
  const auto bad = ReadSeedsFile(RealFileSystem(), path);
  EXPECT_THAT(std::string(bad.status().message()), HasSubstr(path + ":2: "));
  std::ofstream(path) << kP2pkh << ",One\n";
  const auto good = ReadSeedsFile(RealFileSystem(), path);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->size(), 1u);
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path) << kP2pkh << ",One\n"; });
  const auto piped = ReadSeedsFile(RealFileSystem(), path);
  writer.join();
  ASSERT_TRUE(piped.ok()) << piped.status();
  EXPECT_EQ(piped->size(), 1u);
  std::filesystem::remove(path);
  EXPECT_EQ(ReadSeedsFile(RealFileSystem(), path).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace coinwake::test
