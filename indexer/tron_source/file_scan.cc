#include "indexer/tron_source/file_scan.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/tron/block.h"
#include "indexer/tron/receipt.h"
#include "indexer/tron_source/json_file.h"
#include "indexer/tron_source/messages.h"
#include "indexer/tron_source/record_reader.h"

namespace coinwake::tron {
namespace {

constexpr std::string_view kReceiptsEnding = ".receipts";
constexpr std::string_view kJsonEnding = ".json";
constexpr char kStage[] = "scan block files";

class Scanner {
 public:
  Scanner(FileSystem& files, Progress* progress, SourceReport* report, FileScan* scan)
      : files_(files), progress_(progress), report_(*report), scan_(*scan) {}

  absl::Status Run() {
    for (std::uint32_t index = 0; index < scan_.files.size(); ++index) {
      const SourceFile& file = scan_.files[index];
      COINWAKE_RETURN_IF_ERROR(Tell(index));
      COINWAKE_RETURN_IF_ERROR(file.kind == FileKind::kJson ? ScanJson(index) : ScanRecords(index));
    }
    COINWAKE_RETURN_IF_ERROR(Tell(scan_.files.size()));
    SetCopiesAside();
    ChainChoice choice = ChooseChain(blocks_);
    scan_.chain = std::move(choice.chain);
    report_.stale_blocks += choice.stale_blocks;
    report_.detached_blocks += choice.detached_blocks;
    FindWhereReceiptsAreTorn();
    std::stable_sort(
        scan_.receipts.begin(), scan_.receipts.end(),
        [](const ReceiptPlace& a, const ReceiptPlace& b) { return a.number < b.number; });
    return absl::OkStatus();
  }

 private:
  absl::Status Tell(std::uint64_t done) const {
    if (progress_ == nullptr) return absl::OkStatus();
    if (progress_->StopRequested()) return absl::CancelledError("stopped as asked");
    progress_->Update(kStage, done, scan_.files.size(), "files");
    return absl::OkStatus();
  }

  absl::Status ScanRecords(std::uint32_t index) {
    const auto& [path, kind] = scan_.files[index];
    COINWAKE_ASSIGN_OR_RETURN(const auto file, files_.Open(path, OpenMode::kRead));
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size, file->Size());
    RecordReader reader(*file, path, size,
                        kind == FileKind::kBlocks ? kMaxBlockSize : kMaxReceiptsSize);
    while (true) {
      COINWAKE_RETURN_IF_ERROR(Tell(index));
      COINWAKE_ASSIGN_OR_RETURN(const bool found, reader.Next());
      if (!found) break;
      const absl::Status status =
          kind == FileKind::kBlocks
              ? TakeBlock(reader.record(), {.offset = reader.offset(), .file = index})
              : TakeRet(reader.record(), {.offset = reader.offset(), .file = index});
      if (!status.ok()) {
        return absl::DataLossError(absl::StrCat(path, ": message at offset ", reader.offset(), ": ",
                                                std::string(status.message()),
                                                "; copy the file again, or cut it off there"));
      }
    }
    if (reader.torn_bytes() > 0) {
      report_.skipped_bytes += reader.torn_bytes();
      const char* const remedy =
          reader.next_offset() == 0
              ? " bytes are skipped; it is not whole yet, or holds no messages after their lengths"
              : " bytes are skipped, run again once it is whole";
      AddWarning(
          absl::StrCat(path, ": offset ", reader.next_offset(),
                       ": the file ends within a message; its last ", reader.torn_bytes(), remedy),
          &report_);
      if (kind == FileKind::kReceipts) {
        scan_.torn_receipts.push_back({.offset = reader.next_offset(), .file = index});
      }
    }
    return absl::OkStatus();
  }

  // A file need not be in order: what it lacks can be of any block from its lowest on. One without
  // a whole message is taken to go on where the others end.
  void FindWhereReceiptsAreTorn() {
    std::uint64_t end = 0;
    for (const ReceiptPlace& place : scan_.receipts) end = std::max(end, place.number + 1);
    for (TornReceipts& torn : scan_.torn_receipts) {
      torn.from = end;
      for (const ReceiptPlace& place : scan_.receipts) {
        if (place.file == torn.file) torn.from = std::min(torn.from, place.number);
      }
    }
  }

