#include "server/report_answers.h"

#include <algorithm>
#include <compare>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/exposure.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "indexer/base/amount.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"
#include "reports/decimal.h"
#include "reports/folder_name.h"
#include "server/exposure_answers.h"
#include "server/names.h"
#include "server/trace_words.h"
#include "server/typology_answers.h"

namespace coinwake::server {
namespace {

using Emit = std::function<absl::Status(const v1::ReportEntry&)>;

constexpr char kExit[] = "exit";
constexpr char kHolder[] = "holder";
constexpr char kDefaultPolicy[] = "fifo";
constexpr std::size_t kPolicies = std::size(kReportPolicies);

const std::string& SubjectOf(const v1::TraceSeed& seed) {
  if (seed.has_output()) return seed.output();
  return seed.has_cluster() ? seed.cluster() : seed.address();
}

// What a trace labels a seed that has no label.
absl::StatusOr<std::string> OwnLabel(const OpenNetwork& open, const v1::TraceSeed& seed) {
  const std::string& subject = SubjectOf(seed);
  if (subject.empty()) {
    return absl::InvalidArgumentError("a seed names no address, output or cluster");
  }
  if (seed.has_output()) {
    const std::optional<SeedOutpoint> outpoint = ParseOutpoint(subject);
    if (outpoint.has_value()) {
      return absl::StrCat(outpoint->txid.ToDisplayHex(), ":", outpoint->vout);
    }
    return absl::InvalidArgumentError(
        absl::StrCat("\"", Excerpt(subject), "\" is no output: TXID:VOUT is needed"));
  }
  if (open.has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(subject));
    return account.Name();
  }
  const Network network = open.snapshot().network;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> script,
                            ParseScriptName(subject, network));
  return bitcoin::NameOfScript(script, network);
}

// A seller's part of the request.
v1::TraceRequest TraceOf(const v1::ReportRequest& request, const std::string& seller,
                         const std::vector<int>& seeds) {
  v1::TraceRequest trace;
  trace.set_network(request.network());
  for (const int index : seeds) {
    *trace.add_seeds() = request.seeds(index);
    trace.mutable_seeds()->rbegin()->set_label(seller);
  }
  trace.set_asset(request.asset());
  trace.set_policy(request.policy().empty() ? kDefaultPolicy : request.policy());
  trace.set_fees(request.fees());
  trace.set_stop_at(request.stop_at());
  *trace.mutable_stops() = request.stops();
  if (request.has_max_hops()) trace.set_max_hops(request.max_hops());
  trace.set_since(request.since());
  trace.set_until(request.until());
  trace.set_force(request.force());
  trace.set_bounds("none");  // a report has its own, of each exit and holder
  return trace;
}

// One seller's entries.
class ReportWriter {
 public:
  ReportWriter(OpenNetwork& open, const v1::ReportRequest& request, v1::TraceRequest trace,
               const ReportLimits& limits, const Cancellation* cancellation, const Emit& emit)
      : open_(open),
        request_(std::move(trace)),
        bounded_holders_(request.has_bounded_holders() ? request.bounded_holders()
                                                       : kDefaultBoundedHolders),
        limits_(limits),
        cancellation_(cancellation),
        emit_(emit) {
    entry_.set_seller(request_.seeds(0).label());
  }

  absl::Status Run();

 private:
  using ExitKey = std::pair<std::string, std::string>;  // kind, entity
  using Figures = std::vector<std::string>;             // a policy each

  // A holder whose bounds are told.
  struct Bounded {
    v1::Holding holding;
    Figures figures = Figures(kPolicies, "0");
  };

  absl::Status WriteReceipts();
  absl::Status WriteTraces();
  absl::Status Trace(std::size_t policy, bool is_listed);
  void Consider(const v1::Holding& holding);
  absl::Status WriteBounds();
  absl::StatusOr<std::map<ExitKey, StopBound>> FindExitBounds();
  absl::Status WriteExits();
  absl::Status WriteHolder(Bounded* bounded);
  absl::Status WriteExposure();
  absl::Status WriteExposureOf(const v1::TraceSeed& seed, std::string_view direction);
  absl::Status WriteTypologies();
  absl::Status WriteSummary();

