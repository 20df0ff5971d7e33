#include "tests/tracer/reference_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/amount.h"

namespace coinwake {
namespace {

constexpr int kTainted = 0;
constexpr int kClean = 1;
constexpr int kAll = 2;

bool IsOf(int which, std::uint32_t label) {
  return which == kAll || (which == kClean) == (label == kCleanLabel);
}

}  // namespace

ReferenceQueue::ReferenceQueue(const QueueRules& rules, std::uint64_t clean) : rules_(rules) {
  if (clean != 0) Deposit(clean, {{clean, kCleanLabel, 0}});
}

bool ReferenceQueue::tainted() const {
  for (const Unit& unit : units_) {
    if (unit.label != kCleanLabel) return true;
  }
  for (const auto& [label, sum] : sums_) {
    if (label != kCleanLabel) return true;
  }
  return false;
}

std::vector<AccountRun> ReferenceQueue::RunsOf(const Units& units) {
  std::vector<AccountRun> runs;
  for (const Unit& unit : units) {
    if (runs.empty() || runs.back().label != unit.label) {
      runs.push_back({1, unit.label, unit.hops});
    } else {
      runs.back().length += 1;
      runs.back().hops = std::min(runs.back().hops, unit.hops);
    }
  }
  return runs;
}

// Neighbours of one label have the fewest hops of them all.
void ReferenceQueue::Settle(Units* units) {
  const std::vector<AccountRun> runs = RunsOf(*units);
  std::size_t at = 0;
  for (const AccountRun& run : runs) {
    for (Uint128 i = 0; i < run.length; ++i) (*units)[at++].hops = run.hops;
  }
}

void ReferenceQueue::Deposit(std::uint64_t amount, const std::vector<AccountRun>& runs) {
  balance_ += amount;
  for (const AccountRun& run : runs) {
    if (rules_.policy == AccountPolicy::kPoison) {
      if (amount == 0 || run.label == kCleanLabel) continue;
      const auto [entry, is_new] = sums_.try_emplace(run.label, Sum{0, run.hops});
      if (!is_new) entry->second.hops = std::min(entry->second.hops, run.hops);
    } else if (rules_.policy == AccountPolicy::kHaircut) {
      if (run.length == 0) continue;
      const auto [entry, is_new] = sums_.try_emplace(run.label, Sum{0, run.hops});
      entry->second.amount += static_cast<std::uint64_t>(run.length);
      entry->second.hops = std::min(entry->second.hops, run.hops);
    } else {
      for (Uint128 i = 0; i < run.length; ++i) units_.push_back({run.label, run.hops});
    }
  }
  Settle(&units_);
  while (RunsOf(units_).size() > rules_.max_runs) {
    const std::uint32_t label = units_.front().label;
    while (units_.front().label == label) {
      const auto [entry, is_new] = sums_.try_emplace(label, Sum{0, units_.front().hops});
      ++entry->second.amount;
      entry->second.hops = std::min(entry->second.hops, units_.front().hops);
      units_.pop_front();
    }
    degraded_ = true;
  }
}

void ReferenceQueue::TakeUnits(bool from_back, int which, std::uint64_t* missing, Units* taken) {
  if (from_back) std::reverse(units_.begin(), units_.end());
  Units kept;
  for (const Unit& unit : units_) {
    if (*missing != 0 && IsOf(which, unit.label)) {
      taken->push_back(unit);
      --*missing;
    } else {
      kept.push_back(unit);
    }
  }
  if (from_back) std::reverse(kept.begin(), kept.end());
  units_ = std::move(kept);
}

// Largest remainder word for word: floors, then one each by (remainder descending, label).
void ReferenceQueue::TakeBucket(int which, std::uint64_t* missing, Units* taken) {
  std::uint64_t total = 0;
  for (const auto& [label, sum] : sums_) total += IsOf(which, label) ? sum.amount : 0;
  const std::uint64_t amount = std::min(total, *missing);
  if (amount == 0) return;
  std::map<std::uint32_t, std::uint64_t> shares;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order;  // (total - remainder, label)
  std::uint64_t left = amount;
  for (const auto& [label, sum] : sums_) {
    if (!IsOf(which, label)) continue;
    shares[label] = amount * sum.amount / total;
    left -= shares[label];
    order.emplace_back(total - amount * sum.amount % total, label);
  }
  std::sort(order.begin(), order.end());
  for (std::uint64_t i = 0; i < left; ++i) ++shares[order[i].second];
  for (const auto& [label, share] : shares) {
    Sum& sum = sums_[label];
    for (std::uint64_t i = 0; i < share; ++i) taken->push_back({label, sum.hops});
    sum.amount -= share;
    if (sum.amount == 0) sums_.erase(label);
  }
  *missing -= amount;
}

std::vector<AccountRun> ReferenceQueue::WithdrawHaircut(std::uint64_t amount) {
  std::vector<AccountRun> taken;
  Uint256 leaving = amount;
  Uint256 staying = balance_ - amount;
  for (auto entry = sums_.begin(); entry != sums_.end();) {
    Sum& sum = entry->second;
    const Uint256 total = leaving + staying;
    // Half a unit goes to what leaves, the lower index.
    const Uint256 twice = 2 * sum.amount * leaving;
    const auto share = static_cast<std::uint64_t>((twice + total) / (2 * total));
    leaving -= share;
    staying -= sum.amount - share;
    if (share != 0) taken.push_back({share, entry->first, sum.hops});
    sum.amount -= share;
    entry = sum.amount == 0 ? sums_.erase(entry) : std::next(entry);
  }
  return taken;
}

std::vector<AccountRun> ReferenceQueue::Withdraw(std::uint64_t amount) {
  std::vector<AccountRun> runs;
  if (amount == 0) return runs;
  Units taken;
  std::uint64_t missing = amount;
  switch (rules_.policy) {
    case AccountPolicy::kPoison:
      for (const auto& [label, sum] : sums_) runs.push_back({amount, label, sum.hops});
      if (runs.empty()) runs.push_back({amount, kCleanLabel, 0});
      balance_ -= amount;
      return runs;
    case AccountPolicy::kHaircut:
      runs = WithdrawHaircut(amount);
      balance_ -= amount;
      return runs;
    case AccountPolicy::kFifo:
      TakeBucket(kAll, &missing, &taken);
      TakeUnits(false, kAll, &missing, &taken);
      break;
    case AccountPolicy::kLifo:
      TakeUnits(true, kAll, &missing, &taken);
      TakeBucket(kAll, &missing, &taken);
      break;
    case AccountPolicy::kTifo:
    case AccountPolicy::kCifo: {
      const int first = rules_.policy == AccountPolicy::kTifo ? kTainted : kClean;
      for (const int which : {first, 1 - first}) {
        TakeBucket(which, &missing, &taken);
        TakeUnits(false, which, &missing, &taken);
      }
      break;
    }
  }
  balance_ -= amount;
  Settle(&units_);
  if (!tainted()) {
    sums_.clear();
    units_.assign(balance_, Unit{});
  }
  return RunsOf(taken);
}

std::vector<AccountRun> ReferenceQueue::All() const {
  std::vector<AccountRun> runs;
  for (const auto& [label, sum] : sums_) {
    const bool poison = rules_.policy == AccountPolicy::kPoison;
    runs.push_back({poison ? balance_ : sum.amount, label, sum.hops});
  }
  if (rules_.policy == AccountPolicy::kPoison && runs.empty()) runs.push_back({balance_});
  for (const AccountRun& run : RunsOf(units_)) {
    if (!runs.empty() && runs.back().label == run.label) {
      runs.back().length += run.length;
      runs.back().hops = std::min(runs.back().hops, run.hops);
    } else {
      runs.push_back(run);
    }
  }
  std::erase_if(runs, [](const AccountRun& run) { return run.length == 0; });
  return runs;
}

std::string RunsText(const std::vector<AccountRun>& runs) {
  std::string text;
  for (const AccountRun& run : runs) {
    absl::StrAppend(&text, text.empty() ? "" : " ", ToDecimal(Uint256(run.length)), "*");
    if (run.label == kCleanLabel) {
      absl::StrAppend(&text, "-");
    } else {
      text.push_back(static_cast<char>('A' + run.label));
      absl::StrAppend(&text, "@", run.hops);
    }
  }
  return text;
}

}  // namespace coinwake
