#include "heuristics/change_rules.h"

#include <algorithm>
#include <bit>

namespace coinwake {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::size_t kMostGraphSenseOutputs = 10;

OutputSet AllOf(const Payment& payment) { return (OutputSet{1} << payment.outputs.size()) - 1; }

template <typename Holds>
OutputSet Those(const Payment& payment, Holds holds) {
  OutputSet set = 0;
  for (std::size_t i = 0; i < payment.outputs.size(); ++i) {
    if (holds(payment.outputs[i])) set |= OutputSet{1} << i;
  }
  return set;
}

// Nothing is said by a rule that holds all outputs for change, or none.
ChangeVote Telling(OutputSet candidates, OutputSet known) {
  if (candidates == 0 || candidates == known) return {};
  return {candidates, known};
}

ChangeVote Single(OutputSet candidates, const Payment& payment) {
  if (std::popcount(candidates) != 1) return {};
  return {candidates, AllOf(payment)};
}

OutputSet FreshOf(const Payment& payment) {
  return Those(payment, [](const ChangeOutput& output) { return output.is_fresh; });
}

ChangeVote Shadow(const Payment& payment) {
  return payment.outputs.size() == 2 ? Single(FreshOf(payment), payment) : ChangeVote{};
}

ChangeVote OneTime(const Payment& payment) {
  const OutputSet fresh = FreshOf(payment);
  if (DirectChange(payment) != 0 || std::popcount(fresh) != 1) return {};
  const ChangeOutput& only = payment.outputs[static_cast<std::size_t>(std::countr_zero(fresh))];
  return only.is_paid_once ? Single(fresh, payment) : ChangeVote{};
}

ChangeVote Optimal(const Payment& payment) {
  if (payment.inputs < 2 || HasUnneededInput(payment)) return {};
  return Telling(
      Those(payment,
            [&](const ChangeOutput& output) { return output.value < payment.least_input; }),
      AllOf(payment));
}

ChangeVote NotMultipleOf(std::uint64_t unit, const Payment& payment) {
  return Telling(
      Those(payment, [&](const ChangeOutput& output) { return output.value % unit != 0; }),
      AllOf(payment));
}

ChangeVote SameType(const Payment& payment) {
  if (!payment.input_type.has_value()) return {};
  return Telling(
      Those(payment,
            [&](const ChangeOutput& output) { return output.type == *payment.input_type; }),
      AllOf(payment));
}

// For rules about the spender.
template <typename Holds>
ChangeVote OfSpenders(const Payment& payment, Holds holds) {
  const OutputSet spent =
      Those(payment, [](const ChangeOutput& output) { return output.spender.has_value(); });
  return {Those(payment,
                [&](const ChangeOutput& output) {
                  return output.spender.has_value() && holds(*output.spender);
                }),
          spent};
}

bool IsPeelShaped(const ChangeOutput::Spender& spender) {
  return spender.inputs == 1 && spender.outputs == 2;
}

// A peel chain before this transaction or after it.
ChangeVote Peeling(const Payment& payment) {
  if (!payment.is_peel_shaped) return {};
  const ChangeVote vote = OfSpenders(payment, IsPeelShaped);
  return payment.was_peel_shaped || vote.candidates != 0 ? vote : ChangeVote{};
}

ChangeVote GraphSense(const Payment& payment) {
  if (payment.outputs.size() > kMostGraphSenseOutputs || !payment.input_type.has_value()) {
    return {};
  }
  return Single(Those(payment,
                      [&](const ChangeOutput& output) {
                        return output.type == *payment.input_type && output.value % 1000 != 0 &&
                               output.value < payment.least_input && output.is_fresh &&
                               output.is_paid_once;
                      }),
                payment);
}

}  // namespace

