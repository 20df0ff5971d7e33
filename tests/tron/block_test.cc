// Goal: real blocks decode to the ids, owners and amounts that nodes show of them, and bytes that
// are no block, or could be read in two ways, are refused.
// Method: every whole block of the fixtures against its JSON; genesis by its values; each prefix
// and hand-made faults of small blocks; the messages are written by the generated code.
#include "indexer/tron/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "indexer/base/hex.h"
#include "tests/support/matchers.h"
#include "tests/tron/fixture.h"
#include "tron/block.pb.h"
#include "tron/contract.pb.h"

namespace coinwake::tron {
namespace {

using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

const auto kRefused = absl::StatusCode::kInvalidArgument;

// The account a JSON value names: hex, or base58 in `visible` ones.
Account AccountOf(const nlohmann::json& value) {
  const auto account = ParseAccount(value.get<std::string>());
  EXPECT_OK(account);
  return account.ok() ? *account : Account();
}

void CompareContract(const Contract& contract, const nlohmann::json& expected) {
  EXPECT_EQ(contract.problem, ContractProblem::kNone);
  EXPECT_EQ(ContractTypeName(contract.type), expected["type"]);
  EXPECT_EQ(contract.type_url, expected["parameter"]["type_url"]);
  EXPECT_EQ(contract.permission_id, expected.value("Permission_id", 0));
  const nlohmann::json& value = expected["parameter"]["value"];
  if (value.is_string()) {  // two fixtures show the parameter undecoded
    EXPECT_EQ(HexEncode(SpanOf(contract.parameter)), value);
    return;
  }
  EXPECT_EQ(contract.owner, AccountOf(value["owner_address"]));
  if (const auto* transfer = std::get_if<TransferContract>(&contract.body)) {
    EXPECT_EQ(transfer->to, AccountOf(value["to_address"]));
    EXPECT_EQ(transfer->amount, value["amount"]);
  } else if (const auto* asset = std::get_if<TransferAssetContract>(&contract.body)) {
    EXPECT_EQ(asset->to, AccountOf(value["to_address"]));
    EXPECT_EQ(asset->amount, value["amount"]);
    const std::string name = value["asset_name"];
    EXPECT_TRUE(name == asset->token || name == HexEncode(SpanOf(asset->token))) << name;
  } else if (const auto* trigger = std::get_if<TriggerSmartContract>(&contract.body)) {
    EXPECT_EQ(trigger->contract, AccountOf(value["contract_address"]));
    EXPECT_EQ(HexEncode(SpanOf(trigger->data)), value.value("data", ""));
    EXPECT_EQ(trigger->call_value, value.value("call_value", std::int64_t{0}));
  } else if (const auto* lend = std::get_if<DelegateResourceContract>(&contract.body)) {
    EXPECT_EQ(lend->receiver, AccountOf(value["receiver_address"]));
    EXPECT_EQ(lend->balance, value["balance"]);
    EXPECT_EQ(lend->resource == Resource::kEnergy, value.value("resource", "") == "ENERGY");
    EXPECT_EQ(lend->lock, value.value("lock", false));
    EXPECT_EQ(lend->lock_period, value.value("lock_period", std::int64_t{0}));
  } else if (const auto* back = std::get_if<UnDelegateResourceContract>(&contract.body)) {
    EXPECT_EQ(back->receiver, AccountOf(value["receiver_address"]));
    EXPECT_EQ(back->balance, value["balance"]);
  } else if (const auto* freeze = std::get_if<FreezeBalanceV2Contract>(&contract.body)) {
    EXPECT_EQ(freeze->frozen_balance, value["frozen_balance"]);
  } else if (const auto* made = std::get_if<AccountCreateContract>(&contract.body)) {
    EXPECT_EQ(made->account, AccountOf(value["account_address"]));
  } else if (const auto* code = std::get_if<CreateSmartContract>(&contract.body)) {
    EXPECT_EQ(HexEncode(SpanOf(code->bytecode)), value["new_contract"]["bytecode"]);
    EXPECT_EQ(code->call_value, value["new_contract"]["call_value"]);
    EXPECT_EQ(code->origin_energy_limit, value["new_contract"]["origin_energy_limit"]);
  } else {
    EXPECT_TRUE(std::holds_alternative<CancelAllUnfreezeV2Contract>(contract.body));
  }
}

TEST(RealBlocks, DecodeAsNodesShowThem) {
  std::size_t transactions = 0;
  for (const BlockFixture& fixture : BlockFixtures()) {
    SCOPED_TRACE(fixture.name);
    const Bytes bytes = FixtureBytes(fixture.name + ".bin");
    const nlohmann::json expected = FixtureJson(fixture.name + ".json");
    Block block;
    ASSERT_OK(DecodeBlock(bytes, &block));
    EXPECT_OK(CheckMerkleRoot(block));
    const nlohmann::json& header = expected["block_header"]["raw_data"];
    EXPECT_EQ(block.header.id.ToHex(), expected["blockID"]);
    EXPECT_EQ(block.header.number, header["number"]);
    EXPECT_EQ(NumberOfBlockId(block.header.id), block.header.number);
    EXPECT_EQ(block.header.time_ms, header["timestamp"]);
    EXPECT_EQ(block.header.parent.ToHex(), header["parentHash"]);
    EXPECT_EQ(block.header.tx_root.ToHex(), header["txTrieRoot"]);
    EXPECT_EQ(block.header.version, header.value("version", 0));
    EXPECT_EQ(block.header.witness, AccountOf(header["witness_address"]));
    EXPECT_EQ(HexEncode(block.header.witness_signature),
              expected["block_header"]["witness_signature"]);
    const auto listed = expected.value("transactions", nlohmann::json::array());
    ASSERT_EQ(block.transactions.size(), listed.size());
    EXPECT_EQ(block.malformed_transactions, 0U);
    for (std::size_t i = 0; i < listed.size(); ++i) {
      const Transaction& transaction = block.transactions[i];
      const nlohmann::json& raw = listed[i]["raw_data"];
      EXPECT_EQ(transaction.txid.ToHex(), listed[i]["txID"]);
      EXPECT_EQ(HexEncode(transaction.raw), listed[i]["raw_data_hex"]);
      EXPECT_EQ(transaction.expiration_ms, raw["expiration"]);
      EXPECT_EQ(transaction.timestamp_ms, raw.value("timestamp", std::int64_t{0}));
      EXPECT_EQ(transaction.fee_limit, raw.value("fee_limit", std::int64_t{0}));
      EXPECT_EQ(HexEncode(SpanOf(transaction.ref_block_hash)), raw["ref_block_hash"]);
      ASSERT_EQ(transaction.signatures.size(), listed[i]["signature"].size());
      ASSERT_EQ(transaction.results.size(), 1U);
      EXPECT_EQ(ContractResultName(transaction.results[0].contract_ret),
                listed[i]["ret"][0]["contractRet"]);
      EXPECT_EQ(SuccessOf(transaction) == Success::kYes,
                listed[i]["ret"][0]["contractRet"] == "SUCCESS");
      EXPECT_EQ(bytes.data() + transaction.offset, transaction.bytes.data());
      ASSERT_NE(transaction.contract(), nullptr);
      CompareContract(*transaction.contract(), raw["contract"][0]);
      ++transactions;
    }
  }
  EXPECT_EQ(transactions, 659U + 6 + 1 + 1 + 6 + 1);
}

TEST(RealBlocks, FollowEachOther) {
  for (const auto& [parent, child] : {std::pair("shasta/blocks/1", "shasta/blocks/2"),
                                      {"shasta/blocks/3", "shasta/blocks/4"},
                                      {"shasta/blocks/33801077", "shasta/blocks/33801078"}}) {
    const Bytes parent_bytes = FixtureBytes(std::string(parent) + ".bin");
    const Bytes child_bytes = FixtureBytes(std::string(child) + ".bin");
    Block first;
    Block second;
    ASSERT_OK(DecodeBlock(parent_bytes, &first));
    ASSERT_OK(DecodeBlock(child_bytes, &second));
    EXPECT_OK(CheckFollows(second.header, first.header.id));
    EXPECT_THAT(CheckFollows(first.header, second.header.id),
                StatusIs(absl::StatusCode::kDataLoss));
    second.header.number += 1;  // names the right parent, with the wrong number
    EXPECT_THAT(CheckFollows(second.header, first.header.id),
                StatusIs(absl::StatusCode::kDataLoss));
  }
}

TEST(RealBlocks, SingleHeadersHaveTheirIds) {
  int headers = 0;
  for (const char* const path : {"mainnet/headers/headers.ndjson", "nile/headers.ndjson"}) {
    std::istringstream lines(FixtureText(path));
    for (std::string line; std::getline(lines, line);) {
      const nlohmann::json expected = nlohmann::json::parse(line);
      const nlohmann::json& raw = expected["block_header"]["raw_data"];
      wire::BlockHeaderRaw made;
      made.set_timestamp(raw["timestamp"]);
      made.set_number(raw["number"]);
      made.set_version(raw.value("version", 0));
      const auto text = [&raw](const char* name) {
        const Bytes bytes = Hex(raw[name].get<std::string>());
        return std::string(bytes.begin(), bytes.end());
      };
      made.set_tx_trie_root(text("txTrieRoot"));
      made.set_parent_hash(text("parentHash"));
      made.set_witness_address(text("witness_address"));
      wire::BlockHeader whole;
      whole.set_raw_data(made.SerializeAsString());
      const std::string bytes = whole.SerializeAsString();
      BlockHeader header;
      ASSERT_OK(DecodeBlockHeader(SpanOf(bytes), &header));
      EXPECT_EQ(header.id.ToHex(), expected["blockID"]);
      ++headers;
    }
  }
  EXPECT_EQ(headers, 11);
}

TEST(Genesis, KeepsItsOddities) {
  const Bytes bytes = FixtureBytes("mainnet/blocks/0.bin");
  Block block;
  ASSERT_OK(DecodeBlock(bytes, &block));
  EXPECT_OK(CheckMerkleRoot(block));
  EXPECT_EQ(block.header.id.ToHex(),
            "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc");
  EXPECT_EQ(NetworkOfGenesis(block.header.id), Network::kTron);
  EXPECT_EQ(block.header.number, 0U);
  EXPECT_EQ(block.header.time_ms, 0);
  EXPECT_EQ(block.header.witness.bytes().size(), 116U);
  EXPECT_TRUE(block.header.witness_signature.empty());
  ASSERT_EQ(block.transactions.size(), 3U);
  const std::vector<std::pair<std::string, std::int64_t>> expected = {
      {"TLLM21wteSPs4hKjbxgmH1L6poyMjeTbHm", 99'000'000'000'000'000},
      {"TXmVpin5vq5gdZsciyyjdZgKRUju4st1wM", 0},
      {"TLsV52sRDL79HXGGm9yzwKibb6BeruhUzy", std::numeric_limits<std::int64_t>::min()}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Transaction& transaction = block.transactions[i];
    ASSERT_TRUE(transaction.well_formed());
    EXPECT_EQ(transaction.contract()->owner, Account(SpanOf("0x000000000000000000000")));
    const auto& transfer = std::get<TransferContract>(transaction.contract()->body);
    EXPECT_EQ(transfer.to.Name(), expected[i].first);
    EXPECT_EQ(transfer.amount, expected[i].second);
    EXPECT_TRUE(transaction.results.empty());
    EXPECT_EQ(SuccessOf(transaction), Success::kYes);
  }
}

TEST(Genesis, TellsPublicNetworks) {
  const Bytes bytes = FixtureBytes("shasta/blocks/1.bin");
  Block first;
  ASSERT_OK(DecodeBlock(bytes, &first));
  EXPECT_EQ(NetworkOfGenesis(first.header.parent), Network::kTronShasta);
  EXPECT_EQ(NetworkOfGenesis(first.header.id), std::nullopt);
}

// A block with two transfers.
std::string SmallBlock() {
  const Bytes bytes = FixtureBytes("mainnet/blocks/60836289.visible.bin");
  wire::Block block;
  EXPECT_TRUE(block.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  block.mutable_transactions()->DeleteSubrange(2, block.transactions_size() - 2);
  return block.SerializeAsString();
}

TEST(DecodeBlock, RefusesEveryPrefix) {
  for (const std::string& whole :
       {SmallBlock(), FixtureText("mainnet/blocks/0.bin"), FixtureText("shasta/blocks/1.bin")}) {
    Block block;
    ASSERT_OK(DecodeBlock(SpanOf(whole), &block));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_THAT(DecodeBlock(prefix, &block), StatusIs(kRefused)) << size;
    }
  }
}

TEST(DecodeBlock, NeverGivesAnotherBlockForDamage) {
  const std::string whole = SmallBlock();
  Block block;
  ASSERT_OK(DecodeBlock(SpanOf(whole), &block));
  const Hash256 id = block.header.id;
  std::vector<Hash256> leaves = {block.transactions[0].leaf, block.transactions[1].leaf};
  const Bytes signature(block.header.witness_signature.begin(),
                        block.header.witness_signature.end());
  std::size_t unnoticed = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      if (!DecodeBlock(SpanOf(damaged), &block).ok() || block.header.id != id) continue;
      std::vector<Hash256> now;
      for (const Transaction& transaction : block.transactions) now.push_back(transaction.leaf);
      const bool same_signature =
          std::equal(signature.begin(), signature.end(), block.header.witness_signature.begin(),
                     block.header.witness_signature.end());
      if (now == leaves && same_signature) ++unnoticed;
    }
  }
  // The id, the merkle root or the witness's signature tells every single bit but those that turn
  // the signature's own field into one nobody reads.
  EXPECT_EQ(unnoticed, 0U);
}

TEST(DecodeBlock, RefusesPartsThatAreThereTwice) {
  const std::string whole = SmallBlock();
  wire::Block block;
  ASSERT_TRUE(block.ParseFromString(whole));
  wire::Block only_header;
  only_header.set_block_header(block.block_header());
  Block decoded;
  EXPECT_THAT(DecodeBlock(SpanOf(whole + only_header.SerializeAsString()), &decoded),
              StatusIs(kRefused, HasSubstr("header twice")));
  // Raw data of the header, and of a transaction, behind the one that is there.
  wire::BlockHeader header;
  ASSERT_TRUE(header.ParseFromString(block.block_header()));
  wire::BlockHeader more;
  more.set_raw_data(header.raw_data());
  block.set_block_header(header.SerializeAsString() + more.SerializeAsString());
  EXPECT_THAT(DecodeBlock(SpanOf(block.SerializeAsString()), &decoded),
              StatusIs(kRefused, HasSubstr("raw data twice")));
  ASSERT_TRUE(block.ParseFromString(whole));
  wire::Transaction twice;
  twice.set_raw_data("");
  block.set_transactions(1, block.transactions(1) + twice.SerializeAsString());
  EXPECT_THAT(DecodeBlock(SpanOf(block.SerializeAsString()), &decoded),
              StatusIs(kRefused, HasSubstr("raw data twice")));
}

TEST(DecodeBlock, RefusesWhatIsMissingOrOfTheWrongSize) {
  wire::Block block;
  ASSERT_TRUE(block.ParseFromString(SmallBlock()));
  wire::BlockHeader header;
  ASSERT_TRUE(header.ParseFromString(block.block_header()));
  wire::BlockHeaderRaw raw;
  ASSERT_TRUE(raw.ParseFromString(header.raw_data()));
  const auto decode = [&] {
    header.set_raw_data(raw.SerializeAsString());
    block.set_block_header(header.SerializeAsString());
    Block decoded;
    return DecodeBlock(SpanOf(block.SerializeAsString()), &decoded);
  };
  EXPECT_OK(decode());
  const wire::BlockHeaderRaw sound = raw;
  raw.set_number(-1);
  EXPECT_THAT(decode(), StatusIs(kRefused, HasSubstr("below zero")));
  raw = sound;
  raw.set_parent_hash(raw.parent_hash().substr(1));
  EXPECT_THAT(decode(), StatusIs(kRefused, HasSubstr("parent hash has 31 bytes")));
  raw = sound;
  raw.set_tx_trie_root("");
  EXPECT_THAT(decode(), StatusIs(kRefused, HasSubstr("merkle root has 0 bytes")));
  header.clear_raw_data();
  block.set_block_header(header.SerializeAsString());
  Block decoded;
  EXPECT_THAT(DecodeBlock(SpanOf(block.SerializeAsString()), &decoded), StatusIs(kRefused));
  ASSERT_TRUE(block.ParseFromString(SmallBlock()));
  block.set_transactions(0, "");
  EXPECT_THAT(DecodeBlock(SpanOf(block.SerializeAsString()), &decoded),
              StatusIs(kRefused, HasSubstr("no raw data")));
  EXPECT_THAT(DecodeBlock(Bytes(kMaxBlockSize + 1, 0x0a), &decoded), StatusIs(kRefused));
}

TEST(DecodeBlock, LimitsWhatItKeeps) {
  wire::Block block;
  ASSERT_TRUE(block.ParseFromString(SmallBlock()));
  for (std::size_t i = 2; i <= kMaxBlockTransactions; ++i) block.add_transactions("\x0a");
  Block decoded;
  EXPECT_THAT(DecodeBlock(SpanOf(block.SerializeAsString()), &decoded),
              StatusIs(kRefused, HasSubstr("more transactions")));
  wire::TransactionRaw raw;
  for (std::size_t i = 0; i <= kMaxContracts; ++i) raw.add_contract();
  wire::Transaction transaction;
  transaction.set_raw_data(raw.SerializeAsString());
  Transaction one;
  EXPECT_THAT(DecodeTransaction(SpanOf(transaction.SerializeAsString()), &one),
              StatusIs(kRefused, HasSubstr("more contracts")));
  transaction.set_raw_data("");
  for (std::size_t i = 0; i <= kMaxResults; ++i) transaction.add_ret();
  EXPECT_THAT(DecodeTransaction(SpanOf(transaction.SerializeAsString()), &one),
              StatusIs(kRefused, HasSubstr("more results")));
}

// A million objects of a megabyte of nothing would fill the memory.
TEST(DecodeBlock, KeepsNoMorePartsThanItsBytesHaveRoomFor) {
  const auto decode = [](const std::string& transaction, int count) {
    wire::Block block;
    EXPECT_TRUE(block.ParseFromString(SmallBlock()));
    for (int i = 0; i < count; ++i) block.add_transactions(transaction);
    Block decoded;
    return DecodeBlock(SpanOf(block.SerializeAsString()), &decoded);
  };
  const std::string room = "than the ";
  wire::TransactionRaw raw;
  raw.add_contract();
  wire::Transaction transaction;
  transaction.set_raw_data(raw.SerializeAsString());
  transaction.add_ret();
  EXPECT_OK(decode(transaction.SerializeAsString(), 10));
  EXPECT_THAT(decode(transaction.SerializeAsString(), 100), StatusIs(kRefused, HasSubstr(room)));
  wire::Transaction signed_one = transaction;  // no shorter than any of the chain
  signed_one.add_signature(std::string(65, 's'));
  signed_one.set_raw_data(raw.SerializeAsString() + "\x72\x16" + std::string(22, 's'));
  EXPECT_OK(decode(signed_one.SerializeAsString(), 10'000));
  for (std::size_t i = 1; i < kMaxContracts; ++i) raw.add_contract();
  transaction.set_raw_data(raw.SerializeAsString());
  EXPECT_THAT(decode(transaction.SerializeAsString(), 10), StatusIs(kRefused, HasSubstr(room)));
  Transaction one;
  for (const char* const many : {"\x2a\x00", "\x12\x00"}) {  // results, signatures
    std::string bytes = transaction.SerializeAsString();
    for (int i = 0; i < 1000; ++i) bytes.append(many, 2);
    EXPECT_THAT(DecodeTransaction(SpanOf(bytes), &one), StatusIs(kRefused, HasSubstr(room)));
  }
  for (int i = 0; i < 1000; ++i) transaction.mutable_ret(0)->add_order_details();
  EXPECT_THAT(DecodeTransaction(SpanOf(transaction.SerializeAsString()), &one),
              StatusIs(kRefused, HasSubstr(room)));
}

TEST(DecodeBlock, KeepsUnknownFieldsInHashes) {
  wire::Block block;
  ASSERT_TRUE(block.ParseFromString(SmallBlock()));
  const std::string unknown = "\xfa\x3f\x03new";  // field 1023, 3 bytes
  wire::Transaction transaction;
  ASSERT_TRUE(transaction.ParseFromString(block.transactions(0)));
  const std::string raw = transaction.raw_data() + unknown;
  transaction.set_raw_data(raw);
  const std::string bytes = transaction.SerializeAsString() + unknown;
  Transaction decoded;
  ASSERT_OK(DecodeTransaction(SpanOf(bytes), &decoded));
  EXPECT_EQ(decoded.txid, Sha256(SpanOf(raw)));
  EXPECT_EQ(decoded.leaf, Sha256(SpanOf(bytes)));
  EXPECT_TRUE(decoded.well_formed());
}

TEST(BadInputs, EndAsListed) {
  const nlohmann::json vectors = FixtureJson("vectors/bad_inputs.json");
  int parse_errors = 0;
  for (const auto& row : vectors["cases"]) {
    SCOPED_TRACE(row["name"].get<std::string>());
    const Bytes raw = Hex(row["raw_data_hex"].get<std::string>());
    wire::Transaction made;
    made.set_raw_data(std::string(raw.begin(), raw.end()));
    const std::string bytes = made.SerializeAsString();
    Transaction transaction;
    const absl::Status status = DecodeTransaction(SpanOf(bytes), &transaction);
    if (row["expect"].get<std::string>().starts_with("protobuf parse error")) {
      EXPECT_THAT(status, StatusIs(kRefused));
      ++parse_errors;
    } else if (raw.empty()) {
      EXPECT_OK(status);
      EXPECT_FALSE(transaction.well_formed());
      EXPECT_EQ(transaction.contract(), nullptr);
    } else {  // the signature is what is wrong: see signer_test.cc
      EXPECT_OK(status);
      EXPECT_EQ(transaction.txid.ToHex(), vectors["base_txID"]);
    }
  }
  EXPECT_EQ(parse_errors, 2);
}

TEST(Success, IsToldByResults) {
  const auto success = [](ContractType type, std::optional<wire::TransactionResult> result) {
    wire::TransactionRaw raw;
    raw.add_contract()->set_type(static_cast<std::int32_t>(type));
    wire::Transaction made;
    made.set_raw_data(raw.SerializeAsString());
    if (result) *made.add_ret() = *result;
    const std::string bytes = made.SerializeAsString();
    Transaction transaction;
    EXPECT_OK(DecodeTransaction(SpanOf(bytes), &transaction));
    return SuccessOf(transaction);
  };
  const auto ret = [](int code, int contract_ret) {
    wire::TransactionResult result;
    result.set_ret(code);
    result.set_contract_ret(contract_ret);
    return result;
  };
  using enum ContractType;
  EXPECT_EQ(success(kTransfer, std::nullopt), Success::kYes);
  EXPECT_EQ(success(kTransfer, ret(0, 0)), Success::kYes);
  EXPECT_EQ(success(kTransfer, ret(0, 1)), Success::kYes);
  EXPECT_EQ(success(kTransfer, ret(1, 0)), Success::kNo);
  EXPECT_EQ(success(kTriggerSmartContract, std::nullopt), Success::kUnknown);
  EXPECT_EQ(success(kTriggerSmartContract, ret(0, 0)), Success::kUnknown);
  EXPECT_EQ(success(kCreateSmartContract, ret(0, 1)), Success::kYes);
  EXPECT_EQ(success(kTriggerSmartContract, ret(0, 2)), Success::kNo);
  EXPECT_EQ(success(kTriggerSmartContract, ret(0, 10)), Success::kNo);
  EXPECT_EQ(success(kTriggerSmartContract, ret(0, 77)), Success::kNo);
  EXPECT_EQ(success(kTriggerSmartContract, ret(1, 1)), Success::kNo);
}

TEST(MerkleRoot, CarriesTheOddOneUp) {
  const auto hash = [](std::string_view text) { return Sha256(SpanOf(text)); };
  const auto join = [](const Hash256& a, const Hash256& b) {
    std::string both(a.bytes.begin(), a.bytes.end());
    both.append(b.bytes.begin(), b.bytes.end());
    return Sha256(SpanOf(both));
  };
  const Hash256 a = hash("a");
  const Hash256 b = hash("b");
  const Hash256 c = hash("c");
  EXPECT_TRUE(MerkleRoot({}).IsZero());
  EXPECT_EQ(MerkleRoot({a}), a);
  EXPECT_EQ(MerkleRoot({a, b}), join(a, b));
  EXPECT_EQ(MerkleRoot({a, b, c}), join(join(a, b), c));
  EXPECT_EQ(MerkleRoot({a, b, c, a, b}), join(join(join(a, b), join(c, a)), b));
}

TEST(TakeDelimited, WalksAStreamAndRefusesItsFaults) {
  const std::string first(300, 'x');
  std::string stream = "\xac\x02" + first + std::string(1, '\0') + "\x01y";
  ByteSpan rest = SpanOf(stream);
  ASSERT_OK_AND_ASSIGN(const ByteSpan one, TakeDelimited(&rest, 1000));
  EXPECT_EQ(one.size(), 300U);
  ASSERT_OK_AND_ASSIGN(const ByteSpan two, TakeDelimited(&rest, 1000));
  EXPECT_TRUE(two.empty());
  ASSERT_OK_AND_ASSIGN(const ByteSpan three, TakeDelimited(&rest, 1000));
  EXPECT_EQ(three[0], 'y');
  EXPECT_TRUE(rest.empty());
  for (const std::string& wrong :
       {std::string(), std::string("\x80"), std::string("\x05yyy"), std::string("\xac\x02"),
        std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        std::string("\xff\xff\xff\xff\x0f")}) {
    rest = SpanOf(wrong);
    EXPECT_THAT(TakeDelimited(&rest, 1000), StatusIs(kRefused));
    EXPECT_EQ(rest.size(), wrong.size());
  }
}

}  // namespace
}  // namespace coinwake::tron
