// K best paths over the DAG of spends, in one pass in chain order.
//
// Every transaction keeps the partial paths that arrive at it. One may be dropped when `count`
// others arrive there that stay ahead of it whatever follows (every extension of it is also an
// extension of theirs): so the lists stay short and the answer stays exact, ties included.
#include "tracer/path.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tracer/tx_frontier.h"
#include "tracer/work_meter.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kNoParent = 0xffffffff;

// A path up to the spend of `source` by `tx`.
struct Partial {
  TxNum tx;
  OutputNum source;
  std::uint64_t bottleneck = 0;
  std::uint32_t hops = 0;
  std::uint32_t parent = kNoParent;  // the partial path that created `source`
};

// A whole path: partial path `last`, ending in `target`.
struct Complete {
  std::uint32_t last = 0;
  OutputNum target;
  std::uint64_t bottleneck = 0;
  std::uint32_t hops = 0;
};

// Counts, for partial paths given in the order (hops, earliest), how many earlier ones stay ahead.
class Dominance {
 public:
  Dominance(BestPath best, std::uint32_t count) : best_(best), count_(count) {}

  // True, and remembered, when fewer than `count` earlier ones dominate this one.
  bool Keep(const Partial& partial) {
    if (best_ == BestPath::kShortest && partial.hops != hops_) {
      // Fewer hops stay fewer: all before dominate, whatever their bottleneck.
      for (std::uint64_t& bottleneck : widest_) bottleneck = ~std::uint64_t{0};
      hops_ = partial.hops;
    }
    if (widest_.size() == count_) {
      if (widest_.front() >= partial.bottleneck) return false;
      std::pop_heap(widest_.begin(), widest_.end(), std::greater<>());
      widest_.pop_back();
    }
    widest_.push_back(partial.bottleneck);
    std::push_heap(widest_.begin(), widest_.end(), std::greater<>());
    return true;
  }

 private:
  const BestPath best_;
  const std::uint32_t count_;
  std::uint32_t hops_ = 0;
  std::vector<std::uint64_t> widest_;  // the `count` widest bottlenecks so far, smallest first
};

class PathSearch {
 public:
  PathSearch(const View& view, const PathRequest& request, WorkMeter& meter)
      : view_(view), request_(request), meter_(meter), frontier_(view.transactions_count()) {}

  absl::StatusOr<std::vector<Path>> Run();

 private:
  absl::Status Visit(TxNum tx);
  void OfferFirst(const Partial& partial);
  void Offer(const Partial& partial);
  void Finish(std::uint32_t last, OutputNum target, std::uint64_t bottleneck);
  bool Hopeless(const Partial& partial) const;
  int Compare(Partial a, Partial b) const;
  bool Ahead(const Complete& a, const Complete& b) const;
  Path Unroll(const Complete& complete) const;

  const View& view_;
  const PathRequest& request_;
  WorkMeter& meter_;
  TxFrontier frontier_;
  TxNum last_tx_;                                                      // nothing after it pays `to`
  absl::flat_hash_map<std::uint64_t, std::vector<Partial>> arriving_;  // by TxNum
  std::vector<Partial> kept_;
  std::vector<Complete> found_;  // best first, at most `count`
};

absl::StatusOr<std::vector<Path>> PathSearch::Run() {
  std::vector<Path> paths;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<OutputNum> targets,
                            SeedsOfAddress(view_, request_.to));
  if (targets.empty() || request_.count == 0) return paths;
  last_tx_ = view_.TransactionOf(targets.back());
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<OutputNum> sources,
                            SeedsOfAddress(view_, request_.from));
  for (const OutputNum source : sources) {
    const std::optional<TxNum> spender = view_.Spender(source);
    if (spender.has_value()) OfferFirst({*spender, source, view_.Value(source), 1, kNoParent});
  }
  while (const std::optional<TxNum> tx = frontier_.Peek()) {
    frontier_.Pop();
    COINWAKE_RETURN_IF_ERROR(meter_.Count(1));
    COINWAKE_RETURN_IF_ERROR(Visit(*tx));
  }
  COINWAKE_RETURN_IF_ERROR(meter_.Look());
  for (const Complete& complete : found_) paths.push_back(Unroll(complete));
  return paths;
}

// Hops do not tell which outputs of `from` a transaction spends: of several one path begins, the
// one with the largest value (the widest), then the earliest.
void PathSearch::OfferFirst(const Partial& partial) {
  const auto entry = arriving_.find(partial.tx.value);
  if (entry == arriving_.end()) {
    Offer(partial);
  } else if (entry->second.front().bottleneck < partial.bottleneck) {
    entry->second.front() = partial;
  }
}

