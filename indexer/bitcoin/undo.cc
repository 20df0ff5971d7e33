#include "indexer/bitcoin/undo.h"

#include <algorithm>
#include <array>
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
constexpr std::size_t kPrefixSize = 8;  // magic and size
// A spent output takes at least: height code, amount and script size of a byte each. A version byte
// follows a height above 0.
constexpr std::size_t kMinSpentSize = 3;
// No block has room for more: memory stays bounded whatever a record promises.
constexpr std::uint64_t kMaxInputs = kMaxBlockSize / 41;
// Records of a file that none follows and that must therefore be parsed to be believed. A sound
// file has one; a file made to have many must not cost the reading of its rest for each.
constexpr int kMaxExamined = 4096;
// Sizes below this stand for compressed scripts.
constexpr std::uint64_t kSpecialScripts = 6;

absl::Status Bad(std::size_t offset, const char* what) {
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

absl::Status ReadScript(ByteReader* reader, std::vector<std::uint8_t>* script) {
  const std::size_t start = reader->offset();
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

absl::Status ReadSpentOutput(ByteReader* reader, SpentOutput* spent) {
  const std::size_t start = reader->offset();
  const auto code = ReadVarInt(reader);
  if (!code || *code > std::numeric_limits<std::uint32_t>::max()) {
    return Bad(start, "a height cannot be read");
  }
  spent->height = static_cast<std::uint32_t>(*code >> 1);
  spent->coinbase = (*code & 1) != 0;
  // Once the version of the spent transaction; old nodes wrote it only with its last output.
  if (spent->height > 0 && !ReadVarInt(reader)) return Bad(start, "a version cannot be read");
  const auto amount = ReadVarInt(reader);
  if (!amount) return Bad(start, "an amount cannot be read");
  spent->value = DecompressAmount(*amount);
  if (spent->value > kMaxMoney) return Bad(start, "an amount is beyond all bitcoin there can be");
  return ReadScript(reader, &spent->script);
}

// The rest of a record whose magic stands at `at`; false when none does.
bool LookAt(ByteSpan file, std::size_t at, ByteSpan magic, int* examined, UndoRecord* record) {
  if (file.size() - at < kPrefixSize + kChecksumSize + 1) return false;
  if (!std::equal(magic.begin(), magic.end(), file.begin() + static_cast<std::ptrdiff_t>(at))) {
    return false;
  }
  const std::size_t size = LoadLe<std::uint32_t>(file.data() + at + 4);
  if (size == 0 || size > file.size() - at - kPrefixSize - kChecksumSize) return false;
  const std::size_t end = at + kPrefixSize + size;
  const ByteSpan bytes = file.subspan(at + kPrefixSize, size);
  const ByteSpan after = file.subspan(end + kChecksumSize);
  const bool followed =
      after.size() >= magic.size() && std::equal(magic.begin(), magic.end(), after.begin());
  if (!followed && (++*examined > kMaxExamined || !ParseBlockUndo(bytes).ok())) return false;
  record->offset = at + kPrefixSize;
  record->bytes.assign(bytes.begin(), bytes.end());
  std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(end), kChecksumSize,
              record->checksum.bytes.begin());
  return true;
}

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

absl::StatusOr<BlockUndo> ParseBlockUndo(ByteSpan bytes) {
  ByteReader reader(bytes);
  BlockUndo undo;
  const std::uint64_t transactions = reader.ReadCompactSize();
  if (!reader.ok() ||
      transactions > std::min(kMaxInputs, reader.remaining() / (1 + kMinSpentSize))) {
    return Bad(reader.offset(), "more transactions are promised than fit");
  }
  undo.transactions.resize(transactions);
  std::uint64_t inputs_left = kMaxInputs;
  for (std::vector<SpentOutput>& inputs : undo.transactions) {
    const std::uint64_t count = reader.ReadCompactSize();
    if (!reader.ok() || count > std::min(inputs_left, reader.remaining() / kMinSpentSize)) {
      return Bad(reader.offset(), "more inputs are promised than fit");
    }
    inputs_left -= count;
    inputs.resize(count);
    for (SpentOutput& spent : inputs) {
      COINWAKE_RETURN_IF_ERROR(ReadSpentOutput(&reader, &spent));
    }
  }
  if (reader.remaining() != 0) return Bad(reader.offset(), "bytes go on after the last input");
  return undo;
}

bool UndoChecksumMatches(const Hash256& prev_hash, ByteSpan undo, const Hash256& checksum) {
  return DoubleSha256({prev_hash.bytes, undo}) == checksum;
}

absl::StatusOr<std::vector<UndoRecord>> ReadUndoFile(const File& file, const XorKey& key,
                                                     Network network) {
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t size, file.Size());
  if (size > kMaxUndoFile) {
    return absl::ResourceExhaustedError(
        absl::StrCat("an undo file of ", size, " bytes is larger than any node writes"));
  }
  std::vector<std::uint8_t> bytes(size);
  COINWAKE_ASSIGN_OR_RETURN(const std::size_t got, file.ReadAt(0, bytes));
  bytes.resize(got);
  key.Apply(0, bytes);
  const auto& magic = ParamsOf(network).magic;
  std::vector<UndoRecord> records;
  int examined = 0;
  auto at = bytes.begin();
  while (true) {
    at = std::search(at, bytes.end(), magic.begin(), magic.end());
    if (at == bytes.end()) return records;
    UndoRecord record;
    if (LookAt(bytes, static_cast<std::size_t>(at - bytes.begin()), magic, &examined, &record)) {
      at = bytes.begin() + static_cast<std::ptrdiff_t>(record.offset + record.bytes.size()) +
           static_cast<std::ptrdiff_t>(kChecksumSize);
      records.push_back(std::move(record));
    } else {
      ++at;
    }
  }
}

}  // namespace coinwake::bitcoin
