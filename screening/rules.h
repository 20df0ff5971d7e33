// Rules of a screening: which labels and seeds, how near, and how much of them it takes.
//
// DESCRIPTION. A rule names whom it is about (labels by class, category, entity, name or list;
// seeds), how near they must be, and what was paid at least. It fires where something said of an
// address is named by it and the sums reach its thresholds; what it then counts is its score. Rules
// know nothing of chains: screening/screening.h holds them against facts.
//
// The file they are read from: screening/rules_file.h; the page for people: docs/screening.md.
#ifndef COINWAKE_SCREENING_RULES_H_
#define COINWAKE_SCREENING_RULES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/base/hash.h"
#include "labels/date.h"
#include "labels/label.h"

namespace coinwake {

// How near what is said is to the subject.
enum class Relation : std::uint8_t {
  kOwn,       // said of the subject's own address
  kCluster,   // said of another address that speaks for the subject's cluster
  kDirect,    // of who paid the subject or was paid by it, within one transaction or transfer
  kIndirect,  // through others that nothing is said of
};
inline constexpr std::size_t kRelationsCount = 4;
std::string_view RelationName(Relation relation);  // "own", "cluster", "direct", "indirect"

// Where money came from, or went. A deposit is screened by its source, a withdrawal by its
// destination.
enum class ScreenSide : std::uint8_t { kSource, kDestination };
inline constexpr std::size_t kScreenSidesCount = 2;
std::string_view ScreenSideName(ScreenSide side);  // "source", "destination"

// Which sides take part.
struct ScreenSides {
  bool source = true;
  bool destination = true;

  bool Have(ScreenSide side) const { return side == ScreenSide::kSource ? source : destination; }
  friend bool operator==(const ScreenSides&, const ScreenSides&) = default;
};
// "deposit": the source alone; "withdrawal": the destination; "both". nullopt for other words.
std::optional<ScreenSides> ParseScreenDirection(std::string_view word);
std::string_view ScreenDirectionName(const ScreenSides& sides);

// What one label says, as far as rules ask.
struct Claim {
  LabelClass label_class = LabelClass::kOther;
  std::string category = {};
  std::string abuse = {};
  std::string name = {};
  std::string actor = {};
  std::string entity = {};  // the actor's name; empty: not known
  std::string list = {};

  friend bool operator==(const Claim&, const Claim&) = default;
};

// All that is said of one address, or of the cluster it belongs to.
struct Identity {
  std::vector<Claim> claims;
  std::vector<std::string> seeds;  // their labels; of a seed without one its address

  bool empty() const { return claims.empty() && seeds.empty(); }
};

inline constexpr std::uint32_t kMaxRiskScore = 100;
inline constexpr std::uint32_t kPartsPerMillion = 1'000'000;

// Lists are sorted, so that long ones are looked up quickly.
struct ScreenRule {
  std::string id;
  std::string description;
  std::uint32_t score = 0;  // at most kMaxRiskScore
  ScreenSides sides;
  std::array<bool, kRelationsCount> relations{};

  // Whom it is about: any of these.
  std::vector<LabelClass> classes;
  std::vector<std::string> categories;  // lower case; of a label's category or abuse
  std::vector<std::string> entities;    // of its actor, or the actor's name
  std::vector<std::string> labels;      // of its own name
  std::vector<std::string> lists;
  bool any_seed = false;
  std::vector<std::string> seeds;

  // Of what was paid.
  std::vector<std::string> assets;             // empty: in any
  std::map<std::string, Uint256> min_amounts;  // base units by asset; one that is missing has none
  std::uint32_t min_share_ppm = 0;             // of all that was paid on the side in the asset

  std::size_t moment = 0;  // index into RuleSet::moments

  bool Has(Relation relation) const { return relations[static_cast<std::size_t>(relation)]; }
  bool IsAboutPayments() const { return Has(Relation::kDirect) || Has(Relation::kIndirect); }
  bool TakesAsset(std::string_view asset) const;
  bool Names(const Claim& claim) const;
  bool NamesSeed(std::string_view seed) const;
  // Any of them.
  bool Names(const Identity& identity) const;
};

// Immutable once read.
struct RuleSet {
  std::vector<ScreenRule> rules;  // as the file has them; ids are unique
  // When what labels say is asked for, one for each different `as_of`: nullopt is now.
  std::vector<std::optional<Date>> moments;
  Hash256 sha256;  // of the file's bytes
};

// All that is said of somebody, by RuleSet::moments.
using Said = std::vector<Identity>;

// Whether a rule about payments on `side` names what is said. REQUIRES: as many as moments.
bool IsNamedAmongPayments(const RuleSet& rules, ScreenSide side, const Said& said);

}  // namespace coinwake

#endif  // COINWAKE_SCREENING_RULES_H_
