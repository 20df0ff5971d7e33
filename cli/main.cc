// coinwake: the one program.
#include <csignal>
#include <cstdio>
#include <string>
#include <variant>

#include "cli/commands.h"
#include "cli/parse.h"
#include "cli/session.h"
#include "indexer/base/file_system.h"
#include "indexer/base/utf8.h"

namespace {

constexpr int kExitDone = 0;
constexpr int kExitFailed = 1;
constexpr int kExitWrongUse = 2;

int Fail(const absl::Status& status) {
  std::fflush(stdout);
  std::string message = coinwake::Printable(std::string(status.message()));
  if (message.empty()) message = status.ToString();
  std::fprintf(stderr, "coinwake: error: %s\n", message.c_str());
  return absl::IsInvalidArgument(status) ? kExitWrongUse : kExitFailed;
}

}  // namespace

int main(int argc, char** argv) {
  if (const absl::Status status = coinwake::FillStandardDescriptors(); !status.ok()) {
    return Fail(status);
  }
  // A file size limit (`ulimit -f`) is then an error of the write, told like any other.
  std::signal(SIGXFSZ, SIG_IGN);
  const absl::StatusOr<coinwake::cli::ParsedCommandLine> parsed =
      coinwake::cli::ParseCommandLine(argc, argv);
  if (!parsed.ok()) return Fail(parsed.status());
  const coinwake::cli::Session session(coinwake::RealFileSystem(), parsed->invocation.global);
  absl::Status status;
  if (!parsed->text.empty()) {
    session.Print(parsed->text);
  } else {
    status = std::visit([&](const auto& command) { return coinwake::cli::Run(session, command); },
                        parsed->invocation.command);
  }
  const absl::Status written = session.FinishOutput();
  if (!status.ok()) return Fail(status);
  if (!written.ok()) return Fail(written);
  return kExitDone;
}
