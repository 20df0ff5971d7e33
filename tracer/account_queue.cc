#include "tracer/account_queue.h"

#include <algorithm>
#include <array>

#include "indexer/base/check.h"
#include "tracer/wide_apportion.h"

namespace coinwake {
namespace {

// Hops as the inline run stores them; nothing is ever so many transfers away.
constexpr std::uint32_t kMostHops = 0x7fffffff;

}  // namespace

void AppendRun(const AccountRun& run, std::vector<AccountRun>* runs) {
  if (run.length == 0) return;
  if (!runs->empty() && runs->back().label == run.label) {
    runs->back().length += run.length;
    runs->back().hops = std::min(runs->back().hops, run.hops);
    return;
  }
  runs->push_back(run);
}

// Joined by label; under poison, where lengths are 0, labels only.
void AccountQueue::AddToBucket(const AccountRun& run, std::vector<AccountRun>* bucket) {
  auto entry = std::lower_bound(
      bucket->begin(), bucket->end(), run.label,
      [](const AccountRun& left, std::uint32_t right) { return left.label < right; });
  if (entry == bucket->end() || entry->label != run.label) {
    bucket->insert(entry, run);
    return;
  }
  entry->length += run.length;
  entry->hops = std::min(entry->hops, run.hops);
}

AccountQueue::Body& AccountQueue::MakeBody(const QueueRules& rules) {
  if (body_ != nullptr) return *body_;
  body_ = std::make_unique<Body>();
  AccountRun run = {balance_, label_, hops_};
  switch (rules.policy) {
    case AccountPolicy::kPoison:
      run.length = 0;
      body_->bucket.push_back(run);
      break;
    case AccountPolicy::kHaircut:
      body_->bucket.push_back(run);
      break;
    default:
      body_->runs.push_back(run);
      break;
  }
  if (label_ == kCleanLabel) body_->clean = run.length;
  return *body_;
}

void AccountQueue::Deposit(const QueueRules& rules, Uint128 amount,
                           std::span<const AccountRun> runs) {
  COINWAKE_DCHECK(amount <= kMaxAccountUnits - balance_);
  if (rules.policy == AccountPolicy::kPoison) {
    balance_ += amount;
    if (amount != 0) AddLabels(runs);
    return;
  }
  [[maybe_unused]] const Uint128 expected = balance_ + amount;
  for (const AccountRun& run : runs) {
    if (run.length == 0) continue;
    if (body_ == nullptr && balance_ == 0) {
      label_ = run.label;
      hops_ = std::min(run.hops, kMostHops) & kMostHops;
    } else if (body_ == nullptr && label_ == run.label) {
      hops_ = std::min<std::uint32_t>(run.hops, hops_) & kMostHops;
    } else {
      Body& body = MakeBody(rules);
      if (run.label == kCleanLabel) body.clean += run.length;
      if (rules.policy == AccountPolicy::kHaircut) {
        AddToBucket(run, &body.bucket);
      } else {
        if (body.first == body.runs.size()) {  // nothing there to join with
          body.runs.clear();
          body.first = 0;
        }
        AppendRun(run, &body.runs);
        if (body.runs.size() - body.first > rules.max_runs) {
          AddToBucket(body.runs[body.first++], &body.bucket);
          degraded_ = 1;
        }
      }
    }
    balance_ += run.length;
  }
  COINWAKE_DCHECK(balance_ == expected);
  if (body_ != nullptr && body_->first * 2 > body_->runs.size()) {
    body_->runs.erase(body_->runs.begin(),
                      body_->runs.begin() + static_cast<std::ptrdiff_t>(body_->first));
    body_->first = 0;
  }
}

void AccountQueue::AddLabels(std::span<const AccountRun> runs) {
  for (const AccountRun& run : runs) {
    if (run.label == kCleanLabel) continue;
    if (body_ == nullptr && label_ == kCleanLabel) {
      label_ = run.label;
      hops_ = std::min(run.hops, kMostHops) & kMostHops;
    } else if (body_ == nullptr && label_ == run.label) {
      hops_ = std::min<std::uint32_t>(run.hops, hops_) & kMostHops;
    } else {
      AddToBucket({0, run.label, run.hops}, &MakeBody({AccountPolicy::kPoison}).bucket);
    }
  }
}

void AccountQueue::Withdraw(const QueueRules& rules, Uint128 amount,
                            std::vector<AccountRun>* taken) {
  COINWAKE_CHECK(amount <= balance_);
  if (amount == 0) return;
  if (body_ == nullptr) {
    AppendRun({amount, label_, hops_}, taken);
    balance_ -= amount;
    if (balance_ == 0 && rules.policy != AccountPolicy::kPoison) {
      label_ = kCleanLabel;
      hops_ = 0;
    }
    return;
  }
  switch (rules.policy) {
    case AccountPolicy::kPoison:
      for (const AccountRun& run : body_->bucket) taken->push_back({amount, run.label, run.hops});
      break;
    case AccountPolicy::kHaircut:
      TakeByHaircut(amount, taken);
      break;
    default:
      TakeInOrder(rules.policy, amount, taken);
      break;
  }
  balance_ -= amount;
  Collapse(rules);
}

// Each label in turn over what capacity the ones before it left to either side (ALGORITHMS 10.3);
// the clean units are the rest.
void AccountQueue::TakeByHaircut(Uint128 amount, std::vector<AccountRun>* taken) {
  std::array<Uint128, 2> capacities = {amount, balance_ - amount};
  std::array<Uint128, 2> shares = {0, 0};
  for (AccountRun& held : body_->bucket) {
    SplitWide(held.length, capacities, capacities[0] + capacities[1], shares);
    capacities[0] -= shares[0];
    capacities[1] -= shares[1];
    AppendRun({shares[0], held.label, held.hops}, taken);
    held.length = shares[1];
    if (held.label == kCleanLabel) body_->clean = shares[1];
  }
  std::erase_if(body_->bucket, [](const AccountRun& run) { return run.length == 0; });
}

void AccountQueue::TakeInOrder(AccountPolicy policy, Uint128 amount,
                               std::vector<AccountRun>* taken) {
  switch (policy) {
    case AccountPolicy::kLifo:
      amount = TakeBack(amount, taken);
      amount = TakeFromBucket(Which::kAll, amount, taken);
      break;
    case AccountPolicy::kTifo:
    case AccountPolicy::kCifo:
      for (const bool first : {true, false}) {
        const bool tainted = first == (policy == AccountPolicy::kTifo);
        const Which which = tainted ? Which::kTainted : Which::kClean;
        amount = TakeFromBucket(which, amount, taken);
        amount = TakeMatching(which, amount, taken);
      }
      Rejoin();
      break;
    default:
      amount = TakeFromBucket(Which::kAll, amount, taken);
      amount = TakeFront(amount, taken);
      break;
  }
  COINWAKE_CHECK(amount == 0);
}

Uint128 AccountQueue::TakeFromBucket(Which which, Uint128 amount, std::vector<AccountRun>* taken) {
  if (amount == 0 || body_->bucket.empty()) return amount;
  std::vector<Uint128> capacities(body_->bucket.size());
  Uint128 total = 0;
  for (std::size_t i = 0; i < capacities.size(); ++i) {
    if (Matches(which, body_->bucket[i])) capacities[i] = body_->bucket[i].length;
    total += capacities[i];
  }
  const Uint128 available = std::min(amount, total);
  std::vector<Uint128> shares(capacities.size());
  SplitWide(available, capacities, total, shares);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    AccountRun& held = body_->bucket[i];
    held.length -= shares[i];
    if (held.label == kCleanLabel) body_->clean -= shares[i];
    AppendRun({shares[i], held.label, held.hops}, taken);
  }
  std::erase_if(body_->bucket, [](const AccountRun& run) { return run.length == 0; });
  return amount - available;
}

