#include "tests/support/index_builder.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/kv/keys.h"
#include "indexer/segment/column.h"

namespace coinwake {
namespace {

constexpr std::uint64_t kGenesisTime = 1'700'000'000;
constexpr std::uint64_t kBlockSeconds = 600;
constexpr std::uint64_t kHalvingBlocks = 150;  // regtest's
constexpr std::uint32_t kRegtestBits = 0x207fffff;

class VectorStream final : public EntryStream {
 public:
  explicit VectorStream(const std::vector<RunEntry>& entries) : entries_(entries) {}
  absl::StatusOr<std::size_t> Next(std::span<RunEntry> to) override {
    const std::size_t count = std::min(to.size(), entries_.size() - at_);
    std::copy_n(entries_.begin() + static_cast<std::ptrdiff_t>(at_), count, to.begin());
    at_ += count;
    return count;
  }

 private:
  const std::vector<RunEntry>& entries_;
  std::size_t at_ = 0;
};

// OP_DUP OP_HASH160 20 ... OP_EQUALVERIFY OP_CHECKSIG.
constexpr std::size_t kPubkeyHashSize = 25;
constexpr std::size_t kPubkeyHashAt = 3;

Hash256 HashOfText(const std::string& text) {
  return DoubleSha256(AsBytes(text.data(), text.size()));
}

}  // namespace

std::vector<std::uint8_t> ScriptOfName(std::string_view name) {
  const Hash160 hash = ComputeHash160(AsBytes(name.data(), name.size()));
  std::vector<std::uint8_t> script = {0x76, 0xa9, 0x14};
  script.insert(script.end(), hash.begin(), hash.end());
  script.insert(script.end(), {0x88, 0xac});
  return script;
}

SimpleInput Spend(std::string tx_name, std::uint32_t vout) {
  SimpleInput input;
  input.name = std::move(tx_name);
  input.vout = vout;
  return input;
}
SimpleInput Spend(TxNum tx, std::uint32_t vout) {
  SimpleInput input;
  input.kind = SimpleInput::Kind::kByNumber;
  input.tx = tx.value;
  input.vout = vout;
  return input;
}
SimpleInput SpendForeign(std::string address, std::uint64_t value) {
  SimpleInput input;
  input.kind = SimpleInput::Kind::kForeign;
  input.name = std::move(address);
  input.value = value;
  return input;
}
SimpleInput SpendUnresolved() {
  SimpleInput input;
  input.kind = SimpleInput::Kind::kUnresolved;
  return input;
}

IndexBuilder::IndexBuilder(const Options& options)
    : from_height_(options.window_from_height.value_or(0)),
      is_window_(options.window_from_height.has_value()) {
  record_.network = Network::kBitcoinRegtest;
  record_.format_version = kIndexFormatVersion;
  record_.from_height = from_height_;
  record_.complete_history = !is_window_;
  record_.columns.resize(kColumnsCount);
  if (!is_window_) AddBlock({{"genesis", {}, {{"genesis", 50 * kCoin}}}});
}

// Describing.

std::uint64_t IndexBuilder::AddBlock(const std::vector<SimpleTransaction>& transactions) {
  COINWAKE_CHECK(!transactions.empty());
  // Coinbases come first in chain order but are paid what the others leave over.
  SimpleTransaction coinbase = transactions.front();
  COINWAKE_CHECK(coinbase.inputs.empty());
  const std::uint64_t height = from_height_ + blocks_;
  const std::uint64_t halvings = height / kHalvingBlocks;
  const bool pays_itself = coinbase.outputs.empty();
  if (pays_itself)
    coinbase.outputs.push_back({"miner", halvings < 64 ? 50 * kCoin >> halvings : 0});
  const std::uint64_t first_tx = txs_.size();
  const std::uint64_t coinbase_output = outputs_.size();
  std::uint64_t fees = 0;
  AddTransaction(coinbase, /*is_coinbase=*/true, &fees);
  for (std::size_t i = 1; i < transactions.size(); ++i) {
    AddTransaction(transactions[i], /*is_coinbase=*/false, &fees);
  }
  if (pays_itself) {
    Output& output = outputs_[coinbase_output];
    output.value += fees;
    totals_.unspent_value += fees;
    StoreLe(rows_[static_cast<std::size_t>(ColumnId::kOutputValue)].data() +
                coinbase_output * sizeof(std::uint64_t),
            output.value);
  }
  std::uint64_t raw_bytes = 81;
  std::vector<Hash256> txids;
  for (std::uint64_t tx = first_tx; tx < txs_.size(); ++tx) {
    txids.push_back(txs_[tx].txid);
    raw_bytes += LoadLe<std::uint32_t>(rows_[static_cast<std::size_t>(ColumnId::kTxSize)].data() +
                                       tx * sizeof(std::uint32_t));
  }
  AddBlockRows(txids, raw_bytes);
  return height;
}

void IndexBuilder::AddTransaction(const SimpleTransaction& tx, bool is_coinbase,
                                  std::uint64_t* fees) {
  COINWAKE_CHECK(is_coinbase == tx.inputs.empty());
  COINWAKE_CHECK(!tx.outputs.empty());
  const std::uint64_t number = txs_.size();
  Tx made;
  if (tx.overwrites.empty()) {
    made.txid = HashOfText(absl::StrCat("transaction ", number, " ", tx.name));
  } else {
    const std::uint64_t older = TransactionOf(tx.overwrites).value;
    made.txid = txs_[older].txid;
    Overwrite(older);
  }
  made.first_output = outputs_.size();
  made.outputs_count = tx.outputs.size();
  if (!tx.name.empty()) COINWAKE_CHECK(tx_names_.emplace(tx.name, number).second);
  txs_.push_back(made);

  AppendNumber(ColumnId::kTxFirstOutput, totals_.outputs);
  AppendNumber(ColumnId::kTxFirstInput, totals_.inputs);
  std::uint64_t in = 0;
  bool all_known = true;
  for (const SimpleInput& input : tx.inputs) {
    if (input.kind == SimpleInput::Kind::kUnresolved) all_known = false;
    in += AddInput(input);
  }
  std::uint64_t out = 0;
  for (const SimpleOutput& output : tx.outputs) {
    out += output.value;
    AddOutput(output, /*is_genesis=*/number == 0 && !is_window_);
  }
  if (!is_coinbase && all_known) {
    COINWAKE_CHECK(out <= in);
    *fees += in - out;
  }
  AppendRow(ColumnId::kTxId, made.txid.bytes.data(), made.txid.bytes.size());
  AppendNumber(ColumnId::kTxVersion, std::uint32_t{2});
  AppendNumber(ColumnId::kTxLocktime, std::uint32_t{0});
  const auto size =
      static_cast<std::uint32_t>(10 + 148 * tx.inputs.size() + 34 * tx.outputs.size());
  AppendNumber(ColumnId::kTxSize, size);
  AppendNumber(ColumnId::kTxWeight, 4 * size);
  AddEntry(RunTable::kTransactions, LoadBe<std::uint64_t>(made.txid.bytes.data()), number);
  ++totals_.transactions;
}

// Returns the value spent, 0 where it is unknown.
std::uint64_t IndexBuilder::AddInput(const SimpleInput& input) {
  const auto spender = static_cast<std::uint32_t>(txs_.size() - 1);
  AppendNumber(ColumnId::kInputFlags, input.flags.ToRow());
  ++totals_.inputs;
  if (input.kind == SimpleInput::Kind::kByName || input.kind == SimpleInput::Kind::kByNumber) {
    const std::uint64_t tx =
        input.kind == SimpleInput::Kind::kByName ? TransactionOf(input.name).value : input.tx;
    COINWAKE_CHECK(tx < spender && input.vout < txs_[tx].outputs_count);
    const OutputNum number{txs_[tx].first_output + input.vout};
    Output& output = outputs_[number.value];
    COINWAKE_CHECK(!output.spent && !output.unspendable);
    output.spent = true;
    spenders_[number.value] = spender;
    --totals_.unspent_outputs;
    totals_.unspent_value -= output.value;
    AppendNumber(ColumnId::kInputSource, InputSource::Of(number).row());
    return output.value;
  }
  COINWAKE_CHECK(is_window_);
  const ForeignNum foreign{totals_.foreign++};
  AppendNumber(ColumnId::kInputSource, InputSource::Of(foreign).row());
  const Hash256 txid = HashOfText(absl::StrCat("foreign ", foreign.value));
  AppendRow(ColumnId::kForeignOutpoint, txid.bytes.data(), txid.bytes.size());
  AppendNumber(ColumnId::kForeignOutpoint, static_cast<std::uint32_t>(foreign.value % 3));
  AppendNumber(ColumnId::kForeignSpender, spender);
  if (input.kind == SimpleInput::Kind::kUnresolved) {
    ++totals_.unresolved_inputs;
    AppendNumber(ColumnId::kForeignValue, kNone64);
    AppendNumber(ColumnId::kForeignAddress, kNone32);
    return 0;
  }
  const std::uint64_t address = AddressNumberOf(ScriptOfName(input.name), ScriptType::kPubkeyHash);
  AppendNumber(ColumnId::kForeignValue, input.value);
  AppendNumber(ColumnId::kForeignAddress, static_cast<std::uint32_t>(address));
  AddEntry(RunTable::kAddressForeign, address, foreign.value);
  return input.value;
}

void IndexBuilder::AddOutput(const SimpleOutput& output, bool is_genesis) {
  const bool named = output.script.empty();
  COINWAKE_CHECK(!named || output.type == ScriptType::kPubkeyHash);
  const std::vector<std::uint8_t> script = named ? ScriptOfName(output.address) : output.script;
  Output made;
  made.value = output.value;
  made.address = AddressNumberOf(script, output.type);
  // As Bitcoin Core's CScript::IsUnspendable.
  made.unspendable = is_genesis || script.size() > 10'000 || script.front() == 0x6a;
  if (!made.unspendable) {
    ++totals_.unspent_outputs;
    totals_.unspent_value += output.value;
  }
  AppendNumber(ColumnId::kOutputValue, output.value);
  AppendNumber(ColumnId::kOutputAddress, static_cast<std::uint32_t>(made.address));
  AddEntry(RunTable::kAddressOutputs, made.address, outputs_.size());
  outputs_.push_back(made);
  spenders_.push_back(kNone32);
  ++totals_.outputs;
}

void IndexBuilder::Overwrite(std::uint64_t older) {
  for (std::uint64_t i = 0; i < txs_[older].outputs_count; ++i) {
    Output& output = outputs_[txs_[older].first_output + i];
    if (output.spent || output.unspendable) continue;
    output.unspendable = true;
    --totals_.unspent_outputs;
    totals_.unspent_value -= output.value;
  }
  keys_.Put(OverwrittenKey(TxNum{older}), BigEndian64(txs_.size()));
}

std::uint64_t IndexBuilder::AddressNumberOf(const std::vector<std::uint8_t>& script,
                                            ScriptType type) {
  const auto [entry, is_new] = addresses_.emplace(script, totals_.addresses);
  if (!is_new) return entry->second;
  AddEntry(RunTable::kAddresses, LoadBe<std::uint64_t>(Sha256(script).bytes.data()),
           totals_.addresses);
  ++totals_.addresses;
  totals_.script_bytes += script.size();
  AppendNumber(ColumnId::kAddressType, static_cast<std::uint8_t>(type));
  AppendNumber(ColumnId::kAddressScriptEnd, totals_.script_bytes);
  AppendRow(ColumnId::kScriptBytes, script.data(), script.size());
  address_keys_.push_back(kNone32);
  return entry->second;
}

void IndexBuilder::AddBlockRows(const std::vector<Hash256>& txids, std::uint64_t raw_bytes) {
  totals_.raw_bytes += raw_bytes;
  const std::uint64_t height = from_height_ + blocks_;
  std::array<std::uint8_t, 80> header{};
  StoreLe(header.data(), std::uint32_t{4});
  if (!hashes_.empty()) std::memcpy(header.data() + 4, hashes_.back().bytes.data(), 32);
  const Hash256 root = DoubleSha256(AsBytes(txids.data(), txids.size() * sizeof(Hash256)));
  std::memcpy(header.data() + 36, root.bytes.data(), 32);
  StoreLe(header.data() + 68, static_cast<std::uint32_t>(kGenesisTime + kBlockSeconds * height));
  StoreLe(header.data() + 72, kRegtestBits);
  StoreLe(header.data() + 76, static_cast<std::uint32_t>(height));
  const Hash256 hash = DoubleSha256(ByteSpan(header));
  hashes_.push_back(hash);
  AppendRow(ColumnId::kBlockHeader, header.data(), header.size());
  AppendRow(ColumnId::kBlockHash, hash.bytes.data(), hash.bytes.size());
  AppendRow(ColumnId::kBlockTotals, &totals_, sizeof(totals_));
  keys_.Put(BlockHeightKey(hash), BigEndian64(height));
  ++blocks_;
}

void IndexBuilder::RevealKey(std::string_view address, const std::array<std::uint8_t, 33>& key,
                             KeyForm form) {
  RevealKey(ScriptOfName(address), key, form);
}

void IndexBuilder::RevealKey(const std::vector<std::uint8_t>& script,
                             const std::array<std::uint8_t, 33>& key, KeyForm form) {
  COINWAKE_CHECK(blocks_ > 0);
  const auto found = addresses_.find(script);
  COINWAKE_CHECK(found != addresses_.end());
  const std::uint64_t holder = found->second;
  COINWAKE_CHECK(address_keys_[holder] == kNone32);
  address_keys_[holder] = static_cast<std::uint32_t>(totals_.keys);
  AppendRow(ColumnId::kKey, key.data(), key.size());
  AppendNumber(ColumnId::kKeyAddress, static_cast<std::uint32_t>(holder));
  AddEntry(RunTable::kKeys, LoadBe<std::uint64_t>(ComputeHash160(key).data()), totals_.keys);
  if (script.size() == kPubkeyHashSize && form == KeyForm::kUncompressed) {
    AddEntry(RunTable::kKeys, LoadBe<std::uint64_t>(script.data() + kPubkeyHashAt), totals_.keys);
  }
  ++totals_.keys;
  std::vector<std::uint8_t>& rows = rows_[static_cast<std::size_t>(ColumnId::kBlockTotals)];
  std::memcpy(rows.data() + rows.size() - sizeof(totals_), &totals_, sizeof(totals_));
}

void IndexBuilder::AddStaleBlock(const Hash256& hash, std::uint64_t height, std::string_view raw) {
  keys_.Put(StaleBlockKey(hash), BigEndian64(height).append(raw));
  ++record_.stale_blocks;
}

TxNum IndexBuilder::TransactionOf(std::string_view tx_name) const {
  const auto found = tx_names_.find(tx_name);
  COINWAKE_CHECK(found != tx_names_.end());
  return TxNum{found->second};
}

OutputNum IndexBuilder::OutputOf(std::string_view tx_name, std::uint32_t vout) const {
  const Tx& tx = txs_[TransactionOf(tx_name).value];
  COINWAKE_CHECK(vout < tx.outputs_count);
  return OutputNum{tx.first_output + vout};
}

AddressNum IndexBuilder::AddressOf(std::string_view address) const {
  const auto found = addresses_.find(ScriptOfName(address));
  COINWAKE_CHECK(found != addresses_.end());
  return AddressNum{found->second};
}

void IndexBuilder::AppendRow(ColumnId id, const void* row, std::size_t size_bytes) {
  const ByteSpan bytes = AsBytes(row, size_bytes);
  std::vector<std::uint8_t>& rows = rows_[static_cast<std::size_t>(id)];
  rows.insert(rows.end(), bytes.begin(), bytes.end());
}

void IndexBuilder::AddEntry(RunTable table, std::uint64_t key, std::uint64_t number) {
  const auto runs = SchemaOf(Chain::kBitcoin).runs;
  const auto position = std::find_if(
      runs.begin(), runs.end(), [table](const RunTableSpec& spec) { return spec.table == table; });
  entries_[static_cast<std::size_t>(position - runs.begin())].push_back({key, number});
}

// Writing.

absl::Status IndexBuilder::WriteColumns(FileSystem& files, const std::string& folder,
                                        CommitRecord* record) {
  for (std::size_t index = 0; index < kColumnsCount; ++index) {
    const ColumnSpec& spec = kColumns[index];
    CommittedColumn& committed = record->columns[index];
    const std::uint64_t rows_count = CountOf(spec.counted_by, ToTotals(totals_), blocks_);
    if (spec.in_place) {
      COINWAKE_ASSIGN_OR_RETURN(const auto column,
                                InPlaceColumn::Open(files, folder, spec, committed.rows_count));
      COINWAKE_RETURN_IF_ERROR(column->Resize(rows_count));
      COINWAKE_RETURN_IF_ERROR(column->Sync());
      committed = {rows_count, 0};
      continue;
    }
    COINWAKE_CHECK(rows_[index].size() == rows_count * spec.row_bytes);
    COINWAKE_ASSIGN_OR_RETURN(
        const auto column,
        ColumnWriter::Open(files, folder, spec,
                           ColumnState{committed.rows_count, committed.tail_crc}));
    COINWAKE_RETURN_IF_ERROR(
        column->Append(ByteSpan(rows_[index]).subspan(committed.rows_count * spec.row_bytes)));
    COINWAKE_ASSIGN_OR_RETURN(const ColumnState state, column->Sync());
    committed = {state.rows_count, state.tail_crc};
  }
  return absl::OkStatus();
}

absl::Status IndexBuilder::WriteRuns(KvStore& store, CommitRecord* record) {
  const auto runs = SchemaOf(Chain::kBitcoin).runs;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::vector<RunEntry>& entries = entries_[i];
    if (entries.empty()) continue;
    std::sort(entries.begin(), entries.end());
    VectorStream stream(entries);
    COINWAKE_ASSIGN_OR_RETURN(const RunInfo run,
                              WriteRun(store, runs[i].table, record->next_run_id++,
                                       ToTotals(committed_)[runs[i].counted_by],
                                       ToTotals(totals_)[runs[i].counted_by], stream));
    record->runs[i].push_back(run);
    entries.clear();
  }
  return absl::OkStatus();
}

