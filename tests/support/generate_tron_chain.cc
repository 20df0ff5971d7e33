// generate_tron_chain: writes a synthetic Tron chain as files that `index tron` reads. See
// tron_generator.h for what it models.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/support/tron_generator.h"

namespace {

constexpr std::string_view kUsage =
    "usage: generate_tron_chain --out FOLDER [--transfers N] [--seed N] [--truth FOLDER]\n"
    "         [--with-transfers] [--tether-address] [--file-size BYTES] [--shuffle WINDOW]\n";

bool ToNumber(std::string_view text, std::uint64_t* number) {
  if (text.empty() || text.size() > 18) return false;
  *number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return false;
    *number = *number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return *number > 0;
}

bool ParseArguments(int argc, char** argv, coinwake::synthetic::TronGeneratorOptions* options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--with-transfers" || name == "--tether-address") {
      (name == "--with-transfers" ? options->writes_transfers : options->tether_address) = true;
      continue;
    }
    if (++i == argc) return false;
    const std::string_view value = argv[i];
    if (name == "--out" || name == "--truth") {
      (name == "--out" ? options->folder : options->truth_folder) = value;
      continue;
    }
    std::uint64_t* place = nullptr;
    if (name == "--transfers") place = &options->transfers;
    if (name == "--seed") place = &options->seed;
    if (name == "--file-size") place = &options->files.file_size;
    if (name == "--shuffle") place = &options->files.shuffle_window;
    if (place == nullptr || !ToNumber(value, place)) return false;
  }
  return !options->folder.empty();
}

}  // namespace

int main(int argc, char** argv) {
  coinwake::synthetic::TronGeneratorOptions options;
  if (!ParseArguments(argc, argv, &options)) {
    std::fprintf(stderr, "%s", std::string(kUsage).c_str());
    return 2;
  }
  const auto report = coinwake::synthetic::GenerateTronChain(coinwake::RealFileSystem(), options);
  if (!report.ok()) {
    std::fprintf(stderr, "generate_tron_chain: error: %s\n",
                 std::string(report.status().message()).c_str());
    return 1;
  }
  std::printf("genesis %s\ntip %s at height %" PRIu64 "\n", report->genesis.ToHex().c_str(),
              report->tip.ToHex().c_str(), report->height);
  std::printf("%" PRIu64 " blocks, %" PRIu64 " transactions, %" PRIu64 " transfers, %" PRIu64
              " accounts, %" PRIu64 " bytes\n",
              report->blocks, report->transactions, report->transfers, report->accounts,
              report->bytes);
  for (const auto& asset : report->assets) {
    std::printf("%s: %s minted, %s burnt\n", asset.name.c_str(),
                coinwake::ToDecimal(asset.minted).c_str(),
                coinwake::ToDecimal(asset.burned).c_str());
  }
  return 0;
}
