// Clusters, evidence, kinds of transactions, paths and sellers for people.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/legend.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/bridge.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/seeds.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "indexer/base/utf8.h"

namespace coinwake::cli {
namespace {

// Two names side by side in a line of 100 columns.
constexpr std::size_t kNameWidth = 25;

std::string ShowBridges(const v1::Cluster& cluster) {
  Table table({{"in transaction"},
               {"one part"},
               {"addresses", Align::kRight},
               {"the other"},
               {"addresses", Align::kRight}});
  for (const v1::ClusterBridge& bridge : cluster.bridges()) {
    table.Add({Short(bridge.txid()), ShortName(bridge.a(), kNameWidth), Grouped(bridge.side_a()),
               ShortName(bridge.b(), kNameWidth), Grouped(bridge.side_b())});
  }
  return table.Render();
}

}  // namespace

std::string Show(const v1::Cluster& cluster) {
  if (HasAccounts(cluster.snapshot().network())) return ShowAccounts(cluster);
  std::string text = Header(cluster.snapshot()) + '\n';
  Facts facts;
  facts.Add("cluster", fmt::format("{}, profile {}", cluster.id(), cluster.profile()));
  if (cluster.has_epoch_height()) {
    facts.Add("change up to", fmt::format("height {}", Grouped(cluster.epoch_height())));
  }
  facts.Add("addresses", Grouped(cluster.size()));
  facts.Add("received BTC", Btc(cluster.received()));
  facts.Add("sent BTC", Btc(cluster.sent()));
  facts.Add("balance BTC", Btc(cluster.balance()));
  text += facts.Render() + ShowLabels(cluster.labels(), cluster.labels_count());
  text += ShowGrowth(cluster.growth());
  if (!cluster.bridges().empty()) {
    text +=
        "\nchange that alone holds large parts together: look at it first\n" + ShowBridges(cluster);
  }
  if (!cluster.members().empty()) text += '\n';
  for (const std::string& member : cluster.members()) text += member + '\n';
  return text;
}

std::string ShowGrowth(const v1::ClusterGrowth& growth) {
  if (!growth.alarm()) return "";
  return fmt::format(
      "\nALARM: the largest cluster of the index grew from {} to {} addresses;\n"
      "look at it before any cluster of this profile is relied on\n",
      Grouped(growth.largest_before()), Grouped(growth.largest()));
}

std::string Show(const v1::Evidence& evidence) {
  Table table({{"address"}, {"joined with"}, {"by rule"}, {"in transaction"}, {"confidence"}});
  for (const v1::EvidenceLink& link : evidence.links()) {
    const std::string rule =
        link.via().empty() ? link.rule() : link.rule() + " of " + ShortName(link.via(), 11);
    table.Add({ShortName(link.a(), kNameWidth), ShortName(link.b(), kNameWidth), rule,
               Short(link.txid()), fmt::format("{:.3f}", link.confidence())});
  }
  std::string text = Header(evidence.snapshot()) + '\n' + table.Render();
  if (evidence.links().empty()) text += "the same address\n";
  if (evidence.has_epoch_height()) {
    text += fmt::format("change counts up to height {}\n", Grouped(evidence.epoch_height()));
  }
  return text;
}

std::string Show(const v1::TransactionKind& kind) {
  Facts facts;
  facts.Add("transaction", kind.txid());
  facts.Add("kind", kind.kind());
  if (!kind.protocol().empty()) {
    facts.Add("protocol", fmt::format("{}, confidence {:.3f}", kind.protocol(), kind.confidence()));
  }
  if (kind.anonymity_set() != 0) facts.Add("anonymity set", Grouped(kind.anonymity_set()));
  if (kind.has_change_vout()) {
    facts.Add("change", fmt::format("output {}, confidence {:.3f}", kind.change_vout(),
                                    kind.change_confidence()));
  }
  if (kind.has_epoch_height()) {
    facts.Add("guessed at", fmt::format("height {}", Grouped(kind.epoch_height())));
  }
  if (kind.suspected()) facts.Add("parties", "perhaps several: its inputs are not joined");
  for (int i = 0; i < kind.reasons_size(); ++i) facts.Add(i == 0 ? "why" : "", kind.reasons(i));
  return Header(kind.snapshot()) + '\n' + facts.Render();
}

std::string Show(const v1::Path& path) {
  const bool accounts = HasAccounts(path.snapshot().network());
  const auto amount = [accounts](const std::string& value) {
    return accounts ? Grouped(std::string_view(value)) : Btc(value);
  };
  const std::string unit = !accounts ? "BTC" : path.hops_size() > 0 ? path.hops(0).asset() : "";
  const bool by_cluster = path.hops_size() > 0 && path.hops(0).has_from_cluster();
  Table table({{"height", Align::kRight},
               {"transaction"},
               {by_cluster ? "from cluster" : "from"},
               {by_cluster ? "to cluster" : "to"},
               {accounts ? "value" : "value BTC", Align::kRight}});
  Legend legend(path.snapshot().network());
  for (const v1::PathHop& hop : path.hops()) {
    table.Add({std::to_string(hop.height()), Short(hop.txid()),
               legend.ShortOf(hop.has_from_cluster() ? hop.from_cluster() : hop.from(), kNameWidth),
               legend.ShortOf(hop.has_to_cluster() ? hop.to_cluster() : hop.to(), kNameWidth),
               amount(hop.value())});
  }
  std::string text = fmt::format(
      "{}, bottleneck {} {}",
      Count(static_cast<std::uint64_t>(path.hops_size()), accounts ? "transfer" : "transaction"),
      amount(path.bottleneck()), unit);
  if (path.has_taint()) text += fmt::format(", carries {} {}", amount(path.taint()), unit);
  if (path.truncated()) {
    text += fmt::format("; truncated: {} of {} {} not followed",
                        Count(path.unfollowed(), accounts ? "transfer" : "output"),
                        amount(path.unfollowed_value()), unit);
  }
  return text + '\n' + table.Render(2) + legend.Render(2);
}

std::string Show(const v1::Seller& seller, std::string_view asked) {
  std::string text = Printable(seller.seller()) + '\n';
  for (const std::string& advertisement : seller.advertisements()) {
    text += "  advertisement " + Printable(advertisement) + '\n';
  }
  // Which of several advertisements; the line above says it for one.
  const bool several = seller.advertisements_size() > 1;
  std::vector<Table::Column> columns = {{"identifier"}, {"offset", Align::kRight}};
  if (several) columns.push_back({"in"});
  columns.push_back({"how it was read"});
  Table table(columns);
  for (const v1::Identifier& identifier : seller.identifiers()) {
    std::string steps;
    for (const std::string& step : identifier.steps()) steps += (steps.empty() ? "" : ", ") + step;
    const std::string& source = identifier.source();
    std::vector<std::string> cells = {identifier.value(), std::to_string(identifier.offset())};
    if (several) cells.push_back(source.substr(source.rfind('/') + 1));
    cells.push_back(steps.empty() ? "as it stands" : steps);
    table.Add(std::move(cells));
  }
  text += table.Render(2);
  for (const v1::SellerSeed& seed : seller.seeds()) {
    std::string where = "on " + seed.network();
    if (seed.network().empty()) {
      where = asked.empty() ? "on several networks: --network says which"
                            : fmt::format("not on {}", asked);
    }
    text += fmt::format("  seed {} {}\n", seed.address(), where);
  }
  return text;
}

}  // namespace coinwake::cli
