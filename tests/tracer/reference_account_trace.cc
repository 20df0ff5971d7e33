#include "tests/tracer/reference_account_trace.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/tracer/reference_queue.h"

namespace coinwake {
namespace {

struct SinkSums {
  std::map<std::tuple<std::string, std::optional<std::uint32_t>, SinkKind>, AccountTaint> sums;
};

class Player {
 public:
  Player(const MemoryAccounts& accounts, const AccountTraceRequest& request, std::size_t max_runs)
      : accounts_(accounts),
        request_(request),
        rules_{request.policy, max_runs},
        bits_(request.policy == AccountPolicy::kHaircut ? request.fraction_bits : 0),
        names_(request.labels) {
    std::sort(names_.begin(), names_.end());
    std::map<std::uint32_t, std::int64_t> balance;
    for (const AccountEvent& event : accounts.all) {
      if (event.from == event.to) continue;
      const auto amount = static_cast<std::int64_t>(event.amount);
      if (event.to != kNobody) balance[event.to] += amount;
      if (event.from == kNobody) continue;
      balance[event.from] -= amount;
      std::int64_t& opening = openings_[event.from];
      opening = std::max(opening, -balance[event.from]);
    }
  }

  // `seeds`: label by account. Labels are ranks here, as they order what is split.
  void Play(const std::map<std::uint32_t, std::uint32_t>& seeds) {
    queues_.clear();
    for (const auto& [account, label] : seeds) reached.insert(account);
    for (const AccountEvent& event : accounts_.all) {
      if (request_.until.has_value() && event.number >= *request_.until) break;
      if (event.amount != 0 && event.from != event.to) Apply(event, seeds);
    }
    for (auto& [account, queue] : queues_) Rest(account, queue);
  }

  std::map<std::string, AccountTaint> seeded, unspent;  // by label
  std::map<std::string, SinkSums> sinks;
  std::map<std::string, AccountsNoted> degraded, opened;  // fewer accounts than are named
  std::vector<std::tuple<std::uint32_t, std::string, std::string>>
      holdings;  // account, label, line
  std::set<std::uint32_t> reached;

 private:
  ReferenceQueue& QueueOf(std::uint32_t account) {
    const auto entry = queues_.find(account);
    if (entry != queues_.end()) return entry->second;
    const auto opening = static_cast<std::uint64_t>(openings_[account]) << bits_;
    return queues_.emplace(account, ReferenceQueue(rules_, opening)).first->second;
  }
  const std::string& Name(std::uint32_t rank) const { return names_[rank]; }
  std::uint32_t IndexOf(std::uint32_t rank) const {
    const auto label = std::find(request_.labels.begin(), request_.labels.end(), names_[rank]);
    return static_cast<std::uint32_t>(label - request_.labels.begin());
  }

  void Sink(SinkKind kind, std::optional<std::uint32_t> entity, AccountRun* run) {
    if (run->label == kCleanLabel) return;
    sinks[Name(run->label)].sums[{std::string(SinkKindName(kind)), entity, kind}] +=
        AccountTaint::FromUnits(run->length, bits_);
    *run = {run->length, kCleanLabel, 0};
  }

  void Apply(const AccountEvent& event, const std::map<std::uint32_t, std::uint32_t>& seeds) {
    const auto units = static_cast<std::uint64_t>(event.amount) << bits_;
    if (event.kind == AccountEventKind::kWithin) {
      Shift(event, units);
      return;
    }
    std::vector<AccountRun> moved = {{units, kCleanLabel, 0}};
    if (event.from != kNobody) {
      moved = QueueOf(event.from).Withdraw(units);
      for (AccountRun& run : moved) {
        if (run.label == kCleanLabel) continue;
        if (request_.max_hops.has_value() && run.hops >= *request_.max_hops) {
          Sink(SinkKind::kMaxHops, std::nullopt, &run);
        } else {
          ++run.hops;
        }
      }
    }
    if (event.to == kNobody) {
      SinkKind sink = SinkKind::kBurnt;
      if (event.kind == AccountEventKind::kFee) sink = SinkKind::kFee;
      if (event.kind == AccountEventKind::kHide) sink = SinkKind::kMixer;
      for (AccountRun& run : moved) Sink(sink, std::nullopt, &run);
      return;
    }
    const auto seed = seeds.find(event.to);
    if (seed != seeds.end()) {
      if (event.number >= request_.since.value_or(0)) Seed(units, seed->second, &moved);
    } else if (request_.stops != nullptr) {
      const auto stop = request_.stops->StopAt(event.to);
      for (AccountRun& run : moved) {
        if (stop.has_value()) Sink(stop->kind, stop->entity, &run);
      }
    }
    Threshold(&moved);
    for (const AccountRun& run : moved) {
      if (run.label != kCleanLabel) reached.insert(event.to);
    }
    QueueOf(event.to).Deposit(units, moved);
    Note(event.to);
  }

  // What a label that lies here now has to say about it at the end.
  void Note(std::uint32_t account) {
    const ReferenceQueue& queue = QueueOf(account);
    for (const AccountRun& run : queue.All()) {
      if (run.label == kCleanLabel) continue;
      if (queue.degraded()) NoteOnce(account, &degraded[Name(run.label)]);
      if (openings_[account] != 0) NoteOnce(account, &opened[Name(run.label)]);
    }
  }
  static void NoteOnce(std::uint32_t account, AccountsNoted* noted) {
    if (std::count(noted->first.begin(), noted->first.end(), account) != 0) return;
    noted->first.push_back(account);
    ++noted->count;
  }

