// From the words of a trace request to the tracer's terms.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/bitcoin/address.h"
#include "server/chain_time.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/seed_clusters.h"
#include "server/trace_answers.h"
#include "server/trace_words.h"
#include "tracer/source.h"

namespace coinwake::server {
namespace {

absl::Status ParseOptions(const v1::TraceRequest& wire, PreparedTrace* trace) {
  TraceRequest* const request = &trace->request;
  COINWAKE_ASSIGN_OR_RETURN(request->policy, Choose<Policy>("policy", wire.policy(),
                                                            {{"fifo", Policy::kFifo},
                                                             {"lifo", Policy::kLifo},
                                                             {"tifo", Policy::kTifo},
                                                             {"tiho", Policy::kTiho},
                                                             {"tiso", Policy::kTiso},
                                                             {"cifo", Policy::kCifo},
                                                             {"haircut", Policy::kHaircut},
                                                             {"poison", Policy::kPoison}}));
  COINWAKE_ASSIGN_OR_RETURN(
      request->fees, Choose<FeeMode>("fee mode", wire.fees(),
                                     {{"sink", FeeMode::kSink}, {"miner", FeeMode::kMiner}}));
  COINWAKE_ASSIGN_OR_RETURN(trace->backward, Choose<bool>("direction", wire.direction(),
                                                          {{kForward, false}, {kBackward, true}}));
  COINWAKE_ASSIGN_OR_RETURN(
      request->all_outputs,
      Choose<bool>("choice of outputs", wire.outputs(), {{"unspent", false}, {"all", true}}));
  COINWAKE_RETURN_IF_ERROR(ParseStopAt(wire.stop_at()).status());
  request->competing = wire.competing();
  request->stop_mixed = wire.stop_mixed();
  if (request->stop_mixed && !KeepsOrder(request->policy)) {  // also where no seed was ever seen
    return absl::InvalidArgumentError(absl::StrCat(
        "stop_mixed needs a policy that keeps order, not ", std::string(wire.policy())));
  }
  if (!wire.min_taint().empty()) {
    const std::optional<std::uint64_t> satoshi = ParseNumber(wire.min_taint());
    if (!satoshi.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", Excerpt(wire.min_taint()), "\" is no least taint: a whole number of satoshi"));
    }
    request->min_taint = Taint::FromSatoshi(*satoshi);
  }
  if (wire.has_max_hops()) request->max_hops = wire.max_hops();
  COINWAKE_ASSIGN_OR_RETURN(trace->bounds, ReadBoundsTerms(wire, /*accounts=*/false));
  trace->max_holdings = wire.has_max_holdings() ? wire.max_holdings() : kDefaultHoldings;
  if (trace->max_holdings == 0) {
    return absl::InvalidArgumentError("max_holdings is 0: at least one is kept of each label");
  }
  return trace->backward ? CheckSourceTrace(*request) : absl::OkStatus();
}

absl::Status ParseTimes(const View& view, const v1::TraceRequest& wire, PreparedTrace* trace) {
  COINWAKE_ASSIGN_OR_RETURN(HeightSpan heights, HeightsOf(view, wire.since(), wire.until()));
  trace->request.since_height = heights.since;
  trace->request.until_height = heights.until;
  for (std::string& text : heights.warnings) {
    trace->warnings.push_back({std::move(text), std::nullopt});
  }
  return absl::OkStatus();
}

// The first output of a block at or above `height`, as far as there is one.
OutputNum FirstOutputAt(const View& view, std::uint64_t height) {
  if (height <= view.snapshot().from_height) return OutputNum{0};
  if (height > view.snapshot().height) return OutputNum{view.outputs_count()};
  const TxNum first = view.Block(height).transactions.begin;
  return first.value < view.transactions_count() ? view.Outputs(first).begin
                                                 : OutputNum{view.outputs_count()};
}

// Turns seeds into outputs, and their labels into numbers.
class SeedCollector {
 public:
  // The heights of `trace` are known.
  SeedCollector(const View& view, ClusterSource& clusters, const LabelStore* labels, bool force,
                const SubjectWords& words, const Cancellation* cancellation, PreparedTrace* trace)
      : view_(view),
        clusters_(clusters),
        labels_of_addresses_(labels),
        force_(force),
        words_(words),
        cancellation_(cancellation),
        trace_(trace),
        span_{trace->request.since_height, trace->request.until_height},
        cuts_(span_.CutsSome(view.snapshot())),
        seeding_{FirstOutputAt(view, span_.since.value_or(0)),
                 FirstOutputAt(view, std::min(span_.until.value_or(view.snapshot().height),
                                              view.snapshot().height) +
                                         1)} {}

