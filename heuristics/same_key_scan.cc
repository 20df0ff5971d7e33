#include "heuristics/same_key_scan.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "heuristics/same_key.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/script_type.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kBatchAddresses = 4096;
constexpr std::size_t kPrefetchPrints = 24;  // enough to hide one cache miss behind the others
constexpr std::size_t kStreamEntries = 4096;
// Where what is new is no more than this part of all, it is looked up.
constexpr std::uint64_t kFewOneIn = 32;

// Of a hash that a script has: its first 64 bits, as the look-up table of keys has them.
struct Print {
  std::uint64_t bits = 0;
  std::uint32_t address = 0;
};

using Prints = std::deque<Print>;  // large, and never copied

// Which prints were met, and which may have been met more than once: two bits a slot, whatever the
// order of meeting. About one print in eight shares its slot by chance.
class MetPrints {
 public:
  // For about `prints`. `shared`: Meet() is called by several threads.
  MetPrints(std::uint64_t prints, bool shared)
      : shared_(shared), words_(prints * kSlotsAPrint / kSlotsAWord + 1) {}

  void Prefetch(std::uint64_t bits) const { __builtin_prefetch(&words_[SlotOf(bits).word]); }
  void Meet(std::uint64_t bits) {
    const Slot slot = SlotOf(bits);
    std::uint64_t& word = words_[slot.word];
    if (!shared_) {
      word |= slot.once | (word & slot.once) << 1;
      return;
    }
    const std::atomic_ref<std::uint64_t> atomic(word);
    if ((atomic.fetch_or(slot.once, std::memory_order_relaxed) & slot.once) != 0) {
      atomic.fetch_or(slot.once << 1, std::memory_order_relaxed);
    }
  }

  bool MayBeMet(std::uint64_t bits) const { return (Load(bits) & SlotOf(bits).once) != 0; }
  bool MayRepeat(std::uint64_t bits) const { return (Load(bits) & SlotOf(bits).once << 1) != 0; }
  void SetMet(std::uint64_t bits) { Set(SlotOf(bits).word, SlotOf(bits).once); }
  void SetRepeated(std::uint64_t bits) { Set(SlotOf(bits).word, SlotOf(bits).once << 1); }

 private:
  static constexpr std::uint64_t kSlotsAPrint = 8;
  static constexpr std::uint64_t kSlotsAWord = 32;
  static constexpr std::uint64_t kHashFactor = 0x9e3779b97f4a7c15;  // odd, without a pattern

  struct Slot {
    std::size_t word;
    std::uint64_t once;
  };
  Slot SlotOf(std::uint64_t bits) const {
    const std::uint64_t hash = bits * kHashFactor;  // people choose how hashes begin
    // There are fewer than 2^32 words, as there are addresses.
    return {static_cast<std::size_t>((hash >> 32) * words_.size() >> 32),
            std::uint64_t{1} << (hash % kSlotsAWord * 2)};
  }
  void Set(std::size_t word, std::uint64_t bit) {
    std::atomic_ref<std::uint64_t>(words_[word]).fetch_or(bit, std::memory_order_relaxed);
  }
  std::uint64_t Load(std::uint64_t bits) const {
    return std::atomic_ref<std::uint64_t>(words_[SlotOf(bits).word])
        .load(std::memory_order_relaxed);
  }

  const bool shared_;
  mutable std::vector<std::uint64_t> words_;  // atomic_ref wants to write
};

// Scripts are of three kinds here: those whose bytes have the hash; those of keys that have more
// than one hash (P2PK, P2PKH to an uncompressed key), which the look-up table of keys tells, but
// for the hash of a hybrid form; and P2SH-P2WPKH, whose keys are not in that table.
enum class Key : std::uint8_t { kUnknown, kKnown, kEither };

