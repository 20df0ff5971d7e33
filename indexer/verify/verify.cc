#include "indexer/verify/verify.h"

#include <algorithm>

#include "indexer/base/bytes.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"
#include "indexer/verify/checker.h"
#include "indexer/view/open.h"

namespace coinwake {
namespace {

class Verifier : private IndexChecker {
 public:
  Verifier(const View& view, KvStore& store, Progress* progress)
      : IndexChecker(view, store, progress), view_(view), store_(store) {}

  absl::StatusOr<VerifyReport> Run() {
    return RunSteps({
        {[this] { return Checksums(); }, "check column checksums"},
        {[this] { return Blocks(); }, "check blocks"},
        {[this] { return Transactions(); }, "check spends"},
        {[this] { return Addresses(); }, "check scripts"},
        {[this] { return Keys(); }, "check keys"},
        {[this] { return Foreign(); }, "check coins from before the window"},
        {[this] { return TransactionRuns(); }, "check txid look-up"},
        {[this] { return AddressRuns("script look-up"); }, "check script look-up"},
        {[this] { return OutputRuns(); }, "check address histories"},
        {[this] { return KeyRuns(); }, "check key look-up"},
        {[this] { return ForeignRuns(); }, "check address histories before the window"},
        {[this] { return StoreKeys(); }, "check the store"},
    });
  }

 private:
  // Headers hash to their hashes and name each other; transactions hash to the merkle roots.
  absl::Status Blocks() {
    Hash256 prev;
    std::vector<Hash256> txids;
    std::uint64_t next_tx = 0;
    for (std::uint64_t height = view_.snapshot().from_height; height <= view_.snapshot().height;
         ++height) {
      const BlockInfo block = view_.Block(height);
      const std::uint64_t row = height - view_.snapshot().from_height;
      const bitcoin::BlockHeader header = bitcoin::ParseHeader(block.header);
      Check(DoubleSha256(block.header) == block.hash, "block_hash.col", row,
            "is not the hash of its header");
      Check(row == 0 || header.prev == prev, "block_header.col", row,
            "does not follow the block before it");
      prev = block.hash;
      if (!Check(block.transactions.begin.value == next_tx && !block.transactions.empty(),
                 "block_totals.col", row, "transactions do not follow on")) {
        return absl::OkStatus();
      }
      next_tx = block.transactions.end.value;
      txids.clear();
      for (TxNum tx = block.transactions.begin; tx < block.transactions.end; ++tx) {
        txids.push_back(view_.Txid(tx));
      }
      bool mutated = false;
      Check(bitcoin::MerkleRoot(txids, &mutated) == header.merkle_root, "tx_id.col",
            block.transactions.begin.value, "the block's txids do not give its merkle root");
    }
    Check(prev == view_.snapshot().block_hash, "the commit record", 0, "names another tip");
    return absl::OkStatus();
  }

  // Every input's source is earlier and knows its spender; the unspent set adds up.
  absl::Status Transactions() {
    std::uint64_t indexed_sources = 0;
    std::uint64_t unresolved = 0;
    std::uint64_t next_output = 0;
    std::uint64_t next_input = 0;
    for (TxNum tx; tx.value < view_.transactions_count(); ++tx) {
      const auto outputs = view_.Outputs(tx);
      const auto inputs = view_.Inputs(tx);
      if (!Check(outputs.begin.value == next_output && inputs.begin.value == next_input,
                 "tx_first_output.col", tx.value, "outputs or inputs do not follow on")) {
        return absl::OkStatus();
      }
      next_output = outputs.end.value;
      next_input = inputs.end.value;
      for (InputNum input = inputs.begin; input < inputs.end; ++input) {
        const InputSource source = view_.Source(input);
        if (source.is_foreign()) {
          if (!Check(source.foreign().value < view_.foreign_count(), "input_source.col",
                     input.value, "names no foreign row")) {
            continue;
          }
          Check(view_.SpenderOf(source.foreign()) == tx, "foreign_spender.col",
                source.foreign().value, "is not the transaction that spends it");
          if (!view_.SourceValue(source)) ++unresolved;
          continue;
        }
        ++indexed_sources;
        if (!Check(source.output() < outputs.begin, "input_source.col", input.value,
                   "spends an output that is not older")) {
          continue;
        }
        Check(view_.Spender(source.output()) == tx, "output_spender.col", source.output().value,
              "does not name the transaction ", tx.value, " that spends it");
      }
    }
    Check(unresolved == view_.totals().unresolved_inputs, "block_totals.col", LastBlock(),
          "unresolved inputs are counted wrongly");
    return UnspentSet(indexed_sources);
  }

