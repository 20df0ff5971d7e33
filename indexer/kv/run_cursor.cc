#include "indexer/kv/run_cursor.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

absl::Status DamagedRun(const OpenRun& run) {
  return absl::DataLossError(absl::StrCat(
      "look-up table '", std::string(1, static_cast<char>(run.table)), "', run ", run.info.id,
      ": a page is missing or damaged; restore the data folder, or index into a new one"));
}

// Data pages that a page of `level` covers.
constexpr std::uint64_t Span(int level) {
  std::uint64_t span = 1;
  for (int i = 0; i < level; ++i) span *= kPageEntries;
  return span;
}

absl::StatusOr<RunPage> ReadRunPage(const KvSnapshot& snapshot, const OpenRun& run,
                                    std::uint64_t index, int level) {
  const std::uint64_t data_pages = RunPagesCount(run.info.entries, 0);
  const std::uint64_t last = std::min((index + 1) * Span(level), data_pages) - 1;
  auto bytes = snapshot.Get(RunPageKey(run.prefix, last, level));
  if (absl::IsNotFound(bytes.status())) return DamagedRun(run);
  COINWAKE_RETURN_IF_ERROR(bytes.status());
  auto page = RunPage::Parse(*std::move(bytes));
  // Every page is full but the last of its level.
  std::uint64_t below = run.info.entries;
  if (level > 0) below = RunPagesCount(run.info.entries, level - 1);
  if (!page ||
      page->size() != std::min<std::uint64_t>(kPageEntries, below - index * kPageEntries)) {
    return DamagedRun(run);
  }
  return *std::move(page);
}

}  // namespace

std::string RunPrefix(RunTable table, std::uint64_t run_id) {
  std::string prefix(10, 'r');
  StoreBe(prefix.data() + 1, run_id);
  prefix[9] = static_cast<char>(table);
  return prefix;
}

std::string RunPageKey(const std::string& prefix, std::uint64_t last_data_page, int level) {
  std::string key = prefix;
  key.resize(prefix.size() + 5);
  StoreBe(key.data() + prefix.size(), static_cast<std::uint32_t>(last_data_page));
  key.back() = static_cast<char>(level);
  return key;
}

absl::StatusOr<OpenRun> OpenOneRun(const KvSnapshot& snapshot, RunTable table,
                                   const RunInfo& info) {
  OpenRun run{table, info, RunPrefix(table, info.id), {}};
  // Page numbers are 32 bits; a record that says more is damaged.
  if (RunPagesCount(info.entries, 0) > 0xffffffffu) return DamagedRun(run);
  const std::uint64_t pages = RunPagesCount(info.entries, 2);
  for (std::uint64_t i = 0; i < pages; ++i) {
    COINWAKE_ASSIGN_OR_RETURN(const RunPage page, ReadRunPage(snapshot, run, i, 2));
    for (std::size_t k = 0; k < page.size(); ++k) {
      const RunEntry top = page.at(k);
      if (!run.tops.empty() && top <= run.tops.back()) return DamagedRun(run);
      run.tops.push_back(top);
    }
  }
  return run;
}

absl::Status RunCursor::Damaged() const { return DamagedRun(*run_); }

absl::StatusOr<RunPage> RunCursor::ReadPage(std::uint64_t index, int level) const {
  return ReadRunPage(*snapshot_, *run_, index, level);
}

absl::Status RunCursor::LoadFence(std::uint64_t fence_index) {
  if (fence_ && loaded_fence_ == fence_index) return absl::OkStatus();
  fence_.reset();
  COINWAKE_ASSIGN_OR_RETURN(fence_, ReadPage(fence_index, 1));
  loaded_fence_ = fence_index;
  return absl::OkStatus();
}

absl::Status RunCursor::LoadPage(std::uint64_t page_index) {
  if (page_ && loaded_page_ == page_index) return absl::OkStatus();
  page_.reset();
  COINWAKE_ASSIGN_OR_RETURN(page_, ReadPage(page_index, 0));
  loaded_page_ = page_index;
  return absl::OkStatus();
}

// Moves to the first entry of a page, without reading the page.
absl::Status RunCursor::StartPage(std::uint64_t page_index) {
  valid_ = page_index < RunPagesCount(run_->info.entries, 0);
  if (!valid_) return absl::OkStatus();
  page_index_ = page_index;
  position_ = 0;
  const std::uint64_t fence_index = page_index / kPageEntries;
  const std::size_t in_fence = page_index % kPageEntries;
  if (in_fence == 0) {
    entry_ = run_->tops[fence_index];
    return absl::OkStatus();
  }
  COINWAKE_RETURN_IF_ERROR(LoadFence(fence_index));
  entry_ = fence_->at(in_fence);
  return absl::OkStatus();
}

absl::Status RunCursor::Next() {
  COINWAKE_DCHECK(valid_);
  const RunEntry previous = entry_;
  COINWAKE_RETURN_IF_ERROR(LoadPage(page_index_));
  if (++position_ < page_->size()) {
    entry_ = page_->at(position_);
  } else {
    COINWAKE_RETURN_IF_ERROR(StartPage(page_index_ + 1));
  }
  if (valid_ && entry_ <= previous) [[unlikely]] {
    valid_ = false;
    return Damaged();
  }
  return absl::OkStatus();
}

absl::Status RunCursor::Seek(const RunEntry& target) {
  const bool was_valid = valid_;
  valid_ = false;
  if (run_->tops.empty()) return absl::OkStatus();
  // Within the page at hand, from where we are when the target lies ahead.
  if (page_ && page_->at(0) <= target && target <= page_->at(page_->size() - 1)) {
    const bool ahead = was_valid && page_index_ == loaded_page_ && entry_ <= target;
    position_ = page_->LowerBound(ahead ? position_ : 0, target);
    if (position_ == page_->size()) return Damaged();  // entries are out of order
    page_index_ = loaded_page_;
    entry_ = page_->at(position_);
    valid_ = true;
    return absl::OkStatus();
  }
  const auto after = std::upper_bound(run_->tops.begin(), run_->tops.end(), target);
  if (after == run_->tops.begin()) return StartPage(0);
  const auto fence_index = static_cast<std::uint64_t>(after - run_->tops.begin()) - 1;
  COINWAKE_RETURN_IF_ERROR(LoadFence(fence_index));
  const std::size_t not_before = fence_->LowerBound(0, target);
  const bool exact = not_before < fence_->size() && fence_->at(not_before) == target;
  if (exact) return StartPage(fence_index * kPageEntries + not_before);
  if (not_before == 0) return Damaged();  // the fence does not begin where its parent says
  const std::uint64_t page_index = fence_index * kPageEntries + not_before - 1;
  COINWAKE_RETURN_IF_ERROR(LoadPage(page_index));
  const std::size_t position = page_->LowerBound(0, target);
  if (position == page_->size()) return StartPage(page_index + 1);
  page_index_ = page_index;
  position_ = position;
  entry_ = page_->at(position);
  valid_ = true;
  return absl::OkStatus();
}

}  // namespace coinwake
