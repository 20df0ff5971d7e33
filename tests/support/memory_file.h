// A read-only File over bytes in memory.
#ifndef COINWAKE_TESTS_SUPPORT_MEMORY_FILE_H_
#define COINWAKE_TESTS_SUPPORT_MEMORY_FILE_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "indexer/base/file_system.h"

namespace coinwake {

class MemoryFile final : public File {
 public:
  explicit MemoryFile(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}

  absl::StatusOr<std::size_t> ReadAt(std::uint64_t offset,
                                     std::span<std::uint8_t> to) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t size =
        std::min<std::size_t>(to.size(), bytes_.size() - static_cast<std::size_t>(offset));
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), size, to.begin());
    return size;
  }
  absl::Status WriteAt(std::uint64_t, ByteSpan) override { return Refuse(); }
  absl::Status Truncate(std::uint64_t) override { return Refuse(); }
  absl::Status Sync() override { return Refuse(); }
  absl::StatusOr<std::uint64_t> Size() const override { return bytes_.size() + promised_; }

  // Makes Size() say more than there is, as of a file that shrinks while it is read.
  void PromiseMore(std::uint64_t bytes) { promised_ = bytes; }

 private:
  static absl::Status Refuse() { return absl::UnavailableError("a read-only file"); }

  std::vector<std::uint8_t> bytes_;
  std::uint64_t promised_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_MEMORY_FILE_H_
