// evaluate: clusters held against owners known from outside.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adverts/seeds_file.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "coinwake/v1/evaluation.pb.h"
#include "evaluation/figure.h"
#include "indexer/base/hash.h"
#include "indexer/base/hex.h"
#include "server/evaluation_answers.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

using OpenPtr = std::unique_ptr<server::OpenNetwork>;

// As seeds files: a list of some million addresses.
constexpr std::uint64_t kMaxTruthBytes = 64 << 20;

// Entries of the file: every one an address with an owner.
absl::StatusOr<std::vector<SeedEntry>> ParseTruth(std::string_view text, const std::string& path) {
  absl::StatusOr<std::vector<SeedEntry>> entries = ParseSeeds(text, path);
  // A bad file is bad data, not a wrong command line.
  if (absl::IsInvalidArgument(entries.status())) {
    return absl::DataLossError(entries.status().message());
  }
  COINWAKE_RETURN_IF_ERROR(entries.status());
  for (const SeedEntry& entry : *entries) {
    if (entry.outpoint.has_value()) {
      return absl::DataLossError(
          absl::StrCat(path, ":", entry.line, ": an output has no owner; name its address"));
    }
    if (!entry.label.has_value()) {
      return absl::DataLossError(absl::StrCat(path, ":", entry.line, ": ",
                                              server::Excerpt(entry.address),
                                              " has no owner; write address,owner"));
    }
  }
  return entries;
}

}  // namespace

absl::Status Run(const Session& session, const EvaluateCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const Profile profile, server::ProfileOf(command.profile));
  // The option takes nothing else.
  const std::optional<evaluation::FigureKind> kind = evaluation::ParseFigureKind(command.kind);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> bytes,
                            ReadWhole(session.files(), command.truth, kMaxTruthBytes));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  COINWAKE_ASSIGN_OR_RETURN(std::vector<SeedEntry> entries, ParseTruth(text, command.truth));
  std::vector<std::string> addresses;
  addresses.reserve(entries.size());
  for (const SeedEntry& entry : entries) addresses.push_back(entry.address);
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor(addresses));
  const Network network = open->snapshot().network;
  std::vector<server::TrueOwner> truth;
  for (SeedEntry& entry : entries) {
    const bool elsewhere = entry.network.has_value() && entry.network != network;
    if (elsewhere || !server::CanNameAddress(entry.address, network)) continue;
    truth.push_back({std::move(entry.address), *std::move(entry.label)});
  }
  const std::size_t passed_over = entries.size() - truth.size();
  const std::string name(NetworkName(network));
  if (truth.empty()) {
    return absl::NotFoundError(absl::StrCat(command.truth, ": no address of ", name));
  }
  if (passed_over > 0) {
    session.Warn(absl::StrCat(command.truth, ": ", passed_over, " of ", entries.size(),
                              " addresses are not of ", name, " and were passed over"));
  }
  v1::Evaluation answer;
  COINWAKE_RETURN_IF_ERROR(server::AnswerEvaluation(*open, truth, profile,
                                                    kind.value_or(server::FigureKindOn(network)),
                                                    {.resamples = command.resamples},
                                                    /*cancellation=*/nullptr, &answer));
  answer.set_truth_sha256(HexEncode(Sha256(bytes).bytes));
  answer.set_passed_over(passed_over);
  if (session.json()) {
    session.PrintJson(answer);
  } else {
    session.Print(Show(answer));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::cli
