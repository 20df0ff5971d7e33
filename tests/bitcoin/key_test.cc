// Goal: keys normalise, and an input tells its key, what it redeems and whether its signatures are
// open to further inputs. Method: known points of the curve, Core's decoding of the regtest chain
// (whose counts were taken by another parser), real blocks with their prevouts, and cases by hand.
#include "indexer/bitcoin/key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"
#include "indexer/base/hex.h"
#include "indexer/bitcoin/address.h"
#include "indexer/bitcoin/block.h"
#include "tests/support/gzip.h"
#include "tests/support/matchers.h"

namespace coinwake::bitcoin {
namespace {

using nlohmann::json;
using Bytes = std::vector<std::uint8_t>;

Bytes Hex(const std::string& hex) {
  const auto bytes = HexDecode(hex);
  EXPECT_TRUE(bytes.has_value()) << hex;
  return bytes.value_or(Bytes{});
}

const std::string kGx = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const std::string kGy = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";  // even

TEST(Key, NormalisesEveryFormOfAKey) {
  for (const std::string& form :
       {absl::StrCat("02", kGx), absl::StrCat("04", kGx, kGy), absl::StrCat("06", kGx, kGy)}) {
    const auto key = CompressKey(Hex(form));
    ASSERT_TRUE(key.has_value()) << form;
    EXPECT_EQ(HexEncode(*key), "02" + kGx);
  }
  const auto whole = UncompressKey(Hex("02" + kGx));
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(HexEncode(*whole), "04" + kGx + kGy);
  const auto negated = UncompressKey(Hex("03" + kGx));
  ASSERT_TRUE(negated.has_value());
  EXPECT_EQ(CompressKey(*negated), std::optional(*CompressKey(Hex("03" + kGx))));
}

TEST(Key, RefusesWhatIsNoPoint) {
  const std::string off(64, 'f');
  EXPECT_EQ(CompressKey(Hex("02" + off)), std::nullopt);
  EXPECT_EQ(CompressKey(Hex("07" + kGx + kGy)), std::nullopt);  // says that y is odd
  EXPECT_EQ(CompressKey(Hex("04" + kGx + kGx)), std::nullopt);
  EXPECT_EQ(CompressKey(Hex("05" + kGx + kGy)), std::nullopt);
  EXPECT_EQ(CompressKey(Hex("02" + kGx + "00")), std::nullopt);
  EXPECT_EQ(CompressKey({}), std::nullopt);
  EXPECT_EQ(UncompressKey(Hex("02" + off)), std::nullopt);
  EXPECT_EQ(UncompressKey(Hex("04" + kGx + kGy)), std::nullopt);
  // Asked for its shape only, a compressed key is taken as it stands.
  EXPECT_TRUE(CompressKey(Hex("02" + off), KeyCheck::kShape).has_value());
  EXPECT_EQ(CompressKey(Hex("04" + kGx + kGx), KeyCheck::kShape), std::nullopt);
}

TEST(Key, ListsTheScriptsOfAKey) {
  std::vector<std::string> names;
  for (const Bytes& script : ScriptsOfKey(Hex("02" + kGx))) {
    names.push_back(NameOfScript(script, Network::kBitcoin));
  }
  EXPECT_THAT(names, testing::ElementsAre(
                         "script:2102" + kGx + "ac", "script:4104" + kGx + kGy + "ac",
                         "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "1EHNa6Q4Jz2uvNExL497mE43ikXhwF6kZm",
                         "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                         "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"));
  EXPECT_TRUE(ScriptsOfKey(Hex("02" + std::string(64, 'f'))).empty());
  EXPECT_TRUE(ScriptsOfKey(Hex("04" + kGx + kGy)).empty());
}

// An input of the regtest oracle.
struct OracleInput {
  Bytes script_sig;
  std::vector<Bytes> witness_bytes;
  std::vector<ByteSpan> witness;
  Bytes spent;
  std::string assembly;
};

void ForEachRegtestInput(const std::function<void(const OracleInput&)>& visit) {
  for (const std::string& line :
       ReadLinesMaybeGzip(COINWAKE_TEST_DATA "/regtest/blocks.verbosity3.jsonl.gz")) {
    const json block = json::parse(line);
    for (const json& tx : block["tx"]) {
      for (const json& vin : tx["vin"]) {
        if (vin.contains("coinbase")) continue;
        OracleInput input;
        input.script_sig = Hex(vin["scriptSig"]["hex"]);
        input.assembly = vin["scriptSig"]["asm"];
        input.spent = Hex(vin["prevout"]["scriptPubKey"]["hex"]);
        for (const json& item : vin.value("txinwitness", json::array())) {
          input.witness_bytes.push_back(Hex(item));
        }
        for (const Bytes& item : input.witness_bytes) input.witness.push_back(item);
        visit(input);
      }
    }
  }
}

TEST(Input, TellsKeyKindAndSignaturesOnTheRegtestChain) {
  std::map<RedeemKind, int> kinds;
  std::map<bool, int> open;  // of inputs with a signature in the signature script
  ForEachRegtestInput([&](const OracleInput& input) {
    const ScriptInfo spent = ClassifyScript(input.spent);
    const RedeemKind kind = RedeemKindOfInput(spent.type, input.script_sig, input.witness);
    ++kinds[kind];
    const auto key = KeyRevealedByInput(spent, input.script_sig, input.witness);
    const bool single = spent.type == ScriptType::kPubkeyHash ||
                        spent.type == ScriptType::kWitnessV0KeyHash ||
                        kind == RedeemKind::kP2shP2wpkh;
    EXPECT_EQ(key.has_value(), single);
    if (key) {
      const auto compressed = CompressKey(*key);
      ASSERT_TRUE(compressed.has_value());
      EXPECT_THAT(ScriptsOfKey(*compressed), testing::Contains(input.spent));
    }
    const bool anyone = AllSignaturesAnyoneCanPay(input.script_sig, input.witness);
    if (input.assembly.find('[') == std::string::npos) return;
    std::size_t tags = 0;
    std::size_t open_tags = 0;
    for (std::size_t at = 0; (at = input.assembly.find('[', at)) != std::string::npos; ++at) {
      ++tags;
      const std::string tag = input.assembly.substr(at, input.assembly.find(']', at) - at);
      open_tags += tag.find("ANYONECANPAY") != std::string::npos ? 1 : 0;
    }
    EXPECT_EQ(anyone, tags == open_tags) << input.assembly;
    ++open[anyone];
  });
  const std::map<RedeemKind, int> expected = {{RedeemKind::kNone, 1974},
                                              {RedeemKind::kTaprootKeyPath, 473},
                                              {RedeemKind::kP2shP2wpkh, 195},
                                              {RedeemKind::kP2shMultisig, 94},
                                              {RedeemKind::kP2wshMultisig, 81},
                                              {RedeemKind::kP2shP2wshMultisig, 75},
                                              {RedeemKind::kTaprootScriptPath, 64},
                                              {RedeemKind::kP2wshNonstandard, 1},
                                              {RedeemKind::kP2shNonstandard, 1}};
  EXPECT_EQ(kinds, expected);
  EXPECT_EQ(open, (std::map<bool, int>{{false, 930}, {true, 2}}));
}

TEST(Input, RevealsTheKeyOfEveryKeyHashInRealBlocks) {
  int key_hashes = 0;
  int script_hashes = 0;
  // Spent outputs as bcoin stores them: value (64 bits), script, in input order.
  for (const auto& [undo_name, block_name] :
       {std::pair("block300025", "mainnet/0300025_58a9022cc78c"),
        {"block928816", "testnet3/0928816_a5ff0141a378"},
        {"block1087400", "testnet3/1087400_c54284e1ba66"}}) {
    SCOPED_TRACE(block_name);
    const std::string data = COINWAKE_TEST_DATA "/bitcoin/";
    const Bytes bytes = ReadMaybeGzip(data + "blocks/" + block_name + ".blk.bin");
    const Bytes undo = ReadMaybeGzip(data + "undo/" + undo_name + "-undo.raw");
    ParsedBlock block;
    ASSERT_OK(ParseBlock(bytes, &block));
    ByteReader reader(undo);
    for (std::size_t i = 1; i < block.inputs.size(); ++i) {
      const ParsedInput& input = block.inputs[i];
      reader.Read<std::uint64_t>();
      const ByteSpan script = reader.ReadBytes(reader.ReadCompactSize());
      ASSERT_TRUE(reader.ok());
      const ScriptInfo spent = ClassifyScript(script);
      const auto witness = block.WitnessOf(input);
      const auto key = KeyRevealedByInput(spent, input.script_sig, witness);
      if (spent.type == ScriptType::kPubkeyHash || spent.type == ScriptType::kWitnessV0KeyHash) {
        ASSERT_TRUE(key.has_value()) << i;
        EXPECT_TRUE(CompressKey(*key).has_value());
        ++key_hashes;
      }
      if (spent.type == ScriptType::kScriptHash) {
        const RedeemKind kind = RedeemKindOfInput(spent.type, input.script_sig, witness);
        EXPECT_NE(kind, RedeemKind::kP2shUnreadable);
        EXPECT_EQ(key.has_value(), kind == RedeemKind::kP2shP2wpkh);
        ++script_hashes;
      }
    }
    EXPECT_EQ(reader.remaining(), 0u);
  }
  EXPECT_GT(key_hashes, 500);
  EXPECT_GT(script_hashes, 50);
}

TEST(Input, RevealsNoKeyThatIsNotTheScripts) {
  const Bytes key = Hex("02" + kGx);
  const Hash160 hash = ComputeHash160(key);
  Bytes script = Hex("76a914");
  script.insert(script.end(), hash.begin(), hash.end());
  const Bytes tail = Hex("88ac");
  script.insert(script.end(), tail.begin(), tail.end());
  const ScriptInfo spent = ClassifyScript(script);
  EXPECT_TRUE(KeyRevealedByInput(spent,
                                 Hex("0151"
                                     "21"
                                     "02" +
                                     kGx),
                                 {})
                  .has_value());
  EXPECT_FALSE(KeyRevealedByInput(spent,
                                  Hex("0151"
                                      "21"
                                      "03" +
                                      kGx),
                                  {})
                   .has_value());
  EXPECT_FALSE(KeyRevealedByInput(spent, Hex("2102" + kGx + "51"), {}).has_value());
  EXPECT_FALSE(KeyRevealedByInput(spent, {}, {}).has_value());
}

TEST(Input, NamesWhatAScriptHashHides) {
  const auto kind = [](const std::string& script_sig, const std::vector<Bytes>& witness = {}) {
    std::vector<ByteSpan> items(witness.begin(), witness.end());
    return RedeemKindOfInput(ScriptType::kScriptHash, Hex(script_sig), items);
  };
  const std::string k =
      "21"
      "02" +
      kGx;
  EXPECT_EQ(kind("23" + k + "ac"), RedeemKind::kP2shPubkey);
  EXPECT_EQ(kind("25"
                 "51" +
                 k + "51ae"),
            RedeemKind::kP2shMultisig);
  EXPECT_EQ(kind("51"), RedeemKind::kP2shNonstandard);
  EXPECT_EQ(kind("00"), RedeemKind::kP2shNonstandard);
  EXPECT_EQ(kind("0151"), RedeemKind::kP2shNonstandard);
  EXPECT_EQ(kind(""), RedeemKind::kP2shUnreadable);
  EXPECT_EQ(kind("61"), RedeemKind::kP2shUnreadable);
  EXPECT_EQ(kind("05aa"), RedeemKind::kP2shUnreadable);
  const std::string wrapped =
      "22"
      "0020" +
      std::string(64, 'a');
  EXPECT_EQ(kind(wrapped), RedeemKind::kP2shP2wshUnseen);
  EXPECT_EQ(kind(wrapped, {{0x51}}), RedeemKind::kP2shP2wshNonstandard);
  EXPECT_EQ(kind(wrapped, {Hex(k + "ac")}), RedeemKind::kP2shP2wshPubkey);
  EXPECT_EQ(kind(wrapped, {Hex("6a")}), RedeemKind::kP2shP2wshOther);
  EXPECT_EQ(kind("16"
                 "0014" +
                 std::string(40, 'a')),
            RedeemKind::kP2shP2wpkh);
  EXPECT_EQ(kind("22"
                 "5120" +
                 std::string(64, 'a')),
            RedeemKind::kP2shTaproot);
  EXPECT_EQ(RedeemKindName(kind("51")), "p2sh-nonstandard");
  EXPECT_EQ(RedeemKindName(static_cast<RedeemKind>(0xee)), "unknown");
  // Every value that can come out has a name.
  for (int type = 0; type <= static_cast<int>(ScriptType::kNullData); ++type) {
    EXPECT_NE(RedeemKindName(static_cast<RedeemKind>(0x10 + type)), "unknown");
  }
}

TEST(Input, TellsTaprootPathsWithAndWithoutAnnex) {
  const auto kind = [](const std::vector<Bytes>& witness) {
    std::vector<ByteSpan> items(witness.begin(), witness.end());
    return RedeemKindOfInput(ScriptType::kWitnessV1Taproot, {}, items);
  };
  const Bytes signature(64, 1);
  const Bytes control(33, 0xc0);
  const Bytes annex = {0x50, 1};
  EXPECT_EQ(kind({signature}), RedeemKind::kTaprootKeyPath);
  EXPECT_EQ(kind({signature, annex}), RedeemKind::kTaprootKeyPath);
  EXPECT_EQ(kind({signature, {0x51}, control}), RedeemKind::kTaprootScriptPath);
  EXPECT_EQ(kind({{0x51}, control, annex}), RedeemKind::kTaprootScriptPath);
  EXPECT_EQ(kind({annex}), RedeemKind::kTaprootKeyPath);  // alone it is no annex
  EXPECT_EQ(kind({}), RedeemKind::kNone);
}

TEST(Input, SeesAnyoneCanPayInEverySignatureOnly) {
  const auto der = [](std::uint8_t type) {
    Bytes signature = Hex("30440220" + std::string(64, '1') + "0220" + std::string(64, '2'));
    signature.push_back(type);
    return signature;
  };
  const auto pushed = [](const std::vector<Bytes>& items) {
    Bytes script;
    for (const Bytes& item : items) {
      script.push_back(static_cast<std::uint8_t>(item.size()));
      script.insert(script.end(), item.begin(), item.end());
    }
    return script;
  };
  const auto open = [](const Bytes& script_sig, const std::vector<Bytes>& witness) {
    std::vector<ByteSpan> items(witness.begin(), witness.end());
    return AllSignaturesAnyoneCanPay(script_sig, items);
  };
  const Bytes key = Hex("02" + kGx);
  EXPECT_TRUE(open(pushed({der(0x81)}), {}));
  EXPECT_TRUE(open(pushed({der(0x83), key}), {}));
  EXPECT_FALSE(open(pushed({der(0x01), key}), {}));
  EXPECT_TRUE(open(pushed({{}, der(0x81), der(0x82)}), {}));
  EXPECT_FALSE(open(pushed({{}, der(0x81), der(0x02)}), {}));
  EXPECT_FALSE(open(pushed({key}), {}));
  EXPECT_FALSE(open({}, {}));
  EXPECT_TRUE(open({}, {der(0x81), key}));
  EXPECT_FALSE(open({}, {der(0x01), key}));
  // Schnorr: 64 bytes sign for everything, 65 say what for.
  Bytes schnorr(65, 7);
  schnorr.back() = 0x83;
  EXPECT_TRUE(open({}, {schnorr}));
  EXPECT_TRUE(open({}, {schnorr, {0x50}}));
  EXPECT_FALSE(open({}, {Bytes(64, 7)}));
  EXPECT_TRUE(open({}, {schnorr, {0x51}, Bytes(33, 0xc1)}));
  EXPECT_FALSE(open({}, {schnorr, Bytes(64, 7), {0x51}, Bytes(65, 0xc1)}));
  EXPECT_FALSE(open({}, {schnorr, {0x51}, Bytes(34, 0xc1)}));  // no control block
  EXPECT_FALSE(open(pushed({{0x51}}), {schnorr}));             // no taproot spend
}

}  // namespace
}  // namespace coinwake::bitcoin
