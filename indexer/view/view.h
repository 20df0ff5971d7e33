// An immutable snapshot of one network's index at a committed tip: the only reader's door.
//
// Numbers below the snapshot's counts exist and never change while a View lives. All functions are
// const and safe from any thread. Cost is one array look-up unless said otherwise.
//
// Damage: row access returns plain values. A damaged chunk reads as 0xff and latches damage();
// functions that return a Status report it themselves, and whoever assembles an answer from plain
// accessors checks damage() before the answer leaves. Accessors bound every number read from disk, so
// that damaged rows lead to wrong values behind a latched error, never to a wild access.
#ifndef COINWAKE_INDEXER_VIEW_VIEW_H_
#define COINWAKE_INDEXER_VIEW_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/ids.h"
#include "indexer/base/network.h"
#include "indexer/base/script_type.h"
#include "indexer/base/status.h"
#include "indexer/kv/commit_record.h"
#include "indexer/kv/sorted_runs.h"
#include "indexer/kv/store.h"
#include "indexer/segment/column.h"
#include "indexer/segment/schema.h"

namespace coinwake {

// What every answer that depends on the chain carries.
struct Snapshot {
  Network network = Network::kBitcoin;
  std::uint64_t from_height = 0;
  std::uint64_t height = 0;
  Hash256 block_hash;
  bool complete_history = false;
};

// One block of the chain.
struct BlockInfo {
  std::uint64_t height = 0;
  Hash256 hash;
  ByteSpan header;  // 80 bytes, as long as the view
  std::uint32_t time = 0;  // the header's, Unix seconds; not monotonic
  IdRange<TxNum> transactions;
};

// An unspent-or-spent output that is either indexed or foreign (created before a window).
using OutputRef = InputSource;

class View {
 public:
  // Opens the last commit of the network whose files are in `folder` (FolderOfNetwork) on `store`.
  // kNotFound: nothing committed there. kDataLoss, kUnimplemented as the parts say.
  // `files` and `store` are borrowed and must outlive the view.
  static absl::StatusOr<std::shared_ptr<const View>> Open(FileSystem& files, KvStore& store,
                                                          const std::string& folder);
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View();

  const Snapshot& snapshot() const { return snapshot_; }
  const CommitRecord& commit() const { return commit_; }
  const BlockTotals& totals() const { return totals_; }  // at the tip
  const Damage& damage() const { return *damage_; }

  std::uint64_t transactions_count() const { return totals_.transactions; }
  std::uint64_t outputs_count() const { return totals_.outputs; }
  std::uint64_t inputs_count() const { return totals_.inputs; }
  std::uint64_t addresses_count() const { return totals_.addresses; }
  std::uint64_t foreign_count() const { return totals_.foreign; }

  // --- Blocks -------------------------------------------------------------------------------------
  // REQUIRES: snapshot().from_height <= height <= snapshot().height.
  BlockInfo Block(std::uint64_t height) const;
  BlockTotals TotalsAt(std::uint64_t height) const;
  // Height of the block that holds `tx`. O(log blocks). REQUIRES: tx < transactions_count().
  std::uint64_t HeightOf(TxNum tx) const;
  // kNotFound when the hash is no block of the chain (it may be a stale one).
  absl::StatusOr<std::uint64_t> HeightOfHash(const Hash256& hash) const;
  struct StaleBlock {
    std::uint64_t height = 0;
    std::string raw;  // the block as serialized
  };
  absl::StatusOr<StaleBlock> FindStaleBlock(const Hash256& hash) const;  // kNotFound
  std::vector<Hash256> StaleBlockHashes() const;                        // in hash order

  // --- Transactions -------------------------------------------------------------------------------
  // REQUIRES of all below: tx < transactions_count().
  Hash256 Txid(TxNum tx) const;
  IdRange<OutputNum> Outputs(TxNum tx) const;
  IdRange<InputNum> Inputs(TxNum tx) const;  // empty for a coinbase
  bool IsCoinbase(TxNum tx) const { return Inputs(tx).empty(); }
  std::uint32_t Version(TxNum tx) const;
  std::uint32_t Locktime(TxNum tx) const;
  std::uint32_t SizeBytes(TxNum tx) const;
  std::uint32_t Weight(TxNum tx) const;
  // The transaction that overwrote this one (BIP30), if any: its outputs can never be spent.
  std::optional<TxNum> OverwrittenBy(TxNum tx) const;
  // The latest transaction with this txid. kNotFound. A few store probes.
  absl::StatusOr<TxNum> FindTransaction(const Hash256& txid) const;

