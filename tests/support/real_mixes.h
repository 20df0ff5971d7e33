// The real transactions of tests/data/coinjoin as facts.
#ifndef COINWAKE_TESTS_SUPPORT_REAL_MIXES_H_
#define COINWAKE_TESTS_SUPPORT_REAL_MIXES_H_

#include <string>
#include <vector>

#include "heuristics/transaction_facts.h"

namespace coinwake::test {

struct RealTransaction {
  std::string txid;
  TransactionFacts facts;  // without a height
};

// Of tests/data/coinjoin/NAME.txt.gz. A file that cannot be read ends the program.
std::vector<RealTransaction> ReadRealTransactions(const std::string& name);

ScriptType TypeOfScript(const std::string& hex);

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_SUPPORT_REAL_MIXES_H_
