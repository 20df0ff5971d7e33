// What is computed once for each profile, when somebody first asks for it, and shared by whoever
// asks later.
#ifndef COINWAKE_SERVER_SHARED_BUILDS_H_
#define COINWAKE_SERVER_SHARED_BUILDS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "heuristics/cluster.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "server/limits.h"
#include "server/slot.h"

namespace coinwake::server {

// Thread-safe. Waits, on destruction, for builds under way: it goes before what they use.
template <typename Built>
class SharedBuilds {
 public:
  using Result = absl::StatusOr<std::shared_ptr<const Built>>;

  // Waits until it is built, or until `cancellation` (may be null) says stop: kCancelled; the build
  // then goes on for the next caller. kResourceExhausted: kMaxClusterWaiters wait already for the
  // clusters of `network`. Else what `build()` returned, which is called in a thread of its own.
  template <typename Build>
  Result Get(Profile profile, const std::string& network, const Cancellation* cancellation,
             const Build& build);

  bool IsBuilt(Profile profile) const {
    const MutexLock lock(mutex_);
    const std::shared_future<Result>& one = builds_[static_cast<std::size_t>(profile)];
    return one.valid() && IsReady(one);
  }
  bool IsBuilding() const {
    const MutexLock lock(mutex_);
    return std::any_of(builds_.begin(), builds_.end(), [](const std::shared_future<Result>& one) {
      return one.valid() && !IsReady(one);
    });
  }

 private:
  // How long a caller sleeps between looking whether it was cancelled.
  static constexpr std::chrono::milliseconds kPollInterval{20};

  static bool IsReady(const std::shared_future<Result>& one) {
    return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  std::atomic<int> waiters_{0};
  mutable Mutex mutex_;
  // By Profile, which counts from 1. Invalid until first asked for.
  std::array<std::shared_future<Result>, 4> builds_ COINWAKE_GUARDED_BY(mutex_);
};

template <typename Built>
template <typename Build>
typename SharedBuilds<Built>::Result SharedBuilds<Built>::Get(Profile profile,
                                                              const std::string& network,
                                                              const Cancellation* cancellation,
                                                              const Build& build) {
  std::shared_future<Result> wanted;
  {
    const MutexLock lock(mutex_);
    std::shared_future<Result>& slot = builds_[static_cast<std::size_t>(profile)];
    if (!slot.valid()) slot = std::async(std::launch::async, build).share();
    wanted = slot;
  }
  if (IsReady(wanted)) return wanted.get();
  const Slot place(waiters_, kMaxClusterWaiters);
  if (!place.ok()) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the clusters of ", network, " are being computed, and ", kMaxClusterWaiters,
                     " callers wait for them already; try again later"));
  }
  while (wanted.wait_for(kPollInterval) != std::future_status::ready) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
  }
  return wanted.get();
}

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SHARED_BUILDS_H_
