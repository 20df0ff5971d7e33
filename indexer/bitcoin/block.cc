#include "indexer/bitcoin/block.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/bitcoin/script.h"

namespace coinwake::bitcoin {
namespace {

// The least bytes each record takes: a count that promises more than fit is refused before the
// loop.
constexpr std::size_t kMinInputSize = 32 + 4 + 1 + 4;
constexpr std::size_t kMinOutputSize = 8 + 1;
constexpr std::size_t kMinTransactionSize = 4 + 1 + kMinInputSize + 1 + kMinOutputSize + 4;
constexpr std::size_t kMaxScriptPushSize = 4;  // bytes of a BIP34 height that fits 32 bits

absl::Status Bad(std::size_t offset, const char* what) {
  return absl::DataLossError(absl::StrCat("byte ", offset, ": ", what));
}

bool IsNullOutpoint(ByteSpan outpoint) {
  return LoadLe<std::uint32_t>(outpoint.data() + 32) == kNullOutpointIndex &&
         std::all_of(outpoint.begin(), outpoint.begin() + 32, [](auto byte) { return byte == 0; });
}

// Reads transactions one after the other into a ParsedBlock.
class TransactionParser {
 public:
  TransactionParser(ByteSpan bytes, std::size_t offset, ParsedBlock* block)
      : bytes_(bytes), reader_(bytes), block_(*block) {
    reader_.ReadBytes(offset);
  }

  const ByteReader& reader() const { return reader_; }
  ByteReader& reader() { return reader_; }

  absl::Status ParseOne();

 private:
  absl::Status ParseInputs(ParsedTransaction* transaction);
  absl::Status ParseOutputs(ParsedTransaction* transaction);
  absl::Status ParseWitnesses(ParsedTransaction* transaction);
  absl::Status CutShort() const {
    return Bad(reader_.offset(), "the bytes end inside a transaction");
  }

