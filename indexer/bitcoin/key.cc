#include "indexer/bitcoin/key.h"

#include <secp256k1.h>

#include <algorithm>

#include "indexer/base/hash.h"
#include "indexer/bitcoin/script.h"

namespace coinwake::bitcoin {
namespace {

constexpr std::uint8_t kSigHashAnyoneCanPay = 0x80;
constexpr std::uint8_t kTaprootAnnexTag = 0x50;
constexpr std::size_t kControlBlockBase = 33;  // bytes, and 32 a level of the tree (BIP341)
constexpr std::size_t kControlBlockStep = 32;
constexpr std::size_t kMaxControlBlockLevels = 128;

// Parsing and serialising use no precomputed tables and no randomness: the library's own context
// does.
const secp256k1_context* Context() { return secp256k1_context_static; }

std::vector<std::uint8_t> WitnessKeyHashScript(ByteSpan key_hash) {
  std::vector<std::uint8_t> script = {kOp0, 20};
  script.insert(script.end(), key_hash.begin(), key_hash.end());
  return script;
}

std::vector<std::uint8_t> KeyHashScript(ByteSpan key_hash) {
  std::vector<std::uint8_t> script = {kOpDup, kOpHash160, 20};
  script.insert(script.end(), key_hash.begin(), key_hash.end());
  script.insert(script.end(), {kOpEqualVerify, kOpCheckSig});
  return script;
}

std::vector<std::uint8_t> ScriptHashScript(ByteSpan redeem_script) {
  const Hash160 hash = ComputeHash160(redeem_script);
  std::vector<std::uint8_t> script = {kOpHash160, 20};
  script.insert(script.end(), hash.begin(), hash.end());
  script.push_back(kOpEqual);
  return script;
}

std::vector<std::uint8_t> KeyScript(ByteSpan key) {
  std::vector<std::uint8_t> script = {static_cast<std::uint8_t>(key.size())};
  script.insert(script.end(), key.begin(), key.end());
  script.push_back(kOpCheckSig);
  return script;
}

// The last push of a signature script that only pushes; nullopt when it does anything else.
std::optional<ByteSpan> RedeemScriptOf(ByteSpan script_sig) {
  ScriptReader reader(script_sig);
  std::uint8_t opcode = 0;
  ByteSpan data;
  std::optional<ByteSpan> last;
  while (reader.Next(&opcode, &data)) {
    if (opcode > kOp16) return std::nullopt;
    last = data;
  }
  return reader.at_end() ? last : std::nullopt;
}

// Which of four neighbours in RedeemKind, beginning at `pubkey`, a redeemed script is.
RedeemKind KindAmong(RedeemKind pubkey, ByteSpan script) {
  unsigned step = 3;  // other
  switch (ClassifyScript(script).type) {
    case ScriptType::kPubkey:
      step = 0;
      break;
    case ScriptType::kPubkeyHash:
      step = 1;
      break;
    case ScriptType::kMultisig:
      step = 2;
      break;
    default:
      break;
  }
  return static_cast<RedeemKind>(static_cast<unsigned>(pubkey) + step);
}

RedeemKind KindOfScriptHash(ByteSpan script_sig, std::span<const ByteSpan> witness) {
  const std::optional<ByteSpan> redeem = RedeemScriptOf(script_sig);
  if (!redeem) return RedeemKind::kNone;
  switch (ClassifyScript(*redeem).type) {
    case ScriptType::kWitnessV0KeyHash:
      return RedeemKind::kScriptHashWitnessKeyHash;
    case ScriptType::kWitnessV0ScriptHash:
      if (witness.empty()) return RedeemKind::kScriptHashOther;
      return KindAmong(RedeemKind::kScriptHashWitnessPubkey, witness.back());
    default:
      return KindAmong(RedeemKind::kScriptHashPubkey, *redeem);
  }
}

// BIP341: with two items or more a last one that begins 0x50 is the annex; of the rest, one is a
// signature for the key path, two or more end in script and control block.
RedeemKind KindOfTaproot(std::span<const ByteSpan> witness) {
  if (witness.size() >= 2 && !witness.back().empty() && witness.back()[0] == kTaprootAnnexTag) {
    witness = witness.first(witness.size() - 1);
  }
  if (witness.empty()) return RedeemKind::kNone;
  if (witness.size() == 1) return RedeemKind::kTaprootKeyPath;
  const std::size_t size = witness.back().size();
  const bool control_block = size >= kControlBlockBase &&
                             (size - kControlBlockBase) % kControlBlockStep == 0 &&
                             size <= kControlBlockBase + kControlBlockStep * kMaxControlBlockLevels;
  return control_block ? RedeemKind::kTaprootScriptPath : RedeemKind::kNone;
}

// The sighash byte of what looks like a signature: DER with one (BIP66 allows 9 to 73 bytes), or
// Schnorr, whose 64-byte form means SIGHASH_DEFAULT.
std::optional<std::uint8_t> SigHashOf(ByteSpan data, bool in_witness) {
  if (data.size() >= 9 && data.size() <= 73 && data[0] == 0x30 && data[1] == data.size() - 3) {
    return data.back();
  }
  if (!in_witness) return std::nullopt;
  if (data.size() == 64) return 0;
  const auto plausible = [](std::uint8_t type) {
    const std::uint8_t base = type & static_cast<std::uint8_t>(~kSigHashAnyoneCanPay);
    return base >= 1 && base <= 3;
  };
  if (data.size() == 65 && plausible(data.back())) return data.back();
  return std::nullopt;
}

class SignatureCount {
 public:
  void Look(ByteSpan data, bool in_witness) {
    const auto type = SigHashOf(data, in_witness);
    if (!type) return;
    ++signatures_;
    if ((*type & kSigHashAnyoneCanPay) != 0) ++anyone_can_pay_;
  }
  bool AllAnyoneCanPay() const { return signatures_ != 0 && signatures_ == anyone_can_pay_; }

