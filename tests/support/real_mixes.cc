#include "tests/support/real_mixes.h"

#include <map>
#include <sstream>

#include "indexer/base/check.h"
#include "indexer/base/hex.h"
#include "tests/support/gzip.h"

namespace coinwake::test {
namespace {

std::string CoordinatorHex(std::size_t i) { return HexEncode(ByteSpan(kWasabiCoordinators[i])); }

}  // namespace

ScriptType TypeOfScript(const std::string& hex) {
  if (hex.starts_with("0014") && hex.size() == 44) return ScriptType::kWitnessV0KeyHash;
  if (hex.starts_with("0020") && hex.size() == 68) return ScriptType::kWitnessV0ScriptHash;
  if (hex.starts_with("5120") && hex.size() == 68) return ScriptType::kWitnessV1Taproot;
  if (hex.starts_with("76a914")) return ScriptType::kPubkeyHash;
  if (hex.starts_with("a914")) return ScriptType::kScriptHash;
  if (hex.starts_with("6a")) return ScriptType::kNullData;
  return ScriptType::kNonstandard;
}

std::vector<RealTransaction> ReadRealTransactions(const std::string& name) {
  std::vector<RealTransaction> all;
  std::map<std::string, std::uint64_t> numbers;  // of scripts
  const auto number_of = [&](const std::string& script) {
    return AddressNum{numbers.emplace(script, numbers.size()).first->second};
  };
  for (const std::string& line :
       ReadLinesMaybeGzip(COINWAKE_TEST_DATA "/coinjoin/" + name + ".txt")) {
    RealTransaction& one = all.emplace_back();
    std::istringstream words(line);
    std::string word;
    words >> one.txid >> word;  // and the block's time
    int bars = 0;
    while (words >> word) {
      if (word == "|") {
        ++bars;
        continue;
      }
      const std::size_t colon = word.find(':');
      COINWAKE_CHECK(colon != std::string::npos);
      const std::uint64_t value = std::stoull(word.substr(0, colon));
      const std::string script = word.substr(colon + 1);
      if (bars == 1) {
        one.facts.inputs.push_back({value, number_of(script), TypeOfScript(script), {}});
      } else {
        one.facts.outputs.push_back({value, number_of(script), TypeOfScript(script)});
        if (script == CoordinatorHex(0) || script == CoordinatorHex(1)) {
          one.facts.pays_wasabi_coordinator = true;
        }
      }
    }
    COINWAKE_CHECK(bars == 2);
  }
  return all;
}

}  // namespace coinwake::test
