// The file of rules that `screen --rules` takes: YAML, of which JSON is a part.
//
//   version: 1
//   rules:
//     - id: mixer-direct                       # a-z, 0-9, - and _; unique
//       description: Paid by a mixer, or pays one
//       score: 60                              # 0 to 100
//       direction: both                        # deposit, withdrawal or both (default)
//       exposure: [direct]                     # own, cluster, direct, indirect
//       categories: [mixer, tumbler]           # and classes, entities, labels, lists, seeds,
//                                              # any_seed: whom it is about, one at least
//       assets: [BTC, TRX, USDT]               # default: all
//       min_amount: {BTC: 10000}               # base units
//       min_share_ppm: 10000                   # parts per million
//       as_of: 2024-09-27                      # labels as known then; default: now
//
// Where a list is wanted, one value will do. USDT is Tether's contract on the main network. What
// the file may hold is bounded, so that any bytes are read or refused in a time that grows with
// their number.
#ifndef COINWAKE_SCREENING_RULES_FILE_H_
#define COINWAKE_SCREENING_RULES_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "screening/rules.h"

namespace coinwake {

inline constexpr std::size_t kMaxRulesBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxRules = 256;
inline constexpr std::size_t kMaxRuleItems = 1'000;  // of one list
inline constexpr std::size_t kMaxRuleIdBytes = 64;
inline constexpr std::size_t kMaxRuleTextBytes = 1024;  // of a description, a name, a list
// Dates that rules may ask for labels as of: each takes a pass over all labels.
inline constexpr std::size_t kMaxRuleDates = 8;

// kInvalidArgument for anything but such a file: one line that names `source`, the line in it, the
// rule and the key, and what to write instead.
absl::StatusOr<RuleSet> ParseRules(std::string_view text, const std::string& source);

// The same of a file. kNotFound, kUnavailable; kResourceExhausted above kMaxRulesBytes.
absl::StatusOr<RuleSet> ReadRulesFile(FileSystem& files, const std::string& path);

// The rules where no file is given, as such a file: docs/screening.md explains them.
std::string_view DefaultRulesText();
const RuleSet& DefaultRules();

}  // namespace coinwake

#endif  // COINWAKE_SCREENING_RULES_FILE_H_
