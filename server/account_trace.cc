#include "server/account_trace.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/tron/address.h"
#include "indexer/tron/asset.h"
#include "server/account_answers.h"
#include "server/account_clusters.h"
#include "server/account_names.h"
#include "server/chain_time.h"
#include "server/missing_internals.h"
#include "server/names.h"
#include "server/seed_clusters.h"
#include "server/trace_words.h"
#include "tracer/account_bounds.h"
#include "tracer/account_source.h"
#include "tracer/label_ranking.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

// TRX has 57 bits of supply: six of fraction leave 64 (ALGORITHMS 10.4).
constexpr int kTrxFractionBits = 6;

// Events of blocks below `height` come before it.
EventNum FirstEventAt(const AccountView& view, std::uint64_t height) {
  if (height <= view.snapshot().from_height) return EventNum{0};
  return EventNum{view.TotalsAt(std::min(height - 1, view.snapshot().height)).events};
}

// The heights that seed.
absl::StatusOr<SeedingSpan> ParseTimes(const AccountView& view, const v1::TraceRequest& wire,
                                       PreparedAccountTrace* trace) {
  COINWAKE_ASSIGN_OR_RETURN(HeightSpan heights, HeightsOf(view, wire.since(), wire.until()));
  if (heights.since.has_value()) trace->request.since = FirstEventAt(view, *heights.since).value;
  if (heights.until.has_value()) {
    const std::uint64_t last = std::min(*heights.until, view.snapshot().height);
    trace->request.until = FirstEventAt(view, last + 1).value;
  }
  for (std::string& text : heights.warnings) {
    trace->warnings.push_back({std::move(text), std::nullopt});
  }
  return SeedingSpan{heights.since, heights.until};
}

absl::Status ParseOptions(const v1::TraceRequest& wire, PreparedAccountTrace* trace) {
  AccountTraceRequest* const request = &trace->request;
  COINWAKE_ASSIGN_OR_RETURN(request->policy,
                            Choose<AccountPolicy>("policy", wire.policy(),
                                                  {{"fifo", AccountPolicy::kFifo},
                                                   {"lifo", AccountPolicy::kLifo},
                                                   {"tifo", AccountPolicy::kTifo},
                                                   // A transfer has one output, so there is no
                                                   // order of outputs that these could differ by.
                                                   {"tiho", AccountPolicy::kTifo},
                                                   {"tiso", AccountPolicy::kTifo},
                                                   {"cifo", AccountPolicy::kCifo},
                                                   {"haircut", AccountPolicy::kHaircut},
                                                   {"poison", AccountPolicy::kPoison}}));
  COINWAKE_RETURN_IF_ERROR(
      Choose<bool>("fee mode on accounts", wire.fees(), {{"sink", true}}).status());
  COINWAKE_ASSIGN_OR_RETURN(trace->backward, Choose<bool>("direction", wire.direction(),
                                                          {{kForward, false}, {kBackward, true}}));
  COINWAKE_RETURN_IF_ERROR(
      Choose<bool>("choice of outputs on accounts", wire.outputs(), {{"unspent", true}}).status());
  COINWAKE_RETURN_IF_ERROR(ParseStopAt(wire.stop_at()).status());
  if (wire.stop_mixed()) {
    return absl::InvalidArgumentError("stop_mixed is about outputs, which accounts do not have");
  }
  if (wire.has_max_holdings()) {
    return absl::InvalidArgumentError(
        "max_holdings is about outputs: of accounts all that hold something are sent");
  }
  request->competing = wire.competing();
  if (!wire.min_taint().empty()) {
    const std::optional<Uint128> units = ParseUnits(wire.min_taint());
    if (!units.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", Excerpt(wire.min_taint()), "\" is no least taint: a whole number of base units"));
    }
    request->min_taint = AccountTaint::FromBaseUnits(*units);
  }
  if (wire.has_max_hops()) request->max_hops = wire.max_hops();
  return trace->backward ? CheckAccountSource(*request) : absl::OkStatus();
}

