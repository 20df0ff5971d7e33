#include "heuristics/same_key_scan.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
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
// Where what is new is no more than this part of all, it is looked for one by one.
constexpr std::uint64_t kFewOneIn = 1024;

// Of a hash that a script has: its first 64 bits, as the look-up table of keys has them.
struct Print {
  std::uint64_t bits = 0;
  std::uint32_t address = 0;
};

// Which prints were met, and which may have been met more than once: two bits a slot, whatever the
// order of meeting. One print in nine, at most, shares its slot by chance.
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
  void SetRepeated(std::uint64_t bits) {
    const Slot slot = SlotOf(bits);
    std::atomic_ref<std::uint64_t>(words_[slot.word])
        .fetch_or(slot.once << 1, std::memory_order_relaxed);
  }

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
  std::uint64_t Load(std::uint64_t bits) const {
    return std::atomic_ref<std::uint64_t>(words_[SlotOf(bits).word])
        .load(std::memory_order_relaxed);
  }

  const bool shared_;
  mutable std::vector<std::uint64_t> words_;  // atomic_ref wants to write
};

// Scripts are of three kinds here: those whose bytes have the hash and whose key is not in the
// index; those of keys that have more than one hash (P2PK, P2PKH to an uncompressed key), which the
// look-up table of keys tells; and P2SH-P2WPKH, whose keys are not in that table.

// Appends what addresses [begin, end) of the first kind show.
void ReadScripts(const View& view, std::uint64_t begin, std::uint64_t end,
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
    if (at > next || next > scripts.size()) {
      view.Script(AddressNum{begin + i});  // says what is wrong
    } else if (LoadLe<std::uint32_t>(keys.data() + i * sizeof(std::uint32_t)) >=
               view.totals().keys) {
      const std::size_t offset = KeyHashOffset(static_cast<ScriptType>(types[i]), next - at);
      if (offset != 0) {
        prints->push_back({LoadBe<std::uint64_t>(scripts.data() + at + offset),
                           static_cast<std::uint32_t>(begin + i)});
      }
    }
    at = next;
  }
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

using Prints = std::vector<Print>;

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
    COINWAKE_RETURN_IF_ERROR(
        ForEachBatch(ReadScripts, [this](const Print& one, Prints*) { met_.Meet(one.bits); }));
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
    COINWAKE_RETURN_IF_ERROR(ForEachBatch(ReadScripts, [this](const Print& one, Prints* found) {
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
      Prints prints;
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
      all.insert(all.end(), found_[i].begin(), found_[i].end());
      found_[i] = {};
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

bool HaveHashInCommon(const KeyHashes& a, const KeyHashes& b) {
  return (a.written.has_value() && b.Have(*a.written)) || (a.shown.has_value() && b.Have(*a.shown));
}

// Unites those of [begin, end), prints that are equal, which have a hash in common.
void UniteEqual(const FactsReader& reader, const Print* begin, const Print* end,
                UnionByMin* unions) {
  std::vector<std::pair<std::uint32_t, KeyHashes>> scripts;
  for (const Print* print = begin; print != end; ++print) {
    const AddressNum address{print->address};
    if (reader.IsShared(address)) continue;
    scripts.emplace_back(print->address, KeyHashesOf(reader.view(), address));
    for (const auto& [other, hashes] : scripts) {
      if (other == print->address || !HaveHashInCommon(hashes, scripts.back().second)) continue;
      unions->Unite(print->address, other);
    }
  }
}

}  // namespace

std::uint64_t MemoryForSameKeys(const View& view) {
  // Two bytes a script; of one print in nine itself.
  return view.addresses_count() * 2 + view.addresses_count() * sizeof(Print) / 9;
}

absl::Status UniteSameKeysByPass(const FactsReader& reader, int threads, UnionByMin* unions) {
  const View& view = reader.view();
  COINWAKE_ASSIGN_OR_RETURN(const Prints prints, RepeatedPrints(view, threads).Find());
  const Print* const end = prints.data() + prints.size();
  for (const Print* begin = prints.data(); begin != end;) {
    const Print* const next = std::find_if(
        begin, end, [bits = begin->bits](const Print& one) { return one.bits != bits; });
    if (next - begin > 1) UniteEqual(reader, begin, next, unions);
    begin = next;
  }
  return view.damage().status();
}

absl::Status UniteSameKeys(const FactsReader& reader, const ShownKeys& begin, int threads,
                           UnionByMin* unions) {
  const View& view = reader.view();
  const ShownKeys all = ShownKeys::AllOf(view);
  const std::uint64_t fresh =
      all.address.value - begin.address.value + (all.key.value - begin.key.value);
  if (fresh == 0) return absl::OkStatus();
  if (fresh > (all.address.value + all.key.value) / kFewOneIn) {
    return UniteSameKeysByPass(reader, threads, unions);
  }
  const auto unite = [&](AddressNum address) -> absl::Status {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<AddressNum> others,
                              ScriptsOfSameKey(reader, address));
    for (const AddressNum other : others) {
      unions->Unite(static_cast<std::uint32_t>(address.value),
                    static_cast<std::uint32_t>(other.value));
    }
    return absl::OkStatus();
  };
  for (AddressNum address = begin.address; address < all.address; ++address) {
    COINWAKE_RETURN_IF_ERROR(unite(address));
  }
  for (KeyNum key = begin.key; key < all.key; ++key) {
    COINWAKE_RETURN_IF_ERROR(unite(view.AddressOfKey(key)));
  }
  return view.damage().status();
}

}  // namespace coinwake
