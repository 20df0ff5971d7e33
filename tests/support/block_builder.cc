#include "tests/support/block_builder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "indexer/base/check.h"
#include "indexer/base/hex.h"

namespace coinwake::synthetic {
namespace {

constexpr std::uint8_t kOpReturn = 0x6a;
constexpr std::size_t kWriteBufferSize = 4U << 20;  // one write a few blocks

template <typename T>
void AppendLe(T value, Bytes* bytes) {
  const std::size_t at = bytes->size();
  bytes->resize(at + sizeof(T));
  StoreLe(bytes->data() + at, value);
}

void AppendBytes(ByteSpan from, Bytes* bytes) {
  bytes->insert(bytes->end(), from.begin(), from.end());
}

void AppendVarBytes(ByteSpan from, Bytes* bytes) {
  AppendCompactSize(from.size(), bytes);
  AppendBytes(from, bytes);
}

void AppendTransaction(const Transaction& transaction, bool witness, Bytes* bytes) {
  AppendLe(transaction.version, bytes);
  if (witness) AppendBytes(std::array<std::uint8_t, 2>{0, 1}, bytes);
  AppendCompactSize(transaction.inputs.size(), bytes);
  for (const TxInput& input : transaction.inputs) {
    AppendBytes(input.txid.bytes, bytes);
    AppendLe(input.vout, bytes);
    AppendVarBytes(input.script_sig, bytes);
    AppendLe(input.sequence, bytes);
  }
  AppendCompactSize(transaction.outputs.size(), bytes);
  for (const TxOutput& output : transaction.outputs) {
    AppendLe(output.value, bytes);
    AppendVarBytes(output.script, bytes);
  }
  if (witness) {
    for (const TxInput& input : transaction.inputs) {
      AppendCompactSize(input.witness.size(), bytes);
      for (const Bytes& item : input.witness) AppendVarBytes(item, bytes);
    }
  }
  AppendLe(transaction.locktime, bytes);
}

Bytes WitnessProgram(std::uint8_t version_opcode, ByteSpan program) {
  Bytes script = {version_opcode};
  AppendPush(program, &script);
  return script;
}

struct Header {
  std::uint32_t version;
  Hash256 previous;
  Hash256 merkle_root;
  std::uint32_t time;
  std::uint32_t nonce;
};

std::array<std::uint8_t, 80> SerializeHeader(const Header& header) {
  std::array<std::uint8_t, 80> bytes{};
  StoreLe(bytes.data(), header.version);
  std::copy_n(header.previous.bytes.begin(), 32, bytes.begin() + 4);
  std::copy_n(header.merkle_root.bytes.begin(), 32, bytes.begin() + 36);
  StoreLe(bytes.data() + 68, header.time);
  StoreLe(bytes.data() + 72, kRegtestBits);
  StoreLe(bytes.data() + 76, header.nonce);
  return bytes;
}

// The target of 207fffff is 7fffff00..00: the top byte decides but for one case in 2^23.
bool MeetsRegtestTarget(const Hash256& hash) {
  return hash.bytes[31] < 0x7f ||
         (hash.bytes[31] == 0x7f && (hash.bytes[30] < 0xff || hash.bytes[29] < 0xff));
}

}  // namespace

bool Transaction::HasWitness() const {
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const TxInput& input) { return !input.witness.empty(); });
}

SerializedTransaction Serialize(const Transaction& transaction) {
  SerializedTransaction result;
  AppendTransaction(transaction, /*witness=*/false, &result.bytes);
  result.txid = DoubleSha256(ByteSpan(result.bytes));
  result.wtxid = result.txid;
  if (transaction.HasWitness()) {
    result.bytes.clear();
    AppendTransaction(transaction, /*witness=*/true, &result.bytes);
    result.wtxid = DoubleSha256(ByteSpan(result.bytes));
  }
  return result;
}

void AppendCompactSize(std::uint64_t value, Bytes* bytes) {
  if (value < 0xfd) {
    bytes->push_back(static_cast<std::uint8_t>(value));
  } else if (value <= 0xffff) {
    bytes->push_back(0xfd);
    AppendLe(static_cast<std::uint16_t>(value), bytes);
  } else if (value <= 0xffffffff) {
    bytes->push_back(0xfe);
    AppendLe(static_cast<std::uint32_t>(value), bytes);
  } else {
    bytes->push_back(0xff);
    AppendLe(value, bytes);
  }
}

void AppendPush(ByteSpan data, Bytes* script) {
  COINWAKE_CHECK(data.size() <= 0xffff);
  if (data.size() < 0x4c) {
    script->push_back(static_cast<std::uint8_t>(data.size()));
  } else if (data.size() <= 0xff) {
    script->push_back(0x4c);  // OP_PUSHDATA1
    script->push_back(static_cast<std::uint8_t>(data.size()));
  } else {
    script->push_back(0x4d);  // OP_PUSHDATA2
    AppendLe(static_cast<std::uint16_t>(data.size()), script);
  }
  AppendBytes(data, script);
}

Bytes PayToPubkey(ByteSpan key) {
  Bytes script;
  AppendPush(key, &script);
  script.push_back(0xac);  // OP_CHECKSIG
  return script;
}

