// report: all that is known of sellers, as a folder of files.
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/progress_reporter.h"
#include "cli/seeded_request.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/tracer.pb.h"
#include "indexer/base/utf8.h"
#include "server/json.h"
#include "server/report_folder.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kMostWarnings = 20;

v1::ReportRequest RequestOf(const ReportCommand& command, const v1::TraceRequest& trace) {
  v1::ReportRequest request;
  *request.mutable_seeds() = trace.seeds();
  request.set_asset(trace.asset());
  request.set_policy(trace.policy());
  request.set_fees(trace.fees());
  request.set_stop_at(trace.stop_at());
  *request.mutable_stops() = trace.stops();
  if (trace.has_max_hops()) request.set_max_hops(trace.max_hops());
  request.set_since(trace.since());
  request.set_until(trace.until());
  request.set_force(trace.force());
  if (command.bounded_holders.has_value()) request.set_bounded_holders(*command.bounded_holders);
  return request;
}

class StopBySignal final : public Cancellation {
 public:
  explicit StopBySignal(const ProgressReporter& progress) : progress_(progress) {}
  bool Cancelled() const override { return progress_.StopRequested(); }

 private:
  const ProgressReporter& progress_;
};

// What is printed once the report is there.
class Printout {
 public:
  explicit Printout(bool json) : json_(json) {}

  void Add(const v1::ReportSummary& summary) {
    if (json_) {
      lines_ += server::ToJson(summary) + "\n";
    } else {
      if (header_.empty()) header_ = Header(summary.snapshot());
      unit_ = summary.asset();
      const bool accounts = HasAccounts(summary.snapshot().network());
      const auto amount = [accounts](const std::string& figure) {
        return accounts ? Grouped(std::string_view(figure)) : Btc(figure);
      };
      table_.Add({ShortName(Printable(summary.seller())), Grouped(summary.receipts()),
                  amount(summary.seeded()), amount(summary.unspent()), amount(summary.exits()),
                  amount(summary.sinks()), summary.folder()});
    }
    for (const std::string& warning : summary.warnings()) {
      if (!said_.insert(warning).second) continue;
      if (warnings_.size() < kMostWarnings) warnings_.push_back(warning);
    }
  }

  void Warn(const Session& session) const {
    for (const std::string& warning : warnings_) session.Warn(warning);
    if (said_.size() > warnings_.size()) {
      session.Warn(absl::StrCat(said_.size() - warnings_.size(),
                                " more warnings are in the column `warnings` of summary.csv"));
    }
  }

  std::string Text(const std::string& out) const {
    if (json_) return lines_;
    return absl::StrCat(header_, "amounts of ", unit_, "\n\n", table_.Render(2), "\nwritten to ",
                        Printable(out), "\n");
  }

 private:
  const bool json_;
  std::string lines_;
  std::string header_;
  std::string unit_;
  Table table_ = Table({{"seller"},
                        {"receipts", Align::kRight},
                        {"seeded", Align::kRight},
                        {"unspent", Align::kRight},
                        {"exits", Align::kRight},
                        {"sinks", Align::kRight},
                        {"folder in sellers/"}});
  std::unordered_set<std::string> said_;
  std::vector<std::string> warnings_;
};

}  // namespace

absl::Status Run(const Session& session, const ReportCommand& command) {
  if (command.out.empty()) return absl::InvalidArgumentError("report needs a folder: --out DIR");
  COINWAKE_ASSIGN_OR_RETURN(const SeededRequest seeded,
                            OpenSeeded(session, command.trace, "report"));
  Printout printout(session.json());
  std::vector<std::string> told;
  std::uint64_t complete = 0;
  std::uint64_t sellers = 0;
  absl::Status status;
  {
    ProgressReporter progress(session.global().progress);
    const StopBySignal stop(progress);
    const server::ReportObserver observer = {
        .progress =
            [&](std::uint64_t done, std::uint64_t all) {
              complete = done;
              sellers = all;
              progress.Update("report", done, all, "sellers");
            },
        .warn = [&told](const std::string& text) { told.push_back(text); },
        .report =
            [&printout](const v1::ReportSummary& summary) {
              printout.Add(summary);
              return absl::OkStatus();
            }};
    // Who starts a command can also stop it: no limits but those of memory.
    status =
        server::WriteReports(session.files(), command.out, *seeded.open,
                             RequestOf(command, seeded.request), /*limits=*/{}, &stop, observer);
  }
  if (absl::IsCancelled(status)) {
    return absl::CancelledError(absl::StrCat(command.out, ": stopped; ", complete, " of ", sellers,
                                             " sellers are complete and kept, the same command "
                                             "goes on"));
  }
  COINWAKE_RETURN_IF_ERROR(status);
  for (const std::string& text : told) session.Warn(text);
  printout.Warn(session);
  session.Print(printout.Text(command.out));
  return absl::OkStatus();
}

}  // namespace coinwake::cli
