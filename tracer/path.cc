// K best paths over the DAG of spends, in one pass in chain order.
//
// Every transaction keeps the partial paths that arrive at it. One may be dropped when `count`
// others arrive there that stay ahead of it whatever follows (every extension of it is also an
// extension of theirs): so the lists stay short and the answer stays exact, ties included.
#include "tracer/path.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "tracer/tx_frontier.h"
#include "tracer/work_meter.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kNoParent = 0xffffffff;
constexpr std::uint64_t kMost64 = std::numeric_limits<std::uint64_t>::max();
// Haircut knows no shares of more.
constexpr std::uint64_t kMostSharedSat = kMost64 >> Taint::kFractionBits;

// A path up to the spend of `source` by `tx`.
struct Partial {
  TxNum tx;
  OutputNum source;
  std::uint64_t width = 0;  // what never grows: the bottleneck; of kTaint what it carries
  std::uint32_t hops = 0;
  std::uint32_t parent = kNoParent;  // the partial path that created `source`
};

// A whole path: partial path `last`, ending in `target`.
struct Complete {
  std::uint32_t last = 0;
  TxNum tx;
  OutputNum target;
  std::uint64_t width = 0;
  std::uint32_t hops = 0;
};

bool IsByWidth(BestPath best) { return best == BestPath::kWidest || best == BestPath::kTaint; }

// What all inputs of `tx` are worth, where haircut knows how outputs share in it.
std::optional<std::uint64_t> SharedValue(const View& view, TxNum tx) {
  std::uint64_t sum = 0;
  const IdRange<InputNum> inputs = view.Inputs(tx);
  for (InputNum input = inputs.begin; input < inputs.end; ++input) {
    const std::optional<std::uint64_t> value = view.SourceValue(view.Source(input));
    if (!value.has_value() || *value > kMostSharedSat - sum) return std::nullopt;
    sum += *value;
  }
  std::uint64_t left = sum;
  const IdRange<OutputNum> outputs = view.Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const std::uint64_t value = view.Value(output);
    if (value > left) return std::nullopt;
    left -= value;
  }
  return sum == 0 ? std::nullopt : std::optional(sum);
}

// The transactions from the block at `since` on to the one at `until`.
IdRange<TxNum> TransactionsBetween(const View& view, const PathRequest& request) {
  const Snapshot& snapshot = view.snapshot();
  const auto end_of = [&](std::uint64_t height) {
    if (height >= snapshot.height) return TxNum{view.transactions_count()};
    if (height < snapshot.from_height) return TxNum{0};
    return view.Block(height).transactions.end;
  };
  const std::uint64_t since = request.since_height.value_or(0);
  return {since == 0 ? TxNum{0} : end_of(since - 1),
          end_of(request.until_height.value_or(kMost64))};
}

// Counts, for partial paths given in the order (hops, earliest), how many earlier ones stay ahead.
class Dominance {
 public:
  Dominance(BestPath best, std::uint32_t count) : best_(best), count_(count) {}

  // True, and remembered, when fewer than `count` earlier ones dominate this one.
  bool Keep(const Partial& partial) {
    if (!IsByWidth(best_) && partial.hops != hops_) {
      // Fewer hops stay fewer: all before dominate, whatever their width.
      for (std::uint64_t& width : widest_) width = kMost64;
      hops_ = partial.hops;
    }
    if (widest_.size() == count_) {
      if (widest_.front() >= partial.width) return false;
      std::pop_heap(widest_.begin(), widest_.end(), std::greater<>());
      widest_.pop_back();
    }
    widest_.push_back(partial.width);
    std::push_heap(widest_.begin(), widest_.end(), std::greater<>());
    return true;
  }

 private:
  const BestPath best_;
  const std::uint32_t count_;
  std::uint32_t hops_ = 0;
  std::vector<std::uint64_t> widest_;  // the `count` largest widths so far, smallest first
};

using Barred = absl::flat_hash_set<TxNum>;

bool IsEnd(AddressNum address, AddressNum one, const std::vector<AddressNum>& cluster) {
  if (cluster.empty()) return address == one;
  return std::binary_search(cluster.begin(), cluster.end(), address);
}

