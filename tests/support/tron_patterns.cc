#include "tests/support/tron_patterns.h"

#include <vector>

namespace coinwake::synthetic {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 86'400;

TxOptions Staked() {
  return {.energy = kFirstTransferEnergy, .staked_energy = kFirstTransferEnergy};
}

}  // namespace

Address TronPatterns::NewAccount() {
  const Address account = InventedAddress(seed_, 5'000'000 + accounts_++);
  chain_.Transfer(sponsor_, account, 2 * kSunPerTrx);
  return account;
}

Address TronPatterns::NewRich(std::int64_t usd) {
  const Address account = NewAccount();
  const auto amount = static_cast<std::uint64_t>(usd * kUnits);
  chain_.Mint(token_, amount, Staked());
  chain_.TokenTransfer(token_, chain_.truth().assets()[token_].owner, account, amount, Staked());
  return account;
}

void TronPatterns::Pay(const Address& from, const Address& to, std::int64_t usd) {
  chain_.TokenTransfer(token_, from, to, static_cast<std::uint64_t>(usd * kUnits), Staked());
}

void TronPatterns::Pass(std::int64_t seconds) {
  if (meanwhile_) meanwhile_();
  chain_.NextBlock(static_cast<std::uint64_t>(seconds * 1'000 / kBlockIntervalMs - 1));
}

Address TronPatterns::FanIn() {
  const Address subject = NewAccount();
  for (int i = 0; i < 12; ++i) {
    Pay(NewRich(150 + i), subject, 150 + i);
    Pass(kHour);
  }
  return subject;
}

Address TronPatterns::FanOut() {
  const Address subject = NewRich(10'000);
  for (int i = 0; i < 12; ++i) {
    Pay(subject, NewAccount(), 150 + 20 * i);
    Pass(kHour);
  }
  return subject;
}

Address TronPatterns::GatherScatter() {
  const Address subject = NewAccount();
  for (int i = 0; i < 6; ++i) {
    Pay(NewRich(500), subject, 500);
    Pass(10 * kHour);
  }
  for (int i = 0; i < 6; ++i) {
    Pay(subject, NewAccount(), 400 + 20 * i);
    Pass(10 * kHour);
  }
  return subject;
}

Address TronPatterns::ScatterGather() {
  const Address subject = NewRich(10'000);
  const Address end = NewAccount();
  std::vector<Address> over;
  for (int i = 0; i < 6; ++i) {
    over.push_back(NewAccount());
    Pay(subject, over.back(), 1'000 + 50 * i);
    Pass(kHour);
  }
  Pass(kDay);
  for (int i = 0; i < 6; ++i) {
    Pay(over[static_cast<std::size_t>(i)], end, 950 + 50 * i);
    Pass(kHour);
  }
  return subject;
}

Address TronPatterns::RoundTrip() {
  const Address subject = NewRich(10'000);
  Address at = subject;
  std::int64_t usd = 8'000;
  for (int hop = 0; hop < 4; ++hop) {
    const Address to = hop == 3 ? subject : NewAccount();
    Pay(at, to, usd);
    Pass(5 * kHour);
    usd = usd * 95 / 100;
    at = to;
  }
  return subject;
}

Address TronPatterns::PeelChain() {
  const Address subject = NewAccount();
  std::int64_t usd = 20'000;
  Pay(NewRich(usd), subject, usd);
  Address at = subject;
  for (int hop = 0; hop < 7; ++hop) {
    Pass(3 * kHour);
    const std::int64_t peeled = usd / 12;
    Pay(at, NewAccount(), peeled);
    const Address next = NewAccount();
    Pay(at, next, usd - peeled);
    usd -= peeled;
    at = next;
  }
  Pass(kHour);
  return subject;
}

Address TronPatterns::Structuring() {
  const Address subject = NewRich(20'000);
  std::vector<Address> payees(6);
  for (Address& payee : payees) payee = NewAccount();
  for (int i = 0; i < 12; ++i) {
    Pay(subject, payees[static_cast<std::size_t>(i % 6)], 905 + 7 * i);
    Pass(2 * kHour);
  }
  return subject;
}

Address TronPatterns::PassThrough() {
  const Address subject = NewAccount();
  for (int i = 0; i < 3; ++i) {
    Pay(NewRich(5'000), subject, 5'000);
    Pass(5 * kMinute);
    Pay(subject, NewAccount(), 5'000);
    Pass(8 * kHour);
  }
  return subject;
}

Address TronPatterns::NestedService(const Address& deposit) {
  const Address subject = NewAccount();
  for (int i = 0; i < 11; ++i) {
    Pay(NewRich(300 + i), subject, 300 + i);
    Pass(3 * kMinute);
    Pay(subject, deposit, 300 + i);
    Pass(4 * kDay);
  }
  return subject;
}

Address TronPatterns::DormantBurst() {
  const Address subject = NewAccount();
  Pay(NewRich(5'000), subject, 5'000);
  Pass(200 * kDay);
  Pay(subject, NewAccount(), 3'000);
  Pass(2 * kHour);
  Pay(subject, NewAccount(), 1'800);
  Pass(kHour);
  return subject;
}

}  // namespace coinwake::synthetic
