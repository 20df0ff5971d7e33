#include "heuristics/same_key.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "indexer/base/bytes.h"

namespace coinwake {
namespace {

constexpr std::size_t kOutputsPage = 4096;

// P2PK is a push of a key, then OP_CHECKSIG. Hybrid forms have hashes that nothing looks up.
constexpr std::size_t kPushSize = 1;
constexpr std::array<std::uint8_t, 3> kKeyPrefixes = {2, 3, 4};

// P2PKH, P2WPKH, P2SH-P2WPKH.
std::array<std::vector<std::uint8_t>, 3> ScriptsOfHash(const Hash160& hash) {
  std::vector<std::uint8_t> pubkey_hash = {0x76, 0xa9, 0x14};
  pubkey_hash.insert(pubkey_hash.end(), hash.begin(), hash.end());
  pubkey_hash.insert(pubkey_hash.end(), {0x88, 0xac});
  std::vector<std::uint8_t> witness_key_hash = {0x00, 0x14};
  witness_key_hash.insert(witness_key_hash.end(), hash.begin(), hash.end());
  const Hash160 wrapped = ComputeHash160(witness_key_hash);
  std::vector<std::uint8_t> script_hash = {0xa9, 0x14};
  script_hash.insert(script_hash.end(), wrapped.begin(), wrapped.end());
  script_hash.push_back(0x87);
  return {std::move(pubkey_hash), std::move(witness_key_hash), std::move(script_hash)};
}

// Appends the scripts that have `hash`.
absl::Status FindScripts(const FactsReader& reader, const Hash160& hash,
                         std::vector<AddressNum>* scripts) {
  const View& view = reader.view();
  for (const std::vector<std::uint8_t>& script : ScriptsOfHash(hash)) {
    const absl::StatusOr<AddressNum> found = view.FindAddress(script);
    if (found.ok()) {
      if (KeyHashesOf(view, *found).Have(hash)) scripts->push_back(*found);
    } else if (!absl::IsNotFound(found.status())) {
      return found.status();
    }
  }
  if (view.totals().keys == 0) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<KeyNum> keys, view.FindKeys(hash));
  for (const KeyNum key : keys) {
    const AddressNum script = view.AddressOfKey(key);
    if (KeyHashesOf(view, script).Have(hash)) scripts->push_back(script);
  }
  return absl::OkStatus();
}

// The first transaction that names `address`, or, with `spends`, that spends it.
absl::StatusOr<std::optional<TxNum>> FirstOf(const View& view, AddressNum address, bool spends,
                                             RowBudget* budget) {
  std::optional<TxNum> first;
  const auto take = [&first](TxNum tx) { first = std::min(first.value_or(tx), tx); };
  std::vector<OutputNum> outputs;
  OutputNum from{};
  do {
    outputs.clear();
    COINWAKE_RETURN_IF_ERROR(view.OutputsOf(address, from, spends ? kOutputsPage : 1, &outputs));
    COINWAKE_RETURN_IF_ERROR(budget->Take(outputs.size()));
    if (outputs.empty()) break;
    if (!spends) take(view.TransactionOf(outputs.front()));
    for (const OutputNum output : outputs) {
      const std::optional<TxNum> spender = view.Spender(output);
      if (spends && spender.has_value()) take(*spender);
    }
    from = outputs.back() + 1;
  } while (outputs.size() == kOutputsPage);
  std::vector<ForeignNum> foreign;
  COINWAKE_RETURN_IF_ERROR(view.ForeignOf(address, &foreign));
  COINWAKE_RETURN_IF_ERROR(budget->Take(foreign.size()));
  for (const ForeignNum one : foreign) take(view.SpenderOf(one));
  return first;
}

}  // namespace

std::optional<Hash160> WrittenKeyHash(const View& view, AddressNum address) {
  const ScriptType type = view.TypeOf(address);
  const ByteSpan script = view.Script(address);
  if (const std::size_t offset = KeyHashOffset(type, script.size()); offset != 0) {
    Hash160 hash;
    std::copy_n(script.begin() + static_cast<std::ptrdiff_t>(offset), hash.size(), hash.begin());
    return hash;
  }
  if (type != ScriptType::kPubkey || script.size() <= 2 * kPushSize ||
      !view.KeyOf(address).has_value()) {
    return std::nullopt;
  }
  const ByteSpan key = script.subspan(kPushSize, script.size() - 2 * kPushSize);
  if (std::ranges::find(kKeyPrefixes, key.front()) == kKeyPrefixes.end()) return std::nullopt;
  return ComputeHash160(key);
}

KeyHashes KeyHashesOf(const View& view, AddressNum address) {
  KeyHashes hashes;
  hashes.written = WrittenKeyHash(view, address);
  if (const std::optional<ByteSpan> key = view.KeyOf(address); key.has_value()) {
    const Hash160 shown = ComputeHash160(*key);
    if (shown != hashes.written) hashes.shown = shown;
  }
  return hashes;
}

absl::StatusOr<std::vector<AddressNum>> ScriptsOfSameKey(const FactsReader& reader,
                                                         AddressNum address) {
  const View& view = reader.view();
  std::vector<AddressNum> scripts;
  const KeyHashes hashes = KeyHashesOf(view, address);
  if (hashes == KeyHashes{} || reader.IsShared(address)) return scripts;
  for (const std::optional<Hash160>& hash : {hashes.written, hashes.shown}) {
    if (hash.has_value()) COINWAKE_RETURN_IF_ERROR(FindScripts(reader, *hash, &scripts));
  }
  std::sort(scripts.begin(), scripts.end());
  scripts.erase(std::unique(scripts.begin(), scripts.end()), scripts.end());
  std::erase_if(scripts, [&reader, address](AddressNum script) {
    return script == address || reader.IsShared(script);
  });
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return scripts;
}

absl::StatusOr<TxNum> ShowingOfSameKey(const View& view, AddressNum a, AddressNum b,
                                       RowBudget* budget) {
  const KeyHashes of_a = KeyHashesOf(view, a);
  const KeyHashes of_b = KeyHashesOf(view, b);
  const bool a_is_written = of_a.written.has_value() && of_b.Have(*of_a.written);
  const bool b_is_written = of_b.written.has_value() && of_a.Have(*of_b.written);
  // A bare key is written whichever of its forms is looked at.
  const auto is_bare = [&view](AddressNum address) {
    return view.TypeOf(address) == ScriptType::kPubkey;
  };
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<TxNum> first_of_a,
                            FirstOf(view, a, !a_is_written && !is_bare(a), budget));
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<TxNum> first_of_b,
                            FirstOf(view, b, !b_is_written && !is_bare(b), budget));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return std::max(first_of_a.value_or(TxNum{}), first_of_b.value_or(TxNum{}));
}

}  // namespace coinwake
