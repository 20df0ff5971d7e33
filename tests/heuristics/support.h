// A built index with a short way to its clusters, for the tests of this folder.
#ifndef COINWAKE_TESTS_HEURISTICS_SUPPORT_H_
#define COINWAKE_TESTS_HEURISTICS_SUPPORT_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "heuristics/cluster.h"
#include "heuristics/transaction_facts.h"
#include "indexer/base/check.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"

namespace coinwake::test {

class ClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = ::testing::TempDir() + "/" + info->test_suite_name() + "_" + info->name();
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override {
    partition_.reset();
    index_ = OpenIndex();
    std::filesystem::remove_all(folder_);
  }

  // Pays `value` to each of `addresses`, in a transaction of that name.
  static SimpleTransaction Mint(const std::string& name, const std::vector<std::string>& addresses,
                                std::uint64_t value = kCoin) {
    SimpleTransaction tx;
    tx.name = name;
    for (const std::string& address : addresses) tx.outputs.push_back({address, value});
    return tx;
  }
  // Spends outputs [0, count) of `of`, wholly, to `to`.
  static SimpleTransaction Sweep(const std::string& name, const std::string& of,
                                 std::uint32_t count, const std::string& to) {
    SimpleTransaction tx;
    tx.name = name;
    for (std::uint32_t i = 0; i < count; ++i) tx.inputs.push_back(Spend(of, i));
    tx.outputs.push_back({to, 1000});
    return tx;
  }

  // Builds `chain_` and its clusters.
  void Build() {
    auto index = chain_.Build(RealFileSystem(), folder_);
    ASSERT_THAT(index, IsOk());
    index_ = *std::move(index);
    auto partition = Partition::Build(*index_.view, Profile::kStrict, 2, 0);
    ASSERT_THAT(partition, IsOk());
    partition_ = *std::move(partition);
  }
  const View& view() const { return *index_.view; }
  FactsReader reader() const {
    auto reader = FactsReader::Make(view());
    COINWAKE_CHECK(reader.ok());
    return *std::move(reader);
  }
  bool Joined(const std::string& a, const std::string& b) const {
    return partition_->ClusterOf(chain_.AddressOf(a)) == partition_->ClusterOf(chain_.AddressOf(b));
  }

  IndexBuilder chain_;
  OpenIndex index_;
  std::shared_ptr<const Partition> partition_;
  std::string folder_;
};

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_HEURISTICS_SUPPORT_H_
