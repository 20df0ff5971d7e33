#include "indexer/tron/json.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/tron/json_fields.h"
#include "tron/block.pb.h"
#include "tron/receipt.pb.h"

namespace coinwake::tron {
namespace {

// Text of a node's error that is shown.
constexpr std::size_t kMaxShownError = 200;

// Transaction.Result.code and TransactionInfo.code, spelt so.
std::optional<std::int32_t> ParseCode(std::string_view name) {
  if (name == "SUCESS") return 0;
  if (name == "FAILED") return 1;
  return std::nullopt;
}

// The elements of an array, each with `add`, which gets the fields of an object.
template <typename Add>
void ForEachObject(const JsonFields& fields, const char* name, Add add) {
  for (const Json& element : fields.Array(name)) {
    if (!element.is_object()) return fields.Fail(name, "holds something that is no object");
    add(JsonFields(element, fields.error()));
  }
}

// The same for an array of hex texts.
template <typename Add>
void ForEachBytes(const JsonFields& fields, const char* name, Add add) {
  for (const Json& element : fields.Array(name)) {
    const auto* const text = element.get_ptr<const std::string*>();
    auto bytes = text == nullptr ? std::nullopt : BytesOfHex(*text);
    if (!bytes.has_value()) return fields.Fail(name, "holds something that is no hex");
    add(*std::move(bytes));
  }
}

// What results in blocks and receipts have alike.
template <typename Message>
void AddOutcome(const JsonFields& from, Message* to) {
  to->set_asset_issue_id(from.Text("assetIssueID"));
  to->set_withdraw_amount(from.Int64("withdraw_amount"));
  to->set_unfreeze_amount(from.Int64("unfreeze_amount"));
  to->set_exchange_received_amount(from.Int64("exchange_received_amount"));
  to->set_exchange_inject_another_amount(from.Int64("exchange_inject_another_amount"));
  to->set_exchange_withdraw_another_amount(from.Int64("exchange_withdraw_another_amount"));
  to->set_exchange_id(from.Int64("exchange_id"));
  to->set_shielded_transaction_fee(from.Int64("shielded_transaction_fee"));
  to->set_order_id(from.Bytes("orderId"));
  ForEachObject(from, "orderDetails", [to](const JsonFields& detail) {
    wire::MarketOrderDetail& added = *to->add_order_details();
    added.set_maker_order_id(detail.Bytes("makerOrderId"));
    added.set_taker_order_id(detail.Bytes("takerOrderId"));
    added.set_fill_sell_quantity(detail.Int64("fillSellQuantity"));
    added.set_fill_buy_quantity(detail.Int64("fillBuyQuantity"));
  });
  to->set_withdraw_expire_amount(from.Int64("withdraw_expire_amount"));
  // A map: java-tron writes key and value of each entry, defaults as well.
  ForEachObject(from, "cancel_unfreezeV2_amount", [to](const JsonFields& entry) {
    wire::NamedAmount& added = *to->add_cancel_unfreeze_v2_amount();
    added.set_key(entry.Text("key"));
    added.set_value(entry.Int64("value"));
  });
}

// What a node says an id is; some tools put 0x before it.
std::optional<Hash256> StatedHash(const JsonFields& fields, const char* name) {
  const std::string stated = fields.Text(name);
  std::string_view text = stated;
  if (text.empty()) return std::nullopt;
  if (text.starts_with("0x")) text.remove_prefix(2);
  const std::optional<Hash256> hash = Hash256::FromHex(text);
  if (!hash.has_value()) fields.Fail(name, "is no hash of 32 bytes in hex");
  return hash;
}

ByteString EncodeHeader(const JsonFields& header) {
  wire::BlockHeader encoded;
  wire::BlockHeaderRaw raw;
  if (const Json* const object = header.Object("raw_data"); object != nullptr) {
    const JsonFields fields(*object, header.error());
    raw.set_timestamp(fields.Int64("timestamp"));
    raw.set_tx_trie_root(fields.Bytes("txTrieRoot"));
    raw.set_parent_hash(fields.Bytes("parentHash"));
    raw.set_number(fields.Int64("number"));
    raw.set_witness_id(fields.Int64("witness_id"));
    raw.set_witness_address(fields.AddressBytes("witness_address"));
    raw.set_version(fields.Int32("version"));
    raw.set_account_state_root(fields.Bytes("accountStateRoot"));
  }
  encoded.set_raw_data(raw.SerializeAsString());
  encoded.set_witness_signature(header.Bytes("witness_signature"));
  return encoded.SerializeAsString();
}

ByteString EncodeTransaction(const JsonFields& transaction) {
  wire::Transaction encoded;
  if (!transaction.Has("raw_data_hex")) {
    transaction.Fail("a transaction", "has no raw_data_hex, without which its bytes are unknown");
  }
  encoded.set_raw_data(transaction.Bytes("raw_data_hex"));
  ForEachBytes(transaction, "signature",
               [&encoded](ByteString bytes) { encoded.add_signature(std::move(bytes)); });
  ForEachObject(transaction, "ret", [&encoded](const JsonFields& from) {
    wire::TransactionResult& to = *encoded.add_ret();
    to.set_fee(from.Int64("fee"));
    to.set_ret(from.Enum("ret", &ParseCode));
    to.set_contract_ret(from.Enum("contractRet", &ParseContractResult));
    AddOutcome(from, &to);
  });
  return encoded.SerializeAsString();
}

JsonBlock EncodeBlock(const JsonFields& block) {
  JsonBlock result;
  result.block_id = StatedHash(block, "blockID");
  wire::Block encoded;
  ForEachObject(block, "transactions", [&](const JsonFields& transaction) {
    encoded.add_transactions(EncodeTransaction(transaction));
    result.txids.push_back(StatedHash(transaction, "txID"));
  });
  if (const Json* const header = block.Object("block_header"); header != nullptr) {
    encoded.set_block_header(EncodeHeader(JsonFields(*header, block.error())));
  }
  result.bytes = encoded.SerializeAsString();
  return result;
}

void AddResources(const JsonFields& from, wire::ResourceReceipt* to) {
  to->set_energy_usage(from.Int64("energy_usage"));
  to->set_energy_fee(from.Int64("energy_fee"));
  to->set_origin_energy_usage(from.Int64("origin_energy_usage"));
  to->set_energy_usage_total(from.Int64("energy_usage_total"));
  to->set_net_usage(from.Int64("net_usage"));
  to->set_net_fee(from.Int64("net_fee"));
  to->set_result(from.Enum("result", &ParseContractResult));
  to->set_energy_penalty_total(from.Int64("energy_penalty_total"));
}

void AddLog(const JsonFields& from, wire::Log* to) {
  ByteString address = from.AddressBytes("address");
  // In base58 it has the prefix that the wire leaves out.
  if (Address::FromBytes(SpanOf(address)).has_value()) address.erase(0, 1);
  to->set_address(std::move(address));
  ForEachBytes(from, "topics", [to](ByteString topic) { to->add_topics(std::move(topic)); });
  to->set_data(from.Bytes("data"));
}

void AddInternal(const JsonFields& from, wire::InternalTransaction* to) {
  to->set_hash(from.Bytes("hash"));
  to->set_caller_address(from.AddressBytes("caller_address"));
  to->set_transfer_to_address(from.AddressBytes("transferTo_address"));
  ForEachObject(from, "callValueInfo", [to](const JsonFields& value) {
    wire::CallValueInfo& added = *to->add_call_value_info();
    added.set_call_value(value.Int64("callValue"));
    added.set_token_id(value.Text("tokenId"));
  });
  to->set_note(from.Bytes("note"));
  to->set_rejected(from.Bool("rejected"));
  to->set_extra(from.Text("extra"));
}

ByteString EncodeInfo(const JsonFields& from) {
  wire::TransactionInfo to;
  to.set_id(from.Bytes("id"));
  to.set_fee(from.Int64("fee"));
  to.set_block_number(from.Int64("blockNumber"));
  to.set_block_time_stamp(from.Int64("blockTimeStamp"));
  ForEachBytes(from, "contractResult",
               [&to](ByteString bytes) { to.add_contract_result(std::move(bytes)); });
  to.set_contract_address(from.AddressBytes("contract_address"));
  if (const Json* const receipt = from.Object("receipt"); receipt != nullptr) {
    AddResources(JsonFields(*receipt, from.error()), to.mutable_receipt());
  }
  ForEachObject(from, "log", [&to](const JsonFields& log) { AddLog(log, to.add_log()); });
  to.set_result(from.Enum("result", &ParseCode));
  to.set_res_message(from.BytesOrText("resMessage"));
  AddOutcome(from, &to);
  ForEachObject(from, "internal_transactions", [&to](const JsonFields& internal) {
    AddInternal(internal, to.add_internal_transactions());
  });
  to.set_packing_fee(from.Int64("packingFee"));
  return to.SerializeAsString();
}

absl::Status AddObject(const Json& object, JsonAnswer* answer) {
  if (!object.is_object()) return absl::InvalidArgumentError("is no object");
  if (object.empty()) return absl::OkStatus();  // not there
  absl::Status error;
  const JsonFields fields(object, &error);
  if (fields.Has("block_header")) {
    answer->blocks.push_back(EncodeBlock(fields));
  } else if (fields.Has("id")) {
    answer->transaction_infos.push_back(EncodeInfo(fields));
  } else if (fields.Has("Error")) {
    return absl::InvalidArgumentError(
        absl::StrCat("an error of the node's: ", fields.Text("Error").substr(0, kMaxShownError)));
  } else {
    return absl::InvalidArgumentError("neither a block nor a transaction's receipt");
  }
  return error;
}

absl::Status AddArray(const Json& array, JsonAnswer* answer) {
  std::size_t index = 0;
  for (const Json& element : array) {
    if (const absl::Status status = AddObject(element, answer); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("element ", index, ": ", std::string(status.message())));
    }
    ++index;
  }
  return absl::OkStatus();
}

// Told before the parser makes anything of it. Of text that is no JSON the parser tells.
bool NestsTooDeeply(std::string_view json) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') {
      in_text = !in_text;
    } else if (in_text) {
      if (c == '\\') ++at;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

absl::StatusOr<JsonAnswer> ReadJson(std::string_view json) {
  if (json.size() > kMaxJsonSize) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMaxJsonSize, " bytes of JSON"));
  }
  if (NestsTooDeeply(json)) return absl::InvalidArgumentError("the JSON is nested too deeply");
  // Without a callback, which nlohmann's parser takes quadratic time for.
  const Json root = Json::parse(json.begin(), json.end(), nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded()) return absl::InvalidArgumentError("this is no JSON");
  JsonAnswer answer;
  if (root.is_array()) {
    COINWAKE_RETURN_IF_ERROR(AddArray(root, &answer));
    return answer;
  }
  if (!root.is_object()) return absl::InvalidArgumentError("neither an object nor an array");
  // Of getblockbylimitnext and getblockbylatestnum.
  if (const auto list = root.find("block"); list != root.end() && list->is_array()) {
    COINWAKE_RETURN_IF_ERROR(AddArray(*list, &answer));
    return answer;
  }
  COINWAKE_RETURN_IF_ERROR(AddObject(root, &answer));
  return answer;
}

absl::Status CheckStatedIds(const JsonBlock& stated, const Block& block) {
  if (stated.block_id.has_value() && *stated.block_id != block.header.id) {
    return absl::DataLossError(absl::StrCat("the block is ", block.header.id.ToHex(),
                                            " and is said to be ", stated.block_id->ToHex()));
  }
  for (std::size_t i = 0; i < block.transactions.size() && i < stated.txids.size(); ++i) {
    const std::optional<Hash256>& txid = stated.txids[i];
    if (txid.has_value() && *txid != block.transactions[i].txid) {
      return absl::DataLossError(absl::StrCat("transaction ", i, " of block ", block.header.number,
                                              " is ", block.transactions[i].txid.ToHex(),
                                              " and is said to be ", txid->ToHex()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Receipt>> DecodeReceipts(const JsonAnswer& answer) {
  std::vector<Receipt> receipts;
  receipts.reserve(answer.transaction_infos.size());
  for (const ByteString& info : answer.transaction_infos) {
    COINWAKE_RETURN_IF_ERROR(DecodeTransactionInfo(SpanOf(info), &receipts.emplace_back()));
  }
  return receipts;
}

}  // namespace coinwake::tron
