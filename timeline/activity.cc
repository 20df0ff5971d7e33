#include "timeline/activity.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace coinwake {
namespace {

// Which receipt was each payer's first, by its place.
using FirstReceipts = absl::flat_hash_map<std::uint64_t, std::size_t>;

FirstReceipts FirstOf(const std::vector<Receipt>& receipts) {
  FirstReceipts first;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    for (const AddressNum payer : receipts[i].payers) first.try_emplace(payer.value, i);
  }
  return first;
}

// Adds up some of the receipts.
class Sum {
 public:
  explicit Sum(const FirstReceipts& first) : first_(first) {}

  void Add(std::size_t place, const Receipt& receipt) {
    ++figures_.receipts;
    figures_.amount += receipt.amount;
    if (receipt.payers.empty()) ++figures_.unknown;
    for (const AddressNum payer : receipt.payers) {
      if (payers_.insert(payer.value).second) ++figures_.payers;
      if (first_.at(payer.value) == place) ++figures_.new_payers;
    }
  }
  const Figures& figures() const { return figures_; }

 private:
  const FirstReceipts& first_;
  Figures figures_;
  absl::flat_hash_set<std::uint64_t> payers_;
};

}  // namespace

std::vector<WeekFigures> ByWeek(const std::vector<Receipt>& receipts) {
  const FirstReceipts first = FirstOf(receipts);
  std::map<WeekNum, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    places[WeekOf(receipts[i].at.time)].push_back(i);
  }
  std::vector<WeekFigures> weeks;
  for (const auto& [week, in_week] : places) {
    Sum sum(first);
    for (const std::size_t place : in_week) sum.Add(place, receipts[place]);
    weeks.push_back({week, sum.figures()});
  }
  return weeks;
}

Figures Together(const std::vector<Receipt>& receipts) {
  const FirstReceipts first = FirstOf(receipts);
  Sum sum(first);
  for (std::size_t i = 0; i < receipts.size(); ++i) sum.Add(i, receipts[i]);
  return sum.figures();
}

std::vector<Pause> FindPauses(const std::vector<WeekFigures>& weeks, WeekNum end,
                              const PauseRule& rule) {
  std::vector<Pause> pauses;
  std::uint64_t longest = 0;
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    const bool has_next = i + 1 < weeks.size();
    const WeekNum begin = weeks[i].week + 1;
    const WeekNum until = has_next ? weeks[i + 1].week : end;
    const std::uint64_t quiet = until > begin ? static_cast<std::uint64_t>(until - begin) : 0;
    if (quiet >= std::max<std::uint64_t>(rule.quiet_weeks, 1) && i + 1 >= rule.active_weeks) {
      pauses.push_back({begin, until, has_next, i + 1, longest});
    }
    longest = std::max(longest, quiet);
  }
  return pauses;
}

std::vector<AroundMoment> Around(const std::vector<Receipt>& receipts,
                                 const std::vector<std::int64_t>& moments, std::int64_t span_s) {
  const FirstReceipts first = FirstOf(receipts);
  std::vector<std::pair<std::int64_t, std::size_t>> by_time;
  by_time.reserve(receipts.size());
  for (std::size_t i = 0; i < receipts.size(); ++i) by_time.emplace_back(receipts[i].at.time, i);
  std::sort(by_time.begin(), by_time.end());
  const auto between = [&](std::int64_t begin, std::int64_t end) {
    Sum sum(first);
    for (auto at = std::lower_bound(by_time.begin(), by_time.end(),
                                    std::pair<std::int64_t, std::size_t>(begin, 0));
         at != by_time.end() && at->first < end; ++at) {
      sum.Add(at->second, receipts[at->second]);
    }
    return sum.figures();
  };
  std::vector<AroundMoment> around;
  around.reserve(moments.size());
  for (const std::int64_t moment : moments) {
    around.push_back({between(moment - span_s, moment), between(moment, moment + span_s)});
  }
  return around;
}

}  // namespace coinwake