void PathSearch::Offer(const Partial& partial) {
  if (partial.tx > last_tx_ || Hopeless(partial)) return;
  std::vector<Partial>& arriving = arriving_[partial.tx.value];
  if (arriving.empty()) frontier_.Insert(partial.tx);
  arriving.push_back(partial);
}

absl::Status PathSearch::Visit(TxNum tx) {
  const auto entry = arriving_.find(tx.value);
  std::vector<Partial> arriving = std::move(entry->second);
  arriving_.erase(entry);
  std::erase_if(arriving, [this](const Partial& partial) { return Hopeless(partial); });
  std::sort(arriving.begin(), arriving.end(), [this](const Partial& a, const Partial& b) {
    return a.hops != b.hops ? a.hops < b.hops : Compare(a, b) < 0;
  });
  Dominance dominance(request_.best, request_.count);
  const std::size_t first_kept = kept_.size();
  for (const Partial& partial : arriving) {
    if (dominance.Keep(partial)) kept_.push_back(partial);
  }
  if (kept_.size() >= kNoParent) {
    return absl::ResourceExhaustedError("more partial paths than can be kept; set --max-hops");
  }
  const IdRange<OutputNum> outputs = view_.Outputs(tx);
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    const AddressNum address = view_.AddressOf(output);
    const std::uint64_t value = view_.Value(output);
    if (address == request_.to) {
      for (std::size_t i = first_kept; i < kept_.size(); ++i) {
        Finish(static_cast<std::uint32_t>(i), output, std::min(kept_[i].bottleneck, value));
      }
      continue;
    }
    if (address == request_.from) continue;  // what goes on from here is a path of its own
    const std::optional<TxNum> spender = view_.Spender(output);
    if (!spender.has_value() || *spender <= tx) continue;
    for (std::size_t i = first_kept; i < kept_.size(); ++i) {
      Offer({*spender, output, std::min(kept_[i].bottleneck, value), kept_[i].hops + 1,
             static_cast<std::uint32_t>(i)});
    }
  }
  return absl::OkStatus();
}

void PathSearch::Finish(std::uint32_t last, OutputNum target, std::uint64_t bottleneck) {
  const Complete complete{last, target, bottleneck, kept_[last].hops};
  const auto place =
      std::upper_bound(found_.begin(), found_.end(), complete,
                       [this](const Complete& a, const Complete& b) { return Ahead(a, b); });
  found_.insert(place, complete);
  if (found_.size() > request_.count) found_.pop_back();
}

// No way on from here can still be among the best.
bool PathSearch::Hopeless(const Partial& partial) const {
  if (request_.max_hops.has_value() && partial.hops > *request_.max_hops) return true;
  if (found_.size() < request_.count) return false;
  const Complete& worst = found_.back();
  if (request_.best == BestPath::kShortest) return partial.hops > worst.hops;
  return partial.bottleneck < worst.bottleneck ||
         (partial.bottleneck == worst.bottleneck && partial.hops > worst.hops);
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
  if (request_.best == BestPath::kShortest && a.hops != b.hops) return a.hops < b.hops;
  if (a.bottleneck != b.bottleneck) return a.bottleneck > b.bottleneck;
  if (a.hops != b.hops) return a.hops < b.hops;
  const int compared = a.last == b.last ? 0 : Compare(kept_[a.last], kept_[b.last]);
  return compared != 0 ? compared < 0 : a.target < b.target;
}

Path PathSearch::Unroll(const Complete& complete) const {
  Path path;
  path.bottleneck = complete.bottleneck;
  OutputNum target = complete.target;
  for (std::uint32_t at = complete.last; at != kNoParent; at = kept_[at].parent) {
    path.hops.push_back({kept_[at].tx, kept_[at].source, target});
    target = kept_[at].source;
  }
  std::reverse(path.hops.begin(), path.hops.end());
  return path;
}

}  // namespace

absl::StatusOr<std::vector<Path>> FindPaths(const View& view, const PathRequest& request,
                                            const TraceLimits& limits,
                                            const Cancellation* cancellation) {
  for (const AddressNum address : {request.from, request.to}) {
    if (address.value >= view.addresses_count()) {
      return absl::InvalidArgumentError(absl::StrCat("there is no address number ", address.value));
    }
  }
  WorkMeter meter(view, limits, cancellation);
  return PathSearch(view, request, meter).Run();
}

}  // namespace coinwake
