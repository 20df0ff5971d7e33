// The options of `screen` on the command line.
#ifndef COINWAKE_CLI_SCREEN_OPTIONS_H_
#define COINWAKE_CLI_SCREEN_OPTIONS_H_

#include "CLI/CLI.hpp"
#include "cli/options.h"

namespace coinwake::cli {

// Adds them to `command`, which writes what it is given to `screen`; both are borrowed for as long
// as the command line is read.
void AddScreenOptions(CLI::App* command, ScreenCommand& screen);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_SCREEN_OPTIONS_H_