  static std::string KeyOf(const v1::Holding& holding) {
    return holding.has_asset() ? absl::StrCat(holding.address(), " ", holding.pot())
                               : absl::StrCat(holding.txid(), ":", holding.vout());
  }
  // What has no bounds for a limit of theirs is said, and no error.
  absl::Status OnBounds(const absl::Status& status);
  void FillFigures(const Figures& figures, v1::ReportBound* wire) const;
  void Warn(const std::string& text) {
    if (warned_.insert(text).second) summary_.add_warnings(text);
  }
  absl::Status Send() {
    absl::Status status = emit_(entry_);
    entry_.clear_content();
    return status;
  }

  OpenNetwork& open_;
  const v1::TraceRequest request_;
  const std::size_t bounded_holders_;
  const ReportLimits& limits_;
  const Cancellation* const cancellation_;
  const Emit& emit_;
  std::unique_ptr<SellerTrace> seller_;
  v1::ReportEntry entry_;
  v1::ReportSummary summary_;
  std::set<std::string> warned_;

  v1::ReportPolicy by_policy_[kPolicies];
  std::map<ExitKey, Figures> exits_;
  // The largest holdings by the listed policy, the first of equal ones; and where each of them is.
  std::vector<Bounded> bounded_;
  std::map<std::string, std::size_t> bounded_places_;
};

absl::Status ReportWriter::Run() {
  COINWAKE_ASSIGN_OR_RETURN(seller_, PrepareSeller(open_, request_, limits_, cancellation_));
  const std::string& name = entry_.seller();
  if (seller_->labels().size() != 1 || seller_->labels().front() != name) {
    return absl::InternalError("the seeds of one seller have several labels");
  }
  seller_->FillSnapshot(summary_.mutable_snapshot());
  summary_.set_seller(name);
  summary_.set_folder(FolderNameOf(name));
  summary_.set_asset(seller_->asset());
  summary_.set_policy(request_.policy());
  summary_.set_seeds(static_cast<std::uint64_t>(request_.seeds_size()));
  COINWAKE_RETURN_IF_ERROR(WriteReceipts());
  COINWAKE_RETURN_IF_ERROR(WriteTraces());
  COINWAKE_RETURN_IF_ERROR(WriteBounds());
  COINWAKE_RETURN_IF_ERROR(WriteExposure());
  COINWAKE_RETURN_IF_ERROR(WriteTypologies());
  return WriteSummary();
}

absl::Status ReportWriter::WriteReceipts() {
  return seller_->Receipts([this](const v1::ReportReceipt& receipt) {
    if (!summary_.has_first_receipt_time()) summary_.set_first_receipt_time(receipt.time());
    summary_.set_last_receipt_time(receipt.time());
    summary_.set_receipts(summary_.receipts() + 1);
    *entry_.mutable_receipt() = receipt;
    return Send();
  });
}

// The listed policy goes first: its holdings decide whose bounds are told.
absl::Status ReportWriter::WriteTraces() {
  const auto* const listed = std::find(std::begin(kReportPolicies), std::end(kReportPolicies),
                                       std::string_view(request_.policy()));
  if (listed == std::end(kReportPolicies)) {
    return absl::InternalError("a policy that traces know and reports do not");
  }
  const auto first = static_cast<std::size_t>(listed - std::begin(kReportPolicies));
  COINWAKE_RETURN_IF_ERROR(Trace(first, /*is_listed=*/true));
  for (std::size_t i = 0; i < kPolicies; ++i) {
    if (i != first) COINWAKE_RETURN_IF_ERROR(Trace(i, /*is_listed=*/false));
  }
  for (std::size_t i = 0; i < kPolicies; ++i) {
    *entry_.mutable_policy() = by_policy_[i];
    COINWAKE_RETURN_IF_ERROR(Send());
  }
  return absl::OkStatus();
}

