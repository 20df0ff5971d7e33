#include "server/same_key.h"

#include <algorithm>
#include <cstdint>

#include "indexer/base/hash.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"

namespace coinwake::server {
namespace {

using Script = std::vector<std::uint8_t>;

// Every script, seen or not, of the key behind `script`.
absl::StatusOr<std::vector<Script>> ScriptsOfSameKey(const View& view, ByteSpan script,
                                                     std::optional<AddressNum> address) {
  if (address.has_value()) {
    if (const auto key = view.KeyOf(*address); key.has_value()) return bitcoin::ScriptsOfKey(*key);
  }
  const bitcoin::ScriptInfo info = bitcoin::ClassifyScript(script);
  if (info.type == ScriptType::kPubkey) {
    const auto key = bitcoin::CompressKey(info.program);
    return key.has_value() ? bitcoin::ScriptsOfKey(*key) : std::vector<Script>();
  }
  if (info.type != ScriptType::kPubkeyHash && info.type != ScriptType::kWitnessV0KeyHash) {
    return std::vector<Script>();
  }
  Hash160 hash;
  std::copy_n(info.program.begin(), hash.size(), hash.begin());
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<KeyNum> keys, view.FindKeys(hash));
  std::vector<Script> scripts = bitcoin::ScriptsOfKeyHash(hash);
  for (const KeyNum key : keys) {
    for (Script& other : bitcoin::ScriptsOfKey(view.Key(key))) scripts.push_back(std::move(other));
  }
  return scripts;
}

}  // namespace

absl::StatusOr<std::vector<AddressNum>> SeenScriptsOfSameKey(const View& view, ByteSpan script,
                                                             std::optional<AddressNum> address) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Script> scripts,
                            ScriptsOfSameKey(view, script, address));
  std::vector<AddressNum> seen;
  for (const Script& other : scripts) {
    if (std::equal(other.begin(), other.end(), script.begin(), script.end())) continue;
    const absl::StatusOr<AddressNum> found = view.FindAddress(other);
    if (found.ok()) {
      seen.push_back(*found);
    } else if (!absl::IsNotFound(found.status())) {
      return found.status();
    }
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  return seen;
}

}  // namespace coinwake::server
