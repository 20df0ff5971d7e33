#include "tracer/account_ledger.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace coinwake {
namespace {

constexpr std::uint64_t kCancellationPeriod = 4096;  // holdings between two looks

}  // namespace

void AccountLedger::AddSink(std::uint32_t label, SinkKind kind, std::optional<std::uint32_t> entity,
                            Uint128 units, std::optional<std::uint32_t> hops) {
  SinkSum& sum = books_[label].sinks[{SinkKindName(kind), entity}];
  sum.kind = kind;
  sum.taint += ToTaint(label, units);
  if (hops.has_value()) sum.hops = std::min(*hops, sum.hops.value_or(*hops));
}

void AccountLedger::Note(std::uint32_t account, AccountsNoted* noted) {
  if (noted->count++ < kMaxAccountsNoted) noted->first.push_back(account);
}

void AccountLedger::AddHoldings(const Rest& rest, std::span<const AccountRun> runs,
                                bool with_runs) {
  std::map<std::uint32_t, Uint128> sums;
  for (const AccountRun& run : runs) {
    if (run.label != kCleanLabel && run.length != 0) sums[run.label] += run.length;
  }
  Record record;
  record.rest = rest;
  record.runs_begin = runs_.size();
  if (with_runs) {
    record.runs_count = static_cast<std::uint32_t>(runs.size());
    runs_.insert(runs_.end(), runs.begin(), runs.end());
  }
  for (const auto& [label, units] : sums) {
    record.label = label;
    record.units = units;
    records_.push_back(record);
    books_[label].unspent += ToTaint(label, units);
    ++books_[label].holdings;
  }
}

void AccountLedger::AddMinted(std::uint32_t label, std::uint32_t account, Uint128 brought,
                              Uint128 claimed) {
  Record record;
  record.rest.account = account;
  record.rest.balance = brought;
  record.units = claimed;
  record.label = label;
  records_.push_back(record);
  ++books_[label].holdings;
  AddSink(label, SinkKind::kCoinbase, std::nullopt, claimed);
}

bool AccountLedger::Balanced(std::uint32_t label) const {
  const Book& book = books_[label];
  AccountTaint sum = book.unspent;
  for (const auto& [key, sink] : book.sinks) sum += sink.taint;
  return book.seeded == sum;
}

absl::Status AccountLedger::Deliver(AccountEvents& events, std::span<const std::uint32_t> ranking,
                                    const Cancellation* cancellation,
                                    AccountTraceReceiver& receiver) {
  std::sort(records_.begin(), records_.end(), [](const Record& a, const Record& b) {
    return std::tie(a.rest.account, a.label) < std::tie(b.rest.account, b.label);
  });
  std::vector<std::pair<std::string, std::size_t>> order;  // key, first record of the account
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (i != 0 && records_[i].rest.account == records_[i - 1].rest.account) continue;
    COINWAKE_ASSIGN_OR_RETURN(std::string key, events.SortKey(records_[i].rest.account));
    order.emplace_back(std::move(key), i);
  }
  std::sort(order.begin(), order.end());
  std::uint64_t sent = 0;
  for (const auto& [key, begin] : order) {
    for (std::size_t i = begin; i < records_.size(); ++i) {
      if (records_[i].rest.account != records_[begin].rest.account) break;
      if (++sent % kCancellationPeriod == 0) {
        COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
      }
      COINWAKE_RETURN_IF_ERROR(DeliverHolding(records_[i], ranking, receiver));
    }
  }
  return DeliverSums(ranking, receiver);
}

absl::Status AccountLedger::DeliverHolding(const Record& record,
                                           std::span<const std::uint32_t> ranking,
                                           AccountTraceReceiver& receiver) const {
  AccountHolding holding;
  holding.label = ranking[record.label];
  holding.account = record.rest.account;
  holding.balance = record.rest.balance;
  holding.taint = ToTaint(record.label, record.units);
  holding.assumed_opening = record.rest.assumed_opening;
  holding.degraded = record.rest.degraded;
  for (std::uint64_t i = 0; i < record.runs_count; ++i) {
    AccountRun run = runs_[record.runs_begin + i];
    if (run.label != kCleanLabel) run.label = ranking[run.label];
    run.hops = 0;
    holding.runs.push_back(run);
  }
  return receiver.OnHolding(holding);
}

absl::Status AccountLedger::DeliverSums(std::span<const std::uint32_t> ranking,
                                        AccountTraceReceiver& receiver) const {
  for (std::size_t label = 0; label < books_.size(); ++label) {
    for (const auto& [key, sink] : books_[label].sinks) {
      if (sink.taint.is_zero()) continue;
      COINWAKE_RETURN_IF_ERROR(
          receiver.OnSink({ranking[label], sink.kind, key.second, sink.taint, sink.hops}));
    }
  }
  for (std::size_t label = 0; label < books_.size(); ++label) {
    const Book& book = books_[label];
    AccountSummary summary;
    summary.label = ranking[label];
    summary.seeded = book.seeded;
    summary.unspent = book.unspent;
    for (const auto& [key, sink] : book.sinks) {
      (IsExit(sink.kind) ? summary.exits : summary.sinks) += sink.taint;
    }
    summary.holdings = book.holdings;
    summary.degraded = book.degraded;
    summary.opened = book.opened;
    summary.fraction_bits = book.fraction_bits;
    COINWAKE_RETURN_IF_ERROR(receiver.OnSummary(summary));
  }
  return absl::OkStatus();
}

}  // namespace coinwake
