#include "server/label_answers.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/labels.pb.h"
#include "indexer/base/utf8.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"
#include "labels/label_address.h"
#include "server/account_answers.h"
#include "server/address_answers.h"
#include "server/index_set.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/page_token.h"

namespace coinwake::server {
namespace {

constexpr double kWhole = 1000.0;  // permille

std::string_view TextOf(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

absl::Status FillLabelsOf(const OpenNetwork& open, ByteSpan address, v1::Address* answer) {
  if (open.labels == nullptr) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(
      const std::vector<KnownLabel> labels,
      open.labels->LabelsOf(open.snapshot().network, TextOf(address), open.labels->Now()));
  for (const KnownLabel& label : labels) FillLabel(label, answer->add_labels());
  return absl::OkStatus();
}

// The bytes that `text` names on `network`; nullopt: none that can have labels.
std::optional<std::string> BytesOn(const std::string& text, Network network) {
  if (ChainOf(network) == Chain::kTron) {
    const auto account = tron::ParseAccount(text);
    if (!account.ok()) return std::nullopt;
    return std::string(TextOf(account->bytes()));
  }
  const auto script = ParseScriptName(text, network);
  if (!script.ok()) return std::nullopt;
  return std::string(TextOf(*script));
}

// Ties a page token to a question about labels, and to these labels.
std::string BindingOf(const LabelStore& labels, const v1::ListLabelsRequest& request) {
  std::string binding = absl::StrCat("labels ", labels.Version());
  for (const std::string* field :
       {&request.network(), &request.address(), &request.list(), &request.as_of()}) {
    absl::StrAppend(&binding, " ", field->size(), " ", *field);
  }
  return binding;
}

void FillRevision(const LabelRevision& revision, v1::LabelRevision* wire) {
  const bool is_import = revision.kind == RevisionKind::kImport;
  wire->set_revision(revision.number);
  wire->set_kind(is_import ? "import" : "removal");
  wire->set_time(revision.time);
  wire->set_list(revision.list);
  wire->set_file(ValidUtf8(revision.file));
  if (is_import) wire->set_file_sha256(revision.file_sha256.ToHex());
  wire->set_imported(revision.added);
  wire->set_unchanged(revision.unchanged);
  wire->set_removed(revision.removed);
  wire->set_rejected(revision.rejected);
  wire->set_label_set(LabelStore::VersionAt(revision));
}

absl::StatusOr<std::optional<Network>> NetworkAsked(const v1::ListLabelsRequest& request) {
  if (request.network().empty()) return std::optional<Network>();
  // All networks count as indexed: labels need no index.
  COINWAKE_ASSIGN_OR_RETURN(const Network network,
                            ChooseNetwork(kAllNetworks, request.network(), {}));
  return std::optional<Network>(network);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const LabelStore>> OpenLabels(FileSystem& files,
                                                             const std::string& data_folder) {
  absl::StatusOr<std::unique_ptr<LabelStore>> opened =
      LabelStore::Open(files, data_folder, LabelStore::Mode::kRead);
  if (absl::IsNotFound(opened.status())) return std::shared_ptr<const LabelStore>();
  COINWAKE_RETURN_IF_ERROR(opened.status());
  return std::shared_ptr<const LabelStore>(*std::move(opened));
}

std::string LabelSetOf(const LabelStore* labels) {
  return labels == nullptr ? std::string() : labels->Version();
}

void FillLabel(const KnownLabel& known, v1::Label* wire) {
  const Label& label = known.label;
  wire->set_label(label.name);
  wire->set_category(label.category);
  wire->set_source(label.source);
  wire->set_network(std::string(NetworkName(label.network)));
  wire->set_address(AddressText(label.network, label.address));
  wire->set_class_(std::string(LabelClassName(ClassOf(label))));
  wire->set_actor(label.actor);
  wire->set_actor_name(known.actor_name);
  wire->set_creator(label.creator);
  wire->set_abuse(label.abuse);
  if (label.confidence_permille.has_value()) {
    wire->set_confidence(static_cast<double>(*label.confidence_permille) / kWhole);
  }
  if (label.cluster_definer.has_value()) wire->set_cluster_definer(*label.cluster_definer);
  wire->set_speaks_for_cluster(SpeaksForCluster(label));
  wire->set_list(known.list);
  if (label.valid_from.has_value()) wire->set_valid_from(DateText(*label.valid_from));
  if (label.valid_to.has_value()) wire->set_valid_to(DateText(*label.valid_to));
  wire->set_revision(known.lifetime.added);
  if (known.lifetime.removed != 0) wire->set_removed_revision(known.lifetime.removed);
}

absl::Status AnswerAddress(OpenNetwork& open, const v1::GetAddressRequest& request,
                           const Cancellation* cancellation, v1::Address* answer) {
  if (open.has_accounts()) {
    COINWAKE_RETURN_IF_ERROR(
        AnswerAddress(open.accounts(), request, cancellation, answer, &open.account_clusters));
    COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(request.address()));
    return FillLabelsOf(open, account.bytes(), answer);
  }
  COINWAKE_RETURN_IF_ERROR(
      AnswerAddress(open.view(), open.clusters, request, cancellation, answer));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> script,
                            ParseScriptName(request.address(), open.snapshot().network));
  return FillLabelsOf(open, script, answer);
}

absl::Status AnswerCluster(OpenNetwork& open, const v1::GetClusterRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::Cluster* answer) {
  ClusterLabels labels(open.snapshot().network, open.labels.get());
  if (open.has_accounts()) {
    return AnswerCluster(open.accounts(), open.account_clusters, request, max_page_size,
                         cancellation, answer, &labels);
  }
  return AnswerCluster(open.view(), open.clusters, request, max_page_size, cancellation, answer,
                       &labels);
}

absl::StatusOr<std::vector<LabelQuery>> LabelQueriesOf(const LabelStore* labels,
                                                       const v1::ListLabelsRequest& request) {
  LabelQuery query;
  if (labels != nullptr) query.moment = labels->Now();
  COINWAKE_ASSIGN_OR_RETURN(query.network, NetworkAsked(request));
  if (!request.list().empty()) query.list = request.list();
  if (!request.as_of().empty()) {
    const std::optional<Date> date = ParseDate(request.as_of());
    if (!date.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", Excerpt(request.as_of()), "\" is no date like 2024-09-27"));
    }
    if (labels != nullptr) query.moment = labels->KnownOn(*date);
  }
  if (request.address().empty()) return std::vector<LabelQuery>{query};
  std::vector<LabelQuery> queries;
  for (const Network network : kAllNetworks) {
    if (query.network.has_value() && *query.network != network) continue;
    std::optional<std::string> bytes = BytesOn(request.address(), network);
    if (!bytes.has_value() || bytes->size() > kMaxLabelledBytes) continue;
    queries.push_back(query);
    queries.back().network = network;
    queries.back().address = *std::move(bytes);
  }
  if (!queries.empty()) return queries;
  // Says what is wrong with it.
  COINWAKE_RETURN_IF_ERROR(ParseLabelAddress(request.address(), query.network).status());
  return absl::InvalidArgumentError(
      absl::StrCat(QuotedText(request.address()), " is no address of ", request.network()));
}