  ByteSpan bytes_;
  ByteReader reader_;
  ParsedBlock& block_;
};

absl::Status TransactionParser::ParseInputs(ParsedTransaction* transaction) {
  const std::uint64_t count = reader_.ReadCompactSize();
  if (!reader_.ok()) return CutShort();
  if (count > reader_.remaining() / kMinInputSize) {
    return Bad(reader_.offset(), "more inputs are promised than fit");
  }
  transaction->first_input = static_cast<std::uint32_t>(block_.inputs.size());
  transaction->inputs_count = static_cast<std::uint32_t>(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    ParsedInput& input = block_.inputs.emplace_back();
    input.outpoint = reader_.ReadBytes(36);
    const std::uint64_t script_size = reader_.ReadCompactSize();
    input.script_sig = reader_.ReadBytes(script_size);
    input.sequence = reader_.Read<std::uint32_t>();
    if (!reader_.ok()) return CutShort();
  }
  return absl::OkStatus();
}

absl::Status TransactionParser::ParseOutputs(ParsedTransaction* transaction) {
  const std::uint64_t count = reader_.ReadCompactSize();
  if (!reader_.ok()) return CutShort();
  if (count == 0) return Bad(reader_.offset(), "a transaction has no output");
  if (count > reader_.remaining() / kMinOutputSize) {
    return Bad(reader_.offset(), "more outputs are promised than fit");
  }
  transaction->first_output = static_cast<std::uint32_t>(block_.outputs.size());
  transaction->outputs_count = static_cast<std::uint32_t>(count);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    ParsedOutput& output = block_.outputs.emplace_back();
    output.value = reader_.Read<std::uint64_t>();
    // Both are at most kMaxMoney, so that the sum cannot wrap.
    if (output.value > kMaxMoney || (sum += output.value) > kMaxMoney) {
      return Bad(reader_.offset() - 8, "values add up to more than all bitcoin there can be");
    }
    const std::uint64_t script_size = reader_.ReadCompactSize();
    output.script = reader_.ReadBytes(script_size);
    if (!reader_.ok()) return CutShort();
  }
  return absl::OkStatus();
}

absl::Status TransactionParser::ParseWitnesses(ParsedTransaction* transaction) {
  const std::size_t first_item = block_.witness_items.size();
  for (std::uint32_t i = 0; i < transaction->inputs_count; ++i) {
    ParsedInput& input = block_.inputs[transaction->first_input + i];
    const std::uint64_t count = reader_.ReadCompactSize();
    if (!reader_.ok()) return CutShort();
    if (count > reader_.remaining()) {
      return Bad(reader_.offset(), "more witness items are promised than fit");
    }
    input.first_witness_item = static_cast<std::uint32_t>(block_.witness_items.size());
    input.witness_items_count = static_cast<std::uint32_t>(count);
    for (std::uint64_t item = 0; item < count; ++item) {
      const std::uint64_t size = reader_.ReadCompactSize();
      block_.witness_items.push_back(reader_.ReadBytes(size));
      if (!reader_.ok()) return CutShort();
    }
  }
  transaction->has_witness = block_.witness_items.size() != first_item;
  if (!transaction->has_witness) {
    return Bad(reader_.offset(), "a transaction is marked as having witnesses and has none");
  }
  return absl::OkStatus();
}

// As Core's UnserializeTransaction with witnesses allowed: no inputs means that a flag byte
// follows.
absl::Status TransactionParser::ParseOne() {
  ParsedTransaction& transaction = block_.transactions.emplace_back();
  const std::size_t start = reader_.offset();
  transaction.offset = static_cast<std::uint32_t>(start);
  transaction.version = reader_.Read<std::uint32_t>();
  std::size_t body = reader_.offset();  // where the hashed part goes on after the version
  bool marked = false;
  if (reader_.remaining() >= 2 && bytes_[body] == 0) {
    if (bytes_[body + 1] == 0) return Bad(body, "a transaction has no input");
    if (bytes_[body + 1] != 1) return Bad(body + 1, "unknown optional data in a transaction");
    reader_.ReadBytes(2);
    marked = true;
    body += 2;
  }
  COINWAKE_RETURN_IF_ERROR(ParseInputs(&transaction));
  if (transaction.inputs_count == 0) return Bad(body, "a transaction has no input");
  COINWAKE_RETURN_IF_ERROR(ParseOutputs(&transaction));
  const std::size_t body_end = reader_.offset();
  if (marked) COINWAKE_RETURN_IF_ERROR(ParseWitnesses(&transaction));
  const std::size_t locktime_at = reader_.offset();
  transaction.locktime = reader_.Read<std::uint32_t>();
  if (!reader_.ok()) return CutShort();
  transaction.size_bytes = static_cast<std::uint32_t>(reader_.offset() - start);
  transaction.stripped_size_bytes = static_cast<std::uint32_t>(4 + (body_end - body) + 4);
  transaction.txid =
      marked ? DoubleSha256({bytes_.subspan(start, 4), bytes_.subspan(body, body_end - body),
                             bytes_.subspan(locktime_at, 4)})
             : DoubleSha256(bytes_.subspan(start, transaction.size_bytes));
  transaction.coinbase = transaction.inputs_count == 1 &&
                         IsNullOutpoint(block_.inputs[transaction.first_input].outpoint);
  return absl::OkStatus();
}

void Clear(ParsedBlock* block) {
  block->header = {};
  block->hash = {};
  block->transactions.clear();
  block->inputs.clear();
  block->outputs.clear();
  block->witness_items.clear();
}

}  // namespace

Hash256 ParsedInput::prev_txid() const {
  Hash256 txid;
  std::memcpy(txid.bytes.data(), outpoint.data(), txid.bytes.size());
  return txid;
}

BlockHeader ParseHeader(ByteSpan bytes) {
  COINWAKE_CHECK(bytes.size() == kHeaderSize);
  BlockHeader header;
  header.version = LoadLe<std::int32_t>(bytes.data());
  std::memcpy(header.prev.bytes.data(), bytes.data() + 4, 32);
  std::memcpy(header.merkle_root.bytes.data(), bytes.data() + 36, 32);
  header.time = LoadLe<std::uint32_t>(bytes.data() + 68);
  header.bits = LoadLe<std::uint32_t>(bytes.data() + 72);
  header.nonce = LoadLe<std::uint32_t>(bytes.data() + 76);
  return header;
}

Hash256 HeaderHash(ByteSpan bytes) {
  COINWAKE_CHECK(bytes.size() == kHeaderSize);
  return DoubleSha256(bytes);
}

