#include "indexer/bitcoin/block_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/bitcoin/proof_of_work.h"

namespace coinwake::bitcoin {
namespace {

constexpr std::size_t kPrefixSize = 8;  // magic and size
constexpr std::size_t kRecordHeadSize = kPrefixSize + kHeaderSize;
constexpr std::size_t kMinBlockSize = kHeaderSize + 1;
// Read at a time: small enough that walking from header to header reads a fraction of a file of
// large blocks, large enough to take in many of the chain's first blocks at once.
constexpr std::size_t kReadSize = 4096;
// Shorter runs of zeros stand in ordinary data.
constexpr std::uint64_t kMinPaddingRun = 8;
// A sound file has one record that none follows; a file made to have many must not cost a block's
// reading for each.
constexpr int kMaxExamined = 256;
constexpr std::size_t kMaxNumberDigits = 9;

std::optional<Network> MagicAt(ByteSpan bytes) {
  if (bytes.size() < 4) return std::nullopt;
  // All five begin with one of these; most bytes are told apart by that alone.
  const std::uint8_t first = bytes[0];
  if (first != 0xf9 && first != 0xfa && first != 0x0a && first != 0x0b && first != 0x1c) {
    return std::nullopt;
  }
  return NetworkOfMagic(bytes.first<4>());
}

// Counts the bytes between records, run by run.
class GapCounter {
 public:
  GapCounter(bool cut_short, SkippedBytes* skipped) : cut_short_(cut_short), skipped_(*skipped) {}

  void Add(bool zero) {
    if (zero) {
      ++run_;
      return;
    }
    EndRun();
    AddOther(1);
  }
  void EndRun() {
    if (run_ >= kMinPaddingRun) {
      skipped_.padding += run_;
    } else {
      AddOther(run_);
    }
    run_ = 0;
  }
  // Zeros up to a record or to the file's end are padding however few, unless they end a torn
  // record.
  void EndGap() {
    if (cut_short_) return EndRun();
    skipped_.padding += run_;
    run_ = 0;
  }
  void CutShortFromHere() {
    EndRun();
    cut_short_ = true;
  }

 private:
  void AddOther(std::uint64_t count) { (cut_short_ ? skipped_.torn : skipped_.junk) += count; }

