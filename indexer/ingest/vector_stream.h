// A run's entries that are in memory, for WriteRun.
#ifndef COINWAKE_INDEXER_INGEST_VECTOR_STREAM_H_
#define COINWAKE_INDEXER_INGEST_VECTOR_STREAM_H_

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "indexer/base/status.h"
#include "indexer/kv/sorted_runs.h"

namespace coinwake {

// Sorted entries, one vector after the other. The vectors are borrowed.
class VectorStream final : public EntryStream {
 public:
  explicit VectorStream(std::vector<std::span<const RunEntry>> parts) : parts_(std::move(parts)) {}

  absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) override {
    std::size_t done = 0;
    while (done < to.size() && part_ < parts_.size()) {
      const std::size_t count = std::min(to.size() - done, parts_[part_].size() - at_);
      std::copy_n(parts_[part_].begin() + static_cast<std::ptrdiff_t>(at_), count,
                  to.begin() + static_cast<std::ptrdiff_t>(done));
      done += count;
      at_ += count;
      if (at_ == parts_[part_].size()) {
        ++part_;
        at_ = 0;
      }
    }
    return done;
  }

 private:
  const std::vector<std::span<const RunEntry>> parts_;
  std::size_t part_ = 0;
  std::size_t at_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_INGEST_VECTOR_STREAM_H_
