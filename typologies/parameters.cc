// The detectors' parameters: their defaults, and how answers tell them.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/amount.h"
#include "typologies/typology.h"

namespace coinwake {
namespace {

constexpr std::int64_t kRapidOnAccounts = 600;
// Of 6.2, in hundreds of USD: 1,000, 3,000 and 10,000.
constexpr std::uint64_t kThresholds[] = {10, 30, 100};

using Named = std::vector<std::pair<std::string, std::string>>;

std::string Text(Uint128 amount) { return ToDecimal(Uint256(amount)); }

Named PassageParameters(const PassThroughParameters& passage) {
  return {{"residence_s", absl::StrCat(passage.residence_s)},
          {"least_retention_permille", absl::StrCat(passage.least_retention_permille)},
          {"greatest_balance_permille", absl::StrCat(passage.greatest_balance_permille)},
          {"least_amount", Text(passage.least_amount)}};
}

Named FanParametersOf(const FanParameters& fan) {
  return {{"least_counterparties", absl::StrCat(fan.least_counterparties)},
          {"window_s", absl::StrCat(fan.window_s)},
          {"least_amount", Text(fan.least_amount)}};
}

Named StructuringParametersOf(const StructuringParameters& structuring) {
  std::string thresholds;
  for (const Uint128 threshold : structuring.thresholds) {
    absl::StrAppend(&thresholds, thresholds.empty() ? "" : ",", Text(threshold));
  }
  return {{"least_payments", absl::StrCat(structuring.least_payments)},
          {"least_payees", absl::StrCat(structuring.least_payees)},
          {"window_s", absl::StrCat(structuring.window_s)},
          {"thresholds", thresholds},
          {"below_permille", absl::StrCat(structuring.below_permille)},
          {"band_permille", absl::StrCat(structuring.band_permille)},
          {"least_amount", Text(structuring.least_amount)}};
}

}  // namespace

TypologyParameters DefaultParameters(std::optional<std::uint64_t> hundred_usd, bool has_accounts) {
  TypologyParameters all;
  if (has_accounts) {
    all.pass_through.residence_s = kRapidOnAccounts;
    all.nested_service.passage.residence_s = kRapidOnAccounts;
  }
  if (!hundred_usd.has_value()) return all;
  for (Uint128* const least :
       {&all.fan_in.least_amount, &all.fan_out.least_amount, &all.gather_scatter.least_amount,
        &all.scatter_gather.least_amount, &all.round_trip.least_amount,
        &all.peel_chain.least_amount, &all.structuring.least_amount, &all.pass_through.least_amount,
        &all.nested_service.passage.least_amount, &all.dormant_burst.least_amount}) {
    *least = *hundred_usd;
  }
  for (const std::uint64_t hundreds : kThresholds) {
    all.structuring.thresholds.push_back(Uint128{*hundred_usd} * hundreds);
  }
  return all;
}

std::vector<std::pair<std::string, std::string>> ParametersOf(TypologyKind kind,
                                                              const TypologyParameters& all) {
  switch (kind) {
    case TypologyKind::kFanIn:
      return FanParametersOf(all.fan_in);
    case TypologyKind::kFanOut:
      return FanParametersOf(all.fan_out);
    case TypologyKind::kGatherScatter: {
      const GatherScatterParameters& one = all.gather_scatter;
      return {{"least_payers", absl::StrCat(one.least_payers)},
              {"least_payees", absl::StrCat(one.least_payees)},
              {"window_s", absl::StrCat(one.window_s)},
              {"least_retention_permille", absl::StrCat(one.least_retention_permille)},
              {"greatest_retention_permille", absl::StrCat(one.greatest_retention_permille)},
              {"least_amount", Text(one.least_amount)}};
    }
    case TypologyKind::kScatterGather: {
      const ScatterGatherParameters& one = all.scatter_gather;
      return {{"least_intermediaries", absl::StrCat(one.least_intermediaries)},
              {"window_s", absl::StrCat(one.window_s)},
              {"retention_permille", absl::StrCat(one.retention_permille)},
              {"least_amount", Text(one.least_amount)}};
    }
    case TypologyKind::kRoundTrip: {
      const RoundTripParameters& one = all.round_trip;
      return {{"most_hops", absl::StrCat(one.most_hops)},
              {"window_s", absl::StrCat(one.window_s)},
              {"retention_permille", absl::StrCat(one.retention_permille)},
              {"least_amount", Text(one.least_amount)}};
    }
    case TypologyKind::kPeelChain: {
      const PeelParameters& one = all.peel_chain;
      return {{"least_hops", absl::StrCat(one.least_hops)},
              {"strong_hops", absl::StrCat(one.strong_hops)},
              {"greatest_peel_permille", absl::StrCat(one.greatest_peel_permille)},
              {"gap_s", absl::StrCat(one.gap_s)},
              {"least_amount", Text(one.least_amount)}};
    }
    case TypologyKind::kStructuring:
      return StructuringParametersOf(all.structuring);
    case TypologyKind::kPassThrough: {
      Named named = PassageParameters(all.pass_through);
      named.emplace_back("lifetime_s", absl::StrCat(all.pass_through.lifetime_s));
      return named;
    }
    case TypologyKind::kNestedService: {
      Named named = PassageParameters(all.nested_service.passage);
      named.emplace_back("least_payers", absl::StrCat(all.nested_service.least_payers));
      return named;
    }
    case TypologyKind::kDormantBurst: {
      const DormantBurstParameters& one = all.dormant_burst;
      return {{"inactivity_s", absl::StrCat(one.inactivity_s)},
              {"burst_s", absl::StrCat(one.burst_s)},
              {"least_share_permille", absl::StrCat(one.least_share_permille)},
              {"least_amount", Text(one.least_amount)}};
    }
  }
  return {};
}

}  // namespace coinwake
