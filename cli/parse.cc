#include "cli/parse.h"

#include <CLI/CLI.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "cli/trace_options.h"
#include "indexer/base/network.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

constexpr char kVersion[] = "coinwake " COINWAKE_VERSION;

constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMaxMemoryMib = kMax64 >> 20;  // its bytes fit 64 bits
constexpr std::uint64_t kMaxThreads = 1024;
constexpr std::uint64_t kMaxResamples = 100'000;

// Both ends included.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = kMax64;
};

// Decimal digits only.
CLI::Validator NumberWithin(Range range) {
  const auto check = [range](const std::string& text) {
    const std::optional<std::uint64_t> number = server::ParseNumber(text);
    if (number.has_value() && range.least <= *number && *number <= range.most) return std::string();
    return absl::StrCat("\"", server::Excerpt(text), "\" is no whole number from ", range.least,
                        " to ", range.most);
  };
  return CLI::Validator(check, /*validator_desc=*/"");
}

CLI::Validator NotEmpty() {
  const auto check = [](const std::string& text) {
    return text.empty() ? std::string("it names nothing") : std::string();
  };
  return CLI::Validator(check, /*validator_desc=*/"");
}

template <typename Number>
void Assign(std::uint64_t from, Number* to) {
  *to = static_cast<Number>(from);
}
template <typename Number>
void Assign(std::uint64_t from, std::optional<Number>* to) {
  *to = static_cast<Number>(from);
}

std::optional<ProgressMode> ModeOf(std::string_view word) {
  if (word == "auto") return ProgressMode::kAuto;
  if (word == "json") return ProgressMode::kJson;
  if (word == "none") return ProgressMode::kNone;
  return std::nullopt;
}

std::string NetworkNames() {
  std::string names;
  for (const Network network : kAllNetworks) {
    if (!names.empty()) names += ", ";
    names += NetworkName(network);
  }
  return names;
}

// What is wrong with a command line. Words that mean nothing come before what is missing because of
// them, in the order they were given.
std::string Complaint(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  if (unknown.empty()) return error.what();
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const bool needs_command = command->get_require_subcommand_min() > 0;
  if (needs_command && !unknown.front().starts_with('-')) {
    return absl::StrCat("unknown command \"", server::Excerpt(unknown.front()), "\"");
  }
  std::string words;
  for (const std::string& word : unknown) absl::StrAppend(&words, " ", word);
  return absl::StrCat("not understood:", server::Excerpt(words));
}

// Adds the commands to `app`; each, once met, leaves its options in `command`.
class Grammar {
 public:
  Grammar(CLI::App& app, Invocation& invocation) : app_(app), invocation_(invocation) {}

  void AddAll() {
    AddGlobal();
    AddIndexing();
    AddLookups();
    AddClusters();
    AddEvaluate();
    AddSeeds();
    AddLabels();
    AddTrace();
    AddBounds();
    AddPath();
    AddTypologies();
    AddExposure();
    AddServe();
  }

 private:
  // A command whose options live in `options`, a member of this.
  template <typename Options>
  CLI::App* Add(CLI::App& parent, const std::string& name, const std::string& what,
                Options& options) {
    CLI::App* const command = parent.add_subcommand(name, what);
    command->callback([this, &options] { invocation_.command = options; });
    return command;
  }

  // A number in decimal digits. CLI11's own conversion takes signs, octal and what passes 64 bits.
  template <typename Number>
  static CLI::Option* AddNumber(CLI::App* command, const std::string& name, Number& number,
                                const std::string& what, Range range = {}) {
    return command
        ->add_option_function<std::string>(
            name,
            [&number](const std::string& text) { Assign(*server::ParseNumber(text), &number); },
            what)
        ->check(NumberWithin(range))
        ->type_name("NUMBER");
  }

  void AddGlobal() {
    GlobalOptions& global = invocation_.global;
    app_.add_option("--data", global.data, "Folder of the index")
        ->check(NotEmpty())
        ->capture_default_str();
    app_.add_option("--network", global.network,
                    "Network, where the folder holds several: " + NetworkNames());
    app_.add_flag("--json", global.json, "Print JSON, one object a line");
    app_.add_option_function<std::string>(
            "--progress", [&global](const std::string& word) { global.progress = *ModeOf(word); },
            "Progress on stderr: auto, json or none")
        ->check([](const std::string& word) {
          return ModeOf(word).has_value() ? std::string() : word + " is not auto, json or none";
        })
        ->option_text("auto|json|none");
  }

