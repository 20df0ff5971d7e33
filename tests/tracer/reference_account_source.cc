#include "tests/tracer/reference_account_source.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kFar = std::numeric_limits<std::uint32_t>::max();

bool Moves(const AccountEvent& event) { return event.amount != 0 && event.from != event.to; }

// A unit of its own under fifo, else so many.
struct Piece {
  std::size_t unit = 0;
  std::uint64_t length = 0;
  std::uint32_t hops = 0;
};

std::map<std::uint32_t, std::uint64_t> OpeningsOf(const MemoryAccounts& accounts) {
  std::map<std::uint32_t, std::int64_t> balance;
  std::map<std::uint32_t, std::uint64_t> openings;
  for (const AccountEvent& event : accounts.all) {
    if (!Moves(event)) continue;
    if (event.to != kNobody) balance[event.to] += static_cast<std::int64_t>(event.amount);
    if (event.from == kNobody) continue;
    balance[event.from] -= static_cast<std::int64_t>(event.amount);
    std::uint64_t& opening = openings[event.from];
    if (balance[event.from] < 0) {
      opening = std::max(opening, static_cast<std::uint64_t>(-balance[event.from]));
    }
  }
  return openings;
}

// Where pieces come from: what a policy is.
class Past {
 public:
  virtual ~Past() = default;
  // All of event `at`.
  virtual std::vector<Piece> Whole(std::size_t at) = 0;
  // Of what has been given to payers, that which came by event `at`.
  virtual std::vector<Piece> TakeClaims(std::size_t at) = 0;
  virtual void GiveToPayer(std::size_t at, const std::vector<Piece>& pieces) = 0;
  // What has not been taken.
  virtual std::uint64_t Left() = 0;
};

class UnitsPast : public Past {
 public:
  explicit UnitsPast(const MemoryAccounts& accounts) {
    std::map<std::uint32_t, std::deque<std::size_t>> queues;
    for (const auto& [account, opening] : OpeningsOf(accounts)) {
      for (std::uint64_t i = 0; i < opening; ++i) queues[account].push_back(NewUnit());
    }
    moved_.resize(accounts.all.size());
    for (std::size_t at = 0; at < accounts.all.size(); ++at) {
      const AccountEvent& event = accounts.all[at];
      if (!Moves(event)) continue;
      for (Uint128 i = 0; i < event.amount; ++i) {
        std::size_t unit = 0;
        if (event.from == kNobody) {
          unit = NewUnit();
        } else {
          unit = queues[event.from].front();
          queues[event.from].pop_front();
        }
        paths_[unit].push_back(at);
        moved_[at].push_back(unit);
        if (event.to != kNobody) queues[event.to].push_back(unit);
      }
    }
  }

  std::vector<Piece> Whole(std::size_t at) override {
    std::vector<Piece> pieces;
    for (const std::size_t unit : moved_[at]) pieces.push_back({unit, 1, 0});
    return pieces;
  }
  std::vector<Piece> TakeClaims(std::size_t at) override {
    std::vector<Piece> pieces = std::move(claims_[at]);
    claims_.erase(at);
    return pieces;
  }
  void GiveToPayer(std::size_t at, const std::vector<Piece>& pieces) override {
    for (const Piece& piece : pieces) {
      const std::vector<std::size_t>& path = paths_[piece.unit];
      const auto here = std::find(path.begin(), path.end(), at);
      if (here == path.begin()) {
        ++opening_;
      } else {
        claims_[*(here - 1)].push_back(piece);
      }
    }
  }
  std::uint64_t Left() override {
    std::uint64_t left = opening_;
    for (const auto& [at, pieces] : claims_) left += pieces.size();
    return left;
  }

 private:
  std::size_t NewUnit() {
    paths_.emplace_back();
    return paths_.size() - 1;
  }

  std::vector<std::vector<std::size_t>> paths_;  // events, by unit
  std::vector<std::vector<std::size_t>> moved_;  // units, by event
  std::map<std::size_t, std::vector<Piece>> claims_;
  std::uint64_t opening_ = 0;
};

