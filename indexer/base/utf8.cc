#include "indexer/base/utf8.h"

#include "absl/strings/str_format.h"

namespace coinwake {
namespace {

constexpr char32_t kReplacement = 0xfffd;

// C0, DEL and C1.
bool IsControl(char32_t code) { return code < 0x20 || (code >= 0x7f && code <= 0x9f); }

// Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX #9), and its
// line and paragraph separators.
bool TurnsOrBreaks(char32_t code) {
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::uint32_t Utf8SizeOf(char32_t code) {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

Utf8Char DecodeUtf8(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t index) -> std::uint8_t {
    return offset + index < text.size() ? static_cast<std::uint8_t>(text[offset + index]) : 0;
  };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  std::uint32_t size = 0;
  if (first >= 0xc2 && first <= 0xdf) size = 2;
  if (first >= 0xe0 && first <= 0xef) size = 3;
  if (first >= 0xf0 && first <= 0xf4) size = 4;
  if (size == 0) return {kReplacement, 1};
  char32_t code = first & (0x7fu >> size);
  for (std::uint32_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {kReplacement, 1};
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (surrogate || code > 0x10ffff || Utf8SizeOf(code) != size) return {kReplacement, 1};
  return {code, size};
}

void AppendUtf8(char32_t code, std::string* text) {
  const auto put = [text](char32_t byte) { text->push_back(static_cast<char>(byte)); };
  switch (Utf8SizeOf(code)) {
    case 1:
      put(code);
      return;
    case 2:
      put(0xc0 | (code >> 6));
      break;
    case 3:
      put(0xe0 | (code >> 12));
      put(0x80 | ((code >> 6) & 0x3f));
      break;
    default:
      put(0xf0 | ((code >> 18) & 0x07));
      put(0x80 | ((code >> 12) & 0x3f));
      put(0x80 | ((code >> 6) & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

std::string ValidUtf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = DecodeUtf8(text, i);
    AppendUtf8(c.code, &result);
    i += c.size_bytes;
  }
  return result;
}

std::string Printable(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Char c = DecodeUtf8(text, i);
    i += c.size_bytes;
    if (c.code == '\n' || c.code == '\r' || c.code == '\t') {
      line += ' ';
    } else if (IsControl(c.code)) {
      absl::StrAppendFormat(&line, "\\x%02x", static_cast<std::uint32_t>(c.code));
    } else if (TurnsOrBreaks(c.code)) {
      absl::StrAppendFormat(&line, "\\u{%04x}", static_cast<std::uint32_t>(c.code));
    } else {
      AppendUtf8(c.code, &line);
    }
  }
  return line;
}

}  // namespace coinwake
