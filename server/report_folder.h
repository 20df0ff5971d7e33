// Reports as a folder of files, which goes on where it was interrupted.
//
//   OUT/manifest.json                    of the whole report; there once it is complete
//   OUT/summary.csv, summary.json        a row each seller
//   OUT/sellers/NAME/                    one seller: FolderNameOf() its name
//     receipts.csv, receipts.json, ...   the tables of server/report_tables.h
//     index.html                         the same for people, the first rows of each
//     manifest.json                      what it was made from, and the SHA-256 of the others
//
// A file is whole or not there (reports/report_file.h), and a manifest is written last: a seller is
// complete if its manifest is there. One that is complete, of the same snapshot, seeds, parameters
// and rules, and whose files are what the manifest says, is kept; any other is made anew. So what
// is there in the end has the same bytes whether or not anything interrupted it, and a seller's
// folder is the same whoever else is in the report. Nothing in it tells the time or the machine.
#ifndef COINWAKE_SERVER_REPORT_FOLDER_H_
#define COINWAKE_SERVER_REPORT_FOLDER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "indexer/base/cancellation.h"
#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "server/index_set.h"
#include "server/seller_trace.h"

namespace coinwake::v1 {
class ReportRequest;
class ReportSummary;
}  // namespace coinwake::v1

namespace coinwake::server {

// Counted up with every change of what the files hold.
inline constexpr std::uint32_t kReportFormat = 1;

// Whom the work tells of itself. All may be empty.
struct ReportObserver {
  std::function<void(std::uint64_t done, std::uint64_t sellers)> progress;
  std::function<void(const std::string&)> warn;                  // a line
  std::function<absl::Status(const v1::ReportSummary&)> report;  // each seller, as kept or made
};

// Codes as SellersOf() and AnswerReport(). kUnavailable: the folder cannot be written to, what and
// what helps is said; kFailedPrecondition: it holds a report of another network or asset, or of a
// newer format. kCancelled: sellers that are complete are kept. `files` are those of the folder;
// all are borrowed, `cancellation` may be null. Memory: as AnswerReport(), and the hashes.
absl::Status WriteReports(FileSystem& files, const std::string& out, OpenNetwork& open,
                          const v1::ReportRequest& request, const ReportLimits& limits,
                          const Cancellation* cancellation, const ReportObserver& observer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_REPORT_FOLDER_H_
