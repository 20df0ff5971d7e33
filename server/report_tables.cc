#include "server/report_tables.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/exposure.pb.h"
#include "coinwake/v1/reports.pb.h"
#include "coinwake/v1/trace.pb.h"
#include "coinwake/v1/typology.pb.h"
#include "server/json.h"

namespace coinwake::server {
namespace {

using Entry = v1::ReportEntry;

// Spreadsheets cut a cell at 32,767 characters; the JSON has up to a thousand.
constexpr int kMostTxidsInCell = 100;

std::string TimeText(std::int64_t unix_seconds) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(unix_seconds),
                          absl::UTCTimeZone());
}
std::string YesNo(bool is) { return is ? "yes" : "no"; }
template <typename Number>
std::string Digits(Number number) {
  return absl::StrCat(number);
}

TableRow RowOf(const std::string& seller, const v1::ReportReceipt& receipt) {
  return {seller,
          receipt.asset(),
          receipt.amount(),
          Digits(receipt.height()),
          TimeText(receipt.time()),
          receipt.txid(),
          receipt.has_vout() ? Digits(receipt.vout()) : "",
          receipt.has_event() ? Digits(receipt.event()) : "",
          receipt.from(),
          receipt.to(),
          receipt.pot(),
          receipt.has_spent_by() ? receipt.spent_by().txid() : "",
          receipt.has_spent_by() ? Digits(receipt.spent_by().input()) : ""};
}

TableRow RowOf(const std::string& seller, const std::string& asset, const v1::Holding& holding) {
  const bool is_output = !holding.has_asset();
  return {seller,
          asset,
          holding.taint(),
          holding.value(),
          holding.address(),
          holding.key_address(),
          holding.pot(),
          is_output ? holding.txid() : "",
          is_output ? Digits(holding.vout()) : "",
          is_output ? Digits(holding.height()) : "",
          is_output ? TimeText(holding.time()) : "",
          is_output ? holding.script_type() : "",
          holding.assumed_opening(),
          is_output ? "" : YesNo(holding.degraded())};
}

TableRow RowOf(const std::string& seller, const std::string& asset,
               const v1::ReportPolicy& policy) {
  return {seller,           asset,          policy.policy(), policy.seeded(),
          policy.unspent(), policy.exits(), policy.sinks(),  Digits(policy.holders())};
}

TableRow RowOf(const std::string& seller, const std::string& asset, const v1::ReportBound& bound) {
  TableRow row = {
      seller,         asset,           bound.place(), bound.kind(),
      bound.entity(), bound.address(), bound.txid(),  bound.has_vout() ? Digits(bound.vout()) : "",
      bound.min(),    bound.max()};
  for (const v1::ReportFigure& figure : bound.figures()) row.push_back(figure.amount());
  return row;
}

TableRow RowOf(const std::string& seller, const v1::Exposure& exposure,
               const v1::ExposureEntry& entry) {
  return {seller,
          exposure.asset(),
          exposure.address(),
          YesNo(exposure.cluster()),
          exposure.direction(),
          exposure.policy(),
          entry.category(),
          entry.entity(),
          entry.direct(),
          entry.indirect(),
          entry.has_min_hops() ? Digits(entry.min_hops()) : "",
          exposure.total()};
}

TableRow RowOf(const std::string& seller, const v1::Typology& typology) {
  std::string txids;
  for (int i = 0; i < std::min(typology.transactions_size(), kMostTxidsInCell); ++i) {
    absl::StrAppend(&txids, i == 0 ? "" : " ", typology.transactions(i));
  }
  return {seller,
          typology.asset(),
          typology.subject(),
          typology.kind(),
          Digits(typology.rule_version()),
          typology.service(),
          typology.amount(),
          Digits(typology.counterparties()),
          Digits(typology.first_height()),
          TimeText(typology.first_time()),
          Digits(typology.last_height()),
          TimeText(typology.last_time()),
          Digits(typology.observed()),
          typology.expected(),
          typology.score(),
          Digits(typology.shuffles()),
          Digits(typology.as_often_shuffled()),
          YesNo(typology.truncated()),
          Digits(typology.transactions_count()),
          txids};
}

