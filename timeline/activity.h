// A subject's receipts by ISO week: what came, where it paused, and what it was around an event.
//
// A pause is a run of at least `quiet_weeks` whole weeks without a receipt, after at least
// `active_weeks` weeks with one since the subject's first. Who is paid once a month has such gaps
// always: beside each pause stands the longest gap before it. The last pause may still last: then
// it reaches to the week of the last block, which is not whole.
#ifndef COINWAKE_TIMELINE_ACTIVITY_H_
#define COINWAKE_TIMELINE_ACTIVITY_H_

#include <cstdint>
#include <vector>

#include "timeline/receipts.h"
#include "timeline/week.h"

namespace coinwake {

struct Figures {
  std::uint64_t receipts = 0;
  Uint128 amount = 0;
  std::uint64_t payers = 0;      // distinct
  std::uint64_t new_payers = 0;  // of them, those who had never paid the subject before
  std::uint64_t unknown = 0;     // receipts of which nobody knows who paid

  friend bool operator==(const Figures&, const Figures&) = default;
};

struct WeekFigures {
  WeekNum week = 0;
  Figures figures;
};

// Weeks with a receipt, ascending. `receipts`, in chain order. A payer is new in the week of the
// first receipt that he paid, by chain order. O(receipts log).
std::vector<WeekFigures> ByWeek(const std::vector<Receipt>& receipts);

// Of all of them.
Figures Together(const std::vector<Receipt>& receipts);

struct PauseRule {
  std::uint32_t quiet_weeks = 4;  // at least 1
  std::uint32_t active_weeks = 4;
};

struct Pause {
  // Weeks without a receipt: [begin, end).
  WeekNum begin = 0;
  WeekNum end = 0;
  bool has_resumed = false;
  std::uint64_t active_before = 0;  // weeks with a receipt before it
  std::uint64_t longest_gap = 0;    // the most weeks without one in a row, before it

  friend bool operator==(const Pause&, const Pause&) = default;
};

// `weeks` as of ByWeek(); `end`: the first week that is not wholly known. Ascending.
std::vector<Pause> FindPauses(const std::vector<WeekFigures>& weeks, WeekNum end,
                              const PauseRule& rule);

// What came within so many seconds before a moment, [moment - span, moment), and from it on,
// [moment, moment + span).
struct AroundMoment {
  Figures before;
  Figures after;
};
// Of each of `moments` (Unix seconds), by block time. New payers are as of the chain's order. O(n
// log n) of the receipts, then of those around each moment.
std::vector<AroundMoment> Around(const std::vector<Receipt>& receipts,
                                 const std::vector<std::int64_t>& moments, std::int64_t span_s);

}  // namespace coinwake

#endif  // COINWAKE_TIMELINE_ACTIVITY_H_
