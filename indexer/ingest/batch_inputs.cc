// Batch: from (prev txid, vout) to the output an input spends.

#include <algorithm>
#include <cstring>
#include <map>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"
#include "indexer/bitcoin/script.h"
#include "indexer/ingest/batch.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/ingest/digest_table.h"
#include "indexer/ingest/parallel.h"
#include "indexer/kv/keys.h"

namespace coinwake {
namespace {

std::uint64_t RunKeyOfTxid(const std::uint8_t* txid) { return LoadBe<std::uint64_t>(txid); }

// A transaction of an older commit that may be the one an input names.
struct OldCandidate {
  std::uint64_t tx;
  std::uint32_t request;
};

// [first, end) of a transaction's outputs.
absl::StatusOr<IdRange<OutputNum>> OutputsOfTx(ColumnRows& first_outputs, std::uint64_t tx,
                                               const BlockTotals& totals) {
  COINWAKE_ASSIGN_OR_RETURN(const auto begin, first_outputs.Get<std::uint64_t>(tx));
  std::uint64_t end = totals.outputs;
  if (tx + 1 < totals.transactions) {
    COINWAKE_ASSIGN_OR_RETURN(end, first_outputs.Get<std::uint64_t>(tx + 1));
  }
  return IdRange<OutputNum>{OutputNum{begin}, OutputNum{end}};
}

}  // namespace

absl::Status Batch::ResolveInputs() {
  sources_.assign(pending_.size(), kNone64);
  COINWAKE_RETURN_IF_ERROR(ParallelFor(kPartitionsCount, options_.threads,
                                       [this](std::size_t i) { return ResolvePartition(i); }));
  // Partitions finish in any order; what is left over gets one order again.
  std::sort(foreign_.begin(), foreign_.end(), [](const ForeignRow& a, const ForeignRow& b) {
    return a.input.input_rel < b.input.input_rel;
  });
  return FindOverwritten();
}

absl::Status Batch::ResolvePartition(std::size_t partition) {
  std::vector<TxDefinition> definitions;
  COINWAKE_RETURN_IF_ERROR(definitions_.Load(partition, &definitions));
  std::vector<InputRequest> requests;
  COINWAKE_RETURN_IF_ERROR(requests_.Load(partition, &requests));

  DigestTable table(definitions.size());
  for (std::uint32_t row = 0; row < definitions.size(); ++row) {
    // Equal txids (BIP30) are all kept, one behind the other, in chain order.
    table.FindOrAdd(definitions[row].txid.data(), row, [](std::uint32_t) { return false; });
  }
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < requests.size(); ++i) {
    const InputRequest& request = requests[i];
    const TxDefinition* found = nullptr;
    table.FindOrAdd(request.prev_txid.bytes.data(), DigestTable::kEmpty, [&](std::uint32_t row) {
      const TxDefinition& definition = definitions[row];
      // The latest transaction before the spender; a spend before its creation is none.
      if (definition.tx_rel < request.tx_rel &&
          std::memcmp(definition.txid.data(), request.prev_txid.bytes.data(),
                      definition.txid.size()) == 0 &&
          (found == nullptr || found->tx_rel < definition.tx_rel)) {
        found = &definition;
      }
      return false;
    });
    if (found == nullptr) {
      missing.push_back(i);
      continue;
    }
    const std::uint32_t first = first_output_[found->tx_rel];
    if (request.prev_vout >= first_output_[found->tx_rel + 1] - first) {
      missing.push_back(i);
      continue;
    }
    sources_[request.input_rel] =
        InputSource::Of(OutputNum{base_.outputs + first + request.prev_vout}).row();
  }
  COINWAKE_RETURN_IF_ERROR(ResolveOld(requests, std::move(missing)));

  std::vector<RunEntry>& entries = tx_entries_[partition];
  entries.reserve(definitions.size());
  for (const TxDefinition& definition : definitions) {
    entries.push_back(
        {RunKeyOfTxid(definition.txid.data()), base_.transactions + definition.tx_rel});
  }
  std::sort(entries.begin(), entries.end());
  return absl::OkStatus();
}

