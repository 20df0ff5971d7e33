// Goal: addresses are those other Tron software makes of the same bytes, keys and transactions, and
// nothing else passes for one.
// Method: vectors of several wallets both ways; damaged texts; the contract a real transaction
// made.
#include "indexer/tron/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "indexer/base/hex.h"
#include "indexer/tron/wire.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"

namespace coinwake::tron {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Keccak, MatchesKnownDigests) {
  EXPECT_EQ(Keccak256({}).ToHex(),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  const nlohmann::json vectors = FixtureJson("vectors/topics_selectors.json");
  for (const auto& [signature, topic] : vectors["events"].items()) {
    EXPECT_EQ(Keccak256(SpanOf(signature)).ToHex(), topic);
  }
  for (const auto& [signature, selector] : vectors["selectors"].items()) {
    EXPECT_EQ(Keccak256(SpanOf(signature)).ToHex().substr(0, 8), selector);
  }
}

TEST(Address, ReadsAndWritesVectors) {
  const nlohmann::json vectors = FixtureJson("vectors/addresses.json");
  ASSERT_GT(vectors["valid"].size(), 15U);
  for (const auto& row : vectors["valid"]) {
    const std::string base58 = row["base58"];
    const std::string hex = row["hex"];
    SCOPED_TRACE(base58);
    ASSERT_OK_AND_ASSIGN(const Address address, ParseAddress(base58));
    EXPECT_EQ(address.ToHex(), hex);
    EXPECT_EQ(address.ToBase58(), base58);
    ASSERT_OK_AND_ASSIGN(const Address of_hex, ParseAddress(hex));
    EXPECT_EQ(of_hex, address);
    EXPECT_EQ(Address::FromBody(std::span(address.bytes).subspan<1>()), address);
    EXPECT_EQ(Account(address).Name(), base58);
    ASSERT_OK_AND_ASSIGN(const Account account, ParseAccount(base58));
    EXPECT_EQ(account, Account(address));
  }
}

TEST(Address, IsThatOfTheKey) {
  const nlohmann::json vectors = FixtureJson("vectors/addresses.json");
  for (const auto& row : vectors["keys"]) {
    std::vector<std::uint8_t> key = Hex(row["public_key_uncompressed"].get<std::string>());
    const auto address = AddressOfPublicKey(key);
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->ToBase58(), row["address"]);
    key[0] = 6;
    EXPECT_EQ(AddressOfPublicKey(key), std::nullopt);
    key.pop_back();
    EXPECT_EQ(AddressOfPublicKey(key), std::nullopt);
  }
}

TEST(Address, RefusesWhatIsNone) {
  const nlohmann::json vectors = FixtureJson("vectors/addresses.json");
  for (const auto& row : vectors["invalid_base58"]) {
    const std::string text = row["input"];
    EXPECT_THAT(ParseAddress(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  // A Bitcoin address, hex of another prefix, too short and too long.
  for (const char* const text :
       {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "a0a614f803b6fd780986a42c78ec9c7f77e6ded13c",
        "41a614f803b6fd780986a42c78ec9c7f77e6ded1", "", "T",
        "41a614f803b6fd780986a42c78ec9c7f77e6ded13c00"}) {
    EXPECT_THAT(ParseAddress(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(ParseAddress("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj0t"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("character 33")));
  EXPECT_THAT(ParseAddress("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("checksum")));
}

std::string ErrorOf(std::string_view text) {
  return std::string(ParseAddress(text).status().message());
}

TEST(Address, ErrorsNameIt) {
  EXPECT_EQ(ErrorOf("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            "'1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa' is no Tron address: its first byte is not 0x41; "
            "Bitcoin's and old test networks' differ");
  EXPECT_THAT(ErrorOf(""), StartsWith("'' is no Tron address: "));
  // Neither long text nor what a terminal would obey.
  EXPECT_THAT(ErrorOf(std::string(5000, 'T')), StartsWith("'" + std::string(50, 'T') + "...' is"));
  EXPECT_LT(ErrorOf(std::string(5000, 'T')).size(), 200U);
  EXPECT_THAT(ErrorOf("T\x1b[2J\n"), StartsWith("'T\\033[2J\\n' is"));
  EXPECT_THAT(std::string(ParseAccount("raw:1").status().message()), StartsWith("'raw:1' is"));
}

TEST(Address, OfEthereumsFormIsToldWhatToWrite) {
  const std::string body = "a614f803b6fd780986a42c78ec9c7f77e6ded13c";
  for (const char* const mark : {"0x", "0X"}) {
    EXPECT_THAT(ErrorOf(mark + body), HasSubstr("write 41 before its 40 digits, without 0x"));
    EXPECT_THAT(ErrorOf(mark + ("41" + body)), HasSubstr("write its 42 digits without 0x"));
  }
  EXPECT_THAT(ErrorOf(body), HasSubstr("write 41 before its 40 digits"));
  EXPECT_THAT(ErrorOf("0x" + body.substr(1)), HasSubstr("character 1 is not in base58"));
}

TEST(Address, OfCreatedContractIsThatOfTheNode) {
  // The HTTP API adds `contract_address` to transactions that create one.
  int compared = 0;
  const nlohmann::json block = FixtureJson("mainnet/blocks/60954080.json");
  for (const auto& transaction : block["transactions"]) {
    if (!transaction.contains("contract_address")) continue;
    const auto& value = transaction["raw_data"]["contract"][0]["parameter"]["value"];
    const auto txid = Hash256::FromHex(transaction["txID"].get<std::string>());
    ASSERT_TRUE(txid.has_value());
    const std::vector<std::uint8_t> owner = Hex(value["owner_address"].get<std::string>());
    EXPECT_EQ(AddressOfCreatedContract(*txid, owner).ToHex(), transaction["contract_address"]);
    ++compared;
  }
  EXPECT_EQ(compared, 1);
}

TEST(Account, KeepsBytesThatAreNoAddress) {
  const std::string text = "0x000000000000000000000";  // main net genesis
  const Account account(SpanOf(text));
  EXPECT_EQ(account.address(), std::nullopt);
  EXPECT_EQ(account.Name(), "raw:" + HexEncode(SpanOf(text)));
  ASSERT_OK_AND_ASSIGN(const Account back, ParseAccount(account.Name()));
  EXPECT_EQ(back, account);
  EXPECT_EQ(Account().Name(), "");
  EXPECT_TRUE(Account().empty());
  EXPECT_FALSE(account.empty());
  for (const char* const wrong : {"raw:", "raw:1", "raw:zz", ""}) {
    EXPECT_THAT(ParseAccount(wrong), StatusIs(absl::StatusCode::kInvalidArgument)) << wrong;
  }
  // 21 bytes with another prefix are no address either.
  std::vector<std::uint8_t> other(21, 7);
  EXPECT_EQ(Account(other).address(), std::nullopt);
  other[0] = 0x41;
  EXPECT_NE(Account(other).address(), std::nullopt);
  const std::set<Account> distinct = {Account(), account, Account(other), back};
  EXPECT_EQ(distinct.size(), 3U);
}

TEST(Address, OfAWordIsItsLastTwentyBytes) {
  const auto word =
      Hash256::FromHex("000000000000000000000041a614f803b6fd780986a42c78ec9c7f77e6ded13c");
  ASSERT_TRUE(word.has_value());
  EXPECT_EQ(Address::FromWord(*word).ToBase58(), "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t");
}

}  // namespace
}  // namespace coinwake::tron
