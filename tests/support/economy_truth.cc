#include "tests/support/economy_truth.h"

#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace coinwake::synthetic {
namespace {

constexpr std::uint64_t kMostBytes = 4ULL << 30;

// Calls row(cells) for each row but the first; false from it is kDataLoss.
template <typename Row>
absl::Status ForEachRow(FileSystem& files, const std::string& path, std::size_t columns,
                        const Row& row) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(files, path, kMostBytes));
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  bool heading = true;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> cells = absl::StrSplit(line, ',');
    if (!heading && (cells.size() != columns || !row(cells))) {
      return absl::DataLossError(absl::StrCat(path, ": no row of the truth: ", line));
    }
    heading = false;
  }
  return absl::OkStatus();
}

bool ReadNumbers(absl::string_view cell, std::vector<std::uint32_t>* numbers) {
  for (const absl::string_view text : absl::StrSplit(cell, ';', absl::SkipEmpty())) {
    if (!absl::SimpleAtoi(text, &numbers->emplace_back())) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<EconomyTruth> ReadEconomyTruth(FileSystem& files, const std::string& folder) {
  using Cells = std::vector<absl::string_view>;
  EconomyTruth truth;
  COINWAKE_RETURN_IF_ERROR(
      ForEachRow(files, folder + "/owners.csv", 4, [&truth](const Cells& cells) {
        ScriptTruth script;
        script.kind = std::string(cells[2]);
        script.wallet = std::string(cells[3]);
        return absl::SimpleAtoi(cells[1], &script.owner) &&
               truth.scripts.emplace(std::string(cells[0]), std::move(script)).second;
      }));
  COINWAKE_RETURN_IF_ERROR(
      ForEachRow(files, folder + "/kinds.csv", 4, [&truth](const Cells& cells) {
        TransactionTruth transaction;
        transaction.kind = std::string(cells[1]);
        return ReadNumbers(cells[2], &transaction.change) &&
               ReadNumbers(cells[3], &transaction.owners) &&
               truth.transactions.emplace(std::string(cells[0]), std::move(transaction)).second;
      }));
  return truth;
}

}  // namespace coinwake::synthetic
