#include "heuristics/same_key.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "heuristics/shared_keys.h"
#include "indexer/base/bytes.h"

namespace coinwake {
namespace {

constexpr std::size_t kOutputsPage = 1024;

// P2PK is a push of a key, then OP_CHECKSIG. Hybrid forms have hashes that nothing looks up.
constexpr std::size_t kPushSize = 1;
constexpr std::array<std::uint8_t, 3> kKeyPrefixes = {2, 3, 4};

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

// Appends the scripts that have `hash`.
absl::Status FindScripts(const View& view, const Hash160& hash, std::vector<AddressNum>* scripts) {
  for (const std::vector<std::uint8_t>& script : ScriptsOfKeyHash(hash)) {
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

enum class First : std::uint8_t { kNamed, kSpentWithKey };

// Whether the spend of a coin of `type` shows its key. Before segwit a P2SH-P2WPKH was spent
// without one.
bool ShowsKey(const View& view, ScriptType type, InputSource coin) {
  if (type != ScriptType::kScriptHash) return true;
  const std::optional<InputNum> input = view.SpendingInput(coin);
  return input.has_value() && view.Flags(*input).has_witness;
}

// The first transaction that names `address`, or spends it with its key.
absl::StatusOr<TxNum> FirstOf(const View& view, AddressNum address, First what, RowBudget* budget) {
  const ScriptType type = view.TypeOf(address);
  std::optional<TxNum> first;
  const auto take = [&first](TxNum tx) { first = std::min(first.value_or(tx), tx); };
  const auto take_spend = [&](TxNum spender, InputSource coin) {
    if (spender < first.value_or(spender + 1) && ShowsKey(view, type, coin)) take(spender);
  };
  std::vector<ForeignNum> foreign;
  COINWAKE_RETURN_IF_ERROR(view.ForeignOf(address, &foreign));
  COINWAKE_RETURN_IF_ERROR(budget->Take(foreign.size()));
  for (const ForeignNum one : foreign) {
    if (what == First::kNamed) {
      take(view.SpenderOf(one));
    } else {
      take_spend(view.SpenderOf(one), InputSource::Of(one));
    }
  }
  std::vector<OutputNum> outputs;
  OutputNum from{};
  do {
    outputs.clear();
    COINWAKE_RETURN_IF_ERROR(view.OutputsOf(address, from, kOutputsPage, &outputs));
    COINWAKE_RETURN_IF_ERROR(budget->Take(outputs.size()));
    if (outputs.empty()) break;
    if (what == First::kNamed) {
      take(view.TransactionOf(outputs.front()));
      break;
    }
    for (const OutputNum output : outputs) {
      const std::optional<TxNum> spender = view.Spender(output);
      if (spender.has_value()) take_spend(*spender, InputSource::Of(output));
    }
    // What is paid later is spent later.
    if (first.has_value() && view.TransactionOf(outputs.back()) >= *first) break;
    from = outputs.back() + 1;
  } while (outputs.size() == kOutputsPage);
  return first.value_or(TxNum{});
}

}  // namespace

std::array<std::vector<std::uint8_t>, 3> ScriptsOfKeyHash(const Hash160& hash) {
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

bool IsSharedKeyHash(const Hash160& hash) {
  return IsSharedScript(ScriptsOfKeyHash(hash).front());  // the list has both forms of a key
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

absl::StatusOr<std::vector<AddressNum>> ScriptsOfSameKey(const View& view, AddressNum address) {
  std::vector<AddressNum> scripts;
  const KeyHashes hashes = KeyHashesOf(view, address);
  for (const std::optional<Hash160>& hash : {hashes.written, hashes.shown}) {
    if (!hash.has_value() || IsSharedKeyHash(*hash)) continue;
    COINWAKE_RETURN_IF_ERROR(FindScripts(view, *hash, &scripts));
  }
  std::sort(scripts.begin(), scripts.end());
  scripts.erase(std::unique(scripts.begin(), scripts.end()), scripts.end());
  std::erase(scripts, address);
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return scripts;
}

absl::StatusOr<TxNum> ShowingOfSameKey(const View& view, AddressNum a, AddressNum b,
                                       RowBudget* budget) {
  const KeyHashes of_a = KeyHashesOf(view, a);
  const KeyHashes of_b = KeyHashesOf(view, b);
  // A bare key is written whichever of its forms is looked at.
  const auto first_of = [&view](AddressNum address, const KeyHashes& own, const KeyHashes& other) {
    const bool is_written = own.written.has_value() && other.Have(*own.written);
    return is_written || view.TypeOf(address) == ScriptType::kPubkey ? First::kNamed
                                                                     : First::kSpentWithKey;
  };
  COINWAKE_ASSIGN_OR_RETURN(const TxNum tx_of_a, FirstOf(view, a, first_of(a, of_a, of_b), budget));
  COINWAKE_ASSIGN_OR_RETURN(const TxNum tx_of_b, FirstOf(view, b, first_of(b, of_b, of_a), budget));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return std::max(tx_of_a, tx_of_b);
}

}  // namespace coinwake
