// The grammar of all commands but those that follow value from seeds or an address.
#include "cli/grammar.h"

#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "cli/hint_options.h"
#include "cli/screen_options.h"
#include "cli/timeline_options.h"
#include "indexer/base/network.h"
#include "server/names.h"

namespace coinwake::cli {
namespace {

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

}  // namespace

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

void Grammar::AddAll() {
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
  AddTimeline(Add(app_, "timeline", "What sellers received week by week", timeline_), timeline_);
  AddSuccessors(Add(app_, "successors", "Who is paid by a seller's payers after it", successors_),
                successors_);
  AddHintOptions(
      Add(app_, "hints", "Leads from deposits into a service to its withdrawals", hints_), hints_);
  AddExposure();
  AddReport();
  AddScreenOptions(Add(app_, "screen", "Labels, seeds and exposure, held against rules", screen_),
                   screen_);
  AddServe();
}

void Grammar::AddGlobal() {
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

void Grammar::AddIndexing() {
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
  AddNumber(bitcoin, "--threads", index_.threads, "Threads; 0: one a processor", {0, kMaxThreads});

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

void Grammar::AddIndexTron(CLI::App& index) {
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

void Grammar::AddLookups() {
  Add(app_, "block", "A block and its transactions", block_)
      ->add_option("HASH_OR_HEIGHT", block_.block, "Height, or hash")
      ->required();
  Add(app_, "tx", "A transaction", tx_)->add_option("TXID", tx_.txid, "Transaction id")->required();
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

void Grammar::AddPeel() {
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

void Grammar::AddPaging(CLI::App* command, PageOptions& page) {
  AddNumber(command, "--limit", page.limit, "Lines at most; then a page token on stderr",
            {1, kMax32});
  command->add_option("--page", page.page, "Go on where this page token points");
}

void Grammar::AddAsset(CLI::App* command, std::string& asset) {
  command->add_option("--asset", asset,
                      "Asset: BTC; on Tron TRX, TRC10:<id>, TRC20:<contract>, USDT");
}

void Grammar::AddAddressArgument(CLI::App* command, const std::string& name, std::string& address) {
  command->add_option(name, address, "Address, script:HEX, or a Tron account")->required();
}

void Grammar::AddProfile(CLI::App* command, std::string& profile) {
  command->add_option(
      "--profile", profile,
      "Which evidence counts: strict (default) co-spends and scripts of one key; standard also "
      "change found with at "
      "most one in a hundred wrong; exploratory one in twenty. The last two read the whole "
      "chain, the first time since an epoch of it ended. "
      "On Tron, all reading it: strict deposit accounts with hot and gas wallets; standard also "
      "who lends to or opens and pays each other; exploratory also payers into one deposit "
      "account");
}

void Grammar::AddGuessing(CLI::App* command, std::string& profile) {
  command->add_option(
      "--profile", profile,
      "strict (default): change that the transaction or later spending gives away; standard: "
      "also what the chain's own model is sure of, which reads the whole chain the first time "
      "since an epoch of it ended");
}

void Grammar::AddClusters() {
  CLI::App* const cluster = Add(app_, "cluster", "The cluster of an address", cluster_);
  AddAddressArgument(cluster, "ADDR", cluster_.address);
  AddProfile(cluster, cluster_.profile);
  cluster->add_flag("--members", cluster_.members, "List its addresses");
  CLI::App* const why = Add(app_, "why", "The evidence that joins two addresses", why_);
  AddAddressArgument(why, "ADDR_A", why_.a);
  AddAddressArgument(why, "ADDR_B", why_.b);
  AddProfile(why, why_.profile);
}

void Grammar::AddEvaluate() {
  CLI::App* const evaluate =
      Add(app_, "evaluate", "How good clusters are, where owners are known", evaluate_);
  evaluate
      ->add_option("--truth", evaluate_.truth,
                   "File of known owners, CSV address,owner: what an exchange published, say")
      ->required();
  AddProfile(evaluate, evaluate_.profile);
  evaluate
      ->add_option("--kind", evaluate_.kind,
                   "How the owners are known, which figures are marked with: measured, from "
                   "outside (default); simulated, of a chain that was made (default on regtest "
                   "and tron-private); agreement, by another tool's rules. Only what is measured "
                   "may be quoted as an error rate")
      ->check(CLI::IsMember({"measured", "simulated", "agreement"}))
      ->option_text("measured|simulated|agreement");
  AddNumber(evaluate, "--resamples", evaluate_.resamples,
            "Resamples of owners for the 95 % intervals; 0: no intervals", {0, kMaxResamples})
      ->default_str(std::to_string(evaluate_.resamples));
  evaluate->footer(
      "Only addresses of the file count: contamination is other owners' addresses of the file "
      "in an\nowner's largest cluster, precision is about them, and what the file does not name "
      "is "
      "not noticed.\nOf one owner alone neither is told.");
}

void Grammar::AddSeeds() {
  CLI::App* const seeds = app_.add_subcommand("seeds", "Seller addresses from advertisements");
  seeds->require_subcommand(1);
  Add(*seeds, "extract", "Read advertisements: text, HTML and JSON files, and folders of them",
      extract_)
      ->add_option("FILE", extract_.paths, "Files and folders")
      ->required();
}

void Grammar::AddLabels() {
  CLI::App* const labels = app_.add_subcommand("labels", "What published lists say of addresses");
  labels->require_subcommand(1);
  CLI::App* const import =
      Add(*labels, "import",
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

void Grammar::AddLabelFilters(CLI::App* command, std::string& list, std::string& as_of) {
  command->add_option("--list", list, "Of this list");
  command->add_option("--as-of", as_of,
                      "DATE: what was known at the end of that day (UTC), and holds on it");
}

void Grammar::AddServe() {
  CLI::App* const serve = Add(app_, "serve", "Answer over gRPC until SIGTERM or SIGINT", serve_);
  serve->add_option("--listen", serve_.listen, "HOST:PORT; port 0 picks a free one")
      ->capture_default_str();
  AddNumber(serve, "--max-traces", serve_.max_traces, "Traces and paths at the same time",
            {1, server::kMaxServerThreads / 2})
      ->default_str(std::to_string(serve_.max_traces));
  AddNumber(serve, "--max-trace-transactions", serve_.max_trace_transactions,
            "Transactions one trace may read, on Tron events; 0: no limit")
      ->default_str(std::to_string(serve_.max_trace_transactions));
  AddNumber(serve, "--threads", serve_.threads, "Threads that compute clusters; 0: one a processor",
            {0, kMaxThreads});
  AddNumber(serve, "--memory", serve_.memory_mib,
            "Memory that the clusters of one network and profile may take, MiB; 0: what the "
            "machine has. Who asks for more is told so",
            {0, kMaxMemoryMib});
}

}  // namespace coinwake::cli
