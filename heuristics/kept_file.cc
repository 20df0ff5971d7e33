#include "heuristics/kept_file.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr std::size_t kMagicBytes = 8;
constexpr std::size_t kSizeOffset = kMagicBytes + sizeof(std::uint32_t);
constexpr std::size_t kInnerOffset = kSizeOffset + sizeof(std::uint32_t);
constexpr std::size_t kSumBytes = sizeof(std::uint32_t);

}  // namespace

void AppendHash(const Hash256& hash, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
}

Hash256 ReadHash(ByteReader* reader) {
  Hash256 hash;
  const ByteSpan bytes = reader->ReadBytes(hash.bytes.size());
  std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
  return hash;
}

std::string BeginKeptHead(std::string_view magic, std::uint32_t format) {
  std::string head(magic);
  AppendLe(format, &head);
  AppendLe(std::uint32_t{0}, &head);  // its size, when it is known
  return head;
}

void EndKeptHead(std::string* head) {
  StoreLe(head->data() + kSizeOffset, static_cast<std::uint32_t>(head->size()));
  AppendLe(Crc32c(AsBytes(head->data(), head->size())), head);
}

absl::StatusOr<ByteSpan> KeptHeadIn(ByteSpan bytes, std::string_view magic, std::uint32_t format) {
  ByteReader start(bytes);
  const ByteSpan begins = start.ReadBytes(kMagicBytes);
  const auto of_format = start.Read<std::uint32_t>();
  const auto size = start.Read<std::uint32_t>();
  if (!start.ok() || !std::equal(begins.begin(), begins.end(), magic.begin(), magic.end()) ||
      size > kMostKeptHeadBytes || size < kInnerOffset || bytes.size() < size + kSumBytes ||
      LoadLe<std::uint32_t>(bytes.data() + size) != Crc32c(bytes.first(size))) {
    return absl::DataLossError("damaged at its beginning");
  }
  if (of_format != format) {
    return absl::UnimplementedError(absl::StrCat("of format ", of_format));
  }
  return bytes.first(size).subspan(kInnerOffset);
}

std::size_t KeptHeadBytes(ByteSpan inner) { return kInnerOffset + inner.size() + kSumBytes; }

absl::Status KeptChunkWriter::Add(ByteSpan bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kKeptChunkBytes - chunk_.size());
    chunk_.insert(chunk_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes = bytes.subspan(size);
    if (chunk_.size() == kKeptChunkBytes) COINWAKE_RETURN_IF_ERROR(Finish());
  }
  return absl::OkStatus();
}

absl::Status KeptChunkWriter::Finish() {
  if (chunk_.empty()) return absl::OkStatus();
  std::uint8_t sum[kSumBytes];
  StoreLe(sum, Crc32c(chunk_));
  chunk_.insert(chunk_.end(), std::begin(sum), std::end(sum));
  absl::Status status = put_(chunk_);
  chunk_.clear();
  return status;
}

bool KeptChunkReader::Read(std::uint8_t* to, std::size_t size) {
  while (size > 0) {
    if (chunk_.empty() && !NextChunk()) return false;
    const std::size_t part = std::min(size, chunk_.size());
    to = std::copy_n(chunk_.begin(), part, to);
    chunk_ = chunk_.subspan(part);
    size -= part;
  }
  return true;
}

bool KeptChunkReader::NextChunk() {
  if (bytes_.size() <= kSumBytes) return false;
  const std::size_t size = std::min(bytes_.size() - kSumBytes, kKeptChunkBytes);
  chunk_ = bytes_.first(size);
  const auto sum = LoadLe<std::uint32_t>(bytes_.data() + size);
  bytes_ = bytes_.subspan(size + sizeof(sum));
  return Crc32c(chunk_) == sum;
}

bool AreFlat(std::span<const std::uint32_t> parents) {
  for (std::size_t i = 0; i < parents.size(); ++i) {
    if (parents[i] > i || parents[parents[i]] != parents[i]) return false;
  }
  return true;
}

absl::Status ReplaceKeptFile(FileSystem& files, const std::string& folder, const std::string& name,
                             const std::function<absl::Status(const PutBytes&)>& write) {
  COINWAKE_RETURN_IF_ERROR(CreateFoldersDurably(files, folder));
  const std::string path = absl::StrCat(folder, "/", name);
  const std::string unfinished = absl::StrCat(path, ".new");
  const auto write_all = [&]() -> absl::Status {
    COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file,
                              files.Open(unfinished, OpenMode::kTruncate));
    std::uint64_t offset = 0;
    COINWAKE_RETURN_IF_ERROR(write([&](ByteSpan bytes) {
      absl::Status written = file->WriteAt(offset, bytes);
      offset += bytes.size();
      return written;
    }));
    return file->Sync();
  };
  absl::Status status = write_all();
  if (status.ok()) status = files.Rename(unfinished, path);
  if (!status.ok()) {
    files.Remove(unfinished).IgnoreError();  // a full disk gets its room back
    return status;
  }
  return files.SyncFolder(folder);
}

absl::StatusOr<std::unique_ptr<Mapping>> MapKeptFile(FileSystem& files, const std::string& path) {
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<File> file, files.Open(path, OpenMode::kRead));
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size_bytes, file->Size());
  return files.Map(path, size_bytes);
}

}  // namespace coinwake