absl::Status Batch::ResolveOld(const std::vector<InputRequest>& requests,
                               std::vector<std::uint32_t> missing) {
  if (missing.empty()) return absl::OkStatus();
  std::vector<std::uint64_t> best(requests.size(), kNone64);
  if (base_.transactions != 0) {
    std::sort(missing.begin(), missing.end(), [&](std::uint32_t a, std::uint32_t b) {
      const std::uint64_t key_a = RunKeyOfTxid(requests[a].prev_txid.bytes.data());
      const std::uint64_t key_b = RunKeyOfTxid(requests[b].prev_txid.bytes.data());
      return key_a != key_b ? key_a < key_b : a < b;
    });
    std::vector<std::uint64_t> keys;
    keys.reserve(missing.size());
    for (const std::uint32_t request : missing) {
      keys.push_back(RunKeyOfTxid(requests[request].prev_txid.bytes.data()));
    }
    std::vector<OldCandidate> candidates;
    const auto snapshot = writer_.store().NewSnapshot();
    const RunReader runs(*snapshot, RunTable::kTransactions, writer_.committed().runs[0]);
    COINWAKE_RETURN_IF_ERROR(runs.FindSorted(keys, [&](std::size_t i, std::uint64_t tx) {
      candidates.push_back({tx, missing[i]});
    }));
    std::sort(candidates.begin(), candidates.end(),
              [](const OldCandidate& a, const OldCandidate& b) { return a.tx < b.tx; });
    const MutexLock hold(old_rows_mutex_);
    ColumnRows txids(writer_.column(ColumnId::kTxId), 32);
    ColumnRows first_outputs(writer_.column(ColumnId::kTxFirstOutput), 8);
    for (const OldCandidate& candidate : candidates) {
      if (candidate.tx >= base_.transactions) continue;
      const InputRequest& request = requests[candidate.request];
      COINWAKE_ASSIGN_OR_RETURN(const ByteSpan txid, txids.Row(candidate.tx));
      if (!std::equal(txid.begin(), txid.end(), request.prev_txid.bytes.begin())) continue;
      COINWAKE_ASSIGN_OR_RETURN(const IdRange<OutputNum> outputs,
                                OutputsOfTx(first_outputs, candidate.tx, base_));
      // Candidates ascend, so the latest of equal txids wins.
      if (request.prev_vout < outputs.size()) {
        best[candidate.request] = InputSource::Of(outputs.begin + request.prev_vout).row();
      }
    }
  }
  for (const std::uint32_t i : missing) {
    const InputRequest& request = requests[i];
    if (best[i] != kNone64) {
      sources_[request.input_rel] = best[i];
      continue;
    }
    const MutexLock hold(foreign_mutex_);
    foreign_.emplace_back().input = request;
  }
  return absl::OkStatus();
}

