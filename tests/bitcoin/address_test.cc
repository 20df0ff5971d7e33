// Goal: addresses are exactly Core's, both ways, on every network, and bad ones are refused with a
// reason. Method: Core's key_io vectors, BIP173, BIP350 and BIP341 vectors, and cases by hand.
#include "indexer/bitcoin/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "indexer/base/base58.h"
#include "indexer/base/hex.h"
#include "indexer/bitcoin/bech32.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"

namespace coinwake::bitcoin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

nlohmann::json Vectors(const std::string& name) {
  const auto bytes = ReadMaybeGzip(COINWAKE_TEST_DATA "/bitcoin/vectors/" + name);
  return nlohmann::json::parse(bytes.begin(), bytes.end());
}

std::vector<std::uint8_t> Hex(const std::string& hex) {
  const auto bytes = HexDecode(hex);
  EXPECT_TRUE(bytes.has_value()) << hex;
  return bytes.value_or(std::vector<std::uint8_t>{});
}

std::string Text(const std::string& hex) {
  const auto bytes = Hex(hex);
  return std::string(bytes.begin(), bytes.end());
}

const std::map<std::string, Network> kChains = {{"main", Network::kBitcoin},
                                                {"test", Network::kBitcoinTestnet3},
                                                {"testnet4", Network::kBitcoinTestnet4},
                                                {"signet", Network::kBitcoinSignet},
                                                {"regtest", Network::kBitcoinRegtest}};

TEST(Address, RoundTripsCoresValidVectors) {
  std::size_t addresses = 0;
  for (const auto& vector : Vectors("key_io_valid.json")) {
    if (vector[2]["isPrivkey"]) continue;
    const std::string text = vector[0];
    SCOPED_TRACE(text);
    const Network network = kChains.at(vector[2]["chain"]);
    const auto script = ScriptOfAddress(text, network);
    ASSERT_OK(script);
    EXPECT_EQ(HexEncode(*script), vector[1]);
    EXPECT_EQ(AddressOfScript(*script, network), text);
    EXPECT_EQ(NameOfScript(*script, network), text);
    EXPECT_THAT(NetworksOfAddress(text), testing::Contains(network));
    std::string flipped = text;
    for (char& c : flipped)
      c = static_cast<char>(std::islower(c) ? std::toupper(c) : std::tolower(c));
    EXPECT_EQ(ScriptOfAddress(flipped, network).ok(), vector[2].value("tryCaseFlip", false));
    ++addresses;
  }
  EXPECT_GT(addresses, 40u);
}

TEST(Address, RefusesPrivateKeysWithoutRepeatingThem) {
  for (const auto& vector : Vectors("key_io_valid.json")) {
    if (!vector[2]["isPrivkey"]) continue;
    const std::string text = vector[0];
    const auto script = ScriptOfAddress(text, kChains.at(vector[2]["chain"]));
    EXPECT_THAT(script, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("private key")));
    EXPECT_THAT(std::string(script.status().message()), testing::Not(HasSubstr(text)));
  }
}

TEST(Address, RefusesCoresInvalidVectorsOnEveryNetwork) {
  for (const auto& vector : Vectors("key_io_invalid.json")) {
    const std::string text = vector[0];
    SCOPED_TRACE(text);
    EXPECT_THAT(NetworksOfAddress(text), IsEmpty());
    for (const Network network : kBitcoinNetworks) {
      EXPECT_THAT(ScriptOfAddress(text, network), StatusIs(absl::StatusCode::kInvalidArgument));
    }
  }
}

TEST(Address, HoldsBip350SegwitVectors) {
  const nlohmann::json vectors = Vectors("bip0350.json");
  for (const auto& vector : vectors["addresses"]) {
    std::string text = vector[0];
    SCOPED_TRACE(text);
    const Network network =
        std::tolower(text[0]) == 'b' ? Network::kBitcoin : Network::kBitcoinSignet;
    const auto script = ScriptOfAddress(text, network);
    ASSERT_OK(script);
    EXPECT_EQ(HexEncode(*script), vector[1]);
    for (char& c : text) c = static_cast<char>(std::tolower(c));
    EXPECT_EQ(AddressOfScript(*script, network), text);
  }
  for (const auto& vector : vectors["invalid_addresses"]) {
    EXPECT_THAT(NetworksOfAddress(vector.get<std::string>()), IsEmpty()) << vector;
  }
}

TEST(Bech32, HoldsBothBipsStringVectors) {
  for (const auto& [name, encoding] : {std::pair("bip0173.json", Bech32Encoding::kBech32),
                                       {"bip0350.json", Bech32Encoding::kBech32m}}) {
    const nlohmann::json vectors = Vectors(name);
    for (const auto& hex : vectors["valid_hex"]) {
      std::string text = Text(hex);
      const Bech32Decoded decoded = DecodeBech32(text);
      EXPECT_EQ(decoded.error, Bech32Error::kNone) << text;
      EXPECT_EQ(decoded.encoding, encoding) << text;
      for (char& c : text) c = static_cast<char>(std::tolower(c));
      EXPECT_EQ(EncodeBech32(decoded.encoding, decoded.hrp, decoded.data), text);
    }
    for (const auto& hex : vectors["invalid_hex"]) {
      const Bech32Decoded decoded = DecodeBech32(Text(hex));
      EXPECT_TRUE(decoded.error != Bech32Error::kNone || decoded.encoding != encoding) << hex;
    }
  }
}

