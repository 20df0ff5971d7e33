// What the rules about one transaction look at, read from a view or made by hand.
#ifndef COINWAKE_HEURISTICS_TRANSACTION_FACTS_H_
#define COINWAKE_HEURISTICS_TRANSACTION_FACTS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "heuristics/shared_keys.h"
#include "indexer/base/script_type.h"
#include "indexer/view/view.h"

namespace coinwake {

struct InputFacts {
  // Of the coin spent, in satoshi; absent where it is unknown (unresolved).
  std::optional<std::uint64_t> value;
  std::optional<AddressNum> address;
  ScriptType type = ScriptType::kNonstandard;  // means nothing where the address is unknown
  InputFlags flags;
};

struct OutputFacts {
  std::uint64_t value = 0;  // satoshi
  AddressNum address;
  ScriptType type = ScriptType::kNonstandard;
};

struct TransactionFacts {
  std::uint64_t height = 0;
  // The same on the main network, where it tells what protocols existed. Absent elsewhere.
  std::optional<std::uint64_t> main_height;
  std::uint32_t version = 0;
  std::uint32_t locktime = 0;
  bool is_coinbase = false;
  bool pays_wasabi_coordinator = false;
  std::vector<InputFacts> inputs;
  std::vector<OutputFacts> outputs;  // all, by vout
};

// The scripts at which the coordinator of Wasabi 1 took its fee until height 610,000
// (ALGORITHMS.md 3.1): bc1qs604c7jv6amk4cxqlnvuxv26hv3e48cds4m0ew and
// bc1qa24tsgchvuxsaccp8vrnkfd85hrcpafg20kmjw.
inline constexpr std::array<std::array<std::uint8_t, 22>, 2> kWasabiCoordinators = {{
    {0x00, 0x14, 0x86, 0x9f, 0x5c, 0x7a, 0x4c, 0xd7, 0x77, 0x6a, 0xe0,
     0xc0, 0xfc, 0xd9, 0xc3, 0x31, 0x5a, 0xbb, 0x23, 0x9a, 0x9f, 0x0d},
    {0x00, 0x14, 0xea, 0xaa, 0xb8, 0x23, 0x17, 0x67, 0x0d, 0x0e, 0xe3,
     0x01, 0x3b, 0x07, 0x3b, 0x25, 0xa7, 0xa5, 0xc7, 0x80, 0xf5, 0x28},
}};

// Reads facts of a view's transactions. Immutable, thread-safe. `view` is borrowed.
class FactsReader {
 public:
  // For passes over a chain: looks for the known scripts in the view first, a store probe for each,
  // some 260. kDataLoss.
  static absl::StatusOr<FactsReader> Make(const View& view);
  // For a question about a few transactions: looks at the script of each address it is asked for.
  // Reads the same.
  static FactsReader ForQuestion(const View& view);

  // REQUIRES: tx < view.transactions_count(). O(inputs + outputs); damage latches in the view.
  TransactionFacts Read(TxNum tx) const;
  const View& view() const { return *view_; }
  // Whether the script belongs to a key that everybody knows (heuristics/shared_keys.h).
  bool IsShared(AddressNum address) const {
    if (!looked_up_) return IsSharedScript(view_->Script(address));
    return !shared_.empty() && std::binary_search(shared_.begin(), shared_.end(), address);
  }

 private:
  explicit FactsReader(const View& view);
  bool IsWasabiCoordinator(AddressNum address, ScriptType type) const;

  const View* view_;
  bool is_main_net_;
  bool looked_up_ = false;
  // If looked_up_, those that the view has, ascending.
  std::vector<AddressNum> wasabi_coordinators_;
  std::vector<AddressNum> shared_;
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_TRANSACTION_FACTS_H_
