// Reports about sellers as messages, the same for gRPC and for a report's folder.
//
// A seller is a label. Each is reported on its own, by the same functions that answer traces,
// bounds, exposure and typologies, so that its entries do not depend on who else is asked for. What
// the index and its labels cost to know (clusters, services) is shared, as it is by all who ask.
#ifndef COINWAKE_SERVER_REPORT_ANSWERS_H_
#define COINWAKE_SERVER_REPORT_ANSWERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "server/index_set.h"
#include "server/seller_trace.h"

namespace coinwake::v1 {
class ReportEntry;
class ReportRequest;
}  // namespace coinwake::v1

namespace coinwake::server {

inline constexpr std::uint32_t kDefaultBoundedHolders = 10;
inline constexpr std::uint32_t kMostBoundedHolders = 100;

// Sellers by name, and which of the request's seeds are theirs, in its order.
using ReportSellers = std::map<std::string, std::vector<int>>;

// kInvalidArgument: there is no seed, or one is malformed; `bounded_holders` is too large.
absl::StatusOr<ReportSellers> SellersOf(const OpenNetwork& open, const v1::ReportRequest& request);

// What PrepareTrace() says of the request with the seeds of the first seller, so that a request
// that asks for what there is not is refused before anything is written.
absl::Status CheckReport(OpenNetwork& open, const v1::ReportRequest& request,
                         const ReportSellers& sellers, const Cancellation* cancellation);

// Emits the entries of one seller in the order that Reports.MakeReport promises. `seller` is its
// name, `seeds` are its own. Codes as there, the message names the seller; what `emit` returned.
// `cancellation` may be null. Bounds that would pass a limit are left out, and the summary says so.
// Memory: that of a trace, and of a few entries.
absl::Status AnswerReport(OpenNetwork& open, const v1::ReportRequest& request,
                          const std::string& seller, const std::vector<int>& seeds,
                          const ReportLimits& limits, const Cancellation* cancellation,
                          const std::function<absl::Status(const v1::ReportEntry&)>& emit);

// The same of all sellers of the request.
absl::Status AnswerReports(OpenNetwork& open, const v1::ReportRequest& request,
                           const ReportLimits& limits, const Cancellation* cancellation,
                           const std::function<absl::Status(const v1::ReportEntry&)>& emit);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_REPORT_ANSWERS_H_
