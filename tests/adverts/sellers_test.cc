// Goal: advertisements become sellers under the name they give, in one order, with seeds that a
// trace can take. Method: files written to a temporary folder and read back as files and as a
// folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "adverts/seller_name.h"
#include "tests/adverts/support.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kTestnet = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";

std::string NameOf(std::string_view bytes, const std::string& source) {
  const auto advert =
      ReadAdvertisement(AsBytes(bytes.data(), bytes.size()), source, ContentKind::kGuess);
  EXPECT_TRUE(advert.ok());
  return advert.ok() ? advert->seller : "";
}

TEST(SellerName, ComesFromALineThenAuthorThenTitleThenFile) {
  EXPECT_EQ(NameOf("hello\r\nSELLER:  Blue  Heron \r\n", "a/b.txt"), "Blue Heron");
  EXPECT_EQ(NameOf("**Vendor name:** *Blue Heron*\n", "b.md"), "Blue Heron");
  EXPECT_EQ(NameOf("> - Sold by: Blue Heron", "b.txt"), "Blue Heron");
  EXPECT_EQ(NameOf("Best seller: none\nthe seller says: no\nSeller:\n\n  Blue Heron", "b.txt"),
            "Blue Heron");
  EXPECT_EQ(NameOf("no name here", "some/folder/blue-heron.v2.txt"), "blue-heron.v2");
  EXPECT_EQ(NameOf("no name here", ".hidden"), ".hidden");
  const std::string head = "<head><title>T&amp;T\n shop</title>";
  EXPECT_EQ(NameOf(absl::StrCat(head, "</head>"), "x.html"), "T&T shop");
  EXPECT_EQ(NameOf(absl::StrCat(head, "<meta content='Ann' name=Author>"), "x.html"), "Ann");
  EXPECT_EQ(
      NameOf(absl::StrCat(head, "<meta name=Author content='Ann'><b>Seller:</b> Bob<br>x"), "x"),
      "Bob");
  EXPECT_EQ(NameOf("<html><table><tr><td>Seller:</td><td>Bob</td></tr></table>", "x"), "Bob");
  EXPECT_EQ(NameOf("<meta name=author><meta content=Eve><title></title>", "stem.htm"), "stem");
}

TEST(SellerName, IsBoundedCleanText) {
  const std::string longest = NameOf("Seller: " + std::string(5000, 'x'), "a.txt");
  EXPECT_EQ(longest.size(), kMaxSellerNameBytes);
  EXPECT_EQ(CleanName("\x01 a\tb\xff \xc2\xa0 c \x7f"), "a b\xef\xbf\xbd c");
  EXPECT_EQ(CleanName(""), "");
  std::string umlauts;
  for (int i = 0; i < 150; ++i) umlauts += "\xc3\xa4";
  EXPECT_EQ(CleanName(umlauts), umlauts.substr(0, kMaxSellerNameBytes));
}

class Sellers : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/sellers_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/sub/.hidden");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, std::string_view content) {
    std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  std::vector<Seller> Run(const std::vector<std::string>& paths,
                          std::optional<Network> prefer = std::nullopt) {
    auto extraction = ExtractSellers(RealFileSystem(), paths, prefer);
    EXPECT_TRUE(extraction.ok()) << extraction.status();
    if (!extraction.ok()) return {};
    warnings_ = std::move(extraction->warnings);
    return std::move(extraction->sellers);
  }

  std::string folder_;
  std::vector<std::string> warnings_;  // of the last Run()
};

TEST_F(Sellers, MergesFilesOfOneNameInPathOrder) {
  const std::string b =
      Write("b.txt", absl::StrCat("Seller: One\n", std::string(kP2sh), " ", std::string(kP2pkh)));
  const std::string a = Write("a.txt", absl::StrCat("Seller: One\n", std::string(kP2pkh)));
  const std::string c = Write("sub/c.html", absl::StrCat("<p>", std::string(kP2wpkh)));
  Write("sub/notes.txt", "nothing here");
  Write("sub/.hidden/d.txt", kP2tr);
  Write(".e.txt", kP2tr);
  const auto sellers = Run({folder_});
  ASSERT_EQ(sellers.size(), 2u);
  EXPECT_EQ(sellers[0].seller, "One");
  EXPECT_THAT(sellers[0].advertisements, ElementsAre(a, b));
  EXPECT_THAT(Values(sellers[0].identifiers),
              ElementsAre(std::string(kP2pkh), std::string(kP2sh), std::string(kP2pkh)));
  ASSERT_EQ(sellers[0].seeds.size(), 2u);
  EXPECT_EQ(sellers[0].seeds[0].address, kP2pkh);
  EXPECT_EQ(sellers[0].seeds[1].address, kP2sh);
  EXPECT_EQ(sellers[0].seeds[0].asset, "BTC");
  EXPECT_EQ(sellers[1].seller, "c");
  EXPECT_THAT(sellers[1].advertisements, ElementsAre(c));

  // The order of the paths and naming one twice change nothing.
  const auto again = Run({c, b, a, folder_ + "/sub", b});
  ASSERT_EQ(again.size(), 2u);
  EXPECT_THAT(again[0].advertisements, ElementsAre(a, b));
  EXPECT_THAT(again[1].advertisements, ElementsAre(c));
}

