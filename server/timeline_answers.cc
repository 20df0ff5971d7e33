#include "server/timeline_answers.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/timeline.pb.h"
#include "server/chain_time.h"
#include "server/names.h"
#include "server/payment_field.h"
#include "server/trace_words.h"
#include "timeline/activity.h"
#include "timeline/step.h"

namespace coinwake::server {
namespace {

using Emit = std::function<absl::Status(const v1::Timeline&)>;
using Warn = std::function<void(const std::string&)>;

struct Event {
  std::int64_t time = 0;
  std::string text;
};

// How timelines are made, the same for all of a request.
struct Rules {
  PauseRule pause;
  StepRule step;
  std::uint32_t event_weeks = 6;
  std::vector<Event> events;
};

// `value`, which is `what`, within both ends.
absl::Status CheckWithin(std::string_view what, std::uint32_t value, std::uint32_t least,
                         std::uint32_t most) {
  if (least <= value && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(what), " ", value, " is not from ", least, " to ", most));
}

absl::StatusOr<std::vector<Event>> EventsOf(const v1::ListTimelinesRequest& request) {
  if (static_cast<std::size_t>(request.events_size()) > kMaxTimelineEvents) {
    return absl::InvalidArgumentError(
        absl::StrCat(request.events_size(), " events are too many: at most ", kMaxTimelineEvents));
  }
  std::vector<Event> events;
  for (const v1::TimelineEvent& event : request.events()) {
    const absl::StatusOr<TimeSpan> span = ParseUtc(event.date());
    if (!span.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the date of an event, \"", Excerpt(event.date()),
                       "\", is none: 2023-10-14 or 2023-10-14T12:00:00Z (UTC)"));
    }
    COINWAKE_RETURN_IF_ERROR(CheckLabel(event.text()));
    events.push_back({span->begin, event.text()});
  }
  return events;
}

