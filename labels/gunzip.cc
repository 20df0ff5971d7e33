#include "labels/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, and gzip's header and trailer
constexpr std::size_t kChunkBytes = 1u << 16;
// What zlib counts in is 32 bits wide.
constexpr std::size_t kInputBytes = 1u << 30;

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

bool IsGzip(ByteSpan bytes) { return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

absl::StatusOr<std::string> Gunzip(ByteSpan bytes, std::uint64_t max_bytes) {
  Inflater inflater;
  if (!inflater.ready()) return absl::ResourceExhaustedError("no memory to undo gzip");
  z_stream& stream = inflater.stream();
  std::string text;
  std::array<std::uint8_t, kChunkBytes> chunk;
  for (;;) {
    if (stream.avail_in == 0) {
      const std::size_t part = std::min(bytes.size(), kInputBytes);
      stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib only reads
      stream.avail_in = static_cast<uInt>(part);
      bytes = bytes.subspan(part);
    }
    stream.next_out = chunk.data();
    stream.avail_out = kChunkBytes;
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = kChunkBytes - stream.avail_out;
    if (text.size() + got > max_bytes) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", max_bytes, " bytes when uncompressed"));
    }
    text.append(reinterpret_cast<const char*>(chunk.data()), got);
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0 && bytes.empty()) return text;
      if (inflateReset(&stream) == Z_OK) continue;  // another member
    } else if (result == Z_OK && (got > 0 || stream.avail_in > 0 || !bytes.empty())) {
      continue;
    }
    return absl::InvalidArgumentError("gzip that is damaged or cut short");
  }
}

}  // namespace coinwake
