// Batch: what can only be known once inputs have their sources: redeem kinds, keys, spent values.

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"
#include "indexer/ingest/batch.h"
#include "indexer/ingest/column_rows.h"

namespace coinwake {
namespace {

// An input whose source is older than the batch.
struct OldSource {
  std::uint64_t output;
  std::uint32_t input_rel;
};

constexpr std::string_view kSpentBefore = "is spent before";
constexpr std::string_view kNeverSpendable = "can never be spent";

struct AddressedInput {
  std::uint32_t address;
  std::uint32_t input_rel;
};

std::uint8_t RedeemKindFor(std::uint8_t source_type, const PendingFlags& pending) {
  if (source_type == kUnknownType) return 0;
  switch (static_cast<ScriptType>(source_type)) {
    case ScriptType::kScriptHash:
      return pending.if_script_hash;
    case ScriptType::kWitnessV0ScriptHash:
      return pending.if_witness_script;
    case ScriptType::kWitnessV1Taproot:
      return pending.if_taproot;
    default:
      return 0;
  }
}

// What the spent script must hold for the key to be its own.
Hash160 ScriptHashOf(const KeyCandidate& candidate) {
  if (candidate.spends == ScriptType::kPubkeyHash) return candidate.script_hash;
  return bitcoin::HashOfWrappedKey(ComputeHash160(candidate.key));
}

}  // namespace

// A block of the chain that no node can have accepted.
absl::Status Batch::BadBlock(std::size_t block, std::string_view what) const {
  return absl::DataLossError(absl::StrCat(
      Describe(scan_, blocks_[block].where), ": block ", blocks_[block].hash.ToDisplayHex(),
      " at height ", plan_.from_height + writer_.committed().blocks + block, ": ",
      std::string(what),
      ", so no node accepted it; index the blocks folder of a node that has verified its chain"));
}

absl::Status Batch::CannotSpend(std::uint32_t input_rel, std::string_view why) const {
  const std::uint32_t tx = TxOfInput(input_rel);
  const std::size_t block = BlockOfTx(tx);
  const std::uint32_t first_tx = block == 0 ? 0 : blocks_[block - 1].end_tx;
  return BadBlock(block,
                  absl::StrCat("input ", input_rel - first_input_[tx], " of its transaction ",
                               tx - first_tx, " spends what ", std::string(why)));
}

// Nobody can spend the genesis coinbase, which has one output on every network.
bool Batch::IsGenesisOutput(OutputNum output) const {
  return output.value == 0 && plan_.complete_history;
}

// Types of what is spent, and the value each block spends. Nothing is spent twice: what the batch
// creates is ticked off in a bitmap, what is older in ResolveOldSources().
absl::Status Batch::ResolveSources() {
  std::vector<bool> spent(values_.size());  // by output_rel
  source_types_.assign(pending_.size(), kUnknownType);
  spent_value_.assign(blocks_.size(), 0);
  spent_count_.assign(blocks_.size(), 0);
  std::size_t block = 0;
  std::uint32_t end_input = first_input_[blocks_[0].end_tx];
  for (std::uint32_t input = 0; input < sources_.size(); ++input) {
    while (input >= end_input) end_input = first_input_[blocks_[++block].end_tx];
    const auto source = InputSource::FromRow(sources_[input]);
    if (source.is_foreign()) {
      const ForeignRow& row = foreign_[source.foreign().value - base_.foreign];
      if (row.known) source_types_[input] = static_cast<std::uint8_t>(row.type);
      continue;
    }
    ++spent_count_[block];
    if (IsGenesisOutput(source.output())) return CannotSpend(input, kNeverSpendable);
    if (source.output().value < base_.outputs) continue;
    const std::uint64_t rel = source.output().value - base_.outputs;
    if (spent[rel]) return CannotSpend(input, kSpentBefore);
    if ((output_types_[rel] & kUnspendableBit) != 0) return CannotSpend(input, kNeverSpendable);
    spent[rel] = true;
    spent_value_[block] += values_[rel];
    source_types_[input] = output_types_[rel];
  }
  return ResolveOldSources();
}

// The same for sources of older commits, by one forward pass over their columns. The spenders read
// on the way are those that the commit is about to set: their pages are wanted anyway.
absl::Status Batch::ResolveOldSources() {
  const auto is_old = [this](std::uint64_t row) {
    const auto source = InputSource::FromRow(row);
    return !source.is_foreign() && source.output().value < base_.outputs;
  };
  std::vector<OldSource> sources;
  sources.reserve(
      static_cast<std::size_t>(std::count_if(sources_.begin(), sources_.end(), is_old)));
  for (std::uint32_t input = 0; input < sources_.size(); ++input) {
    if (!is_old(sources_[input])) continue;
    sources.push_back({InputSource::FromRow(sources_[input]).output().value, input});
  }
  if (sources.empty()) return absl::OkStatus();
  std::sort(sources.begin(), sources.end(), [](const OldSource& a, const OldSource& b) {
    return a.output != b.output ? a.output < b.output : a.input_rel < b.input_rel;
  });
  COINWAKE_ASSIGN_OR_RETURN(const auto spenders, writer_.ReadInPlace(ColumnId::kOutputSpender));
  std::uint64_t previous = kNone64;
  ColumnRows values(writer_.column(ColumnId::kOutputValue), 8);
  ColumnRows output_addresses(writer_.column(ColumnId::kOutputAddress), 4);
  std::vector<AddressedInput> addressed;
  addressed.reserve(sources.size());
  for (const OldSource& source : sources) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint32_t spender, spenders->Get(source.output));
    if (spender != kNone32 || source.output == previous) {
      return CannotSpend(source.input_rel, kSpentBefore);
    }
    previous = source.output;
    COINWAKE_ASSIGN_OR_RETURN(const auto value, values.Get<std::uint64_t>(source.output));
    spent_value_[BlockOfTx(TxOfInput(source.input_rel))] += value;
    COINWAKE_ASSIGN_OR_RETURN(const auto address,
                              output_addresses.Get<std::uint32_t>(source.output));
    addressed.push_back({address, source.input_rel});
  }
  std::sort(addressed.begin(), addressed.end(),
            [](const AddressedInput& a, const AddressedInput& b) { return a.address < b.address; });
  ColumnRows types(writer_.column(ColumnId::kAddressType), 1);
  for (const AddressedInput& input : addressed) {
    if (input.address >= base_.addresses) {
      return absl::DataLossError(
          absl::StrCat(writer_.folder(), "/columns/output_address.col names address ",
                       input.address, ", which is not there; index again into an empty folder"));
    }
    COINWAKE_ASSIGN_OR_RETURN(source_types_[input.input_rel],
                              types.Get<std::uint8_t>(input.address));
    const auto type = static_cast<ScriptType>(source_types_[input.input_rel]);
    bool unspendable = type == ScriptType::kNullData;
    // The type of a script that nobody can spend for other reasons does not tell: a malformed
    // OP_RETURN, or one that is too long.
    if (type == ScriptType::kNonstandard) {
      const auto source = InputSource::FromRow(sources_[input.input_rel]);
      COINWAKE_ASSIGN_OR_RETURN(unspendable, IsOldUnspendable(source.output()));
    }
    if (unspendable) return CannotSpend(input.input_rel, kNeverSpendable);
  }
  return absl::OkStatus();
}

