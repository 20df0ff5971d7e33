// Goal: indexing stays under --memory, whatever the blocks are made of. Method: the real program,
// with the least memory and more threads than blocks it may hold ahead, on a chain of large blocks
// of each of what a batch keeps tables of: new scripts, keys, inputs. The kernel tells the most
// that was resident, the program's own pages among it.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/ingest/ingest.h"
#include "tests/acceptance/answers.h"
#include "tests/support/block_builder.h"
#include "tests/support/matchers.h"
#include "tests/support/run_program.h"

namespace coinwake::acceptance {
namespace {

constexpr std::uint64_t kOutputs = 45'000;  // of a block; to spend two blocks' takes 3.7 MB
constexpr std::uint32_t kRounds = 12;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Bytes that no other `number` gives.
template <typename Hash>
Hash Distinct(std::uint64_t number) {
  Hash hash{};
  for (std::size_t i = 0; i + 8 <= hash.size(); i += 8) {
    StoreLe(hash.data() + i, synthetic::SplitMix(&number));
  }
  return hash;
}

std::vector<synthetic::TxOutput> DistinctOutputs(std::uint64_t first, bool keys) {
  std::vector<synthetic::TxOutput> outputs;
  outputs.reserve(kOutputs);
  for (std::uint64_t i = first; i < first + kOutputs; ++i) {
    if (keys) {  // every other one is a point of the curve, which is enough
      auto key = Distinct<std::array<std::uint8_t, 33>>(i);
      key[0] = 2;
      outputs.push_back({1, synthetic::PayToPubkey(key)});
    } else {
      outputs.push_back({1, synthetic::PayToPubkeyHash(Distinct<Hash160>(i))});
    }
  }
  return outputs;
}

void MakeChain(const std::string& folder) {
  synthetic::BlockFolderWriter writer(RealFileSystem(), folder, {});
  synthetic::BuiltBlock tip = synthetic::RegtestGenesis();
  ASSERT_OK(writer.Append(tip.bytes));
  std::uint32_t height = 0;
  const auto add = [&](std::vector<synthetic::TxOutput> coinbase,
                       const synthetic::Transaction* transaction) {
    ++height;
    synthetic::BlockBuilder builder(tip.hash, height, 1'700'000'000 + height);
    if (transaction != nullptr) builder.Add(Serialize(*transaction));
    tip = builder.Finish(std::move(coinbase));
    ASSERT_OK(writer.Append(tip.bytes));
  };
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    synthetic::Transaction spend;
    for (const bool keys : {false, true}) {
      add(DistinctOutputs((2 * round + (keys ? 1 : 0)) * kOutputs, keys), nullptr);
      for (std::uint32_t i = 0; i < kOutputs; ++i) {
        spend.inputs.push_back({tip.coinbase_txid, i, {}, 0xffffffff, {}});
      }
    }
    spend.outputs.push_back({1, {0x51}});
    add({{1, {0x51}}}, &spend);
  }
  ASSERT_OK(writer.Finish());
}

TEST(Memory, StaysUnderTheCap) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's own memory says nothing of the program's";
  const std::string blocks = FreshFolder("memory-blocks");
  const std::string data = FreshFolder("memory-data");
  ASSERT_NO_FATAL_FAILURE(MakeChain(blocks));
  const ProgramResult run = RunProgram(
      ProgramUnderTest(), {"index", "bitcoin", "--blocks", blocks, "--data", data, "--memory",
                           std::to_string(kMinMemoryMib), "--threads", "8", "--json"});
  ASSERT_EQ(run.exit_status, 0) << run.err;
  EXPECT_NE(run.out.find(R"("height":"36")"), std::string::npos) << run.out;
  rusage used{};
  ASSERT_EQ(getrusage(RUSAGE_CHILDREN, &used), 0);
  RecordProperty("peak_kib", std::to_string(used.ru_maxrss));
  EXPECT_LE(used.ru_maxrss, static_cast<long>(kMinMemoryMib * 1024));
}

}  // namespace
}  // namespace coinwake::acceptance
