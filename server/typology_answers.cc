#include "server/typology_answers.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"
#include "indexer/tron/known_addresses.h"
#include "server/account_answers.h"
#include "server/account_names.h"
#include "server/convert.h"
#include "server/missing_internals.h"
#include "server/names.h"
#include "server/trace_words.h"
#include "typologies/account_payments.h"
#include "typologies/output_payments.h"
#include "typologies/typology.h"

namespace coinwake::server {
namespace {

using Emit = std::function<absl::Status(const v1::Typology&)>;
using Warn = std::function<void(const std::string&)>;

// By kind, each once.
absl::StatusOr<std::vector<TypologyKind>> KindsOf(const v1::ListTypologiesRequest& request) {
  std::vector<TypologyKind> kinds;
  for (const std::string& name : request.only()) {
    const std::optional<TypologyKind> kind = TypologyNamed(name);
    if (kind.has_value()) {
      kinds.push_back(*kind);
      continue;
    }
    std::string known;
    for (std::size_t i = 0; i < kTypologyKinds; ++i) {
      absl::StrAppend(&known, known.empty() ? "" : ", ",
                      std::string(TypologyName(static_cast<TypologyKind>(i))));
    }
    return absl::InvalidArgumentError(
        absl::StrCat("this version has no typology \"", Excerpt(name), "\"; it has: ", known));
  }
  if (kinds.empty()) {
    for (std::size_t i = 0; i < kTypologyKinds; ++i) kinds.push_back(static_cast<TypologyKind>(i));
  }
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

// What a subject is searched in: the same for all of a request.
struct Field {
  const ChainView& view;
  PaymentSource& source;
  const FactsReader* facts = nullptr;  // null: the chain has accounts
  std::string asset;
  TypologyParameters parameters;
  IndexGaps gaps;
  std::shared_ptr<const KnownServices> services;       // may be null
  std::function<std::int64_t(std::uint64_t)> time_of;  // of a height, Unix seconds
  std::function<void(v1::Snapshot*)> fill_snapshot;
  std::function<std::string(TxNum)> txid_of;
  // An address and its name; nullopt: never seen.
  std::function<absl::StatusOr<std::optional<AddressNum>>(const std::string&, std::string*)> find;
};

std::optional<std::string> ServiceOf(const Field& field, AddressNum address) {
  if (field.services == nullptr) return std::nullopt;
  const std::optional<Stop> stop = field.services->At(address);
  if (!stop.has_value()) return std::nullopt;
  return field.services->entities()[stop->entity];
}

void FillEvidence(const Field& field, const Typology& typology, v1::Typology* wire) {
  for (const TxNum tx : typology.transactions) {
    if (static_cast<std::size_t>(wire->transactions_size()) == kMaxTypologyTransactions) break;
    wire->add_transactions(field.txid_of(tx));
  }
  wire->set_transactions_count(typology.transactions.size());
  const std::uint64_t first = field.view.HeightOf(typology.transactions.front());
  const std::uint64_t last = field.view.HeightOf(typology.transactions.back());
  wire->set_first_height(first);
  wire->set_last_height(last);
  wire->set_first_time(field.time_of(first));
  wire->set_last_time(field.time_of(last));
  wire->set_amount(ToDecimal(Uint256(typology.amount)));
  wire->set_counterparties(typology.counterparties);
}

void FillChance(const Typology& typology, v1::Typology* wire) {
  wire->set_observed(typology.observed);
  wire->set_shuffles(typology.shuffles);
  wire->set_as_often_shuffled(typology.as_often_shuffled);
  if (typology.shuffles == 0) return;
  wire->set_expected(MeanText(typology.found_shuffled, typology.shuffles));
  wire->set_score(ScoreText(typology));
}

// What every line about a subject has.
struct Line {
  std::string name;
  std::string label;
  std::optional<std::string> service = {};

  v1::Typology Begin(const Field& field) const {
    v1::Typology wire;
    field.fill_snapshot(wire.mutable_snapshot());
    wire.set_subject(name);
    wire.set_label(label);
    wire.set_rule_version(kTypologyRulesVersion);
    if (service.has_value()) wire.set_service(*service);
    wire.set_asset(field.asset);
    return wire;
  }
};

template <typename Message>
void FillParameters(const Field& field, TypologyKind kind, Message* wire) {
  for (auto& [key, value] : ParametersOf(kind, field.parameters)) {
    v1::TypologyParameter* const parameter = wire->add_parameters();
    parameter->set_name(std::move(key));
    parameter->set_value(std::move(value));
  }
}

v1::Typology PatternOf(const Field& field, const Line& line, const Typology& typology) {
  v1::Typology wire = line.Begin(field);
  wire.set_kind(std::string(TypologyName(typology.kind)));
  FillParameters(field, typology.kind, &wire);
  FillEvidence(field, typology, &wire);
  FillChance(typology, &wire);
  wire.set_truncated(!typology.cuts.empty());
  for (const std::string& cut : typology.cuts) wire.add_cuts(cut);
  return wire;
}

// `searches`: of all kinds that were asked for.
v1::Typology SummaryOf(const Field& field, const Line& line, bool is_seen,
                       const FoundTypologies& found) {
  v1::Typology wire = line.Begin(field);
  v1::TypologySummary* const summary = wire.mutable_summary();
  summary->set_seen(is_seen);
  summary->set_found(found.typologies.size());
  std::set<std::string> said;
  const auto say = [&](const std::string& cut) {
    if (said.insert(cut).second) wire.add_cuts(cut);
  };
  for (const KindSearch& one : found.searches) {
    v1::TypologySearch* const search = summary->add_searches();
    search->set_kind(std::string(TypologyName(one.kind)));
    search->set_looked_for(one.is_looked_for);
    search->set_found(one.found);
    FillParameters(field, one.kind, search);
    for (const std::string& cut : one.cuts) {
      search->add_cuts(cut);
      say(cut);
    }
  }
  for (const Typology& typology : found.typologies) {
    for (const std::string& cut : typology.cuts) say(cut);
  }
  wire.set_truncated(!said.empty());
  return wire;
}

// A subject of a request.
struct Subject {
  Line line;
  std::optional<AddressNum> address;  // nullopt: never seen
};

// Those of the request, each once.
absl::StatusOr<std::vector<Subject>> SubjectsOf(const Field& field,
                                                const v1::ListTypologiesRequest& request) {
  std::vector<Subject> subjects;
  std::set<std::pair<std::string, std::string>> seen;
  for (const v1::TypologySubject& subject : request.subjects()) {
    COINWAKE_RETURN_IF_ERROR(CheckLabel(subject.label()));
    Subject one{.line = {.name = "", .label = subject.label()}, .address = std::nullopt};
    COINWAKE_ASSIGN_OR_RETURN(one.address, field.find(subject.address(), &one.line.name));
    if (!seen.emplace(one.line.name, one.line.label).second) continue;
    subjects.push_back(std::move(one));
  }
  return subjects;
}

absl::Status AnswerUnseen(const Field& field, const Line& line,
                          const std::vector<TypologyKind>& kinds, const Emit& emit,
                          const Warn& warn) {
  if (warn) {
    const Snapshot& snapshot = field.view.snapshot();
    warn(absl::StrCat(line.name, " was never seen on ", std::string(NetworkName(snapshot.network)),
                      " up to height ", snapshot.height));
  }
  FoundTypologies nothing;
  for (const TypologyKind kind : kinds) {
    nothing.searches.push_back({.kind = kind, .is_looked_for = false});
  }
  return emit(SummaryOf(field, line, /*is_seen=*/false, nothing));
}

absl::Status AnswerSubject(const Field& field, const Subject& subject,
                           const std::vector<TypologyKind>& kinds, const Cancellation* cancellation,
                           const Emit& emit, const Warn& warn) {
  if (!subject.address.has_value()) return AnswerUnseen(field, subject.line, kinds, emit, warn);
  const TypologySearch search{.source = field.source,
                              .is_service =
                                  [&field](AddressNum node) {
                                    return field.services != nullptr &&
                                           field.services->At(node).has_value();
                                  },
                              .facts = field.facts,
                              .cancellation = cancellation,
                              .gaps = field.gaps};
  COINWAKE_ASSIGN_OR_RETURN(
      const FoundTypologies found,
      FindTypologies(search, field.source.NodeOf(*subject.address),
                     field.view.Script(*subject.address), kinds, field.parameters));
  Line line = subject.line;
  line.service = ServiceOf(field, *subject.address);
  for (const Typology& typology : found.typologies) {
    const v1::Typology wire = PatternOf(field, line, typology);
    COINWAKE_RETURN_IF_ERROR(field.view.damage().status());
    COINWAKE_RETURN_IF_ERROR(emit(wire));
  }
  return emit(SummaryOf(field, line, /*is_seen=*/true, found));
}

absl::Status AnswerIn(const Field& field, const v1::ListTypologiesRequest& request,
                      const Cancellation* cancellation, const Emit& emit, const Warn& warn) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<TypologyKind> kinds, KindsOf(request));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Subject> subjects, SubjectsOf(field, request));
  for (const Subject& subject : subjects) {
    COINWAKE_RETURN_IF_ERROR(AnswerSubject(field, subject, kinds, cancellation, emit, warn));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const KnownServices>> ServicesOf(OpenNetwork& open,
                                                                const Cancellation* cancellation) {
  COINWAKE_ASSIGN_OR_RETURN(ServiceSource::Answer known,
                            open.services.Get({.services = true, .mixers = true}, cancellation));
  return std::move(known.services);
}

std::string StartOf(const Snapshot& snapshot) {
  return snapshot.complete_history
             ? ""
             : absl::StrCat("the index starts at height ", snapshot.from_height);
}

// What of the payments in an asset the index does not have.
std::string MissingOf(const AccountView& view, AssetNum asset) {
  const TronTotals& totals = view.totals();
  if (totals.without_receipt != 0) {
    return absl::StrCat(totals.without_receipt, " of ", totals.transactions,
                        " indexed transactions have no receipt");
  }
  return asset == kTrxAsset && LacksInternals(view)
             ? "receipts do not tell of internal transactions, in which contracts pay"
             : "";
}

// Base units that stand for 100 USD; nullopt: not known of this asset.
absl::StatusOr<std::optional<std::uint64_t>> HundredUsdIn(const AccountView& view, AssetNum asset) {
  if (asset == kTrxAsset) return std::optional<std::uint64_t>(kHundredUsdInSun);
  COINWAKE_ASSIGN_OR_RETURN(const tron::Address tether, tron::ParseAddress(tron::kTetherContract));
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<AssetNum> usdt,
                            FindIfCounted(view, tron::Asset::Trc20(tron::Account(tether))));
  return usdt == asset ? std::optional<std::uint64_t>(kHundredUsdInUsdt) : std::nullopt;
}

absl::Status AnswerOutputs(OpenNetwork& open, const v1::ListTypologiesRequest& request,
                           const Cancellation* cancellation, const Emit& emit, const Warn& warn) {
  if (!request.asset().empty() && request.asset() != kBitcoinAsset) {
    return absl::InvalidArgumentError(absl::StrCat("unknown asset \"", Excerpt(request.asset()),
                                                   "\"; there is ", kBitcoinAsset, " alone"));
  }
  const View& view = open.view();
  COINWAKE_ASSIGN_OR_RETURN(const FactsReader facts, FactsReader::Make(view));
  std::shared_ptr<const Partition> partition;
  if (request.by_cluster()) {
    COINWAKE_ASSIGN_OR_RETURN(partition, open.clusters.Get(Profile::kStrict, cancellation));
  }
  OutputPayments source(facts, partition.get());
  COINWAKE_ASSIGN_OR_RETURN(std::shared_ptr<const KnownServices> services,
                            ServicesOf(open, cancellation));
  const Field field{
      .view = view,
      .source = source,
      .facts = &facts,
      .asset = kBitcoinAsset,
      .parameters = DefaultParameters(kHundredUsdInSatoshi, /*has_accounts=*/false),
      .gaps = {.before = StartOf(view.snapshot())},
      .services = std::move(services),
      .time_of = [&view](std::uint64_t height) -> std::int64_t { return view.Block(height).time; },
      .fill_snapshot = [&view](v1::Snapshot* wire) { FillSnapshot(view.snapshot(), wire); },
      .txid_of = [&view](TxNum tx) { return view.Txid(tx).ToDisplayHex(); },
      .find = [&view](const std::string& text,
                      std::string* name) -> absl::StatusOr<std::optional<AddressNum>> {
        COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> script,
                                  ParseScriptName(text, view.snapshot().network));
        *name = bitcoin::NameOfScript(script, view.snapshot().network);
        const absl::StatusOr<AddressNum> found = view.FindAddress(script);
        if (absl::IsNotFound(found.status())) return std::optional<AddressNum>();
        COINWAKE_RETURN_IF_ERROR(found.status());
        return std::optional<AddressNum>(*found);
      }};
  return AnswerIn(field, request, cancellation, emit, warn);
}

