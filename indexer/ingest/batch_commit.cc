// Batch: totals, look-up runs and the commit.

#include <algorithm>
#include <cstring>

#include "indexer/base/check.h"
#include "indexer/ingest/batch.h"
#include "indexer/ingest/vector_stream.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

// Positions in the schema.
enum : std::size_t {
  kTxTable = 0,
  kAddressTable = 1,
  kOutputTable = 2,
  kForeignTable = 3,
  kKeyTable = 4
};

// (AddressNum, OutputNum) of a batch, sorted by partitions of the address numbers.
class PostingStream final : public EntryStream {
 public:
  struct Posting {
    std::uint32_t address;
    std::uint32_t output_rel;
  };

  PostingStream(Spool<Posting>& postings, std::uint64_t base_output)
      : postings_(postings), base_output_(base_output) {}

  absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) override {
    std::size_t done = 0;
    while (done < to.size()) {
      if (at_ == current_.size()) {
        if (next_partition_ == postings_.partitions_count()) break;
        COINWAKE_RETURN_IF_ERROR(postings_.Load(next_partition_++, &current_));
        // Outputs were added in ascending order: only the address is to be sorted by.
        std::stable_sort(current_.begin(), current_.end(),
                         [](const Posting& a, const Posting& b) { return a.address < b.address; });
        at_ = 0;
        continue;
      }
      const Posting& posting = current_[at_++];
      to[done++] = {posting.address, base_output_ + posting.output_rel};
    }
    return done;
  }

 private:
  Spool<Posting>& postings_;
  const std::uint64_t base_output_;
  std::vector<Posting> current_;
  std::size_t at_ = 0;
  std::size_t next_partition_ = 0;
};

}  // namespace

absl::StatusOr<BlockTotals> Batch::AppendTotals() {
  BlockTotals totals = base_;
  ColumnWriter& column = writer_.column(ColumnId::kBlockTotals);
  std::sort(overwrites_.begin(), overwrites_.end(),
            [](const Overwrite& a, const Overwrite& b) { return a.newer_rel < b.newer_rel; });
  std::size_t overwrite = 0;
  std::size_t foreign = 0;
  std::size_t key = 0;
  std::uint32_t output = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const BatchBlock& block = blocks_[i];
    const std::uint32_t end_output = first_output_[block.end_tx];
    totals.transactions = base_.transactions + block.end_tx;
    totals.inputs = base_.inputs + first_input_[block.end_tx];
    totals.outputs = base_.outputs + end_output;
    totals.addresses = base_.addresses + first_seen_->Rank(PositionOfOutput(end_output));
    totals.script_bytes = script_ends_[i];
    totals.raw_bytes += block.raw_bytes;
    for (; foreign < foreign_.size() && foreign_[foreign].input.tx_rel < block.end_tx; ++foreign) {
      ++totals.foreign;
      totals.unresolved_inputs += foreign_[foreign].known ? 0u : 1u;
    }
    while (key < key_txs_.size() && key_txs_[key] < block.end_tx) ++key;
    totals.keys = base_.keys + key;
    // Nobody can spend the genesis coinbase: the node never put it in the unspent set.
    const bool genesis = at_genesis_ && i == 0;
    for (; output < end_output; ++output) {
      if (genesis || (output_types_[output] & kUnspendableBit) != 0) continue;
      ++totals.unspent_outputs;
      totals.unspent_value += values_[output];
    }
    if (totals.unspent_outputs < spent_count_[i] || totals.unspent_value < spent_value_[i]) {
      return BadBlock(i, "spends more than is unspent");
    }
    totals.unspent_outputs -= spent_count_[i];
    totals.unspent_value -= spent_value_[i];
    for (; overwrite < overwrites_.size() && overwrites_[overwrite].newer_rel < block.end_tx;
         ++overwrite) {
      totals.unspent_outputs -= overwrites_[overwrite].unspent_outputs;
      totals.unspent_value -= overwrites_[overwrite].unspent_value;
    }
    COINWAKE_RETURN_IF_ERROR(column.Append(AsBytes(&totals, sizeof(totals))));
  }
  return totals;
}

