// index, status, verify: the index as a whole.
#include <malloc.h>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/progress_reporter.h"
#include "cli/show.h"
#include "coinwake/v1/index.pb.h"
#include "indexer/base/utf8.h"
#include "indexer/ingest/ingest.h"
#include "indexer/ingest/tron_ingest.h"
#include "indexer/verify/verify.h"
#include "server/account_answers.h"
#include "server/convert.h"
#include "server/index_set.h"
#include "server/label_answers.h"

namespace coinwake::cli {
namespace {

// The networks a command about the whole folder is about: all, or the one --network names. None for
// a folder with no index, whatever --network says.
absl::StatusOr<std::vector<Network>> NetworksAsked(const Session& session) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> asked, session.AskedNetwork());
  COINWAKE_ASSIGN_OR_RETURN(std::vector<Network> networks,
                            NetworksIn(session.files(), session.global().data));
  if (asked.has_value()) {
    std::erase_if(networks, [&asked](Network network) { return network != *asked; });
  }
  return networks;
}

// Prints the report for people; where it has no network, why: the folder may hold others than the
// one asked for.
template <typename Report>
absl::Status PrintNetworks(const Session& session, const Report& report) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Network> indexed,
                            NetworksIn(session.files(), session.global().data));
  const std::string& asked = session.global().network;
  if (report.networks().empty() && !indexed.empty() && !asked.empty()) {
    const absl::Status status = server::ChooseNetwork(indexed, asked, {}).status();
    if (absl::IsNotFound(status)) {
      session.Print(absl::StrCat(std::string(status.message()), "\n"));
      return absl::OkStatus();
    }
  }
  session.Print(Show(report));
  return absl::OkStatus();
}

// glibc keeps what a thread frees for the next that asks, each in an arena of its own: with eight
// threads that came to half as much again as the least --memory. One arena, and large pieces go
// back to the system when freed. Call before threads start.
void KeepFreedMemoryOutOfArenas() {
#ifdef __GLIBC__
  // NOLINTBEGIN(concurrency-mt-unsafe): there are no threads yet.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 512 << 10);  // bytes
  mallopt(M_TRIM_THRESHOLD, 2 << 20);
  // NOLINTEND(concurrency-mt-unsafe)
#endif
}

// Its progress has ended when this returns, so that results can be printed.
absl::StatusOr<IngestReport> Index(const Session& session, const IndexCommand& command,
                                   std::optional<Network> network) {
  KeepFreedMemoryOutOfArenas();
  ProgressReporter progress(session.global().progress);
  return IndexBitcoin(session.files(), {.blocks_folder = command.blocks,
                                        .data_folder = session.global().data,
                                        .network = network,
                                        .memory_mib = command.memory_mib,
                                        .until_height = command.until_height,
                                        .from_height = command.from_height,
                                        .threads = command.threads,
                                        .max_batch_blocks = command.commit_every_blocks,
                                        .progress = &progress});
}

// As Index().
absl::StatusOr<TronIngestReport> Index(const Session& session, const IndexTronCommand& command,
                                       std::optional<Network> network) {
  ProgressReporter progress(session.global().progress);
  return IndexTron(session.files(), {.source = command.blocks,
                                     .data_folder = session.global().data,
                                     .network = network,
                                     .memory_mib = command.memory_mib,
                                     .until_height = command.until_height,
                                     .threads = command.threads,
                                     .max_batch_blocks = command.commit_every_blocks,
                                     .progress = &progress});
}

template <typename Report>
absl::Status PrintReport(const Session& session, const absl::StatusOr<Report>& report) {
  if (absl::IsCancelled(report.status())) {
    return absl::CancelledError(
        absl::StrCat("stopped as asked; the index in ", session.global().data,
                     " stays at its last commit, and the same command goes on from there"));
  }
  COINWAKE_RETURN_IF_ERROR(report.status());
  v1::IndexReport wire;
  server::FillIndexReport(*report, &wire);
  if (session.json()) {
    session.PrintJson(wire);
  } else {
    session.Print(Show(wire));
  }
  return absl::OkStatus();
}

