#include "heuristics/flat_sets.h"

#include <limits>
#include <mutex>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kNoMember = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void FlatSets::Finish() { sets_count_ = unions_.Flatten(); }

// Linked in one pass from the largest address down: `next_` of the root is the head of the list of
// those seen so far.
const std::vector<std::uint32_t>& FlatSets::Next() const {
  std::call_once(linked_, [this] {
    next_.assign(count_, kNoMember);
    for (std::uint64_t i = count_; i-- > 0;) {
      const auto address = static_cast<std::uint32_t>(i);
      const std::uint32_t root = unions_.Parent(address);
      if (root == address) continue;
      next_[address] = next_[root];
      next_[root] = address;
    }
  });
  return next_;
}

std::uint64_t FlatSets::SizeOf(AddressNum address) const {
  const std::vector<std::uint32_t>& next = Next();
  std::uint64_t size = 0;
  for (std::uint32_t at = Root(address); at != kNoMember; at = next[at]) ++size;
  return size;
}

std::vector<AddressNum> FlatSets::Members(AddressNum address, std::optional<AddressNum> after,
                                          std::size_t limit) const {
  const std::vector<std::uint32_t>& next = Next();
  std::uint32_t at = Root(address);
  if (after.has_value()) {
    if (after->value < count_ && Root(*after) == at) {
      at = next[after->value];
    } else {
      while (at != kNoMember && at <= after->value) at = next[at];
    }
  }
  std::vector<AddressNum> members;
  for (; at != kNoMember && members.size() < limit; at = next[at]) members.push_back({at});
  return members;
}

std::uint32_t FlatSets::Root(AddressNum address) const {
  COINWAKE_CHECK(address.value < count_);
  return unions_.Parent(static_cast<std::uint32_t>(address.value));
}

}  // namespace coinwake