TEST_F(Sellers, CountsAFileUnderSeveralNamesOnce) {
  const std::string a = Write("a.txt", kP2pkh);
  std::filesystem::create_symlink("../a.txt", folder_ + "/sub/again.txt");
  const std::string dotted = folder_ + "/./a.txt";
  for (const std::vector<std::string>& paths : std::vector<std::vector<std::string>>{
           {a, dotted}, {dotted, a}, {folder_, dotted}, {folder_ + "/sub", dotted}}) {
    const auto sellers = Run(paths);
    ASSERT_EQ(sellers.size(), 1u);
    EXPECT_THAT(sellers[0].advertisements, ElementsAre(dotted));
    EXPECT_EQ(sellers[0].identifiers.size(), 1u);
  }
}

TEST_F(Sellers, KeepsANamedFileWithoutIdentifiers) {
  const std::string a = Write("a.txt", "nothing here");
  const auto sellers = Run({a});
  ASSERT_EQ(sellers.size(), 1u);
  EXPECT_EQ(sellers[0].seller, "a");
  EXPECT_THAT(sellers[0].seeds, IsEmpty());
  EXPECT_THAT(Run({folder_}), IsEmpty());
}

TEST_F(Sellers, SeedsTheAskedNetworkWhereItIsValidAndGuessesNone) {
  const std::string a = Write("a.txt", absl::StrCat(kTestnet, " ", std::string(kP2pkh)));
  EXPECT_EQ(Run({a})[0].seeds[0].network, std::nullopt);
  EXPECT_EQ(Run({a})[0].seeds[1].network, Network::kBitcoin);
  EXPECT_EQ(Run({a}, Network::kBitcoin)[0].seeds[0].network, std::nullopt);
  const auto seeds = Run({a}, Network::kBitcoinRegtest)[0].seeds;
  EXPECT_EQ(seeds[0].network, Network::kBitcoinRegtest);
  EXPECT_EQ(seeds[1].network, Network::kBitcoin);
}

constexpr const char* kTronSeller = "TENzdTsDn6QdRQVRHzP9b19wYyJbDrZNcy";
constexpr const char* kTronOther = "TVYB16K1ZL249cJav7AweGaiogb5GpdRf5";

std::vector<std::string> SeedAddresses(const Seller& seller) {
  std::vector<std::string> addresses;
  for (const SellerSeed& seed : seller.seeds) addresses.push_back(seed.address);
  return addresses;
}

// All who use a token pay into its contract: seeding it would give the seller everybody's money.
TEST_F(Sellers, SeedsNoContractAndNotTheZeroAddress) {
  const auto sellers = Run({Write(
      "a.txt", absl::StrCat("Pay to ", kTronSeller,
                            ", contract of USDT "
                            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t, not to "
                            "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb\n"
                            "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8 TPYmHEhy5n8TCEfYGqW2rPxsghSfzghPDn "
                            "TXDk8mbtRbXeYuMNS83CfKPaYYT8XWv9Hz TUpMhErZL2fhh4sVNULAbNKLokS4GjC1F4 "
                            "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR"))});
  ASSERT_EQ(sellers.size(), 1u);
  EXPECT_THAT(SeedAddresses(sellers[0]), ElementsAre(kTronSeller));
  std::vector<std::string> kinds;
  std::vector<Steps> steps;
  for (const Identifier& identifier : sellers[0].identifiers) {
    kinds.push_back(identifier.kind);
    steps.push_back(identifier.steps);
  }
  const std::string contract = "tron_contract";
  EXPECT_THAT(kinds, ElementsAre("tron_address", contract, "tron_zero_address", contract, contract,
                                 contract, contract, contract));
  EXPECT_THAT(steps, ElementsAre(Steps{}, Steps{"known_token:USDT"}, Steps{"zero_address"},
                                 Steps{"known_token:USDC"}, Steps{"known_token:USDD"},
                                 Steps{"known_token:USDD"}, Steps{"known_token:TUSD"},
                                 Steps{"known_token:WTRX"}));
}

