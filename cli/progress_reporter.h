// Progress of long work on stderr, and the wish to stop it.
#ifndef COINWAKE_CLI_PROGRESS_REPORTER_H_
#define COINWAKE_CLI_PROGRESS_REPORTER_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "indexer/base/progress.h"

namespace coinwake::cli {

// From its making on, the first SIGINT or SIGTERM asks work to stop at its last commit; a second
// one ends the program at once. A signal that was ignored (nohup, a background job) stays ignored.
// At most one lives at a time. Print results after its end, else they stand behind the bar.
class ProgressReporter : public Progress {
 public:
  explicit ProgressReporter(ProgressMode mode);
  ~ProgressReporter() override;  // ends the bar; signals do what they did before

  void Update(std::string_view stage, std::uint64_t done, std::uint64_t total,
              std::string_view unit) override;
  void Committed(std::uint64_t height) override;
  bool StopRequested() const override;

 private:
  using Clock = std::chrono::steady_clock;
  enum class Form { kNone, kBar, kJson };

  void ShowBar(std::uint64_t done, std::uint64_t total, std::string_view unit, double rate);
  void ShowJson(std::uint64_t done, std::uint64_t total, std::string_view unit, double rate);
  void EndBar();

  Form form_;
  std::string stage_;
  Clock::time_point stage_start_;
  std::uint64_t stage_first_ = 0;  // `done` when the stage began
  Clock::time_point last_shown_;
  std::optional<std::uint64_t> committed_height_;
  bool bar_is_open_ = false;
};

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_PROGRESS_REPORTER_H_
