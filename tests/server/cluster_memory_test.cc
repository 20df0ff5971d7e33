// Goal: clusters that do not fit are refused with a message, on either chain, and what there is is
// read as the system tells it. Method: caps of a few bytes; texts of the system's files.
#include "server/cluster_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "indexer/view/open.h"
#include "server/account_clusters.h"
#include "server/cluster_source.h"
#include "tests/heuristics/account_town.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const auto kRefused = StatusIs(absl::StatusCode::kResourceExhausted,
                               AllOf(HasSubstr("bytes of memory"), HasSubstr("5 are allowed"),
                                     HasSubstr("serve --memory"), HasSubstr("--stop-at none")));

TEST(ClusterMemory, OutputsThatNeedMoreAreRefused) {
  IndexBuilder chain;
  chain.AddBlock({{"mint", {}, {{"alice", 50}, {"bob", 50}}}});
  FaultFileSystem files;
  ASSERT_OK(chain.Build(files, "/data").status());
  ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                       OpenForReading(files, "/data", Network::kBitcoinRegtest));
  ClusterSource small(index.view, 1, nullptr,
                      {.kept = nullptr, .labels = nullptr, .memory_bytes = 5});
  for (const Profile profile : {Profile::kStrict, Profile::kStandard, Profile::kExploratory}) {
    EXPECT_THAT(small.Get(profile, nullptr), kRefused);
  }
  // What is found from the address needs none of it, though the rest was refused before.
  EXPECT_OK(small.Of(chain.AddressOf("alice"), Profile::kStrict, nullptr).status());
  ClusterSource large(index.view, 1, nullptr,
                      {.kept = nullptr, .labels = nullptr, .memory_bytes = 1'000'000});
  EXPECT_OK(large.Get(Profile::kStandard, nullptr).status());
}

TEST(ClusterMemory, AccountsThatNeedMoreAreRefused) {
  Town town;
  const Surveyed made(town);
  const std::shared_ptr<const AccountView> view(std::shared_ptr<const AccountView>(), &made.view());
  AccountClusters small(view, nullptr, 1, nullptr, nullptr, 5);
  EXPECT_THAT(small.Get(Profile::kStrict, nullptr), kRefused);
  AccountClusters large(view, nullptr, 1, nullptr, nullptr, 1'000'000);
  EXPECT_OK(large.Get(Profile::kStrict, nullptr).status());
}

TEST(ClusterMemory, IsThatOfTheMachineWithItsSwap) {
  constexpr char kText[] =
      "MemTotal:       24684084 kB\nMemFree:        15722472 kB\nSwapTotal:          16 kB\n";
  EXPECT_EQ(MemoryInMeminfo(kText), std::uint64_t{24'684'100} * 1'024);
  EXPECT_EQ(MemoryInMeminfo("MemTotal: 7 kB"), 7 * 1'024u);
  EXPECT_EQ(MemoryInMeminfo(""), std::nullopt);
  EXPECT_EQ(MemoryInMeminfo("MemTotal: many kB\nSwapTotal: 5 kB\n"), std::nullopt);
  EXPECT_EQ(MemoryInMeminfo("MemTotal: 99999999999999999999 kB\n"), std::nullopt);
  FaultFileSystem files;
  EXPECT_EQ(MemoryOfMachine(files), 0u);
  files.SetContents("/proc/meminfo", kText);
  EXPECT_EQ(MemoryOfMachine(files), std::uint64_t{24'684'100} * 1'024);
  files.SetContents("/sys/fs/cgroup/memory.max", "max\n");
  EXPECT_EQ(MemoryOfMachine(files), std::uint64_t{24'684'100} * 1'024);
  files.SetContents("/sys/fs/cgroup/memory.max", "4096\n");
  EXPECT_EQ(MemoryOfMachine(files), 4'096u);
}

TEST(ClusterMemory, IsWhatEveryControlGroupAroundTheProcessAllows) {
  FaultFileSystem files;
  files.SetContents("/proc/meminfo", "MemTotal: 1048576 kB\n");
  files.SetContents("/proc/self/cgroup", "0::/user.slice/user-0.slice/job.scope\n");
  EXPECT_EQ(MemoryOfMachine(files), std::uint64_t{1} << 30);
  files.SetContents("/sys/fs/cgroup/user.slice/user-0.slice/job.scope/memory.max", "8192\n");
  EXPECT_EQ(MemoryOfMachine(files), 8'192u);
  files.SetContents("/sys/fs/cgroup/user.slice/memory.max", "4096\n");
  EXPECT_EQ(MemoryOfMachine(files), 4'096u);
  files.SetContents("/sys/fs/cgroup/user.slice/memory.max", "max\n");
  EXPECT_EQ(MemoryOfMachine(files), 8'192u);
  // Of the host: nothing of it is to be seen here but the root.
  files.SetContents("/proc/self/cgroup", "0::/../outside\n");
  EXPECT_EQ(MemoryOfMachine(files), std::uint64_t{1} << 30);
  files.SetContents("/sys/fs/cgroup/memory.max", "2048\n");
  EXPECT_EQ(MemoryOfMachine(files), 2'048u);
  files.SetContents("/proc/self/cgroup", "no group\n::\n");
  EXPECT_EQ(MemoryOfMachine(files), 2'048u);
}

TEST(ClusterMemory, IsWhatControlGroupsOfVersionOneAllow) {
  FaultFileSystem files;
  files.SetContents("/proc/meminfo", "MemTotal: 1048576 kB\n");
  files.SetContents("/proc/self/cgroup", "12:pids:/other\n4:cpu,memory:/docker/abc\n1:name=x:/y\n");
  // No limit there is a large number.
  files.SetContents("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(MemoryOfMachine(files), std::uint64_t{1} << 30);
  files.SetContents("/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "4096\n");
  EXPECT_EQ(MemoryOfMachine(files), 4'096u);
}

}  // namespace
}  // namespace coinwake::server