  // From one pocket to another.
  void Shift(const AccountEvent& event, std::uint64_t units) {
    const std::vector<AccountRun> moved = QueueOf(event.from).Withdraw(units);
    QueueOf(event.to).Deposit(units, moved);
    Note(event.to);
    for (const AccountRun& run : moved) {
      if (run.label != kCleanLabel) reached.insert(event.to);
    }
  }

  void Seed(std::uint64_t units, std::uint32_t label, std::vector<AccountRun>* moved) {
    if (!request_.competing) {
      for (AccountRun& run : *moved) Sink(SinkKind::kReturnedToSeed, std::nullopt, &run);
      seeded[Name(label)] += AccountTaint::FromUnits(units, bits_);
      *moved = {{units, label, 0}};
      return;
    }
    std::uint64_t labelled = 0;
    for (const AccountRun& run : *moved) {
      if (run.label != kCleanLabel) labelled += static_cast<std::uint64_t>(run.length);
    }
    labelled = std::min(labelled, units);  // poison: each label is the whole
    if (labelled == units) return;
    if (labelled == 0)
      *moved = {{units, kCleanLabel, 0}};  // poison: cut labels left the whole each
    seeded[Name(label)] += AccountTaint::FromUnits(units - labelled, bits_);
    for (AccountRun& run : *moved) {
      if (run.label == kCleanLabel) run.label = label;
    }
  }

  void Threshold(std::vector<AccountRun>* moved) {
    if (!request_.min_taint.has_value()) return;
    std::map<std::uint32_t, AccountTaint> parts;
    for (const AccountRun& run : *moved) {
      parts[run.label] += AccountTaint::FromUnits(run.length, bits_);
    }
    for (AccountRun& run : *moved) {
      if (parts[run.label] < *request_.min_taint) Sink(SinkKind::kMinTaint, std::nullopt, &run);
    }
  }

  void Rest(std::uint32_t account, const ReferenceQueue& queue) {
    const std::vector<AccountRun> runs = queue.All();
    std::map<std::uint32_t, AccountTaint> sums;
    for (const AccountRun& run : runs) {
      if (run.label != kCleanLabel) {
        sums[run.label] += AccountTaint::FromUnits(run.length, bits_);
      }
    }
    std::vector<AccountRun> named = runs;
    for (AccountRun& run : named) {
      if (run.label != kCleanLabel) run.label = IndexOf(run.label);
    }
    for (const auto& [label, taint] : sums) {
      AccountHolding holding;
      holding.label = IndexOf(label);
      holding.account = account;
      holding.balance = queue.balance() >> bits_;
      holding.taint = taint;
      if (rules_.policy >= AccountPolicy::kFifo) holding.runs = named;
      holding.assumed_opening = static_cast<Uint128>(openings_[account]);
      holding.degraded = queue.degraded();
      holdings.emplace_back(account, Name(label), HoldingLine(request_, holding));
      unspent[Name(label)] += taint;
    }
  }

  const MemoryAccounts& accounts_;
  const AccountTraceRequest& request_;
  const QueueRules rules_;
  const int bits_;
  std::vector<std::string> names_;  // by rank
  std::map<std::uint32_t, std::int64_t> openings_;
  std::map<std::uint32_t, ReferenceQueue> queues_;
};

}  // namespace

ReferenceLines ReferenceAccountTrace(const MemoryAccounts& accounts,
                                     const AccountTraceRequest& request, std::size_t max_runs) {
  Player player(accounts, request, max_runs);
  std::vector<std::string> labels = request.labels;
  std::sort(labels.begin(), labels.end());
  std::map<std::uint32_t, std::map<std::uint32_t, std::uint32_t>> seeds_by_label;
  std::map<std::uint32_t, std::uint32_t> first_seeds;
  for (const AccountSeed& seed : request.seeds) {
    const auto label = std::find(labels.begin(), labels.end(), request.labels[seed.label]);
    const auto rank = static_cast<std::uint32_t>(label - labels.begin());
    seeds_by_label[rank][seed.account] = rank;
    const auto [entry, is_new] = first_seeds.try_emplace(seed.account, rank);
    entry->second = std::min(entry->second, rank);
  }
  if (request.competing) {
    player.Play(first_seeds);
  } else {
    for (const auto& [label, seeds] : seeds_by_label) player.Play(seeds);
  }
  ReferenceLines result;
  result.accounts_reached = player.reached;
  std::sort(player.holdings.begin(), player.holdings.end(), [](const auto& a, const auto& b) {
    // MemoryAccounts' keys descend as numbers ascend.
    return std::pair(-static_cast<std::int64_t>(std::get<0>(a)), std::get<1>(a)) <
           std::pair(-static_cast<std::int64_t>(std::get<0>(b)), std::get<1>(b));
  });
  std::map<std::string, std::uint64_t> counts;
  for (const auto& [account, label, line] : player.holdings) {
    ++counts[label];
    result.lines.push_back(line);
  }
  for (const std::string& label : labels) {
    for (const auto& [key, taint] : player.sinks[label].sums) {
      result.lines.push_back(SinkLine(label, std::get<2>(key), std::get<1>(key), taint));
    }
  }
  for (const std::string& label : labels) {
    AccountTaint exits;
    AccountTaint sinks;
    for (const auto& [key, taint] : player.sinks[label].sums) {
      const bool hidden = std::get<2>(key) == SinkKind::kMixer;
      (std::get<1>(key).has_value() || hidden ? exits : sinks) += taint;
    }
    result.lines.push_back(SummaryLine(label, player.seeded[label], player.unspent[label], exits,
                                       sinks, counts[label], player.degraded[label],
                                       player.opened[label]));
  }
  return result;
}

}  // namespace coinwake
