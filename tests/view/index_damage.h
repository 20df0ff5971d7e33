// Damage to small indexes in memory, and what their readers may make of it.
#ifndef COINWAKE_TESTS_VIEW_INDEX_DAMAGE_H_
#define COINWAKE_TESTS_VIEW_INDEX_DAMAGE_H_

#include <functional>
#include <random>
#include <span>
#include <string>

#include "indexer/base/status.h"
#include "indexer/segment/column_spec.h"
#include "tests/support/fault_file_system.h"

namespace coinwake {

// All an index can be asked, in one text; the first error is the answer.
using AskIndex = std::function<absl::StatusOr<std::string>(FileSystem&)>;

// Flips sampled bytes (every byte: Exhaustive()) of every file of the index in `folder`, one at a
// time, and asks. Fails the test unless each answer is the undamaged index's, or an error: of a
// column, kDataLoss or, where its header says of another version, kUnimplemented.
void ExpectFlipsGiveTheRightAnswerOrAnError(const FaultFileSystem& good, const std::string& folder,
                                            const AskIndex& ask);

// Fills rows of the column `spec`, one of `columns`, with other numbers, and makes every checksum
// over them true. `network_folder` is the index's.
void ForgeColumn(FaultFileSystem& files, const std::string& network_folder,
                 std::span<const ColumnSpec> columns, const ColumnSpec& spec,
                 std::mt19937_64* random);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_VIEW_INDEX_DAMAGE_H_
