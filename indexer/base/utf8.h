// UTF-8 text that others wrote: decoding that never fails, and text that is safe to show.
#ifndef COINWAKE_INDEXER_BASE_UTF8_H_
#define COINWAKE_INDEXER_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace coinwake {

// One character of UTF-8 text. A byte that starts no valid sequence is U+FFFD of one byte, so that
// reading forward never stops and never skips.
struct Utf8Char {
  char32_t code = 0;
  std::uint32_t size_bytes = 0;
};
// REQUIRES: offset < text.size().
Utf8Char DecodeUtf8(std::string_view text, std::size_t offset);

// Bytes that a code point takes.
std::uint32_t Utf8SizeOf(char32_t code);

void AppendUtf8(char32_t code, std::string* text);

// `text` with every invalid byte replaced by U+FFFD.
std::string ValidUtf8(std::string_view text);

// `text` as one line that a terminal shows and does not obey: valid UTF-8; line breaks and tabs as
// blanks; other control characters, and marks that turn the direction of writing, as \xNN or
// \u{NNNN}. For people; what programs read (JSON) has its own escapes.
std::string Printable(std::string_view text);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_UTF8_H_