// As Index().
absl::StatusOr<std::vector<VerifyReport>> Verify(const Session& session) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Network> networks, NetworksAsked(session));
  ProgressReporter progress(session.global().progress);
  std::vector<VerifyReport> reports;
  for (const Network network : networks) {
    absl::StatusOr<VerifyReport> report =
        VerifyIndex(session.files(), session.global().data, network, &progress);
    if (absl::IsNotFound(report.status())) continue;  // indexing stopped before its first commit
    COINWAKE_RETURN_IF_ERROR(report.status());
    reports.push_back(*std::move(report));
  }
  return reports;
}

// The version of the labels beside the indexes; "" without any.
absl::StatusOr<std::string> LabelSet(const Session& session) {
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const LabelStore> labels,
                            server::OpenLabels(session.files(), session.global().data));
  return server::LabelSetOf(labels.get());
}

// Fills the report's part about labels, if there are any.
absl::Status CheckLabels(const Session& session, v1::VerifyReport* report) {
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const LabelStore> labels,
                            server::OpenLabels(session.files(), session.global().data));
  if (labels == nullptr) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(const LabelCheck check, labels->Check());
  v1::LabelCheck* const wire = report->mutable_labels();
  wire->set_label_set(labels->Version());
  wire->set_checked(check.checked);
  for (const std::string& problem : check.problems) wire->add_problems(ValidUtf8(problem));
  return absl::OkStatus();
}

}  // namespace

absl::Status Run(const Session& session, const IndexCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network,
                            session.AskedNetworkOf(Chain::kBitcoin));
  return PrintReport(session, Index(session, command, network));
}

absl::Status Run(const Session& session, const IndexTronCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network,
                            session.AskedNetworkOf(Chain::kTron));
  return PrintReport(session, Index(session, command, network));
}

absl::Status Run(const Session& session, const StatusCommand&) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<Network> networks, NetworksAsked(session));
  COINWAKE_ASSIGN_OR_RETURN(const std::string label_set, LabelSet(session));
  v1::Status status;
  for (const Network network : networks) {
    const absl::StatusOr<OpenIndex> index =
        OpenForReading(session.files(), session.global().data, network, label_set);
    if (absl::IsNotFound(index.status())) continue;  // indexing stopped before its first commit
    COINWAKE_RETURN_IF_ERROR(index.status());
    if (index->accounts != nullptr) {
      server::FillNetworkStatus(*index->accounts, status.add_networks());
    } else {
      server::FillNetworkStatus(*index->view, status.add_networks());
    }
    COINWAKE_RETURN_IF_ERROR(index->chain().damage().status());
  }
  if (session.json()) {
    session.PrintJson(status);
  } else {
    COINWAKE_RETURN_IF_ERROR(PrintNetworks(session, status));
  }
  return absl::OkStatus();
}

absl::Status Run(const Session& session, const VerifyCommand&) {
  v1::VerifyReport report;
  COINWAKE_RETURN_IF_ERROR(CheckLabels(session, &report));
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<VerifyReport> reports, Verify(session));
  std::size_t problems = 0;
  for (const VerifyReport& one : reports) {
    problems += one.problems.size();
    v1::NetworkCheck* const check = report.add_networks();
    server::FillNetworkCheck(one, check);
    check->mutable_snapshot()->set_label_set(report.labels().label_set());
  }
  if (session.json()) {
    session.PrintJson(report);
  } else {
    COINWAKE_RETURN_IF_ERROR(PrintNetworks(session, report));
  }
  if (problems == 0 && report.labels().problems().empty()) return absl::OkStatus();
  if (problems == 0) {
    return absl::DataLossError(absl::StrCat("the labels in ", session.global().data,
                                            "/labels are damaged; restore that folder, or remove "
                                            "it and import the lists again"));
  }
  return absl::DataLossError(absl::StrCat(problems, problems == 1 ? " problem" : " problems",
                                          " in the index in ", session.global().data,
                                          "; index the blocks again into an empty folder"));
}

}  // namespace coinwake::cli
