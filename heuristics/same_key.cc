#include "heuristics/same_key.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <thread>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"

namespace coinwake {
namespace {

constexpr std::size_t kKeyBytes = 33;
constexpr std::uint64_t kBatchKeys = 4096;
constexpr std::size_t kPrefetchKeys = 24;  // enough to hide one cache miss behind the others
// Where the new keys are no more than this part of all, they are looked for one by one.
constexpr std::uint64_t kFewOneIn = 256;

// 64 of the 256 bits that a point's x has: as good as random but for what people made up.
std::uint64_t PrintAt(ByteSpan keys, std::size_t index) {
  constexpr std::size_t kOffset = 17;
  return LoadLe<std::uint64_t>(keys.data() + index * kKeyBytes + kOffset);
}

// Which prints were met more than once, with some that were not: two bits a slot, which say once
// and more than once, whatever the order of meeting.
class MetPrints {
 public:
  // `shared`: Meet() is called by several threads.
  MetPrints(std::uint64_t prints, bool shared)
      : slots_(std::bit_ceil(std::max<std::uint64_t>(prints, 1) * kSlotsAPrint)),
        shared_(shared),
        words_(slots_ / kSlotsAWord + 1) {}

  void Prefetch(std::uint64_t print) const { __builtin_prefetch(&words_[WordOf(print)]); }
  void Meet(std::uint64_t print) {
    std::uint64_t& word = words_[WordOf(print)];
    const std::uint64_t once = OnceOf(print);
    if (!shared_) {
      word |= (word & once) != 0 ? once << 1 : once;
      return;
    }
    const std::atomic_ref<std::uint64_t> atomic(word);
    if ((atomic.fetch_or(once, std::memory_order_relaxed) & once) != 0) {
      atomic.fetch_or(once << 1, std::memory_order_relaxed);
    }
  }
  // When all were met.
  bool MayRepeat(std::uint64_t print) const {
    return (words_[WordOf(print)] & OnceOf(print) << 1) != 0;
  }

 private:
  // One print in nine, at most, shares its slot by chance.
  static constexpr std::uint64_t kSlotsAPrint = 8;
  static constexpr std::uint64_t kSlotsAWord = 32;

  std::size_t WordOf(std::uint64_t print) const { return (print & (slots_ - 1)) / kSlotsAWord; }
  static std::uint64_t OnceOf(std::uint64_t print) {
    return std::uint64_t{1} << (print % kSlotsAWord * 2);
  }

