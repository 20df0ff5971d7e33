// Public keys, and what an input shows of the script it spends.
//
// One key can be paid in four ways (P2PK, P2PKH, P2WPKH, P2SH-P2WPKH), and its 65-byte and 33-byte
// forms hash differently: normalising keys ties them together. libsecp256k1 is used in key.cc only.
// Pure functions, total for any input, safe from any thread.
#ifndef COINWAKE_INDEXER_BITCOIN_KEY_H_
#define COINWAKE_INDEXER_BITCOIN_KEY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/script_type.h"

namespace coinwake::bitcoin {

using CompressedKey = std::array<std::uint8_t, 33>;
using UncompressedKey = std::array<std::uint8_t, 65>;

// The 33-byte form of a key of 33 or 65 bytes, hybrid ones (06, 07) included. nullopt: not the
// shape of a key, or (65 bytes) no point of the curve. A 33-byte key is taken as it is: to check
// that it is a point costs a square root, and UncompressKey() does it.
std::optional<CompressedKey> CompressKey(ByteSpan key);

// The 65-byte form (04). nullopt: not the shape of a compressed key, or no point of the curve.
std::optional<UncompressedKey> UncompressKey(ByteSpan compressed);

// The scriptPubKeys that pay to a key: P2PK of both forms, P2PKH of both, P2WPKH, P2SH-P2WPKH
// (BIP141). The forms that need the uncompressed key are left out where it is no point of the
// curve.
std::vector<std::vector<std::uint8_t>> ScriptsOfKey(const CompressedKey& key);
// Those that follow from a HASH160 alone, taken as that of a compressed key: P2PKH, P2WPKH,
// P2SH-P2WPKH.
std::vector<std::vector<std::uint8_t>> ScriptsOfKeyHash(ByteSpan key_hash);

// How a script hash or a taproot output was spent. On disk (column input_flags): values never
// change.
enum class RedeemKind : std::uint8_t {
  kNone = 0,  // nothing was redeemed, or its shape is unknown
  kScriptHashPubkey = 1,
  kScriptHashPubkeyHash = 2,
  kScriptHashMultisig = 3,
  kScriptHashOther = 4,
  kScriptHashWitnessKeyHash = 5,  // P2SH-P2WPKH
  kScriptHashWitnessPubkey = 6,   // P2SH-P2WSH, by the witness script
  kScriptHashWitnessPubkeyHash = 7,
  kScriptHashWitnessMultisig = 8,
  kScriptHashWitnessOther = 9,
  kWitnessPubkey = 10,  // P2WSH, by the witness script
  kWitnessPubkeyHash = 11,
  kWitnessMultisig = 12,
  kWitnessOther = 13,
  kTaprootKeyPath = 14,
  kTaprootScriptPath = 15,
};

// The kind an input shows if the script it spends is of type `spent`; kNone for types that redeem
// nothing. Decided by shape: hashes are not compared.
RedeemKind RedeemKindOfInput(ScriptType spent, ByteSpan script_sig,
                             std::span<const ByteSpan> witness);

// Whether the input carries at least one thing shaped like a signature, and each of them commits to
// no other input (SIGHASH_ANYONECANPAY): it may then have been put beside strangers' inputs.
bool AllSignaturesAnyoneCanPay(ByteSpan script_sig, std::span<const ByteSpan> witness);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_KEY_H_
