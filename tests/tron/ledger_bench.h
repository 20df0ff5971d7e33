// What the tests of the ledger share: transactions and receipts made by the generated code and
// decoded again, entries as short lines of text, and the balances they add up to.
#ifndef COINWAKE_TESTS_TRON_LEDGER_BENCH_H_
#define COINWAKE_TESTS_TRON_LEDGER_BENCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "indexer/tron/ledger.h"
#include "tron/block.pb.h"
#include "tron/contract.pb.h"
#include "tron/receipt.pb.h"

namespace coinwake::tron {

// Distinct addresses by a letter.
std::string AddressBytes(char letter);
Account AccountOf(char letter);
// A topic with an address in its last 20 bytes, and a word with a number.
std::string TopicOf(char letter);
std::string WordOf(std::uint64_t value);
// The first topic of an event.
std::string TopicOfSignature(const std::string& signature);

// A message owned by 'o'.
template <typename Message>
Message Owned() {
  Message message;
  message.set_owner_address(AddressBytes('o'));
  return message;
}

// "transfer TRX o > t 5", "freeze TRX o > o/stake2 5 energy", "gap no_receipt TRX o > -".
// Accounts of AddressBytes() are their letter, other addresses base58, plain bytes themselves.
std::string Show(const Entry& entry);
std::vector<std::string> ShowAll(const std::vector<Entry>& entries);

// What entries add up to. Numbers wrap at 256 bits: one with the highest bit set is below zero.
class Balances {
 public:
  void Apply(const std::vector<Entry>& entries);
  Uint256 Of(const Asset& asset, const Account& account, Pot pot = Pot::kFree) const;
  // Whether all balances of each asset are what was minted less what was destroyed.
  bool Conserved() const;
  bool AnyNegative() const;

 private:
  std::map<std::tuple<Asset, Account, Pot>, Uint256> balances_;
  std::map<Asset, Uint256> supply_;
};

// What must hold of any entry, whatever the messages are: "" or what is wrong.
std::string WrongWith(const Entry& entry);

class LedgerBench {
 public:
  BlockContext block{.number = 1000, .version = 30, .parent_time_ms = 1'000'000};
  bool has_receipt = true;
  std::int32_t contract_ret = 1;  // what the block says: SUCCESS
  std::int32_t receipt_result = 0;
  wire::TransactionInfo info;  // of the next transaction; its id and block are filled in

  TokenRegistry registry;
  Booking booking;
  Balances balances;
  LedgerCounts counts;                  // of all so far
  std::vector<RegistryChange> changes;  // of all so far

  // Books a transaction with this contract, and empties `info` afterwards. The entries as text; or
  // the status, where it is none of OK.
  template <typename Message>
  std::vector<std::string> Book(ContractType type, const Message& message) {
    return BookContract(static_cast<std::int32_t>(type),
                        "type.googleapis.com/protocol." + ContractTypeName(type),
                        message.SerializeAsString());
  }
  std::vector<std::string> BookContract(std::int32_t type, const std::string& type_url,
                                        const std::string& parameter);
  std::vector<std::string> BookBytes(const wire::Transaction& made);

  wire::InternalTransaction& AddInternal(const std::string& note, char caller, char to,
                                         std::int64_t value);
  wire::Log& AddLog(char contract, const std::string& signature,
                    const std::vector<std::string>& topics, const std::string& data = "");

  absl::Status status;  // of the last one

 private:
  std::uint32_t made_ = 0;  // so that no two transactions are the same
};

}  // namespace coinwake::tron

#endif  // COINWAKE_TESTS_TRON_LEDGER_BENCH_H_