// Sets every row there is: what was set before is set to the same again.
absl::Status IndexBuilder::ApplyInPlace(FileSystem& files, const std::string& folder) {
  const std::pair<ColumnId, const std::vector<std::uint32_t>&> columns[] = {
      {ColumnId::kOutputSpender, spenders_}, {ColumnId::kAddressKey, address_keys_}};
  for (const auto& [id, values] : columns) {
    std::vector<InPlaceUpdate> updates;
    for (std::uint64_t row = 0; row < values.size(); ++row) {
      if (values[row] != kNone32) updates.push_back({row, values[row]});
    }
    COINWAKE_ASSIGN_OR_RETURN(const auto column,
                              InPlaceColumn::Open(files, folder, SpecOf(id), values.size()));
    COINWAKE_RETURN_IF_ERROR(column->Apply(updates));
    COINWAKE_RETURN_IF_ERROR(column->Sync());
  }
  return absl::OkStatus();
}

absl::Status IndexBuilder::Commit(FileSystem& files, KvStore& store,
                                  const std::string& network_folder, Stop stop) {
  COINWAKE_CHECK(blocks_ > 0);
  const std::string folder = ColumnsFolder(network_folder);
  COINWAKE_RETURN_IF_ERROR(WriteColumns(files, folder, &record_));
  COINWAKE_RETURN_IF_ERROR(WriteRuns(store, &record_));
  ++record_.sequence;
  record_.blocks = blocks_;
  record_.tip_hash = hashes_.back();
  keys_.Put(kCommitKey, EncodeCommitRecord(record_));
  COINWAKE_RETURN_IF_ERROR(store.Write(keys_, /*sync=*/true));
  keys_.Clear();
  committed_ = totals_;
  if (stop == Stop::kBeforeInPlace) return absl::OkStatus();
  COINWAKE_RETURN_IF_ERROR(ApplyInPlace(files, folder));
  record_.applied_inputs = totals_.inputs;
  record_.applied_keys = totals_.keys;
  KvBatch batch;
  batch.Put(kCommitKey, EncodeCommitRecord(record_));
  return store.Write(batch, /*sync=*/true);
}

absl::StatusOr<OpenIndex> IndexBuilder::Build(FileSystem& files, const std::string& data_folder) {
  const std::string folder = FolderOfNetwork(data_folder, record_.network);
  COINWAKE_RETURN_IF_ERROR(files.CreateFolders(folder));
  {
    KvOptions options;
    options.create_if_missing = true;
    COINWAKE_ASSIGN_OR_RETURN(const auto store, KvStore::Open(files, StoreFolder(folder), options));
    COINWAKE_RETURN_IF_ERROR(Commit(files, *store, folder));
  }
  return OpenForReading(files, data_folder, record_.network);
}

}  // namespace coinwake