// Since BIP34 no coinbase repeats an older txid; before it, two did (heights 91842 and 91880), and
// what the first of each pair had unspent can never be spent. Of several copies each overwrites the
// one before it.
absl::Status Batch::FindOverwritten() {
  std::vector<std::pair<Hash256, std::uint32_t>> coinbases;  // txid, tx_rel
  std::uint32_t tx_rel = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    coinbases.emplace_back(coinbase_txids_[i], tx_rel);
    tx_rel = blocks_[i].end_tx;
  }
  std::sort(coinbases.begin(), coinbases.end());
  for (std::size_t i = 1; i < coinbases.size(); ++i) {
    if (coinbases[i].first != coinbases[i - 1].first) continue;
    COINWAKE_RETURN_IF_ERROR(
        CheckOverwritten(base_.transactions + coinbases[i - 1].second, coinbases[i].second));
  }
  if (base_.transactions == 0) return absl::OkStatus();
  // The first copy in the batch overwrites the newest before it.
  coinbases.erase(std::unique(coinbases.begin(), coinbases.end(),
                              [](const auto& a, const auto& b) { return a.first == b.first; }),
                  coinbases.end());
  std::vector<std::uint64_t> keys;  // ascending, as txids are
  keys.reserve(coinbases.size());
  for (const auto& [txid, rel] : coinbases) keys.push_back(RunKeyOfTxid(txid.bytes.data()));
  std::vector<OldCandidate> candidates;
  const auto snapshot = writer_.store().NewSnapshot();
  const RunReader runs(*snapshot, RunTable::kTransactions, writer_.committed().runs[0]);
  COINWAKE_RETURN_IF_ERROR(runs.FindSorted(keys, [&](std::size_t i, std::uint64_t tx) {
    candidates.push_back({tx, static_cast<std::uint32_t>(i)});
  }));
  std::map<std::uint32_t, std::uint64_t> newest;  // by index into coinbases
  ColumnRows txids(writer_.column(ColumnId::kTxId), 32);
  for (const OldCandidate& candidate : candidates) {
    if (candidate.tx >= base_.transactions) continue;
    COINWAKE_ASSIGN_OR_RETURN(const ByteSpan txid, txids.Row(candidate.tx));
    const Hash256& wanted = coinbases[candidate.request].first;
    if (!std::equal(txid.begin(), txid.end(), wanted.bytes.begin())) continue;
    std::uint64_t& tx = newest[candidate.request];
    tx = std::max(tx, candidate.tx);
  }
  for (const auto& [index, tx] : newest) {
    COINWAKE_RETURN_IF_ERROR(CheckOverwritten(tx, coinbases[index].second));
  }
  return absl::OkStatus();
}

// Whether an output of an older commit was never in the unspent set.
absl::StatusOr<bool> Batch::IsOldUnspendable(OutputNum output) {
  ColumnRows addresses(writer_.column(ColumnId::kOutputAddress), 4);
  COINWAKE_ASSIGN_OR_RETURN(const auto address, addresses.Get<std::uint32_t>(output.value));
  ColumnRows ends(writer_.column(ColumnId::kAddressScriptEnd), 8);
  COINWAKE_ASSIGN_OR_RETURN(const auto end, ends.Get<std::uint64_t>(address));
  std::uint64_t begin = 0;
  if (address != 0) {
    COINWAKE_ASSIGN_OR_RETURN(begin, ends.Get<std::uint64_t>(address - 1));
  }
  std::vector<std::uint8_t> script(end - begin);
  COINWAKE_RETURN_IF_ERROR(writer_.column(ColumnId::kScriptBytes).ReadRows(begin, end, script));
  return bitcoin::IsUnspendable(script);
}

// Notes what `older` had unspent when `newer_rel` took its txid. Rare: a scan of the batch is fine.
absl::Status Batch::CheckOverwritten(std::uint64_t older, std::uint32_t newer_rel) {
  Overwrite overwrite{older, newer_rel, 0, 0};
  IdRange<OutputNum> outputs;
  if (older >= base_.transactions) {
    const auto rel = static_cast<std::uint32_t>(older - base_.transactions);
    outputs = {OutputNum{base_.outputs + first_output_[rel]},
               OutputNum{base_.outputs + first_output_[rel + 1]}};
  } else {
    ColumnRows first_outputs(writer_.column(ColumnId::kTxFirstOutput), 8);
    COINWAKE_ASSIGN_OR_RETURN(outputs, OutputsOfTx(first_outputs, older, base_));
  }
  ColumnRows values(writer_.column(ColumnId::kOutputValue), 8);
  COINWAKE_ASSIGN_OR_RETURN(const auto spenders, writer_.ReadInPlace(ColumnId::kOutputSpender));
  const std::uint32_t inputs_before = first_input_[newer_rel];
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    if (output.value < base_.outputs) {
      COINWAKE_ASSIGN_OR_RETURN(const std::uint32_t spender, spenders->Get(output.value));
      if (spender != kNone32) continue;
      COINWAKE_ASSIGN_OR_RETURN(const bool unspendable, IsOldUnspendable(output));
      if (unspendable) continue;
    } else if ((output_types_[output.value - base_.outputs] & kUnspendableBit) != 0) {
      continue;
    }
    const std::uint64_t source = InputSource::Of(output).row();
    const auto end = sources_.begin() + inputs_before;
    if (std::find(sources_.begin(), end, source) != end) continue;
    COINWAKE_ASSIGN_OR_RETURN(const auto value, values.Get<std::uint64_t>(output.value));
    ++overwrite.unspent_outputs;
    overwrite.unspent_value += value;
  }
  if (overwrite.unspent_outputs != 0) overwrites_.push_back(overwrite);
  return absl::OkStatus();
}

