// One of a limited number of places.
#ifndef COINWAKE_SERVER_SLOT_H_
#define COINWAKE_SERVER_SLOT_H_

#include <atomic>

namespace coinwake::server {

// Takes a place if one is free, and gives it back at its end. Never blocks. Thread-safe: callers
// that find none leave no trace, so that they cannot keep a place from others.
class Slot {
 public:
  // `taken` counts the places in use; it is borrowed and must outlive the slot.
  Slot(std::atomic<int>& taken, int places) : taken_(taken), ok_(Take(taken, places)) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (ok_) taken_.fetch_sub(1, std::memory_order_relaxed);
  }

  // Whether it got a place.
  bool ok() const { return ok_; }

 private:
  static bool Take(std::atomic<int>& taken, int places) {
    int now = taken.load(std::memory_order_relaxed);
    while (now < places) {
      if (taken.compare_exchange_weak(now, now + 1, std::memory_order_relaxed)) return true;
    }
    return false;
  }

  std::atomic<int>& taken_;
  const bool ok_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SLOT_H_
