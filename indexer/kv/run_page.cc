#include "indexer/kv/run_page.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::size_t kMaxFieldBytes = 8;

std::size_t BytesFor(std::uint64_t largest) {
  return (static_cast<std::size_t>(std::bit_width(largest)) + 7) / 8;
}

}  // namespace

std::string EncodeRunPage(std::span<const RunEntry> entries) {
  COINWAKE_CHECK(!entries.empty() && entries.size() <= kPageEntries);
  std::uint64_t low = entries.front().number;
  std::uint64_t high = low;
  for (const RunEntry& entry : entries) {
    low = std::min(low, entry.number);
    high = std::max(high, entry.number);
  }
  const std::uint64_t base_key = entries.front().key;
  const std::size_t key_bytes = BytesFor(entries.back().key - base_key);
  const std::size_t number_bytes = BytesFor(high - low);

  // Fields are written eight bytes at a time, each over the spare bytes of the one before.
  std::array<char, kPageHeaderBytes + kPageEntries * 2 * kMaxFieldBytes + kMaxFieldBytes> page;
  page[0] = static_cast<char>(key_bytes);
  page[1] = static_cast<char>(number_bytes);
  StoreLe(page.data() + 2, static_cast<std::uint16_t>(entries.size()));
  StoreLe(page.data() + 4, base_key);
  StoreLe(page.data() + 12, low);
  char* out = page.data() + kPageHeaderBytes;
  for (const RunEntry& entry : entries) {
    StoreLe(out, entry.key - base_key);
    out += key_bytes;
    StoreLe(out, entry.number - low);
    out += number_bytes;
  }
  return std::string(page.data(), out);
}

std::optional<RunPage> RunPage::Parse(std::string bytes) {
  if (bytes.size() < kPageHeaderBytes) return std::nullopt;
  RunPage page;
  page.key_bytes_ = static_cast<std::uint8_t>(bytes[0]);
  page.number_bytes_ = static_cast<std::uint8_t>(bytes[1]);
  page.count_ = LoadLe<std::uint16_t>(bytes.data() + 2);
  if (page.key_bytes_ > kMaxFieldBytes || page.number_bytes_ > kMaxFieldBytes) return std::nullopt;
  page.stride_ = page.key_bytes_ + page.number_bytes_;
  if (page.count_ == 0 || page.count_ > kPageEntries ||
      bytes.size() != kPageHeaderBytes + page.count_ * page.stride_) {
    return std::nullopt;
  }
  page.base_key_ = LoadLe<std::uint64_t>(bytes.data() + 4);
  page.base_number_ = LoadLe<std::uint64_t>(bytes.data() + 12);
  page.key_shift_ = static_cast<unsigned>(8 * (kMaxFieldBytes - page.key_bytes_));
  page.number_shift_ = static_cast<unsigned>(8 * (kMaxFieldBytes - page.number_bytes_));
  page.bytes_ = std::move(bytes);
  return page;
}

std::size_t RunPage::LowerBound(std::size_t from, const RunEntry& target) const {
  // Double the step until past the target, then halve: sorted requests are often close together.
  std::size_t low = from;
  std::size_t step = 1;
  while (low + step <= count_ && at(low + step - 1) < target) {
    low += step;
    step *= 2;
  }
  std::size_t high = std::min(count_, low + step - 1);
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (at(middle) < target) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace coinwake
