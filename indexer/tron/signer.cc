#include "indexer/tron/signer.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include <array>

namespace coinwake::tron {
namespace {

constexpr std::size_t kNumbersSize = 64;  // r and s
constexpr int kFirstVersion = 27;
constexpr int kFirstCompressedVersion = 31;
constexpr int kLastVersion = 34;

// Which of the keys that fit r and s; nullopt for versions java-tron refuses
// (TransactionCapsule.getBase64FromByteString, ECKey.signatureToKeyBytes).
std::optional<int> RecoveryId(std::uint8_t last) {
  // A byte is signed in Java: from 128 on it is below zero, and stays below 27 with 27 added.
  if (last >= 128) return std::nullopt;
  int version = last;
  if (version < kFirstVersion) version += kFirstVersion;
  if (version < kFirstVersion || version > kLastVersion) return std::nullopt;
  if (version >= kFirstCompressedVersion) version -= kFirstCompressedVersion - kFirstVersion;
  return version - kFirstVersion;
}

Signer Fault(SignatureFault fault) { return {.address = std::nullopt, .fault = fault}; }

}  // namespace

Signer RecoverSigner(const Hash256& digest, ByteSpan signature) {
  if (signature.size() < kSignatureSize) return Fault(SignatureFault::kTooShort);
  const std::optional<int> recovery_id = RecoveryId(signature[kNumbersSize]);
  if (!recovery_id.has_value()) return Fault(SignatureFault::kBadVersion);
  // Recovering needs no context of its own: it uses no secret and no randomness.
  const secp256k1_context* const context = secp256k1_context_static;
  secp256k1_ecdsa_recoverable_signature parsed;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, signature.data(),
                                                          *recovery_id) != 1) {
    return Fault(SignatureFault::kBadNumbers);
  }
  secp256k1_pubkey key;
  if (secp256k1_ecdsa_recover(context, &key, &parsed, digest.bytes.data()) != 1) {
    return Fault(SignatureFault::kNoKey);
  }
  std::array<std::uint8_t, 65> bytes;
  std::size_t size = bytes.size();
  secp256k1_ec_pubkey_serialize(context, bytes.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
  return {.address = AddressOfPublicKey(bytes), .fault = SignatureFault::kNone};
}

std::vector<Signer> SignersOf(const Transaction& transaction) {
  std::vector<Signer> signers;
  signers.reserve(transaction.signatures.size());
  for (const ByteSpan signature : transaction.signatures) {
    signers.push_back(RecoverSigner(transaction.txid, signature));
  }
  return signers;
}

Signer WitnessSignerOf(const BlockHeader& header) {
  return RecoverSigner(header.raw_hash, header.witness_signature);
}

std::string_view SignatureFaultText(SignatureFault fault) {
  switch (fault) {
    case SignatureFault::kNone:
      return "";
    case SignatureFault::kTooShort:
      return "shorter than 65 bytes";
    case SignatureFault::kBadVersion:
      return "its last byte is out of range";
    case SignatureFault::kBadNumbers:
      return "r or s is out of range";
    case SignatureFault::kNoKey:
      return "no public key fits it";
  }
  return "unknown fault";
}

}  // namespace coinwake::tron
