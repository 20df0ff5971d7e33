// Answers about networks that have accounts, for people.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "cli/legend.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/bridge.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/index.pb.h"
#include "indexer/base/utf8.h"

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

// `decode` knows what the block says of the contract; an index what came of it.
std::string Outcome(const v1::Transaction& transaction) {
  const v1::Operation& operation = transaction.operation();
  if (!operation.problem().empty()) return operation.problem();
  if (transaction.success()) return "done";
  if (operation.has_contract_result()) return operation.contract_result();
  const bool is_unknown =
      std::any_of(transaction.facts().begin(), transaction.facts().end(),
                  [](const v1::Fact& fact) { return fact.reason() == "unknown_success"; });
  const bool is_indexed = transaction.has_fee() || transaction.facts_size() > 0;
  return is_indexed && !is_unknown ? "failed" : "not said";
}

std::string SignedGrouped(std::string_view amount) {
  return amount.starts_with('-') ? '-' + Grouped(amount.substr(1)) : Grouped(amount);
}

std::string AmountOf(const v1::Transfer& transfer) { return SignedGrouped(transfer.amount()); }

// Two names side by side in a line of 100 columns, and an asset's beside them.
constexpr std::size_t kPartyWidth = 20;
constexpr std::size_t kAssetWidth = 16;

std::string PartyOf(const std::string& name, const std::string& pot, Legend* legend) {
  if (name.empty()) return "nobody";
  const std::string text = legend->ShortOf(name, kPartyWidth);
  return pot.empty() ? text : text + " (" + pot + ")";
}

std::string Signer(const v1::Signature& signature) {
  return signature.has_signer() ? signature.signer() : "nobody: " + signature.fault();
}

std::string ShowSweepTargets(const v1::Cluster& cluster) {
  Legend legend(cluster.snapshot().network());
  Table table({{"hot wallet"}, {"perhaps of the service of"}, {"in transaction"}});
  for (const v1::EvidenceLink& pair : cluster.sweep_targets()) {
    table.Add({legend.ShortOf(pair.a(), kPartyWidth), legend.ShortOf(pair.b(), kPartyWidth),
               Short(pair.txid())});
  }
  return "\none service or two: somebody provides for deposit accounts of both, which joins "
         "nobody\n" +
         table.Render() + legend.Render();
}

}  // namespace

std::string ShowAccounts(const v1::IndexReport& report) {
  std::string text = fmt::format("{}, heights {} to {}{}\n", report.network(), report.from_height(),
                                 report.height(), report.complete_history() ? "" : ", a window");
  Facts facts;
  facts.Add("tip", report.block_hash());
  if (report.has_final_height()) facts.Add("final up to", Grouped(report.final_height()));
  const std::pair<const char*, std::uint64_t> always[] = {{"blocks", report.blocks()},
                                                          {"transactions", report.transactions()},
                                                          {"transfers", report.transfers()},
                                                          {"addresses", report.addresses()},
                                                          {"assets", report.assets()}};
  for (const auto& [name, count] : always) facts.Add(name, Grouped(count));
  const std::pair<const char*, std::uint64_t> if_any[] = {
      {"failed transactions", report.failed_transactions()},
      {"without a receipt", report.without_receipt()},
      {"malformed", report.malformed_transactions()},
      {"of unknown types", report.unknown_contracts()},
      {"stale blocks", report.stale_blocks()},
      {"detached blocks", report.detached_blocks()},
      {"rewound blocks", report.rewound_blocks()},
      {"skipped bytes", report.skipped_bytes()}};
  for (const auto& [name, count] : if_any) {
    if (count > 0) facts.Add(name, Grouped(count));
  }
  text += facts.Render();
  for (const std::string& warning : report.warnings()) {
    text += "warning: " + Printable(warning) + '\n';
  }
  return text;
}

