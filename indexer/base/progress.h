// How long work tells about itself, and is asked to stop.
#ifndef COINWAKE_INDEXER_BASE_PROGRESS_H_
#define COINWAKE_INDEXER_BASE_PROGRESS_H_

#include <cstdint>
#include <string_view>

namespace coinwake {

// Called from one thread at a time. The default says nothing and never stops.
class Progress {
 public:
  virtual ~Progress() = default;
  // `stage` is a short phrase ("scan block files"); `done` of `total` in `unit` ("blocks",
  // "bytes"). `total` 0 is unknown. Called often; implementations limit their own output.
  virtual void Update(std::string_view stage, std::uint64_t done, std::uint64_t total,
                      std::string_view unit) {
    (void)stage, (void)done, (void)total, (void)unit;
  }
  // Everything up to `height` is durable: no crash from here on takes it back.
  virtual void Committed(std::uint64_t height) { (void)height; }
  // Polled between steps; true stops the work at its last commit with kCancelled.
  virtual bool StopRequested() const { return false; }
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_PROGRESS_H_