absl::Status ReportWriter::Trace(std::size_t policy, bool is_listed) {
  const auto on_holding = [&](const v1::Holding& holding) {
    if (is_listed) {
      Consider(holding);
      *entry_.mutable_holder() = holding;
      return Send();
    }
    const auto place = bounded_places_.find(KeyOf(holding));
    if (place != bounded_places_.end()) bounded_[place->second].figures[policy] = holding.taint();
    return absl::OkStatus();
  };
  const auto on_sink = [&](const v1::Sink& sink) {
    if (sink.kind() == "service" || sink.kind() == "mixer" || sink.kind() == "bridge") {
      const auto exit =
          exits_.try_emplace(ExitKey(sink.kind(), sink.entity()), Figures(kPolicies, "0")).first;
      exit->second[policy] = sink.taint();
    }
    if (!is_listed) return absl::OkStatus();
    *entry_.mutable_exit() = sink;
    return Send();
  };
  const auto on_summary = [&](const v1::Summary& summary) {
    v1::ReportPolicy& figures = by_policy_[policy];
    figures.set_policy(std::string(kReportPolicies[policy]));
    figures.set_seeded(summary.seeded());
    figures.set_unspent(summary.unspent());
    figures.set_exits(summary.exits());
    figures.set_sinks(summary.sinks());
    figures.set_holders(summary.holdings());
    if (!is_listed) return;
    summary_.set_seeded(summary.seeded());
    summary_.set_unspent(summary.unspent());
    summary_.set_exits(summary.exits());
    summary_.set_sinks(summary.sinks());
    summary_.set_holders(summary.holdings());
    for (const std::string& warning : summary.warnings()) Warn(warning);
  };
  COINWAKE_RETURN_IF_ERROR(
      seller_->Trace(kReportPolicies[policy], [&](const v1::TraceEvent& event) {
        if (event.has_holding()) return on_holding(event.holding());
        if (event.has_sink()) return on_sink(event.sink());
        on_summary(event.summary());
        return absl::OkStatus();
      }));
  if (!is_listed) return absl::OkStatus();
  for (std::size_t i = 0; i < bounded_.size(); ++i) {
    bounded_places_[KeyOf(bounded_[i].holding)] = i;
    bounded_[i].figures[policy] = bounded_[i].holding.taint();
  }
  return absl::OkStatus();
}

// Keeps the largest.
void ReportWriter::Consider(const v1::Holding& holding) {
  if (holding.has_pot() || bounded_holders_ == 0) return;
  const auto place =
      std::upper_bound(bounded_.begin(), bounded_.end(), holding.taint(),
                       [](const std::string& taint, const Bounded& other) {
                         return std::is_gt(CompareDecimals(taint, other.holding.taint()));
                       });
  if (place == bounded_.end() && bounded_.size() >= bounded_holders_) return;
  const auto kept = bounded_.insert(place, Bounded{holding});
  kept->holding.clear_runs();
  if (bounded_.size() > bounded_holders_) bounded_.pop_back();
}

absl::Status ReportWriter::OnBounds(const absl::Status& status) {
  if (!absl::IsResourceExhausted(status)) return status;
  Warn(absl::StrCat("bounds that are absent are not told: ", std::string(status.message())));
  return absl::OkStatus();
}

void ReportWriter::FillFigures(const Figures& figures, v1::ReportBound* wire) const {
  for (std::size_t i = 0; i < kPolicies; ++i) {
    v1::ReportFigure* const figure = wire->add_figures();
    figure->set_policy(std::string(kReportPolicies[i]));
    figure->set_amount(figures[i]);
  }
}

absl::Status ReportWriter::WriteBounds() {
  if (request_.fees() == "miner") {
    Warn(
        "bounds end at fees: what went on to coinbases may be in policies' figures, and is in no "
        "max");
  }
  COINWAKE_RETURN_IF_ERROR(WriteExits());
  for (Bounded& bounded : bounded_) COINWAKE_RETURN_IF_ERROR(WriteHolder(&bounded));
  return absl::OkStatus();
}

absl::StatusOr<std::map<ReportWriter::ExitKey, StopBound>> ReportWriter::FindExitBounds() {
  std::map<ExitKey, StopBound> told;
  const absl::StatusOr<std::optional<Bounds>> bounds = seller_->ExitBounds();
  COINWAKE_RETURN_IF_ERROR(OnBounds(bounds.status()));
  if (!bounds.ok() || !bounds->has_value()) return told;
  for (const StopBound& stop : (*bounds)->stops) {
    told[ExitKey(std::string(SinkKindName(stop.kind)),
                 stop.entity.has_value() ? seller_->EntityName(*stop.entity) : "")] = stop;
  }
  if ((*bounds)->stops_count > (*bounds)->stops.size()) {
    Warn(absl::StrCat("bounds that are absent are not told: of ", (*bounds)->stops_count,
                      " exits those of the ", (*bounds)->stops.size(),
                      " that were paid the most are"));
  }
  if ((*bounds)->not_expanded != 0) {
    Warn(absl::StrCat("bounds: max_hops left ", (*bounds)->not_expanded,
                      open_.has_accounts() ? " transfers" : " outputs", " with at most ",
                      ToDecimal(Uint256((*bounds)->not_expanded_max)),
                      " unfollowed; that may have reached any holder, and counts for no exit"));
  }
  return told;
}

