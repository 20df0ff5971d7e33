#include "tests/tracer/memory_accounts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/tracer/reference_queue.h"
#include "tracer/account_cursor.h"

namespace coinwake {

std::uint64_t MemoryAccounts::Add(const AccountEvent& event) {
  all.push_back(event);
  all.back().number = next_;
  return next_++;
}

std::uint64_t MemoryAccounts::Move(std::uint32_t from, std::uint32_t to, Uint128 amount) {
  return Add({0, from, to, amount, AccountEventKind::kMove});
}

std::uint64_t MemoryAccounts::Within(std::uint32_t from, std::uint32_t to, Uint128 amount) {
  return Add({0, from, to, amount, AccountEventKind::kWithin});
}

std::uint64_t MemoryAccounts::Mint(std::uint32_t to, Uint128 amount) {
  return Add({0, kNobody, to, amount, AccountEventKind::kMint});
}

std::uint64_t MemoryAccounts::Fee(std::uint32_t from, Uint128 amount) {
  return Add({0, from, kNobody, amount, AccountEventKind::kFee});
}

std::uint64_t MemoryAccounts::Burn(std::uint32_t from, Uint128 amount) {
  return Add({0, from, kNobody, amount, AccountEventKind::kBurn});
}

std::uint64_t MemoryAccounts::Hide(std::uint32_t from, Uint128 amount) {
  return Add({0, from, kNobody, amount, AccountEventKind::kHide});
}

absl::Status MemoryAccounts::Call(std::uint32_t account) {
  accounts_read.insert(account);
  if (calls++ == failing_call) return absl::UnavailableError("the disk failed");
  return absl::OkStatus();
}

absl::Status MemoryAccounts::EventsOf(std::uint32_t account, std::uint64_t from, std::size_t limit,
                                      AccountMeter& meter, std::vector<AccountEvent>* events) {
  COINWAKE_RETURN_IF_ERROR(Call(account));
  const auto hides = hidden.find(account);
  std::size_t added = 0;
  for (const AccountEvent& event : all) {
    if (added == limit) break;
    if (event.number < from || (event.from != account && event.to != account)) continue;
    if (hides != hidden.end() && hides->second == event.number) continue;
    events->push_back(event);
    ++added;
  }
  return meter.Count(added);
}

absl::StatusOr<AccountBalance> MemoryAccounts::BalanceBefore(std::uint32_t account,
                                                             std::uint64_t number,
                                                             AccountMeter& meter) {
  COINWAKE_RETURN_IF_ERROR(Call(account));
  Uint128 opening = 0;
  Uint128 known = 0;  // received - sent + opening so far
  Uint128 before = 0;
  std::uint64_t read = 0;
  for (const AccountEvent& event : all) {
    if (event.to == account || event.from == account) ++read;
    if (event.from == event.to) continue;
    if (event.to == account) {
      known += event.amount;
      if (event.number < number) before += event.amount;
    }
    if (event.from != account) continue;
    if (event.amount > known) {
      const Uint128 lacking = event.amount - known;
      opening += lacking;
      known += lacking;
    }
    known -= event.amount;
  }
  history_read += read;
  COINWAKE_RETURN_IF_ERROR(meter.Count(read));
  before += opening;
  for (const AccountEvent& event : all) {
    if (event.from == account && event.from != event.to && event.number < number) {
      before -= event.amount;
    }
  }
  const auto lie = understated.find(account);
  if (lie != understated.end()) before -= lie->second;
  return AccountBalance{before, opening};
}

absl::StatusOr<std::string> MemoryAccounts::SortKey(std::uint32_t account) {
  COINWAKE_RETURN_IF_ERROR(Call(account));
  return absl::StrCat("T", 99'999'999 - account);
}

absl::Status AccountRecorder::OnHolding(const AccountHolding& holding) {
  holdings.push_back(holding);
  lines.push_back(HoldingLine(request_, holding));
  return absl::OkStatus();
}

absl::Status AccountRecorder::OnSink(const AccountSink& sink) {
  lines.push_back(SinkLine(request_.labels[sink.label], sink.kind, sink.entity, sink.taint));
  return absl::OkStatus();
}

absl::Status AccountRecorder::OnSummary(const AccountSummary& summary) {
  summaries.push_back(summary);
  lines.push_back(SummaryLine(request_.labels[summary.label], summary.seeded, summary.unspent,
                              summary.exits, summary.sinks, summary.holdings, summary.degraded,
                              summary.opened));
  return absl::OkStatus();
}

std::string HoldingLine(const AccountTraceRequest& request, const AccountHolding& holding) {
  std::string line =
      absl::StrCat("holding ", holding.account, " ", request.labels[holding.label], " ",
                   holding.taint.ToString(), " of ", ToDecimal(Uint256(holding.balance)), " runs");
  for (const AccountRun& run : holding.runs) {
    const std::string label = run.label == kCleanLabel ? "-" : request.labels[run.label];
    absl::StrAppend(&line, " ", ToDecimal(Uint256(run.length)), "*", label);
  }
  absl::StrAppend(&line, " opening ", ToDecimal(Uint256(holding.assumed_opening)),
                  holding.degraded ? " degraded" : "");
  return line;
}

std::string SinkLine(const std::string& label, SinkKind kind, std::optional<std::uint32_t> entity,
                     const AccountTaint& taint) {
  return absl::StrCat("sink ", label, " ", std::string(SinkKindName(kind)), " ",
                      entity.has_value() ? absl::StrCat(*entity) : "-", " ", taint.ToString());
}

std::string SummaryLine(const std::string& label, const AccountTaint& seeded,
                        const AccountTaint& unspent, const AccountTaint& exits,
                        const AccountTaint& sinks, std::uint64_t holdings,
                        const AccountsNoted& degraded, const AccountsNoted& opened) {
  const auto noted = [](const char* what, const AccountsNoted& accounts) -> std::string {
    if (accounts.count == 0) return "";
    return absl::StrCat(" ", what, " ", accounts.count, ": ", absl::StrJoin(accounts.first, " "));
  };
  return absl::StrCat("summary ", label, " seeded ", seeded.ToString(), " unspent ",
                      unspent.ToString(), " exits ", exits.ToString(), " sinks ", sinks.ToString(),
                      " holdings ", holdings, noted("degraded", degraded), noted("opened", opened));
}

MemoryAccounts RandomAccounts(std::mt19937_64& random, std::uint32_t accounts_count,
                              std::size_t events_count) {
  MemoryAccounts accounts;
  std::vector<std::uint64_t> known(accounts_count, 0);
  const auto any = [&] { return static_cast<std::uint32_t>(random() % accounts_count); };
  while (accounts.all.size() < events_count) {
    if (random() % 8 == 0) accounts.SkipNumbers(random() % 5);
    const std::uint32_t to = any();
    if (random() % 6 == 0) {
      const std::uint64_t amount = random() % 20;
      known[to] += amount;
      accounts.Mint(to, amount);
      continue;
    }
    const std::uint32_t from = any();
    std::uint64_t amount = known[from];  // all of it
    if (random() % 3 != 0) amount = known[from] == 0 ? 0 : random() % (known[from] + 1);
    if (random() % 12 == 0) amount += random() % 5;
    if (amount == 0 && random() % 4 != 0) continue;
    const std::uint64_t kind = random() % 12;
    if (kind > 1 && from == to) {
      accounts.Move(from, to, amount);
      continue;
    }
    known[from] -= std::min(known[from], amount);
    if (kind == 0) {
      accounts.Fee(from, amount);
    } else if (kind == 1 && random() % 2 == 0) {
      accounts.Hide(from, amount);
    } else if (kind == 1) {
      accounts.Burn(from, amount);
    } else {
      if (kind <= 3) {
        accounts.Within(from, to, amount);
      } else {
        accounts.Move(from, to, amount);
      }
      known[to] += amount;
    }
  }
  return accounts;
}

}  // namespace coinwake
