#include "cli/list_table.h"

#include <fmt/format.h>

#include <vector>

#include "absl/strings/str_join.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"

namespace coinwake::cli {
namespace {

constexpr std::size_t kAssetWidth = 16;

std::vector<Table::Column> HistoryColumns(bool accounts) {
  std::vector<Table::Column> columns = {{"height", Align::kRight},
                                        {"time UTC"},
                                        {"transaction"},
                                        {accounts ? "received" : "received BTC", Align::kRight},
                                        {accounts ? "sent" : "sent BTC", Align::kRight}};
  if (accounts) columns.insert(columns.end(), {{"asset"}, {"marks"}});
  return columns;
}

}  // namespace

HistoryTable::HistoryTable(std::string_view network)
    : accounts_(HasAccounts(network)), table_(HistoryColumns(accounts_)), legend_(network) {}

std::string HistoryTable::Next(const v1::ListHistoryResponse& page) {
  const auto amount = [this](const std::string& text) {
    return accounts_ ? Grouped(std::string_view(text)) : Btc(text);
  };
  for (const v1::HistoryEntry& entry : page.entries()) {
    std::vector<std::string> cells = {std::to_string(entry.height()), Time(entry.time()),
                                      Short(entry.txid()), amount(entry.received()),
                                      amount(entry.sent())};
    if (accounts_) {
      cells.push_back(legend_.ShortOf(entry.asset(), kAssetWidth));
      cells.push_back(absl::StrJoin(entry.marks(), ", "));
    }
    table_.Add(std::move(cells));
  }
  const std::string header = begun_ ? "" : Header(page.snapshot()) + '\n';
  begun_ = true;
  return header + table_.RenderNext();
}

UnspentTable::UnspentTable()
    : table_({{"height", Align::kRight}, {"output"}, {"value BTC", Align::kRight}}) {}

std::string UnspentTable::Next(const v1::ListUnspentResponse& page) {
  for (const v1::Unspent& output : page.outputs()) {
    table_.Add({std::to_string(output.height()), fmt::format("{}:{}", output.txid(), output.vout()),
                Btc(output.value())});
    any_ = true;
  }
  const std::string header = begun_ ? "" : Header(page.snapshot()) + '\n';
  begun_ = true;
  return header + table_.RenderNext();
}

}  // namespace coinwake::cli
