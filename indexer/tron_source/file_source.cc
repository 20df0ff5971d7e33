#include "indexer/tron_source/file_source.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "indexer/tron/block.h"
#include "indexer/tron/json.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron_source/json_cache.h"
#include "indexer/tron_source/json_file.h"
#include "indexer/tron_source/messages.h"

namespace coinwake::tron {
namespace {

absl::Status Changed(const std::string& path) {
  return absl::DataLossError(
      absl::StrCat(path, ": has changed since it was scanned; run again when nothing writes it"));
}

// What decoded JSON may take, once for blocks and once for receipts: about one of the largest
// files.
constexpr std::uint64_t kMaxJsonHeld = kMaxJsonSize;

// The file read last: ascending reads come back to it.
struct LastUsed {
  std::uint32_t file = 0;
  std::unique_ptr<File> held;
};

class FileSource final : public BlockSource {
 public:
  FileSource(FileSystem& files, FileScan scan, SourceReport report, const Progress* progress)
      : files_(files),
        progress_(progress),
        scan_(std::move(scan)),
        report_(std::move(report)),
        block_json_(files, kMaxJsonHeld),
        info_json_(files, kMaxJsonHeld) {}

  absl::StatusOr<SourceRange> Range() override {
    const std::uint64_t last = NumberOfBlockId(scan_.chain.back().id);
    return SourceRange{NumberOfBlockId(scan_.chain.front().id), last, std::nullopt};
  }

  absl::StatusOr<Hash256> BlockId(std::uint64_t number) override {
    COINWAKE_ASSIGN_OR_RETURN(const BlockPlace* place, Find(number));
    return place->id;
  }

  absl::Status Read(std::uint64_t number, RawBlock* block) override {
    bool lacks_receipts = false;
    COINWAKE_RETURN_IF_ERROR(ReadBlock(number, block, &lacks_receipts));
    if (!lacks_receipts) return absl::OkStatus();
    for (const TornReceipts& torn : scan_.torn_receipts) {
      if (torn.from <= number) return EndBefore(number, torn);
    }
    ++report_.blocks_without_receipts;
    return absl::OkStatus();
  }

  absl::StatusOr<bool> HasReceipts(std::uint64_t number) override {
    RawBlock block;
    bool lacks_receipts = false;
    COINWAKE_RETURN_IF_ERROR(ReadBlock(number, &block, &lacks_receipts));
    return block.receipts_form != RawBlock::Receipts::kNone;
  }

  const SourceReport& report() const override { return report_; }

 private:
  absl::Status ReadBlock(std::uint64_t number, RawBlock* block, bool* lacks_receipts) {
    *block = {};
    COINWAKE_ASSIGN_OR_RETURN(const BlockPlace* place, Find(number));
    COINWAKE_RETURN_IF_ERROR(ReadBestCopy(*place, &block->block));
    BlockHeader header;
    const ByteSpan bytes = SpanOf(block->block);
    if (!ReadHeaderOf(bytes, &header).ok()) return Changed(scan_.files[place->file].path);
    return AddReceipts(header, bytes, block, lacks_receipts);
  }

