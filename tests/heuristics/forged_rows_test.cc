// Goal: a pass over co-spends tells of rows that name what does not exist, though their checksums
// be true, and never makes clusters of them. Method: forged columns of a small chain.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "heuristics/cluster.h"
#include "indexer/segment/schema.h"
#include "indexer/view/open.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/index_builder.h"
#include "tests/support/matchers.h"
#include "tests/view/index_damage.h"

namespace coinwake::test {
namespace {

void Forge(ColumnId id, std::uint64_t seed, FaultFileSystem* files) {
  std::mt19937_64 random(seed);
  ForgeColumn(*files, FolderOfNetwork("/data", Network::kBitcoinRegtest), kColumns, SpecOf(id),
              &random);
}

TEST(ForgedRows, AreToldAndMakeNoClusters) {
  IndexBuilder chain;
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    chain.AddBlock({{"mint " + number, {}, {{"a" + number, kCoin}, {"b" + number, kCoin}}}});
    SimpleTransaction sweep;
    sweep.name = "sweep " + number;
    sweep.inputs = {Spend("mint " + number, 0), Spend("mint " + number, 1)};
    sweep.outputs = {{"shop", kCoin}};
    chain.AddBlock({{}, sweep});
  }
  FaultFileSystem good;
  ASSERT_THAT(chain.Build(good, "/data"), IsOk());
  for (const ColumnId id : {ColumnId::kInputSource, ColumnId::kOutputAddress}) {
    int told = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      SCOPED_TRACE(seed);
      const auto files = good.Clone();
      ASSERT_NO_FATAL_FAILURE(Forge(id, seed, files.get()));
      bool exists = true;
      {
        ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                             OpenForReading(*files, "/data", Network::kBitcoinRegtest));
        for (InputNum input; input.value < index.view->inputs_count(); ++input) {
          index.view->SourceAddress(index.view->Source(input));
        }
        exists = !index.view->damage().found();
      }
      ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                           OpenForReading(*files, "/data", Network::kBitcoinRegtest));
      const auto partition = Partition::Build(*index.view, Profile::kStrict, 1, 0);
      EXPECT_EQ(partition.ok(), exists);
      told += !partition.ok();
    }
    EXPECT_GT(told, 0);
  }
}

// Of what the pass over same keys reads.
TEST(ForgedRows, OfScriptsAndKeysAreToldOrMakeSomeClusters) {
  IndexBuilder chain;
  std::array<std::uint8_t, 33> key{2};
  for (int i = 0; i < 40; ++i) {
    const std::string number = std::to_string(i);
    chain.AddBlock({{"mint " + number, {}, {{"a" + number, kCoin}, {"b" + number, kCoin}}}});
    key[1] = static_cast<std::uint8_t>(i / 2);
    chain.RevealKey("a" + number, key);
  }
  FaultFileSystem good;
  ASSERT_THAT(chain.Build(good, "/data"), IsOk());
  int told = 0;
  for (const ColumnId id : {ColumnId::kAddressType, ColumnId::kAddressScriptEnd,
                            ColumnId::kAddressKey, ColumnId::kKeyAddress}) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      SCOPED_TRACE(seed);
      const auto files = good.Clone();
      ASSERT_NO_FATAL_FAILURE(Forge(id, seed, files.get()));
      ASSERT_OK_AND_ASSIGN(const OpenIndex index,
                           OpenForReading(*files, "/data", Network::kBitcoinRegtest));
      // Sanitizers see what is read beyond its bounds.
      const auto partition = Partition::Build(*index.view, Profile::kStrict, 1, 0);
      told += !partition.ok();
      if (!partition.ok()) {
        EXPECT_EQ(partition.status().code(), absl::StatusCode::kDataLoss);
      }
    }
  }
  EXPECT_GT(told, 0);
}

}  // namespace
}  // namespace coinwake::test
