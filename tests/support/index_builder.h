// Real small indexes from a few lines, for tests of whatever reads a View.
//
// DESCRIPTION. Describes blocks by names and values; txids, scripts and headers follow from the
// names:
//
//   IndexBuilder chain;                                     // regtest; block 0 is there
//   chain.AddBlock({{"mint", {}, {{"alice", 50 * kCoin}}}});
//   chain.AddBlock({{"", {}, {}},                           // a coinbase of subsidy and fees
//                   {"pay", {Spend("mint", 0)}, {{"bob", 30 * kCoin}, {"alice", 19 * kCoin}}}});
//   ASSERT_OK_AND_ASSIGN(const OpenIndex index, chain.Build(RealFileSystem(), folder));
//   chain.OutputOf("pay", 0)  ->  bob's output;   chain.AddressOf("bob")  ->  his AddressNum
//
// The first transaction of a block is its coinbase and has no inputs; without outputs it gets one
// that pays subsidy and fees to "miner". Unless the chain is a window, the builder makes block 0
// with a coinbase "genesis" that pays 50 coins to "genesis", so that the first block added has
// height 1 and its coinbase is transaction 1. Headers have time 1700000000 + 600 * height.
//
// What cannot be a chain (spending nothing, twice, or more than the inputs hold; a name twice) is a
// mistake of the test and CHECKs. Coinbases may pay any amount; maturity is not asked for.
//
// IMPLEMENTATION. Columns grow in memory; Commit() appends what is new with the product's own
// column and run writers in the order of a real commit, without ingest or a codec. Every block
// holds its transactions' plausible sizes; merkle roots and proof of work are not real.
#ifndef COINWAKE_TESTS_SUPPORT_INDEX_BUILDER_H_
#define COINWAKE_TESTS_SUPPORT_INDEX_BUILDER_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/ids.h"
#include "indexer/base/script_type.h"
#include "indexer/base/status.h"
#include "indexer/commit/index_schema.h"
#include "indexer/kv/commit_record.h"
#include "indexer/kv/store.h"
#include "indexer/segment/schema.h"
#include "indexer/view/open.h"
#include "indexer/view/view.h"

namespace coinwake {

inline constexpr std::uint64_t kCoin = 100'000'000;  // satoshi

// The P2PKH-shaped script that an address name stands for: its hash is the name's HASH160.
std::vector<std::uint8_t> ScriptOfName(std::string_view name);

struct SimpleOutput {
  std::string address;      // any name; ignored when `script` is given
  std::uint64_t value = 0;  // satoshi
  std::vector<std::uint8_t> script = {};
  ScriptType type = ScriptType::kPubkeyHash;
};

// Made by the functions below.
struct SimpleInput {
  enum class Kind { kByName, kByNumber, kForeign, kUnresolved };
  Kind kind = Kind::kByName;
  std::string name;  // of the transaction spent, or of the foreign coin's address
  std::uint64_t tx = 0;
  std::uint32_t vout = 0;
  std::uint64_t value = 0;
  InputFlags flags = {};
};
// An output of a named transaction, or of transaction number `tx`.
SimpleInput Spend(std::string tx_name, std::uint32_t vout);
SimpleInput Spend(TxNum tx, std::uint32_t vout);
// Windows only: a coin from before the window, known from undo data, or unknown.
SimpleInput SpendForeign(std::string address, std::uint64_t value);
SimpleInput SpendUnresolved();

struct SimpleTransaction {
  std::string name = {};  // may be empty; else unique
  std::vector<SimpleInput> inputs = {};
  std::vector<SimpleOutput> outputs = {};
  // Takes the txid of this earlier transaction and overwrites it (BIP30); outputs are its own.
  std::string overwrites = {};
};

class IndexBuilder {
 public:
  struct Options {
    // Set for a window: the height of its first block. Nothing is made before it.
    std::optional<std::uint64_t> window_from_height = {};
  };

  IndexBuilder() : IndexBuilder(Options{}) {}
  explicit IndexBuilder(const Options& options);
  IndexBuilder(const IndexBuilder&) = delete;
  IndexBuilder& operator=(const IndexBuilder&) = delete;

