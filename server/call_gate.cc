#include "server/call_gate.h"

#include <thread>

namespace coinwake::server {

bool CallGate::WaitUntilIdle(std::chrono::milliseconds patience) const {
  constexpr std::chrono::milliseconds kPollInterval(5);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (calls_.load() != 0) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kPollInterval);
  }
  return true;
}

}  // namespace coinwake::server