// Turns seeds into accounts of the tracer, and their labels into numbers.
class SeedCollector {
 public:
  // `services` and `clusters` may be null, in which case no cluster can be a seed. `span` is that
  // of the trace's events.
  SeedCollector(const AccountView& view, ServiceSource* services, AccountClusters* clusters,
                bool force, const SeedingSpan& span, const SubjectWords& words,
                const Cancellation* cancellation, PreparedAccountTrace* trace)
      : view_(view),
        services_(services),
        clusters_(clusters),
        force_(force),
        span_(span),
        words_(words),
        cancellation_(cancellation),
        trace_(trace) {}

  absl::Status Add(const v1::TraceSeed& seed) {
    COINWAKE_RETURN_IF_ERROR(CheckLabel(seed.label()));
    if (seed.has_output()) {
      return absl::InvalidArgumentError(
          "a seed output is none of a chain that has accounts: seed its account");
    }
    if (!seed.has_address() && !seed.has_cluster()) {
      return absl::InvalidArgumentError("a seed names no address or cluster");
    }
    const std::string& subject = seed.has_cluster() ? seed.cluster() : seed.address();
    COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(subject));
    const std::string name = account.Name();
    const std::uint32_t label =
        labels_.NumberOf(seed.label().empty() ? name : seed.label(), &trace_->request.labels);
    const absl::StatusOr<AddressNum> address = view_.FindAddress(account.bytes());
    if (absl::IsNotFound(address.status())) {
      trace_->warnings.push_back({absl::StrCat(words_.subject, " ", name, " was never seen on ",
                                               std::string(NetworkName(view_.snapshot().network)),
                                               " up to height ", view_.snapshot().height),
                                  label});
      return absl::OkStatus();
    }
    COINWAKE_RETURN_IF_ERROR(address.status());
    if (seed.has_cluster()) return AddCluster(name, *address, label);
    AddAccount(*address, label);
    return WarnIfCutAway(name, {*address}, label);
  }

 private:
  void AddAccount(AddressNum address, std::uint32_t label) {
    // What arrives in an account's pots comes out of its own free balance, and goes back there,
    // which is no receipt; but that a token's issuer gets the frozen supply right into its pot.
    trace_->request.seeds.push_back({AccountOf(address, Pot::kFree), label});
    if (IsOfKind(view_, trace_->asset, tron::AssetKind::kTrc10)) {
      trace_->request.seeds.push_back({AccountOf(address, Pot::kFrozenSupply), label});
    }
  }

  // Where none of `members` received anything in the time asked for.
  absl::Status WarnIfCutAway(const std::string& name, const std::vector<AddressNum>& members,
                             std::uint32_t label) {
    if (!span_.CutsSome(view_.snapshot())) return absl::OkStatus();
    for (const AddressNum member : members) {
      COINWAKE_ASSIGN_OR_RETURN(const bool seeded, ReceivesInTime(member));
      if (seeded) return absl::OkStatus();
    }
    trace_->warnings.push_back({absl::StrCat(words_.subject, " ", name, " received nothing ",
                                             span_.NothingText(view_.snapshot())),
                                label});
    return absl::OkStatus();
  }

  absl::StatusOr<bool> ReceivesInTime(AddressNum address) {
    constexpr std::size_t kPageEvents = 1024;
    const std::uint64_t end = trace_->request.until.value_or(view_.events_count());
    std::vector<EventNum> events;
    EventNum next{trace_->request.since.value_or(0)};
    do {
      COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation_));
      events.clear();
      COINWAKE_RETURN_IF_ERROR(view_.EventsOf(address, trace_->asset, next, kPageEvents, &events));
      for (const EventNum event : events) {
        if (event.value >= end) return false;
        const std::optional<Movement> movement = MovementOf(view_.Event(event));
        if (!movement.has_value() || movement->kind == AccountEventKind::kWithin) continue;
        if (movement->to == kNobody || AddressOf(movement->to) != address) continue;
        const Pot pot = PotOf(movement->to);  // as AddAccount() seeds them
        if (pot == Pot::kFree || pot == Pot::kFrozenSupply) return true;
      }
      if (!events.empty()) next = events.back() + 1;
    } while (events.size() == kPageEvents);
    return false;
  }

  absl::Status AddCluster(const std::string& name, AddressNum address, std::uint32_t label) {
    if (clusters_ == nullptr || services_ == nullptr) {
      return absl::InvalidArgumentError("no clusters are at hand to seed one");
    }
    COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const AccountPartition> partition,
                              clusters_->Get(Profile::kStrict, cancellation_));
    const std::uint64_t size = partition->SizeOf(address);
    if (!force_) COINWAKE_RETURN_IF_ERROR(CheckSeedClusterSize(name, size));
    const std::vector<AddressNum> members = partition->Members(address, std::nullopt, size);
    if (!force_) {
      COINWAKE_RETURN_IF_ERROR(
          CheckSeedClusterLabels(view_, services_->labels(), name, members, cancellation_));
      COINWAKE_RETURN_IF_ERROR(CheckUse(name, address));
    }
    for (const AddressNum member : members) AddAccount(member, label);
    return WarnIfCutAway(absl::StrCat("cluster of ", name), members, label);
  }

  // kFailedPrecondition where what accounts do shows a service.
  absl::Status CheckUse(const std::string& name, AddressNum address) {
    COINWAKE_ASSIGN_OR_RETURN(const ServiceSource::Answer known,
                              services_->Get({.services = true, .mixers = true}, cancellation_));
    if (known.services == nullptr) return absl::OkStatus();
    const std::optional<Stop> stop = known.services->At(address);
    if (!stop.has_value()) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        "the cluster of ", name, " is a service, as its deposit accounts show: ",
        Excerpt(known.services->entities()[stop->entity]), "; force seeds it all the same"));
  }

  const AccountView& view_;
  ServiceSource* const services_;
  AccountClusters* const clusters_;
  const bool force_;
  const SeedingSpan span_;
  const SubjectWords& words_;
  const Cancellation* const cancellation_;
  PreparedAccountTrace* const trace_;
  LabelNumbers labels_;
};

