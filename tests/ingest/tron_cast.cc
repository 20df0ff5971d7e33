#include "tests/ingest/tron_cast.h"

#include <algorithm>
#include <limits>

#include "indexer/base/check.h"

namespace coinwake {

using synthetic::Address;
using synthetic::AssetId;
using synthetic::InventedAddress;
using synthetic::kSunPerTrx;
using synthetic::TronChainOptions;
using synthetic::TxOptions;
using tron::ContractResult;
using tron::Resource;

namespace {

constexpr std::size_t kPeople = 6;

std::vector<Address> PeopleOf(std::uint64_t seed) {
  std::vector<Address> people;
  for (std::size_t i = 0; i < kPeople; ++i) people.push_back(InventedAddress(seed, i));
  return people;
}

TronChainOptions OptionsOf(std::uint64_t seed, std::uint64_t first_number) {
  TronChainOptions options;
  options.seed = seed;
  options.first_number = first_number;
  for (const Address& person : PeopleOf(seed)) {
    options.opening.push_back({person, 1'000'000'000 * kSunPerTrx});
  }
  if (first_number == 0) {
    options.opening.push_back(
        {InventedAddress(seed, 999), std::numeric_limits<std::int64_t>::min()});
  }
  return options;
}

}  // namespace

TronCast::TronCast(std::uint64_t seed, std::uint64_t first_number)
    : random_(seed), people_(PeopleOf(seed)), chain_(OptionsOf(seed, first_number)), seed_(seed) {
  BeginTokens();
}

void TronCast::BeginTokens() {
  usdt_ = chain_.DeployToken(people_[0], "Tether USD");
  chain_.Mint(usdt_, 1'000'000);
  chain_.NextBlock();
  wide_ = chain_.DeployToken(people_[1], "Wide");
  chain_.Mint(wide_, ~Uint256(0));
  chain_.TokenTransfer(wide_, people_[1], people_[2], Uint256(1) << 63);
  chain_.TokenTransfer(wide_, people_[1], people_[3], (Uint256(1) << 63) - 1);
  chain_.TokenTransfer(wide_, people_[1], people_[4], Uint256(1) << 64);
  trc10_ = chain_.IssueTrc10(people_[5], "\xe2\x98\x83\x01", 1'000'000'000);
  contract_ = chain_.DeployContract(people_[3], "Box", 1'000'000);
  chain_.NextBlock();
  chain_.TokenTransfer(usdt_, people_[0], people_[1], 400'000);
  chain_.TransferTrc10(trc10_, people_[5], people_[0], 12'345);
}

void TronCast::AddBlock(int operations) {
  for (int i = 0; i < operations; ++i) DoAnything();
  chain_.NextBlock(Below(8) == 0 ? 2 : 0);
}

void TronCast::AddBlocks(int count) {
  for (int i = 0; i < count; ++i) AddBlock(static_cast<int>(Below(6)));
}

void TronCast::DoAnything() {
  const Address from = people_[Below(kPeople)];
  Address to = people_[Below(kPeople)];
  if (Below(8) == 0) to = InventedAddress(seed_, 1'000 + newcomers_++);
  const std::uint64_t choice = Below(20);
  TxOptions options;
  options.burns_bandwidth = Below(3) == 0;
  options.memo = Below(8) == 0 ? "memo" : "";
  if (choice < 4) {
    chain_.Transfer(from, to, static_cast<std::int64_t>(Below(1'000)), options);
  } else if (choice < 11) {
    DoTokens(choice, from, to);
  } else if (choice < 18) {
    DoStakes(choice, from, to);
  } else {
    DoCall(from, to);
  }
}

void TronCast::DoTokens(std::uint64_t choice, const Address& from, const Address& to) {
  const AssetId token = Below(3) == 0 ? wide_ : usdt_;
  const Address owner = chain_.truth().assets()[token].owner;
  const Uint256 held = chain_.truth().TokenOf(token, from);
  TxOptions options;
  if (Below(4) == 0) options.result = ContractResult::kRevert;
  options.pads_with_prefix = Below(2) == 0;
  switch (choice) {
    case 4:
    case 5:
      chain_.TokenTransfer(token, from, to, held / (1 + Below(3)), options);
      return;
    case 6:
      chain_.TokenTransferFrom(token, people_[Below(kPeople)], from, to, held / 3);
      return;
    case 7:
      chain_.Mint(usdt_, Below(100'000));
      return;
    case 8:
      chain_.Redeem(token, chain_.truth().TokenOf(token, owner) / 5);
      return;
    case 9:
      if (Below(3) == 0) {
        chain_.DestroyBlackFunds(usdt_, to);
      } else if (Below(2) == 0) {
        chain_.BlackList(usdt_, to);
      } else {
        chain_.UnBlackList(usdt_, to);
      }
      return;
    default: {
      const Uint256 units = chain_.truth().TokenOf(trc10_, from) / 2;
      if (units == 0) return;
      chain_.TransferTrc10(trc10_, from, to, static_cast<std::int64_t>(units));
    }
  }
}

void TronCast::DoStakes(std::uint64_t choice, const Address& from, const Address& to) {
  const std::int64_t frozen = chain_.truth().FrozenOf(from);
  const auto some = static_cast<std::int64_t>(1 + Below(1'000));
  switch (choice) {
    case 11:
    case 12:
      chain_.Freeze(from, 2 * some, Resource::kEnergy);
      return;
    case 13:
      if (frozen >= some) chain_.Unfreeze(from, some, Resource::kEnergy, Below(2) ? some / 2 : 0);
      return;
    case 14:
      if (frozen >= some) chain_.WithdrawUnfrozen(from, some);
      return;
    case 15:
      if (frozen < some || !chain_.truth().IsActive(to)) return;
      chain_.Delegate(from, to, some, Below(2) ? Resource::kEnergy : Resource::kBandwidth);
      chain_.Undelegate(from, to, some, Resource::kEnergy);
      return;
    case 16:
      chain_.WithdrawReward(from, some);
      return;
    default:
      if (Below(2) == 0) {
        chain_.Vote(from, {{people_[0], some}});
      } else if (Below(2) == 0) {
        chain_.UpdatePermission(from, {from, people_[1]}, 1);
      } else if (!chain_.truth().IsActive(to)) {
        chain_.CreateAccount(from, to);
      }
  }
}

void TronCast::DoCall(const Address& from, const Address& to) {
  if (Below(4) == 0) {
    contract_ = chain_.DeployContract(from, "Box", static_cast<std::int64_t>(Below(2) * 500));
    return;
  }
  TxOptions options;
  if (Below(4) == 0) options.result = ContractResult::kOutOfEnergy;
  const auto value = static_cast<std::int64_t>(Below(500));
  chain_.Call(
      from,
      {.contract = contract_,
       .call_value = value,
       .data = "data",
       .internals = {{.caller = contract_, .to = to, .amount = value / 2},
                     {.caller = contract_, .to = from},
                     {.caller = contract_, .to = from, .amount = 7, .rejected = true}},
       .transfers = {{usdt_, people_[0], to, chain_.truth().TokenOf(usdt_, people_[0]) / 9}}},
      options);
}

void WriteTronBlocks(FileSystem& files, const std::string& folder,
                     std::span<const synthetic::TronBlock> blocks,
                     const synthetic::TronFileOptions& options) {
  const auto old = files.List(folder);
  if (old.ok()) {
    for (const std::string& name : *old) {
      std::string path = folder;
      path.append("/").append(name);
      COINWAKE_CHECK(files.Remove(path).ok());
    }
  }
  COINWAKE_CHECK(synthetic::WriteBlockFiles(files, folder, blocks, options).ok());
}

TronIngestOptions TronTestOptions(const std::string& source, const std::string& data_folder) {
  TronIngestOptions options;
  options.source = source;
  options.data_folder = data_folder;
  options.memory_mib = kMinMemoryMib;
  options.threads = 1;
  return options;
}

}  // namespace coinwake