class SharesPast : public Past {
 public:
  SharesPast(const MemoryAccounts& accounts, int bits) : accounts_(accounts), bits_(bits) {
    std::map<std::uint32_t, std::uint64_t> balances = OpeningsOf(accounts);
    for (const AccountEvent& event : accounts.all) {
      if (Moves(event) && event.from != kNobody) {
        balances[event.from] -= static_cast<std::uint64_t>(event.amount);
      }
      held_before_.push_back(event.to == kNobody ? 0 : balances[event.to] << bits);
      if (Moves(event) && event.to != kNobody) {
        balances[event.to] += static_cast<std::uint64_t>(event.amount);
      }
    }
  }

  std::vector<Piece> Whole(std::size_t at) override { return {{0, UnitsOf(at), 0}}; }
  std::vector<Piece> TakeClaims(std::size_t at) override {
    const auto entry = claimed_.find(accounts_.all[at].to);
    if (entry == claimed_.end()) return {};
    Piece& all = entry->second;
    const std::uint64_t total = UnitsOf(at) + held_before_[at];
    std::uint64_t part = all.length * UnitsOf(at) / total;
    const std::uint64_t rest = all.length * held_before_[at] / total;
    const std::uint64_t part_over = all.length * UnitsOf(at) % total;
    const std::uint64_t rest_over = all.length * held_before_[at] % total;
    if (part + rest < all.length && part_over >= rest_over) ++part;
    all.length -= part;
    std::vector<Piece> pieces;
    if (part != 0) pieces.push_back({0, part, all.hops});
    if (all.length == 0) claimed_.erase(entry);
    return pieces;
  }
  void GiveToPayer(std::size_t at, const std::vector<Piece>& pieces) override {
    for (const Piece& piece : pieces) {
      const auto [entry, is_new] = claimed_.try_emplace(accounts_.all[at].from, Piece{0, 0, kFar});
      entry->second.length += piece.length;
      entry->second.hops = std::min(entry->second.hops, piece.hops);
    }
  }
  std::uint64_t Left() override {
    std::uint64_t left = 0;
    for (const auto& [account, piece] : claimed_) left += piece.length;
    return left;
  }

 private:
  std::uint64_t UnitsOf(std::size_t at) const {
    return static_cast<std::uint64_t>(accounts_.all[at].amount) << bits_;
  }

  const MemoryAccounts& accounts_;
  const int bits_;
  std::vector<std::uint64_t> held_before_;  // by the receiver of each event
  std::map<std::uint32_t, Piece> claimed_;  // by account
};

// One label.
class Walker {
 public:
  Walker(const MemoryAccounts& accounts, const AccountTraceRequest& request, Past& past, int bits)
      : accounts_(accounts),
        request_(request),
        past_(past),
        bits_(bits),
        openings_(OpeningsOf(accounts)) {}

  void Walk(const std::set<std::uint32_t>& seeds) {
    const std::uint64_t since = request_.since.value_or(0);
    reached = seeds;
    for (std::size_t at = accounts_.all.size(); at-- > 0;) {
      const AccountEvent& event = accounts_.all[at];
      if (event.number < since) break;
      if (request_.until.has_value() && event.number >= *request_.until) continue;
      if (Moves(event) && event.to != kNobody) Visit(at, seeds);
    }
    Sink(since == 0 ? SinkKind::kUnresolved : SinkKind::kSince, std::nullopt, past_.Left());
  }

  AccountTaint seeded;
  std::map<std::tuple<std::string, std::optional<std::uint32_t>, SinkKind>, AccountTaint> sinks;
  std::map<std::uint32_t, std::pair<std::uint64_t, AccountTaint>> minted;  // by account
  AccountsNoted opened;
  std::set<std::uint32_t> reached;

 private:
  void Visit(std::size_t at, const std::set<std::uint32_t>& seeds) {
    const AccountEvent& event = accounts_.all[at];
    std::vector<Piece> pieces = past_.TakeClaims(at);
    if (event.kind == AccountEventKind::kWithin) return Give(at, pieces);
    if (seeds.contains(event.to)) {
      Sink(SinkKind::kReturnedToSeed, std::nullopt, Sum(pieces));
      pieces = past_.Whole(at);
      seeded += AccountTaint::FromUnits(Sum(pieces), bits_);
    }
    if (pieces.empty()) return;
    if (request_.min_taint.has_value() &&
        AccountTaint::FromUnits(Sum(pieces), bits_) < *request_.min_taint) {
      return Sink(SinkKind::kMinTaint, std::nullopt, Sum(pieces));
    }
    if (event.kind == AccountEventKind::kMint) {
      minted[event.to].first += static_cast<std::uint64_t>(event.amount);
      minted[event.to].second += AccountTaint::FromUnits(Sum(pieces), bits_);
      return Sink(SinkKind::kCoinbase, std::nullopt, Sum(pieces));
    }
    std::vector<Piece> near;
    for (Piece piece : pieces) {
      if (request_.max_hops.has_value() && piece.hops >= *request_.max_hops) {
        Sink(SinkKind::kMaxHops, std::nullopt, piece.length);
        continue;
      }
      ++piece.hops;
      near.push_back(piece);
    }
    if (event.kind == AccountEventKind::kReveal) {
      return Sink(SinkKind::kMixer, std::nullopt, Sum(near));
    }
    const std::optional<Stop> stop = request_.stops == nullptr || seeds.contains(event.from)
                                         ? std::nullopt
                                         : request_.stops->StopAt(event.from);
    if (stop.has_value()) return Sink(stop->kind, stop->entity, Sum(near));
    Give(at, near);
  }