  absl::Status Add(const v1::TraceSeed& seed) {
    COINWAKE_RETURN_IF_ERROR(CheckLabel(seed.label()));
    switch (seed.subject_case()) {
      case v1::TraceSeed::kAddress:
        return AddAddress(seed.address(), seed.label());
      case v1::TraceSeed::kOutput:
        return AddOutput(seed.output(), seed.label());
      case v1::TraceSeed::kCluster:
        return AddCluster(seed.cluster(), seed.label());
      case v1::TraceSeed::SUBJECT_NOT_SET:
        break;
    }
    return absl::InvalidArgumentError("a seed names no address, output or cluster");
  }

 private:
  std::uint32_t LabelNumber(std::string_view label) {
    return labels_.NumberOf(label, &trace_->request.labels);
  }

  // Sets `*seeded` where an output is within the request's heights.
  absl::Status AddOutputsOf(AddressNum address, std::uint32_t label, bool* seeded) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<OutputNum> outputs, SeedsOfAddress(view_, address));
    for (const OutputNum output : outputs) {
      trace_->request.seeds.push_back({output, label});
      *seeded = *seeded || seeding_.contains(output);
    }
    return absl::OkStatus();
  }

  void WarnIfCutAway(std::string_view name, std::uint32_t label, bool seeded) {
    if (seeded || !cuts_) return;
    trace_->warnings.push_back(
        {absl::StrCat(words_.subject, " ", Excerpt(name), " received nothing ",
                      span_.NothingText(view_.snapshot())),
         label});
  }

  // The script `name` stands for and its label number, `label` or the name as answers print it.
  absl::StatusOr<std::vector<std::uint8_t>> ParseSubject(std::string_view name,
                                                         std::string_view label,
                                                         std::uint32_t* label_number) {
    const Network network = view_.snapshot().network;
    COINWAKE_ASSIGN_OR_RETURN(std::vector<std::uint8_t> script, ParseScriptName(name, network));
    *label_number =
        label.empty() ? LabelNumber(bitcoin::NameOfScript(script, network)) : LabelNumber(label);
    return script;
  }

  // nullopt, with a warning for `label`, for a script never seen.
  absl::StatusOr<std::optional<AddressNum>> Find(std::string_view name, ByteSpan script,
                                                 std::uint32_t label) {
    const absl::StatusOr<AddressNum> address = view_.FindAddress(script);
    if (address.ok()) return *address;
    if (!absl::IsNotFound(address.status())) return address.status();
    std::string warning = absl::StrCat(words_.subject, " ", Excerpt(name), " was never seen on ",
                                       NetworkOf(view_), " up to height ", view_.snapshot().height);
    COINWAKE_ASSIGN_OR_RETURN(const std::string also, PaidAs(view_, script));
    if (!also.empty()) absl::StrAppend(&warning, also, ": ", words_.as_well);
    trace_->warnings.push_back({std::move(warning), label});
    return std::optional<AddressNum>();
  }

  absl::Status AddAddress(std::string_view name, std::string_view label) {
    std::uint32_t number = 0;
    COINWAKE_ASSIGN_OR_RETURN(const auto script, ParseSubject(name, label, &number));
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<AddressNum> address, Find(name, script, number));
    if (!address.has_value()) return absl::OkStatus();
    bool seeded = false;
    COINWAKE_RETURN_IF_ERROR(AddOutputsOf(*address, number, &seeded));
    WarnIfCutAway(name, number, seeded);
    return absl::OkStatus();
  }

  absl::Status AddCluster(std::string_view name, std::string_view label) {
    std::uint32_t number = 0;
    COINWAKE_ASSIGN_OR_RETURN(const auto script, ParseSubject(name, label, &number));
    COINWAKE_ASSIGN_OR_RETURN(const std::optional<AddressNum> address, Find(name, script, number));
    if (!address.has_value()) return absl::OkStatus();
    COINWAKE_ASSIGN_OR_RETURN(const Cluster cluster,
                              clusters_.Of(*address, Profile::kStrict, cancellation_));
    const std::uint64_t size = cluster.size();
    if (!force_) COINWAKE_RETURN_IF_ERROR(CheckSeedClusterSize(name, size));
    const std::vector<AddressNum> members = cluster.Members(std::nullopt, size);
    if (!force_) {
      COINWAKE_RETURN_IF_ERROR(
          CheckSeedClusterLabels(view_, labels_of_addresses_, name, members, cancellation_));
    }
    bool seeded = false;
    for (const AddressNum member : members) {
      COINWAKE_RETURN_IF_ERROR(AddOutputsOf(member, number, &seeded));
    }
    WarnIfCutAway(absl::StrCat("cluster of ", Excerpt(name)), number, seeded);
    return absl::OkStatus();
  }

  absl::Status AddOutput(std::string_view name, std::string_view label) {
    const std::optional<SeedOutpoint> outpoint = ParseOutpoint(name);
    if (!outpoint.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", Excerpt(name), "\" is no output: TXID:VOUT is needed"));
    }
    const std::string canonical = absl::StrCat(outpoint->txid.ToDisplayHex(), ":", outpoint->vout);
    const absl::StatusOr<TxNum> tx = view_.FindTransaction(outpoint->txid);
    if (!tx.ok() && !absl::IsNotFound(tx.status())) return tx.status();
    if (!tx.ok() || outpoint->vout >= view_.Outputs(*tx).size()) {
      return absl::NotFoundError(absl::StrCat("seed output ", canonical, " is not on ",
                                              NetworkOf(view_), " up to height ",
                                              view_.snapshot().height));
    }
    const OutputNum output = view_.Outputs(*tx).begin + outpoint->vout;
    const std::uint32_t number = LabelNumber(label.empty() ? canonical : label);
    trace_->request.seeds.push_back({output, number});
    if (cuts_ && !seeding_.contains(output)) {
      trace_->warnings.push_back(
          {absl::StrCat(words_.subject, " ", canonical, " was created at height ",
                        view_.HeightOf(*tx), ", not ", span_.NothingText(view_.snapshot())),
           number});
    }
    return absl::OkStatus();
  }

  const View& view_;
  ClusterSource& clusters_;
  const LabelStore* const labels_of_addresses_;
  const bool force_;
  const SubjectWords& words_;
  const Cancellation* const cancellation_;
  PreparedTrace* const trace_;
  const SeedingSpan span_;
  const bool cuts_;
  const IdRange<OutputNum> seeding_;  // what is within the span
  LabelNumbers labels_;
};

