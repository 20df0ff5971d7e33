// Goal: the signers recovered are those the chain accepted, and a signature that has none says why.
// Method: every signature of the fixtures' blocks and transactions against owners and listed
// signers, witnesses of all headers, the damaged signatures of bad_inputs.json, one that recovers
// to infinity.
#include "indexer/tron/signer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tron/block.pb.h"

namespace coinwake::tron {
namespace {

using Bytes = std::vector<std::uint8_t>;

Signer SignerOfHex(const Hash256& digest, const std::string& hex) {
  return RecoverSigner(digest, Hex(hex));
}

Hash256 HashOf(const nlohmann::json& hex) {
  const auto hash = Hash256::FromHex(hex.get<std::string>());
  EXPECT_TRUE(hash.has_value());
  return hash.value_or(Hash256{});
}

TEST(Signer, OfRealTransactions) {
  std::size_t signatures = 0;
  std::size_t owners = 0;
  std::size_t by_permission = 0;
  std::size_t other_owner_keys = 0;
  std::size_t long_ones = 0;
  for (const BlockFixture& fixture : BlockFixtures()) {
    SCOPED_TRACE(fixture.name);
    const Bytes bytes = FixtureBytes(fixture.name + ".bin");
    Block block;
    ASSERT_OK(DecodeBlock(bytes, &block));
    EXPECT_EQ(Account(WitnessSignerOf(block.header).address.value_or(Address())),
              block.header.witness);
    for (const Transaction& transaction : block.transactions) {
      const std::vector<Signer> signers = SignersOf(transaction);
      ASSERT_EQ(signers.size(), transaction.signatures.size());
      const Contract& contract = *transaction.contract();
      bool owner_signed = false;
      for (std::size_t i = 0; i < signers.size(); ++i) {
        ASSERT_TRUE(signers[i].address.has_value());
        EXPECT_EQ(signers[i].fault, SignatureFault::kNone);
        owner_signed |= Account(*signers[i].address) == contract.owner;
        long_ones += transaction.signatures[i].size() > kSignatureSize ? 1 : 0;
      }
      signatures += signers.size();
      if (fixture.network != Network::kTron) {
        EXPECT_TRUE(owner_signed);
        continue;
      }
      if (owner_signed) {
        ++owners;
      } else {
        // Another key, as the account allows: nearly always by an active permission.
        other_owner_keys += contract.permission_id == 0 ? 1 : 0;
        ++by_permission;
      }
    }
  }
  EXPECT_EQ(owners, 567U);
  EXPECT_EQ(by_permission, 92U);
  EXPECT_EQ(other_owner_keys, 1U);
  EXPECT_EQ(long_ones, 3U);
  EXPECT_GT(signatures, 659U + 15);  // two of main net have more than one
}

TEST(Signer, OfHeadersAlone) {
  int other_key = 0;
  int headers = 0;
  for (const char* const path : {"mainnet/headers/headers.ndjson", "nile/headers.ndjson"}) {
    std::istringstream lines(FixtureText(path));
    for (std::string line; std::getline(lines, line);) {
      const nlohmann::json row = nlohmann::json::parse(line);
      const nlohmann::json& raw = row["block_header"]["raw_data"];
      wire::BlockHeaderRaw made;
      made.set_timestamp(raw["timestamp"]);
      made.set_number(raw["number"]);
      made.set_version(raw.value("version", 0));
      const auto text = [](const nlohmann::json& hex) {
        const Bytes bytes = Hex(hex.get<std::string>());
        return std::string(bytes.begin(), bytes.end());
      };
      made.set_tx_trie_root(text(raw["txTrieRoot"]));
      made.set_parent_hash(text(raw["parentHash"]));
      made.set_witness_address(text(raw["witness_address"]));
      wire::BlockHeader whole;
      whole.set_raw_data(made.SerializeAsString());
      whole.set_witness_signature(text(row["block_header"]["witness_signature"]));
      const std::string bytes = whole.SerializeAsString();
      BlockHeader header;
      ASSERT_OK(DecodeBlockHeader(SpanOf(bytes), &header));
      const Signer signer = WitnessSignerOf(header);
      ASSERT_TRUE(signer.address.has_value());
      const bool own_key = Account(*signer.address) == header.witness;
      EXPECT_EQ(own_key, row["verified_witness_signature"].get<bool>()) << header.number;
      other_key += own_key ? 0 : 1;
      ++headers;
    }
  }
  EXPECT_EQ(headers, 11);
  EXPECT_EQ(other_key, 1);  // block 71,723,395
}

TEST(Signer, IsTheOneListed) {
  int compared = 0;
  for (const auto& row : FixtureJson("mainnet/txs/misc_signed_transactions.json")) {
    const Hash256 txid = Sha256(Hex(row["raw_data_hex"].get<std::string>()));
    EXPECT_EQ(txid.ToHex(), row["txID"]);
    const Signer signer = SignerOfHex(txid, row["signature"][0]);
    ASSERT_TRUE(signer.address.has_value());
    EXPECT_EQ(signer.address->ToHex(), row["verified"]["signer"]);
    ++compared;
  }
  EXPECT_EQ(compared, 6);
  // A whole Transaction as its block has it.
  const nlohmann::json stored = FixtureJson("mainnet/txs/78861100_0_serialized.json");
  const Bytes bytes = Hex(stored["transaction_hex"].get<std::string>());
  Transaction transaction;
  ASSERT_OK(DecodeTransaction(bytes, &transaction));
  EXPECT_EQ(transaction.txid.ToHex(), stored["txID"]);
  const std::vector<Signer> signers = SignersOf(transaction);
  ASSERT_EQ(signers.size(), 1U);
  ASSERT_TRUE(signers[0].address.has_value());
  EXPECT_EQ(signers[0].address->ToHex(), stored["signer"]);
}

TEST(Signer, OfTwoSignaturesAreTwo) {
  const nlohmann::json rows = FixtureJson("private/wallet_cli_readme_transactions.json");
  const Hash256 txid = HashOf(rows[0]["txID"]);
  const Signer first = SignerOfHex(txid, rows[0]["signature"][0]);
  const Signer second = SignerOfHex(txid, rows[0]["signature"][1]);
  ASSERT_TRUE(first.address.has_value());
  ASSERT_TRUE(second.address.has_value());
  EXPECT_NE(*first.address, *second.address);
}

TEST(Signer, EndsAsListedForBadSignatures) {
  const nlohmann::json vectors = FixtureJson("vectors/bad_inputs.json");
  const Hash256 txid = HashOf(vectors["base_txID"]);
  std::optional<Signer> sound;  // of the unchanged signature
  const nlohmann::json transactions = FixtureJson("mainnet/txs/misc_signed_transactions.json");
  for (const auto& row : transactions) {
    if (row["txID"] == vectors["base_txID"]) sound = SignerOfHex(txid, row["signature"][0]);
  }
  ASSERT_TRUE(sound.has_value() && sound->address.has_value());
  std::map<std::string, int> seen;
  for (const auto& row : vectors["cases"]) {
    if (!row.contains("signature")) continue;
    SCOPED_TRACE(row["name"].get<std::string>());
    const Signer signer = SignerOfHex(txid, row["signature"][0]);
    const std::string expected = row["expect"];
    ++seen[expected];
    if (expected == "rejected: shorter than 65") {
      EXPECT_EQ(signer.fault, SignatureFault::kTooShort);
    } else if (expected == "header byte out of range") {
      EXPECT_EQ(signer.fault, SignatureFault::kBadVersion);
    } else if (expected == "no public key") {
      EXPECT_EQ(signer.fault, SignatureFault::kNoKey);
    } else {  // longer than 65 bytes, v as 27 and 28, the other s: the same signer
      EXPECT_EQ(signer, *sound);
    }
    EXPECT_EQ(signer.address.has_value(), signer.fault == SignatureFault::kNone);
  }
  EXPECT_EQ(seen.size(), 6U);
}

TEST(Signer, ReadsVersionsAsJavaTronDoes) {
  const nlohmann::json row = FixtureJson("mainnet/txs/misc_signed_transactions.json")[0];
  const Hash256 txid = HashOf(row["txID"]);
  Bytes signature = Hex(row["signature"][0].get<std::string>());
  const Signer sound = RecoverSigner(txid, signature);
  ASSERT_EQ(signature[64], 0);
  const auto with_version = [&](int version) {
    signature[64] = static_cast<std::uint8_t>(version);
    return RecoverSigner(txid, signature);
  };
  for (const int version : {0, 4, 27, 31}) EXPECT_EQ(with_version(version), sound) << version;
  for (const int version : {1, 5, 28, 32}) {
    EXPECT_TRUE(with_version(version).address.has_value()) << version;
    EXPECT_NE(with_version(version), sound) << version;
    EXPECT_EQ(with_version(version), with_version(1)) << version;
  }
  for (const int version : {8, 26, 35, 127, 128, 200, 255}) {
    EXPECT_EQ(with_version(version).fault, SignatureFault::kBadVersion) << version;
  }
  // r that is not below the curve's order.
  std::fill(signature.begin(), signature.begin() + 32, std::uint8_t{0xff});
  EXPECT_EQ(with_version(0).fault, SignatureFault::kBadNumbers);
  EXPECT_EQ(RecoverSigner(txid, {}).fault, SignatureFault::kTooShort);
}

TEST(Signer, IsNobodyAtThePointOfInfinity) {
  const nlohmann::json ghost = FixtureJson("nile/ghost_signature_block_18278266.json");
  const Hash256 txid = Sha256(Hex(ghost["raw_data_hex"].get<std::string>()));
  EXPECT_EQ(txid.ToHex(), ghost["txID"]);
  const Signer signer = SignerOfHex(txid, ghost["signature"][0]);
  EXPECT_EQ(signer.address, std::nullopt);
  EXPECT_EQ(signer.fault, SignatureFault::kNoKey);
}

TEST(Signer, OfGenesisIsNobody) {
  const Bytes bytes = FixtureBytes("mainnet/blocks/0.bin");
  Block block;
  ASSERT_OK(DecodeBlock(bytes, &block));
  EXPECT_EQ(WitnessSignerOf(block.header).fault, SignatureFault::kTooShort);
  EXPECT_TRUE(SignersOf(block.transactions[0]).empty());
}

}  // namespace
}  // namespace coinwake::tron
