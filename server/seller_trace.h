// What a report asks about one seller, the same on both sorts of chains.
#ifndef COINWAKE_SERVER_SELLER_TRACE_H_
#define COINWAKE_SERVER_SELLER_TRACE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"
#include "tracer/bounds.h"
#include "tracer/trace.h"

namespace coinwake::v1 {
class Holding;
class ReportReceipt;
class Snapshot;
class TraceEvent;
class TraceRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

// Of each trace and each of the bounds.
struct ReportLimits {
  TraceLimits trace;
  BoundsLimits bounds;
};

// Not thread-safe. Errors of all are those of RunTrace() and FindBounds(), or what `emit` returned.
class SellerTrace {
 public:
  virtual ~SellerTrace() = default;

  virtual const std::vector<std::string>& labels() const = 0;
  virtual void FillSnapshot(v1::Snapshot* wire) const = 0;
  virtual std::string asset() const = 0;
  // As answers name an entity of ExitBounds().
  virtual const std::string& EntityName(std::uint32_t entity) const = 0;
  // Whether two policies say the same of everything here.
  virtual bool AreSame(std::string_view policy, std::string_view other) const = 0;

  // What the seeds were paid, in chain order; all adds up to what a trace says was seeded.
  virtual absl::Status Receipts(
      const std::function<absl::Status(const v1::ReportReceipt&)>& emit) = 0;
  // AnswerTrace() by `policy`, one of kReportPolicies.
  virtual absl::Status Trace(std::string_view policy,
                             const std::function<absl::Status(const v1::TraceEvent&)>& emit) = 0;
  // Of which `stops` and `not_expanded` count: nothing is the target, so that each stop has all
  // that ends there. nullopt: no seed was ever seen.
  virtual absl::StatusOr<std::optional<Bounds>> ExitBounds() = 0;
  // Of what is, on accounts has arrived, at a holding of a trace. nullopt: that is a seed itself,
  // or locked.
  virtual absl::StatusOr<std::optional<Bounds>> HolderBounds(const v1::Holding& holding) = 0;
  // What a trace by `policy` says of that place; nullopt: the holding's own taint.
  virtual absl::StatusOr<std::optional<std::string>> Arrived(const v1::Holding& holding,
                                                             std::string_view policy) = 0;
};

// In the order in which reports list them.
inline constexpr std::string_view kReportPolicies[] = {"poison", "haircut", "fifo", "lifo",
                                                       "tiho",   "tifo",    "cifo", "tiso"};

// Codes as PrepareTrace(). `open`, `limits` and `cancellation` (may be null) are borrowed.
absl::StatusOr<std::unique_ptr<SellerTrace>> PrepareSeller(OpenNetwork& open,
                                                           const v1::TraceRequest& request,
                                                           const ReportLimits& limits,
                                                           const Cancellation* cancellation);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_SELLER_TRACE_H_
