#include "indexer/ingest/tron_ingest.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/ingest/index_writer.h"
#include "indexer/ingest/parallel.h"
#include "indexer/ingest/tron_batch.h"
#include "indexer/ingest/tron_block.h"
#include "indexer/kv/keys.h"
#include "indexer/tron/token_registry.h"
#include "indexer/tron_source/block_source.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kMib = 1 << 20;
// What is set aside before a batch gets its share: the store, column buffers, the program itself.
constexpr std::uint64_t kFixedBytes = 96 * kMib;
constexpr std::size_t kMaxWindowBlocks = 256;
// How many blocks without receipts the source is asked for those again.
constexpr std::uint64_t kReceiptProbes = 8;
// How often a node may change its chain under our hands before we give up.
constexpr int kMaxReplans = 100;

class TronIngestRun {
 public:
  TronIngestRun(FileSystem& files, const TronIngestOptions& options)
      : files_(files), options_(options) {}

  absl::StatusOr<TronIngestReport> Run() {
    COINWAKE_RETURN_IF_ERROR(CheckOptions());
    const auto processors = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    threads_ = options_.threads > 0 ? options_.threads : processors;
    tron::SourceOptions source_options;
    source_options.progress = options_.progress;
    COINWAKE_ASSIGN_OR_RETURN(source_,
                              tron::OpenBlockSource(files_, options_.source, source_options));
    COINWAKE_ASSIGN_OR_RETURN(range_, source_->Range());
    COINWAKE_ASSIGN_OR_RETURN(report_.network, NetworkOfSource());
    for (int plan = 0;; ++plan) {
      COINWAKE_RETURN_IF_ERROR(OpenWriter());
      COINWAKE_RETURN_IF_ERROR(CheckUntil());
      absl::Status followed = Rewind();
      if (followed.ok() && plan == 0) followed = WarnOfLateReceipts();
      if (followed.ok()) followed = Append();
      if (!absl::IsAborted(followed) || plan == kMaxReplans) {
        COINWAKE_RETURN_IF_ERROR(followed);
        break;
      }
      // The source's chain is another: what is uncommitted is dropped with the writer.
      writer_.reset();
      COINWAKE_ASSIGN_OR_RETURN(range_, source_->Range());
    }
    FillReport();
    return std::move(report_);
  }

 private:
  absl::Status CheckOptions() const {
    if (options_.source.empty()) return absl::InvalidArgumentError("--blocks: names nothing");
    if (options_.data_folder.empty()) return absl::InvalidArgumentError("--data: names no folder");
    if (options_.memory_mib < kMinMemoryMib) {
      return absl::InvalidArgumentError(
          absl::StrCat("--memory ", options_.memory_mib, ": at least ", kMinMemoryMib, " MiB"));
    }
    return absl::OkStatus();
  }

  // Block 0 names the public networks; any other chain is a private one.
  absl::StatusOr<Network> NetworkOfSource() {
    const auto genesis = source_->BlockId(0);
    if (absl::IsNotFound(genesis.status())) {
      if (options_.network.has_value()) return *options_.network;
      return absl::InvalidArgumentError(
          absl::StrCat("--network: ", options_.source,
                       " has no block 0 to tell the network; name it (tron, tron-nile, ...)"));
    }
    COINWAKE_RETURN_IF_ERROR(genesis.status());
    const Network network = tron::NetworkOfGenesis(*genesis).value_or(Network::kTronPrivate);
    if (options_.network.value_or(network) != network) {
      return absl::InvalidArgumentError(
          absl::StrCat("--network ", std::string(NetworkName(*options_.network)), ": block 0 of ",
                       options_.source, " is that of ", std::string(NetworkName(network))));
    }
    return network;
  }

