#include "server/report_manifest.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "heuristics/account_evidence.h"
#include "heuristics/cluster.h"
#include "heuristics/coinjoin.h"
#include "heuristics/peel_chain.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash_stream.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/convert.h"
#include "server/json.h"
#include "server/report_answers.h"
#include "server/report_folder.h"
#include "typologies/typology.h"

namespace coinwake::server {
namespace {

// Ten thousand seeds, the longest labels and hashes of their files.
constexpr std::uint64_t kMostManifestBytes = 64 << 20;

void AddText(std::string_view text, Sha256Stream* hash) {
  hash->Add(AsBytes(text.data(), text.size()));
}

std::string HashOfStops(const v1::ReportRequest& request) {
  Sha256Stream hash;
  for (const v1::TraceStop& stop : request.stops()) {
    AddText(stop.address(), &hash);
    AddText("\t", &hash);
    AddText(stop.entity(), &hash);
    AddText("\n", &hash);
  }
  return hash.Finish().ToHex();
}

std::string OrDefault(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

void AddRule(std::string_view name, std::uint32_t version, v1::ReportManifest* manifest) {
  v1::ReportRule* const rule = manifest->add_rules();
  rule->set_name(std::string(name));
  rule->set_version(version);
}

// What the figures may depend on beside the chain and the request: clusters of profile `strict`,
// and the detectors.
void AddRules(bool has_accounts, v1::ReportManifest* manifest) {
  if (has_accounts) {
    for (auto rule = static_cast<int>(AccountRule::kDepositSweep);
         rule <= static_cast<int>(AccountRule::kSweepTarget); ++rule) {
      const auto one = static_cast<AccountRule>(rule);
      AddRule(AccountRuleName(one), AccountRuleVersion(one), manifest);
    }
  } else {
    AddRule(RuleName(Rule::kCoSpend), RuleVersion(Rule::kCoSpend), manifest);
    AddRule(RuleName(Rule::kSameKey), RuleVersion(Rule::kSameKey), manifest);
    AddRule("mixes", kMixRulesVersion, manifest);
    AddRule("peel_chains", kPeelRulesVersion, manifest);
  }
  AddRule("typologies", kTypologyRulesVersion, manifest);
}

}  // namespace

absl::Status FillManifest(const OpenNetwork& open, const v1::ReportRequest& request,
                          v1::ReportManifest* manifest) {
  manifest->set_format(kReportFormat);
  v1::ReportParameters* const parameters = manifest->mutable_parameters();
  if (open.has_accounts()) {
    FillSnapshot(open.accounts(), manifest->mutable_snapshot());
    COINWAKE_ASSIGN_OR_RETURN(const AssetNum asset,
                              FindAssetToFollow(open.accounts(), request.asset()));
    parameters->set_asset(AssetText(open.accounts(), asset));
  } else {
    FillSnapshot(open.snapshot(), manifest->mutable_snapshot());
    parameters->set_asset(kBitcoinAsset);
  }
  parameters->set_policy(OrDefault(request.policy(), "fifo"));
  parameters->set_fees(OrDefault(request.fees(), "sink"));
  parameters->set_stop_at(OrDefault(request.stop_at(), "services,mixers"));
  parameters->set_stops_count(static_cast<std::uint64_t>(request.stops_size()));
  parameters->set_stops_sha256(HashOfStops(request));
  if (request.has_max_hops()) parameters->set_max_hops(request.max_hops());
  parameters->set_since(request.since());
  parameters->set_until(request.until());
  parameters->set_force(request.force());
  parameters->set_bounded_holders(request.has_bounded_holders() ? request.bounded_holders()
                                                                : kDefaultBoundedHolders);
  AddRules(open.has_accounts(), manifest);
  return absl::OkStatus();
}

void AddFile(const WrittenFile& file, v1::ReportManifest* manifest) {
  v1::ReportFile* const wire = manifest->add_files();
  wire->set_name(file.name);
  wire->set_size(file.size_bytes);
  wire->set_sha256(file.sha256.ToHex());
}

absl::Status ReadJsonFile(FileSystem& files, const std::string& path,
                          google::protobuf::Message* message) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(files, path, kMostManifestBytes));
  const std::string text(bytes.begin(), bytes.end());
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // of a newer format, which is told as such
  if (google::protobuf::util::JsonStringToMessage(text, message, options).ok()) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat(path, ": this is no ", message->GetDescriptor()->name(), " of a report"));
}

bool AreOfTheSame(const v1::ReportManifest& a, const v1::ReportManifest& b) {
  v1::ReportManifest first = a;
  v1::ReportManifest second = b;
  first.clear_files();
  second.clear_files();
  return ToJson(first) == ToJson(second);
}

absl::StatusOr<bool> FilesAreAsListed(FileSystem& files, const std::string& folder,
                                      const v1::ReportManifest& manifest) {
  for (const v1::ReportFile& listed : manifest.files()) {
    const absl::StatusOr<WrittenFile> found = MeasureFile(files, folder, listed.name());
    if (absl::IsNotFound(found.status())) return false;
    COINWAKE_RETURN_IF_ERROR(found.status());
    if (found->size_bytes != listed.size() || found->sha256.ToHex() != listed.sha256()) {
      return false;
    }
  }
  return true;
}

}  // namespace coinwake::server
