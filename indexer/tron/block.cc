#include "indexer/tron/block.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "indexer/tron/outcome.h"
#include "tron/block.pb.h"

namespace coinwake::tron {
namespace {

// Fields of the messages that are framed here (java-tron: core/Tron.proto).
constexpr std::uint32_t kBlockTransactions = 1;
constexpr std::uint32_t kBlockHeaderField = 2;
constexpr std::uint32_t kHeaderRaw = 1;
constexpr std::uint32_t kHeaderSignature = 2;
constexpr std::uint32_t kTransactionRaw = 1;
constexpr std::uint32_t kTransactionSignature = 2;
constexpr std::uint32_t kTransactionResult = 5;
constexpr std::uint32_t kRawContract = 11;
constexpr std::uint32_t kResultOrderDetails = 26;
constexpr std::uint32_t kResultCancelledAmounts = 28;

constexpr std::size_t kNumberSize = 8;  // bytes of a block id that are the number

absl::Status Bad(std::size_t offset, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("byte ", offset, ": ", what));
}

// `status` about a part that begins at `offset`.
absl::Status Within(const char* part, std::size_t offset, const absl::Status& status) {
  return absl::InvalidArgumentError(
      absl::StrCat(part, " at byte ", offset, ": ", std::string(status.message())));
}

template <typename Message>
bool Parse(ByteSpan bytes, Message* message) {
  return message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

absl::Status DecodeHeaderRaw(BlockHeader* header) {
  wire::BlockHeaderRaw raw;
  if (!Parse(header->raw, &raw)) {
    return absl::InvalidArgumentError("the header's raw data is no protobuf message");
  }
  if (raw.number() < 0) return absl::InvalidArgumentError("the block's number is below zero");
  header->number = static_cast<std::uint64_t>(raw.number());
  header->time_ms = raw.timestamp();
  COINWAKE_RETURN_IF_ERROR(SetHash(raw.parent_hash(), "the parent hash", &header->parent));
  COINWAKE_RETURN_IF_ERROR(SetHash(raw.tx_trie_root(), "the merkle root", &header->tx_root));
  header->witness = Account(SpanOf(raw.witness_address()));
  header->witness_id = raw.witness_id();
  header->version = raw.version();
  header->account_state_root = std::move(*raw.mutable_account_state_root());
  header->raw_hash = Sha256(header->raw);
  header->id = MakeBlockId(header->number, header->raw_hash);
  return absl::OkStatus();
}

// How many parts of it are kept.
std::size_t RoomIn(ByteSpan bytes) { return bytes.size() / kMinBlockPartSize + kShortParts; }

std::size_t PartsOf(const Transaction& transaction) {
  std::size_t parts = 1 + transaction.contracts.size();
  for (const TransactionResult& result : transaction.results) {
    parts +=
        1 + result.outcome.order_details.size() + result.outcome.cancel_unfreeze_v2_amounts.size();
  }
  return parts;
}

absl::Status MorePartsThan(std::size_t offset, std::size_t room) {
  return Bad(offset, absl::StrCat("more transactions, contracts and results than the ", room,
                                  " that so many bytes of java-tron's have room for"));
}

// Decodes transactions one after the other, with the same scratch for all.
class TransactionDecoder {
 public:
  absl::Status Decode(ByteSpan bytes, Transaction* transaction);

 private:
  absl::Status DecodeRaw(Transaction* transaction);
  absl::Status AddResult(ByteSpan bytes, Transaction* transaction);

  std::vector<WireField> fields_;
  wire::TransactionRaw raw_;
  wire::TransactionResult result_;
};

absl::Status TransactionDecoder::Decode(ByteSpan bytes, Transaction* transaction) {
  if (CountFields(bytes) > RoomIn(bytes)) return MorePartsThan(0, RoomIn(bytes));
  COINWAKE_RETURN_IF_ERROR(ReadFields(bytes, &fields_));
  transaction->bytes = bytes;
  bool has_raw = false;
  for (const WireField& field : fields_) {
    if (field.number == kTransactionRaw) {
      if (has_raw) return Bad(field.offset, "a transaction has raw data twice");
      has_raw = true;
      transaction->raw = field.bytes;
    } else if (field.number == kTransactionSignature) {
      transaction->signatures.push_back(field.bytes);
    } else if (field.number == kTransactionResult) {
      const absl::Status status = AddResult(field.bytes, transaction);
      if (!status.ok()) return Within("result", field.offset, status);
    }
  }
  if (!has_raw) return Bad(0, "a transaction has no raw data");
  transaction->txid = Sha256(transaction->raw);
  transaction->leaf = Sha256(bytes);
  return DecodeRaw(transaction);
}

absl::Status TransactionDecoder::DecodeRaw(Transaction* transaction) {
  // Limits are asked before protobuf makes an object of each.
  if (CountFields(transaction->raw, {kRawContract}) > kMaxContracts) {
    return absl::InvalidArgumentError("a transaction has more contracts than are kept");
  }
  if (!Parse(transaction->raw, &raw_)) {
    return absl::InvalidArgumentError("a transaction's raw data is no protobuf message");
  }
  transaction->contracts.reserve(static_cast<std::size_t>(raw_.contract_size()));
  for (wire::Contract& from : *raw_.mutable_contract()) {
    Contract& to = transaction->contracts.emplace_back();
    to.type = static_cast<ContractType>(from.type());
    to.permission_id = from.permission_id();
    to.type_url = std::move(*from.mutable_parameter()->mutable_type_url());
    to.parameter = std::move(*from.mutable_parameter()->mutable_value());
    DecodeContractBody(&to);
  }
  transaction->expiration_ms = raw_.expiration();
  transaction->timestamp_ms = raw_.timestamp();
  transaction->ref_block_bytes = std::move(*raw_.mutable_ref_block_bytes());
  transaction->ref_block_hash = std::move(*raw_.mutable_ref_block_hash());
  transaction->ref_block_number = raw_.ref_block_num();
  transaction->memo = std::move(*raw_.mutable_data());
  transaction->scripts = std::move(*raw_.mutable_scripts());
  transaction->fee_limit = raw_.fee_limit();
  return absl::OkStatus();
}

absl::Status TransactionDecoder::AddResult(ByteSpan bytes, Transaction* transaction) {
  if (transaction->results.size() == kMaxResults) {
    return absl::InvalidArgumentError("a transaction has more results than are kept");
  }
  const std::size_t details = CountFields(bytes, {kResultOrderDetails, kResultCancelledAmounts});
  if (details > RoomIn(bytes)) return MorePartsThan(0, RoomIn(bytes));
  if (!Parse(bytes, &result_)) return absl::InvalidArgumentError("no protobuf message");
  TransactionResult& to = transaction->results.emplace_back();
  to.fee = result_.fee();
  to.code = result_.ret();
  to.contract_ret = static_cast<ContractResult>(result_.contract_ret());
  to.outcome = TakeOutcome(result_);
  return absl::OkStatus();
}

constexpr std::array<std::string_view, 16> kContractResultNames = {"DEFAULT",
                                                                   "SUCCESS",
                                                                   "REVERT",
                                                                   "BAD_JUMP_DESTINATION",
                                                                   "OUT_OF_MEMORY",
                                                                   "PRECOMPILED_CONTRACT",
                                                                   "STACK_TOO_SMALL",
                                                                   "STACK_TOO_LARGE",
                                                                   "ILLEGAL_OPERATION",
                                                                   "STACK_OVERFLOW",
                                                                   "OUT_OF_ENERGY",
                                                                   "OUT_OF_TIME",
                                                                   "JVM_STACK_OVER_FLOW",
                                                                   "UNKNOWN",
                                                                   "TRANSFER_FAILED",
                                                                   "INVALID_CODE"};

}  // namespace

absl::Status DecodeBlockHeader(ByteSpan bytes, BlockHeader* header) {
  *header = {};
  std::vector<WireField> fields;
  COINWAKE_RETURN_IF_ERROR(ReadFields(bytes, &fields));
  bool has_raw = false;
  for (const WireField& field : fields) {
    if (field.number == kHeaderRaw) {
      if (has_raw) return Bad(field.offset, "a header has raw data twice");
      has_raw = true;
      header->raw = field.bytes;
    } else if (field.number == kHeaderSignature) {
      header->witness_signature = field.bytes;
    }
  }
  if (!has_raw) return Bad(0, "a header has no raw data");
  return DecodeHeaderRaw(header);
}

absl::Status DecodeTransaction(ByteSpan bytes, Transaction* transaction) {
  *transaction = {};
  if (bytes.size() > kMaxBlockSize) return Bad(kMaxBlockSize, "larger than any block may be");
  TransactionDecoder decoder;
  return decoder.Decode(bytes, transaction);
}

absl::Status DecodeBlock(ByteSpan bytes, Block* block) {
  *block = {};
  block->size_bytes = bytes.size();
  if (bytes.size() > kMaxBlockSize) return Bad(kMaxBlockSize, "larger than any block may be");
  const std::size_t room = RoomIn(bytes);
  if (CountFields(bytes) > room) return MorePartsThan(0, room);
  std::vector<WireField> fields;
  COINWAKE_RETURN_IF_ERROR(ReadFields(bytes, &fields));
  const auto count = std::count_if(fields.begin(), fields.end(), [](const WireField& field) {
    return field.number == kBlockTransactions;
  });
  if (count > static_cast<std::ptrdiff_t>(kMaxBlockTransactions)) {
    return Bad(0, "more transactions than a block has room for");
  }
  block->transactions.reserve(static_cast<std::size_t>(count));
  TransactionDecoder decoder;
  std::size_t parts = 0;
  bool has_header = false;
  for (const WireField& field : fields) {
    if (field.number == kBlockTransactions) {
      Transaction& transaction = block->transactions.emplace_back();
      transaction.offset = static_cast<std::uint32_t>(field.offset);
      const absl::Status status = decoder.Decode(field.bytes, &transaction);
      if (!status.ok()) return Within("transaction", field.offset, status);
      parts += PartsOf(transaction);
      if (parts > room) return MorePartsThan(field.offset, room);
      if (!transaction.well_formed()) ++block->malformed_transactions;
    } else if (field.number == kBlockHeaderField) {
      if (has_header) return Bad(field.offset, "the block has a header twice");
      has_header = true;
      const absl::Status status = DecodeBlockHeader(field.bytes, &block->header);
      if (!status.ok()) return Within("header", field.offset, status);
    }
  }
  if (!has_header) return Bad(bytes.size(), "the block has no header");
  return absl::OkStatus();
}

absl::StatusOr<ByteSpan> TakeDelimited(ByteSpan* stream, std::size_t max_size) {
  std::uint64_t size = 0;
  std::size_t at = 0;
  bool more = true;
  for (std::uint32_t shift = 0; more && shift < 64; shift += 7) {
    if (at == stream->size()) return Bad(at, "the bytes end inside a length");
    const std::uint8_t byte = (*stream)[at++];
    size |= std::uint64_t{byte & 0x7fU} << shift;
    more = (byte & 0x80) != 0;
  }
  if (more || size > max_size) {
    return Bad(0, absl::StrCat("a length beyond ", max_size, " bytes"));
  }
  if (size > stream->size() - at) return Bad(at, "a message is longer than what is there");
  const ByteSpan message = stream->subspan(at, size);
  *stream = stream->subspan(at + size);
  return message;
}

Success SuccessOf(const Transaction& transaction) {
  const bool in_vm = std::any_of(transaction.contracts.begin(), transaction.contracts.end(),
                                 [](const Contract& contract) { return RunsInVm(contract.type); });
  if (transaction.results.empty()) return in_vm ? Success::kUnknown : Success::kYes;
  const TransactionResult& result = transaction.results.front();
  if (result.code != 0) return Success::kNo;
  if (result.contract_ret == ContractResult::kSuccess) return Success::kYes;
  if (result.contract_ret != ContractResult::kDefault) return Success::kNo;
  return in_vm ? Success::kUnknown : Success::kYes;
}

Hash256 MerkleRoot(std::vector<Hash256> leaves) {
  static_assert(sizeof(Hash256) == 32, "neighbours are hashed as one run of bytes");
  while (leaves.size() > 1) {
    const std::size_t pairs = leaves.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
      leaves[i] = Sha256(AsBytes(&leaves[2 * i], 2 * sizeof(Hash256)));
    }
    const bool odd = leaves.size() % 2 != 0;
    if (odd) leaves[pairs] = leaves.back();
    leaves.resize(pairs + (odd ? 1 : 0));
  }
  return leaves.empty() ? Hash256{} : leaves.front();
}