absl::Status Batch::WriteRuns(RunLists* runs) {
  {
    std::vector<std::span<const RunEntry>> parts(tx_entries_.begin(), tx_entries_.end());
    VectorStream stream(std::move(parts));
    const std::uint64_t end = base_.transactions + first_output_.size() - 1;
    COINWAKE_RETURN_IF_ERROR(
        writer_.AddRun(kTxTable, base_.transactions, end, stream, &(*runs)[kTxTable]));
    for (auto& entries : tx_entries_) std::vector<RunEntry>().swap(entries);
  }
  {
    std::array<std::vector<RunEntry>, kPartitionsCount> entries;
    std::vector<std::span<const RunEntry>> parts;
    for (std::size_t i = 0; i < kPartitionsCount; ++i) {
      entries[i].reserve(new_scripts_[i].size());
      for (const NewScript& script : new_scripts_[i]) {
        entries[i].push_back({script.key, base_.addresses + first_seen_->Rank(script.position)});
      }
      std::vector<NewScript>().swap(new_scripts_[i]);
      parts.emplace_back(entries[i]);
    }
    VectorStream stream(std::move(parts));
    COINWAKE_RETURN_IF_ERROR(writer_.AddRun(kAddressTable, base_.addresses,
                                            base_.addresses + first_seen_->count(), stream,
                                            &(*runs)[kAddressTable]));
  }
  {
    Spool<PostingStream::Posting> postings(writer_.files(), budget_, writer_.folder() + "/tmp",
                                           "postings", kPartitionsCount);
    const std::uint64_t addresses = base_.addresses + first_seen_->count();
    for (std::uint32_t output = 0; output < addresses_.size(); ++output) {
      const std::uint32_t address = addresses_[output];
      COINWAKE_RETURN_IF_ERROR(
          postings.Add(address * kPartitionsCount / addresses, {address, output}));
    }
    PostingStream stream(postings, base_.outputs);
    COINWAKE_RETURN_IF_ERROR(writer_.AddRun(kOutputTable, base_.outputs,
                                            base_.outputs + addresses_.size(), stream,
                                            &(*runs)[kOutputTable]));
  }
  std::vector<RunEntry> foreign;
  foreign.reserve(foreign_.size());
  for (std::size_t i = 0; i < foreign_.size(); ++i) {
    if (foreign_[i].known) foreign.push_back({foreign_[i].address, base_.foreign + i});
  }
  std::sort(foreign.begin(), foreign.end());
  VectorStream foreign_stream({foreign});
  COINWAKE_RETURN_IF_ERROR(writer_.AddRun(kForeignTable, base_.foreign,
                                          base_.foreign + foreign_.size(), foreign_stream,
                                          &(*runs)[kForeignTable]));
  VectorStream key_stream({key_entries_});
  return writer_.AddRun(kKeyTable, base_.keys, base_.keys + key_txs_.size(), key_stream,
                        &(*runs)[kKeyTable]);
}

absl::StatusOr<IndexWriter::Change> Batch::Finish() {
  COINWAKE_CHECK(!blocks_.empty());
  COINWAKE_RETURN_IF_ERROR(ResolveInputs());
  COINWAKE_RETURN_IF_ERROR(FillForeign());
  COINWAKE_RETURN_IF_ERROR(ResolveAddresses());
  COINWAKE_RETURN_IF_ERROR(AppendForeign());
  COINWAKE_RETURN_IF_ERROR(ResolveSources());
  COINWAKE_RETURN_IF_ERROR(AppendInputs());
  COINWAKE_RETURN_IF_ERROR(AppendKeys());
  IndexWriter::Change change;
  COINWAKE_ASSIGN_OR_RETURN(const BlockTotals totals, AppendTotals());
  change.totals = ToTotals(totals);
  change.runs = writer_.committed().runs;
  COINWAKE_RETURN_IF_ERROR(WriteRuns(&change.runs));
  change.from_height = plan_.from_height;
  change.complete_history = plan_.complete_history;
  change.blocks = writer_.committed().blocks + blocks_.size();
  change.tip_hash = blocks_.back().hash;
  change.stale_blocks = writer_.committed().stale_blocks;
  change.detached_blocks = writer_.committed().detached_blocks;
  std::uint64_t height = plan_.from_height + writer_.committed().blocks;
  for (const BatchBlock& block : blocks_) {
    change.keys.Put(BlockHeightKey(block.hash), BigEndian64(height++));
  }
  for (const Overwrite& overwrite : overwrites_) {
    change.keys.Put(OverwrittenKey(TxNum{overwrite.older}),
                    BigEndian64(base_.transactions + overwrite.newer_rel));
  }
  return change;
}

}  // namespace coinwake
