// Everything an index says, as text: two indexes are the same if these are.
#ifndef COINWAKE_TESTS_SUPPORT_VIEW_DUMP_H_
#define COINWAKE_TESTS_SUPPORT_VIEW_DUMP_H_

#include <string>

#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake {

// Blocks, transactions, spends, scripts, keys, histories, look-ups by content, stale blocks and
// totals. kDataLoss when the index is damaged.
absl::StatusOr<std::string> DumpView(const View& view);

// The same of the index in a data folder; "empty" when nothing was ever committed.
absl::StatusOr<std::string> DumpIndex(FileSystem& files, const std::string& data_folder,
                                      Network network);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_VIEW_DUMP_H_
