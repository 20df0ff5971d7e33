// A range of blocks that becomes one commit: what is known of it between reading and committing.
//
// DESCRIPTION. A batch is as many blocks as fit the memory it was given. Its steps, in order:
//   Collect          blocks -> columns that need no look-up; requests set aside in spools
//   ResolveInputs    (prev txid, vout) -> OutputNum, partition by partition, by hash join in the
//   batch
//                    and by one forward pass over the runs of older commits
//   FillForeign      what is left over, from undo files where they prove it (windows)
//   ResolveAddresses scripts -> AddressNum, by order of first appearance
//   ResolveKeys      keys that inputs and P2PK outputs reveal; redeem kinds; unspent totals
//   Finish           totals, runs, and the change to commit
// Numbers inside a batch are relative to its start ("rel") and 32 bits wide.
//
// IMPLEMENTATION. docs/design/ingest.md. Nothing depends on where one batch ends and the next
// begins: the same blocks give the same index whatever the memory or the number of threads.
#ifndef COINWAKE_INDEXER_INGEST_BATCH_H_
#define COINWAKE_INDEXER_INGEST_BATCH_H_

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/ingest/block_loader.h"
#include "indexer/ingest/chain_plan.h"
#include "indexer/ingest/index_writer.h"
#include "indexer/ingest/prepared_block.h"
#include "indexer/ingest/rank_bitmap.h"
#include "indexer/ingest/script_log.h"
#include "indexer/ingest/spool.h"
#include "indexer/ingest/undo_finder.h"

namespace coinwake {

inline constexpr std::size_t kPartitionsCount = 256;  // by the first byte of a hash

// An input whose source is sought, and the spender.
struct InputRequest {
  Hash256 prev_txid;
  std::uint32_t prev_vout;
  std::uint32_t input_rel;
  std::uint32_t tx_rel;
};
// A transaction of the batch, by the first 24 bytes of its txid.
struct TxDefinition {
  std::array<std::uint8_t, 24> txid;
  std::uint32_t tx_rel;
};
// An output's script, or (kForeignRecord) that of a foreign row.
struct ScriptRecord {
  ScriptDigest digest;
  std::uint32_t index;  // output_rel, or kForeignRecord | foreign_rel
};
inline constexpr std::uint32_t kForeignRecord = 0x80000000;

// A row of the foreign table in the making: an input whose source no block indexed creates.
struct ForeignRow {
  std::uint64_t value = kNone64;
  InputRequest input;
  std::uint32_t position = 0;  // of its script among all first appearances
  std::uint32_t address = kNone32;
  bool known = false;  // value and script (in foreign_scripts_) come from an undo record
  ScriptType type = ScriptType::kNonstandard;
};

// A key and the script it belongs to, before it is known whether that is news.
struct KeyCandidate {
  std::uint32_t input_rel;
  std::array<std::uint8_t, 33> key;
  Hash160 script_hash;
  ScriptType spends;
};

// A row of the key columns in the making.
struct KeyRow {
  std::uint32_t tx_rel;  // where it was revealed
  std::uint32_t address;
  std::array<std::uint8_t, 33> key;
  bool hashes_differ;  // the key's hashes name scripts that its own script does not: index both
};

struct BatchBlock {
  Hash256 hash;
  std::uint32_t end_tx = 0;  // rel, exclusive
  std::uint64_t raw_bytes = 0;
  BlockLocation where;
};

class Batch {
 public:
  struct Options {
    std::uint64_t memory_bytes = 0;  // for the batch itself
    int threads = 1;
    std::uint64_t max_blocks = 0;  // 0: as many as fit
  };

  // All but `options` are borrowed; `undo` may be null (no search for undo records).
  Batch(IndexWriter& writer, const FolderScan& scan, const ChainPlan& plan, UndoFinder* undo,
        const Options& options);
  ~Batch();

  // Takes blocks the plan appends, from `first` on, until the memory given is used, at least one. A
  // block that cannot be read or is damaged ends the batch and is told in `bad_block`; those before
  // it can be committed all the same. An error returned is the index's own: the batch is of no use.
  // `progress` (may be null) is told in bytes, of which `done_bytes` of `total_bytes` came before
  // this batch; when it asks to stop, the batch ends early.
  absl::Status Collect(BlockLoader& loader, std::size_t first, absl::Status* bad_block,
                       Progress* progress, std::uint64_t done_bytes, std::uint64_t total_bytes);
  std::size_t blocks_count() const { return blocks_.size(); }
  std::uint64_t raw_bytes() const { return raw_bytes_; }

  // All the later steps but the commit, which is the caller's, after the batch and its memory are
  // gone. kDataLoss: a block spends what is spent or was never to be spent; it is named.
  absl::StatusOr<IndexWriter::Change> Finish();

