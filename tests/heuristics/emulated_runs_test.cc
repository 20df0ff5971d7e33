// Goal: no two wallets of the emulated Wasabi 2 and JoinMarket runs are joined under `strict`, and
// their rounds bear the right names. Method: the runs' blocks as an index, their wallets as truth.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

#include "heuristics/coinjoin.h"
#include "indexer/base/hex.h"
#include "tests/heuristics/real_mixes.h"
#include "tests/heuristics/support.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/gzip.h"

namespace coinwake::test {
namespace {

// A run as an index. Coins from before its first block are unresolved.
class EmulatedRun {
 public:
  explicit EmulatedRun(const std::string& name)
      : builder_(IndexBuilder::Options{.window_from_height = 1}) {
    std::vector<SimpleTransaction> block;
    for (const std::string& line :
         ReadLinesMaybeGzip(std::string(COINWAKE_TEST_DATA) + "/coinjoin/" + name + ".txt")) {
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (word == "tx") {
        block.push_back(Transaction(words));
      } else if (word == "block") {
        Flush(&block);
      } else {
        std::string script;
        std::string owner;
        words >> script >> owner;
        owner_[script] = owner;
      }
    }
    Flush(&block);
  }

  // Joins of two wallets' addresses, and of addresses at all.
  struct Joins {
    std::size_t wrong = 0;
    std::size_t right = 0;
  };
  Joins Count(const View& view, const Partition& partition) const {
    std::map<AddressNum, std::map<std::string, std::size_t>> clusters;
    for (const auto& [script, owner] : owner_) {
      const std::vector<std::uint8_t> bytes = *HexDecode(script);
      ++clusters[partition.ClusterOf(*view.FindAddress(ByteSpan(bytes)))][owner];
    }
    Joins joins;
    for (const auto& [id, owners] : clusters) {
      joins.wrong += owners.size() - 1;
      for (const auto& [owner, count] : owners) joins.right += count - 1;
    }
    return joins;
  }

  // Transactions whose inputs are of several wallets; and of those, by protocol.
  std::map<std::string, std::size_t> Protocols(const FactsReader& reader) const {
    std::map<std::string, std::size_t> protocols;
    for (const auto& [txid, owners] : payers_) {
      const MixVerdict verdict = JudgeMix(reader.Read(builder_.TransactionOf(txid)), nullptr);
      std::set<std::string> wallets;
      for (const std::string& script : owners) {
        const auto owner = owner_.find(script);
        if (owner != owner_.end()) wallets.insert(owner->second);
      }
      if (wallets.size() > 1) {
        ++protocols[std::string(MixProtocolName(verdict.protocol))];
      } else if (verdict.is_coinjoin()) {
        ++protocols["of one wallet"];
      }
    }
    return protocols;
  }

  IndexBuilder& builder() { return builder_; }

 private:
  SimpleTransaction Transaction(std::istringstream& words) {
    SimpleTransaction tx;
    std::string word;
    words >> tx.name;
    int bars = 0;
    while (words >> word) {
      const std::size_t colon = word.find(':');
      if (word == "|") {
        ++bars;
      } else if (bars == 1) {
        const std::string outpoint = word;
        const auto script = scripts_.find(outpoint);
        if (script == scripts_.end()) {
          tx.inputs.push_back(SpendUnresolved());
          continue;
        }
        payers_[tx.name].insert(script->second);
        tx.inputs.push_back(Spend(word.substr(0, colon),
                                  static_cast<std::uint32_t>(std::stoul(word.substr(colon + 1)))));
      } else {
        const std::string script = word.substr(colon + 1);
        scripts_[tx.name + ":" + std::to_string(tx.outputs.size())] = script;
        tx.outputs.push_back(
            {"", std::stoull(word.substr(0, colon)), *HexDecode(script), TypeOfScript(script)});
      }
    }
    return tx;
  }
  void Flush(std::vector<SimpleTransaction>* block) {
    if (!block->empty()) builder_.AddBlock(*block);
    block->clear();
  }

  IndexBuilder builder_;
  std::map<std::string, std::string> scripts_;           // by outpoint
  std::map<std::string, std::string> owner_;             // by script
  std::map<std::string, std::set<std::string>> payers_;  // scripts spent, by txid
};

struct RunCase {
  const char* name;
  const char* protocol;
  std::size_t rounds;
};

class EmulatedRuns : public ::testing::TestWithParam<RunCase> {};

TEST_P(EmulatedRuns, JoinNoTwoWallets) {
  EmulatedRun run(GetParam().name);
  FaultFileSystem files;  // for being in memory: nothing fails here
  ASSERT_OK_AND_ASSIGN(const OpenIndex index, run.builder().Build(files, "/data"));
  ASSERT_OK_AND_ASSIGN(const FactsReader reader, FactsReader::Make(*index.view));
  const std::map<std::string, std::size_t> expected = {{GetParam().protocol, GetParam().rounds}};
  EXPECT_EQ(run.Protocols(reader), expected);
  ASSERT_OK_AND_ASSIGN(const auto partition, Partition::Build(*index.view, Profile::kStrict, 2, 0));
  const EmulatedRun::Joins joins = run.Count(*index.view, *partition);
  EXPECT_EQ(joins.wrong, 0u);
  RecordProperty("right_joins", static_cast<int>(joins.right));
}

INSTANTIATE_TEST_SUITE_P(All, EmulatedRuns,
                         ::testing::Values(RunCase{"emulated_wasabi2_a", "wasabi2", 6},
                                           RunCase{"emulated_wasabi2_b", "wasabi2", 6},
                                           RunCase{"emulated_joinmarket", "joinmarket", 32}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace coinwake::test
