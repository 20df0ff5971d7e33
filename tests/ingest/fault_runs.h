// Runs that index a chain while a file system in memory fails, one fault a run.
#ifndef COINWAKE_TESTS_INGEST_FAULT_RUNS_H_
#define COINWAKE_TESTS_INGEST_FAULT_RUNS_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "indexer/base/status.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {

// For a chain of two runs: "/first", then "/second" over what the first left.
class FaultRuns : public ::testing::Test {
 protected:
  // Indexes the folder `blocks` into /data, in several commits.
  virtual absl::Status Index(FileSystem& files, const std::string& blocks) = 0;
  // All the index says; why not, where it says nothing.
  virtual std::string Dump(FileSystem& files) = 0;
  // Fails the test unless the index is sound and at a commit that a run without faults passes.
  virtual void ExpectACommit(FileSystem& files, const std::string& when) = 0;

  // In each of these the index is at a commit after the fault, and running again ends in the state
  // of a run without faults, which the power may then leave. Not every operation where there are
  // many, unless Exhaustive().
  void FailAnyOperation();
  void CutPowerAtAnySync();       // and what was acknowledged before is there
  void CutPowerAtAnyOperation();  // with whatever was written since the last sync

  // A file system with all of start_.
  void CopyStart(FaultFileSystem& files);

  FaultFileSystem start_;                     // the folders of blocks
  std::map<std::string, std::string> final_;  // dumps of runs without faults, by folder

 private:
  using Arm = std::function<void(FaultFileSystem&)>;
  using After = std::function<void(FaultFileSystem&, const absl::Status&, const std::string& when)>;

  // One run with the fault that `arm` arms; whether it came to it.
  bool Try(const std::string& blocks, const Arm& arm, const After& after);
  void ExpectRecovery(FaultFileSystem& files, const std::string& blocks, const std::string& when);
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_INGEST_FAULT_RUNS_H_
