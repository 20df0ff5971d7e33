#include "server/screening_wire.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/screening.pb.h"
#include "server/label_answers.h"
#include "server/labelled_services.h"
#include "server/screening_answers.h"

namespace coinwake::server {
namespace {

constexpr char kPayments[] = "payments";
constexpr char kSeed[] = "seed";

std::string NameOfSide(ScreenSide side) { return std::string(ScreenSideName(side)); }

// What somebody is called where all is said in one word: by what counts most.
struct CalledAs {
  std::string category;
  std::string entity;
};

int RankOf(LabelClass label_class) {
  switch (label_class) {
    case LabelClass::kSanction:
      return 0;
    case LabelClass::kSeller:
      return 2;  // after seeds
    case LabelClass::kAdvertisement:
      return 3;
    case LabelClass::kService:
      return 4;
    case LabelClass::kOther:
      return 5;
  }
  return 5;
}
constexpr int kSeedRank = 1;

CalledAs NameParty(const Said& said, const std::string& address) {
  CalledAs called{"other", address};
  int best = RankOf(LabelClass::kOther) + 1;
  for (const Identity& identity : said) {
    for (const Claim& claim : identity.claims) {
      const int rank = RankOf(claim.label_class);
      if (rank >= best) continue;
      best = rank;
      const bool has_word = !claim.category.empty() && rank >= RankOf(LabelClass::kService);
      called.category = has_word ? claim.category : std::string(LabelClassName(claim.label_class));
      called.entity = EntityOf(claim.entity, claim.actor, claim.name);
    }
    if (!identity.seeds.empty() && kSeedRank < best) {
      best = kSeedRank;
      called = {kSeed, identity.seeds.front()};
    }
  }
  return called;
}

class ScreeningFiller {
 public:
  ScreeningFiller(const ScreenedSubject& subject, v1::ScreeningResult* answer)
      : subject_(subject), answer_(*answer) {}

  absl::Status Fill() {
    const std::optional<std::uint32_t> score = RiskScoreOf(subject_.rules, subject_.alerts);
    if (score.has_value()) answer_.set_risk_score(*score);
    for (const ScreenAlert& alert : subject_.alerts) COINWAKE_RETURN_IF_ERROR(AddAlert(alert));
    FillExposure();
    return absl::OkStatus();
  }

 private:
  const ScreenFacts& facts() const { return subject_.findings.facts; }

  absl::Status AddAlert(const ScreenAlert& alert) {
    const ScreenRule& rule = subject_.rules.rules[alert.rule];
    alert_ = static_cast<std::uint32_t>(answer_.alerts_size());
    v1::ScreeningAlert* const wire = answer_.add_alerts();
    wire->set_rule(rule.id);
    wire->set_description(rule.description);
    wire->set_score(rule.score);
    if (alert.about_subject.has_value()) {
      wire->set_about(std::string(RelationName(*alert.about_subject)));
      wire->set_evidence_count(1);
      if (IsFull()) return absl::OkStatus();
      v1::ScreeningEvidence* const evidence = AddEvidence(subject_.name);
      AddSaid(rule, *alert.about_subject == Relation::kOwn ? subject_.own : subject_.cluster,
              evidence);
      evidence_bytes_ += evidence->ByteSizeLong();
      return absl::OkStatus();
    }
    wire->set_about(kPayments);
    wire->set_side(NameOfSide(alert.side));
    wire->set_asset(facts().assets[alert.asset]);
    wire->set_direct(ToDecimal(alert.direct));
    wire->set_indirect(ToDecimal(alert.indirect));
    wire->set_share_ppm(alert.share_ppm);
    wire->set_evidence_count(alert.contacts.size());
    return AddContacts(rule, alert);
  }

  // Clients refuse answers of more than 4 MiB by default.
  bool IsFull() const { return evidence_bytes_ >= kMaxScreenEvidenceBytes; }

  v1::ScreeningEvidence* AddEvidence(const std::string& address) {
    v1::ScreeningEvidence* const evidence = answer_.add_evidence();
    evidence->set_alert(alert_);
    evidence->set_address(address);
    return evidence;
  }

  // What the rule goes by.
  static void AddSaid(const ScreenRule& rule, const SaidWith& with,
                      v1::ScreeningEvidence* evidence) {
    const Identity& identity = with.said[rule.moment];
    for (std::size_t i = 0; i < identity.claims.size(); ++i) {
      if (!rule.Names(identity.claims[i])) continue;
      const auto& known = with.labels[rule.moment][i];
      if (known == nullptr) {
        evidence->set_service(with.service);
      } else if (static_cast<std::size_t>(evidence->labels_size()) < kMaxScreenLabels) {
        FillLabel(*known, evidence->add_labels());
      }
    }
    for (const std::string& seed : identity.seeds) {
      if (!rule.NamesSeed(seed)) continue;
      if (static_cast<std::size_t>(evidence->seeds_size()) < kMaxScreenLabels) {
        evidence->add_seeds(seed);
      }
    }
  }