  void AddIndexing() {
    CLI::App* const index = app_.add_subcommand("index", "Index a node's blocks");
    index->require_subcommand(1);
    AddIndexTron(*index);
    CLI::App* const bitcoin =
        Add(*index, "bitcoin", "Index a Bitcoin node's blocks folder, or go on with it", index_);
    bitcoin->add_option("--blocks", index_.blocks, "The node's blocks folder: blk*.dat, rev*.dat")
        ->required();
    AddNumber(bitcoin, "--memory", index_.memory_mib, "Memory to stay under, MiB",
              {kMinMemoryMib, kMaxMemoryMib})
        ->default_str(std::to_string(index_.memory_mib));
    AddNumber(bitcoin, "--until", index_.until_height, "Index no block above this height");
    AddNumber(bitcoin, "--from-height", index_.from_height,
              "Height of the first block, where the files do not say it", {0, kMax32});
    AddNumber(bitcoin, "--commit-every", index_.commit_every_blocks,
              "Commit after this many blocks at most; 0: as memory allows");
    AddNumber(bitcoin, "--threads", index_.threads, "Threads; 0: one a processor",
              {0, kMaxThreads});

    CLI::App* const decode = app_.add_subcommand("decode", "Print the blocks in files");
    decode->require_subcommand(1);
    Add(*decode, "bitcoin", "Bitcoin block files (blk*.dat) or single raw blocks", decode_)
        ->add_option("FILE", decode_.files, "Files")
        ->required();
    Add(*decode, "tron",
        "Tron blocks: one as protobuf, *.blocks with a length before each, or JSON of the HTTP API",
        decode_tron_)
        ->add_option("FILE", decode_tron_.files, "Files")
        ->required();

    Add(app_, "status", "What is indexed", status_);
    Add(app_, "verify", "Check the whole index against itself", verify_);
  }

  void AddIndexTron(CLI::App& index) {
    CLI::App* const tron =
        Add(index, "tron", "Index Tron's blocks and receipts, or go on with it", index_tron_);
    tron->add_option("--blocks", index_tron_.blocks,
                     "A stopped java-tron node's database folder; a folder of *.blocks and "
                     "*.receipts, or of the HTTP API's JSON; or grpc://HOST:PORT")
        ->required();
    AddNumber(tron, "--memory", index_tron_.memory_mib, "Memory to stay under, MiB",
              {kMinMemoryMib, kMaxMemoryMib})
        ->default_str(std::to_string(index_tron_.memory_mib));
    AddNumber(tron, "--until", index_tron_.until_height, "Index no block above this height");
    AddNumber(tron, "--commit-every", index_tron_.commit_every_blocks,
              "Commit after this many blocks at most; 0: as memory allows");
    AddNumber(tron, "--threads", index_tron_.threads, "Threads; 0: one a processor",
              {0, kMaxThreads});
  }

  void AddLookups() {
    Add(app_, "block", "A block and its transactions", block_)
        ->add_option("HASH_OR_HEIGHT", block_.block, "Height, or hash")
        ->required();
    Add(app_, "tx", "A transaction", tx_)
        ->add_option("TXID", tx_.txid, "Transaction id")
        ->required();
    CLI::App* const kind =
        Add(app_, "kind",
            "What a transaction looks like: a mix of several parties, or a payment, and its change",
            kind_);
    kind->add_option("TXID", kind_.txid, "Transaction id")->required();
    AddGuessing(kind, kind_.profile);
    AddPeel();
    CLI::App* const address = Add(app_, "address", "Sums of an address", address_);
    AddAddressArgument(address, "ADDR", address_.address);
    AddAsset(address, address_.asset);
    CLI::App* const utxos = Add(app_, "utxos", "Unspent outputs of an address", utxos_);
    AddAddressArgument(utxos, "ADDR", utxos_.address);
    AddPaging(utxos, utxos_.page);
    CLI::App* const history =
        Add(app_, "history", "What happened to an address, in chain order", history_);
    AddAddressArgument(history, "ADDR", history_.address);
    AddAsset(history, history_.asset);
    AddPaging(history, history_.page);
  }