absl::Status Batch::AppendInputs() {
  ColumnWriter& source_column = writer_.column(ColumnId::kInputSource);
  ColumnWriter& flags_column = writer_.column(ColumnId::kInputFlags);
  for (std::size_t input = 0; input < sources_.size(); ++input) {
    COINWAKE_RETURN_IF_ERROR(AppendNumber(source_column, sources_[input]));
    const std::uint8_t flags[2] = {pending_[input].flags,
                                   RedeemKindFor(source_types_[input], pending_[input])};
    COINWAKE_RETURN_IF_ERROR(flags_column.Append(flags));
  }
  return absl::OkStatus();
}

// Of the keys that inputs reveal, those whose script has none yet and really holds the key's hash.
absl::Status Batch::KeepNewsOfInputs(std::vector<KeyRow>* rows) {
  struct Candidate {
    std::uint32_t address;
    std::uint32_t index;  // into key_candidates_, which are in chain order
  };
  std::vector<Candidate> candidates;
  ColumnRows output_addresses(writer_.column(ColumnId::kOutputAddress), 4);
  for (std::uint32_t i = 0; i < key_candidates_.size(); ++i) {
    const KeyCandidate& key = key_candidates_[i];
    if (source_types_[key.input_rel] != static_cast<std::uint8_t>(key.spends)) continue;
    const auto source = InputSource::FromRow(sources_[key.input_rel]);
    std::uint32_t address;
    if (source.is_foreign()) {
      address = foreign_[source.foreign().value - base_.foreign].address;
    } else if (source.output().value >= base_.outputs) {
      address = addresses_[source.output().value - base_.outputs];
    } else {
      COINWAKE_ASSIGN_OR_RETURN(address,
                                output_addresses.Get<std::uint32_t>(source.output().value));
    }
    candidates.push_back({address, i});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.address != b.address ? a.address < b.address : a.index < b.index;
  });
  COINWAKE_ASSIGN_OR_RETURN(const auto known_keys, writer_.ReadInPlace(ColumnId::kAddressKey));
  ColumnRows ends(writer_.column(ColumnId::kAddressScriptEnd), 8);
  std::uint32_t done = kNone32;  // the address last settled
  for (const Candidate& candidate : candidates) {
    if (candidate.address == done) continue;
    const KeyCandidate& key = key_candidates_[candidate.index];
    if (candidate.address < base_.addresses) {
      COINWAKE_ASSIGN_OR_RETURN(const std::uint32_t known, known_keys->Get(candidate.address));
      if (known != kNone32) {
        done = candidate.address;
        continue;
      }
    }
    COINWAKE_ASSIGN_OR_RETURN(const auto end, ends.Get<std::uint64_t>(candidate.address));
    // P2PKH is 25 bytes with its hash at 3, P2SH 23 bytes with its hash at 2.
    const std::uint64_t size = key.spends == ScriptType::kPubkeyHash ? 25 : 23;
    const std::uint64_t hash_at = key.spends == ScriptType::kPubkeyHash ? 3 : 2;
    std::array<std::uint8_t, 20> hash;
    if (end < size) continue;
    const std::uint64_t from = end - size + hash_at;
    COINWAKE_RETURN_IF_ERROR(
        writer_.column(ColumnId::kScriptBytes).ReadRows(from, from + hash.size(), hash));
    if (hash != ScriptHashOf(key)) continue;
    done = candidate.address;
    rows->push_back({TxOfInput(key.input_rel), candidate.address, key.key,
                     key.spends == ScriptType::kPubkeyHash});
  }
  return absl::OkStatus();
}

