#include "tests/cli/sample_index.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "tests/support/gzip.h"
#include "tests/support/run_program.h"

namespace coinwake {
namespace {

// A folder of this process alone, removed when it ends.
class Workspace {
 public:
  Workspace()
      : path_(std::filesystem::path(::testing::TempDir()) /
              ("coinwake_cli_" + std::to_string(getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Workspace() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string At(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

const Workspace& TheWorkspace() {
  static const Workspace workspace;
  return workspace;
}

std::string Unpack(const std::string& fixture, const std::string& name) {
  std::string blocks = TheWorkspace().At("blocks_" + name);
  std::filesystem::remove_all(blocks);
  UnpackFolder(std::string(COINWAKE_TEST_DATA "/") + fixture, blocks);
  return blocks;
}

void Index(const std::string& fixture, const std::string& data) {
  const std::string blocks = Unpack(fixture, data);
  const ProgramResult result =
      RunProgram(ProgramUnderTest(), {"index", "bitcoin", "--blocks", blocks, "--data",
                                      TheWorkspace().At(data), "--memory", "256"});
  if (result.exit_status == 0) return;
  std::fprintf(stderr, "index of %s: exit %d, %s", fixture.c_str(), result.exit_status,
               result.err.c_str());
  std::abort();
}

}  // namespace

const std::string& RegtestBlocks() {
  static const std::string blocks = Unpack("regtest/A", "regtest");
  return blocks;
}

const std::string& RegtestData() {
  static const std::string data = [] {
    Index("regtest/A", "one");
    return TheWorkspace().At("one");
  }();
  return data;
}

std::string ScratchPath(const std::string& name) { return TheWorkspace().At("scratch_" + name); }

std::string CopyOfRegtestData(const std::string& name) {
  std::string copy = TheWorkspace().At("copy_" + name);
  std::filesystem::remove_all(copy);
  std::filesystem::copy(RegtestData(), copy, std::filesystem::copy_options::recursive);
  return copy;
}

const std::string& TwoNetworksData() {
  static const std::string data = [] {
    Index("regtest/A", "two");
    Index("mainnet-0-4312-core31", "two");
    return TheWorkspace().At("two");
  }();
  return data;
}

}  // namespace coinwake
