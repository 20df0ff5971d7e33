// The words of a trace request that mean the same on every chain.
#ifndef COINWAKE_SERVER_TRACE_WORDS_H_
#define COINWAKE_SERVER_TRACE_WORDS_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "indexer/base/status.h"
#include "server/names.h"
#include "tracer/trace.h"

namespace coinwake::server {

template <typename Value>
using Words = std::initializer_list<std::pair<std::string_view, Value>>;

// The value of `word`; that of the first choice when it is empty. kInvalidArgument names them all.
template <typename Value>
absl::StatusOr<Value> Choose(std::string_view what, std::string_view word, Words<Value> choices) {
  if (word.empty()) return choices.begin()->second;
  std::string known;
  for (const auto& [name, value] : choices) {
    if (name == word) return value;
    known += known.empty() ? "" : ", ";
    known += name;
  }
  return absl::InvalidArgumentError(absl::StrCat("this version has no ", std::string(what), " \"",
                                                 Excerpt(word), "\"; it has: ", known));
}

// Directions of a trace.
inline constexpr char kForward[] = "forward";
inline constexpr char kBackward[] = "backward";

// Kinds of service to stop at.
struct StopKinds {
  bool services = false;  // and bridges
  bool mixers = false;

  bool Hold(SinkKind kind) const { return kind == SinkKind::kMixer ? mixers : services; }
};
// Both where `stop_at` is empty. kInvalidArgument names the words.
absl::StatusOr<StopKinds> ParseStopAt(std::string_view stop_at);
// kInvalidArgument: longer than kMaxLabelBytes, or no UTF-8.
absl::Status CheckLabel(std::string_view label);

// A number of 128 bits: a hundred of a token with 18 decimals pass 64. nullopt: it is none.
std::optional<Uint128> ParseUnits(std::string_view text);

// Labels by order of first mention.
class LabelNumbers {
 public:
  // Appends the label to `labels`, which all calls share, where it is new.
  std::uint32_t NumberOf(std::string_view label, std::vector<std::string>* labels) {
    const auto next = static_cast<std::uint32_t>(labels->size());
    const auto [place, is_new] = numbers_.try_emplace(std::string(label), next);
    if (is_new) labels->emplace_back(label);
    return place->second;
  }

 private:
  absl::flat_hash_map<std::string, std::uint32_t> numbers_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_TRACE_WORDS_H_