absl::Status Batch::AppendKeys() {
  std::vector<KeyRow> rows;
  COINWAKE_RETURN_IF_ERROR(KeepNewsOfInputs(&rows));
  rows.insert(rows.end(), p2pk_keys_.begin(), p2pk_keys_.end());
  std::vector<KeyRow>().swap(p2pk_keys_);
  // By transaction, inputs before outputs; the order of a transaction's own keys is by address.
  std::stable_sort(rows.begin(), rows.end(), [](const KeyRow& a, const KeyRow& b) {
    return a.tx_rel != b.tx_rel ? a.tx_rel < b.tx_rel : a.address < b.address;
  });
  key_txs_.reserve(rows.size());
  key_entries_.reserve(2 * rows.size());
  for (const KeyRow& row : rows) {
    const std::uint64_t number = base_.keys + key_txs_.size();
    key_txs_.push_back(row.tx_rel);
    COINWAKE_RETURN_IF_ERROR(writer_.column(ColumnId::kKey).Append(row.key));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(writer_.column(ColumnId::kKeyAddress), row.address));
    if (!row.hashes_differ) continue;
    key_entries_.push_back({LoadBe<std::uint64_t>(ComputeHash160(row.key).data()), number});
    if (const auto uncompressed = bitcoin::UncompressKey(row.key)) {
      key_entries_.push_back({LoadBe<std::uint64_t>(ComputeHash160(*uncompressed).data()), number});
    }
  }
  std::sort(key_entries_.begin(), key_entries_.end());
  return absl::OkStatus();
}

}  // namespace coinwake