 private:
  // batch_collect.cc
  absl::Status CollectBlock(const PreparedBlock& block);
  absl::Status CollectTransactions(const PreparedBlock& block);
  std::uint64_t TablesBytes() const;
  bool Full() const;
  // batch_inputs.cc
  absl::Status ResolveInputs();
  absl::Status ResolvePartition(std::size_t partition);
  absl::Status ResolveOld(const std::vector<InputRequest>& requests,
                          std::vector<std::uint32_t> missing);
  absl::Status FillForeign();
  absl::Status FillFromUndo(std::size_t block, std::size_t begin, std::size_t end);
  absl::Status FindOverwritten();
  absl::Status CheckOverwritten(std::uint64_t older, std::uint32_t newer_rel);
  absl::StatusOr<bool> IsOldUnspendable(OutputNum output);
  absl::Status AppendForeign();
  // batch_addresses.cc
  absl::Status ResolveAddresses();
  absl::Status ResolveScripts(std::size_t partition);
  absl::Status FindOldAddresses(const std::vector<ScriptDigest>& digests,
                                std::vector<std::uint32_t>* addresses);
  std::uint32_t PositionOfOutput(std::uint32_t output_rel) const;
  absl::Status AppendAddresses();
  absl::Status AppendScript(ByteSpan script, ScriptType type, std::uint32_t tx_rel);
  // batch_keys.cc
  absl::Status ResolveSources();
  absl::Status ResolveOldSources();
  bool IsGenesisOutput(OutputNum output) const;
  absl::Status CannotSpend(std::uint32_t input_rel, std::string_view why) const;
  absl::Status BadBlock(std::size_t block, std::string_view what) const;
  absl::Status AppendInputs();
  absl::Status AppendKeys();
  absl::Status KeepNewsOfInputs(std::vector<KeyRow>* rows);
  // batch_commit.cc
  absl::StatusOr<BlockTotals> AppendTotals();
  absl::Status WriteRuns(RunLists* runs);
  std::size_t BlockOfTx(std::uint32_t tx_rel) const;
  std::uint32_t TxOfInput(std::uint32_t input_rel) const;

  IndexWriter& writer_;
  const FolderScan& scan_;
  const ChainPlan& plan_;
  UndoFinder* const undo_;
  const Options options_;
  const BlockTotals base_;
  const bool at_genesis_;  // the first block is the genesis block
  SpoolBudget budget_;
  Mutex old_rows_mutex_;  // columns are read by one thread at a time

  // Collect.
  std::vector<BatchBlock> blocks_;
  std::uint64_t raw_bytes_ = 0;
  std::vector<std::uint32_t> first_output_;  // by tx_rel, and one more for the end
  std::vector<std::uint32_t> first_input_;
  std::vector<std::uint64_t> values_;       // by output_rel
  std::vector<std::uint8_t> output_types_;  // by output_rel: ScriptType, kUnspendableBit
  std::uint64_t pubkey_outputs_ = 0;        // of type kPubkey
  std::vector<PendingFlags> pending_;       // by input_rel
  std::vector<KeyCandidate> key_candidates_;
  std::vector<Hash256> coinbase_txids_;  // by block
  ScriptLog scripts_;
  Spool<InputRequest> requests_;
  Spool<TxDefinition> definitions_;
  Spool<ScriptRecord> script_records_;

  // ResolveInputs and FillForeign.
  std::vector<std::uint64_t> sources_;  // InputSource rows, by input_rel
  std::array<std::vector<RunEntry>, kPartitionsCount> tx_entries_;
  Mutex foreign_mutex_;
  std::deque<ForeignRow> foreign_;  // by foreign_rel; a deque grows without a second copy
  ScriptLog foreign_scripts_;       // of the known ones, in their order
  struct Overwrite {
    std::uint64_t older;
    std::uint32_t newer_rel;
    std::uint64_t unspent_outputs;
    std::uint64_t unspent_value;
  };
  std::vector<Overwrite> overwrites_;

  // ResolveAddresses.
  std::vector<std::uint32_t> addresses_;    // by output_rel
  std::unique_ptr<RankBitmap> first_seen_;  // positions where a script is new
  std::unique_ptr<RankBitmap> refers_new_;  // positions whose address is a first_seen_ position
  std::vector<std::uint32_t> foreign_thresholds_;  // first output_rel after each known foreign row
  struct NewScript {
    std::uint64_t key;
    std::uint32_t position;
  };
  std::array<std::vector<NewScript>, kPartitionsCount> new_scripts_;
  std::vector<KeyRow> p2pk_keys_;           // of P2PK scripts, at their first appearance
  std::vector<std::uint64_t> script_ends_;  // by block: script bytes of the index so far

  // ResolveKeys and totals.
  std::vector<std::uint8_t> source_types_;  // by input_rel; kUnknownType
  std::vector<std::uint64_t> spent_value_;  // by block, of indexed outputs
  std::vector<std::uint64_t> spent_count_;
  std::vector<RunEntry> key_entries_;
  std::vector<std::uint32_t> key_txs_;  // tx_rel of each key row
};

inline constexpr std::uint8_t kUnspendableBit = 0x80;
inline constexpr std::uint8_t kUnknownType = 0xff;

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_BATCH_H_
