#include "adverts/decoded_text.h"

#include <algorithm>

namespace coinwake {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr std::uint64_t kCheckpointBytes = 4096;  // of source between two checkpoints

enum class ByteOrder { kNone, kLittleEndian, kBigEndian };

// The byte order of UTF-16 without a mark: in its first bytes NUL is one of kMinShare units or more
// at one parity, as in any text with some ASCII, and hardly ever stands at the other, as it would
// in numbers or UTF-32.
ByteOrder ByteOrderByNuls(ByteSpan bytes) {
  constexpr std::size_t kMinBytes = 16;
  constexpr std::size_t kSampleBytes = 4096;
  constexpr std::size_t kMinShare = 8;
  constexpr std::size_t kMinRatio = 4;
  const ByteSpan sample = bytes.first(std::min(bytes.size(), kSampleBytes));
  if (sample.size() < kMinBytes) return ByteOrder::kNone;
  std::size_t nuls[2] = {0, 0};
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (sample[i] == 0) ++nuls[i % 2];
  }
  const std::size_t most = std::max(nuls[0], nuls[1]);
  const std::size_t least = std::min(nuls[0], nuls[1]);
  if (most * kMinShare < sample.size() / 2 || least * kMinRatio > most) return ByteOrder::kNone;
  return nuls[0] > nuls[1] ? ByteOrder::kBigEndian : ByteOrder::kLittleEndian;
}

}  // namespace

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
  if (const ByteOrder order = ByteOrderByNuls(bytes); order != ByteOrder::kNone) {
    is_transcoded_ = true;
    big_endian_ = order == ByteOrder::kBigEndian;
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
