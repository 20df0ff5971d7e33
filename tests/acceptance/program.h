// Runs the coinwake program as its users do.
#ifndef COINWAKE_TESTS_ACCEPTANCE_PROGRAM_H_
#define COINWAKE_TESTS_ACCEPTANCE_PROGRAM_H_

#include <string>
#include <vector>

namespace coinwake::acceptance {

struct ProgramResult {
  int exit_status = -1;            // -1: it did not end by itself
  std::vector<std::string> lines;  // of stdout
  std::string errors;              // stderr
};

// Runs the program with `arguments` and empty stdin, and waits. The program is the one this build
// made, or the one that the environment variable COINWAKE_BINARY names.
ProgramResult RunProgram(const std::vector<std::string>& arguments);

}  // namespace coinwake::acceptance

#endif  // COINWAKE_TESTS_ACCEPTANCE_PROGRAM_H_