  void AddPeel() {
    CLI::App* const peel =
        Add(app_, "peel", "Payments in a row by one wallet, followed along their change", peel_);
    peel->add_option("TXID", peel_.txid, "Transaction id")->required();
    peel->add_option(
            "--direction", peel_.direction,
            "forward (default), to what spends the change; backward; or both, backward first")
        ->check(CLI::IsMember({"forward", "backward", "both"}))
        ->option_text("forward|backward|both")
        ->capture_default_str();
    AddGuessing(peel, peel_.profile);
    AddNumber(peel, "--max-hops", peel_.max_hops, "Stop after this many, of each direction",
              {0, kMax32});
    peel->add_option("--stop-at", peel_.stop_at,
                     "services,mixers (default), services, mixers or none: chains end there, as "
                     "labels that were imported say (bridges count as services)");
    peel->footer(
        "A hop asks that both transactions have one fingerprint, that its output is of a script\n"
        "type that is spent and goes to a fresh address or the payer's, and that no other output\n"
        "may be the change. The chain ends where that is not so, and says why. Bitcoin only.");
  }

  static void AddPaging(CLI::App* command, PageOptions& page) {
    AddNumber(command, "--limit", page.limit, "Lines at most; then a page token on stderr",
              {1, kMax32});
    command->add_option("--page", page.page, "Go on where this page token points");
  }

  static void AddAsset(CLI::App* command, std::string& asset) {
    command->add_option("--asset", asset,
                        "Asset: BTC; on Tron TRX, TRC10:<id>, TRC20:<contract>, USDT");
  }

  static void AddAddressArgument(CLI::App* command, const std::string& name, std::string& address) {
    command->add_option(name, address, "Address, script:HEX, or a Tron account")->required();
  }

  static void AddProfile(CLI::App* command, std::string& profile) {
    command->add_option(
        "--profile", profile,
        "Which evidence counts: strict (default) co-spends; standard also change found with at "
        "most one in a hundred wrong; exploratory one in twenty. The last two read the whole "
        "chain, the first time since an epoch of it ended. "
        "On Tron, all reading it: strict deposit accounts with hot and gas wallets; standard also "
        "who lends to or opens and pays each other; exploratory also payers into one deposit "
        "account");
  }

  static void AddGuessing(CLI::App* command, std::string& profile) {
    command->add_option(
        "--profile", profile,
        "strict (default): change that the transaction or later spending gives away; standard: "
        "also what the chain's own model is sure of, which reads the whole chain the first time "
        "since an epoch of it ended");
  }

  void AddClusters() {
    CLI::App* const cluster = Add(app_, "cluster", "The cluster of an address", cluster_);
    AddAddressArgument(cluster, "ADDR", cluster_.address);
    AddProfile(cluster, cluster_.profile);
    cluster->add_flag("--members", cluster_.members, "List its addresses");
    CLI::App* const why = Add(app_, "why", "The evidence that joins two addresses", why_);
    AddAddressArgument(why, "ADDR_A", why_.a);
    AddAddressArgument(why, "ADDR_B", why_.b);
    AddProfile(why, why_.profile);
  }

  void AddEvaluate() {
    CLI::App* const evaluate =
        Add(app_, "evaluate", "How good clusters are, where owners are known", evaluate_);
    evaluate
        ->add_option("--truth", evaluate_.truth,
                     "File of known owners, CSV address,owner: what an exchange published, say")
        ->required();
    AddProfile(evaluate, evaluate_.profile);
    AddNumber(evaluate, "--resamples", evaluate_.resamples,
              "Resamples of owners for the 95 % intervals; 0: no intervals", {0, kMaxResamples})
        ->default_str(std::to_string(evaluate_.resamples));
    evaluate->footer(
        "Only addresses of the file count: contamination is other owners' addresses of the file "
        "in an\nowner's largest cluster, precision is about them, and what the file does not name "
        "is "
        "not noticed.\nOf one owner alone neither is told.");
  }

  void AddSeeds() {
    CLI::App* const seeds = app_.add_subcommand("seeds", "Seller addresses from advertisements");
    seeds->require_subcommand(1);
    Add(*seeds, "extract", "Read advertisements: text, HTML and JSON files, and folders of them",
        extract_)
        ->add_option("FILE", extract_.paths, "Files and folders")
        ->required();
  }