  const std::uint64_t slots_;  // a power of two
  const bool shared_;
  std::vector<std::uint64_t> words_;
};

// Calls visit(worker, first, keys) for all keys of the view, some at a time and side by side as
// they are stored; each worker has a thread of its own.
template <typename Worker, typename Visit>
absl::Status ForEachBatch(const View& view, std::vector<Worker>* workers, const Visit& visit) {
  const ColumnReader& column = view.Column(ColumnId::kKey);
  const std::uint64_t keys = view.totals().keys;
  std::atomic<std::uint64_t> next_batch{0};
  const auto work = [&](Worker* worker) {
    while (!view.damage().found()) {
      const std::uint64_t begin = next_batch.fetch_add(1, std::memory_order_relaxed) * kBatchKeys;
      const std::uint64_t end = std::min(begin + kBatchKeys, keys);
      if (begin >= end) return;
      visit(worker, begin, column.Rows(begin, end));
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < workers->size(); ++i) helpers.emplace_back(work, &(*workers)[i]);
  work(&workers->front());
  helpers.clear();  // joins
  return view.damage().status();
}

// A key and part of its print. 8 bytes: keys have 32 bits.
struct MetKey {
  std::uint32_t print = 0;
  std::uint32_t key = 0;
};
using MetKeys = std::vector<MetKey>;

// Keys that may be there more than once, equal ones side by side.
absl::StatusOr<MetKeys> FindRepeated(const View& view, int threads) {
  std::vector<MetKeys> found(static_cast<std::size_t>(std::max(threads, 1)));
  MetPrints prints(view.totals().keys, found.size() > 1);
  // Asks the memory for what a later key looks at.
  const auto prefetch = [&prints](ByteSpan keys, std::size_t index) {
    if (index < keys.size() / kKeyBytes) prints.Prefetch(PrintAt(keys, index));
  };
  COINWAKE_RETURN_IF_ERROR(ForEachBatch(view, &found, [&](MetKeys*, std::uint64_t, ByteSpan keys) {
    for (std::size_t i = 0; i < keys.size() / kKeyBytes; ++i) {
      prefetch(keys, i + kPrefetchKeys);
      prints.Meet(PrintAt(keys, i));
    }
  }));
  COINWAKE_RETURN_IF_ERROR(
      ForEachBatch(view, &found, [&](MetKeys* worker, std::uint64_t first, ByteSpan keys) {
        for (std::size_t i = 0; i < keys.size() / kKeyBytes; ++i) {
          prefetch(keys, i + kPrefetchKeys);
          const std::uint64_t print = PrintAt(keys, i);
          if (!prints.MayRepeat(print)) continue;
          worker->push_back(
              {static_cast<std::uint32_t>(print >> 32), static_cast<std::uint32_t>(first + i)});
        }
      }));
  for (std::size_t i = 1; i < found.size(); ++i) {
    found[0].insert(found[0].end(), found[i].begin(), found[i].end());
    found[i] = {};
  }
  std::sort(found[0].begin(), found[0].end(), [&view](const MetKey& a, const MetKey& b) {
    if (a.print != b.print) return a.print < b.print;
    const int order =
        std::memcmp(view.Key(KeyNum{a.key}).data(), view.Key(KeyNum{b.key}).data(), kKeyBytes);
    return order != 0 ? order < 0 : a.key < b.key;
  });
  return std::move(found[0]);
}

void Unite(const FactsReader& reader, AddressNum a, AddressNum b, UnionByMin* unions) {
  if (reader.IsShared(a) || reader.IsShared(b)) return;
  unions->Unite(static_cast<std::uint32_t>(a.value), static_cast<std::uint32_t>(b.value));
}

}  // namespace

absl::StatusOr<std::vector<AddressNum>> ScriptsOfSameKey(const FactsReader& reader,
                                                         AddressNum address) {
  const View& view = reader.view();
  std::vector<AddressNum> scripts;
  const std::optional<ByteSpan> key = view.KeyOf(address);
  if (!key.has_value() || reader.IsShared(address)) return scripts;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<KeyNum> found, view.FindKeys(ComputeHash160(*key)));
  for (const KeyNum one : found) {
    const ByteSpan bytes = view.Key(one);
    if (!std::equal(bytes.begin(), bytes.end(), key->begin(), key->end())) continue;
    const AddressNum script = view.AddressOfKey(one);
    if (script != address) scripts.push_back(script);
  }
  std::sort(scripts.begin(), scripts.end());
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return scripts;
}

absl::Status UniteSameKeysByPass(const FactsReader& reader, int threads, UnionByMin* unions) {
  const View& view = reader.view();
  COINWAKE_ASSIGN_OR_RETURN(const MetKeys keys, FindRepeated(view, threads));
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i - 1].print != keys[i].print) continue;
    const KeyNum one{keys[i - 1].key};
    const KeyNum other{keys[i].key};
    if (!std::ranges::equal(view.Key(one), view.Key(other))) continue;
    Unite(reader, view.AddressOfKey(one), view.AddressOfKey(other), unions);
  }
  return view.damage().status();
}

absl::Status UniteSameKeys(const FactsReader& reader, KeyNum begin, int threads,
                           UnionByMin* unions) {
  const View& view = reader.view();
  const std::uint64_t keys = view.totals().keys;
  if (begin.value >= keys) return absl::OkStatus();
  if (keys - begin.value > keys / kFewOneIn) return UniteSameKeysByPass(reader, threads, unions);
  for (KeyNum key = begin; key.value < keys; ++key) {
    const AddressNum address = view.AddressOfKey(key);
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<AddressNum> others,
                              ScriptsOfSameKey(reader, address));
    for (const AddressNum other : others) Unite(reader, address, other, unions);
  }
  return view.damage().status();
}

}  // namespace coinwake