// Appends what addresses [begin, end) of the first kind show, of whose keys the index knows that.
void ReadScripts(const View& view, Key key, std::uint64_t begin, std::uint64_t end,
                 std::vector<Print>* prints) {
  const ByteSpan types = view.Column(ColumnId::kAddressType).Rows(begin, end);
  const ColumnReader& all_ends = view.Column(ColumnId::kAddressScriptEnd);
  const ByteSpan ends = all_ends.Rows(begin, end);
  const ByteSpan keys = view.Column(ColumnId::kAddressKey).Rows(begin, end);
  const auto end_at = [&ends](std::size_t i) {
    return LoadLe<std::uint64_t>(ends.data() + i * sizeof(std::uint64_t));
  };
  const std::uint64_t first = begin == 0 ? 0 : all_ends.Get<std::uint64_t>(begin - 1);
  const std::uint64_t last = std::max(first, end_at(types.size() - 1));
  const bool is_there = last <= view.totals().script_bytes;  // else damaged
  const ByteSpan scripts =
      is_there ? view.Column(ColumnId::kScriptBytes).Rows(first, last) : ByteSpan();
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const std::uint64_t next = end_at(i) - first;
    const bool is_known =
        LoadLe<std::uint32_t>(keys.data() + i * sizeof(std::uint32_t)) < view.totals().keys;
    if (at > next || next > scripts.size()) {
      view.Script(AddressNum{begin + i});  // says what is wrong
    } else if (key == Key::kEither || is_known == (key == Key::kKnown)) {
      const std::size_t offset = KeyHashOffset(static_cast<ScriptType>(types[i]), next - at);
      if (offset != 0) {
        prints->push_back({LoadBe<std::uint64_t>(scripts.data() + at + offset),
                           static_cast<std::uint32_t>(begin + i)});
      }
    }
    at = next;
  }
}

auto ReaderOf(Key key) {
  return [key](const View& view, std::uint64_t begin, std::uint64_t end,
               std::vector<Print>* prints) { ReadScripts(view, key, begin, end, prints); };
}

// Of the third.
void ReadWrapped(const View& view, std::uint64_t begin, std::uint64_t end,
                 std::vector<Print>* prints) {
  const ByteSpan types = view.Column(ColumnId::kAddressType).Rows(begin, end);
  for (std::uint64_t i = begin; i < end; ++i) {
    if (static_cast<ScriptType>(types[i - begin]) != ScriptType::kScriptHash) continue;
    const std::optional<ByteSpan> key = view.KeyOf(AddressNum{i});
    if (!key.has_value()) continue;
    prints->push_back(
        {LoadBe<std::uint64_t>(ComputeHash160(*key).data()), static_cast<std::uint32_t>(i)});
  }
}

// Calls visit(bits, key) for all of the second, for both forms of each key.
template <typename Visit>
absl::Status ForEachKey(const View& view, const Visit& visit) {
  if (view.totals().keys == 0) return absl::OkStatus();
  const std::unique_ptr<EntryStream> stream = view.Runs(RunTable::kKeys).Scan();
  std::vector<RunEntry> entries(kStreamEntries);
  for (;;) {
    COINWAKE_ASSIGN_OR_RETURN(const std::size_t count, stream->Next(entries));
    if (count == 0) return view.damage().status();
    for (std::size_t i = 0; i < count; ++i) {
      if (entries[i].number >= view.totals().keys) continue;  // of a later commit
      visit(entries[i].key, KeyNum{entries[i].number});
    }
  }
}

// The prints of a chain that may be there more than once.
class RepeatedPrints {
 public:
  RepeatedPrints(const View& view, int threads)
      : view_(view),
        found_(static_cast<std::size_t>(std::max(threads, 1))),
        met_(view.addresses_count(), found_.size() > 1) {}

