#include "indexer/ingest/ingest.h"

#include <algorithm>
#include <span>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "indexer/ingest/batch.h"
#include "indexer/ingest/block_loader.h"
#include "indexer/ingest/chain_plan.h"
#include "indexer/ingest/index_writer.h"
#include "indexer/ingest/prepared_block.h"
#include "indexer/ingest/undo_finder.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kMib = 1 << 20;
// What is set aside before a batch gets its share: the store, column buffers, the program itself.
constexpr std::uint64_t kFixedBytes = 96 * kMib;
// Stale blocks that go into one synced write, and into memory with it.
constexpr std::size_t kStaleBatchBytes = 8 * kMib;
// Heights fit 31 bits for millennia, and what counts on from one must not run over.
constexpr std::uint64_t kHeightsEnd = std::uint64_t{1} << 31;
// Of these, what is taken while the chain is planned, when the store and the columns are idle.
constexpr std::uint64_t kFixedPlanningBytes = 24 * kMib;

class IngestRun {
 public:
  IngestRun(FileSystem& files, const IngestOptions& options) : files_(files), options_(options) {}

  absl::StatusOr<IngestReport> Run() {
    const auto processors = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    threads_ = options_.threads > 0 ? options_.threads : processors;
    COINWAKE_RETURN_IF_ERROR(CheckOptions());
    COINWAKE_ASSIGN_OR_RETURN(
        scan_, ScanFolder(files_, options_.blocks_folder, options_.network, options_.progress));
    report_.skipped_bytes = scan_.skipped_bytes;
    report_.warnings = scan_.warnings;
    std::uint64_t free_bytes = options_.memory_mib * kMib - kFixedBytes;
    COINWAKE_ASSIGN_OR_RETURN(
        writer_, IndexWriter::Open(files_, options_.data_folder, scan_.network, free_bytes / 2));
    COINWAKE_RETURN_IF_ERROR(ClearTemporaryFiles());
    COINWAKE_RETURN_IF_ERROR(CheckPlanFitsMemory());
    COINWAKE_ASSIGN_OR_RETURN(
        ChainPlan plan,
        PlanChain(files_, scan_, *writer_, options_.until_height, options_.from_height));
    std::exchange(scan_.blocks, {});
    free_bytes -= plan.append.capacity() * sizeof(PlannedBlock);
    report_.warnings.insert(report_.warnings.end(), plan.warnings.begin(), plan.warnings.end());
    if (plan.keep_blocks < writer_->committed().blocks) {
      report_.rewound_blocks = writer_->committed().blocks - plan.keep_blocks;
      COINWAKE_RETURN_IF_ERROR(writer_->Rewind(plan.keep_blocks));
    }
    // After the rewind: what it cut is stale now, and was not while it was the chain.
    COINWAKE_RETURN_IF_ERROR(StoreStale(plan));
    COINWAKE_RETURN_IF_ERROR(Append(plan, free_bytes));
    FillReport();
    return std::move(report_);
  }

 private:
  absl::Status CheckOptions() const {
    if (options_.blocks_folder.empty()) {
      return absl::InvalidArgumentError("--blocks: names no folder");
    }
    if (options_.data_folder.empty()) return absl::InvalidArgumentError("--data: names no folder");
    if (options_.memory_mib < kMinMemoryMib) {
      return absl::InvalidArgumentError(
          absl::StrCat("--memory ", options_.memory_mib, ": at least ", kMinMemoryMib, " MiB"));
    }
    if (options_.from_height && *options_.from_height >= kHeightsEnd) {
      return absl::InvalidArgumentError(absl::StrCat("--from-height ", *options_.from_height,
                                                     ": heights are below ", kHeightsEnd));
    }
    return absl::OkStatus();
  }

