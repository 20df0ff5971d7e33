#include "indexer/tron/receipt.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "indexer/tron/outcome.h"
#include "tron/receipt.pb.h"

namespace coinwake::tron {
namespace {

// Fields of the messages that are framed here (java-tron: core/Tron.proto, api/api.proto).
constexpr std::uint32_t kRetInfos = 3;
constexpr std::uint32_t kListInfos = 1;
constexpr std::uint32_t kInfoResult = 5;
constexpr std::uint32_t kInfoLog = 8;
constexpr std::uint32_t kInfoInternal = 17;
constexpr std::uint32_t kInfoOrderDetails = 26;
constexpr std::uint32_t kInfoCancelledAmounts = 29;
constexpr std::uint32_t kLogTopics = 2;
constexpr std::uint32_t kInternalValues = 4;

// Logs have addresses as contracts know them, without the prefix.
Account ContractOf(const std::string& bytes) {
  const ByteSpan span = SpanOf(bytes);
  if (span.size() != kAddressBodySize) return Account(span);
  return Account(Address::FromBody(span.first<kAddressBodySize>()));
}

absl::Status AddLog(wire::Log& from, Receipt* receipt) {
  Log& to = receipt->logs.emplace_back();
  to.contract = ContractOf(from.address());
  to.topics.resize(static_cast<std::size_t>(from.topics_size()));
  for (std::size_t i = 0; i < to.topics.size(); ++i) {
    COINWAKE_RETURN_IF_ERROR(
        SetHash(from.topics(static_cast<int>(i)), "a topic of a log", &to.topics[i]));
  }
  to.data = std::move(*from.mutable_data());
  return absl::OkStatus();
}

absl::Status AddInternal(wire::InternalTransaction& from, Receipt* receipt) {
  InternalTransaction& to = receipt->internal_transactions.emplace_back();
  COINWAKE_RETURN_IF_ERROR(SetHash(from.hash(), "the hash of an internal transaction", &to.hash));
  to.caller = Account(SpanOf(from.caller_address()));
  to.to = Account(SpanOf(from.transfer_to_address()));
  for (wire::CallValueInfo& value : *from.mutable_call_value_info()) {
    to.values.push_back({value.call_value(), std::move(*value.mutable_token_id())});
  }
  to.note = std::move(*from.mutable_note());
  to.rejected = from.rejected();
  to.extra = std::move(*from.mutable_extra());
  return absl::OkStatus();
}

ResourceUse ResourcesOf(const wire::ResourceReceipt& from) {
  return {.energy_usage = from.energy_usage(),
          .energy_fee = from.energy_fee(),
          .origin_energy_usage = from.origin_energy_usage(),
          .energy_usage_total = from.energy_usage_total(),
          .net_usage = from.net_usage(),
          .net_fee = from.net_fee(),
          .result = static_cast<ContractResult>(from.result()),
          .energy_penalty_total = from.energy_penalty_total()};
}

absl::Status Convert(wire::TransactionInfo& from, Receipt* to) {
  COINWAKE_RETURN_IF_ERROR(SetHash(from.id(), "the id of a receipt", &to->txid));
  if (from.block_number() < 0) {
    return absl::InvalidArgumentError("a receipt's block number is below zero");
  }
  to->fee = from.fee();
  to->block_number = static_cast<std::uint64_t>(from.block_number());
  to->block_time_ms = from.block_time_stamp();
  for (std::string& result : *from.mutable_contract_result()) {
    to->contract_results.push_back(std::move(result));
  }
  to->contract = Account(SpanOf(from.contract_address()));
  to->resources = ResourcesOf(from.receipt());
  for (wire::Log& log : *from.mutable_log()) COINWAKE_RETURN_IF_ERROR(AddLog(log, to));
  to->code = from.result();
  to->message = std::move(*from.mutable_res_message());
  to->outcome = TakeOutcome(from);
  for (wire::InternalTransaction& internal : *from.mutable_internal_transactions()) {
    COINWAKE_RETURN_IF_ERROR(AddInternal(internal, to));
  }
  to->packing_fee = from.packing_fee();
  return absl::OkStatus();
}

std::size_t RoomIn(ByteSpan bytes) { return bytes.size() / kMinReceiptPartSize + kShortParts; }

// What of it becomes an object each.
std::size_t PartsOf(ByteSpan info) {
  std::size_t parts = 0;
  (void)VisitFields(info, [&parts](const WireField& field) {
    switch (field.number) {
      case kInfoLog:
        parts += 1 + CountFields(field.bytes, {kLogTopics});
        break;
      case kInfoInternal:
        parts += 1 + CountFields(field.bytes, {kInternalValues});
        break;
      case kInfoResult:
      case kInfoOrderDetails:
      case kInfoCancelledAmounts:
        ++parts;
        break;
      default:
        break;
    }
    return absl::OkStatus();
  });
  return parts;
}

// Takes what `info` has from `*room`, before protobuf makes an object of each.
absl::Status DecodeInfo(ByteSpan bytes, std::size_t* room, Receipt* receipt) {
  *receipt = {};
  const std::size_t parts = PartsOf(bytes);
  if (parts > *room) {
    return absl::InvalidArgumentError(
        absl::StrCat("has ", parts, " logs, internal transactions, values and results, where ",
                     *room, " are as many as so many bytes of java-tron's have room for"));
  }
  *room -= parts;
  wire::TransactionInfo info;
  if (!info.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("no protobuf message TransactionInfo");
  }
  return Convert(info, receipt);
}

// Receipts are parsed one by one, so that the generated objects of a whole block's never stand in
// memory at once.
absl::Status DecodeInfos(ByteSpan bytes, std::uint32_t number, BlockReceipts* receipts) {
  if (bytes.size() > kMaxReceiptsSize) {
    return absl::InvalidArgumentError("larger than any block's receipts may be");
  }
  std::size_t room = RoomIn(bytes);
  return VisitFields(bytes, [&](const WireField& field) {
    if (field.number != number) return absl::OkStatus();
    const absl::Status status = DecodeInfo(field.bytes, &room, &receipts->receipts.emplace_back());
    if (status.ok()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("receipt at byte ", field.offset, ": ", std::string(status.message())));
  });
}

}  // namespace

absl::Status DecodeTransactionInfo(ByteSpan bytes, Receipt* receipt) {
  *receipt = {};
  if (bytes.size() > kMaxReceiptsSize) {
    return absl::InvalidArgumentError("larger than any block's receipts may be");
  }
  std::size_t room = RoomIn(bytes);
  return DecodeInfo(bytes, &room, receipt);
}

absl::Status DecodeTransactionRet(ByteSpan bytes, BlockReceipts* receipts) {
  *receipts = {};
  COINWAKE_RETURN_IF_ERROR(DecodeInfos(bytes, kRetInfos, receipts));
  // Again for the two numbers alone; the receipts stay unparsed.
  wire::TransactionRetNumbers numbers;
  if (!numbers.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError("no protobuf message TransactionRet");
  }
  if (numbers.block_number() < 0) {
    return absl::InvalidArgumentError("the receipts' block number is below zero");
  }
  receipts->block_number = static_cast<std::uint64_t>(numbers.block_number());
  receipts->block_time_ms = numbers.block_time_stamp();
  return absl::OkStatus();
}

absl::Status DecodeTransactionInfoList(ByteSpan bytes, BlockReceipts* receipts) {
  *receipts = {};
  COINWAKE_RETURN_IF_ERROR(DecodeInfos(bytes, kListInfos, receipts));
  if (receipts->receipts.empty()) return absl::OkStatus();
  receipts->block_number = receipts->receipts.front().block_number;
  receipts->block_time_ms = receipts->receipts.front().block_time_ms;
  return absl::OkStatus();
}

ReceiptMatch MatchReceipts(const Block& block, const std::vector<Receipt>& receipts) {
  ReceiptMatch match;
  match.receipt_of.resize(block.transactions.size());
  absl::flat_hash_map<Hash256, std::uint32_t> index_of;
  for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
    index_of.try_emplace(block.transactions[i].txid, i);
  }
  for (std::uint32_t i = 0; i < receipts.size(); ++i) {
    const auto found = index_of.find(receipts[i].txid);
    if (found == index_of.end()) {
      ++match.extra;
    } else if (receipts[i].block_number != block.header.number) {
      ++match.other_blocks;
    } else if (match.receipt_of[found->second].has_value()) {
      ++match.repeated;
    } else {
      match.receipt_of[found->second] = i;
      if (found->second != i) match.in_order = false;
    }
  }
  match.missing = static_cast<std::size_t>(
      std::count(match.receipt_of.begin(), match.receipt_of.end(), std::nullopt));
  return match;
}

}  // namespace coinwake::tron
