#include "cli/trace_options.h"

#include <string>
#include <vector>

namespace coinwake::cli {
namespace {

// Each value is one: without this a list would swallow what follows it.
void AddList(CLI::App* command, const std::string& name, std::vector<std::string>& list,
             const std::string& what) {
  command->add_option(name, list, what)->expected(1)->take_all();
}

}  // namespace

void AddSeedOptions(CLI::App* command, TraceCommand& trace) {
  AddList(command, "--seed", trace.seeds, "ADDR[=LABEL]: every output this address receives");
  AddList(command, "--seed-output", trace.seed_outputs, "TXID:VOUT[=LABEL]: this output");
  AddList(command, "--seed-cluster", trace.seed_clusters,
          "ADDR[=LABEL]: every address of this one's cluster, where that is no service");
  command->add_option("--seeds", trace.seeds_file,
                      "File of seeds: lines of `seeds extract --json`, or CSV "
                      "address_or_outpoint,label");
}

void AddStopOptions(CLI::App* command, TraceCommand& trace) {
  command->add_option(
      "--stop-at", trace.stop_at,
      "services,mixers (default), services, mixers or none: taint ends where labels that were "
      "imported call an address or its cluster so (bridges count as services); on Tron also at "
      "services that their deposit accounts show, for which the whole chain is read unless "
      "what an earlier command found there is kept");
  AddList(command, "--stop", trace.stops,
          "ADDR[=ENTITY]: a service you know: taint that arrives there ends as its exit, whatever "
          "labels say");
  command->add_option("--stops", trace.stops_file, "File of such services, CSV address,entity");
}

void AddTimeOptions(CLI::App* command, TraceCommand& trace) {
  command->add_option("--since", trace.since,
                      "HEIGHT or DATE (UTC): seeds received before it do not count; backward, "
                      "what is older ends there");
  command->add_option("--until", trace.until, "HEIGHT or DATE (UTC): stop after this block");
}

void AddForce(CLI::App* command, TraceCommand& trace) {
  command->add_flag("--force", trace.force,
                    "Seed clusters whatever their size, and whatever labels call them");
}

void AddReportOptions(CLI::App* command, ReportCommand& report) {
  AddSeedOptions(command, report.trace);
  command->add_option("--out", report.out, "Folder for the report; made when missing")->required();
  command->add_option("--policy", report.trace.policy,
                      "By which holders and exits are listed, as in trace (default fifo); the "
                      "figures of all policies stand in policies.csv and bounds.csv");
  command->add_option("--fees", report.trace.fees, "sink (default) or miner, as in trace");
  AddStopOptions(command, report.trace);
  AddTimeOptions(command, report.trace);
  AddForce(command, report.trace);
  command->footer(
      "DIR/sellers/NAME has one seller's receipts, holders, exits, policies, bounds, exposure and\n"
      "typologies as CSV and JSON, a page (index.html) and a manifest with the SHA-256 of each;\n"
      "DIR/summary.csv a row for each seller: see docs/reports.md. Interrupted, by Ctrl-C or a\n"
      "full disk, the same command goes on: sellers that are complete are kept, those of another\n"
      "snapshot or other parameters are made anew. Nothing is signed in this version.");
}

}  // namespace coinwake::cli