  absl::Status AddContacts(const ScreenRule& rule, const ScreenAlert& alert) {
    const auto counted = [&](std::uint32_t contact) {
      const ScreenContact& one = facts().contacts[contact];
      return (rule.Has(Relation::kDirect) ? one.direct : AmountSum(0)) +
             (rule.Has(Relation::kIndirect) ? one.indirect : AmountSum(0));
    };
    std::vector<std::pair<AmountSum, std::uint32_t>> order;
    for (const std::uint32_t contact : alert.contacts)
      order.emplace_back(counted(contact), contact);
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    if (order.size() > kMaxScreenEvidence) order.resize(kMaxScreenEvidence);
    for (const auto& [amount, contact] : order) {
      if (IsFull()) break;
      COINWAKE_RETURN_IF_ERROR(AddContact(rule, contact));
    }
    return absl::OkStatus();
  }

  absl::Status AddContact(const ScreenRule& rule, std::uint32_t number) {
    const ScreenContact& contact = facts().contacts[number];
    const ScreeningFindings::Detail& detail = subject_.findings.details[number];
    const ScreeningParties::Party& party = subject_.parties.At(contact.who);
    v1::ScreeningEvidence* const evidence = AddEvidence(subject_.name_of(party.address));
    evidence->set_direct(ToDecimal(contact.direct));
    evidence->set_indirect(ToDecimal(contact.indirect));
    if (detail.min_hops.has_value()) evidence->set_min_hops(*detail.min_hops);
    for (const TxNum tx : detail.transactions) evidence->add_transactions(subject_.txid_of(tx));
    evidence->set_transactions_count(detail.transactions_count);
    AddSaid(rule, party.with, evidence);
    evidence_bytes_ += evidence->ByteSizeLong();
    if (contact.direct != 0 || routes_ >= kMaxScreenRoutes) return absl::OkStatus();
    ++routes_;
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<TxNum> route, subject_.route_to(contact));
    for (const TxNum tx : route) evidence->add_route(subject_.txid_of(tx));
    return absl::OkStatus();
  }

  void FillExposure() {
    struct Sum {
      AmountSum direct = 0;
      AmountSum indirect = 0;
      std::optional<std::uint32_t> min_hops;
    };
    std::map<std::tuple<ScreenSide, std::uint32_t, std::string, std::string>, Sum> sums;
    for (std::size_t i = 0; i < facts().contacts.size(); ++i) {
      const ScreenContact& contact = facts().contacts[i];
      const ScreeningParties::Party& party = subject_.parties.At(contact.who);
      CalledAs called = NameParty(party.with.said, subject_.name_of(party.address));
      Sum& sum =
          sums[{contact.side, contact.asset, std::move(called.category), std::move(called.entity)}];
      sum.direct += contact.direct;
      sum.indirect += contact.indirect;
      const std::optional<std::uint32_t>& hops = subject_.findings.details[i].min_hops;
      if (hops.has_value()) sum.min_hops = std::min(*hops, sum.min_hops.value_or(*hops));
    }
    v1::ScreeningExposure* const exposure = answer_.mutable_exposure();
    std::vector<ScreenTotal> totals = facts().totals;
    std::sort(totals.begin(), totals.end(), [](const ScreenTotal& a, const ScreenTotal& b) {
      return std::tie(a.side, a.asset) < std::tie(b.side, b.asset);
    });
    std::map<std::pair<ScreenSide, std::uint32_t>, AmountSum> total_of;
    for (const ScreenTotal& total : totals) {
      v1::ScreeningTotal* const wire = exposure->add_totals();
      wire->set_side(NameOfSide(total.side));
      wire->set_asset(facts().assets[total.asset]);
      wire->set_amount(ToDecimal(total.amount));
      total_of[{total.side, total.asset}] = total.amount;
    }
    exposure->set_entries_count(sums.size());
    for (const auto& [key, sum] : sums) {
      if (static_cast<std::size_t>(exposure->entries_size()) == kMaxScreenEntries) break;
      const auto& [side, asset, category, entity] = key;
      v1::ScreeningExposureEntry* const wire = exposure->add_entries();
      wire->set_side(NameOfSide(side));
      wire->set_asset(facts().assets[asset]);
      wire->set_category(category);
      wire->set_entity(entity);
      wire->set_direct(ToDecimal(sum.direct));
      wire->set_indirect(ToDecimal(sum.indirect));
      wire->set_share_ppm(ShareOf(sum.direct + sum.indirect, total_of[{side, asset}]));
      if (sum.min_hops.has_value()) wire->set_min_hops(*sum.min_hops);
    }
  }

  const ScreenedSubject& subject_;
  v1::ScreeningResult& answer_;
  std::uint32_t alert_ = 0;  // in work
  std::size_t routes_ = 0;
  std::size_t evidence_bytes_ = 0;
};

}  // namespace

absl::Status FillScreening(const ScreenedSubject& subject, v1::ScreeningResult* answer) {
  return ScreeningFiller(subject, answer).Fill();
}

}  // namespace coinwake::server
