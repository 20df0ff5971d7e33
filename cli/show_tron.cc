// Blocks of networks that have accounts, for people.
#include <fmt/format.h>

#include <string>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"

namespace coinwake::cli {
namespace {

// "TransferContract" is read faster without the word every one of them ends in.
std::string Kind(const v1::Transaction& transaction) {
  constexpr std::string_view kEnding = "Contract";
  std::string_view kind = transaction.kind();
  if (kind.empty()) return transaction.operation().problem();
  if (kind.ends_with(kEnding)) kind.remove_suffix(kEnding.size());
  return std::string(kind);
}

std::string Outcome(const v1::Transaction& transaction) {
  const v1::Operation& operation = transaction.operation();
  if (!operation.problem().empty()) return operation.problem();
  if (transaction.success()) return "done";
  return operation.has_contract_result() ? operation.contract_result() : "not said";
}

std::string AmountOf(const v1::Transfer& transfer) {
  const std::string& amount = transfer.amount();
  return amount.starts_with('-') ? '-' + Grouped(std::string_view(amount).substr(1))
                                 : Grouped(std::string_view(amount));
}

std::string Signer(const v1::Signature& signature) {
  return signature.has_signer() ? signature.signer() : "nobody: " + signature.fault();
}

}  // namespace

std::string ShowAccounts(const v1::Block& block) {
  Facts facts;
  facts.Add("block", block.block_hash());
  facts.Add("network", block.network());
  facts.Add("height", Grouped(block.height()));
  facts.Add("time", Time(block.time()));
  facts.Add("previous", block.previous_block_hash());
  facts.Add("merkle root", block.merkle_root());
  facts.Add("witness", ShortName(block.witness().account()));
  if (block.witness().has_signature()) facts.Add("signed by", Signer(block.witness().signature()));
  facts.Add("size", fmt::format("{} bytes", Grouped(block.size())));
  facts.Add("transactions", Grouped(block.transactions_count()));
  std::string text = facts.Render();
  Table table({{"#", Align::kRight},
               {"txid"},
               {"kind"},
               {"owner"},
               {"to"},
               {"amount", Align::kRight},
               {"asset"},
               {"outcome"}});
  for (const v1::Transaction& transaction : block.transactions()) {
    const v1::Operation& operation = transaction.operation();
    const bool moves = transaction.transfers_size() > 0;
    table.Add({std::to_string(transaction.index()), ShortName(transaction.txid(), 9),
               ShortName(Kind(transaction), 20), ShortName(operation.owner(), 11),
               ShortName(moves ? transaction.transfers(0).to() : operation.contract(), 11),
               moves ? AmountOf(transaction.transfers(0)) : "",
               moves ? ShortName(transaction.transfers(0).asset(), 13) : "",
               ShortName(Outcome(transaction), 16)});
  }
  if (!table.empty()) text += '\n' + table.Render();
  return text;
}

}  // namespace coinwake::cli