  // Equal ones side by side. Call it once.
  absl::StatusOr<Prints> Find() {
    COINWAKE_RETURN_IF_ERROR(
        ForEachKey(view_, [this](std::uint64_t bits, KeyNum) { met_.Meet(bits); }));
    // What the table has of these scripts is met already, but for the hashes of hybrid forms. One
    // that shares a slot with a key of the table is met as well: whatever it is one with will
    // repeat that slot.
    COINWAKE_RETURN_IF_ERROR(ForEachBatch(ReaderOf(Key::kKnown), [this](const Print& one, Prints*) {
      if (!met_.MayBeMet(one.bits)) met_.SetMet(one.bits);
    }));
    COINWAKE_RETURN_IF_ERROR(ForEachBatch(
        ReaderOf(Key::kUnknown), [this](const Print& one, Prints*) { met_.Meet(one.bits); }));
    // These take the longest to read: each is of one script alone, so once is enough.
    COINWAKE_RETURN_IF_ERROR(ForEachBatch(ReadWrapped, [this](const Print& one, Prints* found) {
      if (!met_.MayBeMet(one.bits)) return;
      met_.SetRepeated(one.bits);
      found->push_back(one);
    }));
    COINWAKE_RETURN_IF_ERROR(ForEachKey(view_, [this](std::uint64_t bits, KeyNum key) {
      if (!met_.MayRepeat(bits)) return;
      const AddressNum script = view_.AddressOfKey(key);
      found_.front().push_back({bits, static_cast<std::uint32_t>(script.value)});
    }));
    COINWAKE_RETURN_IF_ERROR(
        ForEachBatch(ReaderOf(Key::kEither), [this](const Print& one, Prints* found) {
          if (met_.MayRepeat(one.bits)) found->push_back(one);
        }));
    return Sorted();
  }

 private:
  // Calls visit(print, found) for what `read` reads of all addresses, on all threads, with what the
  // thread has found.
  template <typename Read, typename Visit>
  absl::Status ForEachBatch(const Read& read, const Visit& visit) {
    std::atomic<std::uint64_t> next_batch{0};
    const auto work = [&](Prints* found) {
      std::vector<Print> prints;
      while (!view_.damage().found()) {
        const std::uint64_t begin =
            next_batch.fetch_add(1, std::memory_order_relaxed) * kBatchAddresses;
        if (begin >= view_.addresses_count()) return;
        prints.clear();
        read(view_, begin, std::min(begin + kBatchAddresses, view_.addresses_count()), &prints);
        for (std::size_t i = 0; i < prints.size(); ++i) {
          // Asks the memory for what a later print looks at.
          if (i + kPrefetchPrints < prints.size()) met_.Prefetch(prints[i + kPrefetchPrints].bits);
          visit(prints[i], found);
        }
      }
    };
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < found_.size(); ++i) helpers.emplace_back(work, &found_[i]);
    work(&found_.front());
    helpers.clear();  // joins
    return view_.damage().status();
  }

  Prints Sorted() {
    Prints all = std::move(found_.front());
    for (std::size_t i = 1; i < found_.size(); ++i) {
      for (; !found_[i].empty(); found_[i].pop_front()) all.push_back(found_[i].front());
    }
    std::sort(all.begin(), all.end(), [](const Print& a, const Print& b) {
      return std::tie(a.bits, a.address) < std::tie(b.bits, b.address);
    });
    return all;
  }

  const View& view_;
  std::vector<Prints> found_;  // a thread's each
  MetPrints met_;
};

// Of some scripts, with the hashes they have: unites those that have one in common.
void UniteEqual(std::vector<std::pair<Hash160, std::uint32_t>>* scripts, UnionByMin* unions) {
  std::sort(scripts->begin(), scripts->end());
  for (std::size_t i = 1; i < scripts->size(); ++i) {
    const auto& [hash, script] = (*scripts)[i];
    const auto& [hash_before, script_before] = (*scripts)[i - 1];
    if (script == script_before || hash != hash_before || IsSharedKeyHash(hash)) continue;
    unions->Unite(script, script_before);
  }
}

// A hash of a script, and the first bytes of what a look-up table may have of it.
struct Sought {
  std::uint64_t key = 0;
  std::uint32_t address = 0;
  Hash160 hash = {};
};

