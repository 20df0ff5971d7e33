// A trace as tables for people: one part a label.
#ifndef COINWAKE_CLI_TRACE_REPORT_H_
#define COINWAKE_CLI_TRACE_REPORT_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/table.h"

namespace coinwake::v1 {
class Holding;
class NotedAccounts;
class Sink;
class Summary;
class TraceEvent;
}  // namespace coinwake::v1

namespace coinwake::cli {

// Collects the events of a trace, then renders them.
class TraceReport {
 public:
  // `asset`: what is followed on accounts; empty where outputs are followed. `backward`: where the
  // value came from, not where it is.
  explicit TraceReport(std::string asset = "", bool backward = false)
      : asset_(std::move(asset)), backward_(backward) {}

  void Add(const v1::TraceEvent& event);

  // Labels in byte order. `policy` and `fees` as the request had them.
  std::string Render(const std::string& policy, const std::string& fees) const;

 private:
  struct Row {
    std::string height;
    std::string output;
    bool spent = false;
    std::string holder;  // in full
    std::string taint;
    std::string value;
  };
  // A holding of an account.
  struct AccountRow {
    std::string account;
    std::string taint;
    std::string balance;
    std::string note;
  };
  struct Part {
    std::vector<Row> holdings;
    bool has_bare_keys = false;
    std::string cut;  // a line, where not all holdings are here
    std::vector<AccountRow> accounts;
    std::vector<std::string> sinks;
    std::vector<std::string> summary;
    std::string doubts;  // lines: what the figures rest on
  };

  // Fits a line of 100 columns whatever the digits of its taints.
  static Table TableOf(const std::vector<Row>& rows);
  Table TableOf(const std::vector<AccountRow>& rows) const;

  void Add(const v1::Holding& holding);
  void Add(const v1::Sink& sink);
  void Add(const v1::Summary& summary);

  // In the unit people use, where the asset says which; else in base units.
  std::string AmountText(const std::string& amount) const;

  std::map<std::string, Part> parts_;  // by label
  const std::string asset_;            // of accounts; empty: bitcoin
  const bool backward_;
  bool has_bounds_ = false;
  std::string header_;
};

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_TRACE_REPORT_H_