Bytes PayToPubkeyHash(const Hash160& key_hash) {
  Bytes script = {0x76, 0xa9};  // OP_DUP OP_HASH160
  AppendPush(key_hash, &script);
  script.push_back(0x88);  // OP_EQUALVERIFY
  script.push_back(0xac);
  return script;
}

Bytes PayToScriptHash(const Hash160& script_hash) {
  Bytes script = {0xa9};
  AppendPush(script_hash, &script);
  script.push_back(0x87);  // OP_EQUAL
  return script;
}

Bytes PayToWitnessKeyHash(const Hash160& key_hash) { return WitnessProgram(0x00, key_hash); }
Bytes PayToWitnessScriptHash(const Hash256& script_sha256) {
  return WitnessProgram(0x00, script_sha256.bytes);
}
Bytes PayToTaproot(ByteSpan x_only_key) { return WitnessProgram(0x51, x_only_key); }

Bytes NullData(ByteSpan data) {
  Bytes script = {kOpReturn};
  AppendPush(data, &script);
  return script;
}

Bytes Multisig(int required, const std::vector<Bytes>& keys) {
  constexpr std::uint8_t kOp1MinusOne = 0x50;
  Bytes script = {static_cast<std::uint8_t>(kOp1MinusOne + required)};
  for (const Bytes& key : keys) AppendPush(key, &script);
  script.push_back(static_cast<std::uint8_t>(kOp1MinusOne + keys.size()));
  script.push_back(0xae);  // OP_CHECKMULTISIG
  return script;
}

std::uint64_t RegtestSubsidy(std::uint64_t height) {
  const std::uint64_t halvings = height / kRegtestHalvingInterval;
  return halvings >= 64 ? 0 : (50 * kCoin) >> halvings;
}

Hash256 MerkleRootOf(std::vector<Hash256> hashes) {
  COINWAKE_CHECK(!hashes.empty());
  while (hashes.size() > 1) {
    if (hashes.size() % 2 != 0) hashes.push_back(hashes.back());
    for (std::size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = DoubleSha256({ByteSpan(hashes[2 * i].bytes), ByteSpan(hashes[2 * i + 1].bytes)});
    }
    hashes.resize(hashes.size() / 2);
  }
  return hashes.front();
}

BuiltBlock RegtestGenesis() {
  Transaction coinbase;
  coinbase.version = 1;
  TxInput input;
  input.vout = 0xffffffff;
  // chainparams.cpp: 486604799, 4, and the headline of 3 January 2009.
  input.script_sig = {0x04, 0xff, 0xff, 0x00, 0x1d, 0x01, 0x04};
  static constexpr char kHeadline[] =
      "The Times 03/Jan/2009 Chancellor on brink of second bailout for banks";
  AppendPush(AsBytes(kHeadline, sizeof(kHeadline) - 1), &input.script_sig);
  coinbase.inputs.push_back(std::move(input));
  const auto key = HexDecode(
      "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51e"
      "c112de5c384df7ba0b8d578a4c702b6bf11d5f");
  coinbase.outputs.push_back({50 * kCoin, PayToPubkey(*key)});
  const SerializedTransaction serialized = Serialize(coinbase);
  constexpr std::uint32_t kGenesisTime = 1296688602;
  const auto header =
      SerializeHeader({/*version=*/1, Hash256{}, serialized.txid, kGenesisTime, /*nonce=*/2});
  BuiltBlock block;
  AppendBytes(header, &block.bytes);
  block.bytes.push_back(1);
  AppendBytes(serialized.bytes, &block.bytes);
  block.hash = DoubleSha256(ByteSpan(header));
  block.coinbase_txid = serialized.txid;
  block.coinbase_outputs_count = 1;
  return block;
}

BlockBuilder::BlockBuilder(const Hash256& previous, std::uint32_t height, std::uint32_t time)
    : previous_(previous), height_(height), time_(time) {}

void BlockBuilder::Add(SerializedTransaction transaction) {
  size_bytes_ += transaction.bytes.size();
  has_witness_ = has_witness_ || transaction.txid != transaction.wtxid;
  transactions_.push_back(std::move(transaction));
}

