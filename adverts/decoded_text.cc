#include "adverts/decoded_text.h"

#include <algorithm>

namespace coinwake {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr std::uint64_t kCheckpointBytes = 4096;  // of source between two checkpoints

std::uint32_t Utf8SizeOf(char32_t code) {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

}  // namespace

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

DecodedText::DecodedText(ByteSpan bytes) : bytes_(bytes) {
  const auto starts_with = [bytes](std::initializer_list<std::uint8_t> mark) {
    return bytes.size() >= mark.size() && std::equal(mark.begin(), mark.end(), bytes.begin());
  };
  if (starts_with({0xff, 0xfe}) || starts_with({0xfe, 0xff})) {
    is_transcoded_ = true;
    big_endian_ = bytes[0] == 0xfe;
    skipped_ = 2;
    Transcode();
    return;
  }
  if (starts_with({0xef, 0xbb, 0xbf})) skipped_ = 3;
  text_ = std::string_view(reinterpret_cast<const char*>(bytes.data()) + skipped_,
                           bytes.size() - skipped_);
}

Utf8Char DecodedText::DecodeUtf16(std::uint64_t source_offset) const {
  const auto unit = [this](std::uint64_t at) -> char32_t {
    if (at + 2 > bytes_.size()) return kReplacement;  // an odd byte at the end
    const std::uint8_t a = bytes_[at];
    const std::uint8_t b = bytes_[at + 1];
    return big_endian_ ? static_cast<char32_t>(a << 8 | b) : static_cast<char32_t>(b << 8 | a);
  };
  const auto left =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes_.size() - source_offset, 2));
  const char32_t high = unit(source_offset);
  if (high < 0xd800 || high > 0xdfff) return {high, left};
  const char32_t low = unit(source_offset + 2);
  if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) return {kReplacement, left};
  return {0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 4};
}

void DecodedText::Transcode() {
  transcoded_.reserve(bytes_.size() / 2 + 16);
  std::uint64_t next_checkpoint = 0;
  for (std::uint64_t at = skipped_; at < bytes_.size();) {
    if (at >= next_checkpoint) {
      checkpoints_.push_back({transcoded_.size(), at});
      next_checkpoint = at + kCheckpointBytes;
    }
    const Utf8Char c = DecodeUtf16(at);
    AppendUtf8(c.code, &transcoded_);
    at += c.size_bytes;
  }
  text_ = transcoded_;
}

std::uint64_t DecodedText::SourceOffset(std::uint64_t text_offset) const {
  if (!is_transcoded_) return text_offset + skipped_;
  auto after = std::upper_bound(
      checkpoints_.begin(), checkpoints_.end(), text_offset,
      [](std::uint64_t offset, const Checkpoint& point) { return offset < point.text_offset; });
  if (after == checkpoints_.begin()) return skipped_;  // an empty file
  const Checkpoint& from = *std::prev(after);
  std::uint64_t text_at = from.text_offset;
  std::uint64_t source_at = from.source_offset;
  while (text_at < text_offset && source_at < bytes_.size()) {
    const Utf8Char c = DecodeUtf16(source_at);
    text_at += Utf8SizeOf(c.code);
    source_at += c.size_bytes;
  }
  return source_at;
}

}  // namespace coinwake
