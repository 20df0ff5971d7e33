// The part of accuracy.h that is not of a generated chain.
#include <array>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "evaluation/interval.h"
#include "heuristics/coinjoin.h"
#include "tests/bench/accuracy.h"
#include "tests/support/emulated_run.h"
#include "tests/support/fault_file_system.h"
#include "tests/support/real_mixes.h"

namespace coinwake::bench {
namespace {

using evaluation::FigureKind;

struct RealList {
  std::string_view file;
  std::string_view what;
  MixProtocol protocol;
};
constexpr std::array<RealList, 4> kLists = {{
    {"whirlpool", "Whirlpool, March 2024", MixProtocol::kWhirlpool},
    {"wasabi2", "Wasabi 2, May and June 2024", MixProtocol::kWasabi2},
    {"wasabi1_2018", "Wasabi 1, 2018", MixProtocol::kWasabi1},
    {"wasabi1_2021", "Wasabi 1, August 2021", MixProtocol::kWasabi1},
}};

struct RealRun {
  std::string_view file;
  std::string_view what;
  std::string_view protocol;
};
constexpr std::array<RealRun, 3> kRuns = {{
    {"emulated_wasabi2_a", "emulated Wasabi 2, ten wallets", "wasabi2"},
    {"emulated_wasabi2_b", "emulated Wasabi 2, ten wallets", "wasabi2"},
    {"emulated_joinmarket", "emulated JoinMarket, 43 wallets", "joinmarket"},
}};

std::string Row(std::string_view what, std::string_view protocol, std::uint64_t found,
                std::uint64_t all, FigureKind kind, std::uint64_t other) {
  const auto share = evaluation::Proportion(found, all, kind);
  return absl::StrFormat("| %s | %s | %d of %d | %.4f [%.4f, %.4f] | %d | `%s` |\n",
                         std::string(what), std::string(protocol), found, all, share->value,
                         share->interval->low, share->interval->high, other,
                         std::string(FigureKindName(kind)));
}

}  // namespace

absl::StatusOr<std::string> RealMixTable() {
  std::string text =
      "| data | protocol | found | recall | taken for another mix | kind |\n"
      "|---|---|---|---|---|---|\n";
  for (const RealList& list : kLists) {
    std::uint64_t all = 0;
    std::uint64_t found = 0;
    std::uint64_t other = 0;
    for (const test::RealTransaction& tx : test::ReadRealTransactions(std::string(list.file))) {
      const MixVerdict verdict = JudgeMix(tx.facts, nullptr);
      ++all;
      found += verdict.protocol == list.protocol;
      other += verdict.is_coinjoin() && verdict.protocol != list.protocol;
    }
    absl::StrAppend(&text, Row(list.what, MixProtocolName(list.protocol), found, all,
                               FigureKind::kAgreement, other));
  }
  for (const RealRun& one : kRuns) {
    test::EmulatedRun run{std::string(one.file)};
    FaultFileSystem files;  // for being in memory: nothing fails here
    COINWAKE_ASSIGN_OR_RETURN(const OpenIndex index, run.builder().Build(files, "/data"));
    COINWAKE_ASSIGN_OR_RETURN(const FactsReader reader, FactsReader::Make(*index.view));
    std::uint64_t all = 0;
    std::uint64_t found = 0;
    std::uint64_t other = 0;
    for (const auto& [protocol, count] : run.Protocols(reader)) {
      if (protocol == "of one wallet") continue;
      all += count;
      if (protocol == one.protocol) {
        found += count;
      } else if (!protocol.empty()) {
        other += count;
      }
    }
    absl::StrAppend(&text, Row(one.what, one.protocol, found, all, FigureKind::kMeasured, other));
  }
  return text;
}

}  // namespace coinwake::bench
