// What kind of output a scriptPubKey is, decided as Bitcoin Core's Solver() does
// (script/solver.cpp).
//
// Pure functions over borrowed bytes, total for any input, safe from any thread.
#ifndef COINWAKE_INDEXER_BITCOIN_SCRIPT_H_
#define COINWAKE_INDEXER_BITCOIN_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/script_type.h"

namespace coinwake::bitcoin {

// Opcodes that the rules here name.
enum Opcode : std::uint8_t {
  kOp0 = 0x00,
  kOpPushData1 = 0x4c,
  kOpPushData2 = 0x4d,
  kOpPushData4 = 0x4e,
  kOp1 = 0x51,
  kOp16 = 0x60,
  kOpReturn = 0x6a,
  kOpDup = 0x76,
  kOpEqual = 0x87,
  kOpEqualVerify = 0x88,
  kOpHash160 = 0xa9,
  kOpCheckSig = 0xac,
  kOpCheckMultisig = 0xae,
};

inline constexpr std::size_t kMaxScriptSize = 10'000;  // bytes; a longer script can never be spent

// Walks a script's operations.
class ScriptReader {
 public:
  explicit ScriptReader(ByteSpan script) : script_(script) {}

  // Reads one operation; `data` is what a push pushes, else empty. False at the end and at a push
  // that runs past it; at_end() tells which.
  bool Next(std::uint8_t* opcode, ByteSpan* data);
  bool at_end() const { return offset_ == script_.size(); }

 private:
  ByteSpan script_;
  std::size_t offset_ = 0;
};

struct ScriptInfo {
  ScriptType type = ScriptType::kNonstandard;
  std::uint8_t witness_version = 0;  // of the witness types, 0 to 16
  // The part that tells one script of its type from another, within the script's bytes: the key
  // (kPubkey), the 20-byte hash (kPubkeyHash, kScriptHash) or the witness program. Else empty.
  ByteSpan program;
};

ScriptInfo ClassifyScript(ByteSpan script);

// Core's IsUnspendable(): OP_RETURN first, or longer than kMaxScriptSize. Never in the unspent set.
bool IsUnspendable(ByteSpan script);

// Whether every operation pushes data, as Core's IsPushOnly(): OP_1NEGATE, OP_RESERVED and OP_1 to
// OP_16 count as pushes.
bool IsPushOnly(ByteSpan script);

// What a signature script pushes last, if pushing is all it does: a key, or a redeem script.
struct LastPush {
  bool push_only = false;
  bool is_data = false;   // a data push, not OP_1 and the like
  std::size_t count = 0;  // pushes in all
  ByteSpan data;
};
LastPush LastPushOf(ByteSpan script_sig);

// Whether the HASH160 of `data` is `hash`.
bool Hash160Is(ByteSpan data, ByteSpan hash);

// A bare (or redeem or witness) script `required` key... count OP_CHECKMULTISIG.
struct MultisigScript {
  std::uint32_t required = 0;
  std::vector<ByteSpan> keys;  // of plausible shape, in the order they stand; within the script
};
// Both as Core's MatchMultisig(): false leaves `multisig` with whatever was read so far.
bool MatchMultisig(ByteSpan script, MultisigScript* multisig);

// The keys of a multisig script; none when it is no multisig script.
std::vector<ByteSpan> MultisigKeys(ByteSpan script);

// Whether `key` has the length that its first byte promises (33 for 02, 03; 65 for 04, 06, 07).
bool IsPlausibleKey(ByteSpan key);

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_INDEXER_BITCOIN_SCRIPT_H_