TEST(Base58, HoldsCoresVectors) {
  for (const auto& vector : Vectors("base58_encode_decode.json")) {
    const auto bytes = Hex(vector[0]);
    const std::string text = vector[1];
    if (text.size() > kMaxBase58Digits) {
      EXPECT_EQ(DecodeBase58(text), std::nullopt);
      continue;
    }
    const auto decoded = DecodeBase58(text);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(*decoded, bytes);
    EXPECT_EQ(EncodeBase58(bytes), text);
  }
}

TEST(Address, HoldsBip341WalletVectors) {
  const nlohmann::json vectors = Vectors("bip341_wallet_vectors.json");
  for (const auto& vector : vectors["scriptPubKey"]) {
    const auto script = Hex(vector["expected"]["scriptPubKey"]);
    EXPECT_EQ(AddressOfScript(script, Network::kBitcoin), vector["expected"]["bip350Address"]);
  }
}

TEST(Address, NamesAScriptWithoutAddressByItsHex) {
  const auto script = Hex("6a0548656c6c6f");
  EXPECT_EQ(AddressOfScript(script, Network::kBitcoin), std::nullopt);
  EXPECT_EQ(NameOfScript(script, Network::kBitcoin), "script:6a0548656c6c6f");
  const auto back = ScriptOfAddress("script:6A0548656c6c6f", Network::kBitcoinRegtest);
  ASSERT_OK(back);
  EXPECT_EQ(*back, script);
  EXPECT_THAT(NetworksOfAddress("script:6a"), IsEmpty());
  EXPECT_THAT(ScriptOfAddress("script:6", Network::kBitcoin),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("two digits a byte")));
}

TEST(Address, GivesAnchorsAndUnknownWitnessVersionsTheirAddress) {
  EXPECT_EQ(AddressOfScript(Hex("51024e73"), Network::kBitcoin), "bc1pfeessrawgf");
  EXPECT_EQ(AddressOfScript(Hex("51024e73"), Network::kBitcoinRegtest), "bcrt1pfeesnyr2tx");
  EXPECT_EQ(AddressOfScript(Hex("6002751e"), Network::kBitcoin), "bc1sw50qgdz25j");
  EXPECT_EQ(AddressOfScript(Hex("0002751e"), Network::kBitcoin), std::nullopt);
}

TEST(Address, GivesKeyAddressesOfPayToPubkeyAndMultisig) {
  // Block 170's first payment, and a 1-of-2 of the same key twice, compressed and not.
  const std::string satoshi =
      "0411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e"
      "16"
      "0bfa9b8b64f9d4c03f999b8643f656b412a3";
  EXPECT_THAT(KeyAddresses(Hex("41" + satoshi + "ac"), Network::kBitcoin),
              ElementsAre("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"));
  EXPECT_EQ(AddressOfScript(Hex("41" + satoshi + "ac"), Network::kBitcoin), std::nullopt);
  const std::string g = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
  EXPECT_THAT(
      KeyAddresses(Hex("5141" + satoshi + "21" + g + "52ae"), Network::kBitcoin),
      ElementsAre("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"));
  EXPECT_THAT(
      KeyAddresses(Hex("76a91402e6cd77e649ad8b281271f158fc964ca3f66cb088ac"), Network::kBitcoin),
      IsEmpty());
}

TEST(Address, SaysWhichNetworkAnAddressIsOf) {
  EXPECT_THAT(NetworksOfAddress("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S"),
              ElementsAre(Network::kBitcoin));
  EXPECT_THAT(NetworksOfAddress("mfnJ8tEkqKNFE5YaHTXFxyHk2mnDK2fvDh"),
              ElementsAre(Network::kBitcoinTestnet3, Network::kBitcoinTestnet4,
                          Network::kBitcoinSignet, Network::kBitcoinRegtest));
  EXPECT_THAT(
      NetworksOfAddress("tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"),
      ElementsAre(Network::kBitcoinTestnet3, Network::kBitcoinTestnet4, Network::kBitcoinSignet));
  EXPECT_THAT(ScriptOfAddress("12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S", Network::kBitcoinRegtest),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is of bitcoin, not of bitcoin-regtest")));
}

TEST(Address, ExplainsWhatIsWrong) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "empty"},
      {"12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3T", "checksum is wrong"},
      {"12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu0S", "character 33 cannot stand"},
      {"12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S ", "character 35 cannot stand"},
      {std::string(5000, '1'), "too long"},
      {"bc1q" + std::string(5000, 'q'), "too long"},
      {"bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "mixed"},
      {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "checksum is wrong"},
      {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "this is Bech32m"},
      {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "this is Bech32"},
      {"bc1", "too short"},
      {"1111", "checksum is wrong"},
      {"111", "too short"},
      {std::string("bc1\0q", 5), "character 4 cannot stand"},
  };
  for (const auto& [text, reason] : cases) {
    EXPECT_THAT(ScriptOfAddress(text, Network::kBitcoin),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(reason)));
  }
}

}  // namespace
}  // namespace coinwake::bitcoin