  void AddLabels() {
    CLI::App* const labels = app_.add_subcommand("labels", "What published lists say of addresses");
    labels->require_subcommand(1);
    CLI::App* const import = Add(
        *labels, "import",
        "Import lists, or newer versions of them: GraphSense TagPacks and ActorPacks, OFAC's "
        "sdn.xml, sdn_advanced.xml, sdn.csv and sdn_comments.csv, bare lists of addresses (text, "
        "JSON), CSV with a header; plain or gzip. The address tells its chain; what is no valid "
        "address is rejected, with its row. What a newer version no longer has is marked removed",
        labels_import_);
    import->add_option("FILE", labels_import_.paths, "Files, and folders of them")->required();
    import->add_option("--list", labels_import_.list,
                       "Name of the list, in place of the files' own; files given together are one "
                       "version of it");
    import->add_option("--class", labels_import_.label_class,
                       "What all of them are: service, seller, advertisement, sanction or other. "
                       "Else the list says it; a bare list counts as sanction");
    CLI::App* const list = Add(*labels, "list", "Labels, by address", labels_list_);
    list->add_option("--address", labels_list_.address, "Of this address");
    AddLabelFilters(list, labels_list_.list, labels_list_.as_of);
    AddPaging(list, labels_list_.page);
    CLI::App* const exported =
        Add(*labels, "export", "Labels as a file that `labels import` reads back", labels_export_);
    exported->add_option("--format", labels_export_.format, "csv or tagpack")
        ->check(CLI::IsMember({"csv", "tagpack"}))
        ->option_text("csv|tagpack")
        ->capture_default_str();
    exported->footer("CSV has labels alone; entries of ActorPacks are in tagpack only.");
    AddLabelFilters(exported, labels_export_.list, labels_export_.as_of);
    CLI::App* const history =
        Add(*labels, "history", "Every import and removal: when, of which list, from which file",
            labels_history_);
    history->add_option("--list", labels_history_.list, "Of this list");
    AddPaging(history, labels_history_.page);
    CLI::App* const remove = Add(
        *labels, "remove", "Mark labels as removed; they stay known as of before", labels_remove_);
    CLI::Option* const by_list =
        remove->add_option("--list", labels_remove_.list, "All of this list");
    CLI::Option* const by_address =
        remove->add_option("--address", labels_remove_.address, "Those of this address");
    by_list->excludes(by_address);
    remove->add_option("--label", labels_remove_.label, "Of the address, those of this name")
        ->needs(by_address);
  }

  static void AddLabelFilters(CLI::App* command, std::string& list, std::string& as_of) {
    command->add_option("--list", list, "Of this list");
    command->add_option("--as-of", as_of,
                        "DATE: what was known at the end of that day (UTC), and holds on it");
  }

