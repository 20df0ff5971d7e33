#include "tests/acceptance/answers.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "coinwake/v1/index.pb.h"
#include "gtest/gtest.h"
#include "indexer/base/file_system.h"
#include "indexer/ingest/tron_ingest.h"
#include "indexer/verify/verify.h"
#include "indexer/view/open.h"
#include "server/address_answers.h"
#include "server/block_answers.h"
#include "server/cluster_source.h"
#include "server/convert.h"
#include "server/json.h"
#include "server/limits.h"
#include "server/names.h"

namespace coinwake::acceptance {
namespace {

constexpr std::uint32_t kListPage = 1000;

void Need(const absl::Status& status, const std::string& what) {
  if (status.ok()) return;
  std::fprintf(stderr, "acceptance: %s: %s\n", what.c_str(), status.ToString().c_str());
  std::abort();
}

}  // namespace

struct Answers::Opened {
  explicit Opened(OpenIndex opened) : index(std::move(opened)), clusters(index.view, 1, nullptr) {}

  OpenIndex index;
  mutable server::ClusterSource clusters;
};

std::string FreshFolder(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path.string();
}

IngestReport Index(const IngestOptions& options) {
  auto report = IndexBitcoin(RealFileSystem(), options);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *std::move(report) : IngestReport{};
}

IngestReport Index(const std::string& blocks_folder, const std::string& data_folder,
                   std::optional<std::uint64_t> until_height) {
  IngestOptions options;
  options.blocks_folder = blocks_folder;
  options.data_folder = data_folder;
  options.until_height = until_height;
  return Index(options);
}

void IndexAccounts(const std::string& blocks_folder, const std::string& data_folder) {
  TronIngestOptions options;
  options.source = blocks_folder;
  options.data_folder = data_folder;
  const auto report = IndexTron(RealFileSystem(), options);
  EXPECT_TRUE(report.ok()) << report.status();
}

void ExpectSound(const std::string& data_folder, Network network) {
  const auto report = VerifyIndex(RealFileSystem(), data_folder, network, nullptr);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GT(report->checked, 0U);
  for (const std::string& problem : report->problems) ADD_FAILURE() << problem;
}

Answers::Answers(const std::string& data_folder, Network network) {
  auto index = OpenForReading(RealFileSystem(), data_folder, network);
  Need(index.status(), "open " + data_folder);
  opened_ = std::make_unique<Opened>(*std::move(index));
}
Answers::Answers(Answers&&) noexcept = default;
Answers::~Answers() = default;

const View& Answers::view() const { return *opened_->index.view; }

std::string Answers::Status() const {
  v1::Status status;
  server::FillNetworkStatus(view(), status.add_networks());
  return server::ToJson(status);
}

std::string Answers::Block(const std::string& height_or_hash) const {
  v1::GetBlockRequest request;
  request.set_block(height_or_hash);
  v1::Block answer;
  Need(server::AnswerBlock(view(), request, &answer), "block " + height_or_hash);
  return server::ToJson(answer);
}

std::string Answers::Transaction(const std::string& txid) const {
  v1::GetTransactionRequest request;
  request.set_txid(txid);
  v1::Transaction answer;
  Need(server::AnswerTransaction(view(), request, &answer), "tx " + txid);
  return server::ToJson(answer);
}

std::string Answers::Address(const std::string& name) const {
  v1::GetAddressRequest request;
  request.set_address(name);
  v1::Address answer;
  Need(server::AnswerAddress(view(), opened_->clusters, request, nullptr, &answer),
       "address " + name);
  return server::ToJson(answer);
}

std::vector<std::string> Answers::Unspent(const std::string& name) const {
  std::vector<std::string> lines;
  v1::ListUnspentRequest request;
  request.set_address(name);
  do {
    v1::ListUnspentResponse answer;
    Need(server::AnswerUnspent(view(), request, kListPage, nullptr, &answer), "utxos " + name);
    for (v1::Unspent& unspent : *answer.mutable_outputs()) {
      *unspent.mutable_snapshot() = answer.snapshot();
      lines.push_back(server::ToJson(unspent));
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  return lines;
}

std::vector<std::string> Answers::History(const std::string& name) const {
  std::vector<std::string> lines;
  v1::ListHistoryRequest request;
  request.set_address(name);
  do {
    v1::ListHistoryResponse answer;
    Need(server::AnswerHistory(view(), request, kListPage, nullptr, &answer), "history " + name);
    for (v1::HistoryEntry& entry : *answer.mutable_entries()) {
      *entry.mutable_snapshot() = answer.snapshot();
      lines.push_back(server::ToJson(entry));
    }
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  return lines;
}

std::vector<std::string> Answers::Names() const {
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < view().addresses_count(); ++i) {
    std::string name = server::ScriptName(view(), AddressNum{i});
    if (name.size() <= server::kMaxNameBytes) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> Answers::All() const {
  std::vector<std::string> lines = {Status()};
  const Snapshot& snapshot = view().snapshot();
  for (std::uint64_t height = snapshot.from_height; height <= snapshot.height; ++height) {
    lines.push_back(Block(std::to_string(height)));
  }
  for (const Hash256& hash : view().StaleBlockHashes()) lines.push_back(Block(hash.ToDisplayHex()));
  for (const std::string& name : Names()) {
    lines.push_back(Address(name));
    for (std::string& line : Unspent(name)) lines.push_back(name + " " + std::move(line));
    for (std::string& line : History(name)) lines.push_back(name + " " + std::move(line));
  }
  return lines;
}

void ExpectSame(const std::vector<std::string>& expected, const std::vector<std::string>& actual) {
  constexpr int kMostShown = 3;
  EXPECT_EQ(expected.size(), actual.size());
  int shown = 0;
  for (std::size_t i = 0; i < std::min(expected.size(), actual.size()) && shown < kMostShown; ++i) {
    if (expected[i] == actual[i]) continue;
    ++shown;
    // The lines may be long: what matters begins a little before the first difference.
    const auto at = static_cast<std::size_t>(
        std::mismatch(expected[i].begin(), expected[i].end(), actual[i].begin(), actual[i].end())
            .first -
        expected[i].begin());
    const std::size_t from = at < 80 ? 0 : at - 80;
    ADD_FAILURE() << "line " << i << " differs at " << at << "\nexpected ..."
                  << expected[i].substr(from, 200) << "\nactual   ..."
                  << actual[i].substr(std::min(from, actual[i].size()), 200);
  }
}

}  // namespace coinwake::acceptance
