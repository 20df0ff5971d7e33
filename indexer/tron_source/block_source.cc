#include "indexer/tron_source/block_source.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/tron_source/database_source.h"
#include "indexer/tron_source/file_scan.h"
#include "indexer/tron_source/file_source.h"
#include "indexer/tron_source/node_source.h"

namespace coinwake::tron {

void AddWarning(std::string warning, SourceReport* report) {
  std::vector<std::string>& warnings = report->warnings;
  if (warnings.size() > kMaxSourceWarnings) return;
  if (std::find(warnings.begin(), warnings.end(), warning) != warnings.end()) return;
  if (warnings.size() == kMaxSourceWarnings) warning = "further warnings are left out";
  warnings.push_back(std::move(warning));
}

absl::StatusOr<std::unique_ptr<BlockSource>> OpenBlockSource(FileSystem& files,
                                                             const std::string& source,
                                                             const SourceOptions& options) {
  constexpr char kExpected[] =
      "; give a java-tron `database` folder, a folder of *.blocks and *.receipts or of the API's "
      "*.json, or grpc://HOST:PORT of a node";
  if (source.starts_with(kNodePrefix)) return OpenNodeSource(source, options);
  COINWAKE_ASSIGN_OR_RETURN(const bool exists, files.Exists(source));
  if (!exists) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": no such file or folder", kExpected));
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<std::string> database,
                            FindDatabaseFolder(files, source));
  if (database.has_value()) return OpenDatabaseSource(files, *database);
  COINWAKE_ASSIGN_OR_RETURN(std::vector<SourceFile> sources, ListSourceFiles(files, source));
  if (sources.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(source, ": no blocks of Tron here", kExpected));
  }
  return OpenFileSource(files, source, std::move(sources), options);
}

}  // namespace coinwake::tron