std::string ShowAccounts(const v1::Status& status) {
  Table table({{"network"},
               {"heights"},
               {"transactions", Align::kRight},
               {"transfers", Align::kRight},
               {"addresses", Align::kRight},
               {"assets", Align::kRight},
               {"receipts"}});
  for (const v1::NetworkStatus& network : status.networks()) {
    if (!HasAccounts(network.snapshot().network())) continue;
    table.Add({network.snapshot().network(),
               fmt::format("{}-{}", network.snapshot().from_height(), network.snapshot().height()),
               Grouped(network.transactions()), Grouped(network.transfers()),
               Grouped(network.addresses()), Grouped(network.assets()),
               network.snapshot().receipts()});
  }
  return table.Render();
}

std::string ShowAccounts(const v1::Transaction& transaction) {
  std::string text;
  if (transaction.has_snapshot()) text = Header(transaction.snapshot()) + '\n';
  const v1::Operation& operation = transaction.operation();
  Facts facts;
  facts.Add("transaction", transaction.txid());
  facts.Add("height", fmt::format("{}, number {} in block {}", transaction.height(),
                                  transaction.index(), Short(transaction.block_hash())));
  facts.Add("time", Time(transaction.time()));
  facts.Add("kind", Kind(transaction));
  facts.Add("outcome", Outcome(transaction));
  if (!operation.owner().empty()) facts.Add("owner", operation.owner());
  if (operation.has_contract()) facts.Add("contract", operation.contract());
  facts.Add("fee sun", transaction.has_fee() ? Grouped(std::string_view(transaction.fee()))
                                             : "unknown: no receipt");
  text += facts.Render();
  Legend legend(transaction.network());
  Table transfers(
      {{"#", Align::kRight}, {"what"}, {"from"}, {"to"}, {"amount", Align::kRight}, {"asset"}});
  for (const v1::Transfer& transfer : transaction.transfers()) {
    std::string what = transfer.kind();
    for (const std::string& mark : transfer.marks()) what += ", " + mark;
    transfers.Add({std::to_string(transfer.index()), what,
                   PartyOf(transfer.from(), transfer.from_pot(), &legend),
                   PartyOf(transfer.to(), transfer.to_pot(), &legend), AmountOf(transfer),
                   legend.ShortOf(transfer.asset(), kAssetWidth)});
  }
  if (!transfers.empty()) text += '\n' + transfers.Render();
  Table said({{"#", Align::kRight}, {"what"}, {"from"}, {"to"}, {"more"}});
  for (const v1::Fact& fact : transaction.facts()) {
    std::string more = fact.reason();
    if (!fact.resource().empty()) more = Grouped(fact.amount()) + " sun, " + fact.resource();
    said.Add({std::to_string(fact.index()), fact.kind(), legend.ShortOf(fact.from(), kPartyWidth),
              legend.ShortOf(fact.to(), kPartyWidth), more});
  }
  if (!said.empty()) text += '\n' + said.Render();
  return text + legend.Render();
}

std::string ShowAccounts(const v1::Address& address) {
  std::string text = Header(address.snapshot()) + '\n';
  Facts facts;
  facts.Add("account", address.address());
  if (!address.seen()) {
    facts.Add("seen", "never");
    return text + facts.Render() + ShowLabels(address.labels());
  }
  if (address.contract()) facts.Add("is", "a smart contract");
  if (!address.activated_by().empty()) {
    facts.Add("opened by",
              fmt::format("{} at height {}", address.activated_by(), address.activated_height()));
  }
  std::string transactions = Grouped(address.transactions());
  if (address.has_first_height()) {
    transactions +=
        fmt::format(", heights {} to {}", address.first_height(), address.last_height());
  }
  facts.Add("transactions", transactions);
  facts.Add("cluster", address.has_cluster() ? std::to_string(address.cluster())
                                             : "not worked out yet: ask for it with `cluster`");
  for (const v1::FreezeEvent& event : address.frozen()) {
    facts.Add(
        event.frozen() ? "frozen" : "unfrozen",
        fmt::format("in {} at height {}, {}", event.asset(), event.height(), Time(event.time())));
  }
  text += facts.Render();
  Table table({{"asset"},
               {"received", Align::kRight},
               {"sent", Align::kRight},
               {"balance", Align::kRight},
               {"staked", Align::kRight},
               {"note"}});
  for (const v1::AssetSums& sums : address.assets()) {
    std::string note = sums.event_derived() ? "from events alone" : "";
    for (const std::string& reason : sums.incomplete()) {
      note += (note.empty() ? "" : ", ") + reason;
    }
    if (!sums.assumed_opening().empty() && sums.assumed_opening() != "0") {
      note += fmt::format("{}opening of {} assumed", note.empty() ? "" : ", ",
                          Grouped(std::string_view(sums.assumed_opening())));
    }
    // In full: it is what --asset takes.
    table.Add({sums.asset(), Grouped(std::string_view(sums.received())),
               Grouped(std::string_view(sums.sent())), SignedGrouped(sums.balance()),
               SignedGrouped(sums.staked()), note});
  }
  if (!table.empty())
    text += "\namounts are in base units (1 TRX is 1,000,000 sun)\n" + table.Render();
  return text + ShowLabels(address.labels());
}

