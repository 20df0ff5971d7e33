// An immutable snapshot of a Bitcoin network's index at a committed tip: the only reader's door.
//
// Numbers below the snapshot's counts exist and never change while a View lives. All functions are
// const and safe from any thread. Cost is one array look-up unless said otherwise.
//
// Damage: row access returns plain values. A damaged chunk reads as 0xff and latches damage();
// functions that return a Status report it themselves, and whoever assembles an answer from plain
// accessors checks damage() before the answer leaves. Accessors bound every number read from disk,
// so that damaged rows lead to wrong values behind a latched error, never to a wild access.
#ifndef COINWAKE_INDEXER_VIEW_VIEW_H_
#define COINWAKE_INDEXER_VIEW_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/ids.h"
#include "indexer/base/network.h"
#include "indexer/base/script_type.h"
#include "indexer/base/status.h"
#include "indexer/kv/store.h"
#include "indexer/segment/column.h"
#include "indexer/segment/schema.h"
#include "indexer/view/chain_view.h"

namespace coinwake {

// One block of the chain.
struct BlockInfo {
  std::uint64_t height = 0;
  Hash256 hash;
  ByteSpan header;         // 80 bytes, as long as the view
  std::uint32_t time = 0;  // the header's, Unix seconds; not monotonic
  IdRange<TxNum> transactions;
};

// An unspent-or-spent output that is either indexed or foreign (created before a window).
using OutputRef = InputSource;

class View : public ChainView {
 public:
  // Opens the last commit of the network whose files are in `folder` (FolderOfNetwork) on `store`.
  // kNotFound: nothing committed there. kDataLoss, kUnimplemented as the parts say.
  // kFailedPrecondition: the last commit's in-place columns are behind (see FinishCommit).
  // `files` and `store` are borrowed and must outlive the view. `label_set` is the snapshot's.
  static absl::StatusOr<std::shared_ptr<const View>> Open(FileSystem& files, KvStore& store,
                                                          const std::string& folder,
                                                          const std::string& label_set = {});
  ~View() = default;

  // The chain as it was when `height` was its tip: what an index of no more blocks would say, but
  // for stale blocks and commit(). Shares this view's files and damage, in no time; borrows what
  // this view borrows. kDataLoss. REQUIRES: snapshot().from_height <= height <= snapshot().height.
  absl::StatusOr<std::shared_ptr<const View>> AsOf(std::uint64_t height) const;

  const BlockTotals& totals() const { return totals_; }  // at the tip

  std::uint64_t outputs_count() const { return totals_.outputs; }
  std::uint64_t inputs_count() const { return totals_.inputs; }
  std::uint64_t foreign_count() const { return totals_.foreign; }

  // Blocks. REQUIRES: snapshot().from_height <= height <= snapshot().height.

  BlockInfo Block(std::uint64_t height) const;
  BlockTotals TotalsAt(std::uint64_t height) const;
  struct StaleBlock {
    std::uint64_t height = 0;
    std::string raw;  // the block as serialized
  };
  absl::StatusOr<StaleBlock> FindStaleBlock(const Hash256& hash) const;  // kNotFound
  // Ascending by the bytes as they are inside blocks.
  std::vector<Hash256> StaleBlockHashes() const;

  // Transactions. REQUIRES of all below: tx < transactions_count().

  IdRange<OutputNum> Outputs(TxNum tx) const {
    const std::uint64_t begin = tx_first_output_->Get<std::uint64_t>(tx.value);
    const std::uint64_t end = tx.value + 1 < totals_.transactions
                                  ? tx_first_output_->Get<std::uint64_t>(tx.value + 1)
                                  : totals_.outputs;
    if (begin > end || end > totals_.outputs) [[unlikely]] {
      ReportRow(ColumnId::kTxFirstOutput, tx.value);
      return {OutputNum{0}, OutputNum{0}};
    }
    return {OutputNum{begin}, OutputNum{end}};
  }
  IdRange<InputNum> Inputs(TxNum tx) const {  // empty for a coinbase
    const std::uint64_t begin = tx_first_input_->Get<std::uint64_t>(tx.value);
    const std::uint64_t end = tx.value + 1 < totals_.transactions
                                  ? tx_first_input_->Get<std::uint64_t>(tx.value + 1)
                                  : totals_.inputs;
    if (begin > end || end > totals_.inputs) [[unlikely]] {
      ReportRow(ColumnId::kTxFirstInput, tx.value);
      return {InputNum{0}, InputNum{0}};
    }
    return {InputNum{begin}, InputNum{end}};
  }
  bool IsCoinbase(TxNum tx) const { return Inputs(tx).empty(); }
  std::uint32_t Version(TxNum tx) const;
  std::uint32_t Locktime(TxNum tx) const;
  std::uint32_t SizeBytes(TxNum tx) const;
  std::uint32_t Weight(TxNum tx) const;
  // The transaction that overwrote this one (BIP30), if any: its outputs can never be spent.
  std::optional<TxNum> OverwrittenBy(TxNum tx) const;

