#include "indexer/bitcoin/key.h"

#include <secp256k1.h>

#include <algorithm>
#include <utility>

#include "indexer/base/hash.h"

namespace coinwake::bitcoin {
namespace {

constexpr std::uint8_t kAnyoneCanPay = 0x80;
constexpr std::uint8_t kAnnexTag = 0x50;
constexpr std::size_t kSchnorrSize = 64;  // and a byte more unless the sighash type is the default

// Parses and serialises a key; `size` is 33 or 65. Needs no context of its own: parsing makes no
// use of precomputed tables or randomness.
template <std::size_t kSize>
std::optional<std::array<std::uint8_t, kSize>> Convert(ByteSpan key) {
  secp256k1_pubkey parsed;
  if (secp256k1_ec_pubkey_parse(secp256k1_context_static, &parsed, key.data(), key.size()) != 1) {
    return std::nullopt;
  }
  std::array<std::uint8_t, kSize> result;
  std::size_t size = result.size();
  secp256k1_ec_pubkey_serialize(secp256k1_context_static, result.data(), &size, &parsed,
                                kSize == 33 ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED);
  return result;
}

// The kind for a hidden script of `type`, from the first of its row; `other` for types not in it.
RedeemKind KindInRow(RedeemKind row, ScriptType type, RedeemKind other) {
  if (type > ScriptType::kMultisig && other != RedeemKind::kNone) return other;
  return static_cast<RedeemKind>(static_cast<std::uint8_t>(row) + static_cast<std::uint8_t>(type));
}

RedeemKind KindOfScriptHash(ByteSpan script_sig, std::span<const ByteSpan> witness) {
  const LastPush last = LastPushOf(script_sig);
  if (!last.push_only || last.count == 0) return RedeemKind::kP2shUnreadable;
  // OP_1 and the like leave a one-byte script, which is a push cut short.
  const ScriptType type = last.is_data ? ClassifyScript(last.data).type : ScriptType::kNonstandard;
  if (type == ScriptType::kWitnessV0ScriptHash && !witness.empty()) {
    return KindInRow(RedeemKind::kP2shP2wshNonstandard, ClassifyScript(witness.back()).type,
                     RedeemKind::kP2shP2wshOther);
  }
  return KindInRow(RedeemKind::kP2shNonstandard, type, RedeemKind::kNone);
}

// A taproot witness without its annex (BIP341).
std::span<const ByteSpan> WithoutAnnex(std::span<const ByteSpan> witness) {
  const bool annex =
      witness.size() >= 2 && !witness.back().empty() && witness.back()[0] == kAnnexTag;
  return annex ? witness.first(witness.size() - 1) : witness;
}

// BIP341: 33 bytes and 32 for each step of the tree, at most 128. The leaf version is even, and all
// that were proposed are 0xc0 and up.
bool IsControlBlock(ByteSpan item) {
  return item.size() >= 33 && (item.size() - 33) % 32 == 0 && item.size() <= 33 + 128 * 32 &&
         item[0] >= 0xc0;
}

// The items of a witness among which Schnorr signatures may be: none unless it has taproot's form.
std::span<const ByteSpan> SchnorrItems(std::span<const ByteSpan> witness) {
  const std::span<const ByteSpan> items = WithoutAnnex(witness);
  if (items.size() == 1) return items;  // key path
  if (items.size() >= 2 && IsControlBlock(items.back())) return items.first(items.size() - 2);
  return {};
}

// DER as BIP66 has it, with the sighash type after it; which type is not looked at.
bool IsDerSignature(ByteSpan item) {
  if (item.size() < 9 || item.size() > 73) return false;
  if (item[0] != 0x30 || item[1] != item.size() - 3 || item[2] != 0x02) return false;
  const std::size_t r_size = item[3];
  if (r_size == 0 || 5 + r_size >= item.size() || item[4 + r_size] != 0x02) return false;
  const std::size_t s_size = item[5 + r_size];
  return s_size != 0 && r_size + s_size + 7 == item.size();
}

// Counts signatures and remembers whether one binds the other inputs.
class SignatureTally {
 public:
  void AddIfDer(ByteSpan item) {
    if (IsDerSignature(item)) Add((item.back() & kAnyoneCanPay) != 0);
  }
  void AddIfSchnorr(ByteSpan item) {
    if (item.size() == kSchnorrSize) Add(false);
    if (item.size() != kSchnorrSize + 1) return;
    const int type = item.back() & ~kAnyoneCanPay;
    if (type >= 1 && type <= 3) Add((item.back() & kAnyoneCanPay) != 0);
  }
  bool AllAnyoneCanPay() const { return any_ && all_; }