absl::StatusOr<Rules> RulesOf(const v1::ListTimelinesRequest& request) {
  constexpr std::uint32_t kManyWeeks = 520;  // ten years
  constexpr std::uint32_t kMostRatio = 1'000'000;
  Rules rules;
  if (request.has_quiet_weeks()) rules.pause.quiet_weeks = request.quiet_weeks();
  if (request.has_active_weeks()) rules.pause.active_weeks = request.active_weeks();
  if (request.has_step_weeks()) rules.step.side_weeks = request.step_weeks();
  if (request.has_step_ratio_permille()) {
    rules.step.least_ratio_permille = request.step_ratio_permille();
  }
  if (request.has_step_chance_permille()) {
    rules.step.most_chance_permille = request.step_chance_permille();
  }
  if (request.has_event_weeks()) rules.event_weeks = request.event_weeks();
  COINWAKE_RETURN_IF_ERROR(CheckWithin("quiet weeks", rules.pause.quiet_weeks, 1, kManyWeeks));
  COINWAKE_RETURN_IF_ERROR(CheckWithin("active weeks", rules.pause.active_weeks, 0, kManyWeeks));
  COINWAKE_RETURN_IF_ERROR(
      CheckWithin("step weeks", rules.step.side_weeks, kMinStepWeeks, kMaxStepWeeks));
  COINWAKE_RETURN_IF_ERROR(CheckWithin("step ratio, in thousandths,",
                                       rules.step.least_ratio_permille, 1'001, kMostRatio));
  COINWAKE_RETURN_IF_ERROR(
      CheckWithin("step chance, in thousandths,", rules.step.most_chance_permille, 0, 1'000));
  COINWAKE_RETURN_IF_ERROR(CheckWithin("event weeks", rules.event_weeks, 1, kManyWeeks));
  COINWAKE_ASSIGN_OR_RETURN(rules.events, EventsOf(request));
  return rules;
}

void Fill(const Figures& figures, v1::TimelineFigures* wire) {
  wire->set_receipts(figures.receipts);
  wire->set_amount(AmountText(figures.amount));
  wire->set_payers(figures.payers);
  wire->set_new_payers(figures.new_payers);
  wire->set_unknown(figures.unknown);
}

void FillRules(const Rules& rules, v1::Timeline* wire) {
  wire->set_rule_version(kTimelineRulesVersion);
  wire->set_quiet_weeks(rules.pause.quiet_weeks);
  wire->set_active_weeks(rules.pause.active_weeks);
  wire->set_step_weeks(rules.step.side_weeks);
  wire->set_step_ratio_permille(rules.step.least_ratio_permille);
  wire->set_step_chance_permille(rules.step.most_chance_permille);
  wire->set_event_weeks(rules.event_weeks);
}

void FillPauses(const std::vector<Pause>& pauses, v1::Timeline* wire) {
  for (const Pause& pause : pauses) {
    v1::TimelinePause* const one = wire->add_pauses();
    one->set_monday(DayText(BeginOf(pause.begin)));
    one->set_weeks(static_cast<std::uint64_t>(pause.end - pause.begin));
    one->set_resumed(pause.has_resumed);
    if (pause.has_resumed) one->set_resumed_monday(DayText(BeginOf(pause.end)));
    one->set_active_weeks(pause.active_before);
    one->set_longest_gap(pause.longest_gap);
  }
}

// Of both series, by week.
void FillSteps(const std::vector<WeekFigures>& weeks, WeekNum end, const StepRule& rule,
               v1::Timeline* wire) {
  struct Series {
    const char* of;
    std::vector<WeekValue> values;
  };
  Series all[] = {{"amount", {}}, {"receipts", {}}};
  for (const WeekFigures& one : weeks) {
    all[0].values.push_back({one.week, one.figures.amount});
    all[1].values.push_back({one.week, one.figures.receipts});
  }
  std::vector<std::pair<StepChange, const char*>> steps;
  for (const Series& series : all) {
    const FoundSteps found = FindSteps(series.values, end, rule);
    for (const StepChange& step : found.steps) steps.emplace_back(step, series.of);
    wire->set_steps_examined(found.examined);  // the same weeks
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const auto& a, const auto& b) { return a.first.week < b.first.week; });
  for (const auto& [step, of] : steps) {
    v1::TimelineStep* const one = wire->add_steps();
    one->set_of(of);
    one->set_monday(DayText(BeginOf(step.week)));
    one->set_before(AmountText(step.before));
    one->set_after(AmountText(step.after));
    one->set_splits(step.splits);
    one->set_as_far(step.as_far);
  }
}

// `known_until`: when all of the subject is known, in Unix seconds.
void FillEvents(const PaymentField& field, const Rules& rules, const Receipts& receipts,
                std::int64_t known_until, v1::Timeline* wire) {
  const std::int64_t span_s = rules.event_weeks * kSecondsInWeek;
  std::vector<std::int64_t> moments;
  for (const Event& event : rules.events) moments.push_back(event.time);
  const std::vector<AroundMoment> around = Around(receipts.all, moments, span_s);
  const Snapshot& snapshot = field.snapshot();
  const auto is_known_from = [&](std::int64_t time) {
    return snapshot.complete_history || time >= field.TimeOf(snapshot.from_height);
  };
  for (std::size_t i = 0; i < rules.events.size(); ++i) {
    const std::int64_t time = rules.events[i].time;
    v1::TimelineAround* const one = wire->add_events();
    one->set_time(time);
    one->set_text(rules.events[i].text);
    Fill(around[i].before, one->mutable_before());
    Fill(around[i].after, one->mutable_after());
    one->set_before_complete(is_known_from(time - span_s) && time <= known_until);
    one->set_after_complete(is_known_from(time) && time + span_s <= known_until);
  }
}

absl::Status AnswerAsset(const PaymentField& field, const PaymentField::Subject& subject,
                         const Rules& rules, const Cancellation* cancellation, v1::Timeline wire,
                         const Emit& emit) {
  COINWAKE_ASSIGN_OR_RETURN(
      const Receipts receipts,
      ReadReceipts(field.sources(), subject.addresses, ReceiptLimits(), cancellation));
  wire.set_asset(field.asset());
  Fill(Together(receipts.all), wire.mutable_total());
  std::int64_t known_until = field.TimeOf(field.snapshot().height);
  if (receipts.is_cut) {
    known_until = receipts.all.empty() ? field.TimeOf(field.snapshot().from_height)
                                       : receipts.all.back().at.time;
    wire.add_cuts(absl::StrCat("it has too many payments: only those up to ", DayText(known_until),
                               " were read"));
  }
  if (!receipts.all.empty()) {
    field.FillMoment(receipts.all.front().at, wire.mutable_first());
    field.FillMoment(receipts.all.back().at, wire.mutable_last());
  }
  const std::vector<WeekFigures> weeks = ByWeek(receipts.all);
  for (const WeekFigures& one : weeks) {
    v1::TimelineWeek* const week = wire.add_weeks();
    week->set_week(WeekText(BeginOf(one.week)));
    week->set_monday(DayText(BeginOf(one.week)));
    Fill(one.figures, week->mutable_figures());
  }
  const WeekNum end = WeekOf(known_until);
  FillPauses(FindPauses(weeks, end, rules.pause), &wire);
  FillSteps(weeks, end, rules.step, &wire);
  FillEvents(field, rules, receipts, known_until, &wire);
  wire.set_truncated(!wire.cuts().empty());
  COINWAKE_RETURN_IF_ERROR(field.damage().status());
  return emit(wire);
}

absl::Status AnswerSubject(PaymentField& field, const PaymentField::Subject& subject,
                           const std::string& asset, const Rules& rules,
                           const Cancellation* cancellation, const Emit& emit) {
  v1::Timeline wire;
  field.FillSnapshot(wire.mutable_snapshot());
  wire.set_label(subject.label);
  for (const std::string& name : subject.names) wire.add_addresses(name);
  for (const std::string& name : subject.unseen) wire.add_unseen(name);
  FillRules(rules, &wire);
  if (!asset.empty() || !field.has_accounts()) {
    return AnswerAsset(field, subject, rules, cancellation, std::move(wire), emit);
  }
  COINWAKE_ASSIGN_OR_RETURN(std::vector<AssetNum> assets,
                            field.AssetsOf(subject.addresses, kMaxTimelineAssets + 1));
  if (assets.size() > kMaxTimelineAssets) {
    assets.resize(kMaxTimelineAssets);
    wire.add_cuts(absl::StrCat("it has more than ", kMaxTimelineAssets,
                               " assets: only the first are told, name one for another"));
  }
  bool is_told = false;
  for (const AssetNum one : assets) {
    field.Follow(one);
    const auto emit_received = [&](const v1::Timeline& timeline) {
      const bool is_whole = timeline.cuts_size() == wire.cuts_size();
      if (timeline.total().receipts() == 0 && is_whole) return absl::OkStatus();
      is_told = true;
      return emit(timeline);
    };
    COINWAKE_RETURN_IF_ERROR(AnswerAsset(field, subject, rules, cancellation, wire, emit_received));
  }
  if (is_told) return absl::OkStatus();
  Fill(Figures(), wire.mutable_total());
  FillEvents(field, rules, Receipts(), field.TimeOf(field.snapshot().height), &wire);
  return emit(wire);
}

}  // namespace

absl::Status AnswerTimelines(OpenNetwork& open, const v1::ListTimelinesRequest& request,
                             const Cancellation* cancellation, const Emit& emit, const Warn& warn) {
  if (request.subjects().empty()) {
    return absl::InvalidArgumentError("timelines need at least one address");
  }
  COINWAKE_ASSIGN_OR_RETURN(const Rules rules, RulesOf(request));
  COINWAKE_ASSIGN_OR_RETURN(
      const std::unique_ptr<PaymentField> field,
      PaymentField::Open(open, PaymentField::Services::kLeftOut, cancellation));
  if (!request.asset().empty() || !field->has_accounts()) {
    COINWAKE_RETURN_IF_ERROR(field->Follow(request.asset()));
  }
  for (const v1::TimelineSubject& one : request.subjects()) {
    COINWAKE_ASSIGN_OR_RETURN(const PaymentField::Subject subject, field->Find(one));
    if (warn) {
      for (const std::string& name : subject.unseen) warn(field->NeverSeen(name));
    }
    COINWAKE_RETURN_IF_ERROR(
        AnswerSubject(*field, subject, request.asset(), rules, cancellation, emit));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::server
