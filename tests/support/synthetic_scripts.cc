#include "tests/support/synthetic_scripts.h"

#include <algorithm>
#include <cstring>

namespace coinwake::synthetic {
namespace {

constexpr int kMultisigKeys = 3;

// Key numbers of one script's other keys live far from the first ones.
constexpr std::uint64_t kKeyStride = 1ULL << 60;

Random KeyStream(std::uint64_t seed, std::uint64_t key) {
  return Random(seed * 0xd1342543de82ef95 + key * 0x2545f4914f6cdd1d + 1);
}

Bytes CompressedKey(std::uint64_t seed, std::uint64_t key) {
  Random stream = KeyStream(seed, key);
  Bytes bytes(33);
  stream.Fill(bytes.data() + 1, 32);
  bytes[0] = static_cast<std::uint8_t>(2 + stream.Below(2));
  return bytes;
}

Bytes LongKey(std::uint64_t seed, std::uint64_t key) {
  Random stream = KeyStream(seed, key);
  Bytes bytes(65);
  stream.Fill(bytes.data() + 1, 64);
  bytes[0] = 4;
  return bytes;
}

Bytes MultisigOf(std::uint64_t seed, std::uint64_t key, int required, int count) {
  std::vector<Bytes> keys;
  keys.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    keys.push_back(CompressedKey(seed, key + static_cast<std::uint64_t>(i) * kKeyStride));
  }
  return Multisig(required, keys);
}

Bytes NestedProgram(std::uint64_t seed, std::uint64_t key) {
  return PayToWitnessKeyHash(ComputeHash160(ByteSpan(CompressedKey(seed, key))));
}

// A DER signature of 71 bytes with its sighash byte.
Bytes Signature(Random* random) {
  Bytes bytes(71);
  random->Fill(bytes.data(), bytes.size());
  constexpr std::uint8_t kHead[] = {0x30, 0x44, 0x02, 0x20};
  std::memcpy(bytes.data(), kHead, sizeof(kHead));
  bytes[4] = static_cast<std::uint8_t>((bytes[4] & 0x3f) + 1);
  bytes[36] = 0x02;
  bytes[37] = 0x20;
  bytes[38] = static_cast<std::uint8_t>((bytes[38] & 0x3f) + 1);
  bytes[70] = 0x01;  // SIGHASH_ALL
  return bytes;
}

}  // namespace

void Random::Fill(std::uint8_t* to, std::size_t size_bytes) {
  while (size_bytes > 0) {
    const std::uint64_t word = Next();
    const std::size_t step = std::min<std::size_t>(size_bytes, sizeof(word));
    std::memcpy(to, &word, step);
    to += step;
    size_bytes -= step;
  }
}

Bytes ScriptOf(std::uint64_t seed, std::uint64_t key, ScriptKind kind) {
  switch (kind) {
    case ScriptKind::kPubkey:
      return PayToPubkey(LongKey(seed, key));
    case ScriptKind::kPubkeyHashLong:
      return PayToPubkeyHash(ComputeHash160(ByteSpan(LongKey(seed, key))));
    case ScriptKind::kPubkeyHash:
      return PayToPubkeyHash(ComputeHash160(ByteSpan(CompressedKey(seed, key))));
    case ScriptKind::kBareMultisig:
      return MultisigOf(seed, key, 1, 2);
    case ScriptKind::kScriptHashMultisig:
      return PayToScriptHash(ComputeHash160(ByteSpan(MultisigOf(seed, key, 2, kMultisigKeys))));
    case ScriptKind::kNestedWitness:
      return PayToScriptHash(ComputeHash160(ByteSpan(NestedProgram(seed, key))));
    case ScriptKind::kWitnessKeyHash:
      return NestedProgram(seed, key);
    case ScriptKind::kWitnessMultisig:
      return PayToWitnessScriptHash(Sha256(ByteSpan(MultisigOf(seed, key, 2, kMultisigKeys))));
    case ScriptKind::kTaproot:
      return PayToTaproot(ByteSpan(CompressedKey(seed, key)).subspan(1));
  }
  return {};
}

void Unlock(std::uint64_t seed, std::uint64_t key, ScriptKind kind, Random* random,
            TxInput* input) {
  switch (kind) {
    case ScriptKind::kPubkey:
      AppendPush(Signature(random), &input->script_sig);
      return;
    case ScriptKind::kPubkeyHashLong:
      AppendPush(Signature(random), &input->script_sig);
      AppendPush(LongKey(seed, key), &input->script_sig);
      return;
    case ScriptKind::kPubkeyHash:
      AppendPush(Signature(random), &input->script_sig);
      AppendPush(CompressedKey(seed, key), &input->script_sig);
      return;
    case ScriptKind::kBareMultisig:
      input->script_sig.push_back(0);  // CHECKMULTISIG pops one too many
      AppendPush(Signature(random), &input->script_sig);
      return;
    case ScriptKind::kScriptHashMultisig:
      input->script_sig.push_back(0);
      AppendPush(Signature(random), &input->script_sig);
      AppendPush(Signature(random), &input->script_sig);
      AppendPush(MultisigOf(seed, key, 2, kMultisigKeys), &input->script_sig);
      return;
    case ScriptKind::kNestedWitness:
      AppendPush(NestedProgram(seed, key), &input->script_sig);
      input->witness = {Signature(random), CompressedKey(seed, key)};
      return;
    case ScriptKind::kWitnessKeyHash:
      input->witness = {Signature(random), CompressedKey(seed, key)};
      return;
    case ScriptKind::kWitnessMultisig:
      input->witness = {Bytes(), Signature(random), Signature(random),
                        MultisigOf(seed, key, 2, kMultisigKeys)};
      return;
    case ScriptKind::kTaproot: {
      Bytes signature(64);
      random->Fill(signature.data(), signature.size());
      input->witness = {std::move(signature)};
      return;
    }
  }
}

}  // namespace coinwake::synthetic
