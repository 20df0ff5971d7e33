// The grammar of the commands that follow value from seeds or an address.
#include "cli/grammar.h"
#include "cli/trace_options.h"
#include "server/report_answers.h"

namespace coinwake::cli {

void Grammar::AddTrace() {
  CLI::App* const trace =
      Add(app_, "trace", "Where the money of seeds is now, or came from", trace_);
  AddSeedOptions(trace, trace_);
  trace->add_option("--policy", trace_.policy,
                    "How the taint of inputs goes to outputs; the fee is what is left\n"
                    "fifo (default): first in, first out\n"
                    "lifo: last in, first out\n"
                    "tifo: tainted units first\n"
                    "tiho: tainted units first, to the largest outputs first; on Tron as tifo\n"
                    "tiso: tainted units first, to the smallest outputs first; on Tron as tifo\n"
                    "cifo: clean units first\n"
                    "haircut: every output and the fee in the same proportion\n"
                    "poison: every output and the fee wholly");
  trace->add_option("--direction", trace_.direction,
                    "forward (default): where value is now; backward: where what seeds received "
                    "came from, by fifo or haircut");
  trace->add_option("--fees", trace_.fees,
                    "sink (default): taint in fees ends; miner: it goes on to the block's "
                    "coinbase");
  AddAsset(trace, trace_.asset);
  trace->add_flag("--competing", trace_.competing,
                  "Labels exclude each other; else each is traced as if it were alone");
  trace->add_flag("--stop-mixed", trace_.stop_mixed,
                  "Follow nothing beyond a transaction of which any output takes clean units: "
                  "with fifo, Dirty-First; not under haircut and poison, nor on Tron");
  AddStopOptions(trace, trace_);
  trace->add_option("--min-taint", trace_.min_taint, "Cut parts below this, base units");
  AddNumber(trace, "--max-hops", trace_.max_hops,
            "Cut after this many transactions; on Tron, transfers", {0, kMax32});
  AddNumber(trace, "--max-holdings", trace_.max_holdings,
            "Print so many outputs of each label, those that hold most, and say what is left out: "
            "4000000 of them (default), in tables 100000; not on Tron",
            {1});
  AddTimeOptions(trace, trace_);
  trace->add_option("--outputs", trace_.outputs,
                    "unspent (default), or all: outputs it passed through as well");
  trace->add_option("--bounds", trace_.bounds,
                    "Least and most that each figure of a summary can be under any rule: quick "
                    "(default), where little is reached; full, slow; or none");
  AddForce(trace, trace_);
}

void Grammar::AddBounds() {
  CLI::App* const bounds =
      Add(app_, "bounds", "What at least and at most of seeds' money can have arrived somewhere",
          bounds_);
  AddSeedOptions(bounds, bounds_.trace);
  bounds
      ->add_option("--to", bounds_.to,
                   "Address, or script:HEX; or TXID:VOUT, an output, or TXID:fee")
      ->required();
  AddAsset(bounds, bounds_.trace.asset);
  AddStopOptions(bounds, bounds_.trace);
  AddNumber(bounds, "--max-hops", bounds_.trace.max_hops,
            "Follow this many transactions; on Tron, transfers; what goes on may have arrived",
            {0, kMax32});
  AddTimeOptions(bounds, bounds_.trace);
  AddForce(bounds, bounds_.trace);
}

void Grammar::AddPath() {
  CLI::App* const path = Add(app_, "path", "Best routes between two addresses or outputs", path_);
  path->add_option("--from", path_.from, "Address, script:HEX or TXID:VOUT")->required();
  path->add_option("--to", path_.to, "Address, script:HEX or TXID:VOUT")->required();
  AddAsset(path, path_.asset);
  path->add_option("--best", path_.best, "widest (default), shortest, earliest or taint");
  AddNumber(path, "--count", path_.count, "Paths at most", {1, server::kMaxPaths})
      ->default_str(std::to_string(path_.count));
  AddNumber(path, "--max-hops", path_.max_hops, "Transactions at most; on Tron, transfers",
            {0, kMax32});
  path->add_flag("--diverse", path_.diverse, "No two share a transaction; on Tron, a transfer");
  path->add_option("--level", path_.level,
                   "address (default), or cluster: an address stands for its cluster");
  path->add_option("--since", path_.since, "HEIGHT or DATE (UTC): no hop before it");
  path->add_option("--until", path_.until, "HEIGHT or DATE (UTC): no hop after it");
  path->add_option("--min-value", path_.min_value, "Nothing smaller on the way, base units");
  path->add_flag("--through-services", path_.through_services,
                 "Paths may go through services and mixers");
  AddNumber(path, "--max-edges", path_.max_edges,
            "Follow so many of what leaves a transaction, on Tron an account, the largest first",
            {0, kMax32});
}

void Grammar::AddTypologies() {
  CLI::App* const typologies =
      Add(app_, "typologies", "Patterns of laundering around addresses", typologies_);
  typologies->add_option("ADDR", typologies_.addresses, "Addresses, script:HEX, or Tron accounts");
  typologies->add_option("--seeds", typologies_.seeds_file,
                         "File of addresses, as that of `trace --seeds`");
  AddAsset(typologies, typologies_.asset);
  typologies->add_option("--only", typologies_.only, "Names of those to look for, with commas")
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->option_text("NAME,...");
  typologies->add_flag("--cluster", typologies_.by_cluster,
                       "Payments between strict clusters, for which the whole chain is read, "
                       "instead of addresses");
  typologies->footer(
      "fan_in, fan_out, gather_scatter, scatter_gather, round_trip, peel_chain, structuring,\n"
      "pass_through, nested_service, dormant_burst: see docs/typologies.md. A line each, with "
      "the\n"
      "transactions that show it; observed is how often it was found, expected how often if the\n"
      "payments of every day had come in another order. After its lines each address has one "
      "with\n"
      "a summary of what was looked for, found or not, and what could not be. At most 10,000\n"
      "addresses; the same one with the same label is one. What payments look like is no proof "
      "of\n"
      "what they were for: most patterns are common in legitimate flows.");
}

void Grammar::AddExposure() {
  CLI::App* const exposure =
      Add(app_, "exposure", "From which services an address's money came, or to which it went",
          exposure_);
  AddAddressArgument(exposure, "ADDR", exposure_.address);
  exposure->add_flag("--cluster", exposure_.cluster, "Of every address of its cluster");
  exposure->add_option("--direction", exposure_.direction,
                       "source (default): where it came from; destination: where it went");
  exposure->add_option("--policy", exposure_.policy, "fifo (default) or haircut");
  exposure->add_option("--fees", exposure_.fees, "sink (default) or miner, as in trace");
  AddAsset(exposure, exposure_.asset);
  exposure->add_option("--stop-at", exposure_.stop_at,
                       "What counts as a service, as in trace: services,mixers (default), "
                       "services, mixers or none");
  exposure->add_option("--stop", exposure_.stops, "ADDR[=ENTITY]: a service you know, as in trace")
      ->expected(1)
      ->take_all();
  AddNumber(exposure, "--max-hops", exposure_.max_hops,
            "Go no further than this many transactions; on Tron, transfers", {0, kMax32});
  exposure->add_flag("--force", exposure_.force,
                     "Clusters whatever their size, and whatever labels call them");
  exposure->footer(
      "Direct is within one transaction, on Tron one transfer. Entries add up to the total:\n"
      "what no service ends is listed by what does (coinbase, unspent, fee, unresolved, ...).");
}

void Grammar::AddReport() {
  CLI::App* const report = Add(app_, "report", "All about sellers, as a folder of files", report_);
  AddReportOptions(report, report_);
  AddAsset(report, report_.trace.asset);
  AddNumber(report, "--max-hops", report_.trace.max_hops, "As in trace", {0, kMax32});
  AddNumber(report, "--bounds", report_.bounded_holders,
            "Of so many holders, the largest, bounds are told (10)",
            {0, server::kMostBoundedHolders});
}

}  // namespace coinwake::cli
