#include "indexer/ingest/undo_finder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/script.h"

namespace coinwake {
namespace {

// Records of the files kept, 16 bytes each.
constexpr std::size_t kMaxKeptRecords = 1u << 18;

// Whether no rules the chain ever had let an input spend `script`, as far as hashes tell without
// running scripts. What was valid once counts: a signature script of more than pushes, and witness
// programs spent without a witness before BIP141 and BIP341 gave them a meaning. Both say nothing,
// for or against, unless `segwit` is known to be in force.
bool CannotSpend(ByteSpan script, const bitcoin::ParsedInput& input,
                 std::span<const ByteSpan> witness, bool segwit) {
  if (bitcoin::IsUnspendable(script)) return true;
  const bitcoin::ScriptInfo info = bitcoin::ClassifyScript(script);
  switch (info.type) {
    case ScriptType::kPubkeyHash: {
      const bitcoin::LastPush key = bitcoin::LastPushOf(input.script_sig);
      return !witness.empty() || (key.push_only && !bitcoin::Hash160Is(key.data, info.program));
    }
    case ScriptType::kScriptHash: {
      const bitcoin::LastPush redeem = bitcoin::LastPushOf(input.script_sig);
      if (!redeem.push_only) return false;
      // OP_1 and the like push a number, which is a script as well.
      return redeem.count == 0 ||
             (redeem.is_data && !bitcoin::Hash160Is(redeem.data, info.program));
    }
    case ScriptType::kWitnessV0KeyHash:
      if (witness.empty()) return segwit;
      return !input.script_sig.empty() || witness.size() != 2 ||
             !bitcoin::Hash160Is(witness[1], info.program);
    case ScriptType::kWitnessV0ScriptHash: {
      if (witness.empty()) return segwit;
      const Hash256 hash = Sha256(witness.back());
      return !input.script_sig.empty() || !std::equal(hash.bytes.begin(), hash.bytes.end(),
                                                      info.program.begin(), info.program.end());
    }
    case ScriptType::kWitnessV1Taproot:
      return !witness.empty() && !input.script_sig.empty();
    case ScriptType::kPubkey:
    case ScriptType::kMultisig:
      return !witness.empty() || input.script_sig.empty();
    default:
      return false;
  }
}

// Whether the record that `cursor` walks can be the spent outputs of `block`: counts, scripts and
// value sums. kDataLoss: it is no undo record at all.
absl::StatusOr<bool> UndoFitsBlock(const bitcoin::ParsedBlock& block, bitcoin::UndoCursor cursor) {
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t transactions, cursor.ReadTransactionsCount());
  if (transactions + 1 != block.transactions.size()) return false;
  // A block that holds a witness, if only its coinbase's, obeys BIP141.
  const bool segwit = !block.witness_items.empty();
  bitcoin::SpentOutput spent;
  for (std::size_t i = 1; i < block.transactions.size(); ++i) {
    const bitcoin::ParsedTransaction& tx = block.transactions[i];
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t inputs, cursor.ReadInputsCount());
    if (inputs != tx.inputs_count) return false;
    std::uint64_t in = 0;
    for (const bitcoin::ParsedInput& input : block.InputsOf(tx)) {
      COINWAKE_RETURN_IF_ERROR(cursor.ReadSpent(&spent));
      if (CannotSpend(spent.script, input, block.WitnessOf(input), segwit)) return false;
      in += spent.value;
    }
    std::uint64_t out = 0;
    for (const bitcoin::ParsedOutput& output : block.OutputsOf(tx)) out += output.value;
    if (in < out) return false;
  }
  COINWAKE_RETURN_IF_ERROR(cursor.Finish());
  return true;
}

}  // namespace

UndoFinder::UndoFinder(FileSystem& files, const FolderScan& scan) : files_(files), scan_(scan) {}

absl::Status UndoFinder::ListFolder() {
  if (listed_) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(const auto undo_files,
                            bitcoin::ListNumberedFiles(files_, scan_.folder, "rev"));
  for (const bitcoin::NumberedFile& file : undo_files) undo_paths_[file.number] = file.path;
  listed_ = true;
  return absl::OkStatus();
}

absl::StatusOr<const std::vector<bitcoin::UndoRecord>*> UndoFinder::RecordsOf(
    int number, const File& file, const std::string& path) {
  const auto known =
      std::find_if(recent_.begin(), recent_.end(),
                   [number](const ListedFile& listed) { return listed.number == number; });
  if (known != recent_.end()) {
    std::rotate(known, known + 1, recent_.end());
    return &recent_.back().records;
  }
  auto records = bitcoin::ListUndoRecords(file, scan_.xor_key, scan_.network);
  if (!records.ok()) {
    return absl::Status(
        records.status().code(),
        absl::StrCat(path, ": ", records.status().message(), "; move it away to index without it"));
  }
  // Nobody asks for the record of a block that spends nothing.
  std::erase_if(*records, [](const auto& record) { return record.transactions_count == 0; });
  records->shrink_to_fit();
  std::size_t kept = records->size();
  for (const ListedFile& listed : recent_) kept += listed.records.size();
  while (!recent_.empty() && kept > kMaxKeptRecords) {
    kept -= recent_.front().records.size();
    recent_.erase(recent_.begin());
  }
  recent_.push_back({number, *std::move(records)});
  return &recent_.back().records;
}

absl::StatusOr<std::optional<UndoFinder::Found>> UndoFinder::Find(const Hash256& hash,
                                                                  const BlockLocation& where) {
  if (where.file >= scan_.files.size()) return std::nullopt;
  COINWAKE_RETURN_IF_ERROR(ListFolder());
  const int number = scan_.files[where.file].number;
  const auto path = undo_paths_.find(number);
  if (path == undo_paths_.end()) return std::nullopt;
  COINWAKE_ASSIGN_OR_RETURN(auto file, files_.Open(path->second, OpenMode::kRead));
  COINWAKE_ASSIGN_OR_RETURN(const auto* records, RecordsOf(number, *file, path->second));
  if (records->empty()) return std::nullopt;
  std::vector<std::uint8_t> bytes;
  COINWAKE_RETURN_IF_ERROR(ReadBlockAt(files_, scan_, where, &bytes));
  bitcoin::ParsedBlock block;
  absl::Status parsed_block = bitcoin::ParseBlock(bytes, &block);
  if (parsed_block.ok() && block.hash != hash) {
    parsed_block = absl::DataLossError("it changed while it was being read");
  }
  if (!parsed_block.ok()) return BlockError(scan_, where, hash, parsed_block);
  std::optional<bitcoin::UndoRecord> found;
  Hash256 found_checksum;
  for (const bitcoin::UndoRecord& record : *records) {
    if (record.transactions_count + 1 != block.transactions.size()) continue;
    COINWAKE_ASSIGN_OR_RETURN(
        const auto checksum,
        bitcoin::MatchUndoChecksum(block.header.prev, *file, scan_.xor_key, record));
    if (!checksum) continue;
    const auto fits = UndoFitsBlock(block, bitcoin::UndoCursor(*file, scan_.xor_key, record));
    if (!fits.ok() && !absl::IsDataLoss(fits.status())) return fits.status();
    if (!fits.ok() || !*fits) continue;
    // The same parent: equal checksums are equal records.
    if (found && found_checksum != *checksum) {
      ++ambiguous_blocks_;
      return std::nullopt;
    }
    found = record;
    found_checksum = *checksum;
  }
  if (!found) return std::nullopt;
  return Found{std::move(file), *found};
}

}  // namespace coinwake
