// Emulated CoinJoin runs whose wallets are known, as indexes.
#ifndef COINWAKE_TESTS_SUPPORT_EMULATED_RUN_H_
#define COINWAKE_TESTS_SUPPORT_EMULATED_RUN_H_

#include <cstddef>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "heuristics/cluster.h"
#include "heuristics/transaction_facts.h"
#include "tests/support/index_builder.h"

namespace coinwake::test {

// A run of tests/data/coinjoin. Coins from before its first block are unresolved.
class EmulatedRun {
 public:
  explicit EmulatedRun(const std::string& name);

  IndexBuilder& builder() { return builder_; }

  // Joins of two wallets' addresses, and of addresses of one.
  struct Joins {
    std::size_t wrong = 0;
    std::size_t right = 0;
  };
  Joins Count(const View& view, const Partition& partition) const;

  // Transactions of several wallets, by the protocol they are taken for ("" for none), and "of one
  // wallet": those of one wallet that are taken for a mix.
  std::map<std::string, std::size_t> Protocols(const FactsReader& reader) const;

 private:
  SimpleTransaction Transaction(std::istringstream& words);
  void Flush(std::vector<SimpleTransaction>* block);

  IndexBuilder builder_;
  std::map<std::string, std::string> scripts_;           // by outpoint
  std::map<std::string, std::string> owner_;             // by script
  std::map<std::string, std::set<std::string>> payers_;  // scripts spent, by txid
};

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_SUPPORT_EMULATED_RUN_H_
