// The manifests of a report's folder: what it was made from, and what its files hold.
#ifndef COINWAKE_SERVER_REPORT_MANIFEST_H_
#define COINWAKE_SERVER_REPORT_MANIFEST_H_

#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "reports/report_file.h"
#include "server/index_set.h"

namespace google::protobuf {
class Message;
}
namespace coinwake::v1 {
class ReportManifest;
class ReportRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

inline constexpr char kManifestName[] = "manifest.json";

// Fills all but the seller, its seeds and the files. The asset as FindAssetToFollow().
absl::Status FillManifest(const OpenNetwork& open, const v1::ReportRequest& request,
                          v1::ReportManifest* manifest);

void AddFile(const WrittenFile& file, v1::ReportManifest* manifest);

// The one line of JSON in a file. kNotFound; kDataLoss: it is no such message.
absl::Status ReadJsonFile(FileSystem& files, const std::string& path,
                          google::protobuf::Message* message);

// Whether they were made from the same: all but the files.
bool AreOfTheSame(const v1::ReportManifest& a, const v1::ReportManifest& b);

// Whether each file of the manifest is in `folder` as it says. Else as MeasureFile().
absl::StatusOr<bool> FilesAreAsListed(FileSystem& files, const std::string& folder,
                                      const v1::ReportManifest& manifest);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_REPORT_MANIFEST_H_
