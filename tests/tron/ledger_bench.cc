#include "tests/tron/ledger_bench.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "indexer/base/hash.h"

namespace coinwake::tron {
namespace {

std::string ShowAccount(const Account& account) {
  if (account.empty()) return "-";
  const ByteSpan bytes = account.bytes();
  std::string text(bytes.begin(), bytes.end());
  if (!account.address().has_value()) return text;
  return text == AddressBytes(text.back()) ? text.substr(text.size() - 1) : account.Name();
}

std::string ShowAsset(const Asset& asset) {
  if (asset.kind != AssetKind::kTrc20) return asset.Name();
  return absl::StrCat("TRC20:", ShowAccount(asset.contract));
}

const char* ShowPot(Pot pot) {
  switch (pot) {
    case Pot::kFree:
      return "";
    case Pot::kStake1:
      return "/stake1";
    case Pot::kStake2:
      return "/stake2";
    case Pot::kFrozenSupply:
      return "/supply";
  }
  return "/?";
}

const char* ShowResource(Resource resource) {
  switch (resource) {
    case Resource::kBandwidth:
      return "";
    case Resource::kEnergy:
      return " energy";
    case Resource::kTronPower:
      return " power";
  }
  return " ?";
}

std::string Text(std::string_view view) { return std::string(view); }

}  // namespace

std::string AddressBytes(char letter) {
  std::string bytes(kAddressSize, '\1');
  bytes.front() = '\x41';
  bytes.back() = letter;
  return bytes;
}

Account AccountOf(char letter) { return Account(SpanOf(AddressBytes(letter))); }

std::string TopicOf(char letter) {
  return letter == '0' ? std::string(32, '\0')
                       : std::string(12, '\0') + AddressBytes(letter).substr(1);
}

std::string WordOf(std::uint64_t value) {
  std::string word(32, '\0');
  StoreBe(reinterpret_cast<std::uint8_t*>(word.data()) + 24, value);
  return word;
}

std::string TopicOfSignature(const std::string& signature) {
  const Hash256 hash = Keccak256(SpanOf(signature));
  return {hash.bytes.begin(), hash.bytes.end()};
}

std::string Show(const Entry& entry) {
  std::string line = Text(EntryKindName(entry.kind));
  if (entry.kind == EntryKind::kGap) absl::StrAppend(&line, " ", Text(GapReasonName(entry.gap)));
  absl::StrAppend(&line, " ", ShowAsset(entry.asset), " ", ShowAccount(entry.from),
                  ShowPot(entry.from_pot), " > ", ShowAccount(entry.to), ShowPot(entry.to_pot));
  if (MovesValue(entry.kind) || entry.amount != 0) {
    absl::StrAppend(&line, " ", ToDecimal(entry.amount));
  }
  return line + ShowResource(entry.resource);
}

std::vector<std::string> ShowAll(const std::vector<Entry>& entries) {
  std::vector<std::string> lines;
  lines.reserve(entries.size());
  for (const Entry& entry : entries) lines.push_back(Show(entry));
  return lines;
}

void Balances::Apply(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    if (!MovesValue(entry.kind)) continue;
    if (entry.from.empty()) {
      supply_[entry.asset] += entry.amount;
    } else {
      balances_[{entry.asset, entry.from, entry.from_pot}] -= entry.amount;
    }
    if (entry.to.empty()) {
      supply_[entry.asset] -= entry.amount;
    } else {
      balances_[{entry.asset, entry.to, entry.to_pot}] += entry.amount;
    }
  }
}

Uint256 Balances::Of(const Asset& asset, const Account& account, Pot pot) const {
  const auto found = balances_.find({asset, account, pot});
  return found == balances_.end() ? Uint256(0) : found->second;
}

bool Balances::Conserved() const {
  std::map<Asset, Uint256> sums;
  for (const auto& [key, amount] : balances_) sums[std::get<Asset>(key)] += amount;
  for (const auto& [asset, supply] : supply_) sums[asset] -= supply;
  for (const auto& [asset, rest] : sums) {
    if (rest != 0) return false;
  }
  return true;
}

bool Balances::AnyNegative() const {
  for (const auto& [key, amount] : balances_) {
    if ((amount >> 255) != 0) return true;
  }
  return false;
}

