#include "tests/heuristics/account_town.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "indexer/tron/asset.h"
#include "indexer/tron/known_addresses.h"
#include "indexer/tron/wire.h"

namespace coinwake {
namespace {

using synthetic::InventedAddress;
using synthetic::kTransferEnergy;

constexpr std::uint64_t kSeed = 9;
constexpr std::uint64_t kBank = 999'999;

template <typename T>
T Need(absl::StatusOr<T> result, const char* what) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s: %s\n", what, result.status().ToString().c_str());
  std::abort();
}

std::vector<synthetic::OpeningBalance> Opening() {
  std::vector<synthetic::OpeningBalance> opening;
  for (std::uint64_t n = 0; n < Town::kPeople; ++n) {
    opening.push_back({Town::Person(n), 100'000 * kSunPerTrx});
  }
  opening.push_back({Town::Person(kBank), 100'000'000 * kSunPerTrx});
  return opening;
}

synthetic::TxOptions Staked() {
  return {.energy = kTransferEnergy, .staked_energy = kTransferEnergy};
}

}  // namespace

AssetNum UsdtIn(const AccountView& view, Town& town) {
  std::string bytes;
  const Address& contract = town.chain().truth().assets()[town.usdt()].contract;
  tron::AppendAssetBytes(tron::Asset::Trc20(tron::Account(contract)), &bytes);
  return Need(view.FindAsset(tron::SpanOf(bytes)), "find USDT");
}

Town::Town(std::uint64_t first_number)
    : chain_({.seed = kSeed, .first_number = first_number, .opening = Opening()}) {
  const Address tether = Need(tron::ParseAddress(tron::kTetherContract), "parse");
  usdt_ = chain_.DeployToken(Person(kBank), "Tether USD", tether);
  chain_.Mint(usdt_, std::uint64_t{1} << 60);
  chain_.NextBlock();
}

Address Town::Person(std::uint64_t n) { return InventedAddress(kSeed, n); }

void Town::Give(const Address& to, std::uint64_t micro) { Pay(Person(kBank), to, micro); }

void Town::Pay(const Address& from, const Address& to, std::uint64_t micro) {
  chain_.TokenTransfer(usdt_, from, to, micro, Staked());
}

void Town::PayTrx(const Address& from, const Address& to, std::int64_t sun) {
  chain_.Transfer(from, to, sun);
}

void Town::Pass(std::uint64_t blocks) {
  for (std::uint64_t i = 0; i < blocks; ++i) chain_.NextBlock();
}

void Town::Deposit(const TownService& service, const Address& payer, const Address& deposit,
                   const Round& round) {
  Give(payer, round.micro);
  Pay(payer, deposit, round.micro);
  chain_.NextBlock();
  if (round.with_gas && round.by_energy) {
    chain_.Delegate(service.gas, deposit, 1'000 * kSunPerTrx, tron::Resource::kEnergy);
  } else if (round.with_gas) {
    PayTrx(service.gas, deposit, 30 * kSunPerTrx);
  } else if (!chain_.truth().IsActive(deposit)) {
    chain_.CreateAccount(Person(kBank), deposit);
  }
  chain_.NextBlock();
  const Uint256 held = chain_.truth().TokenOf(usdt_, deposit);
  chain_.TokenTransfer(usdt_, deposit, service.hot, held, Staked());
  chain_.NextBlock();
}

void Town::Deposit(const TownService& service, const Address& payer, const Address& deposit) {
  Deposit(service, payer, deposit, Round{});
}

void Town::AddCustomers(const TownService& service, std::uint64_t first, std::uint64_t count,
                        bool with_gas) {
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = first; i < first + count; ++i) {
      Deposit(service, Person(i), Fresh(i), {.micro = 5'000'000 + i, .with_gas = with_gas});
    }
  }
}

Surveyed::Surveyed(Town& town, const std::vector<std::pair<Address, std::uint32_t>>& known,
                   int threads) {
  town.chain().NextBlock();
  index_ = IndexOf(town.chain().blocks(), Network::kTronPrivate);
  rules_.usdt = UsdtIn(view(), town);
  for (const auto& [address, service] : known) rules_.known.push_back({Number(address), service});
  reader_ = std::make_unique<AccountReader>(view(), rules_.usdt);
  use_ = std::make_unique<AccountUse>(Need(AccountUse::Scan(*reader_), "scan"));
  sweepers_ = Need(FindSweepers(*reader_, *use_, threads), "sweepers");
  services_ = FindServices(sweepers_, *use_, rules_.known);
}

AddressNum Surveyed::Number(const Address& address) const {
  return Need(view().FindAddress(address.bytes), "find account");
}

bool Surveyed::IsSweeper(const Address& address) const {
  const std::uint64_t number = Number(address).value;
  return std::any_of(sweepers_.sweepers.begin(), sweepers_.sweepers.end(),
                     [number](const Sweeper& one) { return one.account == number; });
}

std::optional<AddressNum> Surveyed::ServiceOf(const Address& deposit) const {
  const std::uint64_t number = Number(deposit).value;
  for (const FoundServices::Deposit& one : services_.deposits) {
    if (one.account == number) return AddressNum{one.service};
  }
  return std::nullopt;
}

bool Surveyed::HasEdge(const std::vector<AccountEdge>& edges, const Address& a, const Address& b,
                       AccountRule rule) const {
  return std::any_of(edges.begin(), edges.end(), [&](const AccountEdge& edge) {
    return edge.a == Number(a).value && edge.b == Number(b).value && edge.rule == rule;
  });
}

std::shared_ptr<const AccountPartition> Surveyed::Clusters(Profile profile, int threads,
                                                           std::uint64_t batch) const {
  return Need(AccountPartition::Build(view(), profile, rules_, threads, 0, batch), "clusters");
}

bool Surveyed::AreJoined(Profile profile, const Address& a, const Address& b) const {
  const auto clusters = Clusters(profile);
  return clusters->ClusterOf(Number(a)) == clusters->ClusterOf(Number(b));
}

}  // namespace coinwake
