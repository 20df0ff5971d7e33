// What checking an index against itself is made of, whatever its chain. Internal to this folder.
#ifndef COINWAKE_INDEXER_VERIFY_CHECKER_H_
#define COINWAKE_INDEXER_VERIFY_CHECKER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/progress.h"
#include "indexer/base/status.h"
#include "indexer/kv/store.h"
#include "indexer/verify/verify.h"
#include "indexer/view/account_view.h"
#include "indexer/view/chain_view.h"

namespace coinwake {

absl::StatusOr<VerifyReport> VerifyAccounts(const AccountView& view, KvStore& store,
                                            Progress* progress);

// A base class: a chain's verifier adds its own steps. Borrows all it is given.
class IndexChecker {
 protected:
  IndexChecker(const ChainView& chain, KvStore& store, Progress* progress)
      : chain_(chain), store_(store), progress_(progress) {
    report_.snapshot = chain.snapshot();
  }
  ~IndexChecker() = default;

  struct Step {
    std::function<absl::Status()> check;
    std::string_view stage;
  };
  // Runs them in order. What a step finds damaged ends the checking, because later steps would only
  // repeat it.
  absl::StatusOr<VerifyReport> RunSteps(const std::vector<Step>& steps);

  void Problem(std::string what);
  // `what` is put together only where the check fails.
  template <typename... Parts>
  bool Check(bool holds, const char* file, std::uint64_t row, const Parts&... what) {
    ++report_.checked;
    // There is one remedy: the index is made from blocks and can be made again.
    if (!holds) {
      Problem(
          absl::StrCat(file, ", row ", row, ": ", what..., "; index again into an empty folder"));
    }
    return holds;
  }

  absl::Status Checksums();
  // A table's runs: entries ascend strictly, each `agrees` with the columns, and there are `count`.
  absl::Status Runs(RunTable table, const char* name, std::uint64_t count,
                    const std::function<bool(const RunEntry&)>& agrees);
  absl::Status TransactionRuns();
  absl::Status AddressRuns(const char* name);
  // Every block's height is in the store, and no other's. Walks all keys, so that the store checks
  // what it keeps.
  absl::Status Heights();

  std::uint64_t LastBlock() const { return chain_.commit().blocks - 1; }

 private:
  const ChainView& chain_;
  KvStore& store_;
  Progress* const progress_;
  VerifyReport report_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VERIFY_CHECKER_H_