  // Outputs. REQUIRES of all below: output < outputs_count().

  // In satoshi.
  std::uint64_t Value(OutputNum output) const {
    return output_value_->Get<std::uint64_t>(output.value);
  }
  AddressNum AddressOf(OutputNum output) const {
    const std::uint32_t address = output_address_->Get<std::uint32_t>(output.value);
    if (address >= totals_.addresses) [[unlikely]] {
      ReportRow(ColumnId::kOutputAddress, output.value);
      return AddressNum{0};
    }
    return AddressNum{address};
  }
  // The transaction that spends it within the snapshot.
  std::optional<TxNum> Spender(OutputNum output) const {
    // "None", and spenders that a later commit added, are both beyond the count.
    const std::uint32_t tx = output_spender_->Get<std::uint32_t>(output.value);
    if (tx >= totals_.transactions) return std::nullopt;
    return TxNum{tx};
  }
  TxNum TransactionOf(OutputNum output) const;  // O(log transactions)
  // Can never be spent: OP_RETURN or oversized script, the genesis coinbase, what an overwritten
  // duplicate left unspent. O(log overwritten duplicates).
  bool IsUnspendable(OutputNum output) const {
    return IsUnspendable(output, TxNum{totals_.transactions});
  }
  // The same as it was known before transaction `end`.
  bool IsUnspendable(OutputNum output, TxNum end) const;

  // Inputs. REQUIRES of all below: input < inputs_count().

  InputSource Source(InputNum input) const {
    const auto source = InputSource::FromRow(input_source_->Get<std::uint64_t>(input.value));
    const bool exists = source.is_foreign() ? source.foreign().value < totals_.foreign
                                            : source.output().value < totals_.outputs;
    if (!exists) [[unlikely]] {
      ReportRow(ColumnId::kInputSource, input.value);
      return InputSource::Of(OutputNum{0});
    }
    return source;
  }
  InputFlags Flags(InputNum input) const;
  TxNum TransactionOf(InputNum input) const;  // O(log transactions)
  // Of the three below, REQUIRES: the output, or the foreign row, is below its count.
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

  // Addresses: distinct scriptPubKeys. REQUIRES of all below: address < addresses_count().

  ScriptType TypeOf(AddressNum address) const;
  // A compressed public key known to belong to this script; nullopt while none was revealed.
  std::optional<ByteSpan> KeyOf(AddressNum address) const;
  // Keys seen whose compressed or uncompressed form has this HASH160, ascending; usually none or
  // one, more where several scripts hold the key. An uncompressed form is compared by 8 bytes of
  // its hash: whoever must be sure hashes it again.
  absl::StatusOr<std::vector<KeyNum>> FindKeys(const Hash160& key_hash) const;
  // REQUIRES of both: key < totals().keys.
  ByteSpan Key(KeyNum key) const;             // 33 bytes, as long as the view
  AddressNum AddressOfKey(KeyNum key) const;  // the script that revealed it
  // Appends outputs paid to `address` in chain order, those >= `from`, at most `limit`.
  absl::Status OutputsOf(AddressNum address, OutputNum from, std::size_t limit,
                         std::vector<OutputNum>* outputs) const;
  // Appends all foreign outputs of `address` (spends inside a window of older coins), in order.
  absl::Status ForeignOf(AddressNum address, std::vector<ForeignNum>* foreign) const;
  TxNum SpenderOf(ForeignNum foreign) const;  // REQUIRES: foreign < foreign_count()

  // For whole-chain passes.

  const ColumnReader& Column(ColumnId id) const { return ColumnAt(static_cast<std::size_t>(id)); }

 private:
  // A BIP30 duplicate and the transaction that overwrote it.
  struct Overwritten {
    TxNum older;
    TxNum newer;
    IdRange<OutputNum> outputs;  // of `older`
  };

  View() : ChainView(Chain::kBitcoin) {}

  void FindColumns();
  // A number read from a damaged row falls back to 0, which must exist.
  bool HasParents() const;
  absl::Status CheckCommit(const std::string& folder);
  absl::Status LoadOverwritten(const std::string& folder);
  void ReportRow(ColumnId id, std::uint64_t row) const {
    ChainView::ReportRow(static_cast<std::size_t>(id), row);
  }
  std::uint64_t BoundedRow(ColumnId id, std::uint64_t row, std::uint64_t count) const {
    return ChainView::BoundedRow(static_cast<std::size_t>(id), row, count);
  }

  BlockTotals totals_;
  std::vector<Overwritten> overwritten_;  // ascending
  OutputNum genesis_end_;                 // outputs below are the genesis coinbase's
  // What graph steps read, without a detour over all columns.
  const ColumnReader* tx_first_output_ = nullptr;
  const ColumnReader* tx_first_input_ = nullptr;
  const ColumnReader* output_value_ = nullptr;
  const ColumnReader* output_address_ = nullptr;
  const ColumnReader* output_spender_ = nullptr;
  const ColumnReader* input_source_ = nullptr;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_VIEW_VIEW_H_
