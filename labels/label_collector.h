// What the readers of every format share: rows become labels or are rejected.
#ifndef COINWAKE_LABELS_LABEL_COLLECTOR_H_
#define COINWAKE_LABELS_LABEL_COLLECTOR_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/csv.h"
#include "indexer/base/status.h"
#include "labels/label_file.h"

namespace coinwake {

// "true", "yes" and "1", "false", "no" and "0", in any case; nullopt for anything else.
std::optional<bool> ParseFlag(std::string_view text);

// Reads the value of a field that may be empty: that is fine, an unreadable one is not (false).
template <typename Value, typename Parse>
bool ReadOptional(std::string_view text, const Parse& parse, std::optional<Value>* value) {
  if (text.empty()) return true;
  *value = parse(text);
  return value->has_value();
}

// The beginning of `text` as valid UTF-8 of at most `most_bytes`, no character cut.
std::string ValidPrefix(std::string_view text, std::size_t most_bytes);

// The network that a row names; one of ours in any case. A ticker ("BTC", as GraphSense has it)
// names none: the address tells its chain. False for anything else.
bool ReadNetwork(std::string_view text, std::optional<Network>* network);

class LabelCollector {
 public:
  // `options` is borrowed and must outlive the collector.
  explicit LabelCollector(const LabelReadOptions& options) : options_(options) {}

  // The list whose rows follow, and its name: `own` is the file's for it, --list goes before it.
  const std::string& BeginList(std::string_view own, bool may_be_part);
  // The last part of the path, without .gz: what to call a list that has no name.
  std::string FileName() const;

  // A row about `address`, which gives `label` its network and bytes. `network` is the network that
  // the row itself names, if any. Texts are made valid UTF-8. REQUIRES: BeginList() before.
  void Add(std::uint64_t row, std::string_view address, std::optional<Network> network,
           Label label);
  void AddActor(std::uint64_t row, Actor actor);
  // A row of the list begun last, if any is.
  void Reject(std::uint64_t row, std::string_view reason);
  void SetBareList() { file_.bare_list = true; }
  void SetSdnPart(SdnPart part) { file_.sdn_part = part; }
  const LabelReadOptions& options() const { return options_; }

  // Reads the next record; false at the end. kInvalidArgument: malformed.
  absl::StatusOr<bool> NextRecord(CsvReader* reader, std::vector<std::string>* fields) const;
  // kResourceExhausted: too many rows or lists. Readers ask now and then, and stop.
  absl::Status status() const;
  absl::Status TooManyLists() const;
  // kNotFound with the path and line: there is no list of labels in it.
  absl::Status NoList(std::uint64_t line, std::string_view what) const;
  // kInvalidArgument likewise: it is one, and malformed.
  absl::Status Error(std::uint64_t line, std::string_view what) const;

  LabelFile Take() { return std::move(file_); }

 private:
  LabelList& list() { return file_.lists[current_]; }
  std::string At(std::uint64_t line, std::string_view what) const;

  const LabelReadOptions& options_;
  LabelFile file_;
  std::map<std::string, std::size_t> by_name_;
  std::size_t current_ = 0;
};

}  // namespace coinwake

#endif  // COINWAKE_LABELS_LABEL_COLLECTOR_H_