absl::StatusOr<std::shared_ptr<const TraceStops>> StopsOf(const AccountView& view,
                                                          const v1::TraceRequest& wire,
                                                          ServiceSource* services,
                                                          const Cancellation* cancellation,
                                                          PreparedAccountTrace* trace) {
  absl::flat_hash_set<std::uint32_t> seeds;
  for (const AccountSeed& seed : trace->request.seeds) seeds.insert(seed.account);
  const StopContext context{
      .view = view,
      .find = [&view](const std::string& text) -> absl::StatusOr<StopContext::Subject> {
        COINWAKE_ASSIGN_OR_RETURN(const tron::Account account, tron::ParseAccount(text));
        const absl::StatusOr<AddressNum> address = view.FindAddress(account.bytes());
        if (absl::IsNotFound(address.status())) {
          return StopContext::Subject{account.Name(), std::nullopt};
        }
        COINWAKE_RETURN_IF_ERROR(address.status());
        return StopContext::Subject{account.Name(), *address};
      },
      .is_seed =
          [&seeds](AddressNum address) { return seeds.contains(AccountOf(address, Pot::kFree)); },
      .services = services,
      .cancellation = cancellation};
  return MakeTraceStops(wire, context, &trace->warnings);
}

void AddCaveats(const AccountView& view, AssetNum asset, std::vector<TraceWarning>* warnings) {
  const TronTotals& totals = view.totals();
  if (totals.without_receipt != 0) {
    warnings->push_back({absl::StrCat(totals.without_receipt,
                                      " transactions have no receipt: what only they tell was not "
                                      "followed"),
                         std::nullopt});
  }
  if (asset == kTrxAsset && LacksInternals(view)) {
    const char* const where = totals.internal_transactions == 0
                                  ? "no receipt tells"
                                  : "the receipts of a long part of the chain do not tell";
    warnings->push_back(
        {absl::StrCat(where,
                      " of internal transactions: TRX that contracts moved was not followed"),
         std::nullopt});
  }
}