// Ascending.
absl::StatusOr<std::vector<OutputNum>> OutputsOf(const View& view, AddressNum one,
                                                 const std::vector<AddressNum>& cluster) {
  if (cluster.empty()) return SeedsOfAddress(view, one);
  std::vector<OutputNum> outputs;
  for (const AddressNum address : cluster) {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<OutputNum> its, SeedsOfAddress(view, address));
    outputs.insert(outputs.end(), its.begin(), its.end());
  }
  std::sort(outputs.begin(), outputs.end());
  return outputs;
}

class PathSearch {
 public:
  PathSearch(const View& view, const PathRequest& request, const Barred& barred, WorkMeter& meter)
      : view_(view),
        request_(request),
        barred_(barred),
        meter_(meter),
        window_(TransactionsBetween(view, request)),
        frontier_(view.transactions_count()) {}

  // Once.
  absl::StatusOr<std::vector<Path>> Run();
  // The outputs that `max_edges` left out and that may lead to one of the best.
  void AppendUnfollowed(std::vector<OutputNum>* outputs) const;

 private:
  absl::Status FindEnds(std::vector<OutputNum>* sources);
  absl::Status Visit(TxNum tx);
  void OfferFirst(OutputNum source, TxNum spender);
  void Offer(const Partial& partial);
  void Finish(std::uint32_t last, OutputNum target, std::uint64_t width);
  bool Hopeless(const Partial& partial) const;
  bool MayPass(TxNum tx) const {
    return window_.contains(tx) && tx <= last_tx_ && !barred_.contains(tx);
  }
  bool IsTarget(OutputNum output, AddressNum address) const;
  bool LeadsOn(TxNum tx, OutputNum output, AddressNum address) const;
  bool KeepArriving(TxNum tx);
  Partial GoOn(std::uint32_t last, OutputNum output, std::uint64_t width) const;
  void CutBranches(std::size_t first_kept);
  std::uint64_t WidthOver(const Partial& partial, std::uint64_t value) const;
  int Compare(Partial a, Partial b) const;
  bool Ahead(const Complete& a, const Complete& b) const;
  Path Unroll(const Complete& complete) const;

  const View& view_;
  const PathRequest& request_;
  const Barred& barred_;
  WorkMeter& meter_;
  const IdRange<TxNum> window_;
  TxFrontier frontier_;
  TxNum last_tx_;                                                      // nothing after it pays `to`
  absl::flat_hash_map<std::uint64_t, std::vector<Partial>> arriving_;  // by TxNum
  std::vector<Partial> kept_;
  std::vector<Complete> found_;      // best first, at most `count`
  std::vector<Partial> unfollowed_;  // with the largest width and the fewest hops they could have
  // Of the transaction that is visited.
  std::uint64_t shared_ = 0;  // kTaint: what its inputs are worth
  std::vector<OutputNum> branches_;
};

absl::StatusOr<std::vector<Path>> PathSearch::Run() {
  std::vector<Path> paths;
  std::vector<OutputNum> sources;
  COINWAKE_RETURN_IF_ERROR(FindEnds(&sources));
  if (request_.count == 0) return paths;
  for (const OutputNum source : sources) {
    const std::optional<TxNum> spender = view_.Spender(source);
    if (!spender.has_value() || !MayPass(*spender)) continue;
    if (view_.Value(source) >= request_.min_value) OfferFirst(source, *spender);
  }
  const bool ends_when_full = request_.best == BestPath::kEarliest;
  while (const std::optional<TxNum> tx = frontier_.Peek()) {
    if (ends_when_full && found_.size() == request_.count) break;
    frontier_.Pop();
    COINWAKE_RETURN_IF_ERROR(meter_.Count(1));
    COINWAKE_RETURN_IF_ERROR(Visit(*tx));
  }
  COINWAKE_RETURN_IF_ERROR(meter_.Look());
  for (const Complete& complete : found_) paths.push_back(Unroll(complete));
  return paths;
}