  // --- Outputs ------------------------------------------------------------------------------------
  // REQUIRES of all below: output < outputs_count().
  std::uint64_t Value(OutputNum output) const;
  AddressNum AddressOf(OutputNum output) const;
  // The transaction that spends it within the snapshot.
  std::optional<TxNum> Spender(OutputNum output) const;
  TxNum TransactionOf(OutputNum output) const;  // O(log transactions)
  // Can never be spent: OP_RETURN or oversized script, the genesis coinbase, an overwritten duplicate.
  bool IsUnspendable(OutputNum output) const;  // O(log transactions)

  // --- Inputs -------------------------------------------------------------------------------------
  // REQUIRES of all below: input < inputs_count().
  InputSource Source(InputNum input) const;
  InputFlags Flags(InputNum input) const;
  TxNum TransactionOf(InputNum input) const;  // O(log transactions)
  // Value and script of what an input spends; nullopt where they are unknown (unresolved).
  std::optional<std::uint64_t> SourceValue(InputSource source) const;
  std::optional<AddressNum> SourceAddress(InputSource source) const;
  // txid (as in blocks) and vout of what an input spends. O(log transactions).
  struct Outpoint {
    Hash256 txid;
    std::uint32_t vout = 0;
  };
  Outpoint OutpointOf(InputSource source) const;
  // The input that spends `output`, given its spender. O(inputs of the spender).
  std::optional<InputNum> SpendingInput(InputSource output) const;

  // --- Addresses (distinct scriptPubKeys) -----------------------------------------------------------
  // REQUIRES of all below: address < addresses_count().
  ScriptType TypeOf(AddressNum address) const;
  ByteSpan Script(AddressNum address) const;  // as long as the view
  // A compressed public key known to belong to this script; nullopt while none was revealed.
  std::optional<ByteSpan> KeyOf(AddressNum address) const;
  // kNotFound when no output (nor a resolved input) has this script. A few store probes.
  absl::StatusOr<AddressNum> FindAddress(ByteSpan script) const;
  // Keys seen whose compressed or uncompressed form has this HASH160; usually none or one.
  absl::StatusOr<std::vector<KeyNum>> FindKeys(const Hash160& key_hash) const;
  ByteSpan Key(KeyNum key) const;  // 33 bytes
  // Appends outputs paid to `address` in chain order, those >= `from`, at most `limit`.
  absl::Status OutputsOf(AddressNum address, OutputNum from, std::size_t limit,
                         std::vector<OutputNum>* outputs) const;
  // Appends all foreign outputs of `address` (spends inside a window of older coins), in order.
  absl::Status ForeignOf(AddressNum address, std::vector<ForeignNum>* foreign) const;
  TxNum SpenderOf(ForeignNum foreign) const;

  // --- For whole-chain passes -----------------------------------------------------------------------
  const ColumnReader& Column(ColumnId id) const { return *columns_[static_cast<std::size_t>(id)]; }
  const RunReader& Runs(RunTable table) const;

 private:
  View() = default;

  Snapshot snapshot_;
  CommitRecord commit_;
  BlockTotals totals_;
  std::unique_ptr<Damage> damage_;
  std::unique_ptr<KvSnapshot> kv_;
  std::vector<std::unique_ptr<ColumnReader>> columns_;
  std::vector<std::unique_ptr<RunReader>> runs_;
  absl::flat_hash_map<std::uint64_t, std::uint64_t> overwritten_;  // TxNum -> TxNum
};

// Where a network's files are inside a data folder, and the store inside that.
std::string FolderOfNetwork(const std::string& data_folder, Network network);
std::string StoreFolder(const std::string& network_folder);
std::string ColumnsFolder(const std::string& network_folder);

// An index opened for reading: the store and the view at its last commit, released together.
struct OpenIndex {
  std::unique_ptr<KvStore> store;
  std::shared_ptr<const View> view;  // must be released before `store`: members die in reverse order
};
// kNotFound: no index of this network in `data_folder`.
absl::StatusOr<OpenIndex> OpenForReading(FileSystem& files, const std::string& data_folder,
                                         Network network);
// Networks that have an index in `data_folder`, in the order of kAllNetworks; none for a missing folder.
absl::StatusOr<std::vector<Network>> NetworksIn(FileSystem& files, const std::string& data_folder);

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VIEW_VIEW_H_