TEST_F(Sellers, SeedsNothingThatIsGivenAsAContract) {
  const struct {
    std::string before;
    Steps steps;
  } cases[] = {
      {absl::StrCat("tron:", kTronSeller, "?token="), {"token_parameter"}},
      {absl::StrCat("tron:", kTronSeller, "?amount=5&contractAddress="), {"contract_parameter"}},
      {absl::StrCat(kTronSeller, " contract="), {"contract_parameter"}},
      {absl::StrCat(kTronSeller, " tronscan.org/#/contract/"), {"contract_link"}},
      {absl::StrCat(kTronSeller, " https://tronscan.io/#/token20/"), {"token_link"}}};
  for (const auto& [before, steps] : cases) {
    const auto sellers = Run({Write("a.txt", absl::StrCat(before, kTronOther, "/code"))});
    ASSERT_EQ(sellers.size(), 1u);
    EXPECT_THAT(SeedAddresses(sellers[0]), ElementsAre(kTronSeller)) << before;
    ASSERT_EQ(sellers[0].identifiers.size(), 2u);
    EXPECT_EQ(sellers[0].identifiers[1].kind, "tron_contract") << before;
    EXPECT_EQ(sellers[0].identifiers[1].steps, steps) << before;
  }
  // Account pages of the same site are no such thing.
  const auto page = Run({Write("a.txt", absl::StrCat("tronscan.org/#/address/", kTronOther))});
  EXPECT_THAT(SeedAddresses(page[0]), ElementsAre(kTronOther));
}

TEST_F(Sellers, KnowsAContractByTheLinkAroundIt) {
  const auto sellers =
      Run({Write("a.html", absl::StrCat("<a href='https://tronscan.org/#/token20/", kTronOther,
                                        "'>", kTronOther, "</a> <p>", kTronSeller))});
  ASSERT_EQ(sellers.size(), 1u);
  EXPECT_THAT(SeedAddresses(sellers[0]), ElementsAre(kTronSeller));
  ASSERT_EQ(sellers[0].identifiers.size(), 3u);
  EXPECT_EQ(sellers[0].identifiers[0].steps, (Steps{"html_attribute:href", "token_link"}));
  EXPECT_EQ(sellers[0].identifiers[1].steps, (Steps{"html_text", "contract_elsewhere"}));
}

TEST_F(Sellers, PassesOverWhatIsNoFileInAFolder) {
  Write("a.txt", kP2pkh);
  const std::string pipe = folder_ + "/sub/pipe";
  const std::string lost = folder_ + "/sub/lost.txt";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_symlink("nowhere", lost);
  const auto sellers = Run({folder_});  // nobody writes to the pipe
  ASSERT_EQ(sellers.size(), 1u);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr(lost), HasSubstr(pipe)));
}

TEST_F(Sellers, ReadsAPipeThatIsNamed) {
  const std::string pipe = folder_ + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] {
    // Larger than a pipe holds at once.
    std::ofstream(pipe) << std::string(200'000, '.') << kP2pkh;
  });
  const auto sellers = Run({pipe});
  writer.join();
  ASSERT_EQ(sellers.size(), 1u);
  EXPECT_EQ(sellers[0].seller, "pipe");
  ASSERT_EQ(sellers[0].identifiers.size(), 1u);
  EXPECT_EQ(sellers[0].identifiers[0].offset, 200'000u);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(Sellers, NamesThePathOfAnError) {
  const std::string missing = folder_ + "/missing.txt";
  const auto absent = ExtractSellers(RealFileSystem(), {missing}, std::nullopt);
  EXPECT_EQ(absent.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(absent.status().message()), HasSubstr(missing));
  const std::string big = Write("big.txt", "");
  std::filesystem::resize_file(big, kMaxAdvertisementBytes + 1);
  const auto large = ExtractSellers(RealFileSystem(), {folder_}, std::nullopt);
  EXPECT_EQ(large.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(large.status().message()), HasSubstr(big));
  std::filesystem::remove(big);
  std::filesystem::create_directory_symlink(folder_, folder_ + "/sub/loop");
  const auto loop = ExtractSellers(RealFileSystem(), {folder_}, std::nullopt);
  EXPECT_EQ(loop.status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace coinwake::test