  bool cut_short_;
  std::uint64_t run_ = 0;
  SkippedBytes& skipped_;
};

std::optional<int> NumberInName(std::string_view name, std::string_view prefix) {
  constexpr std::string_view kEnding = ".dat";
  if (!name.starts_with(prefix) || !name.ends_with(kEnding)) return std::nullopt;
  if (name.size() < prefix.size() + kEnding.size()) return std::nullopt;
  const std::string_view digits =
      name.substr(prefix.size(), name.size() - prefix.size() - kEnding.size());
  if (digits.size() < 5 || digits.size() > kMaxNumberDigits) return std::nullopt;
  if (digits.size() > 5 && digits[0] == '0') return std::nullopt;
  int number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

void XorKey::Apply(std::uint64_t offset, std::span<std::uint8_t> bytes) const {
  if (IsPlain()) return;
  std::array<std::uint8_t, 8> turned;
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = At(offset + i);
  const auto word = LoadLe<std::uint64_t>(turned.data());
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    StoreLe(bytes.data() + i, LoadLe<std::uint64_t>(bytes.data() + i) ^ word);
  }
  for (; i < bytes.size(); ++i) bytes[i] ^= turned[i % 8];
}

absl::StatusOr<XorKey> LoadXorKey(FileSystem& files, const std::string& blocks_folder) {
  const std::string path = blocks_folder + "/xor.dat";
  auto file = files.Open(path, OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return XorKey();
  COINWAKE_RETURN_IF_ERROR(file.status());
  std::array<std::uint8_t, 9> bytes;  // one more than allowed, to see a longer file
  COINWAKE_ASSIGN_OR_RETURN(const std::size_t size, (*file)->ReadAt(0, bytes));
  if (size != 8) {
    return absl::DataLossError(absl::StrCat(path, ": has ",
                                            size > 8 ? "more than 8" : absl::StrCat(size),
                                            " bytes instead of 8; copy "
                                            "it again from the node's blocks folder"));
  }
  std::array<std::uint8_t, 8> key;
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return XorKey(key);
}

absl::StatusOr<std::vector<NumberedFile>> ListNumberedFiles(FileSystem& files,
                                                            const std::string& folder,
                                                            std::string_view prefix) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(folder));
  std::vector<NumberedFile> found;
  for (const std::string& name : names) {
    if (const auto number = NumberInName(name, prefix)) {
      found.push_back({*number, absl::StrCat(folder, "/", name)});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const NumberedFile& a, const NumberedFile& b) { return a.number < b.number; });
  return found;
}

// Makes [offset, offset + size) loaded, or as much of it as the file has.
absl::Status BlockFileReader::Load(std::uint64_t offset, std::size_t size) {
  if (offset >= size_) return absl::OkStatus();
  const std::uint64_t end = std::min(size_, offset + size);
  if (offset >= window_offset_ && end <= window_offset_ + window_.size()) return absl::OkStatus();
  window_.resize(
      static_cast<std::size_t>(std::min<std::uint64_t>(size_ - offset, std::max(size, kReadSize))));
  window_offset_ = offset;
  COINWAKE_ASSIGN_OR_RETURN(const std::size_t got, file_.ReadAt(offset, window_));
  window_.resize(got);
  if (got < end - offset) size_ = offset + got;  // the file was cut while it was read
  key_.Apply(offset, window_);
  return absl::OkStatus();
}

// What of [offset, offset + size) is loaded.
ByteSpan BlockFileReader::Loaded(std::uint64_t offset, std::size_t size) const {
  if (offset < window_offset_ || offset > window_offset_ + window_.size()) return {};
  const ByteSpan from =
      ByteSpan(window_).subspan(static_cast<std::size_t>(offset - window_offset_));
  return from.first(std::min(size, from.size()));
}

// What stands at `offset`: a record, the beginning of one that the file's end cuts short, or
// neither.
absl::StatusOr<BlockFileReader::Found> BlockFileReader::LookAt(std::uint64_t offset,
                                                               BlockRecord* record) {
  if (offset >= size_) return Found::kNothing;
  COINWAKE_RETURN_IF_ERROR(Load(offset, kRecordHeadSize));
  const ByteSpan head = Loaded(offset, kRecordHeadSize);
  const std::optional<Network> network = MagicAt(head);
  if (!network) return Found::kNothing;
  if (head.size() < kPrefixSize) return Found::kCutShort;
  const auto size = LoadLe<std::uint32_t>(head.data() + 4);
  if (size < kMinBlockSize || size > kMaxBlockSize) return Found::kNothing;
  if (head.size() < kRecordHeadSize) return Found::kCutShort;
  const ByteSpan header = head.subspan(kPrefixSize);
  const auto bits = LoadLe<std::uint32_t>(header.data() + 72);
  const Hash256 hash = HeaderHash(header);
  if (!CheckProofOfWork(hash, bits, ParamsOf(*network))) return Found::kNothing;
  if (size > size_ - offset - kPrefixSize) return Found::kCutShort;
  record->network = *network;
  record->offset = offset + kPrefixSize;
  record->size_bytes = size;
  record->hash = hash;
  std::copy(header.begin(), header.end(), record->header.begin());
  return Found::kRecord;
}

// Looks for a record that begins in [begin, end); nullopt when there is none. Counts what it passes
// as torn from the first record cut short on, or from the start if `cut_short`.
absl::StatusOr<std::optional<std::uint64_t>> BlockFileReader::Search(std::uint64_t begin,
                                                                     std::uint64_t end,
                                                                     bool cut_short,
                                                                     SkippedBytes* skipped,
                                                                     BlockRecord* record) {
  GapCounter counter(cut_short, skipped);
  end = std::min(end, size_);
  std::uint64_t at = begin;
  while (at < end) {
    COINWAKE_ASSIGN_OR_RETURN(const Found found, LookAt(at, record));
    if (found == Found::kRecord) {
      counter.EndGap();
      return at;
    }
    if (found == Found::kCutShort) counter.CutShortFromHere();
    // On to the next magic, through what is loaded.
    COINWAKE_RETURN_IF_ERROR(Load(at, 5));
    const ByteSpan here = Loaded(at, kReadSize);
    if (here.empty()) break;  // the file was cut while it was read
    std::size_t i = 0;
    do {
      counter.Add(here[i] == 0 || here[i] == key_.At(at + i));
      ++i;
    } while (i + 4 <= here.size() && at + i < end && !MagicAt(here.subspan(i)));
    at += i;
  }
  counter.EndGap();
  return std::nullopt;
}

// Whether a record that none follows directly is only the beginning of a block: its rest is zeros
// that were never written, or other records. Anything else wrong with it is not for the reader to
// hide.
absl::StatusOr<bool> BlockFileReader::IsCutShort(const BlockRecord& record) {
  std::vector<std::uint8_t> bytes;
  if (const absl::Status status = ReadBlock(record, &bytes); !status.ok()) {
    if (absl::IsDataLoss(status)) return true;
    return status;
  }
  ParsedBlock block;
  if (ParseBlock(bytes, &block).ok() && CheckBlock(block).ok()) return false;
  const std::uint64_t end = record.offset + record.size_bytes;
  COINWAKE_RETURN_IF_ERROR(Load(end, kMinPaddingRun));
  const ByteSpan after = Loaded(end, kMinPaddingRun);
  const auto zeros_on_disk = [&](ByteSpan run, std::uint64_t offset) {
    for (std::size_t i = 0; i < run.size(); ++i) {
      if (run[i] != key_.At(offset + i)) return false;
    }
    return true;
  };
  if (!after.empty() && zeros_on_disk(after, end) &&
      zeros_on_disk(ByteSpan(bytes).last(kMinPaddingRun), end - kMinPaddingRun)) {
    return true;
  }
  SkippedBytes unused;
  BlockRecord inner;
  COINWAKE_ASSIGN_OR_RETURN(const auto found, Search(record.offset, end, false, &unused, &inner));
  return found.has_value();
}

absl::StatusOr<bool> BlockFileReader::Next(BlockRecord* record) {
  if (!started_) {
    COINWAKE_ASSIGN_OR_RETURN(size_, file_.Size());
    started_ = true;
  }
  while (true) {
    COINWAKE_ASSIGN_OR_RETURN(const auto at,
                              Search(offset_, size_, after_torn_, &skipped_, record));
    after_torn_ = false;
    if (!at) {
      offset_ = size_;
      return false;
    }
    const std::uint64_t end = record->offset + record->size_bytes;
    BlockRecord next;
    COINWAKE_ASSIGN_OR_RETURN(const Found after, LookAt(end, &next));
    if (after == Found::kNothing && examined_ < kMaxExamined) {
      ++examined_;
      COINWAKE_ASSIGN_OR_RETURN(const bool cut_short, IsCutShort(*record));
      if (cut_short) {
        // Its magic belongs to it too; the search goes on behind.
        skipped_.torn += 4;
        offset_ = *at + 4;
        after_torn_ = true;
        continue;
      }
    }
    offset_ = end;
    return true;
  }
}

absl::Status BlockFileReader::ReadBlock(const BlockRecord& record,
                                        std::vector<std::uint8_t>* bytes) const {
  bytes->resize(record.size_bytes);
  COINWAKE_ASSIGN_OR_RETURN(const std::size_t got, file_.ReadAt(record.offset, *bytes));
  if (got != bytes->size()) {
    return absl::DataLossError(
        absl::StrCat("offset ", record.offset, ": the file ends inside a block; copy it again"));
  }
  key_.Apply(record.offset, *bytes);
  return absl::OkStatus();
}

}  // namespace coinwake::bitcoin
