#include "labels/label.h"

#include <algorithm>
#include <charconv>

#include "indexer/base/ascii.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"

namespace coinwake {
namespace {

struct Meaning {
  std::string_view word;
  LabelClass label_class;
  ServiceKind service_kind = ServiceKind::kService;  // of a service
};

// Categories and concepts of GraphSense's packs, entities of INTERPOL's DW-VA taxonomy, and our own
// words. `coinjoin` is missing on purpose: its addresses are the participants', not a service's.
constexpr Meaning kMeanings[] = {
    {"sanction", LabelClass::kSanction},
    {"sanctioned", LabelClass::kSanction},
    {"sanctions", LabelClass::kSanction},
    {"seller", LabelClass::kSeller},
    {"vendor", LabelClass::kSeller},
    {"shop", LabelClass::kSeller},
    {"shop_owner", LabelClass::kSeller},
    {"advertisement", LabelClass::kAdvertisement},
    {"website_mention", LabelClass::kAdvertisement},
    {"forum_mention", LabelClass::kAdvertisement},
    {"atm", LabelClass::kService},
    {"bridge", LabelClass::kService, ServiceKind::kBridge},
    {"cold_wallet", LabelClass::kService},
    {"crypto_atm", LabelClass::kService},
    {"custodian", LabelClass::kService},
    {"dark_market", LabelClass::kService},
    {"defi", LabelClass::kService},
    {"defi_bridge", LabelClass::kService, ServiceKind::kBridge},
    {"defi_derivative", LabelClass::kService},
    {"defi_dex", LabelClass::kService},
    {"defi_lending", LabelClass::kService},
    {"escrow", LabelClass::kService},
    {"escrow_wallet", LabelClass::kService},
    {"exchange", LabelClass::kService},
    {"faucet", LabelClass::kService},
    {"gambling", LabelClass::kService},
    {"hosted-wallet", LabelClass::kService},
    {"hosted_wallet", LabelClass::kService},
    {"hot_wallet", LabelClass::kService},
    {"market", LabelClass::kService},
    {"miner", LabelClass::kService},
    {"mining_pool", LabelClass::kService},
    {"mining_service", LabelClass::kService},
    {"mixer", LabelClass::kService, ServiceKind::kMixer},
    {"mixing_service", LabelClass::kService, ServiceKind::kMixer},
    {"payment_processor", LabelClass::kService},
    {"service", LabelClass::kService},
    {"tumbler", LabelClass::kService, ServiceKind::kMixer},
    {"virtual_asset_service_provider", LabelClass::kService},
    {"wallet_service", LabelClass::kService},
};

// Packs of OFAC's list need not say what it is (GraphSense's ofac.yaml has category: user).
constexpr Meaning kSources[] = {
    {"treasury.gov/ofac/downloads/", LabelClass::kSanction},
    {"sanctionslistservice.ofac.treas.gov/", LabelClass::kSanction},
    {"home.treasury.gov/policy-issues/financial-sanctions/recent-actions", LabelClass::kSanction},
    {"ofac.treasury.gov/recent-actions", LabelClass::kSanction},
    {"ofac-sdn-list-", LabelClass::kSanction},  // with a date
};

struct Level {
  std::string_view id;
  std::uint16_t permille;
};

// GraphSense's confidence taxonomy (confidence.csv of graphsense-tagpack-tool).
constexpr Level kLevels[] = {
    {"override", 1000},
    {"ownership", 1000},
    {"ledger_immanent", 1000},
    {"manual_transaction", 900},
    {"service_api", 700},
    {"forensic_investigation", 700},
    {"authority_data", 600},
    {"trusted_provider", 500},
    {"service_data", 500},
    {"forensic", 500},
    {"untrusted_transaction", 400},
    {"web_crawl", 200},
    {"heuristic", 100},
    {"unknown", 50},
};

// Of wallets that mix together: whoever took part.
constexpr std::string_view kParticipants = "coinjoin";

constexpr int kPermillePerPercent = 10;
constexpr int kWholePercent = 100;

// nullptr: the word decides nothing.
const Meaning* MeaningOf(std::string_view word) {
  for (const Meaning& meaning : kMeanings) {
    if (ascii::EqualsIgnoreCase(meaning.word, word)) return &meaning;
  }
  return nullptr;
}

}  // namespace

std::string_view LabelClassName(LabelClass label_class) {
  switch (label_class) {
    case LabelClass::kService:
      return "service";
    case LabelClass::kSeller:
      return "seller";
    case LabelClass::kAdvertisement:
      return "advertisement";
    case LabelClass::kSanction:
      return "sanction";
    case LabelClass::kOther:
      return "other";
  }
  return "other";
}

std::optional<LabelClass> ParseLabelClass(std::string_view name) {
  for (const LabelClass label_class : kAllLabelClasses) {
    if (LabelClassName(label_class) == name) return label_class;
  }
  return std::nullopt;
}

std::optional<LabelClass> ClassOfWord(std::string_view word) {
  const Meaning* const meaning = MeaningOf(word);
  return meaning == nullptr ? std::nullopt : std::optional(meaning->label_class);
}

std::optional<LabelClass> ClassOfWords(const std::vector<std::string_view>& words) {
  constexpr LabelClass kStrongestFirst[] = {LabelClass::kSanction, LabelClass::kSeller,
                                            LabelClass::kAdvertisement, LabelClass::kService};
  for (const LabelClass label_class : kStrongestFirst) {
    for (const std::string_view word : words) {
      if (ClassOfWord(word) == label_class) return label_class;
    }
  }
  return std::nullopt;
}

std::optional<LabelClass> ClassOfSource(std::string_view source) {
  for (const Meaning& meaning : kSources) {
    if (source.find(meaning.word) != std::string_view::npos) return meaning.label_class;
  }
  return std::nullopt;
}

std::optional<std::uint16_t> ParseConfidence(std::string_view text) {
  for (const Level& level : kLevels) {
    if (level.id == text) return level.permille;
  }
  int percent = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, percent);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (percent < 0 || percent > kWholePercent) return std::nullopt;
  return static_cast<std::uint16_t>(percent * kPermillePerPercent);
}