  absl::Status UnspentSet(std::uint64_t indexed_sources) {
    std::uint64_t spent = 0;
    std::uint64_t unspent = 0;
    std::uint64_t unspent_value = 0;
    TxNum tx;
    for (OutputNum output; output.value < view_.outputs_count(); ++output) {
      while (!view_.Outputs(tx).contains(output)) ++tx;
      Check(view_.AddressOf(output).value < view_.addresses_count(), "output_address.col",
            output.value, "names no address");
      if (view_.Spender(output)) {
        ++spent;
      } else if (!view_.IsUnspendable(output)) {
        ++unspent;
        unspent_value += view_.Value(output);
      }
    }
    Check(spent == indexed_sources, "output_spender.col", 0, spent, " outputs have a spender, ",
          indexed_sources, " inputs spend one");
    Check(
        unspent == view_.totals().unspent_outputs && unspent_value == view_.totals().unspent_value,
        "block_totals.col", LastBlock(), "unspent totals differ from the outputs: ", unspent,
        " worth ", unspent_value);
    return absl::OkStatus();
  }

  absl::Status Addresses() {
    const ColumnReader& ends = view_.Column(ColumnId::kAddressScriptEnd);
    std::uint64_t begin = 0;
    for (AddressNum address; address.value < view_.addresses_count(); ++address) {
      const auto end = ends.Get<std::uint64_t>(address.value);
      if (!Check(begin <= end && end <= view_.totals().script_bytes, "address_script_end.col",
                 address.value, "is out of order")) {
        return absl::OkStatus();
      }
      begin = end;
      Check(bitcoin::ClassifyScript(view_.Script(address)).type == view_.TypeOf(address),
            "address_type.col", address.value, "is not the type of its script");
    }
    Check(begin == view_.totals().script_bytes, "script_bytes.col", begin,
          "has bytes of no script");
    return absl::OkStatus();
  }

  absl::Status Keys() {
    const ColumnReader& owners = view_.Column(ColumnId::kKeyAddress);
    const ColumnReader& keys_of = view_.Column(ColumnId::kAddressKey);
    std::uint64_t named = 0;
    for (std::uint64_t key = 0; key < owners.rows_count(); ++key) {
      const auto owner = owners.Get<std::uint32_t>(key);
      Check(owner < view_.addresses_count() && keys_of.Get<std::uint32_t>(owner) == key,
            "key_address.col", key, "and address_key.col do not agree");
      if (!IsLookedUp(KeyNum{key})) continue;
      ++key_entries_;
      if (bitcoin::UncompressKey(view_.Key(KeyNum{key}))) ++key_entries_;
    }
    for (std::uint64_t address = 0; address < keys_of.rows_count(); ++address) {
      if (keys_of.Get<std::uint32_t>(address) != kNone32) ++named;
    }
    Check(named == owners.rows_count(), "address_key.col", 0, "names keys that are not there");
    return absl::OkStatus();
  }

  // Whether hashes of this key are looked up: the script that P2SH hides already names it.
  bool IsLookedUp(KeyNum key) const {
    return view_.TypeOf(view_.AddressOfKey(key)) != ScriptType::kScriptHash;
  }

  // Value and script of what an input spends are known together or not at all.
  absl::Status Foreign() {
    const ColumnReader& values = view_.Column(ColumnId::kForeignValue);
    const ColumnReader& addresses = view_.Column(ColumnId::kForeignAddress);
    for (std::uint64_t row = 0; row < view_.foreign_count(); ++row) {
      const bool known = values.Get<std::uint64_t>(row) != kNone64;
      const auto address = addresses.Get<std::uint32_t>(row);
      Check(known ? address < view_.addresses_count() : address == kNone32, "foreign_address.col",
            row, known ? "names no address" : "names an address, but foreign_value.col no value");
      if (known) ++foreign_entries_;
    }
    return absl::OkStatus();
  }

