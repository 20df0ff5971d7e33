#include "indexer/verify/checker.h"

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"

namespace coinwake {
namespace {

constexpr std::size_t kMaxProblems = 100;
constexpr std::size_t kStreamEntries = 4096;

}  // namespace

absl::StatusOr<VerifyReport> IndexChecker::RunSteps(const std::vector<Step>& steps) {
  std::uint64_t done = 0;
  for (const Step& step : steps) {
    if (progress_ != nullptr) {
      if (progress_->StopRequested()) return absl::CancelledError("stopped as asked");
      progress_->Update(step.stage, done, steps.size(), "steps");
    }
    if (absl::Status status = step.check(); !status.ok()) {
      if (!absl::IsDataLoss(status)) return status;
      Problem(std::string(status.message()));
    }
    if (chain_.damage().found()) {
      Problem(std::string(chain_.damage().status().message()));
      break;
    }
    ++done;
    if (progress_ != nullptr) progress_->Update(step.stage, done, steps.size(), "steps");
  }
  return std::move(report_);
}

void IndexChecker::Problem(std::string what) {
  if (report_.problems.size() < kMaxProblems) report_.problems.push_back(std::move(what));
}

absl::Status IndexChecker::Checksums() {
  for (std::size_t i = 0; i < chain_.schema().columns.size(); ++i) {
    chain_.ColumnAt(i).CheckAll();
    report_.checked += chain_.ColumnAt(i).rows_count();
  }
  return absl::OkStatus();
}

absl::Status IndexChecker::Runs(RunTable table, const char* name, std::uint64_t count,
                                const std::function<bool(const RunEntry&)>& agrees) {
  const auto stream = chain_.Runs(table).Scan();
  std::vector<RunEntry> entries(kStreamEntries);
  std::uint64_t found = 0;
  RunEntry last{0, 0};
  while (true) {
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t got, stream->Next(entries));
    if (got == 0) break;
    for (std::size_t i = 0; i < got; ++i) {
      const RunEntry& entry = entries[i];
      Check((found == 0 || last < entry) && agrees(entry), name, entry.number,
            "the look-up run does not agree with the columns");
      last = entry;
      ++found;
    }
  }
  Check(found == count, name, count, "the look-up runs hold ", found, " entries");
  return absl::OkStatus();
}

absl::Status IndexChecker::TransactionRuns() {
  const std::uint64_t count = chain_.transactions_count();
  return Runs(RunTable::kTransactions, "txid look-up", count, [&](const RunEntry& entry) {
    return entry.number < count &&
           LoadBe<std::uint64_t>(chain_.Txid(TxNum{entry.number}).bytes.data()) == entry.key;
  });
}

absl::Status IndexChecker::AddressRuns(const char* name) {
  const std::uint64_t count = chain_.addresses_count();
  return Runs(RunTable::kAddresses, name, count, [&](const RunEntry& entry) {
    return entry.number < count &&
           LoadBe<std::uint64_t>(Sha256(chain_.Script(AddressNum{entry.number})).bytes.data()) ==
               entry.key;
  });
}

absl::Status IndexChecker::Heights() {
  for (std::uint64_t height = chain_.snapshot().from_height; height <= chain_.snapshot().height;
       ++height) {
    const auto found = chain_.HeightOfHash(chain_.BlockHash(height));
    if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
    Check(found.ok() && *found == height, "block heights", height, "the store knows another");
  }
  std::uint64_t heights = 0;
  const auto iterator = store_.NewIterator();
  for (iterator->Seek(""); iterator->Valid(); iterator->Next()) {
    ++report_.checked;
    if (iterator->key().starts_with("h")) ++heights;
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  Check(heights == chain_.commit().blocks, "block heights", heights, "are not one a block");
  return absl::OkStatus();
}

}  // namespace coinwake
