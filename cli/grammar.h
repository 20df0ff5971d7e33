// The commands of the program and their options. Only these units and cli/parse know the command
// line library.
#ifndef COINWAKE_CLI_GRAMMAR_H_
#define COINWAKE_CLI_GRAMMAR_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "cli/options.h"
#include "server/names.h"

namespace coinwake::cli {

inline constexpr std::uint64_t kMax64 = std::numeric_limits<std::uint64_t>::max();
inline constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t kMaxMemoryMib = kMax64 >> 20;  // its bytes fit 64 bits
inline constexpr std::uint64_t kMaxThreads = 1024;
inline constexpr std::uint64_t kMaxResamples = 100'000;

// Both ends included.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = kMax64;
};

// Decimal digits only.
CLI::Validator NumberWithin(Range range);
CLI::Validator NotEmpty();

template <typename Number>
void Assign(std::uint64_t from, Number* to) {
  *to = static_cast<Number>(from);
}
template <typename Number>
void Assign(std::uint64_t from, std::optional<Number>* to) {
  *to = static_cast<Number>(from);
}

// Adds the commands to `app`; each, once met, leaves its options in `invocation`.
class Grammar {
 public:
  Grammar(CLI::App& app, Invocation& invocation) : app_(app), invocation_(invocation) {}

  void AddAll();

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

  void AddGlobal();
  void AddIndexing();
  void AddIndexTron(CLI::App& index);
  void AddLookups();
  void AddPeel();
  static void AddPaging(CLI::App* command, PageOptions& page);
  static void AddAsset(CLI::App* command, std::string& asset);
  static void AddAddressArgument(CLI::App* command, const std::string& name, std::string& address);
  static void AddProfile(CLI::App* command, std::string& profile);
  static void AddGuessing(CLI::App* command, std::string& profile);
  void AddClusters();
  void AddEvaluate();
  void AddSeeds();
  void AddLabels();
  static void AddLabelFilters(CLI::App* command, std::string& list, std::string& as_of);
  void AddTrace();
  void AddBounds();
  void AddPath();
  void AddTypologies();
  void AddExposure();
  void AddReport();
  void AddServe();

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
  TimelineCommand timeline_;
  SuccessorsCommand successors_;
  HintsCommand hints_;
  ExposureCommand exposure_;
  ReportCommand report_;
  ScreenCommand screen_;
  ServeCommand serve_;
};

}  // namespace coinwake::cli

#endif  // COINWAKE_CLI_GRAMMAR_H_