  // A key is found by the hashes of both its forms; one that is no point has no uncompressed form.
  absl::Status KeyRuns() {
    return Runs(RunTable::kKeys, "key look-up", key_entries_, [this](const RunEntry& entry) {
      const KeyNum key{entry.number};
      if (key.value >= view_.totals().keys || !IsLookedUp(key)) return false;
      const ByteSpan compressed = view_.Key(key);
      if (StartOf(ComputeHash160(compressed)) == entry.key) return true;
      const auto uncompressed = bitcoin::UncompressKey(compressed);
      return uncompressed.has_value() && StartOf(ComputeHash160(*uncompressed)) == entry.key;
    });
  }
  static std::uint64_t StartOf(const Hash160& hash) { return LoadBe<std::uint64_t>(hash.data()); }

  absl::Status ForeignRuns() {
    const ColumnReader& addresses = view_.Column(ColumnId::kForeignAddress);
    return Runs(RunTable::kAddressForeign, "address histories before the window", foreign_entries_,
                [&](const RunEntry& entry) {
                  return entry.number < view_.foreign_count() &&
                         addresses.Get<std::uint32_t>(entry.number) == entry.key;
                });
  }

  absl::Status OutputRuns() {
    return Runs(RunTable::kAddressOutputs, "address histories", view_.outputs_count(),
                [this](const RunEntry& entry) {
                  return entry.number < view_.outputs_count() &&
                         view_.AddressOf(OutputNum{entry.number}).value == entry.key;
                });
  }

  absl::Status StoreKeys() {
    COINWAKE_RETURN_IF_ERROR(Heights());
    std::uint64_t stale = 0;
    const auto iterator = store_.NewIterator();
    for (iterator->Seek("s"); iterator->Valid() && iterator->key().starts_with("s");
         iterator->Next()) {
      ++stale;
      const std::string_view value = iterator->value();
      const std::string_view raw = value.substr(std::min<std::size_t>(8, value.size()));
      const std::string_view header = raw.substr(0, 80);
      const Hash256 hash = DoubleSha256(AsBytes(header.data(), header.size()));
      Check(iterator->key().substr(1) ==
                std::string_view(reinterpret_cast<const char*>(hash.bytes.data()), 32),
            "stale blocks", stale, "do not hash to their key");
      const auto on_chain = view_.HeightOfHash(hash);
      if (!on_chain.ok() && !absl::IsNotFound(on_chain.status())) return on_chain.status();
      Check(!on_chain.ok(), "stale blocks", stale, "are on the chain");
    }
    COINWAKE_RETURN_IF_ERROR(iterator->status());
    Check(stale == view_.commit().stale_blocks, "stale blocks", stale,
          "are not as many as the commit record says");
    return absl::OkStatus();
  }

  std::uint64_t LastBlock() const { return view_.commit().blocks - 1; }

  const View& view_;
  KvStore& store_;
  // Entries that the look-ups must hold, counted in the columns.
  std::uint64_t key_entries_ = 0;
  std::uint64_t foreign_entries_ = 0;
};

}  // namespace

absl::StatusOr<VerifyReport> VerifyIndex(FileSystem& files, const std::string& data_folder,
                                         Network network, Progress* progress) {
  const absl::StatusOr<OpenIndex> index = OpenForReading(files, data_folder, network);
  if (absl::IsDataLoss(index.status())) {
    VerifyReport report;
    report.snapshot.network = network;
    report.opened = false;
    report.problems.emplace_back(index.status().message());
    return report;
  }
  COINWAKE_RETURN_IF_ERROR(index.status());
  if (index->accounts != nullptr) {
    return VerifyAccounts(*index->accounts, *index->store, progress);
  }
  return Verifier(*index->view, *index->store, progress).Run();
}

}  // namespace coinwake
