// The one translation from domain types to the messages of proto/coinwake/v1.
//
// Headers here do not include generated code; callers include what they fill.
#ifndef COINWAKE_SERVER_CONVERT_H_
#define COINWAKE_SERVER_CONVERT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adverts/extract.h"
#include "heuristics/cluster.h"
#include "indexer/bitcoin/address.h"
#include "indexer/ingest/ingest.h"
#include "indexer/ingest/tron_ingest.h"
#include "indexer/verify/verify.h"
#include "indexer/view/view.h"
#include "tracer/path.h"

namespace coinwake::v1 {
class Evidence;
class IndexReport;
class NetworkCheck;
class NetworkStatus;
class Path;
class Seller;
class Snapshot;
}  // namespace coinwake::v1

namespace coinwake::server {

inline constexpr char kBitcoinAsset[] = "BTC";

// An amount in base units as text.
inline std::string Amount(std::uint64_t base_units) { return std::to_string(base_units); }

void FillSnapshot(const Snapshot& snapshot, v1::Snapshot* wire);
void FillIndexReport(const IngestReport& report, v1::IndexReport* wire);
void FillIndexReport(const TronIngestReport& report, v1::IndexReport* wire);
void FillNetworkStatus(const View& view, v1::NetworkStatus* wire);
void FillNetworkCheck(const VerifyReport& report, v1::NetworkCheck* wire);
void FillSeller(const Seller& seller, v1::Seller* wire);
void FillEvidence(const View& view, const std::vector<EvidenceLink>& links, v1::Evidence* wire);
void FillPath(const View& view, const Path& path, v1::Path* wire);

// Fills address, script_type, key_address and key_addresses of an Input, Output, Address or
// Holding.
template <typename Wire>
void FillScript(ByteSpan script, ScriptType type, Network network, Wire* wire) {
  wire->set_script_type(std::string(ScriptTypeName(type)));
  std::optional<std::string> address = bitcoin::AddressOfScript(script, network);
  if (address.has_value()) wire->set_address(*std::move(address));
  if (type != ScriptType::kPubkey && type != ScriptType::kMultisig) return;
  std::vector<std::string> keys = bitcoin::KeyAddresses(script, network);
  if (type == ScriptType::kPubkey && !keys.empty()) wire->set_key_address(keys.front());
  for (std::string& key : keys) wire->add_key_addresses(std::move(key));
}

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_CONVERT_H_
