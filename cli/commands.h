// One function a command. Each prints its results on stdout and returns what went wrong:
// kInvalidArgument when the command line is at fault (exit status 2), anything else exit status 1.
#ifndef COINWAKE_CLI_COMMANDS_H_
#define COINWAKE_CLI_COMMANDS_H_

#include "cli/options.h"
#include "cli/session.h"
#include "indexer/base/status.h"

namespace coinwake::cli {

absl::Status Run(const Session& session, const IndexCommand& command);
absl::Status Run(const Session& session, const IndexTronCommand& command);
absl::Status Run(const Session& session, const DecodeCommand& command);
absl::Status Run(const Session& session, const DecodeTronCommand& command);
absl::Status Run(const Session& session, const StatusCommand& command);
absl::Status Run(const Session& session, const VerifyCommand& command);
absl::Status Run(const Session& session, const BlockCommand& command);
absl::Status Run(const Session& session, const TxCommand& command);
absl::Status Run(const Session& session, const KindCommand& command);
absl::Status Run(const Session& session, const PeelCommand& command);
absl::Status Run(const Session& session, const AddressCommand& command);
absl::Status Run(const Session& session, const UtxosCommand& command);
absl::Status Run(const Session& session, const HistoryCommand& command);
absl::Status Run(const Session& session, const ClusterCommand& command);
absl::Status Run(const Session& session, const WhyCommand& command);
absl::Status Run(const Session& session, const EvaluateCommand& command);
absl::Status Run(const Session& session, const SeedsExtractCommand& command);
absl::Status Run(const Session& session, const LabelsImportCommand& command);
absl::Status Run(const Session& session, const LabelsListCommand& command);
absl::Status Run(const Session& session, const LabelsExportCommand& command);
absl::Status Run(const Session& session, const LabelsHistoryCommand& command);
absl::Status Run(const Session& session, const LabelsRemoveCommand& command);
absl::Status Run(const Session& session, const TraceCommand& command);
absl::Status Run(const Session& session, const BoundsCommand& command);
absl::Status Run(const Session& session, const PathCommand& command);
absl::Status Run(const Session& session, const TypologiesCommand& command);
absl::Status Run(const Session& session, const HintsCommand& command);
absl::Status Run(const Session& session, const TimelineCommand& command);
absl::Status Run(const Session& session, const SuccessorsCommand& command);
absl::Status Run(const Session& session, const ExposureCommand& command);
absl::Status Run(const Session& session, const ReportCommand& command);
absl::Status Run(const Session& session, const ScreenCommand& command);
absl::Status Run(const Session& session, const ServeCommand& command);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_COMMANDS_H_
