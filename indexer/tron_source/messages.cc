#include "indexer/tron_source/messages.h"

#include <algorithm>

#include "indexer/tron/receipt.h"
#include "tron/receipt.pb.h"

namespace coinwake::tron {
namespace {

// Fields as in proto/tron.
constexpr std::uint32_t kBlockTransactions = 1;
constexpr std::uint32_t kBlockHeader = 2;
constexpr std::uint32_t kTransactionRaw = 1;
constexpr std::uint32_t kListInfos = 1;
constexpr std::uint32_t kRetInfos = 3;
constexpr std::uint32_t kInfoId = 1;

absl::StatusOr<std::vector<Hash256>> TxidsOfInfos(ByteSpan message, std::uint32_t number) {
  std::vector<WireField> infos;
  std::vector<WireField> fields;
  std::vector<Hash256> txids;
  COINWAKE_RETURN_IF_ERROR(ReadFields(message, &infos));
  for (const WireField& info : infos) {
    if (info.number != number) continue;
    COINWAKE_RETURN_IF_ERROR(ReadFields(info.bytes, &fields));
    const auto id = std::find_if(fields.begin(), fields.end(),
                                 [](const WireField& field) { return field.number == kInfoId; });
    Hash256& txid = txids.emplace_back();
    if (id == fields.end() || id->bytes.size() != txid.bytes.size()) {
      return absl::InvalidArgumentError("a receipt has no id of 32 bytes");
    }
    std::copy(id->bytes.begin(), id->bytes.end(), txid.bytes.begin());
  }
  return txids;
}

}  // namespace

absl::Status ReadHeaderOf(ByteSpan block, BlockHeader* header) {
  std::vector<WireField> fields;
  COINWAKE_RETURN_IF_ERROR(ReadFields(block, &fields));
  const auto is_header = [](const WireField& field) { return field.number == kBlockHeader; };
  if (std::count_if(fields.begin(), fields.end(), is_header) != 1) {
    return absl::InvalidArgumentError("no block: it has not one header");
  }
  return DecodeBlockHeader(std::find_if(fields.begin(), fields.end(), is_header)->bytes, header);
}

absl::StatusOr<std::vector<Hash256>> TxidsOf(ByteSpan block) {
  std::vector<WireField> transactions;
  std::vector<WireField> fields;
  std::vector<Hash256> txids;
  COINWAKE_RETURN_IF_ERROR(ReadFields(block, &transactions));
  for (const WireField& transaction : transactions) {
    if (transaction.number != kBlockTransactions) continue;
    COINWAKE_RETURN_IF_ERROR(ReadFields(transaction.bytes, &fields));
    const auto raw = std::find_if(fields.begin(), fields.end(), [](const WireField& field) {
      return field.number == kTransactionRaw;
    });
    if (raw == fields.end()) return absl::InvalidArgumentError("a transaction has no raw data");
    txids.push_back(Sha256(raw->bytes));
  }
  return txids;
}

absl::StatusOr<std::uint64_t> BlockNumberOfRet(ByteSpan ret) {
  wire::TransactionRetNumbers numbers;
  if (ret.size() > kMaxReceiptsSize ||
      !numbers.ParseFromArray(ret.data(), static_cast<int>(ret.size()))) {
    return absl::InvalidArgumentError("no protobuf message TransactionRet");
  }
  if (numbers.block_number() < 0) {
    return absl::InvalidArgumentError("the receipts' block number is below zero");
  }
  return static_cast<std::uint64_t>(numbers.block_number());
}

absl::StatusOr<std::vector<Hash256>> TxidsOfInfoList(ByteSpan list) {
  return TxidsOfInfos(list, kListInfos);
}

absl::StatusOr<std::vector<Hash256>> TxidsOfRet(ByteSpan ret) {
  return TxidsOfInfos(ret, kRetInfos);
}

void AppendInfo(std::string_view info, ByteString* list) {
  list->push_back(static_cast<char>(kListInfos << 3 | 2));  // a field of bytes
  std::size_t size = info.size();
  for (; size >= 0x80; size >>= 7) list->push_back(static_cast<char>(size | 0x80));
  list->push_back(static_cast<char>(size));
  list->append(info);
}

}  // namespace coinwake::tron
