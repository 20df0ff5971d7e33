#include "reports/report_file.h"

#include <span>
#include <utility>
#include <vector>

#include "indexer/base/bytes.h"

namespace coinwake {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10;

}  // namespace

absl::StatusOr<std::unique_ptr<ReportFile>> ReportFile::Create(FileSystem& files,
                                                               const std::string& folder,
                                                               const std::string& name) {
  std::unique_ptr<ReportFile> made(new ReportFile(files, folder, name));
  COINWAKE_ASSIGN_OR_RETURN(made->file_, files.Open(made->TemporaryPath(), OpenMode::kTruncate));
  return made;
}

ReportFile::~ReportFile() {
  if (file_ == nullptr) return;
  file_.reset();
  files_.Remove(TemporaryPath()).IgnoreError();
}

absl::Status ReportFile::Append(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status ReportFile::Flush() {
  const ByteSpan bytes = AsBytes(buffer_.data(), buffer_.size());
  COINWAKE_RETURN_IF_ERROR(file_->WriteAt(size_bytes_, bytes));
  hash_.Add(bytes);
  size_bytes_ += bytes.size();
  buffer_.clear();
  return absl::OkStatus();
}

absl::StatusOr<WrittenFile> ReportFile::Finish() {
  COINWAKE_RETURN_IF_ERROR(Flush());
  COINWAKE_RETURN_IF_ERROR(file_->Sync());
  COINWAKE_RETURN_IF_ERROR(files_.Rename(TemporaryPath(), Path()));
  file_.reset();
  return WrittenFile{name_, size_bytes_, hash_.Finish()};
}

absl::StatusOr<WrittenFile> WriteReportFile(FileSystem& files, const std::string& folder,
                                            const std::string& name, std::string_view bytes) {
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<ReportFile> file,
                            ReportFile::Create(files, folder, name));
  COINWAKE_RETURN_IF_ERROR(file->Append(bytes));
  return file->Finish();
}

absl::StatusOr<WrittenFile> MeasureFile(FileSystem& files, const std::string& folder,
                                        const std::string& name) {
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                            files.Open(folder + "/" + name, OpenMode::kRead));
  WrittenFile measured;
  measured.name = name;
  Sha256Stream hash;
  std::vector<std::uint8_t> buffer(kBufferBytes);
  while (true) {
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t read, file->ReadAt(measured.size_bytes, buffer));
    hash.Add(std::span(buffer).first(read));
    measured.size_bytes += read;
    if (read < buffer.size()) break;
  }
  measured.sha256 = hash.Finish();
  return measured;
}

}  // namespace coinwake