  void Give(std::size_t at, const std::vector<Piece>& pieces) {
    if (pieces.empty()) return;
    const std::uint32_t from = accounts_.all[at].from;
    reached.insert(from);
    past_.GiveToPayer(at, pieces);
    if (openings_[from] == 0 || noted_.contains(from)) return;
    noted_.insert(from);
    opened.first.push_back(from);
    ++opened.count;
  }

  static std::uint64_t Sum(const std::vector<Piece>& pieces) {
    std::uint64_t sum = 0;
    for (const Piece& piece : pieces) sum += piece.length;
    return sum;
  }

  void Sink(SinkKind kind, std::optional<std::uint32_t> entity, std::uint64_t units) {
    if (units == 0) return;
    sinks[{std::string(SinkKindName(kind)), entity, kind}] += AccountTaint::FromUnits(units, bits_);
  }

  const MemoryAccounts& accounts_;
  const AccountTraceRequest& request_;
  Past& past_;
  const int bits_;
  std::map<std::uint32_t, std::uint64_t> openings_;
  std::set<std::uint32_t> noted_;
};

}  // namespace

ReferenceSource ReferenceAccountSource(const MemoryAccounts& accounts,
                                       const AccountTraceRequest& request) {
  const bool by_order = request.policy == AccountPolicy::kFifo;
  const int bits = by_order ? 0 : request.fraction_bits;
  std::vector<std::uint32_t> order(request.labels.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&request](std::uint32_t a, std::uint32_t b) {
    return request.labels[a] < request.labels[b];
  });
  ReferenceSource result;
  std::vector<std::string> sinks, summaries;
  std::vector<std::tuple<std::int64_t, std::string, std::string>> holdings;
  for (const std::uint32_t label : order) {
    std::set<std::uint32_t> seeds;
    for (const AccountSeed& seed : request.seeds) {
      if (seed.label == label) seeds.insert(seed.account);
    }
    UnitsPast units(accounts);
    SharesPast shares(accounts, bits);
    Walker walker(accounts, request, by_order ? static_cast<Past&>(units) : shares, bits);
    if (!seeds.empty()) walker.Walk(seeds);
    const std::string& name = request.labels[label];
    for (const auto& [account, part] : walker.minted) {
      AccountHolding holding;
      holding.label = label;
      holding.account = account;
      holding.balance = part.first;
      holding.taint = part.second;
      // MemoryAccounts' keys descend as numbers ascend.
      holdings.emplace_back(-static_cast<std::int64_t>(account), name,
                            HoldingLine(request, holding));
    }
    AccountTaint exits, others;
    for (const auto& [key, taint] : walker.sinks) {
      sinks.push_back(SinkLine(name, std::get<2>(key), std::get<1>(key), taint));
      const bool hidden = std::get<2>(key) == SinkKind::kMixer;
      (std::get<1>(key).has_value() || hidden ? exits : others) += taint;
    }
    summaries.push_back(SummaryLine(name, walker.seeded, AccountTaint(), exits, others,
                                    walker.minted.size(), {}, walker.opened));
    result.accounts_reached.insert(walker.reached.begin(), walker.reached.end());
  }
  std::sort(holdings.begin(), holdings.end());
  for (const auto& [key, name, line] : holdings) result.lines.push_back(line);
  result.lines.insert(result.lines.end(), sinks.begin(), sinks.end());
  result.lines.insert(result.lines.end(), summaries.begin(), summaries.end());
  return result;
}

}  // namespace coinwake
