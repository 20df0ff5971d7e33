#include "indexer/bitcoin/undo.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/bitcoin/script.h"

namespace coinwake::bitcoin {
namespace {

constexpr std::uint64_t kMaxUndoFile = std::uint64_t{512} << 20;
constexpr std::size_t kChecksumSize = 32;
constexpr std::size_t kPrefixSize = 8;    // magic and size
constexpr std::size_t kMaxCountSize = 9;  // of a CompactSize
// A spent output takes at least: height code, amount and script size of a byte each. A version byte
// follows a height above 0.
constexpr std::size_t kMinSpentSize = 3;
// And at most: a script no longer than can be spent, and numbers before it of 10 bytes each.
constexpr std::size_t kMaxSpentSize = kMaxScriptSize + 40;
// A block file of 128 MiB has room for fewer blocks.
constexpr std::size_t kMaxRecords = 1u << 20;
static_assert(kMaxSpentSize <= PlainWindow::kDefaultSize);
// Records of a file that none follows and that must therefore be parsed to be believed. A sound
// file has one; a file made to have many must not cost the reading of its rest for each.
constexpr int kMaxExamined = 4096;
// Sizes below this stand for compressed scripts.
constexpr std::uint64_t kSpecialScripts = 6;

absl::Status Bad(std::uint64_t offset, const char* what) {
  return absl::DataLossError(absl::StrCat("undo byte ", offset, ": ", what));
}

// Core's VARINT: base 128, most significant first, each continued digit one less than it stands
// for, so that every number has one form. nullopt past the end or beyond 64 bits.
std::optional<std::uint64_t> ReadVarInt(ByteReader* reader) {
  std::uint64_t value = 0;
  while (true) {
    const auto byte = reader->Read<std::uint8_t>();
    if (!reader->ok() || value > (std::numeric_limits<std::uint64_t>::max() >> 7)) {
      return std::nullopt;
    }
    value = (value << 7) | (byte & 0x7f);
    if ((byte & 0x80) == 0) return value;
    if (value == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
    ++value;
  }
}

void AppendBytes(ByteSpan bytes, std::vector<std::uint8_t>* script) {
  script->insert(script->end(), bytes.begin(), bytes.end());
}

// The script that a special size 0 to 5 and its payload stand for. False: a key off the curve.
bool DecompressScript(std::uint64_t kind, ByteSpan payload, std::vector<std::uint8_t>* script) {
  switch (kind) {
    case 0:  // pay to pubkey hash
      *script = {kOpDup, kOpHash160, 20};
      AppendBytes(payload, script);
      script->insert(script->end(), {kOpEqualVerify, kOpCheckSig});
      return true;
    case 1:  // pay to script hash
      *script = {kOpHash160, 20};
      AppendBytes(payload, script);
      script->push_back(kOpEqual);
      return true;
    case 2:
    case 3:  // pay to compressed pubkey; the kind is the key's first byte
      *script = {33, static_cast<std::uint8_t>(kind)};
      AppendBytes(payload, script);
      script->push_back(kOpCheckSig);
      return true;
    default: {  // pay to uncompressed pubkey, y left out but for its parity
      std::array<std::uint8_t, 33> key;
      key[0] = static_cast<std::uint8_t>(kind - 2);
      std::copy(payload.begin(), payload.end(), key.begin() + 1);
      const auto whole = UncompressKey(key);
      if (!whole) return false;
      *script = {65};
      AppendBytes(*whole, script);
      script->push_back(kOpCheckSig);
      return true;
    }
  }
}

// `base` is the offset in the record at which the reader begins, for messages.
absl::Status ReadScript(ByteReader* reader, std::uint64_t base, std::vector<std::uint8_t>* script) {
  const std::uint64_t start = base + reader->offset();
  const auto size = ReadVarInt(reader);
  if (!size) return Bad(start, "a script's size cannot be read");
  if (*size < kSpecialScripts) {
    const ByteSpan payload = reader->ReadBytes(*size < 2 ? 20 : 32);
    if (!reader->ok()) return Bad(start, "the bytes end inside a script");
    if (!DecompressScript(*size, payload, script)) return Bad(start, "a key is not on the curve");
    return absl::OkStatus();
  }
  const std::uint64_t plain_size = *size - kSpecialScripts;
  if (plain_size > kMaxScriptSize) {
    // Core reads such a script as OP_RETURN. It cannot be spent, so no sound record has one.
    return Bad(start, "a script is longer than any that can be spent");
  }
  const ByteSpan bytes = reader->ReadBytes(plain_size);
  if (!reader->ok()) return Bad(start, "the bytes end inside a script");
  script->assign(bytes.begin(), bytes.end());
  return absl::OkStatus();
}

absl::Status ReadSpentOutput(ByteReader* reader, std::uint64_t base, SpentOutput* spent) {
  const auto code = ReadVarInt(reader);
  if (!code || *code > std::numeric_limits<std::uint32_t>::max()) {
    return Bad(base, "a height cannot be read");
  }
  spent->height = static_cast<std::uint32_t>(*code >> 1);
  spent->coinbase = (*code & 1) != 0;
  // Once the version of the spent transaction; old nodes wrote it only with its last output.
  if (spent->height > 0 && !ReadVarInt(reader)) return Bad(base, "a version cannot be read");
  const auto amount = ReadVarInt(reader);
  if (!amount) return Bad(base, "an amount cannot be read");
  spent->value = DecompressAmount(*amount);
  if (spent->value > kMaxMoney) return Bad(base, "an amount is beyond all bitcoin there can be");
  return ReadScript(reader, base, &spent->script);
}

absl::Status WalkToEnd(UndoCursor cursor) {
  SpentOutput spent;
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t transactions, cursor.ReadTransactionsCount());
  for (std::uint64_t i = 0; i < transactions; ++i) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t inputs, cursor.ReadInputsCount());
    for (std::uint64_t j = 0; j < inputs; ++j) COINWAKE_RETURN_IF_ERROR(cursor.ReadSpent(&spent));
  }
  return cursor.Finish();
}

