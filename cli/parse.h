// From argv to options. The only unit that knows the command line library.
#ifndef COINWAKE_CLI_PARSE_H_
#define COINWAKE_CLI_PARSE_H_

#include <string>

#include "cli/options.h"
#include "indexer/base/status.h"

namespace coinwake::cli {

struct ParsedCommandLine {
  Invocation invocation;
  std::string text;  // not empty: print this (help or version) and do nothing else
};

// kInvalidArgument, with a message of one line, when the command line is wrong.
absl::StatusOr<ParsedCommandLine> ParseCommandLine(int argc, const char* const* argv);

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_PARSE_H_
