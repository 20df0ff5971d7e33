// Blocks, transactions, addresses and the index itself for people.
#include <fmt/format.h>

#include <cstdlib>
#include <string>

#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/index.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

// Who is paid or pays: the address, or what there is instead.
template <typename Wire>
std::string Party(const Wire& wire) {
  if (wire.has_address()) return ShortName(wire.address());
  if (wire.has_key_address()) return fmt::format("key of {}", wire.key_address());
  if (wire.script_type().empty()) return "not resolved";
  if (wire.key_addresses_size() == 0) return wire.script_type();
  const auto keys = static_cast<std::uint64_t>(wire.key_addresses_size());
  return fmt::format("{}, {}", wire.script_type(), Count(keys, "key"));
}

// Sum of outputs; amounts of one transaction fit 64 bits.
std::uint64_t ValueOut(const v1::Transaction& transaction) {
  std::uint64_t sum = 0;
  for (const v1::Output& output : transaction.outputs()) {
    sum += std::strtoull(output.value().c_str(), nullptr, 10);
  }
  return sum;
}

std::string HeightText(const v1::Transaction& transaction) {
  return transaction.has_height() ? std::to_string(transaction.height()) : "unknown";
}

}  // namespace

std::string Show(const v1::IndexReport& report) {
  if (HasAccounts(report.network())) return ShowAccounts(report);
  std::string text = fmt::format("{}, heights {} to {}{}\n", report.network(), report.from_height(),
                                 report.height(), report.complete_history() ? "" : ", a window");
  Facts facts;
  facts.Add("tip", report.block_hash());
  facts.Add("blocks", Grouped(report.blocks()));
  facts.Add("transactions", Grouped(report.transactions()));
  facts.Add("inputs", Grouped(report.inputs()));
  facts.Add("outputs", Grouped(report.outputs()));
  facts.Add("addresses", Grouped(report.addresses()));
  if (report.unresolved_inputs() > 0) {
    facts.Add("unresolved inputs", Grouped(report.unresolved_inputs()));
  }
  if (report.stale_blocks() > 0) facts.Add("stale blocks", Grouped(report.stale_blocks()));
  if (report.detached_blocks() > 0) facts.Add("detached blocks", Grouped(report.detached_blocks()));
  if (report.rewound_blocks() > 0) facts.Add("rewound blocks", Grouped(report.rewound_blocks()));
  if (report.skipped_bytes() > 0) facts.Add("skipped bytes", Grouped(report.skipped_bytes()));
  text += facts.Render();
  for (const std::string& warning : report.warnings())
    text += "warning: " + Printable(warning) + '\n';
  return text;
}

std::string Show(const v1::Status& status) {
  if (status.networks().empty()) return "nothing is indexed here\n";
  Table table({{"network"},
               {"heights"},
               {"transactions", Align::kRight},
               {"outputs", Align::kRight},
               {"addresses", Align::kRight},
               {"unspent", Align::kRight},
               {"unspent BTC", Align::kRight}});
  for (const v1::NetworkStatus& network : status.networks()) {
    if (HasAccounts(network.snapshot().network())) continue;
    table.Add({network.snapshot().network(),
               fmt::format("{}-{}", network.snapshot().from_height(), network.snapshot().height()),
               Grouped(network.transactions()), Grouped(network.outputs()),
               Grouped(network.addresses()), Grouped(network.unspent_outputs()),
               Btc(network.unspent_value())});
  }
  std::string text = table.Render();
  const std::string accounts = ShowAccounts(status);
  if (!text.empty() && !accounts.empty()) text += '\n';
  text += accounts;
  for (const v1::NetworkStatus& network : status.networks()) {
    text += '\n';
    text +=
        fmt::format("{}: tip {}\n", network.snapshot().network(), network.snapshot().block_hash());
    if (network.has_final_height()) {
      text += fmt::format("  final up to height {}\n", network.final_height());
    }
    if (network.without_receipt() > 0) {
      text +=
          fmt::format("  {} without a receipt\n", Count(network.without_receipt(), "transaction"));
    }
    if (HasAccounts(network.snapshot().network())) continue;
    if (!network.snapshot().complete_history()) {
      text += fmt::format("  a window: nothing before height {} is known; {} not resolved\n",
                          network.snapshot().from_height(),
                          Count(network.unresolved_inputs(), "input"));
    }
    if (network.stale_blocks() + network.detached_blocks() > 0) {
      text += fmt::format("  {} stale, {} detached blocks\n", network.stale_blocks(),
                          network.detached_blocks());
    }
  }
  return text;
}

std::string Show(const v1::VerifyReport& report) {
  std::string text;
  if (report.networks().empty()) text = "nothing is indexed here\n";
  for (const v1::NetworkCheck& network : report.networks()) {
    text += network.snapshot().block_hash().empty()
                ? fmt::format("{}: cannot be opened\n", network.snapshot().network())
                : Header(network.snapshot());
    text += fmt::format("{} checked, {}\n", Count(network.checked(), "fact"),
                        Count(static_cast<std::uint64_t>(network.problems_size()), "problem"));
    for (const std::string& problem : network.problems())
      text += "problem: " + Printable(problem) + '\n';
  }
  if (!report.has_labels()) return text;
  text += fmt::format(
      "labels, set {}\n{} checked, {}\n",
      report.labels().label_set().empty() ? "of nothing yet" : report.labels().label_set(),
      Count(report.labels().checked(), "fact"),
      Count(static_cast<std::uint64_t>(report.labels().problems_size()), "problem"));
  for (const std::string& problem : report.labels().problems()) {
    text += "problem: " + Printable(problem) + '\n';
  }
  return text;
}

