#include "indexer/ingest/block_loader.h"

#include <algorithm>

#include "indexer/base/check.h"
#include "indexer/ingest/parallel.h"

namespace coinwake {
namespace {

// Blocks in flight: enough that a thread that meets a small block does not wait for one that met a
// large one.
constexpr std::size_t kSlotsCount = 256;
// A prepared block takes about this many times its raw size.
constexpr std::uint64_t kPreparedFactor = 4;

}  // namespace

BlockLoader::BlockLoader(FileSystem& files, const FolderScan& scan,
                         const std::vector<PlannedBlock>& blocks, int threads,
                         std::uint64_t memory_bytes)
    : files_(files), scan_(scan), blocks_(blocks), memory_bytes_(memory_bytes) {
  slots_.resize(kSlotsCount);
  const std::size_t wanted = std::min<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)),
                                                   std::max<std::size_t>(blocks.size(), 1));
  const auto work = [this] {
    while (LoadOne()) {
    }
  };
  while (threads_.size() < wanted && StartThread(work, &threads_)) {
  }
}

BlockLoader::~BlockLoader() {
  {
    const MutexLock hold(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

// Loads the next block that is wanted and fits the memory, waiting for it; false when none will be.
bool BlockLoader::LoadOne() {
  std::size_t index;
  std::unique_ptr<PreparedBlock> block;
  {
    const MutexLock hold(mutex_);
    // The block the consumer waits for is loaded whatever the memory, or nobody would get on.
    while (!stop_ && next_to_load_ < blocks_.size() && next_to_load_ != next_to_hand_ &&
           (ahead_bytes_ >= memory_bytes_ || next_to_load_ >= next_to_hand_ + kSlotsCount)) {
      mutex_.Wait(changed_);
    }
    if (stop_ || next_to_load_ == blocks_.size()) return false;
    index = next_to_load_++;
    ahead_bytes_ += blocks_[index].where.size_bytes * kPreparedFactor;
    if (!spare_.empty()) {
      block = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  if (block == nullptr) block = std::make_unique<PreparedBlock>();
  const PlannedBlock& planned = blocks_[index];
  absl::Status status = LoadBlock(files_, scan_, planned.hash, planned.where, block.get());
  {
    const MutexLock hold(mutex_);
    if (!status.ok()) stop_ = true;
    slots_[index % kSlotsCount] = {std::move(block), std::move(status), true};
  }
  changed_.notify_all();
  return true;
}

absl::StatusOr<std::unique_ptr<PreparedBlock>> BlockLoader::Next() {
  if (threads_.empty()) LoadOne();
  const MutexLock hold(mutex_);
  COINWAKE_CHECK(next_to_hand_ < blocks_.size());
  Slot& slot = slots_[next_to_hand_ % kSlotsCount];
  while (!slot.done) mutex_.Wait(changed_);
  slot.done = false;
  COINWAKE_RETURN_IF_ERROR(slot.status);
  ahead_bytes_ -= blocks_[next_to_hand_].where.size_bytes * kPreparedFactor;
  ++next_to_hand_;
  changed_.notify_all();
  return std::move(slot.block);
}

void BlockLoader::Recycle(std::unique_ptr<PreparedBlock> block) {
  const MutexLock hold(mutex_);
  if (spare_.size() < threads_.size() + 1) spare_.push_back(std::move(block));
}

}  // namespace coinwake
