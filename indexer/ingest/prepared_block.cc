#include "indexer/ingest/prepared_block.h"

#include <algorithm>
#include <cstring>

#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"

namespace coinwake {
namespace {

SequenceClass ClassifySequence(std::uint32_t sequence) {
  if (sequence == 0xffffffff) return SequenceClass::kFinal;
  if (sequence == 0xfffffffe) return SequenceClass::kLocktimeOnly;
  return (sequence & 0x80000000) != 0 ? SequenceClass::kReplaceable : SequenceClass::kRelativeLock;
}

std::uint8_t KindIf(ScriptType type, ByteSpan script_sig, std::span<const ByteSpan> witness) {
  return static_cast<std::uint8_t>(bitcoin::RedeemKindOfInput(type, script_sig, witness));
}

PendingFlags FlagsOf(const bitcoin::ParsedInput& input, std::span<const ByteSpan> witness) {
  PendingFlags pending;
  InputFlags flags;
  flags.sequence_class = ClassifySequence(input.sequence);
  flags.anyone_can_pay = bitcoin::AllSignaturesAnyoneCanPay(input.script_sig, witness);
  flags.has_witness = !witness.empty();
  pending.flags = static_cast<std::uint8_t>(flags.ToRow());
  if (!input.script_sig.empty()) {
    pending.if_script_hash = KindIf(ScriptType::kScriptHash, input.script_sig, witness);
  }
  if (!witness.empty()) {
    pending.if_witness_script = KindIf(ScriptType::kWitnessV0ScriptHash, input.script_sig, witness);
    pending.if_taproot = KindIf(ScriptType::kWitnessV1Taproot, input.script_sig, witness);
  }
  return pending;
}

// P2SH-P2WPKH: the one push of a 22-byte program, and a witness of signature and key.
bool RevealsWrappedKey(ByteSpan script_sig, std::span<const ByteSpan> witness) {
  return script_sig.size() == 23 && script_sig[0] == 22 && script_sig[1] == 0 &&
         script_sig[2] == 20 && witness.size() == 2 && witness[1].size() == 33 &&
         bitcoin::IsPlausibleKey(witness[1]);
}

// P2PKH with a key that is not compressed, whose hash in the script says nothing of the compressed
// form: the last push is the key.
ByteSpan UncompressedKeyOf(ByteSpan script_sig) {
  constexpr std::size_t kKeyBytes = 65;
  if (script_sig.size() <= kKeyBytes) return {};
  const ByteSpan tail = script_sig.last(kKeyBytes + 1);
  if (tail[0] != kKeyBytes || !bitcoin::IsPlausibleKey(tail.subspan(1))) return {};
  return tail.subspan(1);
}

void AddRevealedKey(const bitcoin::ParsedInput& input, std::span<const ByteSpan> witness,
                    std::uint32_t index, std::vector<RevealedKey>* keys) {
  if (RevealsWrappedKey(input.script_sig, witness)) {
    RevealedKey key;
    key.input = index;
    key.spends = ScriptType::kScriptHash;
    std::copy(witness[1].begin(), witness[1].end(), key.compressed.begin());
    keys->push_back(key);
    return;
  }
  const ByteSpan uncompressed = UncompressedKeyOf(input.script_sig);
  if (uncompressed.empty()) return;
  const auto compressed = bitcoin::CompressKey(uncompressed);
  if (!compressed) return;
  keys->push_back({index, *compressed, ComputeHash160(uncompressed), ScriptType::kPubkeyHash});
}

void PrepareInputs(const bitcoin::ParsedTransaction& tx, PreparedBlock* block) {
  const bitcoin::ParsedBlock& parsed = block->parsed;
  for (std::uint32_t i = 0; i < tx.inputs_count; ++i) {
    const bitcoin::ParsedInput& from = parsed.inputs[tx.first_input + i];
    const std::span<const ByteSpan> witness = parsed.WitnessOf(from);
    const auto index = static_cast<std::uint32_t>(block->inputs.size());
    PreparedInput& input = block->inputs.emplace_back();
    input.prev_txid = from.prev_txid();
    input.prev_vout = from.prev_index();
    input.flags = FlagsOf(from, witness);
    AddRevealedKey(from, witness, index, &block->keys);
  }
}

absl::Status LoadCopy(FileSystem& files, const FolderScan& scan, const Hash256& hash,
                      const BlockLocation& where, PreparedBlock* block) {
  COINWAKE_RETURN_IF_ERROR(ReadBlockAt(files, scan, where, &block->bytes));
  block->where = where;
  const absl::Status status = PrepareBlock(hash, block);
  return status.ok() ? status : BlockError(scan, where, hash, status);
}

}  // namespace

ScriptDigest DigestOf(ByteSpan script) {
  ScriptDigest digest;
  std::memcpy(digest.data(), Sha256(script).bytes.data(), digest.size());
  return digest;
}

absl::Status PrepareBlock(const Hash256& expected_hash, PreparedBlock* block) {
  block->transactions.clear();
  block->inputs.clear();
  block->outputs.clear();
  block->keys.clear();
  COINWAKE_RETURN_IF_ERROR(bitcoin::ParseBlock(block->bytes, &block->parsed));
  const bitcoin::ParsedBlock& parsed = block->parsed;
  if (parsed.hash != expected_hash) {
    return absl::DataLossError("its header changed while it was being read");
  }
  COINWAKE_RETURN_IF_ERROR(bitcoin::CheckBlock(parsed));
  block->hash = parsed.hash;
  for (const bitcoin::ParsedTransaction& from : parsed.transactions) {
    block->transactions.push_back({from.txid, from.version, from.locktime, from.size_bytes,
                                   from.weight(), from.coinbase ? 0 : from.inputs_count,
                                   from.outputs_count});
    if (!from.coinbase) PrepareInputs(from, block);
  }
  for (const bitcoin::ParsedOutput& from : parsed.outputs) {
    PreparedOutput& output = block->outputs.emplace_back();
    output.value = from.value;
    output.script = from.script;
    output.type = bitcoin::ClassifyScript(from.script).type;
    output.unspendable = bitcoin::IsUnspendable(from.script);
    output.digest = DigestOf(from.script);
  }
  return absl::OkStatus();
}

absl::Status LoadBlock(FileSystem& files, const FolderScan& scan, const Hash256& hash,
                       const BlockLocation& where, PreparedBlock* block) {
  absl::Status first = LoadCopy(files, scan, hash, where, block);
  if (first.ok()) return first;
  auto copy = std::lower_bound(scan.copies.begin(), scan.copies.end(), hash,
                               [](const BlockCopy& a, const Hash256& b) { return a.hash < b; });
  for (; copy != scan.copies.end() && copy->hash == hash; ++copy) {
    if (LoadCopy(files, scan, hash, copy->where, block).ok()) return absl::OkStatus();
  }
  return first;
}

}  // namespace coinwake
