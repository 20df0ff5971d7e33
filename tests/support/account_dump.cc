#include "tests/support/account_dump.h"

#include <limits>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/hex.h"
#include "indexer/view/account_history.h"
#include "indexer/view/open.h"

namespace coinwake {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

std::string Number(const std::optional<AddressNum>& address) {
  return address.has_value() ? absl::StrCat("@", address->value) : "-";
}

void DumpTotals(const TronTotals& totals, std::string* out) {
  const Totals row = ToTotals(totals);
  for (std::size_t i = 0; i < kTronTotalsCount; ++i) absl::StrAppend(out, " ", row[i]);
  out->push_back('\n');
}

absl::Status DumpTransaction(const AccountView& view, TxNum tx, std::string* out) {
  const AccountTransaction transaction = view.Transaction(tx);
  absl::StrAppend(out, "tx ", tx.value, " ", view.Txid(tx).ToHex(), " ", Number(transaction.owner),
                  " ", Number(transaction.contract), " ", transaction.type, " ",
                  transaction.flags.ToRow(), " in ", view.HeightOf(tx), "\n");
  COINWAKE_ASSIGN_OR_RETURN(const TxNum found, view.FindTransaction(view.Txid(tx)));
  if (found != tx) absl::StrAppend(out, "found ", found.value, "\n");
  const IdRange<EventNum> events = view.Events(tx);
  for (EventNum number = events.begin; number < events.end; ++number) {
    const LedgerEvent event = view.Event(number);
    absl::StrAppend(out, "event ", number.value, " kind ", static_cast<int>(event.kind), " ",
                    Number(event.from), "/", static_cast<int>(event.from_pot), " ",
                    Number(event.to), "/", static_cast<int>(event.to_pot), " ",
                    ToDecimal(event.amount), " of ", event.asset.value, " more ", event.more,
                    " by ", view.TransactionOf(number).value, "\n");
  }
  return absl::OkStatus();
}

std::string Text(const SignedAmount& amount) {
  return absl::StrCat(amount.negative ? "-" : "", ToDecimal(amount.magnitude));
}

absl::Status DumpAccount(const AccountView& view, AddressNum address, std::string* out) {
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum found, view.FindAddress(view.Script(address)));
  absl::StrAppend(out, "account ", address.value, " ", HexEncode(view.Script(address)), " found ",
                  found.value, "\n");
  std::vector<AssetNum> assets;
  COINWAKE_RETURN_IF_ERROR(view.AssetsOf(address, AssetNum{0}, kAll, &assets));
  for (const AssetNum asset : assets) {
    absl::StrAppend(out, "  in ", asset.value, ":");
    std::vector<EventNum> events;
    COINWAKE_RETURN_IF_ERROR(view.EventsOf(address, asset, EventNum{0}, kAll, &events));
    for (const EventNum event : events) absl::StrAppend(out, " ", event.value);
    COINWAKE_ASSIGN_OR_RETURN(const AssetSums sums, SumsOf(view, address, asset));
    absl::StrAppend(out, " sums +", ToDecimal(sums.received), " -", ToDecimal(sums.sent));
    for (std::size_t pot = 0; pot < kPotsCount; ++pot) {
      absl::StrAppend(out, " ", Text(sums.BalanceOf(static_cast<Pot>(pot))));
    }
    absl::StrAppend(out, " ", sums.events, " ", ToDecimal(sums.shortfall), " ", sums.gaps, " ",
                    sums.gap_reasons, "\n");
  }
  COINWAKE_ASSIGN_OR_RETURN(const auto history,
                            HistoryOf(view, address, std::nullopt, TxNum{0}, kAll));
  for (const AccountHistoryEntry& entry : history) {
    absl::StrAppend(out, "  ", entry.tx.value, " ", entry.asset.value, " +",
                    ToDecimal(entry.received), " -", ToDecimal(entry.sent), "\n");
  }
  return absl::OkStatus();
}

absl::Status DumpRegistry(const AccountView& view, std::string* out) {
  const auto records = view.store().NewIterator();
  for (records->Seek("g"); records->Valid() && records->key().starts_with("g"); records->Next()) {
    absl::StrAppend(out, "registry ",
                    HexEncode(AsBytes(records->key().data(), records->key().size())), " ",
                    HexEncode(AsBytes(records->value().data(), records->value().size())), "\n");
  }
  return records->status();
}

}  // namespace

absl::StatusOr<std::string> DumpAccounts(const AccountView& view) {
  std::string out;
  const Snapshot& snapshot = view.snapshot();
  absl::StrAppend(&out, std::string(NetworkName(snapshot.network)), " ", snapshot.from_height, " ",
                  snapshot.height, " ", snapshot.block_hash.ToHex(), " ", snapshot.complete_history,
                  "\n");
  for (std::uint64_t height = snapshot.from_height; height <= snapshot.height; ++height) {
    const AccountBlock block = view.Block(height);
    absl::StrAppend(&out, "block ", height, " ", block.id.ToHex(), " ", block.tx_root.ToHex(), " ",
                    block.time_ms, " ", Number(block.witness));
    DumpTotals(view.TotalsAt(height), &out);
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t found, view.HeightOfHash(block.id));
    if (found != height) absl::StrAppend(&out, "found at ", found, "\n");
    for (TxNum tx = block.transactions.begin; tx < block.transactions.end; ++tx) {
      COINWAKE_RETURN_IF_ERROR(DumpTransaction(view, tx, &out));
    }
  }
  for (AddressNum address; address.value < view.addresses_count(); ++address) {
    COINWAKE_RETURN_IF_ERROR(DumpAccount(view, address, &out));
  }
  for (AssetNum asset; asset.value < view.assets_count(); ++asset) {
    COINWAKE_ASSIGN_OR_RETURN(const AssetNum found, view.FindAsset(view.AssetName(asset)));
    absl::StrAppend(&out, "asset ", asset.value, " ", HexEncode(view.AssetName(asset)), " found ",
                    found.value, "\n");
  }
  COINWAKE_RETURN_IF_ERROR(DumpRegistry(view, &out));
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  absl::StrAppend(&out, "final ");
  if (view.final_height().has_value()) absl::StrAppend(&out, *view.final_height());
  out.push_back('\n');
  return out;
}

absl::StatusOr<std::string> DumpAccountIndex(FileSystem& files, const std::string& data_folder,
                                             Network network) {
  const auto index = OpenForReading(files, data_folder, network);
  if (absl::IsNotFound(index.status())) return "empty";
  COINWAKE_RETURN_IF_ERROR(index.status());
  return DumpAccounts(*index->accounts);
}

std::string ChainPartOf(const std::string& dump) {
  const std::size_t last = dump.rfind("final ");
  return last == std::string::npos ? dump : dump.substr(0, last);
}

}  // namespace coinwake
