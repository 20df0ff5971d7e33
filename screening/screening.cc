#include "screening/screening.h"

#include <algorithm>

#include "indexer/base/check.h"

namespace coinwake {
namespace {

// Whether `part` is at least `ppm` millionths of `whole`.
bool ReachesShare(const AmountSum& part, const AmountSum& whole, std::uint32_t ppm) {
  return part * kPartsPerMillion >= whole * ppm;
}

bool ReachesAmount(const ScreenRule& rule, const std::string& asset, const AmountSum& amount) {
  const auto least = rule.min_amounts.find(asset);
  return least == rule.min_amounts.end() || amount >= AmountSum(least->second);
}

class Evaluation {
 public:
  Evaluation(const RuleSet& rules, const ScreenSides& sides, const ScreenFacts& facts)
      : rules_(rules), sides_(sides), facts_(facts) {}

  std::vector<ScreenAlert> Run() {
    by_payment_.resize(facts_.assets.size() * kScreenSidesCount);
    for (std::uint32_t i = 0; i < facts_.contacts.size(); ++i) {
      by_payment_[PlaceOf(facts_.contacts[i].side, facts_.contacts[i].asset)].push_back(i);
    }
    for (std::uint32_t rule = 0; rule < rules_.rules.size(); ++rule) {
      AddAboutSubject(rule, Relation::kOwn, facts_.own);
      AddAboutSubject(rule, Relation::kCluster, facts_.cluster);
      AddAboutPayments(rule);
    }
    std::stable_sort(alerts_.begin(), alerts_.end(),
                     [this](const ScreenAlert& a, const ScreenAlert& b) {
                       return rules_.rules[a.rule].score > rules_.rules[b.rule].score;
                     });
    return std::move(alerts_);
  }

 private:
  static std::size_t PlaceOf(ScreenSide side, std::uint32_t asset) {
    return asset * kScreenSidesCount + static_cast<std::size_t>(side);
  }

  void AddAboutSubject(std::uint32_t number, Relation relation, const Said& said) {
    const ScreenRule& rule = rules_.rules[number];
    if (said.empty() || !rule.Has(relation) || !rule.Names(said[rule.moment])) return;
    if (!(rule.sides.source && sides_.source) && !(rule.sides.destination && sides_.destination)) {
      return;
    }
    alerts_.push_back({.rule = number, .about_subject = relation});
  }

  void AddAboutPayments(std::uint32_t number) {
    const ScreenRule& rule = rules_.rules[number];
    if (!rule.IsAboutPayments()) return;
    for (const ScreenSide side : {ScreenSide::kSource, ScreenSide::kDestination}) {
      if (!sides_.Have(side) || !rule.sides.Have(side)) continue;
      for (std::uint32_t asset = 0; asset < facts_.assets.size(); ++asset) {
        if (rule.TakesAsset(facts_.assets[asset])) AddPayments(number, side, asset);
      }
    }
  }

  void AddPayments(std::uint32_t number, ScreenSide side, std::uint32_t asset) {
    const ScreenRule& rule = rules_.rules[number];
    ScreenAlert alert{.rule = number, .about_subject = {}, .side = side, .asset = asset};
    for (const std::uint32_t i : by_payment_[PlaceOf(side, asset)]) {
      const ScreenContact& contact = facts_.contacts[i];
      const AmountSum direct = rule.Has(Relation::kDirect) ? contact.direct : AmountSum(0);
      const AmountSum indirect = rule.Has(Relation::kIndirect) ? contact.indirect : AmountSum(0);
      if (direct == 0 && indirect == 0) continue;
      if (!rule.Names(facts_.said[contact.who][rule.moment])) continue;
      alert.direct += direct;
      alert.indirect += indirect;
      alert.contacts.push_back(i);
    }
    const AmountSum amount = alert.direct + alert.indirect;
    if (amount == 0 || !ReachesAmount(rule, facts_.assets[asset], amount)) return;
    const AmountSum total = TotalOf(side, asset);
    if (!ReachesShare(amount, total, rule.min_share_ppm)) return;
    alert.share_ppm = ShareOf(amount, total);
    alerts_.push_back(std::move(alert));
  }

  AmountSum TotalOf(ScreenSide side, std::uint32_t asset) const {
    for (const ScreenTotal& total : facts_.totals) {
      if (total.side == side && total.asset == asset) return total.amount;
    }
    return 0;
  }

  const RuleSet& rules_;
  const ScreenSides& sides_;
  const ScreenFacts& facts_;
  std::vector<std::vector<std::uint32_t>> by_payment_;  // contacts, by side and asset
  std::vector<ScreenAlert> alerts_;
};

}  // namespace

std::uint32_t ShareOf(const AmountSum& part, const AmountSum& whole) {
  if (whole == 0) return 0;
  const AmountSum share = part * kPartsPerMillion / whole;
  return share < kPartsPerMillion ? static_cast<std::uint32_t>(share) : kPartsPerMillion;
}

std::vector<ScreenAlert> Screen(const RuleSet& rules, const ScreenSides& sides,
                                const ScreenFacts& facts) {
  return Evaluation(rules, sides, facts).Run();
}

std::optional<std::uint32_t> RiskScoreOf(const RuleSet& rules,
                                         const std::vector<ScreenAlert>& alerts) {
  std::optional<std::uint32_t> score;
  for (const ScreenAlert& alert : alerts) {
    score = std::max(score.value_or(0), rules.rules[alert.rule].score);
  }
  return score;
}

}  // namespace coinwake
