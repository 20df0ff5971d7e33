#include "server/convert.h"

#include <string_view>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/index.pb.h"
#include "coinwake/v1/seeds.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "indexer/base/utf8.h"
#include "server/names.h"

namespace coinwake::server {

void FillSnapshot(const Snapshot& snapshot, v1::Snapshot* wire) {
  wire->set_network(std::string(NetworkName(snapshot.network)));
  wire->set_from_height(snapshot.from_height);
  wire->set_height(snapshot.height);
  wire->set_block_hash(ChainOf(snapshot.network) == Chain::kBitcoin
                           ? snapshot.block_hash.ToDisplayHex()
                           : snapshot.block_hash.ToHex());
  wire->set_complete_history(snapshot.complete_history);
  wire->set_label_set(snapshot.label_set);
}

void FillIndexReport(const IngestReport& report, v1::IndexReport* wire) {
  wire->set_network(std::string(NetworkName(report.network)));
  wire->set_from_height(report.from_height);
  wire->set_height(report.height);
  wire->set_block_hash(report.block_hash.ToDisplayHex());
  wire->set_complete_history(report.complete_history);
  wire->set_blocks(report.blocks);
  wire->set_transactions(report.transactions);
  wire->set_inputs(report.inputs);
  wire->set_outputs(report.outputs);
  wire->set_addresses(report.addresses);
  wire->set_unresolved_inputs(report.unresolved_inputs);
  wire->set_stale_blocks(report.stale_blocks);
  wire->set_detached_blocks(report.detached_blocks);
  wire->set_rewound_blocks(report.rewound_blocks);
  wire->set_skipped_bytes(report.skipped_bytes);
  for (const std::string& warning : report.warnings) wire->add_warnings(ValidUtf8(warning));
}

void FillIndexReport(const TronIngestReport& report, v1::IndexReport* wire) {
  wire->set_network(std::string(NetworkName(report.network)));
  wire->set_from_height(report.from_height);
  wire->set_height(report.height);
  wire->set_block_hash(report.block_hash.ToHex());
  wire->set_complete_history(report.complete_history);
  wire->set_blocks(report.blocks);
  wire->set_transactions(report.totals.transactions);
  wire->set_addresses(report.totals.addresses);
  wire->set_stale_blocks(report.stale_blocks);
  wire->set_detached_blocks(report.detached_blocks);
  wire->set_rewound_blocks(report.rewound_blocks);
  wire->set_skipped_bytes(report.skipped_bytes);
  for (const std::string& warning : report.warnings) wire->add_warnings(ValidUtf8(warning));
  wire->set_transfers(report.totals.transfers);
  wire->set_assets(report.totals.assets - 1);  // kFactsAsset is none
  wire->set_failed_transactions(report.totals.failed_transactions);
  wire->set_without_receipt(report.totals.without_receipt);
  wire->set_unknown_contracts(report.totals.unknown_contracts);
  wire->set_malformed_transactions(report.totals.malformed_transactions);
  wire->set_internal_transactions(report.totals.internal_transactions);
  if (report.final_height.has_value()) wire->set_final_height(*report.final_height);
}

void FillNetworkStatus(const View& view, v1::NetworkStatus* wire) {
  const BlockTotals& totals = view.totals();
  FillSnapshot(view.snapshot(), wire->mutable_snapshot());
  wire->set_blocks(view.commit().blocks);
  wire->set_transactions(totals.transactions);
  wire->set_inputs(totals.inputs);
  wire->set_outputs(totals.outputs);
  wire->set_addresses(totals.addresses);
  wire->set_unspent_outputs(totals.unspent_outputs);
  wire->set_unspent_value(Amount(totals.unspent_value));
  wire->set_unresolved_inputs(totals.unresolved_inputs);
  wire->set_stale_blocks(view.commit().stale_blocks);
  wire->set_detached_blocks(view.commit().detached_blocks);
}

void FillNetworkCheck(const VerifyReport& report, v1::NetworkCheck* wire) {
  if (report.opened) {
    FillSnapshot(report.snapshot, wire->mutable_snapshot());
  } else {
    wire->mutable_snapshot()->set_network(std::string(NetworkName(report.snapshot.network)));
  }
  wire->set_checked(report.checked);
  for (const std::string& problem : report.problems) wire->add_problems(ValidUtf8(problem));
}

void FillSeller(const Seller& seller, v1::Seller* wire) {
  wire->set_seller(ValidUtf8(seller.seller));
  for (const std::string& path : seller.advertisements) wire->add_advertisements(ValidUtf8(path));
  for (const Identifier& identifier : seller.identifiers) {
    v1::Identifier* to = wire->add_identifiers();
    to->set_kind(identifier.kind);
    to->set_value(identifier.value);
    to->set_source(ValidUtf8(identifier.source));
    to->set_offset(identifier.offset);
    to->set_raw(identifier.raw);
    for (const std::string& step : identifier.steps) to->add_steps(step);
    for (const Network network : identifier.networks) {
      to->add_networks(std::string(NetworkName(network)));
    }
  }
  for (const auto& seed : seller.seeds) {
    v1::SellerSeed* to = wire->add_seeds();
    to->set_address(seed.address);
    if (seed.network.has_value()) to->set_network(std::string(NetworkName(*seed.network)));
    to->set_asset(seed.asset);
  }
}

void FillEvidence(const View& view, const std::vector<EvidenceLink>& links, v1::Evidence* wire) {
  FillSnapshot(view.snapshot(), wire->mutable_snapshot());
  for (const EvidenceLink& link : links) {
    v1::EvidenceLink* to = wire->add_links();
    to->set_a(ScriptName(view, link.a));
    to->set_b(ScriptName(view, link.b));
    to->set_rule(std::string(RuleName(link.rule)));
    to->set_rule_version(link.rule_version);
    to->set_txid(view.Txid(link.tx).ToDisplayHex());
    to->set_confidence(static_cast<double>(link.confidence_permille) / 1000.0);
  }
}

void FillPath(const View& view, const Path& path, v1::Path* wire) {
  FillSnapshot(view.snapshot(), wire->mutable_snapshot());
  for (const PathHop& hop : path.hops) {
    v1::PathHop* to = wire->add_hops();
    to->set_txid(view.Txid(hop.tx).ToDisplayHex());
    to->set_from(ScriptName(view, view.AddressOf(hop.source)));
    to->set_to(ScriptName(view, view.AddressOf(hop.target)));
    to->set_value(Amount(view.Value(hop.target)));
    to->set_asset(kBitcoinAsset);
    to->set_height(view.HeightOf(hop.tx));
    to->set_vout(static_cast<std::uint32_t>(hop.target - view.Outputs(hop.tx).begin));
  }
  wire->set_bottleneck(Amount(path.bottleneck));
}

}  // namespace coinwake::server