  // The first copy that holds the transactions its header commits to; the first of all where none
  // does, for who decodes it to say what is wrong.
  absl::Status ReadBestCopy(const BlockPlace& place, ByteString* bytes) {
    COINWAKE_RETURN_IF_ERROR(ReadCopy(place, bytes));
    const auto [begin, end] =
        std::equal_range(scan_.copies.begin(), scan_.copies.end(), place,
                         [](const BlockPlace& a, const BlockPlace& b) { return a.id < b.id; });
    if (begin == end || IsSound(*bytes)) return absl::OkStatus();
    for (auto copy = begin; copy != end; ++copy) {
      ByteString other;
      COINWAKE_RETURN_IF_ERROR(ReadCopy(*copy, &other));
      if (!IsSound(other)) continue;
      AddWarning(
          absl::StrCat(scan_.files[place.file].path, ": block ", NumberOfBlockId(place.id),
                       " is damaged there; the copy in ", scan_.files[copy->file].path, " is used"),
          &report_);
      *bytes = std::move(other);
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  static bool IsSound(const ByteString& bytes) {
    Block block;
    return DecodeBlock(SpanOf(bytes), &block).ok() && CheckMerkleRoot(block).ok();
  }

  absl::Status ReadCopy(const BlockPlace& place, ByteString* bytes) {
    const SourceFile& file = scan_.files[place.file];
    if (file.kind == FileKind::kJson) {
      COINWAKE_ASSIGN_OR_RETURN(const JsonFile* json, Json(place.file, &block_json_));
      if (place.offset >= json->blocks.size()) return Changed(file.path);
      *bytes = json->blocks[place.offset];
    } else {
      COINWAKE_ASSIGN_OR_RETURN(*bytes, Record(place.file, place.offset, place.size, &block_file_));
    }
    BlockHeader header;
    if (!ReadHeaderOf(SpanOf(*bytes), &header).ok() || header.id != place.id) {
      return Changed(file.path);
    }
    return absl::OkStatus();
  }

  // An index never gets receipts for a block it has without: better no block than that.
  absl::Status EndBefore(std::uint64_t number, const TornReceipts& torn) {
    const std::uint64_t first = NumberOfBlockId(scan_.chain.front().id);
    const std::string why = absl::StrCat(
        "blocks from ", number, " on are left out: ", scan_.files[torn.file].path,
        " ends within a message, and what it lacks may be their receipts; run again once it is "
        "whole, or cut it off at offset ",
        torn.offset, " to index them without receipts");
    if (number == first) return absl::DataLossError(why);
    scan_.chain.resize(number - first);
    AddWarning(why, &report_);
    return absl::AbortedError(why);
  }

  absl::StatusOr<const BlockPlace*> Find(std::uint64_t number) const {
    const std::uint64_t first = NumberOfBlockId(scan_.chain.front().id);
    if (number < first || number - first >= scan_.chain.size()) {
      return absl::NotFoundError(absl::StrCat("the files hold no block ", number, " of the chain"));
    }
    return &scan_.chain[number - first];
  }

  absl::StatusOr<ByteString> Record(std::uint32_t file, std::uint64_t offset, std::uint32_t size,
                                    LastUsed* last) {
    const std::string& path = scan_.files[file].path;
    if (last->held == nullptr || last->file != file) {
      COINWAKE_ASSIGN_OR_RETURN(last->held, files_.Open(path, OpenMode::kRead));
      last->file = file;
    }
    ByteString bytes(size, '\0');
    COINWAKE_ASSIGN_OR_RETURN(
        const std::size_t read,
        last->held->ReadAt(offset, std::span(reinterpret_cast<std::uint8_t*>(bytes.data()), size)));
    if (read != size) return Changed(path);
    return bytes;
  }

  absl::StatusOr<const JsonFile*> Json(std::uint32_t file, JsonCache* cache) {
    if (progress_ != nullptr && progress_->StopRequested()) {
      return absl::CancelledError("stopped as asked");
    }
    const std::string& path = scan_.files[file].path;
    absl::StatusOr<const JsonFile*> json = cache->Get(file, path);
    if (absl::IsInvalidArgument(json.status())) return Changed(path);
    return json;
  }

  absl::Status AddReceipts(const BlockHeader& header, ByteSpan bytes, RawBlock* block,
                           bool* lacks_receipts) {
    const absl::StatusOr<std::vector<Hash256>> txids = TxidsOf(bytes);
    // What is wrong with its transactions is for the decoder to say.
    if (!txids.ok() || txids->empty() || header.number == 0) return absl::OkStatus();
    const auto [begin, end] = std::equal_range(
        scan_.receipts.begin(), scan_.receipts.end(), ReceiptPlace{.number = header.number},
        [](const ReceiptPlace& a, const ReceiptPlace& b) { return a.number < b.number; });
    const std::span<const ReceiptPlace> places(begin, end);
    std::string problem;
    COINWAKE_RETURN_IF_ERROR(ChooseRet(header, *txids, places, block, &problem));
    if (block->receipts_form == RawBlock::Receipts::kNone && problem.empty()) {
      COINWAKE_RETURN_IF_ERROR(GatherInfos(header, *txids, places, block, &problem));
    }
    if (block->receipts_form != RawBlock::Receipts::kNone) return absl::OkStatus();
    *lacks_receipts = true;
    if (problem.empty() && !places.empty()) problem = "are not those of its transactions";
    if (!problem.empty()) {
      AddWarning(absl::StrCat("block ", header.number, ": the receipts in ",
                              scan_.files[places.front().file].path, " ", problem, "; not used"),
                 &report_);
    }
    return absl::OkStatus();
  }

  absl::Status ChooseRet(const BlockHeader& header, const std::vector<Hash256>& txids,
                         std::span<const ReceiptPlace> places, RawBlock* block,
                         std::string* problem) {
    Block skeleton;  // what MatchReceipts() looks at
    skeleton.header.number = header.number;
    skeleton.transactions.resize(txids.size());
    for (std::size_t i = 0; i < txids.size(); ++i) skeleton.transactions[i].txid = txids[i];
    bool of_its_time = false;
    bool ambiguous = false;
    for (const ReceiptPlace& place : places) {
      if (scan_.files[place.file].kind != FileKind::kReceipts) continue;
      COINWAKE_ASSIGN_OR_RETURN(ByteString bytes,
                                Record(place.file, place.offset, place.size, &receipt_file_));
      BlockReceipts receipts;
      if (!DecodeTransactionRet(SpanOf(bytes), &receipts).ok() ||
          receipts.block_number != header.number ||
          !MatchReceipts(skeleton, receipts.receipts).complete()) {
        continue;
      }
      const bool same_time = receipts.block_time_ms == header.time_ms;
      const bool is_first = block->receipts_form == RawBlock::Receipts::kNone;
      if (!is_first && (bytes == block->receipts || (of_its_time && !same_time))) continue;
      ambiguous = !is_first && of_its_time == same_time;
      of_its_time = same_time;
      block->receipts = std::move(bytes);
      block->receipts_form = RawBlock::Receipts::kTransactionRet;
    }
    if (!ambiguous) return absl::OkStatus();
    block->receipts.clear();
    block->receipts_form = RawBlock::Receipts::kNone;
    *problem = "are several that differ";
    return absl::OkStatus();
  }

  absl::Status GatherInfos(const BlockHeader& header, const std::vector<Hash256>& txids,
                           std::span<const ReceiptPlace> places, RawBlock* block,
                           std::string* problem) {
    absl::flat_hash_map<Hash256, std::size_t> index_of;
    for (std::size_t i = 0; i < txids.size(); ++i) index_of.try_emplace(txids[i], i);
    std::vector<std::optional<JsonInfo>> found(txids.size());
    for (const ReceiptPlace& place : places) {
      if (scan_.files[place.file].kind != FileKind::kJson) continue;
      COINWAKE_ASSIGN_OR_RETURN(const JsonFile* json, Json(place.file, &info_json_));
      if (place.offset >= json->infos.size()) return Changed(scan_.files[place.file].path);
      const JsonInfo& info = json->infos[place.offset];
      const auto at = index_of.find(info.txid);
      if (info.block_number != header.number || at == index_of.end()) continue;
      std::optional<JsonInfo>& kept = found[at->second];
      const bool same_time = info.block_time_ms == header.time_ms;
      if (!kept.has_value() || (same_time && kept->block_time_ms != header.time_ms)) {
        kept = info;
      } else if (kept->bytes != info.bytes &&
                 same_time == (kept->block_time_ms == header.time_ms)) {
        *problem = "are several that differ";
        return absl::OkStatus();
      }
    }
    if (std::any_of(found.begin(), found.end(), [](const auto& info) { return !info; })) {
      return absl::OkStatus();
    }
    for (const auto& info : found) AppendInfo(info->bytes, &block->receipts);
    block->receipts_form = RawBlock::Receipts::kInfoList;
    return absl::OkStatus();
  }

  FileSystem& files_;
  const Progress* const progress_;  // may be null
  FileScan scan_;                   // with a chain
  SourceReport report_;
  LastUsed block_file_;
  LastUsed receipt_file_;
  JsonCache block_json_;
  JsonCache info_json_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BlockSource>> OpenFileSource(FileSystem& files,
                                                            const std::string& place,
                                                            std::vector<SourceFile> sources,
                                                            const SourceOptions& options) {
  SourceReport report;
  COINWAKE_ASSIGN_OR_RETURN(FileScan scan,
                            ScanFiles(files, std::move(sources), options.progress, &report));
  if (scan.chain.empty()) {
    // JSON that is no answer may lie about for any reason; a file of blocks has something to say.
    const auto about_blocks = std::stable_partition(
        report.warnings.begin(), report.warnings.end(), [](const std::string& warning) {
          return warning.find(absl::StrCat(std::string(kBlocksEnding), ": ")) != std::string::npos;
        });
    if (about_blocks != report.warnings.begin()) {
      report.warnings.erase(about_blocks, report.warnings.end());
    }
    constexpr std::size_t kMostTold = 3;
    std::string why;
    for (std::size_t i = 0; i < std::min(kMostTold, report.warnings.size()); ++i) {
      absl::StrAppend(&why, "; ", report.warnings[i]);
    }
    if (report.warnings.size() > kMostTold) absl::StrAppend(&why, "; and more");
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": holds no block", why,
                     "; expected are *.blocks or the answers of a node's getblockbynum as *.json"));
  }
  return std::make_unique<FileSource>(files, std::move(scan), std::move(report), options.progress);
}

}  // namespace coinwake::tron