// Unites the scripts that `sought` was made of with those that have the same hash; `address_of`
// says of which script a number in the table is.
template <typename AddressOf>
absl::Status UniteWithFound(const View& view, RunTable table, std::vector<Sought>* sought,
                            const AddressOf& address_of, UnionByMin* unions) {
  std::sort(sought->begin(), sought->end(),
            [](const Sought& a, const Sought& b) { return a.key < b.key; });
  std::vector<std::uint64_t> keys;
  keys.reserve(sought->size());
  for (const Sought& one : *sought) keys.push_back(one.key);
  COINWAKE_RETURN_IF_ERROR(
      view.Runs(table).FindSorted(keys, [&](std::size_t index, std::uint64_t number) {
        const Sought& one = (*sought)[index];
        const std::optional<AddressNum> other = address_of(number);
        if (!other.has_value() || !KeyHashesOf(view, *other).Have(one.hash)) return;
        unions->Unite(one.address, static_cast<std::uint32_t>(other->value));
      }));
  return view.damage().status();
}

// What the scripts and keys from `begin` on show is looked for among all.
absl::Status UniteFresh(const View& view, const ShownKeys& begin, UnionByMin* unions) {
  std::vector<Sought> scripts;
  std::vector<Sought> keys;
  const auto add = [&](AddressNum address) {
    const KeyHashes hashes = KeyHashesOf(view, address);
    for (const std::optional<Hash160>& hash : {hashes.written, hashes.shown}) {
      if (!hash.has_value() || IsSharedKeyHash(*hash)) continue;
      const auto number = static_cast<std::uint32_t>(address.value);
      for (const std::vector<std::uint8_t>& script : ScriptsOfKeyHash(*hash)) {
        scripts.push_back({LoadBe<std::uint64_t>(Sha256(script).bytes.data()), number, *hash});
      }
      keys.push_back({LoadBe<std::uint64_t>(hash->data()), number, *hash});
    }
  };
  for (AddressNum address = begin.address; address.value < view.addresses_count(); ++address) {
    add(address);
  }
  for (KeyNum key = begin.key; key.value < view.totals().keys; ++key) add(view.AddressOfKey(key));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  COINWAKE_RETURN_IF_ERROR(UniteWithFound(
      view, RunTable::kAddresses, &scripts,
      [&view](std::uint64_t number) {
        return number < view.addresses_count() ? std::optional(AddressNum{number}) : std::nullopt;
      },
      unions));
  return UniteWithFound(
      view, RunTable::kKeys, &keys,
      [&view](std::uint64_t number) {
        return number < view.totals().keys ? std::optional(view.AddressOfKey(KeyNum{number}))
                                           : std::nullopt;
      },
      unions);
}

}  // namespace

std::uint64_t MemoryForSameKeys(const View& view) {
  // Two bytes a script, and itself what shares a slot by chance: one print in eight. Keys have two.
  const std::uint64_t prints = view.addresses_count() + 2 * view.totals().keys;
  return 2 * view.addresses_count() + prints * sizeof(Print) / 8;
}

absl::Status UniteSameKeysByPass(const View& view, int threads, UnionByMin* unions) {
  COINWAKE_ASSIGN_OR_RETURN(const Prints prints, RepeatedPrints(view, threads).Find());
  std::vector<std::pair<Hash160, std::uint32_t>> scripts;
  for (auto begin = prints.begin(); begin != prints.end();) {
    const std::uint64_t bits = begin->bits;
    scripts.clear();
    auto end = begin;
    for (; end != prints.end() && end->bits == bits; ++end) {
      if (end != begin && end->address == std::prev(end)->address) continue;
      const KeyHashes hashes = KeyHashesOf(view, AddressNum{end->address});
      for (const std::optional<Hash160>& hash : {hashes.written, hashes.shown}) {
        if (!hash.has_value() || LoadBe<std::uint64_t>(hash->data()) != bits) continue;
        scripts.emplace_back(*hash, end->address);
      }
    }
    UniteEqual(&scripts, unions);
    begin = end;
  }
  return view.damage().status();
}

absl::Status UniteSameKeys(const View& view, const ShownKeys& begin, int threads,
                           UnionByMin* unions) {
  const ShownKeys all = ShownKeys::AllOf(view);
  const std::uint64_t fresh = (all.address - begin.address) + (all.key - begin.key);
  if (fresh == 0) return absl::OkStatus();
  if (fresh > (all.address.value + all.key.value) / kFewOneIn) {
    return UniteSameKeysByPass(view, threads, unions);
  }
  return UniteFresh(view, begin, unions);
}

}  // namespace coinwake
