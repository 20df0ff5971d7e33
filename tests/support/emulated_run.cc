#include "tests/support/emulated_run.h"

#include "heuristics/coinjoin.h"
#include "indexer/base/hex.h"
#include "tests/support/gzip.h"
#include "tests/support/real_mixes.h"

namespace coinwake::test {

EmulatedRun::EmulatedRun(const std::string& name)
    : builder_(IndexBuilder::Options{.window_from_height = 1}) {
  std::vector<SimpleTransaction> block;
  for (const std::string& line :
       ReadLinesMaybeGzip(COINWAKE_TEST_DATA "/coinjoin/" + name + ".txt")) {
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

EmulatedRun::Joins EmulatedRun::Count(const View& view, const Partition& partition) const {
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

std::map<std::string, std::size_t> EmulatedRun::Protocols(const FactsReader& reader) const {
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

SimpleTransaction EmulatedRun::Transaction(std::istringstream& words) {
  SimpleTransaction tx;
  std::string word;
  words >> tx.name;
  int bars = 0;
  while (words >> word) {
    const std::size_t colon = word.find(':');
    if (word == "|") {
      ++bars;
    } else if (bars == 1) {
      const auto script = scripts_.find(word);
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

void EmulatedRun::Flush(std::vector<SimpleTransaction>* block) {
  if (!block->empty()) builder_.AddBlock(*block);
  block->clear();
}

}  // namespace coinwake::test
