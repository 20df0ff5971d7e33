// serve: the gRPC server until a signal ends it.
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "server/cluster_memory.h"
#include "server/server.h"

namespace coinwake::cli {
namespace {

// A line of stderr for each event; stdio locks the stream.
class StderrLog : public server::Log {
 public:
  void Say(std::string_view line) override {
    const std::string text = absl::StrCat("coinwake: ", std::string(line), "\n");
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
};

// Blocks the signals that end the server in this thread and all it starts, so that Wait() gets
// them.
class EndingSignals {
 public:
  EndingSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  void Wait() const {
    int signal = 0;
    while (sigwait(&signals_, &signal) != 0) {
    }
  }

  // From now on a signal ends the program at once.
  void Release() const { pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr); }

 private:
  sigset_t signals_;
};

}  // namespace

absl::Status Run(const Session& session, const ServeCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const std::optional<Network> network, session.AskedNetwork());
  const EndingSignals signals;
  // Whoever reads the log may go away; the server goes on without it.
  std::signal(SIGPIPE, SIG_IGN);
  StderrLog log;
  COINWAKE_ASSIGN_OR_RETURN(
      const std::unique_ptr<server::IndexSet> indexes,
      server::IndexSet::Open(session.files(), session.global().data, network, command.threads, &log,
                             command.memory_mib != 0 ? command.memory_mib << 20
                                                     : server::MemoryOfMachine(session.files())));
  COINWAKE_ASSIGN_OR_RETURN(
      const std::unique_ptr<server::Server> server,
      server::Server::Start(*indexes, {.listen = command.listen,
                                       .concurrent_traces = command.max_traces,
                                       .trace_transactions = command.max_trace_transactions}));
  log.Say(absl::StrCat("listening on ", server->address()));
  signals.Wait();
  signals.Release();
  log.Say("stopping; calls in flight may go on for a while");
  server->Shutdown(std::chrono::seconds(server::kDrainSeconds));
  log.Say("stopped");
  // Clusters of a large chain take minutes, and nobody will ask for them now. Nothing was written,
  // so that nothing is lost by not waiting.
  if (indexes->IsBuilding()) std::_Exit(0);
  return absl::OkStatus();
}

}  // namespace coinwake::cli
