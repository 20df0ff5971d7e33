// A small Tron chain made by hand, and what the rules about accounts say of it: people, services
// with hot wallet, gas wallet and customers, all with plenty of TRX. USDT has main net's address.
#ifndef COINWAKE_TESTS_HEURISTICS_ACCOUNT_TOWN_H_
#define COINWAKE_TESTS_HEURISTICS_ACCOUNT_TOWN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "heuristics/account_partition.h"
#include "heuristics/account_pass.h"
#include "heuristics/account_reader.h"
#include "heuristics/account_use.h"
#include "heuristics/deposits.h"
#include "heuristics/services.h"
#include "tests/server/tron_index.h"
#include "tests/support/tron_chain_builder.h"

namespace coinwake {

using synthetic::AssetId;
using synthetic::kSunPerTrx;
using tron::Address;

// A service: customers' deposit accounts are swept into `hot`, `gas` provides for it.
struct TownService {
  Address hot;
  Address gas;
};

class Town {
 public:
  // `first_number` above 0: the index begins in mid-chain and knows nothing of what was before.
  explicit Town(std::uint64_t first_number = 0);

  // Number n's account, the same whenever asked for; it has TRX from the beginning for n < kPeople.
  static constexpr std::uint64_t kPeople = 600;
  static Address Person(std::uint64_t n);
  // An account that nobody opened yet.
  static Address Fresh(std::uint64_t n) { return Person(1'000'000 + n); }

  synthetic::TronChainBuilder& chain() { return chain_; }
  AssetId usdt() const { return usdt_; }

  // USDT from the bank, for whoever needs it.
  void Give(const Address& to, std::uint64_t micro);
  // Without cost to the sender, where he has some TRX.
  void Pay(const Address& from, const Address& to, std::uint64_t micro);
  void PayTrx(const Address& from, const Address& to, std::int64_t sun);
  void Pass(std::uint64_t blocks);  // so many blocks of nothing

  // One round: `payer` deposits, the gas wallet provides, all is swept.
  struct Round {
    std::uint64_t micro = 100'000'000;
    bool with_gas = true;
    bool by_energy = false;  // the gas wallet lends, and needs a stake
  };
  void Deposit(const TownService& service, const Address& payer, const Address& deposit,
               const Round& round);
  void Deposit(const TownService& service, const Address& payer, const Address& deposit);
  // Accounts Fresh(first + i) of `count` customers, Person(first + i), two rounds each.
  void AddCustomers(const TownService& service, std::uint64_t first, std::uint64_t count,
                    bool with_gas = true);

 private:
  synthetic::TronChainBuilder chain_;
  AssetId usdt_ = 0;
};

// The token that is money in the town. Ends the program where the view has none.
AssetNum UsdtIn(const AccountView& view, Town& town);

// The index of a town, and all that the rules find in it. Ends the program where they cannot.
class Surveyed {
 public:
  explicit Surveyed(Town& town, const std::vector<std::pair<Address, std::uint32_t>>& known = {},
                    int threads = 1);

  const AccountView& view() const { return index_.view(); }
  const AccountReader& reader() const { return *reader_; }
  const AccountRules& rules() const { return rules_; }
  const AccountUse& use() const { return *use_; }
  const FoundSweepers& sweepers() const { return sweepers_; }
  const FoundServices& services() const { return services_; }

  AddressNum Number(const Address& address) const;
  bool IsSweeper(const Address& address) const;  // swept as deposit accounts are
  // The hot wallet that stands for its service; nullopt: no deposit account (T1).
  std::optional<AddressNum> ServiceOf(const Address& deposit) const;
  bool HasEdge(const std::vector<AccountEdge>& edges, const Address& a, const Address& b,
               AccountRule rule) const;
  std::shared_ptr<const AccountPartition> Clusters(Profile profile, int threads = 1,
                                                   std::uint64_t batch = kAccountsAtOnce) const;
  bool AreJoined(Profile profile, const Address& a, const Address& b) const;

 private:
  TronIndex index_;
  AccountRules rules_;
  std::unique_ptr<AccountReader> reader_;
  std::unique_ptr<AccountUse> use_;
  FoundSweepers sweepers_;
  FoundServices services_;
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_HEURISTICS_ACCOUNT_TOWN_H_
