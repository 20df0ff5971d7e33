// A label: what a list says of an address. A claim with a source, not a proof.
//
// docs/design/labels.md is the page for people.
#ifndef COINWAKE_LABELS_LABEL_H_
#define COINWAKE_LABELS_LABEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/network.h"
#include "labels/date.h"

namespace coinwake {

// What a label says its address is, as far as it decides for whom the label speaks. On disk: values
// never change.
enum class LabelClass : std::uint8_t {
  kService = 1,        // holds the coins of many: an exchange, a mixer, a market, a pool
  kSeller = 2,         // a seller's own address
  kAdvertisement = 3,  // an advertisement or a page names it
  kSanction = 4,       // a sanctions list names it
  kOther = 5,
};
inline constexpr LabelClass kAllLabelClasses[] = {LabelClass::kService, LabelClass::kSeller,
                                                  LabelClass::kAdvertisement, LabelClass::kSanction,
                                                  LabelClass::kOther};

// "service", "seller", "advertisement", "sanction", "other".
std::string_view LabelClassName(LabelClass label_class);
std::optional<LabelClass> ParseLabelClass(std::string_view name);
// What a category, concept or abuse of GraphSense, of INTERPOL's taxonomy or of our own words
// means; case does not matter. nullopt: the word decides nothing.
std::optional<LabelClass> ClassOfWord(std::string_view word);
// Of several words that strongest: sanction, seller, advertisement, service.
std::optional<LabelClass> ClassOfWords(const std::vector<std::string_view>& words);

// The same of where a claim was made: sanction for what OFAC publishes its list under.
std::optional<LabelClass> ClassOfSource(std::string_view source);

// GraphSense's word for how sure a label is, in thousandths: "service_data" is 500. A whole number
// from 0 to 100 counts in hundredths. nullopt for anything else.
std::optional<std::uint16_t> ParseConfidence(std::string_view text);
// Whether ParseConfidence() gives it for some text.
bool IsConfidence(std::uint16_t permille);
// The number that ParseConfidence() reads back. REQUIRES: IsConfidence().
std::string ConfidenceText(std::uint16_t permille);

// Longest texts, in bytes; a label that has longer ones is rejected. OFAC's names have up to 350
// characters; of the rest, a word or a name each, a file may repeat the same in every row.
inline constexpr std::size_t kMaxLabelNameBytes = 1024;
inline constexpr std::size_t kMaxLabelSourceBytes = 1024;
inline constexpr std::size_t kMaxLabelWordBytes = 256;  // category, actor, creator, abuse

struct Label {
  Network network = Network::kBitcoin;
  std::string address;  // the bytes that identify it: a scriptPubKey, or the account's bytes

  std::string name;      // never empty
  std::string category;  // "exchange"; empty: not told
  std::string actor;     // id of an ActorPack's entry, or a name; empty: not told
  std::string source;    // where the claim was made; empty: not told
  std::string creator;   // who made the list; empty: not told
  std::string abuse;     // "ransomware"; empty: none told
  std::optional<std::uint16_t> confidence_permille;
  // Whether the list says that the label holds for the whole cluster; nullopt: it does not say.
  std::optional<bool> cluster_definer;
  std::optional<LabelClass> label_class;  // nullopt: nothing told decides it
  std::optional<Date> valid_from;         // first and last day the claim holds for
  std::optional<Date> valid_to;

  friend bool operator==(const Label&, const Label&) = default;
};

// The address as people write it: Bitcoin Core's text, or base58 of the account.
std::string AddressText(Network network, std::string_view address);
// What is asked for where a label was given no class.
inline LabelClass ClassOf(const Label& label) {
  return label.label_class.value_or(LabelClass::kOther);
}
// Whether what it says of its address holds for the whole cluster. What a sanctions list, an
// advertisement or a seller's page names is one address: were its cluster an exchange's, everybody
// there would be branded. A service's label speaks for the cluster unless its list says otherwise,
// another one only if its list says so; one of category `coinjoin`, whose addresses are the
// participants', only where its class is service.
bool SpeaksForCluster(const Label& label);
// What sort of service a label names, for those who follow money there.
enum class ServiceKind : std::uint8_t {
  kService,  // an exchange, a market, a pool, ...
  kMixer,
  kBridge,  // to another chain
};
// Its category decides. nullopt: the label is not of class service.
std::optional<ServiceKind> ServiceKindOf(const Label& label);
// Whether `date` is among the days the label holds for.
bool HoldsOn(const Label& label, Date date);

// An entry of an ActorPack: who a tag's `actor` is.
struct Actor {
  std::string id;
  std::string name;
  std::vector<std::string> categories;

  friend bool operator==(const Actor&, const Actor&) = default;
};

}  // namespace coinwake

#endif  // COINWAKE_LABELS_LABEL_H_