// Looks for the records of one file.
class UndoLister {
 public:
  UndoLister(const File& file, const XorKey& key, Network network, std::uint64_t size)
      : file_(file),
        key_(key),
        magic_(ParamsOf(network).magic),
        size_(size),
        window_(file, key),
        after_(file, key, magic_.size()) {}

  absl::StatusOr<std::vector<UndoRecord>> Run() {
    std::vector<UndoRecord> records;
    for (std::uint64_t at = 0; at < size_;) {
      COINWAKE_ASSIGN_OR_RETURN(const ByteSpan here, window_.At(at, magic_.size()));
      if (here.size() < magic_.size()) break;
      // Preallocated space is long: on to the next byte that can begin a magic.
      const std::size_t starts = here.size() - magic_.size() + 1;
      const void* found = std::memchr(here.data(), magic_[0], starts);
      if (found == nullptr) {
        at += starts;
        continue;
      }
      const auto skip =
          static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - here.data());
      at += skip;
      if (std::memcmp(found, magic_.data(), magic_.size()) != 0) {
        ++at;
        continue;
      }
      UndoRecord record;
      COINWAKE_ASSIGN_OR_RETURN(const bool is_record, LookAt(at, &record));
      if (!is_record) {
        ++at;
        continue;
      }
      at = record.offset + record.size_bytes + kChecksumSize;
      if (records.size() == kMaxRecords) {
        return absl::ResourceExhaustedError(absl::StrCat("an undo file of more than ", kMaxRecords,
                                                         " records is none that a node writes"));
      }
      records.push_back(record);
    }
    return records;
  }

 private:
  // The rest of a record whose magic stands at `at`; false when it is none.
  absl::StatusOr<bool> LookAt(std::uint64_t at, UndoRecord* record) {
    COINWAKE_ASSIGN_OR_RETURN(const ByteSpan head, window_.At(at, kPrefixSize + kMaxCountSize));
    if (size_ - at < kPrefixSize + kChecksumSize + 1 || head.size() <= kPrefixSize) return false;
    record->size_bytes = LoadLe<std::uint32_t>(head.data() + 4);
    if (record->size_bytes == 0 || record->size_bytes > size_ - at - kPrefixSize - kChecksumSize) {
      return false;
    }
    record->offset = at + kPrefixSize;
    ByteReader reader(head.subspan(kPrefixSize));
    record->transactions_count =
        static_cast<std::uint32_t>(std::min(reader.ReadCompactSize(), kMaxBlockInputs + 1));
    COINWAKE_ASSIGN_OR_RETURN(
        const ByteSpan after,
        after_.At(record->offset + record->size_bytes + kChecksumSize, magic_.size()));
    if (after.size() >= magic_.size() && std::equal(magic_.begin(), magic_.end(), after.begin())) {
      return true;
    }
    if (++examined_ > kMaxExamined) return false;
    const absl::Status walked = WalkToEnd(UndoCursor(file_, key_, *record));
    if (walked.ok() || absl::IsDataLoss(walked)) return walked.ok();
    return walked;
  }

  const File& file_;
  const XorKey& key_;
  const std::array<std::uint8_t, 4> magic_;
  const std::uint64_t size_;
  PlainWindow window_;
  PlainWindow after_;  // the four bytes behind a record: window_ stays where the search is
  int examined_ = 0;
};

}  // namespace

std::uint64_t DecompressAmount(std::uint64_t compressed) {
  // The inverse of Core's CompressAmount (compressor.cpp): an amount is its digits without trailing
  // zeros and their number e, at most 9. Wraps for what no amount compresses to, as Core's does.
  if (compressed == 0) return 0;
  --compressed;
  std::uint64_t exponent = compressed % 10;
  compressed /= 10;
  std::uint64_t value = 0;
  if (exponent < 9) {
    const std::uint64_t digit = compressed % 9 + 1;
    value = compressed / 9 * 10 + digit;
  } else {
    value = compressed + 1;
  }
  for (; exponent > 0; --exponent) value *= 10;
  return value;
}