 private:
  void Add(bool anyone_can_pay) {
    any_ = true;
    all_ &= anyone_can_pay;
  }
  bool any_ = false;
  bool all_ = true;
};

}  // namespace

std::optional<std::array<std::uint8_t, 33>> CompressKey(ByteSpan key, KeyCheck check) {
  if (!IsPlausibleKey(key)) return std::nullopt;
  if (key.size() == 65 || check == KeyCheck::kOnCurve) return Convert<33>(key);
  std::array<std::uint8_t, 33> result;
  std::copy(key.begin(), key.end(), result.begin());
  return result;
}

std::optional<std::array<std::uint8_t, 65>> UncompressKey(ByteSpan compressed) {
  if (compressed.size() != 33 || !IsPlausibleKey(compressed)) return std::nullopt;
  return Convert<65>(compressed);
}

Hash160 HashOfWrappedKey(ByteSpan key_hash) {
  std::array<std::uint8_t, 22> program = {kOp0, 20};
  std::copy(key_hash.begin(), key_hash.end(), program.begin() + 2);
  return ComputeHash160(program);
}

std::vector<std::vector<std::uint8_t>> ScriptsOfKeyHash(ByteSpan key_hash) {
  std::vector<std::uint8_t> to_hash = {kOpDup, kOpHash160, 20};
  to_hash.insert(to_hash.end(), key_hash.begin(), key_hash.end());
  to_hash.insert(to_hash.end(), {kOpEqualVerify, kOpCheckSig});
  std::vector<std::uint8_t> witness_program = {kOp0, 20};
  witness_program.insert(witness_program.end(), key_hash.begin(), key_hash.end());
  const Hash160 program_hash = HashOfWrappedKey(key_hash);
  std::vector<std::uint8_t> wrapped = {kOpHash160, 20};
  wrapped.insert(wrapped.end(), program_hash.begin(), program_hash.end());
  wrapped.push_back(kOpEqual);
  return {std::move(to_hash), std::move(witness_program), std::move(wrapped)};
}

std::vector<std::vector<std::uint8_t>> ScriptsOfKey(ByteSpan compressed) {
  const auto uncompressed = UncompressKey(compressed);
  if (!uncompressed) return {};
  const auto pay_to_key = [](ByteSpan key) {
    std::vector<std::uint8_t> script = {static_cast<std::uint8_t>(key.size())};
    script.insert(script.end(), key.begin(), key.end());
    script.push_back(kOpCheckSig);
    return script;
  };
  auto of_hash = ScriptsOfKeyHash(ComputeHash160(compressed));
  auto of_uncompressed_hash = ScriptsOfKeyHash(ComputeHash160(*uncompressed));
  return {pay_to_key(compressed), pay_to_key(*uncompressed),
          std::move(of_hash[0]),  std::move(of_uncompressed_hash[0]),
          std::move(of_hash[1]),  std::move(of_hash[2])};
}

std::optional<ByteSpan> KeyRevealedByInput(const ScriptInfo& spent, ByteSpan script_sig,
                                           std::span<const ByteSpan> witness) {
  ByteSpan key;
  ByteSpan key_hash = spent.program;
  switch (spent.type) {
    case ScriptType::kPubkeyHash:
      key = LastPushOf(script_sig).data;
      break;
    case ScriptType::kWitnessV0KeyHash:
      if (witness.size() == 2) key = witness[1];
      break;
    case ScriptType::kScriptHash: {
      const LastPush last = LastPushOf(script_sig);
      const ScriptInfo redeem = ClassifyScript(last.data);
      if (last.count != 1 || redeem.type != ScriptType::kWitnessV0KeyHash) return std::nullopt;
      if (witness.size() != 2 || !Hash160Is(last.data, spent.program)) return std::nullopt;
      key = witness[1];
      key_hash = redeem.program;
      break;
    }
    default:
      return std::nullopt;
  }
  if (!IsPlausibleKey(key) || !Hash160Is(key, key_hash)) return std::nullopt;
  return key;
}

RedeemKind RedeemKindOfInput(ScriptType spent, ByteSpan script_sig,
                             std::span<const ByteSpan> witness) {
  switch (spent) {
    case ScriptType::kScriptHash:
      return KindOfScriptHash(script_sig, witness);
    case ScriptType::kWitnessV0ScriptHash:
      if (witness.empty()) return RedeemKind::kNone;
      return KindInRow(RedeemKind::kP2wshNonstandard, ClassifyScript(witness.back()).type,
                       RedeemKind::kP2wshOther);
    case ScriptType::kWitnessV1Taproot:
      if (witness.empty()) return RedeemKind::kNone;
      return WithoutAnnex(witness).size() == 1 ? RedeemKind::kTaprootKeyPath
                                               : RedeemKind::kTaprootScriptPath;
    default:
      return RedeemKind::kNone;
  }
}

bool AllSignaturesAnyoneCanPay(ByteSpan script_sig, std::span<const ByteSpan> witness) {
  SignatureTally tally;
  ScriptReader reader(script_sig);
  std::uint8_t opcode = 0;
  ByteSpan data;
  while (reader.Next(&opcode, &data)) tally.AddIfDer(data);
  for (const ByteSpan item : witness) tally.AddIfDer(item);
  if (script_sig.empty()) {
    for (const ByteSpan item : SchnorrItems(witness)) tally.AddIfSchnorr(item);
  }
  return tally.AllAnyoneCanPay();
}

std::string_view RedeemKindName(RedeemKind kind) {
  switch (kind) {
    case RedeemKind::kNone:
      return "none";
    case RedeemKind::kP2shNonstandard:
      return "p2sh-nonstandard";
    case RedeemKind::kP2shPubkey:
      return "p2sh-pubkey";
    case RedeemKind::kP2shPubkeyHash:
      return "p2sh-pubkeyhash";
    case RedeemKind::kP2shScriptHash:
      return "p2sh-scripthash";
    case RedeemKind::kP2shMultisig:
      return "p2sh-multisig";
    case RedeemKind::kP2shP2wpkh:
      return "p2sh-p2wpkh";
    case RedeemKind::kP2shP2wshUnseen:
      return "p2sh-p2wsh-unseen";
    case RedeemKind::kP2shTaproot:
      return "p2sh-taproot";
    case RedeemKind::kP2shAnchor:
      return "p2sh-anchor";
    case RedeemKind::kP2shWitnessUnknown:
      return "p2sh-witness-unknown";
    case RedeemKind::kP2shNullData:
      return "p2sh-nulldata";
    case RedeemKind::kP2shUnreadable:
      return "p2sh-unreadable";
    case RedeemKind::kP2shP2wshNonstandard:
      return "p2sh-p2wsh-nonstandard";
    case RedeemKind::kP2shP2wshPubkey:
      return "p2sh-p2wsh-pubkey";
    case RedeemKind::kP2shP2wshPubkeyHash:
      return "p2sh-p2wsh-pubkeyhash";
    case RedeemKind::kP2shP2wshScriptHash:
      return "p2sh-p2wsh-scripthash";
    case RedeemKind::kP2shP2wshMultisig:
      return "p2sh-p2wsh-multisig";
    case RedeemKind::kP2shP2wshOther:
      return "p2sh-p2wsh-other";
    case RedeemKind::kP2wshNonstandard:
      return "p2wsh-nonstandard";
    case RedeemKind::kP2wshPubkey:
      return "p2wsh-pubkey";
    case RedeemKind::kP2wshPubkeyHash:
      return "p2wsh-pubkeyhash";
    case RedeemKind::kP2wshScriptHash:
      return "p2wsh-scripthash";
    case RedeemKind::kP2wshMultisig:
      return "p2wsh-multisig";
    case RedeemKind::kP2wshOther:
      return "p2wsh-other";
    case RedeemKind::kTaprootKeyPath:
      return "taproot-key-path";
    case RedeemKind::kTaprootScriptPath:
      return "taproot-script-path";
  }
  return "unknown";
}

}  // namespace coinwake::bitcoin