std::string Show(const v1::Block& block) {
  if (block.has_witness() || HasAccounts(block.network())) return ShowAccounts(block);
  std::string text;
  if (block.has_snapshot()) text = Header(block.snapshot()) + '\n';
  Facts facts;
  facts.Add("block", block.block_hash());
  facts.Add("height",
            fmt::format("{}{}", block.has_height() ? std::to_string(block.height()) : "unknown",
                        block.stale() ? ", stale" : ""));
  facts.Add("time", Time(block.time()));
  facts.Add("previous", block.previous_block_hash());
  facts.Add("merkle root", block.merkle_root());
  facts.Add("size",
            fmt::format("{} bytes, weight {}", Grouped(block.size()), Grouped(block.weight())));
  facts.Add("transactions", Grouped(block.transactions_count()));
  text += facts.Render() + '\n';
  Table table({{"#", Align::kRight},
               {"txid"},
               {"inputs", Align::kRight},
               {"outputs", Align::kRight},
               {"value out BTC", Align::kRight},
               {"fee BTC", Align::kRight}});
  for (const v1::Transaction& transaction : block.transactions()) {
    table.Add({std::to_string(transaction.index()), Short(transaction.txid()),
               transaction.coinbase() ? "new" : std::to_string(transaction.inputs_size()),
               std::to_string(transaction.outputs_size()),
               Btc(std::to_string(ValueOut(transaction))),
               transaction.has_fee() ? Btc(transaction.fee()) : "-"});
  }
  return text + table.Render();
}

std::string Show(const v1::Transaction& transaction) {
  if (HasAccounts(transaction.network())) return ShowAccounts(transaction);
  std::string text;
  if (transaction.has_snapshot()) text = Header(transaction.snapshot()) + '\n';
  Facts facts;
  facts.Add("transaction", transaction.txid());
  facts.Add("height", fmt::format("{}, number {} in block {}", HeightText(transaction),
                                  transaction.index(), Short(transaction.block_hash())));
  facts.Add("time", Time(transaction.time()));
  facts.Add("size", fmt::format("{} bytes, weight {}", Grouped(transaction.size()),
                                Grouped(transaction.weight())));
  facts.Add("fee BTC", transaction.coinbase()  ? "none: new coins"
                       : transaction.has_fee() ? Btc(transaction.fee())
                                               : "unknown");
  text += facts.Render();
  Table inputs({{"input", Align::kRight}, {"spends"}, {"address"}, {"value BTC", Align::kRight}});
  for (int i = 0; i < transaction.inputs_size(); ++i) {
    const v1::Input& input = transaction.inputs(i);
    inputs.Add({std::to_string(i), fmt::format("{}:{}", Short(input.txid()), input.vout()),
                Party(input), input.has_value() ? Btc(input.value()) : "unknown"});
  }
  if (!inputs.empty()) text += '\n' + inputs.Render();
  Table outputs(
      {{"output", Align::kRight}, {"address"}, {"value BTC", Align::kRight}, {"spent by"}});
  for (const v1::Output& output : transaction.outputs()) {
    outputs.Add({std::to_string(output.vout()), Party(output), Btc(output.value()),
                 output.has_spent_by() ? Short(output.spent_by().txid()) : "-"});
  }
  return text + '\n' + outputs.Render();
}

std::string Show(const v1::Address& address) {
  if (HasAccounts(address.network())) return ShowAccounts(address);
  std::string text = Header(address.snapshot()) + '\n';
  Facts facts;
  facts.Add("address", address.address());
  facts.Add("type", address.script_type());
  for (const std::string& key : address.key_addresses()) facts.Add("address of its key", key);
  if (!address.seen()) {
    facts.Add("seen", "never");
  } else {
    facts.Add("received BTC", Btc(address.received()));
    facts.Add("sent BTC", Btc(address.sent()));
    facts.Add("balance BTC", Btc(address.balance()));
    facts.Add("transactions", fmt::format("{}, heights {} to {}", Grouped(address.transactions()),
                                          address.first_height(), address.last_height()));
    facts.Add("cluster", std::to_string(address.cluster()));
  }
  text += facts.Render();
  Table same(
      {{"same key"}, {"type"}, {"received BTC", Align::kRight}, {"balance BTC", Align::kRight}});
  for (const v1::SameKey& other : address.same_key()) {
    same.Add({ShortName(other.address()), other.script_type(), Btc(other.received()),
              Btc(other.balance())});
  }
  if (!same.empty()) text += '\n' + same.Render();
  return text + ShowLabels(address.labels());
}

}  // namespace coinwake::cli
