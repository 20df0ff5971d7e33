// What files of kept partitions have in common: they are written whole or not at all, and read a
// checked chunk at a time, so that no byte of them is believed unseen.
#ifndef COINWAKE_HEURISTICS_KEPT_FILE_H_
#define COINWAKE_HEURISTICS_KEPT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"

namespace coinwake {

inline constexpr std::size_t kKeptChunkBytes = std::size_t{1} << 20;
inline constexpr std::uint32_t kMostKeptHeadBytes = std::uint32_t{1} << 20;

using PutBytes = std::function<absl::Status(ByteSpan)>;

// Appends to a head, little-endian.
template <typename T>
void AppendLe(T number, std::string* bytes) {
  char buffer[sizeof(T)];
  StoreLe(buffer, number);
  bytes->append(buffer, sizeof(T));
}
void AppendHash(const Hash256& hash, std::string* bytes);
Hash256 ReadHash(ByteReader* reader);

// A head begins with 8 bytes of magic, a u32 of its format and a u32 of its size up to the checksum
// that ends it. REQUIRES of both: `magic` has 8 bytes.
std::string BeginKeptHead(std::string_view magic, std::uint32_t format);
// Sets the size and adds the checksum, after all the rest.
void EndKeptHead(std::string* head);
// What stands between size and checksum. kDataLoss: `bytes` do not begin with such a head.
// kUnimplemented: of another format.
absl::StatusOr<ByteSpan> KeptHeadIn(ByteSpan bytes, std::string_view magic, std::uint32_t format);
// Bytes of the whole head that has `inner` between size and checksum.
std::size_t KeptHeadBytes(ByteSpan inner);

// Cuts a body into chunks of kKeptChunkBytes, each followed by its CRC-32C.
class KeptChunkWriter {
 public:
  // `put` is borrowed.
  explicit KeptChunkWriter(const PutBytes& put) : put_(put) {}

  absl::Status Add(ByteSpan bytes);
  absl::Status Finish();

 private:
  const PutBytes& put_;
  std::vector<std::uint8_t> chunk_;
};

// Reads what a KeptChunkWriter wrote.
class KeptChunkReader {
 public:
  explicit KeptChunkReader(ByteSpan body) : bytes_(body) {}

  // The next `size` bytes of the body. False: they are damaged or not there.
  bool Read(std::uint8_t* to, std::size_t size);
  bool AtEnd() const { return chunk_.empty() && bytes_.empty(); }

 private:
  bool NextChunk();

  ByteSpan bytes_;  // after chunk_
  ByteSpan chunk_;
};

// Whether each parent is no larger than its child and is its own. True checksums are no proof: an
// index must not be read out of bounds.
bool AreFlat(std::span<const std::uint32_t> parents);

// Replaces `folder`/`name` by what write(put) puts, as a whole or not at all: it is written beside
// the old one, synced and renamed. `folder` is made where it is missing. Not for two at once.
absl::Status ReplaceKeptFile(FileSystem& files, const std::string& folder, const std::string& name,
                             const std::function<absl::Status(const PutBytes&)>& write);
// All of a file. kNotFound.
absl::StatusOr<std::unique_ptr<Mapping>> MapKeptFile(FileSystem& files, const std::string& path);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_KEPT_FILE_H_
