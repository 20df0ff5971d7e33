// timeline: what sellers received week by week. successors: who is paid by their payers after them.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/sellers.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/timeline.pb.h"
#include "indexer/base/csv.h"
#include "indexer/base/file_system.h"
#include "server/chain_time.h"
#include "server/timeline_answers.h"

namespace coinwake::cli {
namespace {

constexpr std::uint64_t kMaxEventsBytes = 1 << 20;

template <typename Request>
void AddSubjects(const Sellers& sellers, Request* request) {
  for (const auto& [label, addresses] : sellers.subjects) {
    v1::TimelineSubject* const subject = request->add_subjects();
    subject->set_label(label);
    for (const std::string& address : addresses) subject->add_addresses(address);
  }
}

// Records `date,text`; a first one that names the columns, and empty ones, are skipped. kDataLoss:
// it is bad, which is no wrong command line.
absl::Status AddEvents(const Session& session, const std::string& path,
                       v1::ListTimelinesRequest* request) {
  if (path.empty()) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(session.files(), path, kMaxEventsBytes));
  const std::string text(bytes.begin(), bytes.end());
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::string_view records = text;
  if (records.starts_with(kByteOrderMark)) records.remove_prefix(kByteOrderMark.size());
  CsvReader reader(records);
  std::vector<std::string> fields;
  const auto bad = [&](const std::string& what) {
    return absl::DataLossError(absl::StrCat(path, ":", reader.line(), ": ", what));
  };
  for (bool is_first = true;; is_first = false) {
    const CsvReader::Result result = reader.Next(&fields);
    if (result == CsvReader::Result::kEnd) return absl::OkStatus();
    if (result == CsvReader::Result::kMalformed) return bad("the quotes of this record are wrong");
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (is_first && fields[0] == "date") continue;
    if (fields.size() > 2) return bad("more than date,text; text with commas needs quotes");
    const absl::StatusOr<server::TimeSpan> span = server::ParseUtc(fields[0]);
    if (!span.ok()) return bad(std::string(span.status().message()));
    v1::TimelineEvent* const event = request->add_events();
    event->set_date(fields[0]);
    if (fields.size() == 2) event->set_text(fields[1]);
  }
}

template <typename Request, typename Set>
void SetIf(const std::optional<std::uint32_t>& number, Request* request, Set set) {
  if (number.has_value()) (request->*set)(*number);
}

}  // namespace

absl::Status Run(const Session& session, const TimelineCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const Sellers sellers,
                            OpenSellers(session, command.sellers, "timeline"));
  using Request = v1::ListTimelinesRequest;
  Request request;
  AddSubjects(sellers, &request);
  request.set_asset(command.sellers.asset);
  COINWAKE_RETURN_IF_ERROR(AddEvents(session, command.events_file, &request));
  SetIf(command.quiet_weeks, &request, &Request::set_quiet_weeks);
  SetIf(command.active_weeks, &request, &Request::set_active_weeks);
  SetIf(command.step_weeks, &request, &Request::set_step_weeks);
  SetIf(command.step_ratio_permille, &request, &Request::set_step_ratio_permille);
  SetIf(command.step_chance_permille, &request, &Request::set_step_chance_permille);
  SetIf(command.event_weeks, &request, &Request::set_event_weeks);
  bool is_first = true;
  const auto emit = [&](const v1::Timeline& timeline) {
    if (session.json()) {
      session.PrintJson(timeline);
      return absl::OkStatus();
    }
    if (is_first) session.Print(Header(timeline.snapshot()));
    is_first = false;
    session.Print("\n" + ShowTimeline(timeline));
    return absl::OkStatus();
  };
  return server::AnswerTimelines(*sellers.open, request, /*cancellation=*/nullptr, emit,
                                 [&session](const std::string& text) { session.Warn(text); });
}

absl::Status Run(const Session& session, const SuccessorsCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const Sellers sellers,
                            OpenSellers(session, command.sellers, "successors"));
  using Request = v1::FindSuccessorsRequest;
  Request request;
  AddSubjects(sellers, &request);
  request.set_asset(command.sellers.asset);
  request.set_since(command.since);
  SetIf(command.weeks, &request, &Request::set_weeks);
  SetIf(command.least_shared, &request, &Request::set_least_shared);
  request.set_by_cluster(command.by_cluster);
  bool is_first = true;
  std::vector<v1::Successor> successors;  // of the subject in work
  const auto emit = [&](const v1::SuccessorEvent& event) {
    if (session.json()) {
      session.PrintJson(event);
      return absl::OkStatus();
    }
    if (event.has_successor()) {
      successors.push_back(event.successor());
      return absl::OkStatus();
    }
    if (is_first) session.Print(Header(event.summary().snapshot()));
    is_first = false;
    session.Print("\n" + ShowSuccessors(successors, event.summary()));
    successors.clear();
    return absl::OkStatus();
  };
  return server::AnswerSuccessors(*sellers.open, request, /*cancellation=*/nullptr, emit,
                                  [&session](const std::string& text) { session.Warn(text); });
}

}  // namespace coinwake::cli
