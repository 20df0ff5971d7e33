// Counts calls in flight, and refuses new ones once closed.
#ifndef COINWAKE_SERVER_CALL_GATE_H_
#define COINWAKE_SERVER_CALL_GATE_H_

#include <atomic>
#include <chrono>

#include "indexer/base/status.h"

namespace coinwake::server {

// Thread-safe.
class CallGate {
 public:
  // One call, from its making to its end.
  class Pass {
   public:
    explicit Pass(CallGate& gate) : gate_(gate) {
      gate_.calls_.fetch_add(1);
      ok_ = !gate_.closed_.load();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() { gate_.calls_.fetch_sub(1); }

    // kUnavailable when the gate was closed before.
    absl::Status status() const {
      return ok_ ? absl::OkStatus() : absl::UnavailableError("the server is shutting down");
    }

   private:
    CallGate& gate_;
    bool ok_ = false;
  };

  void Close() { closed_.store(true); }

  // Waits until no call is in flight, or `patience` ends; whether none is.
  bool WaitUntilIdle(std::chrono::milliseconds patience) const;

 private:
  std::atomic<int> calls_{0};
  std::atomic<bool> closed_{false};
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_CALL_GATE_H_
