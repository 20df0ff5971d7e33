// Everything an index of accounts says, as text: two indexes are the same if these are.
#ifndef COINWAKE_TESTS_SUPPORT_ACCOUNT_DUMP_H_
#define COINWAKE_TESTS_SUPPORT_ACCOUNT_DUMP_H_

#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"

namespace coinwake {

// Blocks, transactions, events, accounts and assets by bytes, what each account's lists, sums and
// history say, what the store keeps of the chain's state, totals. The last line is what is known
// to be final, which is the source's to know. kDataLoss when the index is damaged.
absl::StatusOr<std::string> DumpAccounts(const AccountView& view);

// The same of the index in a data folder; "empty" when nothing was ever committed.
absl::StatusOr<std::string> DumpAccountIndex(FileSystem& files, const std::string& data_folder,
                                             Network network);

// A dump without its last line.
std::string ChainPartOf(const std::string& dump);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_ACCOUNT_DUMP_H_
