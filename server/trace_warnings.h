// What a trace's figures do not tell, for whoever reads them: on its summaries, and from a command.
#ifndef COINWAKE_SERVER_TRACE_WARNINGS_H_
#define COINWAKE_SERVER_TRACE_WARNINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "indexer/view/chain_view.h"

namespace coinwake::v1 {
class Summary;
}  // namespace coinwake::v1

namespace coinwake::server {

struct TraceWarning {
  std::string text;                    // a line
  std::optional<std::uint32_t> label;  // its number in the request; nullopt: it concerns all
};

// What warnings call the subject of a request: of an answer that has no seeds it is no seed.
struct SubjectWords {
  const char* subject = "seed";
  const char* as_well = "seed that as well";  // what to do with what else its key was paid as
};

// The heights of a request, where it names any.
struct SeedingSpan {
  std::optional<std::uint64_t> since;
  std::optional<std::uint64_t> until;

  // Whether blocks of the index are left out. False also where all are: of that a time beyond the
  // tip is warned for all labels at once.
  bool CutsSome(const Snapshot& snapshot) const {
    return (since.has_value() || until.has_value()) &&
           since.value_or(snapshot.from_height) <= snapshot.height;
  }
  // "between heights 3 and 7, and seeds nothing"
  std::string NothingText(const Snapshot& snapshot) const;
};

// Warnings by label: with ten thousand labels each summary has its own alone.
class WarningsByLabel {
 public:
  // `warnings` is borrowed.
  explicit WarningsByLabel(const std::vector<TraceWarning>& warnings);

  // Adds those of `label` to its summary, then those that concern all, each in order.
  void AddTo(std::uint32_t label, v1::Summary* summary) const;

 private:
  absl::flat_hash_map<std::uint32_t, std::vector<const std::string*>> of_label_;
  std::vector<const std::string*> of_all_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_TRACE_WARNINGS_H_
