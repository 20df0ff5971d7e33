#include "server/screening_facts.h"

#include <algorithm>

namespace coinwake::server {

std::uint32_t ScreeningFindings::AssetNumberOf(const std::string& name) {
  const auto found = std::find(facts.assets.begin(), facts.assets.end(), name);
  const auto number = static_cast<std::uint32_t>(found - facts.assets.begin());
  if (found == facts.assets.end()) facts.assets.push_back(name);
  return number;
}

void ScreeningFindings::AddTotal(ScreenSide side, std::uint32_t asset, const AmountSum& amount) {
  for (ScreenTotal& total : facts.totals) {
    if (total.side != side || total.asset != asset) continue;
    total.amount += amount;
    return;
  }
  facts.totals.push_back({side, asset, amount});
}

std::size_t ScreeningFindings::ContactOf(std::uint32_t who, ScreenSide side, std::uint32_t asset) {
  const auto [place, is_new] = contacts_.try_emplace({who, side, asset}, facts.contacts.size());
  if (is_new) {
    facts.contacts.push_back({.who = who, .side = side, .asset = asset});
    details.emplace_back();
  }
  return place->second;
}

void ScreeningFindings::AddDirect(std::uint32_t who, ScreenSide side, std::uint32_t asset,
                                  const AmountSum& amount, TxNum tx) {
  const std::size_t contact = ContactOf(who, side, asset);
  facts.contacts[contact].direct += amount;
  Detail& detail = details[contact];
  detail.min_hops = 1;
  // The last is among them even where no more are kept.
  if (!detail.transactions.empty() && detail.transactions.back() == tx) return;
  ++detail.transactions_count;
  if (detail.transactions.size() < kMaxScreenEvidenceTransactions) {
    detail.transactions.push_back(tx);
  }
}

void ScreeningFindings::AddIndirect(std::uint32_t who, ScreenSide side, std::uint32_t asset,
                                    const AmountSum& amount, std::optional<std::uint32_t> hops) {
  if (amount == 0) return;
  const std::size_t contact = ContactOf(who, side, asset);
  facts.contacts[contact].indirect += amount;
  std::optional<std::uint32_t>& least = details[contact].min_hops;
  if (hops.has_value() && (!least.has_value() || *hops < *least)) least = hops;
}

AmountSum ScreeningFindings::DirectOf(std::uint32_t who, ScreenSide side,
                                      std::uint32_t asset) const {
  const auto found = contacts_.find({who, side, asset});
  return found == contacts_.end() ? AmountSum(0) : facts.contacts[found->second].direct;
}

bool AsksIndirect(const RuleSet& rules, ScreenSide side) {
  return std::any_of(rules.rules.begin(), rules.rules.end(), [side](const ScreenRule& rule) {
    return rule.sides.Have(side) && rule.Has(Relation::kIndirect);
  });
}

std::optional<std::vector<std::string>> AssetsOfRules(const RuleSet& rules) {
  std::vector<std::string> assets;
  for (const ScreenRule& rule : rules.rules) {
    if (!rule.IsAboutPayments()) continue;
    if (rule.assets.empty()) return std::nullopt;
    assets.insert(assets.end(), rule.assets.begin(), rule.assets.end());
  }
  std::sort(assets.begin(), assets.end());
  assets.erase(std::unique(assets.begin(), assets.end()), assets.end());
  return assets;
}

}  // namespace coinwake::server