absl::StatusOr<ByteSpan> PlainWindow::At(std::uint64_t offset, std::size_t size) {
  const std::uint64_t end = offset_ + bytes_.size();
  if (offset < offset_ || offset + size > end) {
    bytes_.resize(window_size_);
    offset_ = offset;
    const auto got = file_->ReadAt(offset, bytes_);
    bytes_.resize(got.ok() ? *got : 0);
    COINWAKE_RETURN_IF_ERROR(got.status());
    key_.Apply(offset, bytes_);
  }
  return ByteSpan(bytes_).subspan(static_cast<std::size_t>(offset - offset_));
}

// The record's bytes from where the cursor is: at least `size`, or all that there are.
absl::StatusOr<ByteSpan> UndoCursor::Ahead(std::size_t size) {
  const std::uint64_t left = size_ - at_;
  if (!window_) return bytes_.subspan(static_cast<std::size_t>(at_));
  COINWAKE_ASSIGN_OR_RETURN(
      const ByteSpan loaded,
      window_->At(offset_ + at_, static_cast<std::size_t>(std::min<std::uint64_t>(size, left))));
  return loaded.first(static_cast<std::size_t>(std::min<std::uint64_t>(loaded.size(), left)));
}

// A count of at most `most` things that take at least `least_size` bytes each.
absl::StatusOr<std::uint64_t> UndoCursor::ReadCount(std::uint64_t most, std::size_t least_size,
                                                    const char* what) {
  COINWAKE_ASSIGN_OR_RETURN(const ByteSpan ahead, Ahead(kMaxCountSize));
  ByteReader reader(ahead);
  const std::uint64_t count = reader.ReadCompactSize();
  at_ += reader.offset();
  if (!reader.ok() || count > std::min(most, (size_ - at_) / least_size)) return Bad(at_, what);
  return count;
}

absl::StatusOr<std::uint64_t> UndoCursor::ReadTransactionsCount() {
  return ReadCount(kMaxBlockInputs, 1 + kMinSpentSize, "more transactions are promised than fit");
}

absl::StatusOr<std::uint64_t> UndoCursor::ReadInputsCount() {
  COINWAKE_ASSIGN_OR_RETURN(
      const std::uint64_t count,
      ReadCount(inputs_left_, kMinSpentSize, "more inputs are promised than fit"));
  inputs_left_ -= count;
  return count;
}

absl::Status UndoCursor::ReadSpent(SpentOutput* spent) {
  COINWAKE_ASSIGN_OR_RETURN(const ByteSpan ahead, Ahead(kMaxSpentSize));
  ByteReader reader(ahead);
  COINWAKE_RETURN_IF_ERROR(ReadSpentOutput(&reader, at_, spent));
  at_ += reader.offset();
  return absl::OkStatus();
}

absl::Status UndoCursor::Finish() const {
  return at_ == size_ ? absl::OkStatus() : Bad(at_, "bytes go on after the last input");
}

absl::StatusOr<BlockUndo> ParseBlockUndo(ByteSpan bytes) {
  UndoCursor cursor(bytes);
  BlockUndo undo;
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t transactions, cursor.ReadTransactionsCount());
  undo.transactions.resize(transactions);
  for (std::vector<SpentOutput>& inputs : undo.transactions) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t count, cursor.ReadInputsCount());
    inputs.resize(count);
    for (SpentOutput& spent : inputs) COINWAKE_RETURN_IF_ERROR(cursor.ReadSpent(&spent));
  }
  COINWAKE_RETURN_IF_ERROR(cursor.Finish());
  return undo;
}

absl::StatusOr<std::optional<Hash256>> MatchUndoChecksum(const Hash256& prev_hash, const File& file,
                                                         const XorKey& key,
                                                         const UndoRecord& record) {
  PlainWindow window(file, key);
  DoubleSha256Stream hasher;
  hasher.Add(prev_hash.bytes);
  const std::uint64_t end = record.offset + record.size_bytes;
  for (std::uint64_t at = record.offset; at < end;) {
    COINWAKE_ASSIGN_OR_RETURN(ByteSpan here, window.At(at, 1));
    if (here.empty()) return std::nullopt;  // the file was cut while it was read
    here = here.first(static_cast<std::size_t>(std::min<std::uint64_t>(here.size(), end - at)));
    hasher.Add(here);
    at += here.size();
  }
  const Hash256 checksum = hasher.Finish();
  COINWAKE_ASSIGN_OR_RETURN(const ByteSpan stored, window.At(end, kChecksumSize));
  if (stored.size() < kChecksumSize ||
      !std::equal(checksum.bytes.begin(), checksum.bytes.end(), stored.begin())) {
    return std::nullopt;
  }
  return checksum;
}

absl::StatusOr<std::vector<UndoRecord>> ListUndoRecords(const File& file, const XorKey& key,
                                                        Network network) {
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  if (size > kMaxUndoFile) {
    return absl::ResourceExhaustedError(
        absl::StrCat("an undo file of ", size, " bytes is larger than any node writes"));
  }
  return UndoLister(file, key, network, size).Run();
}

}  // namespace coinwake::bitcoin
