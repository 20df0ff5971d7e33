// Runs the program under test as a user's shell would.
#ifndef COINWAKE_TESTS_SUPPORT_RUN_PROGRAM_H_
#define COINWAKE_TESTS_SUPPORT_RUN_PROGRAM_H_

#include <chrono>
#include <string>
#include <vector>

namespace coinwake {

struct ProgramResult {
  int exit_status = -1;  // 128 + signal when a signal ended it
  std::string out;
  std::string err;

  std::vector<std::string> lines() const;  // of `out`, without line breaks
};

// Path of the program under test: the one this build made, or the one that the environment variable
// COINWAKE_BINARY names.
std::string ProgramUnderTest();

// Runs `program` with `arguments`, stdin empty, and waits for it.
ProgramResult RunProgram(const std::string& program, const std::vector<std::string>& arguments);

// A program that goes on until it is told to end.
class RunningProgram {
 public:
  RunningProgram(const std::string& program, const std::vector<std::string>& arguments);
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  ~RunningProgram();  // kills it if it still runs

  // Waits for a line of stderr that holds `text` and gives it; empty if the program ends first or
  // ten seconds pass.
  std::string WaitForErrorLine(const std::string& text);
  // What it wrote to stderr and was not read yet, until it ends or `patience` has passed.
  std::string ReadErrors(std::chrono::milliseconds patience);
  // From now on nobody reads its stderr, and writing there fails. Call nothing that reads it after.
  void CloseErrors();
  void Signal(int signal) const;
  // Waits for the end. As ProgramResult::exit_status.
  int Wait();

 private:
  int process_ = -1;
  int error_pipe_ = -1;
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_RUN_PROGRAM_H_