std::string ShowAccounts(const v1::Cluster& cluster) {
  Facts facts;
  facts.Add("cluster", fmt::format("{}, profile {}", cluster.id(), cluster.profile()));
  facts.Add("accounts", Grouped(cluster.size()));
  if (cluster.unread_accounts() > 0) {
    facts.Add("not looked at",
              fmt::format("{} of all accounts, which have too many events; some may belong here",
                          Grouped(cluster.unread_accounts())));
  }
  std::string text = Header(cluster.snapshot()) + '\n' + facts.Render() +
                     ShowLabels(cluster.labels(), cluster.labels_count()) +
                     ShowGrowth(cluster.growth());
  Table table({{"asset"},
               {"received", Align::kRight},
               {"sent", Align::kRight},
               {"balance", Align::kRight},
               {"staked", Align::kRight}});
  for (const v1::AssetSums& sums : cluster.assets()) {
    table.Add({sums.asset(), Grouped(std::string_view(sums.received())),
               Grouped(std::string_view(sums.sent())), SignedGrouped(sums.balance()),
               SignedGrouped(sums.staked())});
  }
  if (!table.empty())
    text += "\namounts are in base units (1 TRX is 1,000,000 sun)\n" + table.Render();
  if (cluster.controls_count() > 0) {
    text += fmt::format("\n{} beside it: others could act for an account, which joins nobody\n",
                        Count(cluster.controls_count(), "control edge"));
  }
  Legend legend(cluster.snapshot().network());
  Table controls({{"account"}, {"by"}, {"heights"}, {"in transaction"}});
  for (const v1::Control& control : cluster.controls()) {
    std::string keys;
    for (const std::string& key : control.controlled_by()) {
      keys += (keys.empty() ? "" : ", ") + legend.ShortOf(key, kPartyWidth);
    }
    const std::string end = control.has_to_height() ? std::to_string(control.to_height()) : "";
    controls.Add({legend.ShortOf(control.account(), kPartyWidth), keys,
                  fmt::format("{}-{}", control.from_height(), end), Short(control.txid())});
  }
  if (!controls.empty()) text += controls.Render() + legend.Render();
  if (!cluster.sweep_targets().empty()) text += ShowSweepTargets(cluster);
  if (!cluster.members().empty()) text += '\n';
  for (const std::string& member : cluster.members()) text += member + '\n';
  return text;
}

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
  Legend legend(block.network());
  Legend parties(block.network());  // told apart, but not listed: a block has too many
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
               ShortName(Kind(transaction), 20), parties.ShortOf(operation.owner(), 11),
               parties.ShortOf(moves ? transaction.transfers(0).to() : operation.contract(), 11),
               moves ? AmountOf(transaction.transfers(0)) : "",
               moves ? legend.ShortOf(transaction.transfers(0).asset(), 13) : "",
               ShortName(Outcome(transaction), 16)});
  }
  if (!table.empty()) text += '\n' + table.Render();
  return text + legend.Render();
}

}  // namespace coinwake::cli
