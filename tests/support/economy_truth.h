// Reads back what GenerateEconomy wrote down about its chain.
#ifndef COINWAKE_TESTS_SUPPORT_ECONOMY_TRUTH_H_
#define COINWAKE_TESTS_SUPPORT_ECONOMY_TRUTH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"

namespace coinwake::synthetic {

struct ScriptTruth {
  std::uint32_t owner = 0;
  std::string kind;    // of the owner
  std::string wallet;  // name of its Fingerprint
};

struct TransactionTruth {
  std::string kind;
  std::vector<std::uint32_t> change;  // output indices, ascending
  std::vector<std::uint32_t> owners;  // of its inputs, ascending
};

struct EconomyTruth {
  absl::flat_hash_map<std::string, ScriptTruth> scripts;            // by script, in hex
  absl::flat_hash_map<std::string, TransactionTruth> transactions;  // by txid as displayed
};

// kDataLoss where a row is not as GenerateEconomy writes them; else as ReadWhole.
absl::StatusOr<EconomyTruth> ReadEconomyTruth(FileSystem& files, const std::string& folder);

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_ECONOMY_TRUTH_H_