// Sets `last_tx_`; without sources where nothing pays `to`.
absl::Status PathSearch::FindEnds(std::vector<OutputNum>* sources) {
  if (request_.to_output.has_value()) {
    last_tx_ = view_.TransactionOf(*request_.to_output);
  } else {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<OutputNum> targets,
                              OutputsOf(view_, request_.to, request_.to_cluster));
    if (targets.empty()) return absl::OkStatus();
    last_tx_ = view_.TransactionOf(targets.back());
  }
  if (request_.from_output.has_value()) {
    sources->push_back(*request_.from_output);
    return absl::OkStatus();
  }
  COINWAKE_ASSIGN_OR_RETURN(*sources, OutputsOf(view_, request_.from, request_.from_cluster));
  return absl::OkStatus();
}

// Hops do not tell which outputs of `from` a transaction spends: of several one path begins, the
// one with the largest value (the widest), then the earliest. It carries all of them.
void PathSearch::OfferFirst(OutputNum source, TxNum spender) {
  const bool carries = request_.best == BestPath::kTaint;
  const std::uint64_t value = view_.Value(source);
  // More than fits is more than haircut shares: Visit() leaves it out.
  const std::uint64_t width = !carries                 ? value
                              : value > kMostSharedSat ? kMost64
                                                       : value << Taint::kFractionBits;
  const auto entry = arriving_.find(spender.value);
  if (entry == arriving_.end()) return Offer({spender, source, width, 1, kNoParent});
  Partial& first = entry->second.front();
  if (carries) {
    first.width = width > kMost64 - first.width ? kMost64 : first.width + width;
  } else {
    first.width = std::max(first.width, width);
  }
  if (view_.Value(first.source) < value) first.source = source;
}

void PathSearch::Offer(const Partial& partial) {
  if (Hopeless(partial)) return;
  std::vector<Partial>& arriving = arriving_[partial.tx.value];
  if (arriving.empty()) frontier_.Insert(partial.tx);
  arriving.push_back(partial);
}

// Keeps what no `count` others dominate of what arrives at `tx`; false where nothing goes on.
bool PathSearch::KeepArriving(TxNum tx) {
  const auto entry = arriving_.find(tx.value);
  std::vector<Partial> arriving = std::move(entry->second);
  arriving_.erase(entry);
  if (request_.best == BestPath::kTaint) {
    const std::optional<std::uint64_t> shared = SharedValue(view_, tx);
    if (!shared.has_value()) return false;
    shared_ = *shared;
  }
  std::erase_if(arriving, [this](const Partial& partial) { return Hopeless(partial); });
  std::sort(arriving.begin(), arriving.end(), [this](const Partial& a, const Partial& b) {
    return a.hops != b.hops ? a.hops < b.hops : Compare(a, b) < 0;
  });
  Dominance dominance(request_.best, request_.count);
  const std::size_t before = kept_.size();
  for (const Partial& partial : arriving) {
    if (dominance.Keep(partial)) kept_.push_back(partial);
  }
  return kept_.size() > before;
}

absl::Status PathSearch::Visit(TxNum tx) {
  const std::size_t first_kept = kept_.size();
  if (!KeepArriving(tx)) return absl::OkStatus();
  if (kept_.size() >= kNoParent) {
    return absl::ResourceExhaustedError("more partial paths than can be kept; set --max-hops");
  }
  branches_.clear();
  const IdRange<OutputNum> outputs = view_.Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const AddressNum address = view_.AddressOf(output);
    const std::uint64_t value = view_.Value(output);
    if (value < request_.min_value) continue;
    if (!IsTarget(output, address)) {
      if (LeadsOn(tx, output, address)) branches_.push_back(output);
      continue;
    }
    for (std::size_t i = first_kept; i < kept_.size(); ++i) {
      Finish(static_cast<std::uint32_t>(i), output, WidthOver(kept_[i], value));
    }
  }
  CutBranches(first_kept);
  for (const OutputNum output : branches_) {
    const std::uint64_t value = view_.Value(output);
    for (std::size_t i = first_kept; i < kept_.size(); ++i) {
      Offer(GoOn(static_cast<std::uint32_t>(i), output, WidthOver(kept_[i], value)));
    }
  }
  return absl::OkStatus();
}

bool PathSearch::IsTarget(OutputNum output, AddressNum address) const {
  return request_.to_output.has_value() ? output == *request_.to_output
                                        : IsEnd(address, request_.to, request_.to_cluster);
}

