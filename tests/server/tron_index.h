// An index of a Tron chain in memory, open for answers.
#ifndef COINWAKE_TESTS_SERVER_TRON_INDEX_H_
#define COINWAKE_TESTS_SERVER_TRON_INDEX_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/network.h"
#include "indexer/view/open.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake {

struct TronIndex {
  std::unique_ptr<FaultFileSystem> files;
  OpenIndex index;  // after the files it reads
  const AccountView& view() const { return *index.accounts; }
};

// What cannot be indexed ends the program with the reason. `network`: as --network.
TronIndex IndexOf(const std::vector<synthetic::TronBlock>& blocks,
                  std::optional<Network> network = std::nullopt);

// The same of files, by name, as they stand in a folder of blocks and receipts.
TronIndex IndexOfFiles(const std::map<std::string, std::string>& sources,
                       std::optional<Network> network = std::nullopt);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SERVER_TRON_INDEX_H_