  void AddTrace() {
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
                      "came from, by fifo or haircut; not on Tron");
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
    AddNumber(
        trace, "--max-holdings", trace_.max_holdings,
        "Print so many outputs of each label, those that hold most, and say what is left out: "
        "4000000 of them (default), in tables 100000; not on Tron",
        {1});
    AddTimeOptions(trace, trace_);
    trace->add_option("--outputs", trace_.outputs,
                      "unspent (default), or all: outputs it passed through as well");
    AddForce(trace, trace_);
  }

  void AddBounds() {
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

  void AddPath() {
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
    path->add_option("--since", path_.since, "HEIGHT or DATE (UTC): no hop before it");
    path->add_option("--until", path_.until, "HEIGHT or DATE (UTC): no hop after it");
    path->add_option("--min-value", path_.min_value, "Nothing smaller on the way, base units");
    path->add_flag("--through-services", path_.through_services,
                   "Paths may go through services and mixers");
    AddNumber(path, "--max-edges", path_.max_edges,
              "Follow so many of what leaves a transaction, on Tron an account, the largest first",
              {0, kMax32});
  }

  void AddTypologies() {
    CLI::App* const typologies =
        Add(app_, "typologies", "Patterns of laundering around addresses", typologies_);
    typologies->add_option("ADDR", typologies_.addresses,
                           "Addresses, script:HEX, or Tron accounts");
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
        "payments of every day had come in another order. What payments look like is no proof of\n"
        "what they were for: most patterns are common in legitimate flows.");
  }

  void AddExposure() {
    CLI::App* const exposure =
        Add(app_, "exposure", "From which services an address's money came, or to which it went",
            exposure_);
    AddAddressArgument(exposure, "ADDR", exposure_.address);
    exposure->add_flag("--cluster", exposure_.cluster, "Of every address of its cluster");
    exposure->add_option("--direction", exposure_.direction,
                         "source (default): where it came from, not on Tron; destination: where it "
                         "went");
    exposure->add_option("--policy", exposure_.policy, "fifo (default) or haircut");
    exposure->add_option("--fees", exposure_.fees, "sink (default) or miner, as in trace");
    AddAsset(exposure, exposure_.asset);
    exposure->add_option("--stop-at", exposure_.stop_at,
                         "What counts as a service, as in trace: services,mixers (default), "
                         "services, mixers or none");
    exposure
        ->add_option("--stop", exposure_.stops, "ADDR[=ENTITY]: a service you know, as in trace")
        ->expected(1)
        ->take_all();
    AddNumber(exposure, "--max-hops", exposure_.max_hops,
              "Go no further than this many transactions", {0, kMax32});
    exposure->add_flag("--force", exposure_.force,
                       "Clusters whatever their size, and whatever labels call them");
    exposure->footer(
        "Direct is within one transaction. Entries add up to the total: what no service ends is\n"
        "listed by what does (coinbase, unspent, fee, unresolved, ...).");
  }

  void AddServe() {
    CLI::App* const serve = Add(app_, "serve", "Answer over gRPC until SIGTERM or SIGINT", serve_);
    serve->add_option("--listen", serve_.listen, "HOST:PORT; port 0 picks a free one")
        ->capture_default_str();
    AddNumber(serve, "--max-traces", serve_.max_traces, "Traces and paths at the same time",
              {1, server::kMaxServerThreads / 2})
        ->default_str(std::to_string(serve_.max_traces));
    AddNumber(serve, "--max-trace-transactions", serve_.max_trace_transactions,
              "Transactions one trace may read, on Tron events; 0: no limit")
        ->default_str(std::to_string(serve_.max_trace_transactions));
    AddNumber(serve, "--threads", serve_.threads,
              "Threads that compute clusters; 0: one a processor", {0, kMaxThreads});
    AddNumber(serve, "--memory", serve_.memory_mib,
              "Memory that the clusters of one network and profile may take, MiB; 0: what the "
              "machine has. Who asks for more is told so",
              {0, kMaxMemoryMib});
  }

  CLI::App& app_;
  Invocation& invocation_;
  IndexCommand index_;
  IndexTronCommand index_tron_;
  DecodeCommand decode_;
  DecodeTronCommand decode_tron_;
  StatusCommand status_;
  VerifyCommand verify_;
  BlockCommand block_;
  TxCommand tx_;
  KindCommand kind_;
  PeelCommand peel_;
  AddressCommand address_;
  UtxosCommand utxos_;
  HistoryCommand history_;
  ClusterCommand cluster_;
  WhyCommand why_;
  EvaluateCommand evaluate_;
  SeedsExtractCommand extract_;
  LabelsImportCommand labels_import_;
  LabelsListCommand labels_list_;
  LabelsExportCommand labels_export_;
  LabelsHistoryCommand labels_history_;
  LabelsRemoveCommand labels_remove_;
  TraceCommand trace_;
  BoundsCommand bounds_;
  PathCommand path_;
  TypologiesCommand typologies_;
  ExposureCommand exposure_;
  ServeCommand serve_;
};

}  // namespace

absl::StatusOr<ParsedCommandLine> ParseCommandLine(int argc, const char* const* argv) {
  ParsedCommandLine parsed;
  CLI::App app(
      "Follows payments through Bitcoin and Tron: indexes a node's raw blocks, groups addresses, "
      "and "
      "says where the money of a seller went.",
      "coinwake");
  app.fallthrough();
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(kVersion));
  app.footer(
      "--data, --network, --json and --progress go with every command, before or after it.\n"
      "Exit status: 0 done, 1 the data or the system failed, 2 the command line is wrong.");
  Grammar grammar(app, parsed.invocation);
  grammar.AddAll();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    parsed.text = app.help();  // of the innermost command named
  } catch (const CLI::CallForAllHelp&) {
    parsed.text = app.help("", CLI::AppFormatMode::All);
  } catch (const CLI::CallForVersion&) {
    parsed.text = std::string(kVersion) + "\n";
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(Complaint(app, error), "; `coinwake --help` lists the commands"));
  }
  return parsed;
}

}  // namespace coinwake::cli