// Whether a path may go on from `output` of `tx`, which does not pay `to`.
bool PathSearch::LeadsOn(TxNum tx, OutputNum output, AddressNum address) const {
  // What goes on from `from` is a path of its own.
  const bool is_from = IsEnd(address, request_.from, request_.from_cluster);
  if (!request_.from_output.has_value() && is_from) return false;
  const std::optional<TxNum> spender = view_.Spender(output);
  if (!spender.has_value() || *spender <= tx || !MayPass(*spender)) return false;
  return request_.stops == nullptr || !request_.stops->StopAt(address).has_value();
}

// REQUIRES: `output` is spent.
Partial PathSearch::GoOn(std::uint32_t last, OutputNum output, std::uint64_t width) const {
  return {*view_.Spender(output), output, width, kept_[last].hops + 1, last};
}

// Leaves the `max_edges` largest of `branches_`, in order of outputs.
void PathSearch::CutBranches(std::size_t first_kept) {
  if (branches_.size() <= request_.max_edges.value_or(~std::uint32_t{0})) return;
  std::sort(branches_.begin(), branches_.end(), [this](OutputNum a, OutputNum b) {
    const std::uint64_t value_a = view_.Value(a);
    const std::uint64_t value_b = view_.Value(b);
    return value_a != value_b ? value_a > value_b : a < b;
  });
  for (std::size_t at = *request_.max_edges; at < branches_.size(); ++at) {
    Partial most = GoOn(static_cast<std::uint32_t>(first_kept), branches_[at], 0);
    for (std::size_t i = first_kept; i < kept_.size(); ++i) {
      most.width = std::max(most.width, WidthOver(kept_[i], view_.Value(branches_[at])));
      most.hops = std::min(most.hops, kept_[i].hops + 1);
    }
    if (!Hopeless(most)) unfollowed_.push_back(most);
  }
  branches_.resize(*request_.max_edges);
  std::sort(branches_.begin(), branches_.end());
}

// Of `partial` once it goes over an output of `value` of the transaction that is visited.
std::uint64_t PathSearch::WidthOver(const Partial& partial, std::uint64_t value) const {
  if (request_.best != BestPath::kTaint) return std::min(partial.width, value);
  // No larger than `width`: no output is worth more than all inputs are.
  return static_cast<std::uint64_t>(static_cast<Uint128>(partial.width) * value / shared_);
}

void PathSearch::Finish(std::uint32_t last, OutputNum target, std::uint64_t width) {
  if (request_.best == BestPath::kTaint && width == 0) return;
  const Complete complete{last, kept_[last].tx, target, width, kept_[last].hops};
  const auto place =
      std::upper_bound(found_.begin(), found_.end(), complete,
                       [this](const Complete& a, const Complete& b) { return Ahead(a, b); });
  found_.insert(place, complete);
  if (found_.size() > request_.count) found_.pop_back();
}

// No way on from here can still be among the best.
bool PathSearch::Hopeless(const Partial& partial) const {
  if (request_.max_hops.has_value() && partial.hops > *request_.max_hops) return true;
  if (request_.best == BestPath::kTaint && partial.width == 0) return true;
  if (found_.size() < request_.count) return false;
  const Complete& worst = found_.back();
  if (request_.best == BestPath::kShortest) return partial.hops > worst.hops;
  if (request_.best == BestPath::kEarliest) return partial.tx > worst.tx;
  return partial.width < worst.width || (partial.width == worst.width && partial.hops > worst.hops);
}

void PathSearch::AppendUnfollowed(std::vector<OutputNum>* outputs) const {
  for (const Partial& partial : unfollowed_) {
    if (!Hopeless(partial)) outputs->push_back(partial.source);
  }
}

// Which of two partial paths with as many hops has the earlier transactions, then the earlier
// outputs, the first difference counting. 0: the same path.
int PathSearch::Compare(Partial a, Partial b) const {
  int by_tx = 0;
  int by_output = 0;
  while (true) {
    if (a.tx != b.tx) by_tx = a.tx < b.tx ? -1 : 1;
    if (a.source != b.source) by_output = a.source < b.source ? -1 : 1;
    if (a.parent == b.parent) break;  // the same from here back to the start
    a = kept_[a.parent];
    b = kept_[b.parent];
  }
  return by_tx != 0 ? by_tx : by_output;
}

