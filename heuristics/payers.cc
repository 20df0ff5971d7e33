#include "heuristics/payers.h"

#include <algorithm>
#include <optional>

#include "heuristics/same_key.h"

namespace coinwake {

Payers::Payers(const View& view, const TransactionFacts& facts) : view_(view) {
  for (const InputFacts& input : facts.inputs) {
    if (input.address.has_value()) addresses_.push_back(*input.address);
  }
  std::sort(addresses_.begin(), addresses_.end());
  addresses_.erase(std::unique(addresses_.begin(), addresses_.end()), addresses_.end());
  for (const AddressNum address : addresses_) {
    const KeyHashes hashes = KeyHashesOf(view, address);
    for (const std::optional<Hash160>& hash : {hashes.written, hashes.shown}) {
      if (hash.has_value()) hashes_.push_back(*hash);
    }
  }
  std::sort(hashes_.begin(), hashes_.end());
}

bool Payers::Have(AddressNum address) const {
  if (std::binary_search(addresses_.begin(), addresses_.end(), address)) return true;
  const KeyHashes hashes = KeyHashesOf(view_, address);
  const auto have = [this](const std::optional<Hash160>& hash) {
    return hash.has_value() && std::binary_search(hashes_.begin(), hashes_.end(), *hash);
  };
  return have(hashes.written) || have(hashes.shown);
}

}  // namespace coinwake