  absl::Status OpenWriter() {
    const std::uint64_t free_bytes = options_.memory_mib * kMib - kFixedBytes;
    COINWAKE_ASSIGN_OR_RETURN(
        writer_, IndexWriter::Open(files_, options_.data_folder, report_.network, free_bytes / 2));
    window_bytes_ = free_bytes / 4;
    batch_bytes_ = free_bytes - window_bytes_;
    final_height_.reset();
    const auto final_height = writer_->store().Get(kFinalHeightKey);
    if (absl::IsNotFound(final_height.status())) return absl::OkStatus();
    COINWAKE_RETURN_IF_ERROR(final_height.status());
    if (final_height->size() != sizeof(std::uint64_t)) {
      return absl::DataLossError(
          absl::StrCat(writer_->folder(), "/kv: the final height is damaged; index again"));
    }
    final_height_ = LoadBe<std::uint64_t>(final_height->data());
    return absl::OkStatus();
  }

  absl::Status CheckUntil() const {
    const std::uint64_t first = writer_->empty() ? range_.first : writer_->committed().from_height;
    if (options_.until_height.value_or(first) >= first) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "--until ", *options_.until_height, ": ",
        writer_->empty() ? options_.source : writer_->folder(), " begins at height ", first));
  }

  // The last block that this run may index.
  std::uint64_t Last() const {
    return std::min(range_.last, options_.until_height.value_or(range_.last));
  }

  // As transactions below `end` left it.
  absl::Status LoadRegistry(TxNum end) {
    registry_ = {};
    std::vector<tron::RegistryChange> changes;
    const auto records = writer_->store().NewIterator();
    const std::string end_key = RegistryKey(end);
    for (records->Seek(RegistryKey(TxNum{0})); records->Valid() && records->key() < end_key;
         records->Next()) {
      changes.clear();
      COINWAKE_RETURN_IF_ERROR(DecodeRegistryChanges(tron::SpanOf(records->value()), &changes));
      for (const tron::RegistryChange& change : changes) registry_.Apply(change);
    }
    return records->status();
  }

  std::uint64_t Tip() const {
    return writer_->committed().from_height + writer_->committed().blocks - 1;
  }

  absl::StatusOr<Hash256> IndexedId(std::uint64_t height) {
    Hash256 id;
    const std::uint64_t row = height - writer_->committed().from_height;
    COINWAKE_RETURN_IF_ERROR(
        writer_->column(TronColumn::kBlockId).ReadRows(row, row + 1, id.bytes));
    return id;
  }

  // Whether the source has that block as the index has it.
  absl::StatusOr<bool> AgreesAt(std::uint64_t height) {
    COINWAKE_RETURN_IF_ERROR(CheckStop());
    COINWAKE_ASSIGN_OR_RETURN(const Hash256 ours, IndexedId(height));
    COINWAKE_ASSIGN_OR_RETURN(const Hash256 theirs, source_->BlockId(height));
    return ours == theirs;
  }

  // The highest block that the index and the source both have; kNotFound: none.
  // kFailedPrecondition: it is below what is final.
  absl::StatusOr<std::uint64_t> CommonHeight() {
    const std::uint64_t lowest = std::max(writer_->committed().from_height, range_.first);
    const std::uint64_t top = std::min(Tip(), range_.last);
    if (final_height_.has_value() && *final_height_ >= lowest) {
      const std::uint64_t height = std::min(*final_height_, top);
      COINWAKE_ASSIGN_OR_RETURN(const bool agrees, AgreesAt(height));
      if (!agrees) {
        return absl::FailedPreconditionError(absl::StrCat(
            options_.source, ": block ", height, " is not the one in ", writer_->folder(),
            ", where blocks up to ", *final_height_, " are final; it is another chain"));
      }
    }
    // Who agrees on a block agrees on all below. First by steps that double: forks are short.
    std::uint64_t above = top + 1;
    std::uint64_t height = top;
    for (std::uint64_t step = 1;; step *= 2) {
      COINWAKE_ASSIGN_OR_RETURN(const bool agrees, AgreesAt(height));
      if (agrees) break;
      if (height == lowest) return absl::NotFoundError("");
      above = height;
      height -= std::min(step, height - lowest);
    }
    while (above - height > 1) {
      const std::uint64_t middle = height + (above - height) / 2;
      COINWAKE_ASSIGN_OR_RETURN(const bool agrees, AgreesAt(middle));
      (agrees ? height : above) = middle;
    }
    return height;
  }

  // Cuts off what the source's chain does not have, where that chain is to be preferred.
  absl::Status Rewind() {
    agreed_.reset();
    if (writer_->empty() || range_.first == Tip() + 1)
      return absl::OkStatus();  // parents will tell
    if (range_.first > Tip() || range_.last < writer_->committed().from_height) {
      return absl::InvalidArgumentError(
          absl::StrCat(options_.source, ": has blocks ", range_.first, " to ", range_.last,
                       ", the index in ", writer_->folder(), " needs block ", Tip() + 1, " next"));
    }
    const auto common = CommonHeight();
    if (absl::IsNotFound(common.status())) {
      return absl::InvalidArgumentError(absl::StrCat(
          options_.source, ": none of its blocks is that of the index in ", writer_->folder(),
          "; it is another chain, or leaves it below block ", range_.first));
    }
    COINWAKE_RETURN_IF_ERROR(common.status());
    agreed_ = *common;
    if (*common == Tip() || *common >= Last()) return absl::OkStatus();
    if (Last() <= Tip() && range_.solid.value_or(0) <= *common) {
      report_.warnings.push_back(absl::StrCat(options_.source,
                                              ": leaves the chain of the index after block ",
                                              *common, " and is not longer; nothing was rewound"));
      append_nothing_ = true;
      return absl::OkStatus();
    }
    COINWAKE_RETURN_IF_ERROR(CheckBranch(*common));
    report_.rewound_blocks += Tip() - *common;
    return writer_->Rewind(*common - writer_->committed().from_height + 1);
  }

  // Whether the source's blocks above `common` can be booked, as far as they are to replace blocks
  // of the index and be more than those: else good blocks would go for a branch that ends early.
  // Errors name the block, as Append() does.
  absl::Status CheckBranch(std::uint64_t common) {
    COINWAKE_ASSIGN_OR_RETURN(const Totals kept,
                              writer_->TotalsAfter(common - writer_->committed().from_height + 1));
    COINWAKE_RETURN_IF_ERROR(LoadRegistry(TxNum{TronFromTotals(kept).transactions}));
    COINWAKE_ASSIGN_OR_RETURN(Parent parent, ParentOf(common + 1));
    std::vector<tron::Booking> bookings;
    const std::uint64_t end = std::min(Last(), Tip() + 1) + 1;
    for (std::uint64_t next = common + 1; next < end; next = parent.height + 1) {
      COINWAKE_RETURN_IF_ERROR(CheckStop());
      absl::Status bad_block = ReadWindow(next, end, 0);
      PrepareWindow(next);
      for (std::size_t i = 0; i < window_count_; ++i) {
        absl::Status status = CheckPrepared(i, parent);
        if (status.ok()) status = BookBlock(window_[i], parent.time_ms, &registry_, &bookings);
        if (!status.ok()) {
          bad_block = OfSource(status);
          break;
        }
        parent = ParentFrom(window_[i].block.header);
      }
      if (absl::IsDataLoss(bad_block)) {
        return absl::DataLossError(absl::StrCat(std::string(bad_block.message()),
                                                "; its branch leaves the index after block ",
                                                common, ", and nothing was rewound"));
      }
      COINWAKE_RETURN_IF_ERROR(bad_block);
    }
    return absl::OkStatus();
  }

  // Names the source of what is wrong with a block.
  absl::Status OfSource(const absl::Status& status) const {
    return absl::Status(status.code(),
                        absl::StrCat(options_.source, ": ", std::string(status.message())));
  }

  absl::Status CheckStop() const {
    if (options_.progress == nullptr || !options_.progress->StopRequested()) {
      return absl::OkStatus();
    }
    return absl::CancelledError(absl::StrCat("stopped as asked; ", writer_->committed().blocks,
                                             " blocks are committed, run again to go on"));
  }

  // The height of the block with the transaction without receipt that has `rank` such before it.
  absl::StatusOr<std::uint64_t> HeightWithoutReceipt(std::uint64_t rank) {
    std::uint64_t low = 0;
    std::uint64_t high = writer_->committed().blocks;  // so many blocks have more than `rank`
    while (high - low > 1) {
      const std::uint64_t middle = low + (high - low) / 2;
      COINWAKE_ASSIGN_OR_RETURN(const Totals totals, writer_->TotalsAfter(middle));
      (TronFromTotals(totals).without_receipt > rank ? high : low) = middle;
    }
    return writer_->committed().from_height + high - 1;
  }

  // A block that was indexed without receipts stays so. Says where the source has them by now.
  absl::Status WarnOfLateReceipts() {
    const std::uint64_t lacking = TronFromTotals(writer_->totals()).without_receipt;
    if (!agreed_.has_value() || lacking == 0) return absl::OkStatus();
    std::optional<std::uint64_t> asked;
    for (std::uint64_t probe = 0; probe < kReceiptProbes; ++probe) {
      COINWAKE_RETURN_IF_ERROR(CheckStop());
      COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t height,
                                HeightWithoutReceipt((lacking - 1) * probe / (kReceiptProbes - 1)));
      if (height < range_.first || height > *agreed_ || height == asked) continue;
      asked = height;
      const absl::StatusOr<bool> has = source_->HasReceipts(height);
      if (absl::IsCancelled(has.status())) return has.status();
      // This run has no other need of that block, and can do without if it is damaged.
      if (!has.value_or(false)) continue;
      report_.warnings.push_back(absl::StrCat(
          options_.source, ": has receipts of block ", height, ", which the index in ",
          writer_->folder(),
          " lacks and gets by no further run; index again into an empty folder to have them"));
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status Append() {
    COINWAKE_RETURN_IF_ERROR(LoadRegistry(TxNum{TronFromTotals(writer_->totals()).transactions}));
    const std::uint64_t end = Last() + 1;
    std::uint64_t next = writer_->empty() ? range_.first : Tip() + 1;
    if (append_nothing_ || next >= end) return RememberFinal();
    COINWAKE_ASSIGN_OR_RETURN(Parent parent, ParentOf(next));
    total_blocks_ = end - next;
    while (next < end) {
      COINWAKE_RETURN_IF_ERROR(CheckStop());
      TronBatch batch(*writer_, registry_, parent.time_ms);
      absl::Status bad_block;
      COINWAKE_RETURN_IF_ERROR(Collect(batch, end, &next, &parent, &bad_block));
      if (batch.blocks_count() != 0) COINWAKE_RETURN_IF_ERROR(CommitBatch(batch));
      COINWAKE_RETURN_IF_ERROR(bad_block);
    }
    return absl::OkStatus();
  }

  // What the next block follows.
  struct Parent {
    std::uint64_t height = 0;  // one below the next; wraps below 0
    std::optional<Hash256> id;
    std::optional<std::int64_t> time_ms;
  };
  static Parent ParentFrom(const tron::BlockHeader& header) {
    return {header.number, header.id, header.time_ms};
  }
  // Whether the source no longer has that block: a node that changed its chain since it was asked.
  bool SourceLeft(const Parent& parent) {
    const auto id = source_->BlockId(parent.height);
    return id.ok() && *id != *parent.id;
  }
  absl::StatusOr<Parent> ParentOf(std::uint64_t height) {
    Parent parent;
    parent.height = height - 1;
    if (writer_->empty()) return parent;
    COINWAKE_ASSIGN_OR_RETURN(parent.id, IndexedId(height - 1));
    ColumnRows times(writer_->column(TronColumn::kBlockTime), sizeof(std::int64_t));
    COINWAKE_ASSIGN_OR_RETURN(
        parent.time_ms, times.Get<std::int64_t>(height - 1 - writer_->committed().from_height));
    return parent;
  }

  // Adds blocks from `*next` on to `batch` until it is full. What is wrong with a block ends the
  // batch and is told in `bad_block`; those before it can be committed.
  absl::Status Collect(TronBatch& batch, std::uint64_t end, std::uint64_t* next, Parent* parent,
                       absl::Status* bad_block) {
    while (*next < end && bad_block->ok() && batch.memory_bytes() < batch_bytes_ &&
           (options_.max_batch_blocks == 0 || batch.blocks_count() < options_.max_batch_blocks)) {
      const absl::Status read = ReadWindow(*next, end, batch.blocks_count());
      PrepareWindow(*next);
      COINWAKE_RETURN_IF_ERROR(AddWindow(batch, parent, bad_block));
      *next = parent->height + 1;
      if (bad_block->ok()) *bad_block = read;
      if (options_.progress == nullptr) continue;
      options_.progress->Update("index blocks", total_blocks_ - (end - *next), total_blocks_,
                                "blocks");
      if (options_.progress->StopRequested()) return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  // Reads blocks from `first` on into window_, as many as its share of the memory holds. After an
  // error the window has those before.
  absl::Status ReadWindow(std::uint64_t first, std::uint64_t end, std::uint64_t batch_blocks) {
    std::uint64_t most = std::min<std::uint64_t>(kMaxWindowBlocks, end - first);
    if (options_.max_batch_blocks != 0) {
      most = std::min(most, options_.max_batch_blocks - batch_blocks);
    }
    window_.clear();  // what one block left would be held beside the next ones
    window_count_ = 0;
    std::uint64_t used_bytes = 0;
    while (window_count_ < most && used_bytes < window_bytes_) {
      if (window_count_ != 0 && !CheckStop().ok()) break;  // blocks can be slow to read
      tron::RawBlock& raw = window_.emplace_back().raw;
      COINWAKE_RETURN_IF_ERROR(source_->Read(first + window_count_, &raw));
      used_bytes += PreparedSize(raw);
      ++window_count_;
    }
    return absl::OkStatus();
  }

  void PrepareWindow(std::uint64_t first) {
    prepared_.assign(window_count_, absl::OkStatus());
    const absl::Status status = ParallelFor(window_count_, threads_, [&](std::size_t i) {
      prepared_[i] = PrepareTronBlock(first + i, &window_[i]);
      return absl::OkStatus();
    });
    COINWAKE_CHECK(status.ok());
  }

  // What is wrong with that block of the window, which is to follow `parent`. kAborted: the source
  // changed its chain.
  absl::Status CheckPrepared(std::size_t place, const Parent& parent) {
    if (!prepared_[place].ok() || !parent.id.has_value()) return prepared_[place];
    absl::Status follows = CheckFollows(window_[place].block.header, *parent.id);
    if (follows.ok()) return absl::OkStatus();
    if (SourceLeft(parent)) return absl::AbortedError(follows.message());
    if (parent.height > Tip()) return follows;  // the source contradicts itself
    return absl::DataLossError(
        absl::StrCat(std::string(follows.message()), " as in ", writer_->folder(),
                     "; it is another chain, or of a fork: give a source that also has block ",
                     parent.height, " as the index has it, or all blocks from the fork on"));
  }

  absl::Status AddWindow(TronBatch& batch, Parent* parent, absl::Status* bad_block) {
    for (std::size_t i = 0; i < window_count_; ++i) {
      const PreparedTronBlock& block = window_[i];
      *bad_block = CheckPrepared(i, *parent);
      if (!bad_block->ok()) {
        *bad_block = OfSource(*bad_block);
        return absl::OkStatus();
      }
      const absl::Status added = batch.Add(block);
      if (absl::IsDataLoss(added)) {
        *bad_block = OfSource(added);
        return absl::OkStatus();
      }
      COINWAKE_RETURN_IF_ERROR(added);
      extra_receipts_ += block.match.extra + block.match.repeated + block.match.other_blocks;
      *parent = ParentFrom(block.block.header);
    }
    return absl::OkStatus();
  }

  absl::Status CommitBatch(TronBatch& batch) {
    COINWAKE_ASSIGN_OR_RETURN(IndexWriter::Change change, batch.Finish());
    if (writer_->empty()) {
      change.from_height = range_.first;
      change.complete_history = range_.first == 0;
    }
    const std::uint64_t height =
        (writer_->empty() ? range_.first : writer_->committed().from_height) + change.blocks - 1;
    change.stale_blocks = source_->report().stale_blocks;
    change.detached_blocks = source_->report().detached_blocks;
    if (range_.solid.has_value()) {
      final_height_ = std::max(final_height_.value_or(0), std::min(*range_.solid, height));
      change.keys.Put(kFinalHeightKey, BigEndian64(*final_height_));
    }
    COINWAKE_RETURN_IF_ERROR(writer_->Commit(std::move(change)));
    if (options_.progress != nullptr) options_.progress->Committed(height);
    return absl::OkStatus();
  }

  // Blocks that were there already may have become final.
  absl::Status RememberFinal() {
    if (!agreed_.has_value() || !range_.solid.has_value()) return absl::OkStatus();
    const std::uint64_t height = std::min(*range_.solid, *agreed_);
    if (height <= final_height_.value_or(0)) return absl::OkStatus();
    final_height_ = height;
    KvBatch keys;
    keys.Put(kFinalHeightKey, BigEndian64(height));
    return writer_->CommitKeys(writer_->committed().stale_blocks,
                               writer_->committed().detached_blocks, std::move(keys));
  }

  void FillReport() {
    const CommitRecord& record = writer_->committed();
    const tron::SourceReport& source = source_->report();
    report_.from_height = record.from_height;
    report_.height = Tip();
    report_.block_hash = record.tip_hash;
    report_.complete_history = record.complete_history;
    report_.final_height = final_height_;
    report_.blocks = record.blocks;
    report_.totals = TronFromTotals(writer_->totals());
    report_.stale_blocks = source.stale_blocks;
    report_.detached_blocks = source.detached_blocks;
    report_.skipped_bytes = source.skipped_bytes;
    report_.warnings.insert(report_.warnings.end(), source.warnings.begin(), source.warnings.end());
    AddWarnings();
  }

  void AddWarnings() {
    const TronTotals& totals = report_.totals;
    const auto warn = [this](std::uint64_t count, const char* what) {
      if (count != 0) report_.warnings.push_back(absl::StrCat(count, what));
    };
    warn(totals.without_receipt,
         " transactions have no receipt: their fees, token transfers and internal calls are "
         "missing, and balances of whom they touch may be wrong");
    if (totals.contract_runs != 0 && totals.internal_transactions == 0) {
      report_.warnings.emplace_back(
          "no receipt tells of internal transactions, which nodes keep only with "
          "vm.saveInternalTx: TRX that contracts moved is missing");
    }
    warn(totals.malformed_transactions,
         " transactions have a contract that is unknown or cannot be read; what they moved is not "
         "known");
    warn(extra_receipts_, " receipts belong to no transaction of their block and were not used");
    if (report_.detached_blocks != 0) {
      report_.warnings.push_back(absl::StrCat(
          report_.detached_blocks,
          " blocks connect to no block of the chain indexed, which the source has up to height ",
          range_.last, "; bring the blocks between and run again"));
    }
    if (options_.until_height.has_value() && !writer_->empty() && Tip() > *options_.until_height) {
      report_.warnings.push_back(absl::StrCat(
          "--until ", *options_.until_height, ": the index goes on to height ", Tip(),
          " already and keeps what it has; to end there, index into another --data folder"));
    }
  }

  FileSystem& files_;
  const TronIngestOptions& options_;
  int threads_ = 1;
  TronIngestReport report_;
  std::unique_ptr<tron::BlockSource> source_;
  tron::SourceRange range_;
  std::unique_ptr<IndexWriter> writer_;
  std::optional<std::uint64_t> final_height_;
  std::optional<std::uint64_t> agreed_;  // the last block that index and source both had
  tron::TokenRegistry registry_;
  bool append_nothing_ = false;
  std::uint64_t window_bytes_ = 0;
  std::uint64_t batch_bytes_ = 0;
  std::vector<PreparedTronBlock> window_;
  std::size_t window_count_ = 0;
  std::vector<absl::Status> prepared_;  // by place in the window
  std::uint64_t total_blocks_ = 0;
  std::uint64_t extra_receipts_ = 0;
};

}  // namespace

absl::StatusOr<TronIngestReport> IndexTron(FileSystem& files, const TronIngestOptions& options) {
  return TronIngestRun(files, options).Run();
}

}  // namespace coinwake
