// A file of a report: under its name it is whole, or it is not there.
//
// What is written goes to NAME.tmp, which is synced and then renamed. So after a crash or a full
// disk a file of this name is the whole one of this time or of an earlier one; a NAME.tmp that is
// left over means nothing, and the next one takes its place.
#ifndef COINWAKE_REPORTS_REPORT_FILE_H_
#define COINWAKE_REPORTS_REPORT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/hash_stream.h"
#include "indexer/base/status.h"

namespace coinwake {

struct WrittenFile {
  std::string name;  // below its folder
  std::uint64_t size_bytes = 0;
  Hash256 sha256;
  friend bool operator==(const WrittenFile&, const WrittenFile&) = default;
};

// Not thread-safe. Errors are the file system's. Memory: 64 KiB, whatever is written.
class ReportFile {
 public:
  // `folder` exists. `files` is borrowed and must outlive the file.
  static absl::StatusOr<std::unique_ptr<ReportFile>> Create(FileSystem& files,
                                                            const std::string& folder,
                                                            const std::string& name);
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;
  ~ReportFile();  // what was not finished is removed, so that a full disk has its room again

  absl::Status Append(std::string_view bytes);
  // Puts it in its place. The caller syncs the folder. Once, and nothing after it.
  absl::StatusOr<WrittenFile> Finish();

 private:
  ReportFile(FileSystem& files, std::string folder, std::string name)
      : files_(files), folder_(std::move(folder)), name_(std::move(name)) {}
  std::string Path() const { return folder_ + "/" + name_; }
  std::string TemporaryPath() const { return Path() + ".tmp"; }
  absl::Status Flush();

  FileSystem& files_;
  const std::string folder_;
  const std::string name_;
  std::unique_ptr<File> file_;  // null once finished
  std::string buffer_;
  std::uint64_t size_bytes_ = 0;  // of what is written
  Sha256Stream hash_;
};

// A whole file at once.
absl::StatusOr<WrittenFile> WriteReportFile(FileSystem& files, const std::string& folder,
                                            const std::string& name, std::string_view bytes);

// What a file holds now. kNotFound.
absl::StatusOr<WrittenFile> MeasureFile(FileSystem& files, const std::string& folder,
                                        const std::string& name);

}  // namespace coinwake

#endif  // COINWAKE_REPORTS_REPORT_FILE_H_
