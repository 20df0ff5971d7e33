#include "cli/progress_reporter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdio>

#include "cli/table.h"

namespace coinwake::cli {
namespace {

constexpr std::chrono::milliseconds kBarInterval(100);
constexpr std::chrono::milliseconds kJsonInterval(1000);
constexpr std::size_t kBarCells = 24;
// Rates of the first moments say nothing about when the work will be done.
constexpr double kLeastSecondsForEta = 2.0;

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void RequestStop(int signal) {
  stop_requested.store(true, std::memory_order_relaxed);
  std::signal(signal, SIG_DFL);
}

// What asks a program to end.
constexpr int kEndingSignals[] = {SIGINT, SIGTERM};

void HandleUnlessIgnored(int signal) {
  struct sigaction now = {};
  sigaction(signal, nullptr, &now);
  if (now.sa_handler != SIG_IGN) std::signal(signal, RequestStop);
}

void HandleNoMore(int signal) {
  struct sigaction now = {};
  sigaction(signal, nullptr, &now);
  if (now.sa_handler == RequestStop) std::signal(signal, SIG_DFL);
}

std::string Duration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  return fmt::format("{}h {:02}m", whole / 3600, whole % 3600 / 60);
}

}  // namespace

ProgressReporter::ProgressReporter(ProgressMode mode)
    : form_(mode == ProgressMode::kJson                                 ? Form::kJson
            : mode == ProgressMode::kAuto && isatty(STDERR_FILENO) != 0 ? Form::kBar
                                                                        : Form::kNone) {
  stop_requested.store(false, std::memory_order_relaxed);
  for (const int signal : kEndingSignals) HandleUnlessIgnored(signal);
}

ProgressReporter::~ProgressReporter() {
  EndBar();
  for (const int signal : kEndingSignals) HandleNoMore(signal);
}

bool ProgressReporter::StopRequested() const {
  return stop_requested.load(std::memory_order_relaxed);
}

void ProgressReporter::Update(std::string_view stage, std::uint64_t done, std::uint64_t total,
                              std::string_view unit) {
  if (form_ == Form::kNone) return;
  const Clock::time_point now = Clock::now();
  const bool is_new = stage != stage_;
  if (is_new) {
    EndBar();
    stage_ = stage;
    stage_start_ = now;
    stage_first_ = done;
  }
  const auto interval = form_ == Form::kBar ? kBarInterval : kJsonInterval;
  const bool is_last = total > 0 && done >= total;
  if (!is_new && !is_last && now - last_shown_ < interval) return;
  last_shown_ = now;
  const double seconds = std::chrono::duration<double>(now - stage_start_).count();
  const std::uint64_t moved = done > stage_first_ ? done - stage_first_ : 0;
  const double rate = seconds > 0 ? static_cast<double>(moved) / seconds : 0;
  if (form_ == Form::kBar) {
    ShowBar(done, total, unit, rate);
  } else {
    ShowJson(done, total, unit, rate);
  }
}

void ProgressReporter::ShowBar(std::uint64_t done, std::uint64_t total, std::string_view unit,
                               double rate) {
  std::string line = fmt::format("\r\x1b[K{:<22} ", stage_);
  if (total > 0) {
    const double part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const auto full = static_cast<std::size_t>(part * kBarCells);
    line += fmt::format("[{}{}] {:3.0f}%  ", std::string(full, '#'),
                        std::string(kBarCells - full, ' '), part * 100);
  }
  line += fmt::format("{} {}", Grouped(done), unit);
  if (rate > 0) line += fmt::format("  {}/s", Grouped(static_cast<std::uint64_t>(rate)));
  const double seconds = std::chrono::duration<double>(last_shown_ - stage_start_).count();
  if (rate > 0 && total > done && seconds >= kLeastSecondsForEta) {
    line += fmt::format("  {} left", Duration(static_cast<double>(total - done) / rate));
  }
  if (committed_height_.has_value()) {
    line += fmt::format("  safe to height {}", *committed_height_);
  }
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
  bar_is_open_ = true;
}

void ProgressReporter::ShowJson(std::uint64_t done, std::uint64_t total, std::string_view unit,
                                double rate) {
  // Stages and units are our own words: nothing in them needs escaping.
  std::string line = fmt::format(R"({{"stage":"{}","done":"{}","total":"{}","unit":"{}")", stage_,
                                 done, total, unit);
  line += fmt::format(R"(,"per_second":{:.1f})", rate);
  if (rate > 0 && total > done) {
    line += fmt::format(R"(,"eta_seconds":{:.0f})", static_cast<double>(total - done) / rate);
  }
  line += "}\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void ProgressReporter::Committed(std::uint64_t height) {
  committed_height_ = height;
  if (form_ == Form::kJson) fmt::print(stderr, "{{\"committed_height\":\"{}\"}}\n", height);
}

void ProgressReporter::EndBar() {
  if (bar_is_open_) std::fputc('\n', stderr);
  bar_is_open_ = false;
}

}  // namespace coinwake::cli
