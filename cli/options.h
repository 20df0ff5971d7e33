// What a command line says, one struct a command.
#ifndef COINWAKE_CLI_OPTIONS_H_
#define COINWAKE_CLI_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "indexer/ingest/ingest.h"
#include "server/limits.h"

namespace coinwake::cli {

enum class ProgressMode {
  kAuto,  // a bar when stderr is a terminal
  kJson,  // a line of JSON now and then
  kNone,
};

// Accepted before and after the name of any command.
struct GlobalOptions {
  std::string data = "./coinwake-data";
  std::string network;  // empty: the only one that fits
  bool json = false;
  ProgressMode progress = ProgressMode::kAuto;
};

struct IndexCommand {
  std::string blocks;
  std::uint64_t memory_mib = kDefaultMemoryMib;
  std::optional<std::uint64_t> until_height;
  std::optional<std::uint64_t> from_height;
  std::uint64_t commit_every_blocks = 0;
  int threads = 0;
};
struct IndexTronCommand {
  std::string blocks;
  std::uint64_t memory_mib = kDefaultMemoryMib;
  std::optional<std::uint64_t> until_height;
  std::uint64_t commit_every_blocks = 0;
  int threads = 0;
};
struct DecodeCommand {
  std::vector<std::string> files;
};
struct DecodeTronCommand {
  std::vector<std::string> files;
};
struct StatusCommand {};
struct VerifyCommand {};
struct BlockCommand {
  std::string block;
};
struct TxCommand {
  std::string txid;
};
struct KindCommand {
  std::string txid;
  std::string profile;
};
struct PeelCommand {
  std::string txid;
  std::string direction = "forward";
  std::optional<std::uint32_t> max_hops;
  std::string profile;
  std::string stop_at;
};
struct AddressCommand {
  std::string address;
  std::string asset;
};
// Which part of a list, where not all of it.
struct PageOptions {
  std::optional<std::uint32_t> limit;
  std::string page;
};
struct UtxosCommand {
  std::string address;
  PageOptions page;
};
struct HistoryCommand {
  std::string address;
  std::string asset;
  PageOptions page;
};
struct ClusterCommand {
  std::string address;
  std::string profile;
  bool members = false;
};
struct WhyCommand {
  std::string a;
  std::string b;
  std::string profile;
};
struct EvaluateCommand {
  std::string truth;
  std::string profile;
  std::uint32_t resamples = 1000;
};
struct SeedsExtractCommand {
  std::vector<std::string> paths;
};
struct LabelsImportCommand {
  std::vector<std::string> paths;
  std::string list;
  std::string label_class;
};
struct LabelsListCommand {
  std::string address;
  std::string list;
  std::string as_of;
  PageOptions page;
};
struct LabelsExportCommand {
  std::string list;
  std::string as_of;
  std::string format = "csv";
};
struct LabelsHistoryCommand {
  std::string list;
  PageOptions page;
};
struct LabelsRemoveCommand {
  std::string list;
  std::string address;
  std::string label;
};
struct TraceCommand {
  std::vector<std::string> seeds;          // ADDR[=LABEL]
  std::vector<std::string> seed_outputs;   // TXID:VOUT[=LABEL]
  std::vector<std::string> seed_clusters;  // ADDR[=LABEL]
  std::string seeds_file;
  std::string policy;
  std::string direction;
  std::string fees;
  std::string asset;
  bool competing = false;
  bool stop_mixed = false;
  std::string stop_at;
  std::vector<std::string> stops;  // ADDR[=ENTITY]
  std::string stops_file;
  std::string min_taint;
  std::optional<std::uint32_t> max_hops;
  std::optional<std::uint64_t> max_holdings;
  std::string since;
  std::string until;
  std::string outputs;
  bool force = false;
};
struct BoundsCommand {
  TraceCommand trace;  // its seeds, stops, hops and times
  std::string to;
};
struct PathCommand {
  std::string from;
  std::string to;
  std::string asset;
  std::string best;
  std::uint32_t count = 1;
  std::optional<std::uint32_t> max_hops;
  bool diverse = false;
  std::string since;
  std::string until;
  std::string min_value;
  bool through_services = false;
  std::optional<std::uint32_t> max_edges;
};
struct TypologiesCommand {
  std::vector<std::string> addresses;
  std::string seeds_file;
  std::string asset;
  std::vector<std::string> only;
  bool by_cluster = false;
};
struct ExposureCommand {
  std::string address;
  bool cluster = false;
  std::string direction;
  std::string policy;
  std::string fees;
  std::string asset;
  std::string stop_at;
  std::vector<std::string> stops;  // ADDR[=ENTITY]
  std::optional<std::uint32_t> max_hops;
  bool force = false;
};
struct ServeCommand {
  std::string listen = "127.0.0.1:50051";
  int max_traces = server::kDefaultConcurrentTraces;
  std::uint64_t max_trace_transactions = server::kDefaultTraceTransactions;
  int threads = 0;
  std::uint64_t memory_mib = 0;  // 0: what the machine has
};

using Command =
    std::variant<StatusCommand, VerifyCommand, IndexCommand, IndexTronCommand, DecodeCommand,
                 DecodeTronCommand, BlockCommand, TxCommand, KindCommand, PeelCommand,
                 AddressCommand, UtxosCommand, HistoryCommand, ClusterCommand, WhyCommand,
                 EvaluateCommand, SeedsExtractCommand, LabelsImportCommand, LabelsListCommand,
                 LabelsExportCommand, LabelsHistoryCommand, LabelsRemoveCommand, TraceCommand,
                 BoundsCommand, PathCommand, TypologiesCommand, ExposureCommand, ServeCommand>;

struct Invocation {
  GlobalOptions global;
  Command command;
};

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_OPTIONS_H_
