// The options of `timeline` and of `successors`.
#ifndef COINWAKE_CLI_TIMELINE_OPTIONS_H_
#define COINWAKE_CLI_TIMELINE_OPTIONS_H_

#include "CLI/CLI.hpp"
#include "cli/options.h"

namespace coinwake::cli {

// Each adds its options to `command`, which writes what it is given to the second; both are
// borrowed for as long as the command line is read.
void AddTimeline(CLI::App* command, TimelineCommand& timeline);
void AddSuccessors(CLI::App* command, SuccessorsCommand& successors);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_TIMELINE_OPTIONS_H_
