// A file's bytes as UTF-8 text that still knows where in the file each character stood.
#ifndef COINWAKE_ADVERTS_DECODED_TEXT_H_
#define COINWAKE_ADVERTS_DECODED_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/utf8.h"

namespace coinwake {

// UTF-16 is recognised by its byte order mark, or by the NUL that is the high byte of each
// character of ASCII where there is no mark, and transcoded; everything else is taken as UTF-8, in
// place and unchecked, after a UTF-8 byte order mark if there is one. Offsets into text() are "text
// offsets"; SourceOffset() maps them back to the file.
class DecodedText {
 public:
  // `bytes` is borrowed and must outlive the result.
  explicit DecodedText(ByteSpan bytes);
  DecodedText(const DecodedText&) = delete;  // text() may point inside
  DecodedText& operator=(const DecodedText&) = delete;

  std::string_view text() const { return text_; }
  bool is_transcoded() const { return is_transcoded_; }
  // REQUIRES: `text_offset` is where a character of text() begins, or text().size(). O(1) for
  // UTF-8, O(distance of two checkpoints) for UTF-16.
  std::uint64_t SourceOffset(std::uint64_t text_offset) const;

 private:
  struct Checkpoint {
    std::uint64_t text_offset;
    std::uint64_t source_offset;
  };
  // The code point at `source_offset` and how many bytes it takes; U+FFFD for half a surrogate
  // pair.
  Utf8Char DecodeUtf16(std::uint64_t source_offset) const;
  void Transcode();

  ByteSpan bytes_;
  std::string_view text_;
  std::string transcoded_;
  std::vector<Checkpoint> checkpoints_;
  bool is_transcoded_ = false;
  bool big_endian_ = false;
  std::uint64_t skipped_ = 0;  // bytes of the mark
};

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_DECODED_TEXT_H_