absl::Status ParseBlock(ByteSpan bytes, ParsedBlock* block) {
  Clear(block);
  if (bytes.size() > kMaxBlockSize) return Bad(kMaxBlockSize, "larger than any block may be");
  if (bytes.size() < kHeaderSize) return Bad(bytes.size(), "the bytes end inside the header");
  block->header = ParseHeader(bytes.first(kHeaderSize));
  block->hash = HeaderHash(bytes.first(kHeaderSize));
  TransactionParser parser(bytes, kHeaderSize, block);
  const std::uint64_t count = parser.reader().ReadCompactSize();
  if (!parser.reader().ok()) {
    return Bad(parser.reader().offset(), "the number of transactions cannot be read");
  }
  if (count == 0) return Bad(kHeaderSize, "the block has no transaction");
  if (count > parser.reader().remaining() / kMinTransactionSize) {
    return Bad(kHeaderSize, "more transactions are promised than fit");
  }
  for (std::uint64_t i = 0; i < count; ++i) COINWAKE_RETURN_IF_ERROR(parser.ParseOne());
  if (parser.reader().remaining() != 0) {
    return Bad(parser.reader().offset(), "bytes go on after the last transaction");
  }
  return absl::OkStatus();
}

absl::Status ParseTransaction(ByteSpan bytes, ParsedBlock* block) {
  Clear(block);
  if (bytes.size() > kMaxBlockSize) return Bad(kMaxBlockSize, "larger than any block may be");
  TransactionParser parser(bytes, 0, block);
  COINWAKE_RETURN_IF_ERROR(parser.ParseOne());
  if (parser.reader().remaining() != 0) {
    return Bad(parser.reader().offset(), "bytes go on after the transaction");
  }
  return absl::OkStatus();
}

Hash256 MerkleRoot(std::vector<Hash256> hashes, bool* mutated) {
  static_assert(sizeof(Hash256) == 32, "neighbours are hashed as one run of bytes");
  bool twins = false;
  while (hashes.size() > 1) {
    const std::size_t pairs = (hashes.size() + 1) / 2;
    const bool odd = hashes.size() % 2 != 0;
    if (odd) hashes.push_back(hashes.back());
    for (std::size_t i = 0; i < pairs; ++i) {
      twins |= !(odd && i + 1 == pairs) && hashes[2 * i] == hashes[2 * i + 1];
      hashes[i] = DoubleSha256(AsBytes(&hashes[2 * i], 2 * sizeof(Hash256)));
    }
    hashes.resize(pairs);
  }
  if (mutated != nullptr) *mutated = twins;
  return hashes.empty() ? Hash256{} : hashes.front();
}

absl::Status CheckBlock(const ParsedBlock& block) {
  if (block.transactions.empty() || !block.transactions.front().coinbase) {
    return absl::DataLossError("the first transaction is no coinbase");
  }
  for (std::size_t i = 1; i < block.inputs.size(); ++i) {
    if (IsNullOutpoint(block.inputs[i].outpoint)) {
      return absl::DataLossError("a transaction that is not the first spends the null output");
    }
  }
  std::vector<Hash256> txids;
  txids.reserve(block.transactions.size() + 1);  // an odd level gets its last twice
  for (const ParsedTransaction& transaction : block.transactions) txids.push_back(transaction.txid);
  bool mutated = false;
  if (MerkleRoot(std::move(txids), &mutated) != block.header.merkle_root) {
    return absl::DataLossError("the merkle root is not that of the transactions");
  }
  if (mutated) return absl::DataLossError("transactions are listed twice (CVE-2012-2459)");
  return absl::OkStatus();
}

std::optional<std::uint32_t> CoinbaseHeight(ByteSpan script_sig) {
  ScriptReader reader(script_sig);
  std::uint8_t opcode = 0;
  ByteSpan data;
  if (!reader.Next(&opcode, &data)) return std::nullopt;
  if (opcode == kOp0) return 0;
  if (opcode >= kOp1 && opcode <= kOp16) return static_cast<std::uint32_t>(opcode - kOp1 + 1);
  // A direct push of a positive script number; its last byte is only there if the sign needs it.
  if (opcode >= kOpPushData1 || data.size() > kMaxScriptPushSize) return std::nullopt;
  std::uint32_t height = 0;
  for (std::size_t i = data.size(); i-- > 0;) height = (height << 8) | data[i];
  const std::uint8_t last = data.back();
  if ((last & 0x80) != 0) return std::nullopt;
  if (last == 0 && (data.size() == 1 || (data[data.size() - 2] & 0x80) == 0)) return std::nullopt;
  if (height <= 16) return std::nullopt;  // would have been OP_1 to OP_16
  return height;
}

}  // namespace coinwake::bitcoin