absl::StatusOr<std::shared_ptr<const TraceStops>> StopsOf(const View& view,
                                                          const v1::TraceRequest& wire,
                                                          ServiceSource* services,
                                                          const Cancellation* cancellation,
                                                          PreparedTrace* trace) {
  absl::flat_hash_set<AddressNum> seeded;
  if (!wire.stops().empty()) {
    for (const Seed& seed : trace->request.seeds) seeded.insert(view.AddressOf(seed.output));
  }
  const StopContext context{
      .view = view,
      .find = [&view](const std::string& text) -> absl::StatusOr<StopContext::Subject> {
        const Network network = view.snapshot().network;
        COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> script,
                                  ParseScriptName(text, network));
        std::string name = bitcoin::NameOfScript(script, network);
        const absl::StatusOr<AddressNum> address = view.FindAddress(script);
        if (absl::IsNotFound(address.status())) {
          return StopContext::Subject{std::move(name), std::nullopt};
        }
        COINWAKE_RETURN_IF_ERROR(address.status());
        return StopContext::Subject{std::move(name), *address};
      },
      .is_seed = [&seeded](AddressNum address) { return seeded.contains(address); },
      .services = services,
      .cancellation = cancellation};
  return MakeTraceStops(wire, context, &trace->warnings);
}

}  // namespace

absl::StatusOr<PreparedTrace> PrepareTrace(const View& view, ClusterSource& clusters,
                                           const v1::TraceRequest& request,
                                           const Cancellation* cancellation,
                                           ServiceSource* services, const SubjectWords& words) {
  PreparedTrace trace;
  COINWAKE_RETURN_IF_ERROR(ParseOptions(request, &trace));
  COINWAKE_RETURN_IF_ERROR(ParseTimes(view, request, &trace));
  if (request.seeds().empty()) return absl::InvalidArgumentError("a trace needs at least one seed");
  SeedCollector collector(view, clusters, services == nullptr ? nullptr : services->labels(),
                          request.force(), words, cancellation, &trace);
  for (const v1::TraceSeed& seed : request.seeds()) COINWAKE_RETURN_IF_ERROR(collector.Add(seed));
  COINWAKE_ASSIGN_OR_RETURN(trace.stops, StopsOf(view, request, services, cancellation, &trace));
  trace.request.stops = trace.stops.get();
  COINWAKE_RETURN_IF_ERROR(view.damage().status());
  return trace;
}

}  // namespace coinwake::server
