// View: rows, and what is looked up by content. Opening is in view_open.cc.
#include "indexer/view/view.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

// Bitcoin Core's MAX_SCRIPT_SIZE (script/script.h): longer scripts can never be run.
constexpr std::size_t kMaxSpendableScriptBytes = 10'000;
constexpr std::uint8_t kOpReturn = 0x6a;

Hash256 HashFromRow(ByteSpan row) {
  Hash256 hash;
  std::copy_n(row.begin(), hash.bytes.size(), hash.bytes.begin());
  return hash;
}

}  // namespace

// Blocks.

BlockTotals View::TotalsAt(std::uint64_t height) const {
  COINWAKE_CHECK(snapshot().from_height <= height && height <= snapshot().height);
  return FromTotals(TotalsOfBlock(height - snapshot().from_height));
}

BlockInfo View::Block(std::uint64_t height) const {
  BlockInfo info;
  info.height = height;
  info.hash = BlockHash(height);
  const std::uint64_t block = height - snapshot().from_height;
  info.header = Column(ColumnId::kBlockHeader).Rows(block, block + 1);
  info.time = LoadLe<std::uint32_t>(info.header.data() + 68);
  info.transactions = TransactionsAt(height);
  return info;
}

absl::StatusOr<View::StaleBlock> View::FindStaleBlock(const Hash256& hash) const {
  const auto value = store().Get(StaleBlockKey(hash));
  COINWAKE_RETURN_IF_ERROR(damage().status());
  COINWAKE_RETURN_IF_ERROR(value.status());
  if (value->size() < sizeof(std::uint64_t)) {
    return absl::DataLossError(
        absl::StrCat("store: stale block ", hash.ToDisplayHex(), " has no height"));
  }
  StaleBlock block;
  block.height = LoadBe<std::uint64_t>(value->data());
  block.raw = value->substr(sizeof(std::uint64_t));
  return block;
}

std::vector<Hash256> View::StaleBlockHashes() const {
  std::vector<Hash256> hashes;
  const auto keys = store().NewIterator();
  for (keys->Seek("s"); keys->Valid() && keys->key().starts_with('s'); keys->Next()) {
    Hash256 hash;
    if (keys->key().size() != 1 + hash.bytes.size()) {
      mutable_damage().Report("store: the key of a stale block has the wrong length");
      continue;
    }
    std::memcpy(hash.bytes.data(), keys->key().data() + 1, hash.bytes.size());
    hashes.push_back(hash);
  }
  if (!keys->status().ok()) mutable_damage().Report(std::string(keys->status().message()));
  return hashes;
}

// Transactions.

std::uint32_t View::Version(TxNum tx) const {
  return Column(ColumnId::kTxVersion).Get<std::uint32_t>(tx.value);
}
std::uint32_t View::Locktime(TxNum tx) const {
  return Column(ColumnId::kTxLocktime).Get<std::uint32_t>(tx.value);
}
std::uint32_t View::SizeBytes(TxNum tx) const {
  return Column(ColumnId::kTxSize).Get<std::uint32_t>(tx.value);
}
std::uint32_t View::Weight(TxNum tx) const {
  return Column(ColumnId::kTxWeight).Get<std::uint32_t>(tx.value);
}

std::optional<TxNum> View::OverwrittenBy(TxNum tx) const {
  const auto found = std::lower_bound(
      overwritten_.begin(), overwritten_.end(), tx,
      [](const Overwritten& overwritten, TxNum number) { return overwritten.older < number; });
  if (found == overwritten_.end() || found->older != tx) return std::nullopt;
  return found->newer;
}

// Outputs.

TxNum View::TransactionOf(OutputNum output) const {
  return OwnerOf(output.value, bitcoin_total::kOutputs, *tx_first_output_);
}

bool View::IsUnspendable(OutputNum output, TxNum end) const {
  if (output < genesis_end_) return true;
  if (!overwritten_.empty()) {
    const auto after = std::upper_bound(
        overwritten_.begin(), overwritten_.end(), output,
        [](OutputNum number, const Overwritten& entry) { return number < entry.outputs.begin; });
    if (after != overwritten_.begin() && std::prev(after)->outputs.contains(output) &&
        std::prev(after)->newer < end) {
      const std::optional<TxNum> spender = Spender(output);
      return !spender.has_value() || *spender >= end;
    }
  }
  const AddressNum address = AddressOf(output);
  switch (TypeOf(address)) {
    case ScriptType::kNullData:
      return true;
    case ScriptType::kNonstandard: {
      const ByteSpan script = Script(address);
      return script.size() > kMaxSpendableScriptBytes ||
             (!script.empty() && script.front() == kOpReturn);
    }
    default:
      return false;
  }
}

// Inputs.

InputFlags View::Flags(InputNum input) const {
  return InputFlags::FromRow(Column(ColumnId::kInputFlags).Get<std::uint16_t>(input.value));
}

TxNum View::TransactionOf(InputNum input) const {
  return OwnerOf(input.value, bitcoin_total::kInputs, *tx_first_input_);
}

std::optional<std::uint64_t> View::SourceValue(InputSource source) const {
  if (!source.is_foreign()) return Value(source.output());
  const auto value = Column(ColumnId::kForeignValue).Get<std::uint64_t>(source.foreign().value);
  if (value == kNone64) return std::nullopt;
  return value;
}

