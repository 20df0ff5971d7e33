// Writes protobuf's wire form as a node does: fields in the order of the calls, default values left
// out. For messages that are hashed or made by the million; the generated code is for the rest.
#ifndef COINWAKE_TESTS_SUPPORT_WIRE_WRITER_H_
#define COINWAKE_TESTS_SUPPORT_WIRE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "indexer/base/bytes.h"

namespace coinwake::synthetic {

inline void AppendVarint(std::uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

// Appends to a borrowed string, one message inside the other.
class WireWriter {
 public:
  explicit WireWriter(std::string* out) : out_(out) {}

  void Number(std::uint32_t field, std::int64_t value) {
    if (value == 0) return;
    AppendVarint(field << 3, out_);
    AppendVarint(static_cast<std::uint64_t>(value), out_);
  }
  // Empty ones are left out.
  void Bytes(std::uint32_t field, std::string_view bytes) {
    if (!bytes.empty()) Message(field, bytes);
  }
  void Bytes(std::uint32_t field, ByteSpan bytes) {
    Bytes(field, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  // An element of a repeated field, or a message: written even if it is empty.
  void Message(std::uint32_t field, std::string_view bytes) {
    AppendVarint((field << 3) | kLengthDelimited, out_);
    AppendVarint(bytes.size(), out_);
    out_->append(bytes);
  }
  // What is written between Begin() and End() is a message of its own. End() takes what Begin()
  // gave.
  std::size_t Begin(std::uint32_t field) {
    AppendVarint((field << 3) | kLengthDelimited, out_);
    out_->push_back(0);  // its length, nearly always one byte
    return out_->size();
  }
  void End(std::size_t begin) {
    const std::size_t size = out_->size() - begin;
    if (size < 0x80) {
      (*out_)[begin - 1] = static_cast<char>(size);
      return;
    }
    char length[10];
    std::size_t count = 0;
    for (std::size_t rest = size; rest != 0; rest >>= 7) {
      length[count++] = static_cast<char>(rest >= 0x80 ? rest | 0x80 : rest);
    }
    out_->replace(begin - 1, 1, length, count);
  }

 private:
  static constexpr std::uint32_t kLengthDelimited = 2;

  std::string* out_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_WIRE_WRITER_H_
