#include "indexer/ingest/undo_finder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/script.h"

namespace coinwake {
namespace {

// The last thing a signature script pushes: a key, or a redeem script. Empty if it pushes nothing.
ByteSpan LastPush(ByteSpan script_sig) {
  bitcoin::ScriptReader reader(script_sig);
  std::uint8_t opcode;
  ByteSpan data;
  ByteSpan last;
  while (reader.Next(&opcode, &data)) last = data;
  return last;
}

bool HashIs(const Hash160& hash, ByteSpan program) {
  return std::equal(hash.begin(), hash.end(), program.begin(), program.end());
}

// Whether an input can spend `script`, as far as hashes tell without running scripts.
bool InputFitsScript(ByteSpan script, const bitcoin::ParsedInput& input,
                     std::span<const ByteSpan> witness) {
  const bitcoin::ScriptInfo info = bitcoin::ClassifyScript(script);
  switch (info.type) {
    case ScriptType::kPubkeyHash:
    case ScriptType::kScriptHash:
      return HashIs(ComputeHash160(LastPush(input.script_sig)), info.program);
    case ScriptType::kWitnessV0KeyHash:
      return witness.size() == 2 && HashIs(ComputeHash160(witness[1]), info.program);
    case ScriptType::kWitnessV0ScriptHash: {
      if (witness.empty()) return false;
      const Hash256 hash = Sha256(witness.back());
      return std::equal(hash.bytes.begin(), hash.bytes.end(), info.program.begin(),
                        info.program.end());
    }
    case ScriptType::kWitnessV1Taproot:
      return !witness.empty() && input.script_sig.empty();
    case ScriptType::kPubkey:
    case ScriptType::kMultisig:
      return witness.empty() && !input.script_sig.empty();
    default:
      return true;
  }
}

}  // namespace

bool UndoFitsBlock(const bitcoin::ParsedBlock& block, const bitcoin::BlockUndo& undo) {
  if (undo.transactions.size() + 1 != block.transactions.size()) return false;
  for (std::size_t i = 0; i < undo.transactions.size(); ++i) {
    const bitcoin::ParsedTransaction& tx = block.transactions[i + 1];
    const auto& spent = undo.transactions[i];
    if (spent.size() != tx.inputs_count) return false;
    std::uint64_t in = 0;
    for (std::uint32_t j = 0; j < tx.inputs_count; ++j) {
      const bitcoin::ParsedInput& input = block.inputs[tx.first_input + j];
      if (!InputFitsScript(spent[j].script, input, block.WitnessOf(input))) return false;
      in += spent[j].value;
    }
    std::uint64_t out = 0;
    for (const bitcoin::ParsedOutput& output : block.OutputsOf(tx)) out += output.value;
    if (in < out) return false;
  }
  return true;
}

UndoFinder::UndoFinder(FileSystem& files, const FolderScan& scan) : files_(files), scan_(scan) {}

absl::StatusOr<const std::vector<UndoFinder::UndoRecord>*> UndoFinder::RecordsOf(int number) {
  if (!listed_) {
    COINWAKE_ASSIGN_OR_RETURN(const auto undo_files,
                              bitcoin::ListNumberedFiles(files_, scan_.folder, "rev"));
    for (const bitcoin::NumberedFile& file : undo_files) undo_paths_[file.number] = file.path;
    listed_ = true;
  }
  if (loaded_number_ == number) return &loaded_;
  loaded_.clear();
  loaded_number_ = number;
  const auto path = undo_paths_.find(number);
  if (path == undo_paths_.end()) return &loaded_;
  COINWAKE_ASSIGN_OR_RETURN(const auto file, files_.Open(path->second, OpenMode::kRead));
  COINWAKE_ASSIGN_OR_RETURN(auto records,
                            bitcoin::ReadUndoFile(*file, scan_.xor_key, scan_.network));
  for (auto& record : records) {
    ByteReader reader(record.bytes);
    const std::uint64_t count = reader.ReadCompactSize();
    if (!reader.ok()) continue;
    loaded_.push_back({std::move(record.bytes), record.checksum, count});
  }
  return &loaded_;
}

absl::StatusOr<std::optional<bitcoin::BlockUndo>> UndoFinder::Find(const Hash256& hash,
                                                                   const BlockLocation& where) {
  if (where.file >= scan_.files.size()) return std::nullopt;
  COINWAKE_ASSIGN_OR_RETURN(const auto* records, RecordsOf(scan_.files[where.file].number));
  if (records->empty()) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  COINWAKE_RETURN_IF_ERROR(ReadBlockAt(files_, scan_, where, &bytes));
  bitcoin::ParsedBlock block;
  absl::Status parsed_block = bitcoin::ParseBlock(bytes, &block);
  if (parsed_block.ok() && block.hash != hash) {
    parsed_block = absl::DataLossError("it changed while it was being read");
  }
  if (!parsed_block.ok()) return BlockError(scan_, where, hash, parsed_block);
  const UndoRecord* found = nullptr;
  std::optional<bitcoin::BlockUndo> undo;
  for (const UndoRecord& record : *records) {
    if (record.transactions_count + 1 != block.transactions.size()) continue;
    if (!bitcoin::UndoChecksumMatches(block.header.prev, record.bytes, record.checksum)) continue;
    auto parsed = bitcoin::ParseBlockUndo(record.bytes);
    if (!parsed.ok() || !UndoFitsBlock(block, *parsed)) continue;
    if (found != nullptr && found->bytes != record.bytes) {
      ++ambiguous_blocks_;
      return std::nullopt;
    }
    found = &record;
    undo = *std::move(parsed);
  }
  return undo;
}

}  // namespace coinwake
