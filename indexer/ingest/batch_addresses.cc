// Batch: from scripts to address numbers, by order of first appearance.
//
// Positions order first appearances: each transaction's known foreign rows (scripts that an input
// spends and only an undo record names), then its outputs. A script new to the index gets the
// number "addresses so far + how many new scripts come before it", which a bitmap over positions
// counts.

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"
#include "indexer/ingest/batch.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/ingest/digest_table.h"
#include "indexer/ingest/parallel.h"

namespace coinwake {
namespace {

std::uint64_t RunKeyOfDigest(const ScriptDigest& digest) {
  return LoadBe<std::uint64_t>(digest.data());
}

}  // namespace

std::uint32_t Batch::PositionOfOutput(std::uint32_t output_rel) const {
  if (foreign_thresholds_.empty()) return output_rel;
  const auto before =
      std::upper_bound(foreign_thresholds_.begin(), foreign_thresholds_.end(), output_rel);
  return output_rel + static_cast<std::uint32_t>(before - foreign_thresholds_.begin());
}

absl::Status Batch::ResolveAddresses() {
  for (ForeignRow& row : foreign_) {
    if (!row.known) continue;
    const std::uint32_t threshold = first_output_[row.input.tx_rel];
    row.position = threshold + static_cast<std::uint32_t>(foreign_thresholds_.size());
    foreign_thresholds_.push_back(threshold);
  }
  const std::uint64_t positions = values_.size() + foreign_thresholds_.size();
  first_seen_ = std::make_unique<RankBitmap>(positions);
  refers_new_ = std::make_unique<RankBitmap>(positions);
  addresses_.assign(values_.size(), kNone32);
  COINWAKE_RETURN_IF_ERROR(ParallelFor(kPartitionsCount, options_.threads,
                                       [this](std::size_t i) { return ResolveScripts(i); }));
  first_seen_->Finish();
  if (base_.addresses + first_seen_->count() >= kNone32) {
    return absl::ResourceExhaustedError(absl::StrCat(
        writer_.folder(), ": more than ", kNone32, " distinct scripts; this format holds no more"));
  }
  return AppendAddresses();
}

absl::Status Batch::ResolveScripts(std::size_t partition) {
  std::vector<ScriptRecord> records;
  COINWAKE_RETURN_IF_ERROR(script_records_.Load(partition, &records));
  std::vector<std::uint32_t> distinct_of(records.size());
  std::vector<ScriptDigest> digests;
  std::vector<std::uint32_t> first_positions;
  const auto position_of = [this](std::uint32_t index) {
    return (index & kForeignRecord) != 0 ? foreign_[index & ~kForeignRecord].position
                                         : PositionOfOutput(index);
  };
  DigestTable table(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    const ScriptDigest& digest = records[i].digest;
    const auto next = static_cast<std::uint32_t>(digests.size());
    const std::uint32_t found = table.FindOrAdd(
        digest.data(), next, [&](std::uint32_t row) { return digests[row] == digest; });
    const std::uint32_t position = position_of(records[i].index);
    if (found == DigestTable::kEmpty) {
      digests.push_back(digest);
      first_positions.push_back(position);
      distinct_of[i] = next;
    } else {
      distinct_of[i] = found;
      first_positions[found] = std::min(first_positions[found], position);
    }
  }
  std::vector<std::uint32_t> old_addresses(digests.size(), kNone32);
  COINWAKE_RETURN_IF_ERROR(FindOldAddresses(digests, &old_addresses));

  std::vector<NewScript>& fresh = new_scripts_[partition];
  fresh.reserve(
      static_cast<std::size_t>(std::count(old_addresses.begin(), old_addresses.end(), kNone32)));
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (old_addresses[i] != kNone32) continue;
    first_seen_->Set(first_positions[i]);
    fresh.push_back({RunKeyOfDigest(digests[i]), first_positions[i]});
  }
  std::sort(fresh.begin(), fresh.end(), [](const NewScript& a, const NewScript& b) {
    return a.key != b.key ? a.key < b.key : a.position < b.position;
  });
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::uint32_t distinct = distinct_of[i];
    const bool is_new = old_addresses[distinct] == kNone32;
    const std::uint32_t value = is_new ? first_positions[distinct] : old_addresses[distinct];
    const std::uint32_t index = records[i].index;
    if (is_new) refers_new_->Set(position_of(index));
    if ((index & kForeignRecord) != 0) {
      foreign_[index & ~kForeignRecord].address = value;
    } else {
      addresses_[index] = value;
    }
  }
  return absl::OkStatus();
}

