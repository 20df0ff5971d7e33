#include "tests/support/run_program.h"

#include <fcntl.h>
#include <sys/poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace coinwake {
namespace {

constexpr std::chrono::seconds kPatience(10);

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::abort();
}

// argv of a program, made before fork(): a child of several threads must not allocate.
class Arguments {
 public:
  Arguments(const std::string& program, const std::vector<std::string>& arguments)
      : words_(arguments) {
    words_.insert(words_.begin(), program);
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }

  // Replaces the (child) process by the program, stdin empty; stdout too where `out` is below 0.
  [[noreturn]] void Execute(int out, int err) {
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(out >= 0 ? out : nothing, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    execv(pointers_.front(), pointers_.data());
    _exit(127);
  }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

int ExitStatus(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

// Reads two pipes to their ends, whichever has something first.
void ReadBoth(int out_pipe, int err_pipe, std::string* out, std::string* err) {
  std::array<pollfd, 2> polls = {{{out_pipe, POLLIN, 0}, {err_pipe, POLLIN, 0}}};
  const std::array<std::string*, 2> texts = {out, err};
  int open_pipes = 2;
  while (open_pipes > 0) {
    if (poll(polls.data(), polls.size(), -1) < 0) Die("poll");
    for (std::size_t i = 0; i < polls.size(); ++i) {
      if (polls[i].fd < 0 || polls[i].revents == 0) continue;
      std::array<char, 65536> buffer;
      const ssize_t got = read(polls[i].fd, buffer.data(), buffer.size());
      if (got > 0) {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(got));
      } else {
        close(polls[i].fd);
        polls[i].fd = -1;
        --open_pipes;
      }
    }
  }
}

}  // namespace

std::string ProgramUnderTest() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in a test changes the environment.
  const char* const named = std::getenv("COINWAKE_BINARY");
  return named != nullptr && named[0] != '\0' ? named : COINWAKE_PROGRAM;
}

std::vector<std::string> ProgramResult::lines() const {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < out.size();) {
    const std::size_t end = std::min(out.find('\n', begin), out.size());
    lines.push_back(out.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

ProgramResult RunProgram(const std::string& program, const std::vector<std::string>& arguments) {
  std::array<int, 2> out;
  std::array<int, 2> err;
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) Die("pipe2");
  Arguments child(program, arguments);
  const pid_t process = fork();
  if (process < 0) Die("fork");
  if (process == 0) child.Execute(out[1], err[1]);
  close(out[1]);
  close(err[1]);
  ProgramResult result;
  ReadBoth(out[0], err[0], &result.out, &result.err);
  int status = 0;
  if (waitpid(process, &status, 0) != process) Die("waitpid");
  result.exit_status = ExitStatus(status);
  return result;
}

RunningProgram::RunningProgram(const std::string& program,
                               const std::vector<std::string>& arguments) {
  std::array<int, 2> err;
  if (pipe2(err.data(), O_CLOEXEC) != 0) Die("pipe2");
  Arguments child(program, arguments);
  process_ = fork();
  if (process_ < 0) Die("fork");
  if (process_ == 0) child.Execute(-1, err[1]);
  close(err[1]);
  error_pipe_ = err[0];
}

RunningProgram::~RunningProgram() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    Wait();
  }
  CloseErrors();
}

void RunningProgram::CloseErrors() {
  if (error_pipe_ >= 0) close(error_pipe_);
  error_pipe_ = -1;
}

std::string RunningProgram::WaitForErrorLine(const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string line;
  while (std::chrono::steady_clock::now() < deadline) {
    pollfd waiting = {error_pipe_, POLLIN, 0};
    if (poll(&waiting, 1, 100) <= 0) continue;
    char c = 0;
    if (read(error_pipe_, &c, 1) != 1) return "";
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.find(text) != std::string::npos) return line;
    line.clear();
  }
  return "";
}

std::string RunningProgram::ReadErrors(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string text;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting = {error_pipe_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count()))) <= 0) {
      return text;
    }
    std::array<char, 4096> buffer;
    const ssize_t got = read(error_pipe_, buffer.data(), buffer.size());
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

void RunningProgram::Signal(int signal) const { kill(process_, signal); }

int RunningProgram::Wait() {
  int status = 0;
  if (waitpid(process_, &status, 0) != process_) Die("waitpid");
  process_ = -1;
  return ExitStatus(status);
}

}  // namespace coinwake