  // Leaves a batch more than 16 MiB as well: what a block keeps is a seventh of what it takes here.
  absl::Status CheckPlanFitsMemory() const {
    const std::uint64_t blocks =
        std::max<std::uint64_t>(scan_.blocks.size(), writer_->committed().blocks);
    const std::uint64_t least_bytes = kFixedPlanningBytes + blocks * kPlanningBytes;
    if (least_bytes <= options_.memory_mib * kMib) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "--memory ", options_.memory_mib, ": to put the ", blocks, " blocks of ",
        options_.blocks_folder, " in order takes at least ", least_bytes / kMib + 1, " MiB"));
  }

  absl::Status ClearTemporaryFiles() {
    const std::string folder = absl::StrCat(writer_->folder(), "/tmp");
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> names, files_.List(folder));
    for (const std::string& name : names) {
      COINWAKE_RETURN_IF_ERROR(files_.Remove(absl::StrCat(folder, "/", name)));
    }
    return absl::OkStatus();
  }

  // Which blocks the store keeps as stale. One that is on the chain all the same is deleted by
  // `forget`: an index that was written before appending did that may have it.
  absl::Status ListStale(KvBatch* forget) {
    if (writer_->committed().stale_blocks == 0) return absl::OkStatus();
    const auto iterator = writer_->store().NewIterator();
    for (iterator->Seek("s"); iterator->Valid() && iterator->key().starts_with("s");
         iterator->Next()) {
      Hash256 hash;
      if (iterator->key().size() != 1 + hash.bytes.size()) continue;
      std::copy(iterator->key().begin() + 1, iterator->key().end(), hash.bytes.begin());
      const auto height = writer_->store().Get(BlockHeightKey(hash));
      if (absl::IsNotFound(height.status())) {
        stale_.insert(hash);
        continue;
      }
      COINWAKE_RETURN_IF_ERROR(height.status());
      forget->Delete(StaleBlockKey(hash));
    }
    return iterator->status();
  }

  // Keeps the raw bytes of blocks off the chain, since the folder may lose them and `block` shows
  // them. Damaged ones are not kept.
  absl::Status StoreStale(const ChainPlan& plan) {
    KvBatch batch;
    COINWAKE_RETURN_IF_ERROR(ListStale(&batch));
    PreparedBlock block;
    for (const StalePlan& stale : plan.stale) {
      if (stale_.contains(stale.hash)) continue;
      const absl::Status loaded = LoadBlock(files_, scan_, stale.hash, stale.where, &block);
      if (!loaded.ok()) {
        report_.warnings.push_back(absl::StrCat("a stale block is left out: ", loaded.message()));
        continue;
      }
      stale_.insert(stale.hash);
      batch.Put(StaleBlockKey(stale.hash),
                BigEndian64(stale.height) + std::string(block.bytes.begin(), block.bytes.end()));
      if (batch.size_bytes() >= kStaleBatchBytes) {
        COINWAKE_RETURN_IF_ERROR(
            writer_->CommitKeys(stale_.size(), plan.detached_blocks, std::move(batch)));
        batch = KvBatch();
      }
    }
    return writer_->CommitKeys(stale_.size(), plan.detached_blocks, std::move(batch));
  }

  // Blocks that a commit appends are stale no longer, from that commit on.
  void ForgetStale(std::span<const PlannedBlock> appended, IndexWriter::Change* change) {
    for (const PlannedBlock& block : appended) {
      if (stale_.erase(block.hash) != 0) change->keys.Delete(StaleBlockKey(block.hash));
    }
    change->stale_blocks = stale_.size();
  }

  absl::Status Append(const ChainPlan& plan, std::uint64_t free_bytes) {
    if (plan.append.empty()) return absl::OkStatus();
    const std::uint64_t loader_bytes = free_bytes / 6;
    const Batch::Options batch_options{free_bytes - loader_bytes, threads_,
                                       options_.max_batch_blocks};
    std::optional<UndoFinder> undo;
    if (!plan.complete_history) undo.emplace(files_, scan_);
    std::uint64_t total_bytes = 0;
    for (const PlannedBlock& block : plan.append) total_bytes += block.where.size_bytes;
    std::uint64_t done_bytes = 0;
    const std::uint64_t unresolved_before = FromTotals(writer_->totals()).unresolved_inputs;
    BlockLoader loader(files_, scan_, plan.append, threads_, loader_bytes);
    for (std::size_t first = 0; first < plan.append.size();) {
      if (options_.progress != nullptr && options_.progress->StopRequested()) {
        return absl::CancelledError(absl::StrCat("stopped as asked; ", writer_->committed().blocks,
                                                 " blocks are committed, run again to go on"));
      }
      auto batch =
          std::make_unique<Batch>(*writer_, scan_, plan, undo ? &*undo : nullptr, batch_options);
      absl::Status bad_block;
      COINWAKE_RETURN_IF_ERROR(
          batch->Collect(loader, first, &bad_block, options_.progress, done_bytes, total_bytes));
      const auto appended = std::span(plan.append).subspan(first, batch->blocks_count());
      first += appended.size();
      done_bytes += batch->raw_bytes();
      if (!appended.empty()) {
        COINWAKE_ASSIGN_OR_RETURN(auto change, batch->Finish());
        batch.reset();
        ForgetStale(appended, &change);
        COINWAKE_RETURN_IF_ERROR(writer_->Commit(std::move(change)));
        if (options_.progress != nullptr) {
          const CommitRecord& record = writer_->committed();
          options_.progress->Committed(record.from_height + record.blocks - 1);
        }
      }
      COINWAKE_RETURN_IF_ERROR(bad_block);
    }
    if (const std::uint64_t unresolved =
            FromTotals(writer_->totals()).unresolved_inputs - unresolved_before;
        unresolved != 0) {
      report_.warnings.push_back(absl::StrCat(
          unresolved, " inputs spend outputs that no earlier block creates",
          undo ? " and no undo file tells" : "", "; their values and addresses are unknown"));
    }
    if (undo && undo->ambiguous_blocks() != 0) {
      report_.warnings.push_back(absl::StrCat(
          undo->ambiguous_blocks(),
          " blocks have more than one undo record that fits; their inputs stay unresolved"));
    }
    return absl::OkStatus();
  }

  void FillReport() {
    const CommitRecord& record = writer_->committed();
    const BlockTotals totals = FromTotals(writer_->totals());
    report_.network = record.network;
    report_.from_height = record.from_height;
    report_.height = record.from_height + record.blocks - 1;
    report_.block_hash = record.tip_hash;
    report_.complete_history = record.complete_history;
    report_.blocks = record.blocks;
    report_.transactions = totals.transactions;
    report_.inputs = totals.inputs;
    report_.outputs = totals.outputs;
    report_.addresses = totals.addresses;
    report_.unresolved_inputs = totals.unresolved_inputs;
    report_.stale_blocks = record.stale_blocks;
    report_.detached_blocks = record.detached_blocks;
  }

  FileSystem& files_;
  const IngestOptions& options_;
  int threads_ = 1;
  IngestReport report_;
  FolderScan scan_;
  std::unique_ptr<IndexWriter> writer_;
  absl::flat_hash_set<Hash256> stale_;  // what the store keeps as stale
};

}  // namespace

absl::StatusOr<IngestReport> IndexBitcoin(FileSystem& files, const IngestOptions& options) {
  return IngestRun(files, options).Run();
}

}  // namespace coinwake
