#include "indexer/bitcoin/script.h"

#include <algorithm>
#include <optional>

#include "indexer/base/hash.h"

namespace coinwake::bitcoin {
namespace {

constexpr std::uint32_t kMaxMultisigKeys = 20;

bool IsPayToScriptHash(ByteSpan script) {
  return script.size() == 23 && script[0] == kOpHash160 && script[1] == 20 &&
         script[22] == kOpEqual;
}

bool IsPayToPubkeyHash(ByteSpan script) {
  return script.size() == 25 && script[0] == kOpDup && script[1] == kOpHash160 && script[2] == 20 &&
         script[23] == kOpEqualVerify && script[24] == kOpCheckSig;
}

// A version opcode and one direct push of 2 to 40 bytes, nothing else.
bool IsWitnessProgram(ByteSpan script) {
  if (script.size() < 4 || script.size() > 42) return false;
  if (script[0] != kOp0 && (script[0] < kOp1 || script[0] > kOp16)) return false;
  return script.size() == std::size_t{script[1]} + 2;
}

ScriptInfo ClassifyWitnessProgram(ByteSpan script) {
  ScriptInfo info;
  info.witness_version =
      script[0] == kOp0 ? std::uint8_t{0} : static_cast<std::uint8_t>(script[0] - kOp1 + 1);
  info.program = script.subspan(2);
  if (info.witness_version == 0) {
    if (info.program.size() == 20) {
      info.type = ScriptType::kWitnessV0KeyHash;
    } else if (info.program.size() == 32) {
      info.type = ScriptType::kWitnessV0ScriptHash;
    } else {
      return ScriptInfo{};  // nobody can spend it, now or ever
    }
  } else if (info.witness_version == 1 && info.program.size() == 32) {
    info.type = ScriptType::kWitnessV1Taproot;
  } else if (info.witness_version == 1 && info.program.size() == 2 && info.program[0] == 0x4e &&
             info.program[1] == 0x73) {
    info.type = ScriptType::kAnchor;
  } else {
    info.type = ScriptType::kWitnessUnknown;
  }
  return info;
}

// The key of `key OP_CHECKSIG`; empty when the script is something else.
ByteSpan KeyOfPayToPubkey(ByteSpan script) {
  if (script.size() != 35 && script.size() != 67) return {};
  if (script[0] != script.size() - 2 || script.back() != kOpCheckSig) return {};
  const ByteSpan key = script.subspan(1, script.size() - 2);
  return IsPlausibleKey(key) ? key : ByteSpan{};
}

// A count from `least` to 20 in its shortest form: OP_1 to OP_16, or a push of one byte above 16.
std::optional<std::uint32_t> CountOf(std::uint8_t opcode, ByteSpan data, std::uint32_t least) {
  std::uint32_t count = 0;
  if (opcode >= kOp1 && opcode <= kOp16) {
    count = static_cast<std::uint32_t>(opcode - kOp1 + 1);
  } else if (opcode == 1 && data.size() == 1 && data[0] > 16) {
    count = data[0];  // 0x80 and up would be negative, and are above the limit anyway
  }
  if (count < least || count > kMaxMultisigKeys) return std::nullopt;
  return count;
}

}  // namespace

bool ScriptReader::Next(std::uint8_t* opcode, ByteSpan* data) {
  *data = {};
  if (at_end()) return false;
  const std::size_t left = script_.size() - offset_ - 1;
  const std::uint8_t* after = script_.data() + offset_ + 1;
  *opcode = script_[offset_];
  std::size_t prefix = 0;
  std::size_t size = 0;
  if (*opcode < kOpPushData1) {
    size = *opcode;
  } else if (*opcode == kOpPushData1) {
    prefix = 1;
    if (left < prefix) return false;
    size = *after;
  } else if (*opcode == kOpPushData2) {
    prefix = 2;
    if (left < prefix) return false;
    size = LoadLe<std::uint16_t>(after);
  } else if (*opcode == kOpPushData4) {
    prefix = 4;
    if (left < prefix) return false;
    size = LoadLe<std::uint32_t>(after);
  }
  if (left - prefix < size) return false;
  *data = script_.subspan(offset_ + 1 + prefix, size);
  offset_ += 1 + prefix + size;
  return true;
}

ScriptInfo ClassifyScript(ByteSpan script) {
  ScriptInfo info;
  if (IsPayToScriptHash(script)) {
    info.type = ScriptType::kScriptHash;
    info.program = script.subspan(2, 20);
    return info;
  }
  if (IsWitnessProgram(script)) return ClassifyWitnessProgram(script);
  if (IsPayToPubkeyHash(script)) {
    info.type = ScriptType::kPubkeyHash;
    info.program = script.subspan(3, 20);
    return info;
  }
  if (script.empty()) return info;
  if (script[0] == kOpReturn) {
    if (IsPushOnly(script.subspan(1))) info.type = ScriptType::kNullData;
    return info;
  }
  if (const ByteSpan key = KeyOfPayToPubkey(script); !key.empty()) {
    info.type = ScriptType::kPubkey;
    info.program = key;
    return info;
  }
  if (script.back() == kOpCheckMultisig) {
    MultisigScript multisig;
    if (MatchMultisig(script, &multisig)) info.type = ScriptType::kMultisig;
  }
  return info;
}

bool IsUnspendable(ByteSpan script) {
  return (!script.empty() && script[0] == kOpReturn) || script.size() > kMaxScriptSize;
}

bool IsPushOnly(ByteSpan script) {
  ScriptReader reader(script);
  std::uint8_t opcode = 0;
  ByteSpan data;
  while (reader.Next(&opcode, &data)) {
    if (opcode > kOp16) return false;
  }
  return reader.at_end();
}

LastPush LastPushOf(ByteSpan script_sig) {
  LastPush last;
  ScriptReader reader(script_sig);
  std::uint8_t opcode = 0;
  ByteSpan data;
  while (reader.Next(&opcode, &data)) {
    if (opcode > kOp16) return {};
    last.is_data = opcode <= kOpPushData4;
    last.data = data;
    ++last.count;
  }
  last.push_only = reader.at_end();
  return last;
}

bool Hash160Is(ByteSpan data, ByteSpan hash) {
  const Hash160 computed = ComputeHash160(data);
  return std::equal(computed.begin(), computed.end(), hash.begin(), hash.end());
}

bool MatchMultisig(ByteSpan script, MultisigScript* multisig) {
  multisig->keys.clear();
  multisig->required = 0;
  if (script.empty() || script.back() != kOpCheckMultisig) return false;
  ScriptReader reader(script);
  std::uint8_t opcode = 0;
  ByteSpan data;
  if (!reader.Next(&opcode, &data)) return false;
  const auto required = CountOf(opcode, data, 1);
  if (!required) return false;
  multisig->required = *required;
  while (true) {
    if (!reader.Next(&opcode, &data)) return false;
    if (!IsPlausibleKey(data)) break;
    if (multisig->keys.size() == kMaxMultisigKeys) return false;
    multisig->keys.push_back(data);
  }
  const auto count = CountOf(opcode, data, *required);
  if (!count || *count != multisig->keys.size()) return false;
  return reader.Next(&opcode, &data) && opcode == kOpCheckMultisig && reader.at_end();
}

std::vector<ByteSpan> MultisigKeys(ByteSpan script) {
  MultisigScript multisig;
  if (!MatchMultisig(script, &multisig)) return {};
  return multisig.keys;
}

bool IsPlausibleKey(ByteSpan key) {
  if (key.size() == 33) return key[0] == 0x02 || key[0] == 0x03;
  if (key.size() == 65) return key[0] == 0x04 || key[0] == 0x06 || key[0] == 0x07;
  return false;
}

}  // namespace coinwake::bitcoin