bool IsConfidence(std::uint16_t permille) {
  return permille % kPermillePerPercent == 0 && permille <= kWholePercent * kPermillePerPercent;
}

std::string ConfidenceText(std::uint16_t permille) {
  COINWAKE_CHECK(IsConfidence(permille));
  return std::to_string(permille / kPermillePerPercent);
}

std::string AddressText(Network network, std::string_view address) {
  const ByteSpan bytes = AsBytes(address.data(), address.size());
  return ChainOf(network) == Chain::kTron ? tron::Account(bytes).Name()
                                          : bitcoin::NameOfScript(bytes, network);
}

bool SpeaksForCluster(const Label& label) {
  switch (ClassOf(label)) {
    case LabelClass::kService:
      return label.cluster_definer.value_or(true);
    case LabelClass::kOther:
      return label.cluster_definer.value_or(false) &&
             !ascii::EqualsIgnoreCase(label.category, kParticipants);
    case LabelClass::kSeller:
    case LabelClass::kAdvertisement:
    case LabelClass::kSanction:
      return false;
  }
  return false;
}

std::optional<ServiceKind> ServiceKindOf(const Label& label) {
  if (ClassOf(label) != LabelClass::kService) return std::nullopt;
  const Meaning* const meaning = MeaningOf(label.category);
  return meaning == nullptr ? ServiceKind::kService : meaning->service_kind;
}

bool HoldsOn(const Label& label, Date date) {
  return (!label.valid_from.has_value() || *label.valid_from <= date) &&
         (!label.valid_to.has_value() || date <= *label.valid_to);
}

}  // namespace coinwake
