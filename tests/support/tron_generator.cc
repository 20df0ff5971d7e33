#include "tests/support/tron_generator.h"

#include <algorithm>
#include <utility>

#include "indexer/base/check.h"
#include "tests/support/line_file.h"
#include "tests/support/tron_economy.h"

namespace coinwake::synthetic {
namespace {

// Main net's blocks of today have about 300; short chains have smaller ones, to be long enough.
std::uint64_t BlockTransactions(std::uint64_t transfers) {
  return std::clamp<std::uint64_t>(transfers / 100, 10, 300);
}

std::string Row(std::initializer_list<std::string_view> cells) {
  std::string row;
  for (const std::string_view cell : cells) row.append(cell).push_back(',');
  row.back() = '\n';
  return row;
}

class Generator {
 public:
  Generator(FileSystem& files, const TronGeneratorOptions& options)
      : files_(files),
        options_(options),
        economy_({.seed = options.seed,
                  .transfers = options.transfers,
                  .block_transactions = BlockTransactions(options.transfers),
                  .tether_address = options.tether_address,
                  .keep_moves = options.writes_transfers && !options.truth_folder.empty()}),
        writer_(files, options.folder, options.files) {}

  absl::StatusOr<TronReport> Run();

 private:
  const TronTruth& truth() { return economy_.chain().truth(); }
  absl::Status WriteBlocks();
  absl::Status WriteMoves(const TronBlock& block);
  absl::Status WriteOwners();
  absl::Status WriteBalances();

  FileSystem& files_;
  const TronGeneratorOptions& options_;
  TronEconomy economy_;
  TronBlockFileWriter writer_;
  LineFile transfers_;
  TronReport report_;
};

absl::Status Generator::WriteMoves(const TronBlock& block) {
  const auto text = [](const std::optional<Address>& address) {
    return address ? address->ToBase58() : std::string();
  };
  for (const Move& move : block.moves) {
    COINWAKE_RETURN_IF_ERROR(
        transfers_.Add(Row({std::to_string(block.number), move.txid.ToHex(),
                            MoveKindName(move.kind), truth().assets()[move.asset].name,
                            text(move.from), text(move.to), ToDecimal(move.amount)})));
  }
  return absl::OkStatus();
}

absl::Status Generator::WriteBlocks() {
  for (const TronBlock& block : economy_.chain().TakeBlocks()) {
    if (block.number == 0) report_.genesis = block.id;
    report_.tip = block.id;
    report_.height = block.number;
    report_.transactions += block.transactions;
    ++report_.blocks;
    COINWAKE_RETURN_IF_ERROR(writer_.Append(block));
    COINWAKE_RETURN_IF_ERROR(WriteMoves(block));
  }
  return absl::OkStatus();
}

absl::Status Generator::WriteOwners() {
  const TronAccounts& accounts = economy_.accounts();
  LineFile file;
  COINWAKE_RETURN_IF_ERROR(file.Open(files_, options_.truth_folder + "/owners.csv",
                                     "address,owner,kind,role,customer\n"));
  for (AccountId account = 0; account < accounts.accounts_count(); ++account) {
    const TronOwnerId owner = accounts.OwnerOf(account);
    const TronOwnerId customer = accounts.CustomerOf(account);
    COINWAKE_RETURN_IF_ERROR(file.Add(
        Row({accounts.AddressOf(account).ToBase58(), std::to_string(owner),
             TronOwnerKindName(accounts.KindOf(owner)), AccountRoleName(accounts.RoleOf(account)),
             customer == kNoOwner ? std::string() : std::to_string(customer)})));
  }
  return file.Flush();
}

absl::Status Generator::WriteBalances() {
  LineFile file;
  COINWAKE_RETURN_IF_ERROR(
      file.Open(files_, options_.truth_folder + "/balances.csv", "address,asset,amount,frozen\n"));
  for (const Address& holder : truth().Holders()) {
    for (const BalanceRow& row : truth().RowsOf(holder)) {
      COINWAKE_RETURN_IF_ERROR(file.Add(
          Row({row.address.ToBase58(), truth().assets()[row.asset].name,
               (row.negative ? "-" : "") + ToDecimal(row.amount), ToDecimal(row.frozen)})));
    }
  }
  return file.Flush();
}

absl::StatusOr<TronReport> Generator::Run() {
  const bool writes_truth = !options_.truth_folder.empty();
  if (writes_truth) {
    COINWAKE_RETURN_IF_ERROR(files_.CreateFolders(options_.truth_folder));
    if (options_.writes_transfers) {
      COINWAKE_RETURN_IF_ERROR(transfers_.Open(files_, options_.truth_folder + "/transfers.csv",
                                               "block,txid,kind,asset,from,to,amount\n"));
    }
  }
  while (economy_.transfers_count() < options_.transfers) {
    economy_.MakeBlock();
    COINWAKE_RETURN_IF_ERROR(WriteBlocks());
  }
  COINWAKE_RETURN_IF_ERROR(writer_.Finish());
  if (writes_truth) {
    if (options_.writes_transfers) COINWAKE_RETURN_IF_ERROR(transfers_.Flush());
    COINWAKE_RETURN_IF_ERROR(WriteOwners());
    COINWAKE_RETURN_IF_ERROR(WriteBalances());
  }
  report_.transfers = economy_.transfers_count();
  report_.accounts = economy_.accounts().accounts_count();
  report_.bytes = writer_.written_bytes();
  report_.assets = truth().assets();
  report_.usdt = truth().assets()[economy_.usdt()].name;
  return std::move(report_);
}

}  // namespace

absl::StatusOr<TronReport> GenerateTronChain(FileSystem& files,
                                             const TronGeneratorOptions& options) {
  COINWAKE_CHECK(options.transfers > 0);
  Generator generator(files, options);
  return generator.Run();
}

}  // namespace coinwake::synthetic