absl::Status Batch::FindOldAddresses(const std::vector<ScriptDigest>& digests,
                                     std::vector<std::uint32_t>* addresses) {
  if (base_.addresses == 0) return absl::OkStatus();
  std::vector<std::uint32_t> order(digests.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return digests[a] < digests[b]; });
  std::vector<std::uint64_t> keys;
  keys.reserve(order.size());
  for (const std::uint32_t i : order) keys.push_back(RunKeyOfDigest(digests[i]));
  struct Candidate {
    std::uint64_t address;
    std::uint32_t digest;
  };
  std::vector<Candidate> candidates;
  const auto snapshot = writer_.store().NewSnapshot();
  const RunReader runs(*snapshot, RunTable::kAddresses, writer_.committed().runs[1]);
  COINWAKE_RETURN_IF_ERROR(runs.FindSorted(keys, [&](std::size_t i, std::uint64_t address) {
    candidates.push_back({address, order[i]});
  }));
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.address != b.address ? a.address < b.address : a.digest < b.digest;
  });
  // A key is eight bytes of a hash: the script itself decides.
  const MutexLock hold(old_rows_mutex_);
  ColumnRows ends(writer_.column(ColumnId::kAddressScriptEnd), 8);
  std::vector<std::uint8_t> script;
  for (const Candidate& candidate : candidates) {
    if (candidate.address >= base_.addresses) continue;
    std::uint64_t begin = 0;
    if (candidate.address != 0) {
      COINWAKE_ASSIGN_OR_RETURN(begin, ends.Get<std::uint64_t>(candidate.address - 1));
    }
    COINWAKE_ASSIGN_OR_RETURN(const auto end, ends.Get<std::uint64_t>(candidate.address));
    if (end < begin || end > base_.script_bytes) {
      return absl::DataLossError(absl::StrCat(writer_.folder(),
                                              "/columns/address_script_end.col: row ",
                                              candidate.address, " is out of order; index again"));
    }
    script.resize(end - begin);
    COINWAKE_RETURN_IF_ERROR(writer_.column(ColumnId::kScriptBytes).ReadRows(begin, end, script));
    if (DigestOf(script) == digests[candidate.digest]) {
      (*addresses)[candidate.digest] = static_cast<std::uint32_t>(candidate.address);
    }
  }
  return absl::OkStatus();
}

// A script's row, at its first appearance.
absl::Status Batch::AppendScript(ByteSpan script, ScriptType type, std::uint32_t tx_rel) {
  ColumnWriter& bytes = writer_.column(ColumnId::kScriptBytes);
  COINWAKE_RETURN_IF_ERROR(
      AppendNumber(writer_.column(ColumnId::kAddressType), static_cast<std::uint8_t>(type)));
  COINWAKE_RETURN_IF_ERROR(bytes.Append(script));
  COINWAKE_RETURN_IF_ERROR(
      AppendNumber(writer_.column(ColumnId::kAddressScriptEnd), bytes.rows_count()));
  if (type != ScriptType::kPubkey) return absl::OkStatus();
  const auto key = bitcoin::CompressKey(bitcoin::ClassifyScript(script).program);
  if (!key) return absl::OkStatus();  // right in shape, but no point of the curve
  const auto address =
      static_cast<std::uint32_t>(writer_.column(ColumnId::kAddressType).rows_count() - 1);
  p2pk_keys_.push_back({tx_rel, address, *key, /*hashes_differ=*/true});
  return absl::OkStatus();
}

// Rewrites positions as numbers, and appends new scripts in their order.
absl::Status Batch::AppendAddresses() {
  const auto base = static_cast<std::uint32_t>(base_.addresses);
  const auto number_at = [&](std::uint32_t position, std::uint32_t value) {
    return refers_new_->Contains(position) ? base + first_seen_->Rank(value) : value;
  };
  ColumnWriter& output_addresses = writer_.column(ColumnId::kOutputAddress);
  auto foreign = foreign_.begin();
  std::uint32_t position = 0;
  std::size_t block = 0;
  for (std::uint32_t tx = 0; tx + 1 < first_output_.size(); ++tx) {
    for (; foreign != foreign_.end() && foreign->input.tx_rel == tx; ++foreign) {
      if (!foreign->known) continue;
      COINWAKE_ASSIGN_OR_RETURN(const ByteSpan script, foreign_scripts_.Next());
      if (first_seen_->Contains(position)) {
        COINWAKE_RETURN_IF_ERROR(AppendScript(script, foreign->type, tx));
      }
      foreign->address = number_at(position++, foreign->address);
    }
    for (std::uint32_t output = first_output_[tx]; output < first_output_[tx + 1]; ++output) {
      COINWAKE_ASSIGN_OR_RETURN(const ByteSpan script, scripts_.Next());
      if (first_seen_->Contains(position)) {
        const auto type = static_cast<ScriptType>(output_types_[output] & ~kUnspendableBit);
        COINWAKE_RETURN_IF_ERROR(AppendScript(script, type, tx));
      }
      addresses_[output] = number_at(position++, addresses_[output]);
      COINWAKE_RETURN_IF_ERROR(AppendNumber(output_addresses, addresses_[output]));
    }
    if (tx + 1 == blocks_[block].end_tx) {
      script_ends_.push_back(writer_.column(ColumnId::kScriptBytes).rows_count());
      ++block;
    }
  }
  return absl::OkStatus();
}

absl::Status Batch::AppendForeign() {
  ColumnWriter& outpoints = writer_.column(ColumnId::kForeignOutpoint);
  ColumnWriter& values = writer_.column(ColumnId::kForeignValue);
  ColumnWriter& addresses = writer_.column(ColumnId::kForeignAddress);
  ColumnWriter& spenders = writer_.column(ColumnId::kForeignSpender);
  for (const ForeignRow& row : foreign_) {
    std::uint8_t outpoint[36];
    std::memcpy(outpoint, row.input.prev_txid.bytes.data(), 32);
    StoreLe(outpoint + 32, row.input.prev_vout);
    COINWAKE_RETURN_IF_ERROR(outpoints.Append(outpoint));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(values, row.value));
    COINWAKE_RETURN_IF_ERROR(AppendNumber(addresses, row.address));
    COINWAKE_RETURN_IF_ERROR(
        AppendNumber(spenders, static_cast<std::uint32_t>(base_.transactions + row.input.tx_rel)));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
