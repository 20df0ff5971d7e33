// What kind of output script an address is, under Bitcoin Core's names.
#ifndef COINWAKE_INDEXER_BASE_SCRIPT_TYPE_H_
#define COINWAKE_INDEXER_BASE_SCRIPT_TYPE_H_

#include <cstdint>
#include <string_view>

namespace coinwake {

// On disk (column address_type): values never change.
enum class ScriptType : std::uint8_t {
  kNonstandard = 0,
  kPubkey = 1,
  kPubkeyHash = 2,
  kScriptHash = 3,
  kMultisig = 4,
  kWitnessV0KeyHash = 5,
  kWitnessV0ScriptHash = 6,
  kWitnessV1Taproot = 7,
  kAnchor = 8,
  kWitnessUnknown = 9,
  kNullData = 10,
};

// Bitcoin Core's GetTxnOutputType names.
constexpr std::string_view ScriptTypeName(ScriptType type) {
  switch (type) {
    case ScriptType::kNonstandard:
      return "nonstandard";
    case ScriptType::kPubkey:
      return "pubkey";
    case ScriptType::kPubkeyHash:
      return "pubkeyhash";
    case ScriptType::kScriptHash:
      return "scripthash";
    case ScriptType::kMultisig:
      return "multisig";
    case ScriptType::kWitnessV0KeyHash:
      return "witness_v0_keyhash";
    case ScriptType::kWitnessV0ScriptHash:
      return "witness_v0_scripthash";
    case ScriptType::kWitnessV1Taproot:
      return "witness_v1_taproot";
    case ScriptType::kAnchor:
      return "anchor";
    case ScriptType::kWitnessUnknown:
      return "witness_unknown";
    case ScriptType::kNullData:
      return "nulldata";
  }
  return "nonstandard";
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_SCRIPT_TYPE_H_