std::string_view ChangeRuleName(ChangeRule rule) {
  constexpr std::array<std::string_view, kChangeRulesCount> kNames = {
      "shadow",         "one_time",  "fresh",      "optimal",      "not_round",
      "not_round_1000", "same_type", "locktime",   "same_feerate", "peeling",
      "continuity",     "consumer",  "graphsense", "paid_once",    "last"};
  return kNames[static_cast<std::size_t>(rule)];
}

ChangeFamily FamilyOf(ChangeRule rule) {
  switch (rule) {
    case ChangeRule::kShadow:
    case ChangeRule::kOneTime:
    case ChangeRule::kFresh:
    case ChangeRule::kPaidOnce:
      return ChangeFamily::kReuse;
    case ChangeRule::kOptimal:
    case ChangeRule::kNotRound:
    case ChangeRule::kNotRound1000:
      return ChangeFamily::kValue;
    case ChangeRule::kSameType:
      return ChangeFamily::kType;
    case ChangeRule::kLocktime:
    case ChangeRule::kSameFeerate:
    case ChangeRule::kContinuity:
    case ChangeRule::kConsumer:
      return ChangeFamily::kSpend;
    case ChangeRule::kLast:
      return ChangeFamily::kOrder;
    // Known change was spent beside other coins, but for what a key gave away: hardly by one input.
    case ChangeRule::kPeeling:
    case ChangeRule::kGraphSense:  // made of the others
      return ChangeFamily::kNone;
  }
  return ChangeFamily::kNone;
}

ChangeVote VoteOn(ChangeRule rule, const Payment& payment) {
  switch (rule) {
    case ChangeRule::kShadow:
      return Shadow(payment);
    case ChangeRule::kOneTime:
      return OneTime(payment);
    case ChangeRule::kFresh:
      return Telling(FreshOf(payment), AllOf(payment));
    case ChangeRule::kOptimal:
      return Optimal(payment);
    case ChangeRule::kNotRound:
      return NotMultipleOf(kMillion, payment);
    case ChangeRule::kNotRound1000:
      return NotMultipleOf(1000, payment);
    case ChangeRule::kSameType:
      return SameType(payment);
    case ChangeRule::kLocktime:
      return OfSpenders(payment, [&](const ChangeOutput::Spender& spender) {
        return (spender.print.locktime == Fingerprint::Locktime::kZero) ==
               (payment.print.locktime == Fingerprint::Locktime::kZero);
      });
    case ChangeRule::kSameFeerate:
      if (!payment.feerate.has_value()) return {};
      return OfSpenders(payment, [&](const ChangeOutput::Spender& spender) {
        return spender.feerate == payment.feerate;
      });
    case ChangeRule::kPeeling:
      return Peeling(payment);
    case ChangeRule::kContinuity:
      return OfSpenders(payment, [&](const ChangeOutput::Spender& spender) {
        return spender.print == payment.print;
      });
    case ChangeRule::kConsumer:
      return OfSpenders(payment,
                        [](const ChangeOutput::Spender& spender) { return spender.outputs <= 2; });
    case ChangeRule::kGraphSense:
      return GraphSense(payment);
    case ChangeRule::kPaidOnce:
      return Telling(
          Those(payment,
                [](const ChangeOutput& output) { return output.is_fresh && output.is_paid_once; }),
          AllOf(payment));
    case ChangeRule::kLast:
      return {OutputSet{1} << (payment.outputs.size() - 1), AllOf(payment)};
  }
  return {};
}

bool HasUnneededInput(const Payment& payment) {
  if (payment.inputs < 2) return false;
  std::uint64_t out = 0;
  std::uint64_t most = 0;
  for (const ChangeOutput& output : payment.outputs) {
    out += output.value;
    most = std::max(most, output.value);
  }
  if (out > payment.input_sum) return false;
  return payment.input_sum - payment.least_input >= most + (payment.input_sum - out);
}

OutputSet DirectChange(const Payment& payment) {
  return Those(payment, [](const ChangeOutput& output) { return output.is_to_payer; });
}

}  // namespace coinwake