Hash256 MakeBlockId(std::uint64_t number, const Hash256& raw_hash) {
  Hash256 id = raw_hash;
  StoreBe(id.bytes.data(), number);
  static_assert(sizeof(number) == kNumberSize);
  return id;
}

std::uint64_t NumberOfBlockId(const Hash256& id) { return LoadBe<std::uint64_t>(id.bytes.data()); }

absl::Status CheckMerkleRoot(const Block& block) {
  std::vector<Hash256> leaves;
  leaves.reserve(block.transactions.size());
  for (const Transaction& transaction : block.transactions) leaves.push_back(transaction.leaf);
  if (MerkleRoot(std::move(leaves)) == block.header.tx_root) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("block ", block.header.number,
                                          ": the merkle root is not that of the transactions"));
}

absl::Status CheckFollows(const BlockHeader& header, const Hash256& parent_id) {
  if (header.parent != parent_id) {
    return absl::DataLossError(absl::StrCat("block ", header.number, " follows ",
                                            header.parent.ToHex(), ", not ", parent_id.ToHex()));
  }
  if (header.number == 0 || header.number - 1 != NumberOfBlockId(parent_id)) {
    return absl::DataLossError(
        absl::StrCat("block ", header.number, " follows block ", NumberOfBlockId(parent_id)));
  }
  return absl::OkStatus();
}