absl::Status ReportWriter::WriteExits() {
  COINWAKE_ASSIGN_OR_RETURN(const auto told, FindExitBounds());
  // Where by no policy anything ended, but may have.
  for (const auto& [exit, bound] : told) exits_.try_emplace(exit, Figures(kPolicies, "0"));
  for (const auto& [exit, figures] : exits_) {
    v1::ReportBound* const wire = entry_.mutable_bound();
    wire->set_place(kExit);
    wire->set_kind(exit.first);
    wire->set_entity(exit.second);
    const auto bound = told.find(exit);
    if (bound != told.end()) {
      wire->set_min(ToDecimal(Uint256(bound->second.min)));
      wire->set_max(ToDecimal(Uint256(bound->second.max)));
    }
    FillFigures(figures, wire);
    COINWAKE_RETURN_IF_ERROR(Send());
  }
  return absl::OkStatus();
}

absl::Status ReportWriter::WriteHolder(Bounded* bounded) {
  const v1::Holding& holding = bounded->holding;
  v1::ReportBound wire;
  const absl::StatusOr<std::optional<Bounds>> bounds = seller_->HolderBounds(holding);
  COINWAKE_RETURN_IF_ERROR(OnBounds(bounds.status()));
  if (bounds.ok() && !bounds->has_value()) return absl::OkStatus();  // a seed has all it was paid
  if (bounds.ok()) {
    wire.set_min(ToDecimal(Uint256((*bounds)->min)));
    wire.set_max(ToDecimal(Uint256((*bounds)->max)));
  }
  std::optional<std::string> arrived;
  for (std::size_t i = 0; i < kPolicies; ++i) {
    if (i == 0 || !seller_->AreSame(kReportPolicies[i], kReportPolicies[i - 1])) {
      COINWAKE_ASSIGN_OR_RETURN(arrived, seller_->Arrived(holding, kReportPolicies[i]));
    }
    if (arrived.has_value()) bounded->figures[i] = *arrived;
  }
  wire.set_place(kHolder);
  if (holding.has_address()) wire.set_address(holding.address());
  if (!holding.has_asset()) {
    wire.set_txid(holding.txid());
    wire.set_vout(holding.vout());
  }
  FillFigures(bounded->figures, &wire);
  *entry_.mutable_bound() = std::move(wire);
  return Send();
}

absl::Status ReportWriter::WriteExposureOf(const v1::TraceSeed& seed, std::string_view direction) {
  v1::GetExposureRequest request;
  request.set_network(request_.network());
  request.set_address(SubjectOf(seed));
  request.set_cluster(seed.has_cluster());
  request.set_direction(std::string(direction));
  request.set_policy(request_.policy() == "haircut" ? "haircut" : "fifo");
  request.set_fees(request_.fees());
  request.set_stop_at(request_.stop_at());
  for (const v1::TraceStop& stop : request_.stops()) {
    v1::ExposureStop* const to = request.add_stops();
    to->set_address(stop.address());
    to->set_entity(stop.entity());
  }
  if (request_.has_max_hops()) request.set_max_hops(request_.max_hops());
  request.set_force(request_.force());
  request.set_asset(request_.asset());
  v1::Exposure* const answer = entry_.mutable_exposure();
  COINWAKE_RETURN_IF_ERROR(
      open_.has_accounts() ? AnswerExposure(open_.accounts(), open_.account_clusters, request,
                                            {.max_events = limits_.trace.max_transactions},
                                            cancellation_, &open_.services, answer)
                           : AnswerExposure(open_.view(), open_.clusters, request, limits_.trace,
                                            cancellation_, &open_.services, answer));
  return Send();
}

