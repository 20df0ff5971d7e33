#include "tests/server/tron_index.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "indexer/ingest/tron_ingest.h"
#include "tests/support/tron_block_files.h"

namespace coinwake {
namespace {

template <typename Result>
void Need(const Result& result, const char* what) {
  absl::Status status;
  if constexpr (std::is_same_v<Result, absl::Status>) {
    status = result;
  } else {
    status = result.status();
  }
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  std::abort();
}

// Of what is in /blocks of `files`.
TronIndex Index(std::unique_ptr<FaultFileSystem> files, std::optional<Network> network) {
  TronIndex made;
  made.files = std::move(files);
  TronIngestOptions options;
  options.source = "/blocks";
  options.data_folder = "/data";
  options.network = network;
  options.threads = 1;
  const auto report = IndexTron(*made.files, options);
  Need(report, "index");
  auto index = OpenForReading(*made.files, "/data", report->network);
  Need(index, "open");
  made.index = *std::move(index);
  return made;
}

}  // namespace

TronIndex IndexOf(const std::vector<synthetic::TronBlock>& blocks, std::optional<Network> network) {
  auto files = std::make_unique<FaultFileSystem>();
  Need(synthetic::WriteBlockFiles(*files, "/blocks", blocks), "write blocks");
  return Index(std::move(files), network);
}

TronIndex IndexOfFiles(const std::map<std::string, std::string>& sources,
                       std::optional<Network> network) {
  auto files = std::make_unique<FaultFileSystem>();
  for (const auto& [name, bytes] : sources) files->SetContents("/blocks/" + name, bytes);
  return Index(std::move(files), network);
}

}  // namespace coinwake
