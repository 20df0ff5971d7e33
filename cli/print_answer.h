// One answer on stdout, for people or for programs.
#ifndef COINWAKE_CLI_PRINT_ANSWER_H_
#define COINWAKE_CLI_PRINT_ANSWER_H_

#include "cli/session.h"
#include "cli/show.h"
#include "indexer/base/status.h"

namespace coinwake::cli {

template <typename Answer>
absl::Status PrintAnswer(const Session& session, const Answer& answer) {
  if (session.json()) {
    session.PrintJson(answer);
  } else {
    session.Print(Show(answer));
  }
  return absl::OkStatus();
}

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_PRINT_ANSWER_H_
