// The options of `hints`.
#ifndef COINWAKE_CLI_HINT_OPTIONS_H_
#define COINWAKE_CLI_HINT_OPTIONS_H_

#include "CLI/CLI.hpp"
#include "cli/options.h"

namespace coinwake::cli {

// Adds them to `command`, which writes what it is given to `hints`; both are borrowed for as long
// as the command line is read.
void AddHintOptions(CLI::App* command, HintsCommand& hints);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_HINT_OPTIONS_H_