std::string WrongWith(const Entry& entry) {
  if (EntryKindName(entry.kind) == "unknown") return "no such kind";
  if ((entry.kind == EntryKind::kGap) != (entry.gap != GapReason::kNone)) return "gap's reason";
  if (entry.asset.contract.empty() != (entry.asset.kind != AssetKind::kTrc20)) return "contract";
  if (!entry.asset.token.empty() && entry.asset.kind != AssetKind::kTrc10) return "token";
  const bool pots = entry.from_pot != Pot::kFree || entry.to_pot != Pot::kFree;
  if (pots && entry.kind != EntryKind::kFreeze && entry.kind != EntryKind::kUnfreeze &&
      entry.kind != EntryKind::kTokenIssue) {
    return "a pot";
  }
  if (!MovesValue(entry.kind)) return "";
  if (entry.from.empty() && entry.to.empty()) return "nobody on both sides";
  switch (entry.kind) {
    case EntryKind::kMint:
    case EntryKind::kReward:
    case EntryKind::kTokenIssue:
      return entry.from.empty() ? "" : "minted from somebody";
    case EntryKind::kFee:
    case EntryKind::kBurn:
    case EntryKind::kDestroyedFunds:
      return entry.to.empty() ? "" : "destroyed to somebody";
    case EntryKind::kGenesis:
    case EntryKind::kShielded:
      return entry.from.empty() != entry.to.empty() ? "" : "somebody on both sides";
    case EntryKind::kSelfDestruct:
      return entry.from.empty() ? "from nobody" : "";
    default:
      return entry.from.empty() || entry.to.empty() ? "a side is missing" : "";
  }
}

std::vector<std::string> LedgerBench::BookContract(std::int32_t type, const std::string& type_url,
                                                   const std::string& parameter) {
  wire::TransactionRaw raw;
  raw.set_timestamp(++made_);
  wire::Contract& contract = *raw.add_contract();
  contract.set_type(type);
  contract.mutable_parameter()->set_type_url(type_url);
  contract.mutable_parameter()->set_value(parameter);
  wire::Transaction made;
  made.set_raw_data(raw.SerializeAsString());
  made.add_ret()->set_contract_ret(contract_ret);
  return BookBytes(made);
}

std::vector<std::string> LedgerBench::BookBytes(const wire::Transaction& made) {
  const std::string bytes = made.SerializeAsString();
  Transaction transaction;
  status = DecodeTransaction(SpanOf(bytes), &transaction);
  EXPECT_TRUE(status.ok()) << status;
  Receipt receipt;
  if (has_receipt) {
    if (info.id().empty())
      info.set_id(transaction.txid.bytes.data(), transaction.txid.bytes.size());
    if (info.block_number() == 0) info.set_block_number(static_cast<std::int64_t>(block.number));
    if (receipt_result != 0) info.mutable_receipt()->set_result(receipt_result);
    status = DecodeTransactionInfo(SpanOf(info.SerializeAsString()), &receipt);
    EXPECT_TRUE(status.ok()) << status;
  }
  info.Clear();
  status =
      BookTransaction(block, transaction, has_receipt ? &receipt : nullptr, &registry, &booking);
  if (!status.ok()) return {status.ToString()};
  for (const Entry& entry : booking.entries) EXPECT_EQ(WrongWith(entry), "") << Show(entry);
  balances.Apply(booking.entries);
  EXPECT_TRUE(balances.Conserved());
  counts += booking.counts;
  changes.insert(changes.end(), booking.changes.begin(), booking.changes.end());
  return ShowAll(booking.entries);
}

wire::InternalTransaction& LedgerBench::AddInternal(const std::string& note, char caller, char to,
                                                    std::int64_t value) {
  wire::InternalTransaction& call = *info.add_internal_transactions();
  call.set_hash(std::string(32, '\7'));
  call.set_caller_address(AddressBytes(caller));
  call.set_transfer_to_address(AddressBytes(to));
  call.add_call_value_info()->set_call_value(value);
  call.set_note(note);
  return call;
}

wire::Log& LedgerBench::AddLog(char contract, const std::string& signature,
                               const std::vector<std::string>& topics, const std::string& data) {
  wire::Log& log = *info.add_log();
  log.set_address(AddressBytes(contract).substr(1));
  log.add_topics(TopicOfSignature(signature));
  for (const std::string& topic : topics) log.add_topics(topic);
  log.set_data(data);
  return log;
}

}  // namespace coinwake::tron