absl::Status ReportWriter::WriteExposure() {
  std::set<std::pair<bool, std::string>> done;
  std::uint64_t outputs = 0;
  for (const v1::TraceSeed& seed : request_.seeds()) {
    if (seed.has_output()) {
      ++outputs;
      continue;
    }
    if (!done.emplace(seed.has_cluster(), SubjectOf(seed)).second) continue;
    for (const char* const direction : {"source", "destination"}) {
      COINWAKE_RETURN_IF_ERROR(WriteExposureOf(seed, direction));
    }
  }
  if (outputs != 0) {
    Warn(absl::StrCat("exposure and typologies are of addresses: nothing is said of ", outputs,
                      outputs == 1 ? " seed that is an output" : " seeds that are outputs"));
  }
  if (!done.empty() && (!request_.since().empty() || !request_.until().empty())) {
    Warn("exposure and typologies are of the whole index, whatever since and until say");
  }
  return absl::OkStatus();
}

absl::Status ReportWriter::WriteTypologies() {
  v1::ListTypologiesRequest request;
  request.set_network(request_.network());
  request.set_asset(request_.asset());
  std::set<std::string> done;
  for (const v1::TraceSeed& seed : request_.seeds()) {
    if (seed.has_output() || !done.insert(SubjectOf(seed)).second) continue;
    v1::TypologySubject* const subject = request.add_subjects();
    subject->set_address(SubjectOf(seed));
    subject->set_label(entry_.seller());
  }
  if (request.subjects().empty()) return absl::OkStatus();
  return AnswerTypologies(
      open_, request, cancellation_,
      [this](const v1::Typology& typology) {
        if (typology
                .has_summary()) {  // of patterns there is a line each; this is what was not seen
          for (const std::string& cut : typology.cuts()) {
            Warn(absl::StrCat("typologies of ", typology.subject(), ": ", cut));
          }
          return absl::OkStatus();
        }
        summary_.set_typologies(summary_.typologies() + 1);
        *entry_.mutable_typology() = typology;
        return Send();
      },
      [this](const std::string& text) { Warn(absl::StrCat("typologies: ", text)); });
}

absl::Status ReportWriter::WriteSummary() {
  *entry_.mutable_summary() = summary_;
  return Send();
}

}  // namespace

absl::StatusOr<ReportSellers> SellersOf(const OpenNetwork& open, const v1::ReportRequest& request) {
  if (request.seeds().empty()) {
    return absl::InvalidArgumentError("a report needs at least one seed");
  }
  if (request.bounded_holders() > kMostBoundedHolders) {
    return absl::InvalidArgumentError(absl::StrCat("bounds of ", request.bounded_holders(),
                                                   " holders are too many: at most ",
                                                   kMostBoundedHolders));
  }
  ReportSellers sellers;
  for (int i = 0; i < request.seeds_size(); ++i) {
    const v1::TraceSeed& seed = request.seeds(i);
    COINWAKE_RETURN_IF_ERROR(CheckLabel(seed.label()));
    COINWAKE_ASSIGN_OR_RETURN(const std::string own, OwnLabel(open, seed));
    sellers[seed.label().empty() ? own : seed.label()].push_back(i);
  }
  return sellers;
}

absl::Status CheckReport(OpenNetwork& open, const v1::ReportRequest& request,
                         const ReportSellers& sellers, const Cancellation* cancellation) {
  const auto& [seller, seeds] = *sellers.begin();
  return PrepareSeller(open, TraceOf(request, seller, seeds), ReportLimits(), cancellation)
      .status();
}

absl::Status AnswerReport(OpenNetwork& open, const v1::ReportRequest& request,
                          const std::string& seller, const std::vector<int>& seeds,
                          const ReportLimits& limits, const Cancellation* cancellation,
                          const Emit& emit) {
  ReportWriter writer(open, request, TraceOf(request, seller, seeds), limits, cancellation, emit);
  absl::Status status = writer.Run();
  if (status.ok() || absl::IsCancelled(status)) return status;
  return absl::Status(
      status.code(), absl::StrCat("seller ", Excerpt(seller), ": ", std::string(status.message())));
}

absl::Status AnswerReports(OpenNetwork& open, const v1::ReportRequest& request,
                           const ReportLimits& limits, const Cancellation* cancellation,
                           const Emit& emit) {
  COINWAKE_ASSIGN_OR_RETURN(const ReportSellers sellers, SellersOf(open, request));
  for (const auto& [seller, seeds] : sellers) {
    COINWAKE_RETURN_IF_ERROR(
        AnswerReport(open, request, seller, seeds, limits, cancellation, emit));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