  // Adds the next block; returns its height. REQUIRES: at least one transaction.
  std::uint64_t AddBlock(const std::vector<SimpleTransaction>& transactions);
  // The last block revealed the public key of `address` (a name that was paid). Its script has the
  // hash of the uncompressed form, or of the hybrid one, by which no key is looked up.
  enum class KeyForm { kUncompressed, kHybrid };
  void RevealKey(std::string_view address, const std::array<std::uint8_t, 33>& key,
                 KeyForm form = KeyForm::kUncompressed);
  void RevealKey(const std::vector<std::uint8_t>& script, const std::array<std::uint8_t, 33>& key,
                 KeyForm form = KeyForm::kUncompressed);
  // A block known and not in the chain.
  void AddStaleBlock(const Hash256& hash, std::uint64_t height, std::string_view raw);

  // What was made.

  std::uint64_t height() const { return from_height_ + blocks_ - 1; }
  TxNum TransactionOf(std::string_view tx_name) const;
  OutputNum OutputOf(std::string_view tx_name, std::uint32_t vout) const;
  AddressNum AddressOf(std::string_view address) const;
  Hash256 TxidOf(TxNum tx) const { return txs_[tx.value].txid; }
  Hash256 TxidOf(std::string_view tx_name) const { return TxidOf(TransactionOf(tx_name)); }
  Hash256 BlockHash(std::uint64_t height) const { return hashes_[height - from_height_]; }
  std::uint64_t ValueOf(OutputNum output) const { return outputs_[output.value].value; }
  bool IsSpent(OutputNum output) const { return outputs_[output.value].spent; }
  std::uint64_t outputs_count() const { return outputs_.size(); }
  std::uint64_t transactions_count() const { return txs_.size(); }
  const BlockTotals& totals() const { return totals_; }

  // Writing.

  // Commits everything into a new index under `data_folder` and opens it.
  absl::StatusOr<OpenIndex> Build(FileSystem& files, const std::string& data_folder);
  enum class Stop {
    kWhenDone,
    kBeforeInPlace,  // as a crash would right after the commit record
  };
  // Commits the blocks added since the last call to `store`, whose columns are in `network_folder`.
  absl::Status Commit(FileSystem& files, KvStore& store, const std::string& network_folder,
                      Stop stop = Stop::kWhenDone);

 private:
  struct Tx {
    Hash256 txid;
    std::uint64_t first_output = 0;
    std::uint64_t outputs_count = 0;
  };
  struct Output {
    std::uint64_t value = 0;
    std::uint64_t address = 0;
    bool spent = false;
    bool unspendable = false;
  };

  void AddTransaction(const SimpleTransaction& tx, bool is_coinbase, std::uint64_t* fees);
  std::uint64_t AddInput(const SimpleInput& input);
  void AddOutput(const SimpleOutput& output, bool is_genesis);
  void Overwrite(std::uint64_t older);
  void AddBlockRows(const std::vector<Hash256>& txids, std::uint64_t raw_bytes);
  std::uint64_t AddressNumberOf(const std::vector<std::uint8_t>& script, ScriptType type);
  void AppendRow(ColumnId id, const void* row, std::size_t size_bytes);
  template <typename T>
  void AppendNumber(ColumnId id, T number) {
    AppendRow(id, &number, sizeof(number));
  }
  void AddEntry(RunTable table, std::uint64_t key, std::uint64_t number);
  absl::Status WriteColumns(FileSystem& files, const std::string& folder, CommitRecord* record);
  absl::Status WriteRuns(KvStore& store, CommitRecord* record);
  absl::Status ApplyInPlace(FileSystem& files, const std::string& folder);

  const std::uint64_t from_height_;
  const bool is_window_;
  std::uint64_t blocks_ = 0;
  BlockTotals totals_;
  std::vector<Hash256> hashes_;
  std::vector<Tx> txs_;
  std::vector<Output> outputs_;
  std::map<std::string, std::uint64_t, std::less<>> tx_names_;
  std::map<std::vector<std::uint8_t>, std::uint64_t> addresses_;
  std::array<std::vector<std::uint8_t>, kColumnsCount>
      rows_;                                 // all of a column; empty when in place
  std::vector<std::uint32_t> spenders_;      // by OutputNum
  std::vector<std::uint32_t> address_keys_;  // by AddressNum

  // Since the last commit.
  std::array<std::vector<RunEntry>, kMaxRunTables> entries_;
  KvBatch keys_;
  CommitRecord record_;
  BlockTotals committed_;
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_INDEX_BUILDER_H_
