#include "tests/acceptance/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gtest/gtest.h"

namespace coinwake::acceptance {
namespace {

std::string ProgramPath() {
  const char* named = std::getenv("COINWAKE_BINARY");
  return named != nullptr && named[0] != '\0' ? named : COINWAKE_PROGRAM;
}

// Opens `path` in the child's place of `target`; the child ends when it cannot.
void Redirect(const char* path, int flags, int target) {
  const int file = open(path, flags, 0600);
  if (file < 0 || dup2(file, target) < 0) _exit(126);
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

ProgramResult RunProgram(const std::vector<std::string>& arguments) {
  const std::string program = ProgramPath();
  const std::string base = ::testing::TempDir() + "program-" + std::to_string(getpid());
  const std::string out = base + ".out";
  const std::string err = base + ".err";
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  ProgramResult result;
  const pid_t child = fork();
  if (child == 0) {
    Redirect("/dev/null", O_RDONLY, STDIN_FILENO);
    Redirect(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
    Redirect(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  int status = 0;
  if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)) {
    result.exit_status = WEXITSTATUS(status);
  }
  std::ifstream lines(out);
  for (std::string line; std::getline(lines, line);) result.lines.push_back(line);
  result.errors = ReadAll(err);
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  return result;
}

}  // namespace coinwake::acceptance
