// Batch: taking blocks in, and what can be written of them at once.

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "indexer/ingest/batch.h"
#include "indexer/ingest/column_rows.h"

namespace coinwake {
namespace {

// Of the memory a batch gets, half is for tables that must be in memory, half for spools, which
// spill.
constexpr std::uint64_t kTablesShare = 2;
// No batch has more transactions than this, so that a stop loses little work.
constexpr std::uint64_t kMaxTransactions = 32u << 20;
// Relative numbers have a flag bit, and positions count foreign rows as well.
constexpr std::uint64_t kMaxRelative = 1u << 30;

}  // namespace

Batch::Batch(IndexWriter& writer, const FolderScan& scan, const ChainPlan& plan, UndoFinder* undo,
             const Options& options)
    : writer_(writer),
      scan_(scan),
      plan_(plan),
      undo_(undo),
      options_(options),
      base_(FromTotals(writer.totals())),
      at_genesis_(writer.empty() && plan.complete_history),
      budget_(options.memory_bytes / kTablesShare),
      scripts_(writer.files(), budget_, absl::StrCat(writer.folder(), "/tmp/scripts")),
      requests_(writer.files(), budget_, absl::StrCat(writer.folder(), "/tmp"), "inputs",
                kPartitionsCount),
      definitions_(writer.files(), budget_, absl::StrCat(writer.folder(), "/tmp"), "txids",
                   kPartitionsCount),
      script_records_(writer.files(), budget_, absl::StrCat(writer.folder(), "/tmp"), "digests",
                      kPartitionsCount),
      foreign_scripts_(writer.files(), budget_,
                       absl::StrCat(writer.folder(), "/tmp/foreign_scripts")) {
  first_output_.push_back(0);
  first_input_.push_back(0);
}

Batch::~Batch() = default;

// What is in memory at the widest step, ResolveKeys (docs/design/ingest.md): what has grown here,
// and what later steps will add to it, each at its exact size.
std::uint64_t Batch::TablesBytes() const {
  constexpr std::uint64_t kTxLater = sizeof(RunEntry);
  constexpr std::uint64_t kOutputLater =
      sizeof(addresses_[0]) + sizeof(NewScript) + 1;  // two bits in bitmaps, with their ranks
  // Source and type; of an older output also its place and its address.
  constexpr std::uint64_t kInputLater = 8 + 1 + 16 + 8;
  // Any input of a window may turn out to spend what lies before it.
  const std::uint64_t foreign_later = undo_ != nullptr ? sizeof(ForeignRow) + 32 : 0;
  // A row, the room to sort it in, two look-up entries and the transaction.
  constexpr std::uint64_t kKeyLater = 2 * sizeof(KeyRow) + 2 * sizeof(RunEntry) + 4;
  const auto grown = [](const auto& rows) { return rows.capacity() * sizeof(rows[0]); };
  return grown(first_output_) + grown(first_input_) + first_output_.size() * kTxLater +
         grown(values_) + grown(output_types_) + values_.size() * kOutputLater + grown(pending_) +
         pending_.size() * (kInputLater + foreign_later) + grown(key_candidates_) +
         key_candidates_.size() * (8 + kKeyLater) + pubkey_outputs_ * kKeyLater;
}

bool Batch::Full() const {
  const std::uint64_t tables = TablesBytes();
  if (options_.max_blocks != 0 && blocks_.size() >= options_.max_blocks) return true;
  return tables >= options_.memory_bytes - options_.memory_bytes / kTablesShare ||
         first_output_.size() >= kMaxTransactions || values_.size() >= kMaxRelative ||
         pending_.size() >= kMaxRelative;
}

absl::Status Batch::Collect(BlockLoader& loader, std::size_t first, absl::Status* bad_block,
                            Progress* progress, std::uint64_t done_bytes,
                            std::uint64_t total_bytes) {
  const std::vector<PlannedBlock>& plan = plan_.append;
  while (first + blocks_.size() < plan.size() && (blocks_.empty() || !Full())) {
    if (progress != nullptr) {
      if (!blocks_.empty() && progress->StopRequested()) break;
      progress->Update("index blocks", done_bytes + raw_bytes_, total_bytes, "bytes");
    }
    auto block = loader.Next();
    if (!block.ok()) {
      *bad_block = block.status();
      break;
    }
    COINWAKE_RETURN_IF_ERROR(CollectBlock(**block));
    loader.Recycle(*std::move(block));
  }
  if (progress != nullptr) {
    progress->Update("index blocks", done_bytes + raw_bytes_, total_bytes, "bytes");
  }
  return absl::OkStatus();
}

absl::Status Batch::CollectBlock(const PreparedBlock& block) {
  COINWAKE_RETURN_IF_ERROR(
      writer_.column(ColumnId::kBlockHeader).Append(ByteSpan(block.bytes).first(80)));
  COINWAKE_RETURN_IF_ERROR(writer_.column(ColumnId::kBlockHash).Append(block.hash.bytes));
  COINWAKE_RETURN_IF_ERROR(CollectTransactions(block));
  const auto base_output = static_cast<std::uint32_t>(values_.size());
  ColumnWriter& value_column = writer_.column(ColumnId::kOutputValue);
  for (std::size_t i = 0; i < block.outputs.size(); ++i) {
    const PreparedOutput& output = block.outputs[i];
    COINWAKE_RETURN_IF_ERROR(AppendNumber(value_column, output.value));
    values_.push_back(output.value);
    if (output.type == ScriptType::kPubkey) ++pubkey_outputs_;
    output_types_.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(output.type) |
                                                      (output.unspendable ? kUnspendableBit : 0u)));
    COINWAKE_RETURN_IF_ERROR(scripts_.Add(output.script));
    COINWAKE_RETURN_IF_ERROR(script_records_.Add(
        output.digest[0], {output.digest, base_output + static_cast<std::uint32_t>(i)}));
  }
  raw_bytes_ += block.bytes.size();
  blocks_.push_back({block.hash, static_cast<std::uint32_t>(first_output_.size() - 1),
                     block.bytes.size(), block.where});
  coinbase_txids_.push_back(block.transactions.front().txid);
  return absl::OkStatus();
}