Uint128 AccountQueue::TakeFront(Uint128 amount, std::vector<AccountRun>* taken) {
  std::vector<AccountRun>& runs = body_->runs;
  while (amount != 0 && body_->first < runs.size()) {
    AccountRun& run = runs[body_->first];
    const Uint128 part = std::min(run.length, amount);
    AppendRun({part, run.label, run.hops}, taken);
    if (run.label == kCleanLabel) body_->clean -= part;
    run.length -= part;
    amount -= part;
    if (run.length == 0) ++body_->first;
  }
  return amount;
}

Uint128 AccountQueue::TakeBack(Uint128 amount, std::vector<AccountRun>* taken) {
  std::vector<AccountRun>& runs = body_->runs;
  while (amount != 0 && body_->first < runs.size()) {
    AccountRun& run = runs.back();
    const Uint128 part = std::min(run.length, amount);
    AppendRun({part, run.label, run.hops}, taken);
    if (run.label == kCleanLabel) body_->clean -= part;
    run.length -= part;
    amount -= part;
    if (run.length == 0) runs.pop_back();
  }
  return amount;
}

// Leaves runs of length 0 behind, for Rejoin().
Uint128 AccountQueue::TakeMatching(Which which, Uint128 amount, std::vector<AccountRun>* taken) {
  std::vector<AccountRun>& runs = body_->runs;
  for (std::size_t i = body_->first; amount != 0 && i < runs.size(); ++i) {
    if (!Matches(which, runs[i])) continue;
    const Uint128 part = std::min(runs[i].length, amount);
    AppendRun({part, runs[i].label, runs[i].hops}, taken);
    if (runs[i].label == kCleanLabel) body_->clean -= part;
    runs[i].length -= part;
    amount -= part;
  }
  return amount;
}

// Drops runs of length 0 and joins the neighbours they parted.
void AccountQueue::Rejoin() {
  std::vector<AccountRun>& runs = body_->runs;
  std::size_t kept = 0;
  for (std::size_t i = body_->first; i < runs.size(); ++i) {
    const AccountRun run = runs[i];
    if (run.length == 0) continue;
    if (kept != 0 && runs[kept - 1].label == run.label) {
      runs[kept - 1].length += run.length;
      runs[kept - 1].hops = std::min(runs[kept - 1].hops, run.hops);
    } else {
      runs[kept++] = run;
    }
  }
  runs.resize(kept);
  body_->first = 0;
}

void AccountQueue::Collapse(const QueueRules& rules) {
  if (rules.policy == AccountPolicy::kPoison) return;
  AccountRun only = {balance_, kCleanLabel, 0};
  if (body_->clean != balance_) {
    const std::size_t runs_count = body_->runs.size() - body_->first;
    if (body_->bucket.size() + runs_count != 1) return;
    const bool ordered = rules.policy != AccountPolicy::kHaircut;
    if (ordered && runs_count == 0) return;  // a bucket stays apart from what comes after it
    only = ordered ? body_->runs[body_->first] : body_->bucket.front();
  }
  label_ = only.label;
  hops_ = std::min(only.hops, kMostHops) & kMostHops;
  body_.reset();
}

void AccountQueue::AppendAll(const QueueRules& rules, std::vector<AccountRun>* runs) const {
  if (body_ == nullptr) {
    AppendRun({balance_, label_, hops_}, runs);
    return;
  }
  for (AccountRun run : body_->bucket) {
    if (rules.policy == AccountPolicy::kPoison) run.length = balance_;
    AppendRun(run, runs);
  }
  for (std::size_t i = body_->first; i < body_->runs.size(); ++i) AppendRun(body_->runs[i], runs);
}

}  // namespace coinwake
