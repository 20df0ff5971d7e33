// Reading the heads of all records of a blocks folder.

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/block.h"
#include "indexer/ingest/chain_plan.h"

namespace coinwake {
namespace {

constexpr std::size_t kMaxWarnings = 20;  // of one run; what is left out is in skipped_bytes

class FolderScanner {
 public:
  FolderScanner(FileSystem& files, Progress* progress, FolderScan* scan)
      : files_(files), progress_(progress), scan_(*scan) {}

  absl::Status ScanFile(std::uint32_t file, std::optional<Network>* network) {
    const std::string& path = scan_.files[file].path;
    COINWAKE_ASSIGN_OR_RETURN(const auto opened, files_.Open(path, OpenMode::kRead));
    bitcoin::BlockFileReader reader(*opened, scan_.xor_key);
    bitcoin::BlockRecord record;
    while (true) {
      COINWAKE_ASSIGN_OR_RETURN(const bool found, reader.Next(&record));
      if (!found) break;
      Take(file, record, network);
    }
    const bitcoin::SkippedBytes& skipped = reader.skipped();
    scan_.skipped_bytes += skipped.junk + skipped.torn;
    if (skipped.torn != 0) {
      Warn(absl::StrCat(path, ": ", skipped.torn,
                        " bytes of records cut short; skipped, run again ",
                        "once the node has written them"));
    }
    if (skipped.junk != 0) {
      Warn(absl::StrCat(path, ": ", skipped.junk, " bytes between records are no block; skipped, ",
                        "copy the file again from the node if blocks are missing"));
    }
    return absl::OkStatus();
  }

  absl::Status Run(std::optional<Network> network) {
    for (std::uint32_t file = 0; file < scan_.files.size(); ++file) {
      if (progress_ != nullptr) {
        if (progress_->StopRequested()) return absl::CancelledError("stopped as asked");
        progress_->Update("scan block files", file, scan_.files.size(), "files");
      }
      COINWAKE_RETURN_IF_ERROR(ScanFile(file, &network));
    }
    if (progress_ != nullptr) {
      progress_->Update("scan block files", scan_.files.size(), scan_.files.size(), "files");
    }
    std::stable_sort(scan_.copies.begin(), scan_.copies.end(),
                     [](const BlockCopy& a, const BlockCopy& b) { return a.hash < b.hash; });
    if (scan_.blocks.empty()) return NoBlock(network);
    scan_.network = *network;
    if (scan_.other_network_records != 0) {
      Warn(absl::StrCat(scan_.other_network_records, " records of other networks skipped"));
    }
    return absl::OkStatus();
  }

 private:
  // Blocks of other networks only: another one was asked for. Nothing that looks like a block: the
  // files are at fault.
  absl::Status NoBlock(std::optional<Network> asked) {
    const std::string where = absl::StrCat(scan_.folder, ": its block files hold no block of ");
    if (asked && scan_.other_network_records != 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          where, std::string(NetworkName(*asked)), ", but ", scan_.other_network_records,
          " of other networks; check --blocks and --network"));
    }
    COINWAKE_ASSIGN_OR_RETURN(const bool has_key,
                              files_.Exists(absl::StrCat(scan_.folder, "/xor.dat")));
    return absl::DataLossError(absl::StrCat(
        where, "any known network; ",
        has_key ? "copy them, and xor.dat, again from the node's blocks folder"
                : "xor.dat, without which they cannot be read if the node obfuscates them, may be "
                  "missing: copy it from the node's blocks folder, or all files again"));
  }

  void Take(std::uint32_t file, const bitcoin::BlockRecord& record,
            std::optional<Network>* network) {
    if (!*network) *network = record.network;
    if (record.network != **network) {
      ++scan_.other_network_records;
      return;
    }
    const BlockLocation where{file, record.size_bytes, record.offset};
    if (!seen_.insert(record.hash).second) {
      scan_.copies.push_back({record.hash, where});
      return;
    }
    const bitcoin::BlockHeader header = bitcoin::ParseHeader(record.header);
    scan_.blocks.push_back({record.hash, header.prev, header.bits, where});
  }

  void Warn(std::string warning) {
    if (scan_.warnings.size() < kMaxWarnings) scan_.warnings.push_back(std::move(warning));
  }

  FileSystem& files_;
  Progress* const progress_;
  FolderScan& scan_;
  absl::flat_hash_set<Hash256> seen_;
};

}  // namespace

absl::StatusOr<FolderScan> ScanFolder(FileSystem& files, const std::string& folder,
                                      std::optional<Network> network, Progress* progress) {
  FolderScan scan;
  scan.folder = folder;
  COINWAKE_ASSIGN_OR_RETURN(scan.files, bitcoin::ListNumberedFiles(files, folder, "blk"));
  if (scan.files.empty()) {
    return absl::NotFoundError(absl::StrCat(
        folder, ": no blk*.dat file; --blocks names the `blocks` folder of a node's data folder"));
  }
  COINWAKE_ASSIGN_OR_RETURN(scan.xor_key, bitcoin::LoadXorKey(files, folder));
  COINWAKE_RETURN_IF_ERROR(FolderScanner(files, progress, &scan).Run(network));
  return scan;
}

}  // namespace coinwake
