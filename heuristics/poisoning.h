// Address poisoning: somebody makes an address that looks like one the victim deals with, and
// leaves it in the victim's history by a transfer of nothing or of next to nothing, to be copied by
// mistake.
//
// DESCRIPTION. Of one account's transfers, a dust transfer is marked where the other side looks
// like a third account, and that one had a transfer above dust with the account before, and was the
// first of all that look alike to have one. Which transfers count for that is the caller's to say:
// a token of the poisoner's own has what transfers he likes. Who came first is the original: a
// look-alike that was mistaken for it and got real money stays one, and the original's own dust is
// never marked. Transfers still to come change no mark.
//
// Source: ALGORITHMS 5.3 rule T8, with its two figures; that the original comes first is ours.
#ifndef COINWAKE_HEURISTICS_POISONING_H_
#define COINWAKE_HEURISTICS_POISONING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/amount.h"
#include "indexer/base/ids.h"

namespace coinwake {

// Base units: 0.01 of what has six decimals, as TRX and USDT have. Other tokens' decimals are not
// known to the index; of those with more, more is dust than this finds.
inline constexpr std::uint64_t kMostDust = 10'000;
inline bool IsDust(const Uint256& amount) { return amount <= kMostDust; }

// What people compare of an address in base58, the T aside: its first 3 and its last 4 characters.
// "" for text that is no such address, which looks like nothing.
std::string LookOf(std::string_view address);

// Finds the originals among one account's transfers. First Watch() each dust transfer's other side,
// then Note() all genuine transfers up to the last of those in any order, then ask. Memory: what is
// watched. One thread.
class LookAlikes {
 public:
  void Watch(std::string_view counterparty);
  bool empty() const { return originals_.empty(); }  // nothing is watched: Note() is of no use

  // A transfer with `counterparty`, on either side, as event `event` of the chain.
  void Note(EventNum event, AddressNum counterparty, std::string_view name, const Uint256& amount);

  // Whether the transfer is to be marked. REQUIRES: its counterparty was watched if it is dust.
  bool IsMarked(EventNum event, AddressNum counterparty, std::string_view name,
                const Uint256& amount) const;

 private:
  struct Original {
    EventNum event;
    AddressNum account;
  };
  absl::flat_hash_map<std::string, std::optional<Original>> originals_;  // by look
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_POISONING_H_
