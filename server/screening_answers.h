// Screenings as messages, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_SCREENING_ANSWERS_H_
#define COINWAKE_SERVER_SCREENING_ANSWERS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/base/sync.h"
#include "screening/rules.h"
#include "server/index_set.h"
#include "server/screening_book.h"
#include "server/screening_facts.h"
#include "server/screening_parties.h"

namespace coinwake::v1 {
class ScreeningResult;
class ScreenOptions;
}  // namespace coinwake::v1

namespace coinwake::server {

inline constexpr std::uint32_t kDefaultScreenHops = 5;
inline constexpr std::uint32_t kMaxScreenHops = 20;
inline constexpr std::size_t kMaxScreenEvidence = 100;           // of one alert
inline constexpr std::size_t kMaxScreenEvidenceBytes = 2 << 20;  // of one answer, about
inline constexpr std::size_t kMaxScreenEntries = 1'000;
inline constexpr std::size_t kMaxScreenLabels = 100;  // of one piece of evidence
// Searches for ways of indirect exposure, each bounded; by evidence, the first.
inline constexpr std::size_t kMaxScreenRoutes = 10;

// Whether `subject` is written as a transaction or one of its outputs; else it is an address.
bool IsTransactionSubject(const std::string& subject);

// Screens against one open network. Thread-safe; keeps who is labelled, as of the dates asked for,
// and the rules read last.
class Screener {
 public:
  // `open` is borrowed and must outlive this.
  explicit Screener(OpenNetwork& open) : open_(open), books_(open) {}
  Screener(const Screener&) = delete;
  Screener& operator=(const Screener&) = delete;

  OpenNetwork& open() const { return open_; }

  // Reads the options. kInvalidArgument: one is malformed; a seed's address is none here; of rules
  // with their line. Else as ScreeningBooks::Get(). `cancellation` may be null.
  absl::StatusOr<PreparedScreening> Prepare(const v1::ScreenOptions& options,
                                            const Cancellation* cancellation);

  // kInvalidArgument: `subject` is no address, transaction or output here. A cheap look at the
  // text.
  absl::Status CheckSubject(const std::string& subject) const;

  // Fills `answer`, which must be empty and is meaningless after an error. Codes as
  // Screening.Screen. The same options and subject give the same answer.
  absl::Status Answer(const PreparedScreening& screening, const std::string& subject,
                      const Cancellation* cancellation, v1::ScreeningResult* answer);

 private:
  absl::StatusOr<std::shared_ptr<const RuleSet>> RulesOf(const std::string& text);
  absl::Status AddSeeds(const v1::ScreenOptions& options, PreparedScreening* screening) const;
  // Finds the services that only their use shows; once, as the snapshot does not change.
  absl::Status AddServicesByUse(const Cancellation* cancellation, PreparedScreening* screening);

  static constexpr std::size_t kKeptRules = 8;

  OpenNetwork& open_;
  ScreeningBooks books_;
  Mutex mutex_;
  // By their text; the oldest goes first.
  std::vector<std::pair<std::string, std::shared_ptr<const RuleSet>>> rules_
      COINWAKE_GUARDED_BY(mutex_);
  bool has_by_use_ COINWAKE_GUARDED_BY(mutex_) = false;
  std::shared_ptr<const KnownServices> by_use_ COINWAKE_GUARDED_BY(mutex_);
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SCREENING_ANSWERS_H_