std::vector<ReportTable> MakeTables() {
  return {
      {"receipts",
       "Receipts",
       {"seller", "asset", "amount", "height", "time_utc", "txid", "vout", "event", "from", "to",
        "pot", "spent_by_txid", "spent_by_input"}},
      {"holders",
       "Where it lies now",
       {"seller", "asset", "amount", "held", "address", "key_address", "pot", "txid", "vout",
        "height", "time_utc", "script_type", "assumed_opening", "degraded"}},
      {"exits",
       "Where it left the trace: services, and what else ended it",
       {"seller", "asset", "policy", "kind", "entity", "amount"}},
      {"policies",
       "What every policy makes of it",
       {"seller", "asset", "policy", "seeded", "unspent", "exits", "sinks", "holders"}},
      {"bounds",
       "What at least and at most can be there, whatever policy applies",
       {"seller", "asset", "place", "kind", "entity", "address", "txid", "vout", "min", "max",
        "poison", "haircut", "fifo", "lifo", "tiho", "tifo", "cifo", "tiso"}},
      {"exposure",
       "Exposure",
       {"seller", "asset", "address", "cluster", "direction", "policy", "category", "entity",
        "direct", "indirect", "min_hops", "total"}},
      {"typologies",
       "Typologies",
       {"seller",
        "asset",
        "address",
        "kind",
        "rule_version",
        "service",
        "amount",
        "counterparties",
        "first_height",
        "first_time_utc",
        "last_height",
        "last_time_utc",
        "observed",
        "expected",
        "score",
        "shuffles",
        "as_often_shuffled",
        "truncated",
        "transactions_count",
        "transactions"}},
      {"summary",
       "Summary",
       {"seller",           "folder",  "network", "from_height", "height",   "block_hash",
        "label_set",        "asset",   "policy",  "seeds",       "receipts", "first_receipt_utc",
        "last_receipt_utc", "seeded",  "unspent", "exits",       "sinks",    "holders",
        "typologies",       "warnings"}}};
}

}  // namespace

std::span<const ReportTable, kReportTables> ReportTables() {
  static const std::vector<ReportTable>& tables = *new std::vector<ReportTable>(MakeTables());
  return std::span<const ReportTable, kReportTables>(tables);
}

std::size_t TableOf(const Entry& entry) {
  switch (entry.content_case()) {
    case Entry::kReceipt:
      return 0;
    case Entry::kHolder:
      return 1;
    case Entry::kExit:
      return 2;
    case Entry::kPolicy:
      return 3;
    case Entry::kBound:
      return 4;
    case Entry::kExposure:
      return 5;
    case Entry::kTypology:
      return 6;
    case Entry::kSummary:
    case Entry::CONTENT_NOT_SET:
      break;
  }
  return 7;
}

void FillRows(const Entry& entry, const std::string& asset, const std::string& policy,
              std::vector<TableRow>* rows) {
  rows->clear();
  const std::string& seller = entry.seller();
  switch (entry.content_case()) {
    case Entry::kReceipt:
      rows->push_back(RowOf(seller, entry.receipt()));
      break;
    case Entry::kHolder:
      rows->push_back(RowOf(seller, asset, entry.holder()));
      break;
    case Entry::kExit:
      rows->push_back({seller, asset, policy, entry.exit().kind(), entry.exit().entity(),
                       entry.exit().taint()});
      break;
    case Entry::kPolicy:
      rows->push_back(RowOf(seller, asset, entry.policy()));
      break;
    case Entry::kBound:
      rows->push_back(RowOf(seller, asset, entry.bound()));
      break;
    case Entry::kExposure:
      for (const v1::ExposureEntry& one : entry.exposure().entries()) {
        rows->push_back(RowOf(seller, entry.exposure(), one));
      }
      break;
    case Entry::kTypology:
      rows->push_back(RowOf(seller, entry.typology()));
      break;
    case Entry::kSummary:
      rows->push_back(SummaryRow(entry.summary()));
      break;
    case Entry::CONTENT_NOT_SET:
      break;
  }
}

TableRow SummaryRow(const v1::ReportSummary& summary) {
  const v1::Snapshot& snapshot = summary.snapshot();
  std::string warnings;
  for (const std::string& warning : summary.warnings()) {
    absl::StrAppend(&warnings, warnings.empty() ? "" : "; ", warning);
  }
  return {summary.seller(),
          summary.folder(),
          snapshot.network(),
          Digits(snapshot.from_height()),
          Digits(snapshot.height()),
          snapshot.block_hash(),
          snapshot.label_set(),
          summary.asset(),
          summary.policy(),
          Digits(summary.seeds()),
          Digits(summary.receipts()),
          summary.has_first_receipt_time() ? TimeText(summary.first_receipt_time()) : "",
          summary.has_last_receipt_time() ? TimeText(summary.last_receipt_time()) : "",
          summary.seeded(),
          summary.unspent(),
          summary.exits(),
          summary.sinks(),
          Digits(summary.holders()),
          Digits(summary.typologies()),
          warnings};
}

std::string JsonLineOf(const Entry& entry) {
  switch (entry.content_case()) {
    case Entry::kReceipt:
      return ToJson(entry.receipt()) + "\n";
    case Entry::kHolder:
      return ToJson(entry.holder()) + "\n";
    case Entry::kExit:
      return ToJson(entry.exit()) + "\n";
    case Entry::kPolicy:
      return ToJson(entry.policy()) + "\n";
    case Entry::kBound:
      return ToJson(entry.bound()) + "\n";
    case Entry::kExposure:
      return ToJson(entry.exposure()) + "\n";
    case Entry::kTypology:
      return ToJson(entry.typology()) + "\n";
    case Entry::kSummary:
      return ToJson(entry.summary()) + "\n";
    case Entry::CONTENT_NOT_SET:
      break;
  }
  return "";
}

}  // namespace coinwake::server