std::optional<AddressNum> View::SourceAddress(InputSource source) const {
  if (!source.is_foreign()) return AddressOf(source.output());
  const std::uint64_t row = source.foreign().value;
  const auto address = Column(ColumnId::kForeignAddress).Get<std::uint32_t>(row);
  if (address == kNone32) return std::nullopt;
  if (address >= totals_.addresses) {
    ReportRow(ColumnId::kForeignAddress, row);
    return std::nullopt;
  }
  return AddressNum{address};
}

View::Outpoint View::OutpointOf(InputSource source) const {
  if (source.is_foreign()) {
    const std::uint64_t row = source.foreign().value;
    const ByteSpan bytes = Column(ColumnId::kForeignOutpoint).Rows(row, row + 1);
    return {HashFromRow(bytes), LoadLe<std::uint32_t>(bytes.data() + sizeof(Hash256::bytes))};
  }
  const TxNum tx = TransactionOf(source.output());
  const IdRange<OutputNum> outputs = Outputs(tx);
  if (!outputs.contains(source.output())) {
    ReportRow(ColumnId::kTxFirstOutput, tx.value);
    return {};
  }
  return {Txid(tx), static_cast<std::uint32_t>(source.output() - outputs.begin)};
}

std::optional<InputNum> View::SpendingInput(InputSource output) const {
  const std::optional<TxNum> spender =
      output.is_foreign() ? SpenderOf(output.foreign()) : Spender(output.output());
  if (!spender.has_value()) return std::nullopt;
  const IdRange<InputNum> inputs = Inputs(*spender);
  for (InputNum input = inputs.begin; input < inputs.end; ++input) {
    if (Source(input) == output) return input;
  }
  // A spender without the spend: one of the two rows is wrong, and both have true checksums.
  ReportRow(output.is_foreign() ? ColumnId::kForeignSpender : ColumnId::kOutputSpender,
            output.is_foreign() ? output.foreign().value : output.output().value);
  return std::nullopt;
}

// Addresses.

ScriptType View::TypeOf(AddressNum address) const {
  const auto type = Column(ColumnId::kAddressType).Get<std::uint8_t>(address.value);
  if (type <= static_cast<std::uint8_t>(ScriptType::kNullData)) {
    return static_cast<ScriptType>(type);
  }
  ReportRow(ColumnId::kAddressType, address.value);
  return ScriptType::kNonstandard;
}

std::optional<ByteSpan> View::KeyOf(AddressNum address) const {
  // "None", and keys that a later commit revealed, are both beyond the count.
  const auto key = Column(ColumnId::kAddressKey).Get<std::uint32_t>(address.value);
  if (key >= totals_.keys) return std::nullopt;
  return Key(KeyNum{key});
}

absl::StatusOr<std::vector<KeyNum>> View::FindKeys(const Hash160& key_hash) const {
  const std::uint64_t prefix = LoadBe<std::uint64_t>(key_hash.data());
  std::vector<std::uint64_t> candidates;
  COINWAKE_RETURN_IF_ERROR(Runs(RunTable::kKeys).Find(prefix, &candidates));
  std::vector<KeyNum> keys;
  for (const std::uint64_t candidate : candidates) {
    if (candidate >= totals_.keys) continue;
    const Hash160 compressed = ComputeHash160(Key(KeyNum{candidate}));
    // Another prefix: the entry is that of the key's uncompressed form.
    if (compressed == key_hash || LoadBe<std::uint64_t>(compressed.data()) != prefix) {
      keys.push_back(KeyNum{candidate});
    }
  }
  COINWAKE_RETURN_IF_ERROR(damage().status());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

ByteSpan View::Key(KeyNum key) const {
  return Column(ColumnId::kKey).Rows(key.value, key.value + 1);
}

AddressNum View::AddressOfKey(KeyNum key) const {
  return AddressNum{BoundedRow(ColumnId::kKeyAddress, key.value, totals_.addresses)};
}

absl::Status View::OutputsOf(AddressNum address, OutputNum from, std::size_t limit,
                             std::vector<OutputNum>* outputs) const {
  std::vector<std::uint64_t> numbers;
  COINWAKE_RETURN_IF_ERROR(
      Runs(RunTable::kAddressOutputs).FindFrom(address.value, from.value, limit, &numbers));
  for (const std::uint64_t number : numbers) {
    if (number >= totals_.outputs) break;  // ascending
    outputs->push_back(OutputNum{number});
  }
  return damage().status();
}

absl::Status View::ForeignOf(AddressNum address, std::vector<ForeignNum>* foreign) const {
  std::vector<std::uint64_t> numbers;
  COINWAKE_RETURN_IF_ERROR(Runs(RunTable::kAddressForeign).Find(address.value, &numbers));
  for (const std::uint64_t number : numbers) {
    if (number >= totals_.foreign) break;
    foreign->push_back(ForeignNum{number});
  }
  return damage().status();
}

TxNum View::SpenderOf(ForeignNum foreign) const {
  return TxNum{BoundedRow(ColumnId::kForeignSpender, foreign.value, totals_.transactions)};
}

}  // namespace coinwake
