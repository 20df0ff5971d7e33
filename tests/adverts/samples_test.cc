// Goal: the demo's advertisements give the sellers and addresses they were written for. Method:
// read samples/adverts as a user does and compare with what each page shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/adverts/support.h"

namespace coinwake::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Samples, GiveTheirSellersAndAddresses) {
  const auto result =
      ExtractSellers(RealFileSystem(), {COINWAKE_SAMPLES "/adverts"}, Network::kBitcoinRegtest);
  ASSERT_TRUE(result.ok()) << result.status();
  const std::vector<Seller>& sellers = result->sellers;
  ASSERT_EQ(sellers.size(), 3u);

  EXPECT_EQ(sellers[0].seller, "Blue Heron Reagent Works");
  EXPECT_THAT(Values(sellers[0].identifiers), ElementsAre("1AbHNFdKJeVL8FRZyRZoiTzG9VCmzLrtvm",
                                                          "17afxUJouat3fkaaQ9tZrDThxdkXGL4WrM",
                                                          "18jANvQ6AuVGJnea4EhmXiAf6bHR5qKjPB"));
  EXPECT_THAT(sellers[0].identifiers[0].steps, IsEmpty());
  EXPECT_THAT(sellers[0].identifiers[1].steps, ElementsAre("bitcoin_uri"));
  for (const SellerSeed& seed : sellers[0].seeds) EXPECT_EQ(seed.network, Network::kBitcoin);

  EXPECT_EQ(sellers[1].seller, "Copper Lantern Supplies");
  EXPECT_THAT(Values(sellers[1].identifiers),
              ElementsAre("n3tNFkeWuKyFCXYAZjphBTDf9zpJtK7fin",
                          "bcrt1qhmnvxg5kwd5jezgkhj8d4003fzfcu84nflk5cx",
                          "2NG1W8MeUjtbQGek4ai5ikfEjm1bD792LSq",
                          "bcrt1qwnpfzwy09elye4nugw7p0r0fc3aj0zzerdv97u"));
  EXPECT_THAT(sellers[1].identifiers[0].steps, ElementsAre("html_text", "html_tag"));
  EXPECT_THAT(sellers[1].identifiers[1].steps, ElementsAre("html_attribute:href", "bitcoin_uri"));
  EXPECT_THAT(sellers[1].identifiers[2].steps, ElementsAre("html_text", "html_entity"));
  EXPECT_THAT(sellers[1].identifiers[3].steps, ElementsAre("html_comment"));

  EXPECT_EQ(sellers[2].seller, "Quiet Harbour Scientific");
  EXPECT_THAT(Values(sellers[2].identifiers),
              ElementsAre("bcrt1qlztnweuz5przq0w9dznxvyvfulf9fv9lhsm4g5",
                          "bcrt1q8xyt3542g5dkmsvh4ccffjjhajtpq0klxgalvs",
                          "mp241XnARuhmJrkuhTAi3rFL7799VQdLwp"));
  EXPECT_THAT(sellers[2].identifiers[0].steps, ElementsAre("upper_case"));
  for (std::size_t i : {1, 2}) {
    for (const SellerSeed& seed : sellers[i].seeds)
      EXPECT_EQ(seed.network, Network::kBitcoinRegtest);
  }
}

}  // namespace
}  // namespace coinwake::test
