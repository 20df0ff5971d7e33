// Goal: the address alone tells its chain, and what is no address of an indexed chain is refused
// with a reason that repeats no secret. Method: one text of every kind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "labels/label.h"
#include "labels/label_address.h"
#include "tests/support/matchers.h"

namespace coinwake {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Network NetworkOf(std::string_view text, std::optional<Network> asked = std::nullopt) {
  const auto address = ParseLabelAddress(text, asked);
  EXPECT_TRUE(address.ok()) << text << ": " << address.status();
  return address.ok() ? address->network : Network::kTronPrivate;
}

TEST(ParseLabelAddress, TellsTheChainFromTheText) {
  EXPECT_EQ(NetworkOf("12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h"), Network::kBitcoin);
  EXPECT_EQ(NetworkOf("bc1qardcxz845jw83vgfvcmewhuxa0ag9gchjwmcfd"), Network::kBitcoin);
  // Listed by OFAC under XBT.
  EXPECT_EQ(NetworkOf("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq"), Network::kTron);
}

TEST(ParseLabelAddress, TakesTheNetworkAskedForWhereSeveralShareTheText) {
  constexpr char kTest[] = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn";
  EXPECT_THAT(ParseLabelAddress(kTest, std::nullopt),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--network says which")));
  EXPECT_THAT(ParseLabelAddress(kTest, Network::kBitcoin),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--network says which")));
  EXPECT_EQ(NetworkOf(kTest, Network::kBitcoinSignet), Network::kBitcoinSignet);
  EXPECT_EQ(NetworkOf("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq", Network::kTronNile),
            Network::kTronNile);
  // An address of one network is of that one, whatever is asked.
  EXPECT_EQ(NetworkOf("12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h", Network::kBitcoinRegtest),
            Network::kBitcoin);
}

TEST(ParseLabelAddress, OneAddressHasOneSetOfBytes) {
  const auto lower = ParseLabelAddress("bc1qardcxz845jw83vgfvcmewhuxa0ag9gchjwmcfd", std::nullopt);
  const auto upper = ParseLabelAddress("BC1QARDCXZ845JW83VGFVCMEWHUXA0AG9GCHJWMCFD", std::nullopt);
  ASSERT_OK(lower);
  ASSERT_OK(upper);
  EXPECT_EQ(lower->bytes, upper->bytes);
  EXPECT_EQ(AddressText(lower->network, lower->bytes),
            "bc1qardcxz845jw83vgfvcmewhuxa0ag9gchjwmcfd");
}

TEST(ParseLabelAddress, SaysWhyAndRepeatsNoKey) {
  const auto reason = [](std::string_view text) {
    const auto address = ParseLabelAddress(text, std::nullopt);
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument) << text;
    return std::string(address.status().message());
  };
  EXPECT_THAT(reason("0x530a64c0ce595026a4a556b703644228179e2d57"), HasSubstr("EVM"));
  EXPECT_THAT(reason("12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9i"), HasSubstr("checksum"));
  EXPECT_THAT(reason("TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzr"), HasSubstr("checksum"));
  EXPECT_THAT(reason(""), HasSubstr("no address"));
  EXPECT_THAT(reason(std::string(1 << 20, 'a')), HasSubstr("too long"));
  EXPECT_THAT(reason("script:51"), HasSubstr("\"script:51\" is no address: labels are not for"));
  constexpr char kKey[] = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ";
  EXPECT_THAT(reason(kKey), Not(HasSubstr(kKey)));
}

}  // namespace
}  // namespace coinwake
