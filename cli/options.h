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
  std::string kind;  // of figures; empty: what the network makes likely
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
  std::string bounds;
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
  std::string level;
};
struct TypologiesCommand {
  std::vector<std::string> addresses;
  std::string seeds_file;
  std::string asset;
  std::vector<std::string> only;
  bool by_cluster = false;
};
struct ScreenCommand {
  std::vector<std::string> subjects;
  std::string direction;
  std::string rules_file;
  std::vector<std::string> seeds;  // ADDR[=LABEL]
  std::string seeds_file;
  std::string asset;
  std::optional<std::uint32_t> max_hops;
};
struct HintsCommand {
  std::vector<std::string> subjects;  // addresses or transaction ids
  std::string seeds_file;
  std::string direction;
  std::string service;
  std::string service_file;
  std::string from;  // ASSET[@NETWORK]
  std::string to;
  std::string rates_file;
  std::optional<std::uint32_t> window_s;
  std::optional<std::uint32_t> fee_min_permille;
  std::optional<std::uint32_t> fee_max_permille;
  std::string flat_fee;
  std::string tolerance;
  std::optional<std::uint32_t> decimals_in;
  std::optional<std::uint32_t> decimals_out;
};
// Which sellers, of what is named or of a file of seeds.
struct SellersOptions {
  std::vector<std::string> subjects;  // addresses, or sellers of the file
  std::string seeds_file;
  std::string asset;
};
struct TimelineCommand {
  SellersOptions sellers;
  std::string events_file;
  std::optional<std::uint32_t> quiet_weeks;
  std::optional<std::uint32_t> active_weeks;
  std::optional<std::uint32_t> step_weeks;
  std::optional<std::uint32_t> step_ratio_permille;
  std::optional<std::uint32_t> step_chance_permille;
  std::optional<std::uint32_t> event_weeks;
};
struct SuccessorsCommand {
  SellersOptions sellers;
  std::string since;
  std::optional<std::uint32_t> weeks;
  std::optional<std::uint32_t> least_shared;
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
struct ReportCommand {
  TraceCommand trace;  // its seeds, policy, fees, stops, hops and times
  std::string out;
  std::optional<std::uint32_t> bounded_holders;
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
                 BoundsCommand, PathCommand, TypologiesCommand, ExposureCommand, ReportCommand,
                 ScreenCommand, HintsCommand, TimelineCommand, SuccessorsCommand, ServeCommand>;

struct Invocation {
  GlobalOptions global;
  Command command;
};

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_OPTIONS_H_