 private:
  std::size_t signatures_ = 0;
  std::size_t anyone_can_pay_ = 0;
};

}  // namespace

std::optional<CompressedKey> CompressKey(ByteSpan key) {
  if (!IsPlausibleKey(key)) return std::nullopt;
  CompressedKey compressed;
  if (key.size() == compressed.size()) {
    std::copy(key.begin(), key.end(), compressed.begin());
    return compressed;
  }
  secp256k1_pubkey point;
  if (secp256k1_ec_pubkey_parse(Context(), &point, key.data(), key.size()) == 0) {
    return std::nullopt;
  }
  std::size_t size = compressed.size();
  secp256k1_ec_pubkey_serialize(Context(), compressed.data(), &size, &point,
                                SECP256K1_EC_COMPRESSED);
  return compressed;
}

std::optional<UncompressedKey> UncompressKey(ByteSpan compressed) {
  secp256k1_pubkey point;
  if (compressed.size() != 33 ||
      secp256k1_ec_pubkey_parse(Context(), &point, compressed.data(), compressed.size()) == 0) {
    return std::nullopt;
  }
  UncompressedKey key;
  std::size_t size = key.size();
  secp256k1_ec_pubkey_serialize(Context(), key.data(), &size, &point, SECP256K1_EC_UNCOMPRESSED);
  return key;
}

std::vector<std::vector<std::uint8_t>> ScriptsOfKeyHash(ByteSpan key_hash) {
  std::vector<std::uint8_t> witness = WitnessKeyHashScript(key_hash);
  std::vector<std::uint8_t> wrapped = ScriptHashScript(witness);
  return {KeyHashScript(key_hash), std::move(witness), std::move(wrapped)};
}

std::vector<std::vector<std::uint8_t>> ScriptsOfKey(const CompressedKey& key) {
  std::vector<std::vector<std::uint8_t>> scripts = ScriptsOfKeyHash(ComputeHash160(key));
  scripts.push_back(KeyScript(key));
  if (const auto uncompressed = UncompressKey(key)) {
    scripts.push_back(KeyScript(*uncompressed));
    scripts.push_back(KeyHashScript(ComputeHash160(*uncompressed)));
  }
  return scripts;
}

RedeemKind RedeemKindOfInput(ScriptType spent, ByteSpan script_sig,
                             std::span<const ByteSpan> witness) {
  switch (spent) {
    case ScriptType::kScriptHash:
      return KindOfScriptHash(script_sig, witness);
    case ScriptType::kWitnessV0ScriptHash:
      if (witness.empty()) return RedeemKind::kNone;
      return KindAmong(RedeemKind::kWitnessPubkey, witness.back());
    case ScriptType::kWitnessV1Taproot:
      return KindOfTaproot(witness);
    default:
      return RedeemKind::kNone;
  }
}

bool AllSignaturesAnyoneCanPay(ByteSpan script_sig, std::span<const ByteSpan> witness) {
  SignatureCount count;
  ScriptReader reader(script_sig);
  std::uint8_t opcode = 0;
  ByteSpan data;
  while (reader.Next(&opcode, &data)) count.Look(data, /*in_witness=*/false);
  for (const ByteSpan item : witness) count.Look(item, /*in_witness=*/true);
  return count.AllAnyoneCanPay();
}

}  // namespace coinwake::bitcoin
