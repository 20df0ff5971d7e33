// The entries of reports as the tables of a report's folder: docs/reports.md tells every column.
#ifndef COINWAKE_SERVER_REPORT_TABLES_H_
#define COINWAKE_SERVER_REPORT_TABLES_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace coinwake::v1 {
class ReportEntry;
class ReportSummary;
}  // namespace coinwake::v1

namespace coinwake::server {

struct ReportTable {
  std::string name;   // of its files, without ".csv" and ".json"
  std::string title;  // on the page
  std::vector<std::string> header;
};
// In the order of entries; the summary, which is the last of a seller's entries, is the last.
inline constexpr std::size_t kReportTables = 8;
std::span<const ReportTable, kReportTables> ReportTables();

// Which table has the entry. REQUIRES: it has content.
std::size_t TableOf(const v1::ReportEntry& entry);

using TableRow = std::vector<std::string>;  // a cell for each name of the header
// Replaces `rows`; most entries are one. `asset` and `policy` are the report's.
void FillRows(const v1::ReportEntry& entry, const std::string& asset, const std::string& policy,
              std::vector<TableRow>* rows);
TableRow SummaryRow(const v1::ReportSummary& summary);

// The message in the entry as --json prints it, with a line break.
std::string JsonLineOf(const v1::ReportEntry& entry);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_REPORT_TABLES_H_
