// Rule same_key: scripts that one public key controls are one hand's (ALGORITHMS.md 0).
//
// A script is known to be held by whoever has a key of one of up to two HASH160s: that in its own
// bytes (P2PKH, P2WPKH, P2PK in the form it has), and, once its key is in the index, that of the
// compressed form (P2PK, P2PKH to an uncompressed key, P2SH-P2WPKH). Scripts that have a hash in
// common are in one hand, whoever's: nobody makes two keys of one hash. Found the same from either
// end. Not joined, though `address` lists it: a P2SH that was never spent, which shows a hash of a
// hash alone; a P2PKH to an uncompressed key that nobody showed. Keys that everybody knows join
// nobody (heuristics/shared_keys.h).
#ifndef COINWAKE_HEURISTICS_SAME_KEY_H_
#define COINWAKE_HEURISTICS_SAME_KEY_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "heuristics/evidence_search.h"
#include "indexer/base/hash.h"
#include "indexer/base/script_type.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake {

// The HASH160s of keys that a script is known to be held by.
struct KeyHashes {
  std::optional<Hash160> written;  // in its own bytes
  std::optional<Hash160> shown;    // of the compressed form, where that is another

  bool Have(const Hash160& hash) const { return written == hash || shown == hash; }
  friend bool operator==(const KeyHashes&, const KeyHashes&) = default;
};

// Where a script of `size_bytes` has the HASH160 of a key in its bytes; 0 where it has none.
constexpr std::size_t KeyHashOffset(ScriptType type, std::uint64_t size_bytes) {
  // OP_DUP OP_HASH160 20 ... OP_EQUALVERIFY OP_CHECKSIG
  if (type == ScriptType::kPubkeyHash && size_bytes == 25) return 3;
  if (type == ScriptType::kWitnessV0KeyHash && size_bytes == 22) return 2;  // OP_0 20 ...
  return 0;
}

// The scripts that follow from a hash: P2PKH, P2WPKH, P2SH-P2WPKH.
std::array<std::vector<std::uint8_t>, 3> ScriptsOfKeyHash(const Hash160& hash);
// Whether the hash is that of a key that everybody knows.
bool IsSharedKeyHash(const Hash160& hash);

// REQUIRES of all below: addresses < addresses_count() of the view. Damage latches in the view.
KeyHashes KeyHashesOf(const View& view, AddressNum address);

// What the rule joins with `address` by itself, ascending; eight store probes at most. kDataLoss.
absl::StatusOr<std::vector<AddressNum>> ScriptsOfSameKey(const View& view, AddressNum address);

// A transaction by which both of two scripts, which the rule joins, had shown a hash they have in
// common: the later of those that first named each (paid it or, before a window, spent it) or,
// where its hash in common does not stand in its bytes, first spent it with its key.
// kResourceExhausted, kDataLoss.
absl::StatusOr<TxNum> ShowingOfSameKey(const View& view, AddressNum a, AddressNum b,
                                       RowBudget* budget);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_SAME_KEY_H_
