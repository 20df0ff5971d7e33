// Public keys, and what an input tells of the script it spends: its key, the script behind a hash,
// its signatures' kind.
//
// key.cc is the only file that includes libsecp256k1. Pure functions, total, safe from any thread.
#ifndef COINWAKE_INDEXER_BITCOIN_KEY_H_
#define COINWAKE_INDEXER_BITCOIN_KEY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/script_type.h"
#include "indexer/bitcoin/script.h"

namespace coinwake::bitcoin {

enum class KeyCheck : std::uint8_t {
  kOnCurve,  // a 33-byte key is proved to be a point, at the price of a square root (microseconds)
  kShape,    // a 33-byte key is only looked at; 65-byte ones are always proved, which is cheap
};

// The 33-byte form of a key of 33 bytes or of 65, hybrid ones (06, 07) too. nullopt for anything
// that is no key.
std::optional<std::array<std::uint8_t, 33>> CompressKey(ByteSpan key,
                                                        KeyCheck check = KeyCheck::kOnCurve);

// The 65-byte form (04) of a 33-byte key; nullopt when it is no point of the curve.
std::optional<std::array<std::uint8_t, 65>> UncompressKey(ByteSpan compressed);

// What a P2SH-P2WPKH script holds (BIP141): the hash of the witness program of a compressed key's
// HASH160. REQUIRES: 20 bytes.
Hash160 HashOfWrappedKey(ByteSpan key_hash);

// The scriptPubKeys that one key alone can spend: P2PK compressed and not, P2PKH compressed and
// not, P2WPKH, P2SH-P2WPKH, in this order. None when the 33 bytes are no key. Hybrid P2PK and
// taproot are left out: the former is all but unknown, the latter does not show its key.
std::vector<std::vector<std::uint8_t>> ScriptsOfKey(ByteSpan compressed);

// Those of them that follow from the HASH160 of a compressed key alone: P2PKH, P2WPKH, P2SH-P2WPKH.
// REQUIRES: 20 bytes.
std::vector<std::vector<std::uint8_t>> ScriptsOfKeyHash(ByteSpan key_hash);

// The one public key that an input reveals by spending P2PKH, P2WPKH or P2SH-P2WPKH, as it stands
// in `script_sig` or `witness`. Its hash is checked against `spent`; nullopt when it differs or the
// spent script is of another kind.
std::optional<ByteSpan> KeyRevealedByInput(const ScriptInfo& spent, ByteSpan script_sig,
                                           std::span<const ByteSpan> witness);

// How an input redeems a script that hides another. On disk: values never change. The low half of
// the P2SH, P2SH-P2WSH and P2WSH values is the hidden script's ScriptType.
enum class RedeemKind : std::uint8_t {
  kNone = 0x00,  // the spent script hides none
  kP2shNonstandard = 0x10,
  kP2shPubkey = 0x11,
  kP2shPubkeyHash = 0x12,
  kP2shScriptHash = 0x13,
  kP2shMultisig = 0x14,
  kP2shP2wpkh = 0x15,
  kP2shP2wshUnseen = 0x16,  // P2SH-P2WSH without its witness
  kP2shTaproot = 0x17,      // not a taproot spend: anyone could spend it
  kP2shAnchor = 0x18,
  kP2shWitnessUnknown = 0x19,
  kP2shNullData = 0x1a,
  kP2shUnreadable = 0x1f,  // the signature script is not pushes only (before BIP16)
  kP2shP2wshNonstandard = 0x20,
  kP2shP2wshPubkey = 0x21,
  kP2shP2wshPubkeyHash = 0x22,
  kP2shP2wshScriptHash = 0x23,
  kP2shP2wshMultisig = 0x24,
  kP2shP2wshOther = 0x2f,  // a witness program or nulldata in the place of a script
  kP2wshNonstandard = 0x30,
  kP2wshPubkey = 0x31,
  kP2wshPubkeyHash = 0x32,
  kP2wshScriptHash = 0x33,
  kP2wshMultisig = 0x34,
  kP2wshOther = 0x3f,
  kTaprootKeyPath = 0x40,
  kTaprootScriptPath = 0x41,
};

// "p2sh-multisig", "p2wsh-nonstandard", "taproot-key-path", ...; "none" and for unknown bytes
// "unknown".
std::string_view RedeemKindName(RedeemKind kind);

// `spent` is the type of the script the input spends. Taproot without a witness gives kNone.
RedeemKind RedeemKindOfInput(ScriptType spent, ByteSpan script_sig,
                             std::span<const ByteSpan> witness);

// Whether the input carries a signature and every one it carries commits to this input alone (the
// ANYONECANPAY bit of its last byte): others could add inputs without asking. Signatures are told
// by their shape: DER anywhere, 64 or 65 bytes in a witness of taproot's form.
bool AllSignaturesAnyoneCanPay(ByteSpan script_sig, std::span<const ByteSpan> witness);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_KEY_H_
