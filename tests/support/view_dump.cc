#include "tests/support/view_dump.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/hex.h"
#include "indexer/view/history.h"
#include "indexer/view/open.h"

namespace coinwake {
namespace {

void DumpTotals(const BlockTotals& totals, std::string* out) {
  absl::StrAppend(out, totals.transactions, " ", totals.inputs, " ", totals.outputs, " ",
                  totals.addresses, " ", totals.script_bytes, " ", totals.keys, " ", totals.foreign,
                  " ", totals.unresolved_inputs, " ", totals.unspent_outputs, " ",
                  totals.unspent_value, " ", totals.raw_bytes, "\n");
}

void DumpTransaction(const View& view, TxNum tx, std::string* out) {
  absl::StrAppend(out, "tx ", tx.value, " ", view.Txid(tx).ToDisplayHex(), " ", view.Version(tx),
                  " ", view.Locktime(tx), " ", view.SizeBytes(tx), " ", view.Weight(tx), "\n");
  if (const auto by = view.OverwrittenBy(tx)) absl::StrAppend(out, "overwritten ", by->value, "\n");
  for (InputNum input = view.Inputs(tx).begin; input < view.Inputs(tx).end; ++input) {
    const InputSource source = view.Source(input);
    const View::Outpoint outpoint = view.OutpointOf(source);
    absl::StrAppend(out, "in ", source.row(), " ", view.Flags(input).ToRow(), " ",
                    outpoint.txid.ToDisplayHex(), ":", outpoint.vout);
    if (const auto value = view.SourceValue(source)) absl::StrAppend(out, " ", *value);
    if (const auto address = view.SourceAddress(source)) absl::StrAppend(out, " @", address->value);
    out->push_back('\n');
  }
  for (OutputNum output = view.Outputs(tx).begin; output < view.Outputs(tx).end; ++output) {
    absl::StrAppend(out, "out ", view.Value(output), " @", view.AddressOf(output).value);
    if (const auto spender = view.Spender(output)) absl::StrAppend(out, " spent ", spender->value);
    if (view.IsUnspendable(output)) absl::StrAppend(out, " unspendable");
    out->push_back('\n');
  }
}

absl::Status DumpAddress(const View& view, AddressNum address, std::string* out) {
  absl::StrAppend(out, "address ", address.value, " ",
                  std::string(ScriptTypeName(view.TypeOf(address))), " ",
                  HexEncode(view.Script(address)));
  if (const auto key = view.KeyOf(address)) absl::StrAppend(out, " key ", HexEncode(*key));
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum found, view.FindAddress(view.Script(address)));
  COINWAKE_ASSIGN_OR_RETURN(const auto history, HistoryOf(view, address, TxNum{0}, kNone32));
  absl::StrAppend(out, " found ", found.value, "\n");
  for (const HistoryEntry& entry : history) {
    absl::StrAppend(out, "  ", entry.tx.value, " +", entry.received, " -", entry.sent, "\n");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> DumpView(const View& view) {
  std::string out;
  const Snapshot& snapshot = view.snapshot();
  absl::StrAppend(&out, std::string(NetworkName(snapshot.network)), " ", snapshot.from_height, " ",
                  snapshot.height, " ", snapshot.block_hash.ToDisplayHex(), " ",
                  snapshot.complete_history, "\n");
  for (std::uint64_t height = snapshot.from_height; height <= snapshot.height; ++height) {
    const BlockInfo block = view.Block(height);
    absl::StrAppend(&out, "block ", height, " ", HexEncode(block.header), " ");
    DumpTotals(view.TotalsAt(height), &out);
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t found, view.HeightOfHash(block.hash));
    if (found != height) absl::StrAppend(&out, "found at ", found, "\n");
    for (TxNum tx = block.transactions.begin; tx < block.transactions.end; ++tx) {
      DumpTransaction(view, tx, &out);
      COINWAKE_ASSIGN_OR_RETURN(const TxNum found_tx, view.FindTransaction(view.Txid(tx)));
      if (found_tx != tx) absl::StrAppend(&out, "found ", found_tx.value, "\n");
    }
  }
  for (AddressNum address; address.value < view.addresses_count(); ++address) {
    COINWAKE_RETURN_IF_ERROR(DumpAddress(view, address, &out));
  }
  for (const Hash256& hash : view.StaleBlockHashes()) {
    COINWAKE_ASSIGN_OR_RETURN(const View::StaleBlock stale, view.FindStaleBlock(hash));
    absl::StrAppend(&out, "stale ", hash.ToDisplayHex(), " ", stale.height, " ", stale.raw.size(),
                    "\n");
  }
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return out;
}

absl::StatusOr<std::string> DumpIndex(FileSystem& files, const std::string& data_folder,
                                      Network network) {
  const auto index = OpenForReading(files, data_folder, network);
  if (absl::IsNotFound(index.status())) return "empty";
  COINWAKE_RETURN_IF_ERROR(index.status());
  return DumpView(*index->view);
}

}  // namespace coinwake