bool PathSearch::Ahead(const Complete& a, const Complete& b) const {
  if (request_.best == BestPath::kEarliest && a.tx != b.tx) return a.tx < b.tx;
  if (!IsByWidth(request_.best) && a.hops != b.hops) return a.hops < b.hops;
  if (a.width != b.width) return a.width > b.width;
  if (a.hops != b.hops) return a.hops < b.hops;
  const int compared = a.last == b.last ? 0 : Compare(kept_[a.last], kept_[b.last]);
  return compared != 0 ? compared < 0 : a.target < b.target;
}

Path PathSearch::Unroll(const Complete& complete) const {
  Path path;
  if (request_.best == BestPath::kTaint) path.carried = Taint::FromUnits(complete.width);
  path.bottleneck = view_.Value(complete.target);
  OutputNum target = complete.target;
  for (std::uint32_t at = complete.last; at != kNoParent; at = kept_[at].parent) {
    path.hops.push_back({kept_[at].tx, kept_[at].source, target});
    target = kept_[at].source;
    path.bottleneck = std::min(path.bottleneck, view_.Value(target));
  }
  std::reverse(path.hops.begin(), path.hops.end());
  return path;
}

struct PathEnd {
  AddressNum address;
  const std::optional<OutputNum>& output;
  const std::vector<AddressNum>& cluster;
};

absl::Status CheckEnd(const View& view, const PathEnd& end) {
  if (end.output.has_value()) {
    if (*end.output < OutputNum{view.outputs_count()}) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("there is no output number ", end.output->value));
  }
  if (!std::is_sorted(end.cluster.begin(), end.cluster.end())) {
    return absl::InvalidArgumentError("the addresses of a cluster are not ascending");
  }
  const AddressNum last = end.cluster.empty() ? end.address : end.cluster.back();
  if (last.value < view.addresses_count()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("there is no address number ", last.value));
}

absl::Status CheckEnds(const View& view, const PathRequest& request) {
  COINWAKE_RETURN_IF_ERROR(
      CheckEnd(view, {request.from, request.from_output, request.from_cluster}));
  COINWAKE_RETURN_IF_ERROR(CheckEnd(view, {request.to, request.to_output, request.to_cluster}));
  std::vector<AddressNum> shared;
  std::set_intersection(request.from_cluster.begin(), request.from_cluster.end(),
                        request.to_cluster.begin(), request.to_cluster.end(),
                        std::back_inserter(shared));
  if (shared.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("both ends of a path are of one cluster");
}

}  // namespace

absl::StatusOr<std::vector<Path>> FindPaths(const View& view, const PathRequest& request,
                                            const TraceLimits& limits,
                                            const Cancellation* cancellation,
                                            Unfollowed* unfollowed) {
  COINWAKE_RETURN_IF_ERROR(CheckEnds(view, request));
  WorkMeter meter(view, limits, cancellation);
  PathRequest round = request;
  if (request.diverse) round.count = std::min(1u, request.count);
  Barred barred;
  std::vector<OutputNum> left_out;
  std::vector<Path> paths;
  bool more = true;
  while (more) {
    PathSearch search(view, round, barred, meter);
    COINWAKE_ASSIGN_OR_RETURN(std::vector<Path> found, search.Run());
    search.AppendUnfollowed(&left_out);
    more = request.diverse && !found.empty() && paths.size() + 1 < request.count;
    for (Path& path : found) {
      for (const PathHop& hop : path.hops) barred.insert(hop.tx);
      paths.push_back(std::move(path));
    }
  }
  if (unfollowed == nullptr) return paths;
  std::sort(left_out.begin(), left_out.end());
  left_out.erase(std::unique(left_out.begin(), left_out.end()), left_out.end());
  *unfollowed = Unfollowed();
  unfollowed->edges = left_out.size();
  for (const OutputNum output : left_out) unfollowed->value += view.Value(output);
  return paths;
}

}  // namespace coinwake