absl::Status Batch::CollectTransactions(const PreparedBlock& block) {
  ColumnWriter& txids = writer_.column(ColumnId::kTxId);
  ColumnWriter& first_outputs = writer_.column(ColumnId::kTxFirstOutput);
  ColumnWriter& first_inputs = writer_.column(ColumnId::kTxFirstInput);
  ColumnWriter& versions = writer_.column(ColumnId::kTxVersion);
  ColumnWriter& locktimes = writer_.column(ColumnId::kTxLocktime);
  ColumnWriter& sizes = writer_.column(ColumnId::kTxSize);
  ColumnWriter& weights = writer_.column(ColumnId::kTxWeight);
  const auto base_input = static_cast<std::uint32_t>(pending_.size());
  std::size_t input = 0;
  for (const PreparedTransaction& tx : block.transactions) {
    const auto tx_rel = static_cast<std::uint32_t>(first_output_.size() - 1);
    COINWAKE_RETURN_IF_ERROR(txids.Append(tx.txid.bytes));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(first_outputs, base_.outputs + first_output_.back()));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(first_inputs, base_.inputs + first_input_.back()));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(versions, tx.version));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(locktimes, tx.locktime));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(sizes, tx.size_bytes));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(weights, tx.weight));
    TxDefinition definition{{}, tx_rel};
    std::memcpy(definition.txid.data(), tx.txid.bytes.data(), definition.txid.size());
    COINWAKE_RETURN_IF_ERROR(definitions_.Add(tx.txid.bytes[0], definition));
    for (std::uint32_t i = 0; i < tx.inputs_count; ++i, ++input) {
      const PreparedInput& from = block.inputs[input];
      COINWAKE_RETURN_IF_ERROR(requests_.Add(
          from.prev_txid.bytes[0], {from.prev_txid, from.prev_vout,
                                    base_input + static_cast<std::uint32_t>(input), tx_rel}));
      pending_.push_back(from.flags);
    }
    first_output_.push_back(first_output_.back() + tx.outputs_count);
    first_input_.push_back(first_input_.back() + tx.inputs_count);
  }
  for (const RevealedKey& key : block.keys) {
    key_candidates_.push_back(
        {base_input + key.input, key.compressed, key.script_hash, key.spends});
  }
  return absl::OkStatus();
}

}  // namespace coinwake
