// How long work is told to stop.
#ifndef COINWAKE_INDEXER_BASE_CANCELLATION_H_
#define COINWAKE_INDEXER_BASE_CANCELLATION_H_

#include "indexer/base/status.h"

namespace coinwake {

// Polled now and then, by the thread that works.
class Cancellation {
 public:
  virtual ~Cancellation() = default;
  virtual bool Cancelled() const = 0;
};

// kCancelled once `cancellation` says so; one that is null never does.
inline absl::Status CheckCancelled(const Cancellation* cancellation) {
  return cancellation != nullptr && cancellation->Cancelled()
             ? absl::CancelledError("the query was cancelled")
             : absl::OkStatus();
}

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_CANCELLATION_H_