absl::Status AnswerAccounts(OpenNetwork& open, const v1::ListTypologiesRequest& request,
                            const Cancellation* cancellation, const Emit& emit, const Warn& warn) {
  const AccountView& view = open.accounts();
  COINWAKE_ASSIGN_OR_RETURN(const AssetNum asset, FindAssetToFollow(view, request.asset()));
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> hundred_usd,
                            HundredUsdIn(view, asset));
  std::shared_ptr<const AccountPartition> partition;
  if (request.by_cluster()) {
    COINWAKE_ASSIGN_OR_RETURN(partition, open.account_clusters.Get(Profile::kStrict, cancellation));
  }
  AccountPayments source(view, asset, partition.get());
  COINWAKE_ASSIGN_OR_RETURN(std::shared_ptr<const KnownServices> services,
                            ServicesOf(open, cancellation));
  const Field field{
      .view = view,
      .source = source,
      .asset = AssetText(view, asset),
      .parameters = DefaultParameters(hundred_usd, /*has_accounts=*/true),
      .gaps = {.before = StartOf(view.snapshot()), .within = MissingOf(view, asset)},
      .services = std::move(services),
      .time_of = [&view](std::uint64_t height) { return view.TimeOf(height) / 1'000; },
      .fill_snapshot = [&view](v1::Snapshot* wire) { FillSnapshot(view, wire); },
      .txid_of = [&view](TxNum tx) { return view.Txid(tx).ToHex(); },
      .find = [&view](const std::string& text,
                      std::string* name) -> absl::StatusOr<std::optional<AddressNum>> {
        COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(text));
        *name = account.Name();
        const absl::StatusOr<AddressNum> found = view.FindAddress(account.bytes());
        if (absl::IsNotFound(found.status())) return std::optional<AddressNum>();
        COINWAKE_RETURN_IF_ERROR(found.status());
        return std::optional<AddressNum>(*found);
      }};
  return AnswerIn(field, request, cancellation, emit, warn);
}

}  // namespace

absl::Status AnswerTypologies(OpenNetwork& open, const v1::ListTypologiesRequest& request,
                              const Cancellation* cancellation, const Emit& emit,
                              const Warn& warn) {
  if (request.subjects().empty()) {
    return absl::InvalidArgumentError("typologies need at least one address");
  }
  if (static_cast<std::size_t>(request.subjects_size()) > kMaxTypologySubjects) {
    return absl::InvalidArgumentError(absl::StrCat(
        request.subjects_size(), " subjects are too many: at most ", kMaxTypologySubjects));
  }
  return open.has_accounts() ? AnswerAccounts(open, request, cancellation, emit, warn)
                             : AnswerOutputs(open, request, cancellation, emit, warn);
}

}  // namespace coinwake::server