std::size_t Batch::BlockOfTx(std::uint32_t tx_rel) const {
  const auto at =
      std::upper_bound(blocks_.begin(), blocks_.end(), tx_rel,
                       [](std::uint32_t tx, const BatchBlock& block) { return tx < block.end_tx; });
  return static_cast<std::size_t>(at - blocks_.begin());
}

std::uint32_t Batch::TxOfInput(std::uint32_t input_rel) const {
  const auto at = std::upper_bound(first_input_.begin(), first_input_.end(), input_rel);
  return static_cast<std::uint32_t>(at - first_input_.begin() - 1);
}

absl::Status Batch::FillForeign() {
  for (std::size_t i = 0; i < foreign_.size(); ++i) {
    sources_[foreign_[i].input.input_rel] = InputSource::Of(ForeignNum{base_.foreign + i}).row();
  }
  if (undo_ == nullptr) return absl::OkStatus();
  for (std::size_t begin = 0; begin < foreign_.size();) {
    const std::size_t block = BlockOfTx(foreign_[begin].input.tx_rel);
    std::size_t end = begin;
    while (end < foreign_.size() && foreign_[end].input.tx_rel < blocks_[block].end_tx) ++end;
    COINWAKE_RETURN_IF_ERROR(FillFromUndo(block, begin, end));
    begin = end;
  }
  return absl::OkStatus();
}

// Values and scripts of foreign rows [begin, end), all of one block, if its undo record is found.
absl::Status Batch::FillFromUndo(std::size_t block, std::size_t begin, std::size_t end) {
  COINWAKE_ASSIGN_OR_RETURN(const auto found,
                            undo_->Find(blocks_[block].hash, blocks_[block].where));
  if (!found) return absl::OkStatus();
  bitcoin::UndoCursor cursor(*found->file, scan_.xor_key, found->record);
  // The record leaves the coinbase out, which has no inputs here either; that its lists follow the
  // inputs is known.
  std::uint32_t input = first_input_[block == 0 ? 0 : blocks_[block - 1].end_tx];
  bitcoin::SpentOutput spent;
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t transactions, cursor.ReadTransactionsCount());
  for (std::uint64_t tx = 0; tx < transactions && begin < end; ++tx) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t inputs, cursor.ReadInputsCount());
    for (std::uint64_t i = 0; i < inputs && begin < end; ++i, ++input) {
      COINWAKE_RETURN_IF_ERROR(cursor.ReadSpent(&spent));
      ForeignRow& row = foreign_[begin];
      if (row.input.input_rel != input) continue;
      row.known = true;
      row.value = spent.value;
      row.type = bitcoin::ClassifyScript(spent.script).type;
      COINWAKE_RETURN_IF_ERROR(foreign_scripts_.Add(spent.script));
      const ScriptDigest digest = DigestOf(spent.script);
      COINWAKE_RETURN_IF_ERROR(script_records_.Add(
          digest[0], {digest, kForeignRecord | static_cast<std::uint32_t>(begin)}));
      ++begin;
    }
  }
  return absl::OkStatus();
}

}  // namespace coinwake
