#include "tests/support/tron_chain_builder.h"

#include <algorithm>
#include <cstring>

#include "indexer/base/check.h"
#include "tests/support/block_builder.h"
#include "tests/support/wire_writer.h"

namespace coinwake::synthetic {
namespace {

constexpr std::int32_t kHeaderVersion = 30;
constexpr std::size_t kRecentBlocks = 20;     // clients refer to a block that is final
constexpr std::int64_t kLifetimeMs = 60'000;  // of a transaction that is not taken
constexpr std::int64_t kFeeLimit = 100 * kSunPerTrx;
constexpr std::int64_t kResultRoom = 64;  // bytes charged for a result (java-tron)

// What java-tron's config.conf has, but for the last word.
constexpr std::string_view kGenesisOwner = "0x000000000000000000000";
constexpr std::string_view kGenesisWitness = "A chain made for tests, of nobody and of no worth";

std::string_view TextOf(const Hash256& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}
std::string_view TextOf(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}

// Bytes that look random, made of `seed`.
void Scramble(std::uint64_t seed, char* to, std::size_t size_bytes) {
  std::size_t at = 0;
  while (at < size_bytes) {
    const std::uint64_t word = SplitMix(&seed);
    const std::size_t count = std::min<std::size_t>(sizeof(word), size_bytes - at);
    std::memcpy(to + at, &word, count);
    at += count;
  }
}

// A signature of nobody; `index` tells those of one transaction apart.
std::string_view Signature(const Hash256& of, std::uint64_t index, std::array<char, 68>* buffer) {
  Scramble(LoadLe<std::uint64_t>(of.bytes.data() + 16) + index, buffer->data(), buffer->size());
  const std::uint8_t last = of.bytes[0];
  (*buffer)[64] = static_cast<char>(last % 2 == 0 ? 27 + (last >> 1) % 2 : (last >> 1) % 2);
  return {buffer->data(), last == 0 ? std::size_t{68} : std::size_t{65}};
}

void WriteContract(tron::ContractType type, std::string_view parameter, std::int32_t permission,
                   WireWriter* raw) {
  const std::size_t contract = raw->Begin(11);
  raw->Number(1, static_cast<std::int64_t>(type));
  const std::size_t any = raw->Begin(2);
  static constexpr std::string_view kPrefix = "type.googleapis.com/protocol.";
  std::array<char, 96> url{};
  const std::string_view name = tron::KnownTypeName(type);
  std::copy(kPrefix.begin(), kPrefix.end(), url.begin());
  std::copy(name.begin(), name.end(), url.begin() + kPrefix.size());
  raw->Bytes(1, std::string_view(url.data(), kPrefix.size() + name.size()));
  raw->Message(2, parameter);
  raw->End(any);
  raw->Number(5, permission);
  raw->End(contract);
}

}  // namespace

Address InventedAddress(std::uint64_t seed, std::uint64_t number) {
  std::array<std::uint8_t, tron::kAddressBodySize> body;
  std::uint64_t state = seed * 0x9e3779b97f4a7c15 + number;
  const std::uint64_t mixed = SplitMix(&state);
  Scramble(mixed, reinterpret_cast<char*>(body.data()), body.size());
  return Address::FromBody(body);
}

Address WitnessAddress(std::uint64_t seed, std::uint64_t index) {
  constexpr std::uint64_t kFirst = std::uint64_t{1} << 40;  // away from others' numbers
  return InventedAddress(seed, kFirst + index);
}

TronChainBuilder::TronChainBuilder(TronChainOptions options) : options_(std::move(options)) {
  number_ = options_.first_number;
  time_ms_ = options_.start_time_ms;
  if (number_ == 0) {
    MakeGenesis();
  } else {
    parent_ = tron::MakeBlockId(number_ - 1, Sha256(tron::SpanOf(kGenesisWitness)));
    for (const OpeningBalance& opening : options_.opening) {
      COINWAKE_CHECK(opening.sun >= 0);
      truth_.Apply({MoveKind::kGenesis, kTrx, std::nullopt, opening.address,
                    static_cast<std::uint64_t>(opening.sun), Hash256()});
    }
  }
  recent_.push_back(parent_);
  block_.number = number_;
}

void TronChainBuilder::MakeGenesis() {
  WireWriter block(&block_.bytes);
  for (const OpeningBalance& opening : options_.opening) {
    parameter_.clear();
    WireWriter parameter(&parameter_);
    parameter.Bytes(1, kGenesisOwner);
    parameter.Bytes(2, TextOf(opening.address));
    parameter.Number(3, opening.sun);
    raw_.clear();
    WireWriter raw(&raw_);
    WriteContract(tron::ContractType::kTransfer, parameter_, 0, &raw);
    message_.clear();
    WireWriter(&message_).Message(1, raw_);
    block.Message(1, message_);
    leaves_.push_back(Sha256(tron::SpanOf(message_)));
    ++block_.transactions;
    const bool negative = opening.sun < 0;
    const auto bits = static_cast<std::uint64_t>(opening.sun);
    Move move{
        MoveKind::kGenesis,        kTrx, std::nullopt, opening.address, negative ? ~bits + 1 : bits,
        Sha256(tron::SpanOf(raw_))};
    if (negative) std::swap(move.from, move.to);
    Record(std::move(move));
  }
  raw_.clear();
  WireWriter header(&raw_);
  header.Bytes(2, TextOf(tron::MerkleRoot(std::exchange(leaves_, {}))));
  header.Bytes(3, TextOf(Sha256(tron::SpanOf(kGenesisWitness))));
  header.Bytes(9, kGenesisWitness);
  CloseBlock(raw_);
}

void TronChainBuilder::CloseBlock(std::string_view header_raw) {
  const Hash256 raw_hash = Sha256(tron::SpanOf(header_raw));
  WireWriter block(&block_.bytes);
  const std::size_t header = block.Begin(2);
  block.Message(1, header_raw);
  if (number_ > 0) {
    std::array<char, 68> buffer{};
    block.Bytes(2, Signature(raw_hash, 0, &buffer).substr(0, 65));
  }
  block.End(header);
  block_.id = tron::MakeBlockId(number_, raw_hash);
  parent_ = block_.id;
  blocks_.push_back(std::exchange(block_, {}));
  block_.number = ++number_;
}

void TronChainBuilder::NextBlock(std::uint64_t skipped_slots) {
  const auto slot = static_cast<std::uint64_t>(time_ms_ / kBlockIntervalMs);
  raw_.clear();
  WireWriter header(&raw_);
  header.Number(1, time_ms_);
  header.Bytes(2, TextOf(tron::MerkleRoot(std::exchange(leaves_, {}))));
  header.Bytes(3, TextOf(parent_));
  header.Number(7, static_cast<std::int64_t>(number_));
  header.Bytes(9, TextOf(WitnessAddress(options_.seed, slot % kWitnesses)));
  header.Number(10, kHeaderVersion);
  CloseBlock(raw_);
  recent_.push_back(parent_);
  if (recent_.size() > kRecentBlocks) recent_.pop_front();
  time_ms_ += kBlockIntervalMs * static_cast<std::int64_t>(1 + skipped_slots);
}

void TronChainBuilder::Record(Move move) {
  truth_.Apply(move);
  ++moves_count_[static_cast<std::size_t>(move.kind)];
  if (options_.keep_moves) block_.moves.push_back(std::move(move));
}

void TronChainBuilder::Record(const Draft& draft, MoveKind kind, AssetId asset,
                              const std::optional<Address>& from, const std::optional<Address>& to,
                              const Uint256& amount) {
  Record({kind, asset, from, to, amount, draft.txid});
}

TronChainBuilder::Draft TronChainBuilder::Begin(tron::ContractType type, const Address& owner,
                                                const TxOptions& options) {
  COINWAKE_CHECK(truth_.IsActive(owner));
  Draft draft;
  draft.owner = owner;
  draft.options = &options;
  draft.in_vm = tron::RunsInVm(type);
  COINWAKE_CHECK(draft.in_vm || draft.succeeded());  // others that fail are in no block
  raw_.clear();
  logs_.clear();
  WireWriter raw(&raw_);
  const Hash256& reference = recent_.front();
  raw.Bytes(1, TextOf(reference).substr(6, 2));
  raw.Bytes(4, TextOf(reference).substr(8, 8));
  raw.Number(8, time_ms_ + kLifetimeMs);  // with `timestamp` no two are the same
  raw.Bytes(10, options.memo);
  WriteContract(type, parameter_, options.permission_id, &raw);
  raw.Number(14, time_ms_ - 1 - static_cast<std::int64_t>(block_.transactions));
  if (draft.in_vm) raw.Number(18, kFeeLimit);
  draft.txid = Sha256(tron::SpanOf(raw_));
  return draft;
}

Hash256 TronChainBuilder::End(const Draft& draft) {
  message_.clear();
  WireWriter transaction(&message_);
  transaction.Message(1, raw_);
  std::array<char, 68> buffer{};
  for (int i = 0; i < draft.options->signatures; ++i) {
    transaction.Bytes(2, Signature(draft.txid, static_cast<std::uint64_t>(i), &buffer));
  }
  const auto size_bytes = static_cast<std::int64_t>(message_.size()) + kResultRoom;
  const std::size_t result = transaction.Begin(5);
  transaction.Number(3, static_cast<std::int64_t>(draft.options->result));
  transaction.End(result);
  WireWriter(&block_.bytes).Message(1, message_);
  leaves_.push_back(Sha256(tron::SpanOf(message_)));
  std::int64_t fee = 0;
  WriteReceipt(draft, size_bytes, &fee);
  ++block_.transactions;
  if (fee > 0) {
    Record(draft, MoveKind::kFee, kTrx, draft.owner, std::nullopt, static_cast<std::uint64_t>(fee));
  }
  return draft.txid;
}

void TronChainBuilder::WriteReceipt(const Draft& draft, std::int64_t size_bytes,
                                    std::int64_t* fee) {
  const TxOptions& options = *draft.options;
  const std::int64_t energy_fee = (draft.energy - options.staked_energy) * options_.energy_price;
  COINWAKE_CHECK(energy_fee >= 0);
  const std::int64_t net_fee =
      draft.extra_net_fee + (options.burns_bandwidth ? size_bytes * kSunPerByte : 0);
  *fee = draft.actuator_fee + energy_fee + net_fee + (options.memo.empty() ? 0 : kMemoFee) +
         (options.signatures > 1 ? kMultiSignatureFee : 0);
  const auto number = static_cast<std::int64_t>(number_);
  WireWriter info(&block_.receipts);
  if (block_.receipts.empty()) {
    info.Number(1, number);
    info.Number(2, time_ms_);
  }
  const std::size_t begin = info.Begin(3);
  info.Bytes(1, TextOf(draft.txid));
  info.Number(2, *fee);
  info.Number(3, number);
  info.Number(4, time_ms_);
  info.Message(5, draft.succeeded() ? draft.contract_result : "");
  if (draft.contract) info.Bytes(6, TextOf(*draft.contract));
  WriteResources(draft, energy_fee, net_fee == 0 ? size_bytes : 0, net_fee);
  if (draft.succeeded()) {
    block_.receipts.append(logs_);
  } else {
    info.Number(9, 1);  // FAILED
    info.Bytes(10, options.result == tron::ContractResult::kRevert
                       ? std::string_view("REVERT opcode executed")
                       : tron::ContractResultName(options.result));
  }
  info.Bytes(14, draft.token_id);
  info.Number(15, draft.withdrawn);
  if (draft.internals != nullptr) WriteInternals(draft);
  info.Number(28, draft.unfrozen);
  info.End(begin);
}

void TronChainBuilder::WriteResources(const Draft& draft, std::int64_t energy_fee,
                                      std::int64_t net_usage, std::int64_t net_fee) {
  WireWriter info(&block_.receipts);
  const std::size_t begin = info.Begin(7);
  info.Number(1, draft.options->staked_energy);
  info.Number(2, energy_fee);
  info.Number(4, draft.energy);
  info.Number(5, net_usage);
  info.Number(6, net_fee);
  if (draft.in_vm) info.Number(7, static_cast<std::int64_t>(draft.options->result));
  info.End(begin);
}

void TronChainBuilder::WriteInternals(const Draft& draft) {
  WireWriter info(&block_.receipts);
  std::uint64_t nonce = 0;
  for (const InternalCall& call : *draft.internals) {
    std::array<std::uint8_t, 40> seed;
    std::copy(draft.txid.bytes.begin(), draft.txid.bytes.end(), seed.begin());
    StoreBe(seed.data() + 32, nonce++);
    const std::size_t begin = info.Begin(17);
    info.Bytes(1, TextOf(Keccak256(seed)));
    info.Bytes(2, TextOf(call.caller));
    info.Bytes(3, TextOf(call.to));
    const std::size_t value = info.Begin(4);  // there even if nothing is sent along
    info.Number(1, call.amount);
    if (call.asset != kTrx) {
      const std::string_view name = truth_.assets()[call.asset].name;
      info.Bytes(2, name.substr(name.find(':') + 1));
    }
    info.End(value);
    info.Bytes(5, call.note);
    info.Number(6, call.rejected || !draft.succeeded() ? 1 : 0);
    info.End(begin);
  }
}

void TronChainBuilder::OpenAccount(const Address& to, Draft* draft) {
  if (truth_.IsActive(to)) return;
  draft->actuator_fee += kNewAccountFee;
  draft->extra_net_fee += kNewAccountNetFee;
  truth_.Activate(to);
}

}  // namespace coinwake::synthetic