BuiltBlock BlockBuilder::Finish(std::vector<TxOutput> coinbase_outputs,
                                std::uint32_t extra_nonce) const {
  std::vector<Hash256> hashes(transactions_.size() + 1);
  Transaction coinbase;
  TxInput input;
  input.vout = 0xffffffff;
  // BIP34's height as Core pushes it: a small number has an opcode, others a minimal signed push.
  if (height_ >= 1 && height_ <= 16) {
    input.script_sig.push_back(static_cast<std::uint8_t>(0x50 + height_));
  } else {
    Bytes number;
    for (std::uint32_t rest = height_; rest != 0; rest >>= 8) {
      number.push_back(static_cast<std::uint8_t>(rest));
    }
    if (!number.empty() && (number.back() & 0x80) != 0) number.push_back(0);
    AppendPush(number, &input.script_sig);
  }
  std::array<std::uint8_t, 4> nonce_bytes{};
  StoreLe(nonce_bytes.data(), extra_nonce);
  AppendPush(nonce_bytes, &input.script_sig);
  coinbase.outputs = std::move(coinbase_outputs);
  if (has_witness_) {
    const Bytes reserved(32, 0);
    for (std::size_t i = 0; i < transactions_.size(); ++i) hashes[i + 1] = transactions_[i].wtxid;
    hashes[0] = Hash256{};
    const Hash256 commitment =
        DoubleSha256({ByteSpan(MerkleRootOf(hashes).bytes), ByteSpan(reserved)});
    Bytes data = {0xaa, 0x21, 0xa9, 0xed};
    AppendBytes(commitment.bytes, &data);
    coinbase.outputs.push_back({0, NullData(data)});
    input.witness.push_back(reserved);
  }
  coinbase.inputs.push_back(std::move(input));
  const SerializedTransaction serialized = Serialize(coinbase);

  hashes[0] = serialized.txid;
  for (std::size_t i = 0; i < transactions_.size(); ++i) hashes[i + 1] = transactions_[i].txid;
  Header header{0x20000000, previous_, MerkleRootOf(std::move(hashes)), time_, 0};
  BuiltBlock block;
  block.coinbase_txid = serialized.txid;
  block.coinbase_outputs_count = coinbase.outputs.size();
  std::array<std::uint8_t, 80> header_bytes{};
  do {
    header_bytes = SerializeHeader(header);
    block.hash = DoubleSha256(ByteSpan(header_bytes));
    ++header.nonce;
  } while (!MeetsRegtestTarget(block.hash));

  block.bytes.reserve(size_bytes_ + serialized.bytes.size() + 9);
  AppendBytes(header_bytes, &block.bytes);
  AppendCompactSize(transactions_.size() + 1, &block.bytes);
  AppendBytes(serialized.bytes, &block.bytes);
  for (const SerializedTransaction& transaction : transactions_) {
    AppendBytes(transaction.bytes, &block.bytes);
  }
  return block;
}

BlockFolderWriter::BlockFolderWriter(FileSystem& files, std::string folder,
                                     BlockFolderOptions options)
    : files_(files), folder_(std::move(folder)), options_(options), shuffle_state_(options.seed) {
  COINWAKE_CHECK(options_.shuffle_window >= 1);
}

BlockFolderWriter::~BlockFolderWriter() = default;

absl::Status BlockFolderWriter::Append(Bytes block) {
  window_.push_back(std::move(block));
  if (window_.size() < options_.shuffle_window) return absl::OkStatus();
  return FlushWindow();
}

absl::Status BlockFolderWriter::FlushWindow() {
  for (std::size_t i = window_.size(); i > 1; --i) {
    std::swap(window_[i - 1], window_[SplitMix(&shuffle_state_) % i]);
  }
  for (const Bytes& block : window_) COINWAKE_RETURN_IF_ERROR(WriteRecord(block));
  window_.clear();
  return absl::OkStatus();
}

absl::Status BlockFolderWriter::WriteRecord(const Bytes& block) {
  const std::uint64_t record_size = 8 + block.size();
  if (file_ == nullptr || file_offset_ + record_size > options_.file_size) {
    COINWAKE_RETURN_IF_ERROR(FlushBuffer());
    if (file_ == nullptr) {
      COINWAKE_RETURN_IF_ERROR(files_.CreateFolders(folder_));
      if (options_.xor_key != std::array<std::uint8_t, 8>{}) {
        COINWAKE_ASSIGN_OR_RETURN(
            auto key_file, files_.Open(absl::StrCat(folder_, "/xor.dat"), OpenMode::kTruncate));
        COINWAKE_RETURN_IF_ERROR(key_file->WriteAt(0, options_.xor_key));
      }
    }
    const std::string path = absl::StrFormat("%s/blk%05u.dat", folder_, next_file_++);
    COINWAKE_ASSIGN_OR_RETURN(file_, files_.Open(path, OpenMode::kTruncate));
    file_offset_ = 0;
  }
  AppendBytes(kRegtestMagic, &buffer_);
  AppendLe(static_cast<std::uint32_t>(block.size()), &buffer_);
  AppendBytes(block, &buffer_);
  file_offset_ += record_size;
  written_bytes_ += record_size;
  return buffer_.size() >= kWriteBufferSize ? FlushBuffer() : absl::OkStatus();
}

absl::Status BlockFolderWriter::FlushBuffer() {
  if (buffer_.empty()) return absl::OkStatus();
  const std::uint64_t start = file_offset_ - buffer_.size();
  if (options_.xor_key != std::array<std::uint8_t, 8>{}) {
    for (std::size_t i = 0; i < buffer_.size(); ++i) {
      buffer_[i] = static_cast<std::uint8_t>(buffer_[i] ^ options_.xor_key[(start + i) % 8]);
    }
  }
  COINWAKE_RETURN_IF_ERROR(file_->WriteAt(start, buffer_));
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status BlockFolderWriter::Finish() {
  COINWAKE_RETURN_IF_ERROR(FlushWindow());
  return FlushBuffer();
}

}  // namespace coinwake::synthetic