  absl::Status TakeBlock(ByteSpan bytes, BlockPlace place) {
    BlockHeader header;
    COINWAKE_RETURN_IF_ERROR(ReadHeaderOf(bytes, &header));
    place.id = header.id;
    place.parent = header.parent;
    place.size = static_cast<std::uint32_t>(bytes.size());
    blocks_.push_back(place);
    return absl::OkStatus();
  }

  absl::Status TakeRet(ByteSpan bytes, ReceiptPlace place) {
    COINWAKE_ASSIGN_OR_RETURN(place.number, BlockNumberOfRet(bytes));
    place.size = static_cast<std::uint32_t>(bytes.size());
    scan_.receipts.push_back(place);
    return absl::OkStatus();
  }

  absl::Status ScanJson(std::uint32_t index) {
    const absl::StatusOr<JsonFile> json = LoadJsonFile(files_, scan_.files[index].path);
    if (absl::IsInvalidArgument(json.status())) {
      AddWarning(absl::StrCat(std::string(json.status().message()), "; the file is skipped"),
                 &report_);
      COINWAKE_ASSIGN_OR_RETURN(const auto file,
                                files_.Open(scan_.files[index].path, OpenMode::kRead));
      COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size, file->Size());
      report_.skipped_bytes += size;
      return absl::OkStatus();
    }
    COINWAKE_RETURN_IF_ERROR(json.status());
    for (std::size_t i = 0; i < json->blocks.size(); ++i) {
      COINWAKE_RETURN_IF_ERROR(Tell(index));
      COINWAKE_RETURN_IF_ERROR(TakeBlock(SpanOf(json->blocks[i]), {.offset = i, .file = index}));
    }
    for (std::size_t i = 0; i < json->infos.size(); ++i) {
      scan_.receipts.push_back({.number = json->infos[i].block_number, .offset = i, .file = index});
    }
    return absl::OkStatus();
  }

  void SetCopiesAside() {
    std::sort(blocks_.begin(), blocks_.end(), [](const BlockPlace& a, const BlockPlace& b) {
      return std::tie(a.id, a.file, a.offset) < std::tie(b.id, b.file, b.offset);
    });
    std::size_t kept = 0;
    std::size_t copies = 0;  // of the block kept last
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const BlockPlace place = blocks_[i];
      const bool is_copy = kept != 0 && blocks_[kept - 1].id == place.id;
      copies = is_copy ? copies + 1 : 0;
      if (!is_copy) {
        blocks_[kept++] = place;
      } else if (copies <= kMaxFurtherCopies) {
        scan_.copies.push_back(place);
      }
    }
    report_.duplicate_blocks += blocks_.size() - kept;
    blocks_.resize(kept);
  }

  FileSystem& files_;
  Progress* const progress_;
  SourceReport& report_;
  FileScan& scan_;
  std::vector<BlockPlace> blocks_;
};

}  // namespace

absl::StatusOr<std::vector<SourceFile>> ListSourceFiles(FileSystem& files,
                                                        const std::string& source) {
  std::vector<SourceFile> found;
  const auto add = [&found](const std::string& path) {
    if (path.ends_with(kBlocksEnding)) found.push_back({path, FileKind::kBlocks});
    if (path.ends_with(kReceiptsEnding)) found.push_back({path, FileKind::kReceipts});
    if (path.ends_with(kJsonEnding)) found.push_back({path, FileKind::kJson});
  };
  COINWAKE_ASSIGN_OR_RETURN(const PathKind kind, files.KindOf(source));
  if (kind == PathKind::kFolder) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(source));
    for (const std::string& name : names) add(absl::StrCat(source, "/", name));
    return found;
  }
  add(source);
  if (kind != PathKind::kFile || found.empty() || found[0].kind == FileKind::kReceipts) {
    return std::vector<SourceFile>{};
  }
  const std::size_t stem = source.find_last_of('.');
  const std::string receipts = absl::StrCat(source.substr(0, stem), std::string(kReceiptsEnding));
  COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(receipts));
  if (exists) add(receipts);
  return found;
}

absl::StatusOr<FileScan> ScanFiles(FileSystem& files, std::vector<SourceFile> sources,
                                   Progress* progress, SourceReport* report) {
  FileScan scan;
  scan.files = std::move(sources);
  COINWAKE_RETURN_IF_ERROR(Scanner(files, progress, report, &scan).Run());
  return scan;
}

}  // namespace coinwake::tron