absl::Status AnswerLabels(const LabelStore* labels, const v1::ListLabelsRequest& request,
                          std::uint32_t max_page_size, const Cancellation* cancellation,
                          v1::ListLabelsResponse* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<LabelQuery> queries, LabelQueriesOf(labels, request));
  if (labels == nullptr) return absl::OkStatus();
  const std::string binding = BindingOf(*labels, request);
  std::uint64_t skip = 0;
  if (!request.page_token().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(skip, PositionOfPageToken(request.page_token()));
    COINWAKE_RETURN_IF_ERROR(CheckPageToken(request.page_token(), skip, binding));
  }
  answer->set_label_set(labels->Version());
  PageRoom room(
      PageSize(request.page_size(), max_page_size),
      max_page_size == kWholeList ? std::numeric_limits<std::uint64_t>::max() : kMaxPageBytes);
  std::uint64_t position = 0;
  KnownLabel known;
  for (const LabelQuery& query : queries) {
    const std::unique_ptr<LabelCursor> cursor = labels->Find(query);
    for (;;) {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
      COINWAKE_ASSIGN_OR_RETURN(const bool found, cursor->Next(&known));
      if (!found) break;
      if (position++ < skip) continue;
      v1::Label* const wire = answer->add_labels();
      FillLabel(known, wire);
      if (room.Take(wire->ByteSizeLong())) continue;
      answer->mutable_labels()->RemoveLast();
      answer->set_next_page_token(MakePageToken(position - 1, binding));
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::Status AnswerLabelRevisions(const LabelStore* labels,
                                  const v1::ListLabelRevisionsRequest& request,
                                  std::uint32_t max_page_size,
                                  v1::ListLabelRevisionsResponse* answer) {
  // Revisions are only ever added, so that a page token stays good.
  const std::string binding = absl::StrCat("label revisions ", request.list());
  std::uint64_t skip = 0;
  if (!request.page_token().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(skip, PositionOfPageToken(request.page_token()));
    COINWAKE_RETURN_IF_ERROR(CheckPageToken(request.page_token(), skip, binding));
  }
  if (labels == nullptr) return absl::OkStatus();
  PageRoom room(
      PageSize(request.page_size(), max_page_size),
      max_page_size == kWholeList ? std::numeric_limits<std::uint64_t>::max() : kMaxPageBytes);
  for (const LabelRevision& revision : labels->revisions()) {
    if (revision.number <= skip) continue;
    if (!request.list().empty() && revision.list != request.list()) continue;
    v1::LabelRevision* const wire = answer->add_revisions();
    FillRevision(revision, wire);
    if (room.Take(wire->ByteSizeLong())) {
      skip = revision.number;
      continue;
    }
    answer->mutable_revisions()->RemoveLast();
    answer->set_next_page_token(MakePageToken(skip, binding));
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status ClusterLabels::Begin(std::uint64_t members, const Cancellation* cancellation) {
  if (labels_ == nullptr || members <= labels_->labels_count()) return absl::OkStatus();
  by_label_ = true;
  LabelQuery query;
  query.network = network_;
  query.moment = labels_->Now();
  const std::unique_ptr<LabelCursor> cursor = labels_->Find(query);
  KnownLabel known;
  for (;;) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    COINWAKE_ASSIGN_OR_RETURN(const bool found, cursor->Next(&known));
    if (!found) return absl::OkStatus();
    if (SpeaksForCluster(known.label)) labelled_[known.label.address].push_back(known);
  }
}

absl::Status ClusterLabels::Add(ByteSpan member) {
  ++members_;
  if (labels_ == nullptr) return absl::OkStatus();
  if (by_label_) {
    const auto found = labelled_.find(TextOf(member));
    if (found == labelled_.end()) return absl::OkStatus();
    for (const KnownLabel& label : found->second) Take(label);
    return absl::OkStatus();
  }
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<KnownLabel> labels,
                            labels_->LabelsOf(network_, TextOf(member), labels_->Now()));
  for (const KnownLabel& label : labels) {
    if (SpeaksForCluster(label.label)) Take(label);
  }
  return absl::OkStatus();
}

void ClusterLabels::Take(const KnownLabel& label) {
  std::string what;
  for (const std::string* text : {&label.label.name, &label.label.category, &label.label.actor,
                                  &label.label.creator, &label.list}) {
    absl::StrAppend(&what, text->size(), " ", *text);
  }
  absl::StrAppend(&what, label.label.confidence_permille.value_or(0));
  Said& said = said_[what];
  if (said.addresses == 0) said.label = label;
  // From several sources it is the same claim of the same member.
  if (said.last_member != members_) ++said.addresses;
  said.last_member = members_;
}

void ClusterLabels::Fill(v1::Cluster* answer) const {
  std::vector<const Said*> sorted;
  for (const auto& [what, said] : said_) sorted.push_back(&said);
  const auto confidence = [](const Said* said) {
    return said->label.label.confidence_permille.value_or(0);
  };
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Said* a, const Said* b) {
    if (confidence(a) != confidence(b)) return confidence(a) > confidence(b);
    return a->addresses > b->addresses;
  });
  answer->set_labels_count(sorted.size());
  if (sorted.size() > kMaxClusterLabels) sorted.resize(kMaxClusterLabels);
  for (const Said* said : sorted) {
    v1::Label* const wire = answer->add_labels();
    FillLabel(said->label, wire);
    wire->set_addresses(said->addresses);
  }
}

}  // namespace coinwake::server
