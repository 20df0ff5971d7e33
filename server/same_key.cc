#include "server/same_key.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "indexer/base/hash.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"

namespace coinwake::server {
namespace {

using Script = std::vector<std::uint8_t>;
using Key = std::array<std::uint8_t, 33>;

// The HASH160s by which keys are looked up: of the compressed form, and of the other.
std::vector<Hash160> HashesOfKey(const Key& key) {
  std::vector<Hash160> hashes = {ComputeHash160(key)};
  if (const auto whole = bitcoin::UncompressKey(key)) hashes.push_back(ComputeHash160(*whole));
  return hashes;
}

// The key behind `script`, if its bytes, a spend of it or another script with the same hash tell.
absl::StatusOr<std::optional<Key>> KeyBehind(const View& view, const bitcoin::ScriptInfo& info,
                                             std::optional<AddressNum> address) {
  Key key;
  if (address.has_value()) {
    if (const auto known = view.KeyOf(*address); known.has_value()) {
      std::copy(known->begin(), known->end(), key.begin());
      return key;
    }
  }
  if (info.type == ScriptType::kPubkey) return bitcoin::CompressKey(info.program);
  if (info.type != ScriptType::kPubkeyHash && info.type != ScriptType::kWitnessV0KeyHash) {
    return std::nullopt;
  }
  Hash160 hash;
  std::copy_n(info.program.begin(), hash.size(), hash.begin());
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<KeyNum> found, view.FindKeys(hash));
  for (const KeyNum number : found) {
    const ByteSpan bytes = view.Key(number);
    std::copy(bytes.begin(), bytes.end(), key.begin());
    const std::vector<Hash160> hashes = HashesOfKey(key);
    if (std::find(hashes.begin(), hashes.end(), hash) != hashes.end()) return key;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::vector<AddressNum>> SeenScriptsOfSameKey(const View& view, ByteSpan script,
                                                             std::optional<AddressNum> address) {
  const bitcoin::ScriptInfo info = bitcoin::ClassifyScript(script);
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Key> key, KeyBehind(view, info, address));
  std::vector<Script> scripts;
  std::vector<AddressNum> seen;
  if (key.has_value()) {
    scripts = bitcoin::ScriptsOfKey(*key);
    // Forms that do not follow from the key, such as hybrid ones, are known by what revealed it.
    for (const Hash160& hash : HashesOfKey(*key)) {
      COINWAKE_ASSIGN_OR_RETURN(const std::vector<KeyNum> rows, view.FindKeys(hash));
      for (const KeyNum row : rows) {
        const ByteSpan bytes = view.Key(row);
        if (std::equal(bytes.begin(), bytes.end(), key->begin(), key->end())) {
          seen.push_back(view.AddressOfKey(row));
        }
      }
    }
  } else if (info.type == ScriptType::kPubkeyHash || info.type == ScriptType::kWitnessV0KeyHash) {
    scripts = bitcoin::ScriptsOfKeyHash(info.program);
  }
  for (const Script& other : scripts) {
    const absl::StatusOr<AddressNum> found = view.FindAddress(other);
    if (found.ok()) {
      seen.push_back(*found);
    } else if (!absl::IsNotFound(found.status())) {
      return found.status();
    }
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  std::erase_if(seen, [&](AddressNum other) {
    const ByteSpan bytes = view.Script(other);
    return std::equal(bytes.begin(), bytes.end(), script.begin(), script.end());
  });
  return seen;
}

}  // namespace coinwake::server