// Writes a trace's parts as events, one message reused for all of a kind.
class EventWriter : public AccountTraceReceiver {
 public:
  EventWriter(const AccountView& view, const PreparedAccountTrace& trace,
              const std::vector<FigureBounds>& bounds,
              const std::function<absl::Status(const v1::TraceEvent&)>& emit)
      : view_(view),
        trace_(trace),
        asset_(AssetText(view, trace.asset)),
        warnings_(trace.warnings),
        bounds_(trace.bounds, bounds),
        emit_(emit) {}

  absl::Status OnHolding(const AccountHolding& holding) override {
    event_.Clear();
    v1::Holding* const wire = event_.mutable_holding();
    wire->set_label(LabelText(holding.label));
    wire->set_address(AccountName(view_, AddressOf(holding.account)));
    wire->set_asset(asset_);
    wire->set_balance(ToDecimal(Uint256(holding.balance)));
    wire->set_value(wire->balance());
    wire->set_taint(holding.taint.ToString());
    for (const AccountRun& run : holding.runs) {
      v1::Run* const to = wire->add_runs();
      to->set_length(ToDecimal(Uint256(run.length)));
      if (run.label != kCleanLabel) to->set_label(LabelText(run.label));
    }
    wire->set_assumed_opening(ToDecimal(Uint256(holding.assumed_opening)));
    wire->set_degraded(holding.degraded);
    if (const Pot pot = PotOf(holding.account); pot != Pot::kFree) {
      wire->set_pot(std::string(PotName(pot)));
    }
    return Send();
  }

  absl::Status OnSink(const AccountSink& sink) override {
    event_.Clear();
    v1::Sink* const wire = event_.mutable_sink();
    wire->set_label(LabelText(sink.label));
    wire->set_kind(std::string(SinkKindName(sink.kind)));
    if (sink.entity.has_value()) wire->set_entity(trace_.stops->EntityName(*sink.entity));
    wire->set_taint(sink.taint.ToString());
    return Send();
  }

  absl::Status OnSummary(const AccountSummary& summary) override {
    event_.Clear();
    v1::Summary* const wire = event_.mutable_summary();
    FillSnapshot(view_, wire->mutable_snapshot());
    wire->set_label(LabelText(summary.label));
    wire->set_seeded(summary.seeded.ToString());
    wire->set_unspent(summary.unspent.ToString());
    wire->set_exits(summary.exits.ToString());
    wire->set_sinks(summary.sinks.ToString());
    wire->set_holdings(summary.holdings);
    wire->set_direction(trace_.backward ? kBackward : kForward);
    Fill(summary.degraded, wire->mutable_degraded());
    Fill(summary.opened, wire->mutable_assumed_openings());
    if (trace_.request.policy == AccountPolicy::kHaircut) {
      wire->set_fraction_bits(static_cast<std::uint32_t>(summary.fraction_bits));
    }
    warnings_.AddTo(summary.label, wire);
    bounds_.AddTo(summary.label, wire);
    return Send();
  }

 private:
  const std::string& LabelText(std::uint32_t label) const { return trace_.request.labels[label]; }

  void Fill(const AccountsNoted& noted, v1::NotedAccounts* wire) const {
    wire->set_count(noted.count);
    for (const std::uint32_t account : noted.first) {
      v1::NotedAccount* const to = wire->add_first();
      to->set_address(AccountName(view_, AddressOf(account)));
      if (const Pot pot = PotOf(account); pot != Pot::kFree) {
        to->set_pot(std::string(PotName(pot)));
      }
    }
  }

