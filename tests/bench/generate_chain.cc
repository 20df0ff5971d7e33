// generate_chain: writes a synthetic regtest chain as a node's blocks folder, for measurements and
// for trying Coinwake out without a node. See tests/support/chain_generator.h for what it models.
#include <cinttypes>
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "indexer/base/file_system.h"
#include "indexer/base/hex.h"
#include "tests/support/chain_generator.h"

namespace {

void PrintReport(const coinwake::synthetic::ChainReport& report) {
  const double transactions = static_cast<double>(report.transactions);
  std::printf("tip %s at height %" PRIu64 "\n", report.tip.ToDisplayHex().c_str(), report.height);
  std::printf("%" PRIu64 " transactions, %" PRIu64 " inputs (%.2f each), %" PRIu64
              " outputs (%.2f each)\n",
              report.transactions, report.inputs, static_cast<double>(report.inputs) / transactions,
              report.outputs, static_cast<double>(report.outputs) / transactions);
  std::printf("%" PRIu64 " scripts, %" PRIu64 " bytes (%.0f a transaction)\n", report.scripts,
              report.bytes, static_cast<double>(report.bytes) / transactions);
  std::printf("unspent: %" PRIu64 " outputs worth %" PRIu64 " satoshi\n", report.unspent_outputs,
              report.unspent_value);
}

}  // namespace

int main(int argc, char** argv) {
  coinwake::synthetic::ChainOptions options;
  std::string xor_key;
  CLI::App app{"Writes a synthetic regtest chain as blk*.dat files"};
  app.add_option("--transactions", options.transactions, "besides the coinbases")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "the same seed gives the same bytes")
      ->capture_default_str();
  app.add_option("--out", options.folder, "blocks folder to write")->required();
  app.add_option("--truth", options.truth_folder, "folder for owners.csv and kinds.csv");
  app.add_option("--file-size", options.files.file_size, "largest block file, bytes")
      ->capture_default_str();
  app.add_option("--shuffle", options.files.shuffle_window,
                 "write blocks out of order within windows of this many")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--xor-key", xor_key, "16 hex digits: obfuscate as Bitcoin Core 28 and later do");
  CLI11_PARSE(app, argc, argv);
  if (!xor_key.empty()) {
    const auto bytes = coinwake::HexDecode(xor_key);
    if (!bytes || bytes->size() != options.files.xor_key.size()) {
      std::fprintf(stderr, "generate_chain: error: --xor-key takes 16 hex digits\n");
      return 2;
    }
    std::copy(bytes->begin(), bytes->end(), options.files.xor_key.begin());
  }
  const auto report = coinwake::synthetic::GenerateChain(coinwake::RealFileSystem(), options);
  if (!report.ok()) {
    std::fprintf(stderr, "generate_chain: error: %s\n",
                 std::string(report.status().message()).c_str());
    return 1;
  }
  PrintReport(*report);
  return 0;
}
