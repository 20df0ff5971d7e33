// generate_economy: writes the regtest chain of an invented economy as a node's blocks folder, with
// the owner of every script. See tests/support/economy.h for what it models.
#include <cinttypes>
#include <cstdio>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "indexer/base/file_system.h"
#include "tests/support/economy.h"

int main(int argc, char** argv) {
  coinwake::synthetic::ChainOptions options;
  options.transactions = 100'000;
  std::string name = "calibration";
  CLI::App app{"Writes the chain of an invented economy as blk*.dat files"};
  app.add_option("--economy", name, "calibration, held_out or adversarial")->capture_default_str();
  app.add_option("--transactions", options.transactions, "besides the coinbases")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "the same seed gives the same bytes")
      ->capture_default_str();
  app.add_option("--out", options.folder, "blocks folder to write")->required();
  app.add_option("--truth", options.truth_folder, "folder for owners.csv and kinds.csv");
  CLI11_PARSE(app, argc, argv);
  const std::optional<coinwake::synthetic::EconomyConfig> config =
      coinwake::synthetic::EconomyNamed(name);
  if (!config.has_value()) {
    std::fprintf(stderr, "generate_economy: error: no economy is named %s\n", name.c_str());
    return 2;
  }
  const auto report =
      coinwake::synthetic::GenerateEconomy(coinwake::RealFileSystem(), options, *config);
  if (!report.ok()) {
    std::fprintf(stderr, "generate_economy: error: %s\n",
                 std::string(report.status().message()).c_str());
    return 1;
  }
  std::printf("tip %s at height %" PRIu64 "\n", report->tip.ToDisplayHex().c_str(), report->height);
  std::printf("%" PRIu64 " transactions, %" PRIu64 " inputs, %" PRIu64 " outputs, %" PRIu64
              " scripts, %" PRIu64 " bytes\n",
              report->transactions, report->inputs, report->outputs, report->scripts,
              report->bytes);
  return 0;
}
