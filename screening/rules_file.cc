#include "screening/rules_file.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "indexer/base/ascii.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"
#include "indexer/base/utf8.h"
#include "indexer/tron/asset.h"
#include "indexer/tron/known_addresses.h"
#include "screening/yaml_tree.h"

namespace coinwake {
namespace {

constexpr char kVersion[] = "1";
constexpr char kRuleKeys[] =
    "id, description, score, direction, exposure, classes, categories, entities, labels, lists, "
    "seeds, any_seed, assets, min_amount, min_share_ppm, as_of";
constexpr std::size_t kShownBytes = 60;  // of a value in a message

std::string Quoted(std::string_view text) {
  const bool is_cut = text.size() > kShownBytes;
  return absl::StrCat("\"", Printable(ValidUtf8(text.substr(0, kShownBytes))), is_cut ? "..." : "",
                      "\"");
}

// Decimal digits, at least one. nullopt for all else, and above `most`.
std::optional<Uint256> NumberOf(std::string_view text, const Uint256& most) {
  if (text.empty()) return std::nullopt;
  Uint256 number = 0;
  for (const char c : text) {
    if (!ascii::IsDigit(c)) return std::nullopt;
    const auto digit = static_cast<unsigned>(c - '0');
    if (number > (most - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return number;
}

// The name that answers give the asset. nullopt: none.
std::optional<std::string> AssetNameOf(const std::string& text) {
  if (text == "BTC") return text;
  if (text == "USDT") return absl::StrCat("TRC20:", std::string(tron::kTetherContract));
  const absl::StatusOr<tron::Asset> asset = tron::ParseAsset(text);
  if (!asset.ok()) return std::nullopt;
  return asset->Name();
}

std::optional<LabelClass> ClassNamed(std::string_view word) { return ParseLabelClass(word); }

std::optional<Relation> RelationNamed(std::string_view word) {
  for (std::size_t i = 0; i < kRelationsCount; ++i) {
    const auto relation = static_cast<Relation>(i);
    if (RelationName(relation) == word) return relation;
  }
  return std::nullopt;
}

// Reads a file's tree, and says what is wrong with it first.
class RulesReader {
 public:
  RulesReader(const YamlTree& tree, const std::string& source) : tree_(tree), source_(source) {}

  absl::Status Read(RuleSet* rules) {
    if (tree_.nodes.empty() || tree_.At(0).kind != YamlNode::Kind::kMap) {
      return Error(1, "no rules file: it begins with `version: 1` and has `rules:`");
    }
    const YamlNode::Entry* place = nullptr;
    bool has_version = false;
    for (const YamlNode::Entry& entry : tree_.At(0).entries) {
      const YamlNode& value = tree_.At(entry.node);
      if (entry.key == "version") {
        has_version = true;
        if (value.kind != YamlNode::Kind::kScalar || value.text != kVersion) {
          return Error(entry.line, "version: this program reads version 1");
        }
      } else if (entry.key == "rules") {
        place = &entry;
      } else {
        return Error(entry.line, absl::StrCat("unknown key ", Quoted(entry.key),
                                              "; there are version and rules"));
      }
    }
    if (!has_version) return Error(1, "version is missing; write `version: 1`");
    if (place == nullptr) return Error(1, "rules is missing; write a list of rules under `rules:`");
    const YamlNode& list = tree_.At(place->node);
    if (list.kind != YamlNode::Kind::kList || list.entries.empty()) {
      return Error(place->line, "rules: a list of rules, one at least");
    }
    if (list.entries.size() > kMaxRules) {
      return Error(place->line,
                   absl::StrCat("rules: ", list.entries.size(), " rules, at most ", kMaxRules));
    }
    for (const YamlNode::Entry& entry : list.entries) {
      COINWAKE_RETURN_IF_ERROR(ReadRule(entry, rules));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Error(std::uint64_t line, std::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat(
        Printable(source_), ":", line, ": ",
        id_.empty() ? std::string() : absl::StrCat("rule ", Quoted(id_), ": "), std::string(what)));
  }
  // About the value of a key.
  absl::Status Wrong(const YamlNode::Entry& entry, std::string_view what) const {
    const YamlNode& value = tree_.At(entry.node);
    const std::string found = value.kind == YamlNode::Kind::kScalar
                                  ? absl::StrCat(Quoted(value.text), " is none; ")
                                  : std::string();
    return Error(entry.line, absl::StrCat(entry.key, ": ", found, std::string(what)));
  }

  absl::Status ReadRule(const YamlNode::Entry& place, RuleSet* rules) {
    id_.clear();
    const YamlNode& map = tree_.At(place.node);
    if (map.kind != YamlNode::Kind::kMap) {
      return Error(place.line, absl::StrCat("a rule is a map of ", kRuleKeys));
    }
    ScreenRule rule;
    COINWAKE_RETURN_IF_ERROR(ReadId(map, &rule));
    bool has_score = false;
    std::optional<Date> as_of;
    for (const YamlNode::Entry& entry : map.entries) {
      has_score = has_score || entry.key == "score";
      COINWAKE_RETURN_IF_ERROR(ReadKey(entry, &rule, &as_of));
    }
    if (!has_score) {
      return Error(map.line, absl::StrCat("score is missing; a number from 0 to ", kMaxRiskScore));
    }
    COINWAKE_RETURN_IF_ERROR(CheckRule(map, &rule));
    COINWAKE_RETURN_IF_ERROR(TakeMoment(map, as_of, rules, &rule));
    id_.clear();
    rules->rules.push_back(std::move(rule));
    return absl::OkStatus();
  }

  absl::Status ReadId(const YamlNode& map, ScreenRule* rule) {
    for (const YamlNode::Entry& entry : map.entries) {
      if (entry.key != "id") continue;
      const YamlNode& value = tree_.At(entry.node);
      const std::string& id = value.text;
      const bool fits =
          !id.empty() && id.size() <= kMaxRuleIdBytes &&
          std::all_of(id.begin(), id.end(), [](char c) {
            return ascii::IsDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
          });
      if (value.kind != YamlNode::Kind::kScalar || !fits) {
        return Wrong(entry, absl::StrCat("a-z, 0-9, - and _, at most ", kMaxRuleIdBytes));
      }
      if (!ids_.insert(id).second) {
        return Error(entry.line,
                     absl::StrCat("id: ", Quoted(id), " is another rule's; change one"));
      }
      id_ = rule->id = id;
      return absl::OkStatus();
    }
    return Error(map.line, "a rule without id; give it one");
  }

  absl::Status ReadKey(const YamlNode::Entry& entry, ScreenRule* rule, std::optional<Date>* as_of) {
    const std::string& key = entry.key;
    if (key == "id") return absl::OkStatus();
    if (key == "description") return ReadDescription(entry, &rule->description);
    if (key == "score") return ReadNumber(entry, kMaxRiskScore, &rule->score);
    if (key == "min_share_ppm") return ReadNumber(entry, kPartsPerMillion, &rule->min_share_ppm);
    if (key == "direction") return ReadDirection(entry, &rule->sides);
    if (key == "exposure") return ReadExposure(entry, rule);
    if (key == "classes") return ReadClasses(entry, &rule->classes);
    if (key == "categories") return ReadTexts(entry, /*lower=*/true, &rule->categories);
    if (key == "entities") return ReadTexts(entry, /*lower=*/false, &rule->entities);
    if (key == "labels") return ReadTexts(entry, /*lower=*/false, &rule->labels);
    if (key == "lists") return ReadTexts(entry, /*lower=*/false, &rule->lists);
    if (key == "seeds") return ReadTexts(entry, /*lower=*/false, &rule->seeds);
    if (key == "any_seed") return ReadFlag(entry, &rule->any_seed);
    if (key == "assets") return ReadAssets(entry, &rule->assets);
    if (key == "min_amount") return ReadAmounts(entry, &rule->min_amounts);
    if (key == "as_of") return ReadDate(entry, as_of);
    return Error(entry.line, absl::StrCat("unknown key ", Quoted(key), "; a rule has ", kRuleKeys));
  }

  // nullptr: no text.
  const std::string* TextOf(const YamlNode::Entry& entry) const {
    const YamlNode& value = tree_.At(entry.node);
    return value.kind == YamlNode::Kind::kScalar ? &value.text : nullptr;
  }

  absl::Status ReadDescription(const YamlNode::Entry& entry, std::string* description) const {
    const std::string* const text = TextOf(entry);
    if (text == nullptr || text->size() > kMaxRuleTextBytes) {
      return Error(entry.line,
                   absl::StrCat("description: a text of at most ", kMaxRuleTextBytes, " bytes"));
    }
    *description = *text;
    return absl::OkStatus();
  }

  absl::Status ReadNumber(const YamlNode::Entry& entry, std::uint32_t most,
                          std::uint32_t* number) const {
    const std::string* const text = TextOf(entry);
    const auto read = text == nullptr ? std::nullopt : NumberOf(*text, most);
    if (!read.has_value()) return Wrong(entry, absl::StrCat("a whole number from 0 to ", most));
    *number = static_cast<std::uint32_t>(*read);
    return absl::OkStatus();
  }

  absl::Status ReadFlag(const YamlNode::Entry& entry, bool* flag) const {
    const std::string* const text = TextOf(entry);
    if (text == nullptr || (*text != "true" && *text != "false")) {
      return Wrong(entry, "true or false");
    }
    *flag = *text == "true";
    return absl::OkStatus();
  }

  absl::Status ReadDirection(const YamlNode::Entry& entry, ScreenSides* sides) const {
    const std::string* const text = TextOf(entry);
    const auto read = text == nullptr ? std::nullopt : ParseScreenDirection(*text);
    if (!read.has_value()) return Wrong(entry, "deposit, withdrawal or both");
    *sides = *read;
    return absl::OkStatus();
  }

  absl::Status ReadDate(const YamlNode::Entry& entry, std::optional<Date>* date) const {
    const std::string* const text = TextOf(entry);
    *date = text == nullptr ? std::nullopt : ParseDate(*text);
    if (!date->has_value()) return Wrong(entry, "a date like 2024-09-27");
    return absl::OkStatus();
  }

  // The texts of a list, or the one that stands instead of it; each not empty.
  absl::StatusOr<std::vector<std::string>> ListOf(const YamlNode::Entry& entry) const {
    const YamlNode& value = tree_.At(entry.node);
    std::vector<std::string> texts;
    if (value.kind == YamlNode::Kind::kScalar) texts.push_back(value.text);
    if (value.kind == YamlNode::Kind::kList) {
      for (const YamlNode::Entry& item : value.entries) {
        if (TextOf(item) == nullptr) {
          return Error(item.line, absl::StrCat(entry.key, ": a list of texts alone"));
        }
        texts.push_back(*TextOf(item));
      }
    }
    if (texts.empty() || texts.size() > kMaxRuleItems) {
      return Error(entry.line, absl::StrCat(entry.key, ": a list of 1 to ", kMaxRuleItems,
                                            " texts; leave the key out for none"));
    }
    for (const std::string& text : texts) {
      if (!text.empty() && text.size() <= kMaxRuleTextBytes) continue;
      return Error(entry.line,
                   absl::StrCat(entry.key, ": texts of 1 to ", kMaxRuleTextBytes, " bytes"));
    }
    return texts;
  }

  absl::Status ReadTexts(const YamlNode::Entry& entry, bool lower,
                         std::vector<std::string>* sorted) const {
    COINWAKE_ASSIGN_OR_RETURN(*sorted, ListOf(entry));
    if (lower) {
      for (std::string& text : *sorted) text = ascii::ToLower(text);
    }
    std::sort(sorted->begin(), sorted->end());
    return absl::OkStatus();
  }

  absl::Status ReadExposure(const YamlNode::Entry& entry, ScreenRule* rule) const {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> words, ListOf(entry));
    for (const std::string& word : words) {
      const std::optional<Relation> relation = RelationNamed(word);
      if (!relation.has_value()) {
        return Error(entry.line, absl::StrCat("exposure: ", Quoted(word),
                                              " is none; own, cluster, direct or indirect"));
      }
      rule->relations[static_cast<std::size_t>(*relation)] = true;
    }
    return absl::OkStatus();
  }

  absl::Status ReadClasses(const YamlNode::Entry& entry, std::vector<LabelClass>* classes) const {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> words, ListOf(entry));
    for (const std::string& word : words) {
      const std::optional<LabelClass> label_class = ClassNamed(word);
      if (!label_class.has_value()) {
        return Error(entry.line,
                     absl::StrCat("classes: ", Quoted(word),
                                  " is none; service, seller, advertisement, sanction or other"));
      }
      classes->push_back(*label_class);
    }
    return absl::OkStatus();
  }

  absl::Status WrongAsset(const YamlNode::Entry& entry, const std::string& text) const {
    return Error(entry.line, absl::StrCat(entry.key, ": ", Quoted(text),
                                          " is no asset; BTC, TRX, USDT, TRC10:<id> or "
                                          "TRC20:<contract>"));
  }

  absl::Status ReadAssets(const YamlNode::Entry& entry, std::vector<std::string>* sorted) const {
    COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::string> texts, ListOf(entry));
    for (const std::string& text : texts) {
      std::optional<std::string> name = AssetNameOf(text);
      if (!name.has_value()) return WrongAsset(entry, text);
      sorted->push_back(*std::move(name));
    }
    std::sort(sorted->begin(), sorted->end());
    return absl::OkStatus();
  }

  absl::Status ReadAmounts(const YamlNode::Entry& entry,
                           std::map<std::string, Uint256>* amounts) const {
    const YamlNode& map = tree_.At(entry.node);
    if (map.kind != YamlNode::Kind::kMap || map.entries.empty()) {
      return Error(entry.line, "min_amount: amounts in base units by asset, as {BTC: 10000}");
    }
    for (const YamlNode::Entry& one : map.entries) {
      const std::optional<std::string> name = AssetNameOf(one.key);
      if (!name.has_value()) return WrongAsset({entry.key, one.line, one.node}, one.key);
      const std::string* const text = TextOf(one);
      const auto amount = text == nullptr ? std::nullopt : NumberOf(*text, ~Uint256(0));
      if (!amount.has_value()) {
        return Error(one.line, absl::StrCat("min_amount: of ", Quoted(one.key),
                                            " a whole number of base units, digits alone"));
      }
      if (!amounts->emplace(*name, *amount).second) {
        return Error(one.line, absl::StrCat("min_amount: ", Quoted(one.key),
                                            " is an asset that has one; leave one out"));
      }
    }
    return absl::OkStatus();
  }

  // What no key shows alone.
  absl::Status CheckRule(const YamlNode& map, ScreenRule* rule) const {
    const bool is_about_subject = rule->Has(Relation::kOwn) || rule->Has(Relation::kCluster);
    if (!is_about_subject && !rule->IsAboutPayments()) {
      return Error(map.line, "exposure is missing; one or more of own, cluster, direct, indirect");
    }
    if (rule->classes.empty() && rule->categories.empty() && rule->entities.empty() &&
        rule->labels.empty() && rule->lists.empty() && rule->seeds.empty() && !rule->any_seed) {
      return Error(map.line,
                   "it is about nobody; add classes, categories, entities, labels, lists, seeds or "
                   "any_seed: true");
    }
    const bool has_sums =
        !rule->assets.empty() || !rule->min_amounts.empty() || rule->min_share_ppm != 0;
    if (is_about_subject && has_sums) {
      return Error(
          map.line,
          "assets, min_amount and min_share_ppm are about payments; give the exposures own "
          "and cluster a rule without them");
    }
    for (const auto& [asset, amount] : rule->min_amounts) {
      if (rule->TakesAsset(asset)) continue;
      return Error(map.line, absl::StrCat("min_amount: ", Quoted(asset),
                                          " is none of the rule's assets; add it there"));
    }
    return absl::OkStatus();
  }

  absl::Status TakeMoment(const YamlNode& map, std::optional<Date> as_of, RuleSet* rules,
                          ScreenRule* rule) const {
    const auto place = std::find(rules->moments.begin(), rules->moments.end(), as_of);
    rule->moment = static_cast<std::size_t>(place - rules->moments.begin());
    if (place != rules->moments.end()) return absl::OkStatus();
    const auto dates =
        std::count_if(rules->moments.begin(), rules->moments.end(),
                      [](const std::optional<Date>& one) { return one.has_value(); });
    if (as_of.has_value() && static_cast<std::size_t>(dates) == kMaxRuleDates) {
      return Error(map.line, absl::StrCat("as_of: more than ", kMaxRuleDates,
                                          " different dates; split the file"));
    }
    rules->moments.push_back(as_of);
    return absl::OkStatus();
  }

  const YamlTree& tree_;
  const std::string& source_;
  std::set<std::string> ids_;
  std::string id_;  // of the rule in work
};

}  // namespace

absl::StatusOr<RuleSet> ParseRules(std::string_view text, const std::string& source) {
  if (text.size() > kMaxRulesBytes) {
    return absl::InvalidArgumentError(absl::StrCat(Printable(source), ": ", text.size(),
                                                   " bytes of rules, at most ", kMaxRulesBytes));
  }
  YamlTree tree;
  if (const YamlError error = ReadYaml(text, &tree); !error.what.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(Printable(source), ":", error.line, ": ", Printable(error.what)));
  }
  RuleSet rules;
  COINWAKE_RETURN_IF_ERROR(RulesReader(tree, source).Read(&rules));
  rules.sha256 = Sha256(AsBytes(text.data(), text.size()));
  return rules;
}

absl::StatusOr<RuleSet> ReadRulesFile(FileSystem& files, const std::string& path) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(files, path, kMaxRulesBytes));
  return ParseRules({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path);
}

const RuleSet& DefaultRules() {
  static const RuleSet* const rules = [] {
    absl::StatusOr<RuleSet> parsed = ParseRules(DefaultRulesText(), "default rules");
    COINWAKE_CHECK(parsed.ok());
    return new RuleSet(*std::move(parsed));
  }();
  return *rules;
}

}  // namespace coinwake
