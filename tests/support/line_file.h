// Text appended to a file in large pieces.
#ifndef COINWAKE_TESTS_SUPPORT_LINE_FILE_H_
#define COINWAKE_TESTS_SUPPORT_LINE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "indexer/base/file_system.h"

namespace coinwake::synthetic {

class LineFile {
 public:
  absl::Status Open(FileSystem& files, const std::string& path, std::string_view header) {
    COINWAKE_ASSIGN_OR_RETURN(file_, files.Open(path, OpenMode::kTruncate));
    buffer_ = header;
    return absl::OkStatus();
  }
  absl::Status Add(std::string_view line) {
    buffer_.append(line);
    return buffer_.size() < kBufferSize ? absl::OkStatus() : Flush();
  }
  absl::Status Flush() {
    COINWAKE_RETURN_IF_ERROR(file_->WriteAt(offset_, AsBytes(buffer_.data(), buffer_.size())));
    offset_ += buffer_.size();
    buffer_.clear();
    return absl::OkStatus();
  }

 private:
  static constexpr std::size_t kBufferSize = 1U << 20;

  std::unique_ptr<File> file_;
  std::string buffer_;
  std::uint64_t offset_ = 0;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_LINE_FILE_H_
