// Who signed a transaction or a block.
//
// Signatures are recoverable ECDSA over secp256k1, r, s and v, of a SHA-256: a signature tells its
// key. Recovering costs some 50 microseconds, so that decoding does not do it. signer.cc is the
// only file of this folder that includes libsecp256k1. Pure functions, total, safe from any thread.
//
// A signer need not be the owner: accounts may let other keys sign for them (permissions), and one
// transaction in seven on main net is signed so. Neither must a missing signer mean a forgery: the
// nodes have let odd signatures pass.
#ifndef COINWAKE_INDEXER_TRON_SIGNER_H_
#define COINWAKE_INDEXER_TRON_SIGNER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/tron/address.h"
#include "indexer/tron/block.h"

namespace coinwake::tron {

// Bytes of a signature that count. Longer ones are on main net; what follows is not looked at.
inline constexpr std::size_t kSignatureSize = 65;

enum class SignatureFault : std::uint8_t {
  kNone,
  kTooShort,    // fewer than 65 bytes
  kBadVersion,  // the last byte names none of the four keys that r and s allow
  kBadNumbers,  // r or s is not below the order of the curve
  kNoKey,       // no point has this r, or the key would be the point at infinity
};
// "", "shorter than 65 bytes", ...
std::string_view SignatureFaultText(SignatureFault fault);

struct Signer {
  std::optional<Address> address;
  SignatureFault fault = SignatureFault::kNone;  // kNone if and only if there is an address

  friend bool operator==(const Signer&, const Signer&) = default;
};

// Of the 32 bytes signed, which are a hash already. The last of the 65 bytes is java-tron's v: a
// signed byte; 27 is added to those below 27; then 27 to 30 number the key, 31 to 34 the same again
// (a hint about compression that Tron does not use). High and low s are both good.
Signer RecoverSigner(const Hash256& digest, ByteSpan signature);

// One for each signature, in their order.
std::vector<Signer> SignersOf(const Transaction& transaction);

// Of the header's witness_signature: the key that the witness lets sign for it, which is the
// witness's own unless it set another by its witness permission. Genesis has none (kTooShort).
Signer WitnessSignerOf(const BlockHeader& header);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SIGNER_H_