  absl::Status Send() {
    COINWAKE_RETURN_IF_ERROR(view_.damage().status());
    return emit_(event_);
  }

  const AccountView& view_;
  const PreparedAccountTrace& trace_;
  const std::string asset_;
  const WarningsByLabel warnings_;
  const SummaryBounds bounds_;
  const std::function<absl::Status(const v1::TraceEvent&)>& emit_;
  v1::TraceEvent event_;
};

// Summaries of labels none of whose seeds was ever seen, in byte order.
absl::Status SendZeros(const std::vector<std::string>& labels, AccountTraceReceiver& receiver) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> ranking, RankLabels(labels));
  for (const std::uint32_t label : ranking) {
    AccountSummary summary;
    summary.label = label;
    COINWAKE_RETURN_IF_ERROR(receiver.OnSummary(summary));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PreparedAccountTrace> PrepareTrace(
    const AccountView& view, const v1::TraceRequest& request, ServiceSource* services,
    const Cancellation* cancellation, AccountClusters* clusters, const SubjectWords& words) {
  PreparedAccountTrace trace;
  COINWAKE_RETURN_IF_ERROR(ParseOptions(request, &trace));
  COINWAKE_ASSIGN_OR_RETURN(trace.bounds, ReadBoundsTerms(request, /*accounts=*/true));
  const std::uint64_t without_receipt = view.totals().without_receipt;
  if (trace.bounds.absent.empty() && without_receipt != 0) {
    trace.bounds.absent =
        absl::StrCat(without_receipt,
                     " transactions of the index have no receipt: what they moved "
                     "may be missing, and bounds would say more than is known");
  }
  COINWAKE_ASSIGN_OR_RETURN(const SeedingSpan span, ParseTimes(view, request, &trace));
  COINWAKE_ASSIGN_OR_RETURN(trace.asset, FindAssetToFollow(view, request.asset()));
  COINWAKE_RETURN_IF_ERROR(ViewAccounts::CheckFits(view));
  if (trace.asset == kTrxAsset) trace.request.fraction_bits = kTrxFractionBits;
  if (request.seeds().empty()) return absl::InvalidArgumentError("a trace needs at least one seed");
  SeedCollector collector(view, services, clusters, request.force(), span, words, cancellation,
                          &trace);
  for (const v1::TraceSeed& seed : request.seeds()) COINWAKE_RETURN_IF_ERROR(collector.Add(seed));
  COINWAKE_ASSIGN_OR_RETURN(trace.stops, StopsOf(view, request, services, cancellation, &trace));
  trace.request.stops = trace.stops.get();
  AddCaveats(view, trace.asset, &trace.warnings);
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return trace;
}

absl::Status AnswerTrace(const AccountView& view, const PreparedAccountTrace& trace,
                         const AccountTraceLimits& limits, const Cancellation* cancellation,
                         const std::function<absl::Status(const v1::TraceEvent&)>& emit) {
  if (trace.request.seeds.empty()) {
    EventWriter writer(view, trace, {}, emit);
    return SendZeros(trace.request.labels, writer);
  }
  ViewAccounts accounts(view, trace.asset,
                        [&view](AddressNum address) { return AccountName(view, address); });
  std::vector<FigureBounds> bounds;
  if (trace.bounds.absent.empty()) {
    COINWAKE_ASSIGN_OR_RETURN(bounds, FindAccountFigureBounds(accounts, trace.request,
                                                              trace.bounds.limits, cancellation));
  }
  EventWriter writer(view, trace, bounds, emit);
  const auto run = trace.backward ? RunAccountSource : RunAccountTrace;
  COINWAKE_RETURN_IF_ERROR(run(accounts, trace.request, limits, cancellation, writer).status());
  return view.damage().status();
}

}  // namespace coinwake::server