std::optional<Network> NetworkOfGenesis(const Hash256& id) {
  struct Genesis {
    Network network;
    std::string_view id;
  };
  // Main net: made from java-tron's config.conf; Nile: its documentation; Shasta: the parent of
  // its block 1.
  static constexpr std::array kKnown = {
      Genesis{Network::kTron, "00000000000000001ebf88508a03865c71d452e25f4d51194196a1d22b6653dc"},
      Genesis{Network::kTronNile,
              "0000000000000000d698d4192c56cb6be724a558448e2684802de4d6cd8690dc"},
      Genesis{Network::kTronShasta,
              "0000000000000000de1aa88295e1fcf982742f773e0419c5a9c134c994a9059e"}};
  const std::string hex = id.ToHex();
  for (const Genesis& known : kKnown) {
    if (known.id == hex) return known.network;
  }
  return std::nullopt;
}

std::string ContractResultName(ContractResult result) {
  const auto number = static_cast<std::int32_t>(result);
  if (number >= 0 && static_cast<std::size_t>(number) < kContractResultNames.size()) {
    return std::string(kContractResultNames[static_cast<std::size_t>(number)]);
  }
  return absl::StrCat("unknown-", number);
}

std::optional<ContractResult> ParseContractResult(std::string_view name) {
  const auto* const at = std::find(kContractResultNames.begin(), kContractResultNames.end(), name);
  if (at == kContractResultNames.end()) return std::nullopt;
  return static_cast<ContractResult>(at - kContractResultNames.begin());
}

}  // namespace coinwake::tron
