// Little-endian loads and stores, and a bounds-checked cursor over bytes from outside.
#ifndef COINWAKE_INDEXER_BASE_BYTES_H_
#define COINWAKE_INDEXER_BASE_BYTES_H_

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace coinwake {

static_assert(std::endian::native == std::endian::little,
              "columns are mapped as little-endian arrays; a big-endian port needs a swap here");

using ByteSpan = std::span<const std::uint8_t>;

// REQUIRES: at least sizeof(T) bytes at `from`.
template <std::integral T>
T LoadLe(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

// REQUIRES: room for sizeof(T) bytes at `to`.
template <std::integral T>
void StoreLe(void* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

// Big-endian, for keys whose byte order must be their number order.
template <std::unsigned_integral T>
T LoadBe(const void* from) {
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>((value << 8) | bytes[i]);
  return value;
}

template <std::unsigned_integral T>
void StoreBe(void* to, T value) {
  auto* bytes = static_cast<std::uint8_t*>(to);
  for (std::size_t i = sizeof(T); i-- > 0;) {
    bytes[i] = static_cast<std::uint8_t>(value);
    value = static_cast<T>(value >> 8);
  }
}

inline ByteSpan AsBytes(const void* data, std::size_t size_bytes) {
  return ByteSpan(static_cast<const std::uint8_t*>(data), size_bytes);
}

// Reads forward through bytes nobody has checked. Once a read does not fit, ok() is false for good,
// every later read gives zero or an empty span, and offset() stays where the failing read began.
class ByteReader {
 public:
  explicit ByteReader(ByteSpan bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return bytes_.size() - offset_; }

  template <std::integral T>
  T Read() {
    if (!Fits(sizeof(T))) return T{0};
    const T value = LoadLe<T>(bytes_.data() + offset_);
    offset_ += sizeof(T);
    return value;
  }

  ByteSpan ReadBytes(std::size_t size_bytes) {
    if (!Fits(size_bytes)) return {};
    const ByteSpan result = bytes_.subspan(offset_, size_bytes);
    offset_ += size_bytes;
    return result;
  }

  // Bitcoin's CompactSize. A number not in its shortest form fails, as in Bitcoin Core.
  std::uint64_t ReadCompactSize() {
    const std::size_t start = offset_;
    const std::uint8_t first = Read<std::uint8_t>();
    std::uint64_t value = first;
    std::uint64_t smallest = 0;
    if (first == 0xfd) {
      value = Read<std::uint16_t>();
      smallest = 0xfd;
    } else if (first == 0xfe) {
      value = Read<std::uint32_t>();
      smallest = 0x10000;
    } else if (first == 0xff) {
      value = Read<std::uint64_t>();
      smallest = 0x100000000;
    }
    if (!ok_ || value < smallest) {
      ok_ = false;
      offset_ = start;
      return 0;
    }
    return value;
  }

 private:
  bool Fits(std::size_t size_bytes) {
    if (!ok_ || size_bytes > bytes_.size() - offset_) [[unlikely]] {
      ok_ = false;
      return false;
    }
    return true;
  }

  ByteSpan bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_BYTES_H_
