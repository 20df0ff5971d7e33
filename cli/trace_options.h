// The options of the command line that several commands which follow value have in common.
#ifndef COINWAKE_CLI_TRACE_OPTIONS_H_
#define COINWAKE_CLI_TRACE_OPTIONS_H_

#include "CLI/CLI.hpp"
#include "cli/options.h"

namespace coinwake::cli {

// Each adds its options to `command`, which writes what it is given to `trace`; both are borrowed
// for as long as the command line is read.
void AddSeedOptions(CLI::App* command, TraceCommand& trace);
void AddStopOptions(CLI::App* command, TraceCommand& trace);
void AddTimeOptions(CLI::App* command, TraceCommand& trace);
void AddForce(CLI::App* command, TraceCommand& trace);
// All of `report` but its numbers and the asset.
void AddReportOptions(CLI::App* command, ReportCommand& report);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_TRACE_OPTIONS_H_
