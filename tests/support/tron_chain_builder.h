// A Tron chain block by block from simple operations, in real bytes: blocks as java-tron hashes
// them, receipts as it keeps them, and beside them the truth of who moved what.
//
//   TronChainBuilder chain({.opening = {{alice, 1'000'000'000}}});
//   const AssetId usdt = chain.DeployToken(alice, "Tether USD");
//   chain.Mint(usdt, 1'000);
//   chain.NextBlock();
//   chain.TokenTransfer(usdt, alice, bob, 400);
//   chain.NextBlock();
//   ... chain.blocks(), chain.truth() ...
//
// Blocks follow each other with right parents, merkle roots and ids, three seconds apart, and
// transactions have ids of their own. Signatures are 65 bytes (68 now and then, as on main net)
// that sign nothing. What a node would refuse ends the program: an owner who is no account yet or
// lacks the money, fees among it. Fees follow java-tron 4.8; all of them are burnt.
//
// Copyable: a copy goes on in another way, with the same blocks up to there. An operation that is
// said at the same place of both makes the same transaction in both. One thread.
#ifndef COINWAKE_TESTS_SUPPORT_TRON_CHAIN_BUILDER_H_
#define COINWAKE_TESTS_SUPPORT_TRON_CHAIN_BUILDER_H_

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/amount.h"
#include "indexer/base/hash.h"
#include "indexer/tron/address.h"
#include "indexer/tron/block.h"
#include "indexer/tron/contract.h"
#include "tests/support/tron_truth.h"

namespace coinwake::synthetic {

inline constexpr std::int64_t kSunPerTrx = 1'000'000;
inline constexpr std::int64_t kBlockIntervalMs = 3'000;
// What operations burn; java-tron 4.8 on main net.
inline constexpr std::int64_t kNewAccountFee = 1 * kSunPerTrx;
inline constexpr std::int64_t kNewAccountNetFee = kSunPerTrx / 10;  // in the receipt's net_fee
inline constexpr std::int64_t kMemoFee = 1 * kSunPerTrx;
inline constexpr std::int64_t kMultiSignatureFee = 1 * kSunPerTrx;
inline constexpr std::int64_t kPermissionFee = 100 * kSunPerTrx;
inline constexpr std::int64_t kTokenIssueFee = 1'024 * kSunPerTrx;
inline constexpr std::int64_t kSunPerByte = 1'000;
// Of a USDT transfer: to who has some, and to who has none.
inline constexpr std::int64_t kTransferEnergy = 64'285;
inline constexpr std::int64_t kFirstTransferEnergy = 130'285;

// An invented account's address, the same for the same numbers.
Address InventedAddress(std::uint64_t seed, std::uint64_t number);
// Of those who make the blocks of a chain with this seed, in turn.
inline constexpr std::uint64_t kWitnesses = 27;
Address WitnessAddress(std::uint64_t seed, std::uint64_t index);

struct OpeningBalance {
  Address address;
  std::int64_t sun = 0;  // below zero is allowed
};

struct TronChainOptions {
  std::uint64_t seed = 1;  // of addresses the chain has of its own: its witnesses
  // 0: begins with a genesis block, whose transfers are the opening balances. Others: begins in
  // mid-chain with that block, and nothing on it tells of the balances before.
  std::uint64_t first_number = 0;
  std::vector<OpeningBalance> opening = {};        // each address once
  std::int64_t start_time_ms = 1'735'689'600'000;  // of the first block but genesis
  std::int64_t energy_price = 210;                 // sun
  bool keep_moves = true;  // in TronBlock::moves; without them only sums are kept
};

// How an operation is sent.
struct TxOptions {
  std::string memo = {};  // burns kMemoFee if there is one
  std::int32_t permission_id = 0;
  int signatures = 1;            // burns kMultiSignatureFee if there are more
  bool burns_bandwidth = false;  // kSunPerByte for each byte; else bandwidth costs nothing
  // The rest is of smart contracts only.
  std::int64_t energy = 0;         // used in all; 0: what such a call uses
  std::int64_t staked_energy = 0;  // of it: costs nothing
  // Any other result: it moves nothing, writes no log, and all calls within are rejected.
  tron::ContractResult result = tron::ContractResult::kSuccess;
  bool pads_with_prefix = false;  // token calls: addresses in words as ...0041 and 20 bytes
};

// What a call of a smart contract does besides.
struct InternalCall {
  Address caller;
  Address to;
  std::int64_t amount = 0;
  AssetId asset = kTrx;  // or a TRC-10 token
  bool rejected = false;
  std::string note = "call";
};
struct TokenEffect {  // a Transfer log of the token's contract
  AssetId token = kTrx;
  Address from;  // the zero address mints
  Address to;    // the zero address burns
  Uint256 amount = 0;
};
struct RawLog {
  Address contract;
  std::vector<Hash256> topics = {};
  std::string data = {};
};
struct ContractCall {
  Address contract;
  std::int64_t call_value = 0;  // sun
  std::string data = {};
  std::vector<InternalCall> internals = {};
  std::vector<TokenEffect> transfers = {};
  std::vector<RawLog> logs = {};  // after those of the transfers; they move nothing
};

struct TronBlock {
  std::uint64_t number = 0;
  Hash256 id;
  std::string bytes;     // Block
  std::string receipts;  // TransactionRet; empty for genesis and for a block without transactions
  std::uint32_t transactions = 0;
  std::vector<Move> moves;  // in the order they happened; those of a failed call are its fee
};

class TronChainBuilder {
 public:
  explicit TronChainBuilder(TronChainOptions options);

  // Closes the block under way; the next operation is in the one after it. `skipped_slots` are
  // witnesses that make no block in between: three seconds each.
  void NextBlock(std::uint64_t skipped_slots = 0);
  // Closed blocks, genesis the first.
  const std::vector<TronBlock>& blocks() const { return blocks_; }
  // Hands them over, so that a long chain needs no memory for what was written.
  std::vector<TronBlock> TakeBlocks() { return std::exchange(blocks_, {}); }
  // The block under way.
  std::uint64_t number() const { return number_; }
  std::int64_t time_ms() const { return time_ms_; }
  std::size_t open_size_bytes() const { return block_.bytes.size(); }
  std::uint32_t open_transactions() const { return block_.transactions; }
  // Of everything so far, the block under way included.
  const TronTruth& truth() const { return truth_; }
  std::uint64_t moves_count(MoveKind kind) const {
    return moves_count_[static_cast<std::size_t>(kind)];
  }

  // Each adds one transaction and returns its id. Amounts of TRX are in sun.

  // Burns kNewAccountFee and kNewAccountNetFee besides where `to` is no account yet.
  Hash256 Transfer(const Address& from, const Address& to, std::int64_t sun,
                   const TxOptions& options = {});
  Hash256 CreateAccount(const Address& owner, const Address& account,
                        const TxOptions& options = {});
  Hash256 Freeze(const Address& owner, std::int64_t sun, tron::Resource resource,
                 const TxOptions& options = {});
  // `matured` of what was unfrozen before comes back with it.
  Hash256 Unfreeze(const Address& owner, std::int64_t sun, tron::Resource resource,
                   std::int64_t matured = 0, const TxOptions& options = {});
  Hash256 WithdrawUnfrozen(const Address& owner, std::int64_t matured,
                           const TxOptions& options = {});
  Hash256 Delegate(const Address& owner, const Address& receiver, std::int64_t sun,
                   tron::Resource resource, const TxOptions& options = {});
  Hash256 Undelegate(const Address& owner, const Address& receiver, std::int64_t sun,
                     tron::Resource resource, const TxOptions& options = {});
  using Votes = std::vector<std::pair<Address, std::int64_t>>;
  Hash256 Vote(const Address& owner, const Votes& votes, const TxOptions& options = {});
  Hash256 WithdrawReward(const Address& owner, std::int64_t sun, const TxOptions& options = {});
  // Gives the owner and one active permission to `keys`, of which `threshold` must sign.
  Hash256 UpdatePermission(const Address& owner, const std::vector<Address>& keys,
                           std::int64_t threshold, const TxOptions& options = {});

  // Issues a TRC-10 token: the next number from 1000001, all of `supply` to the owner.
  AssetId IssueTrc10(const Address& owner, std::string_view name, std::int64_t supply,
                     const TxOptions& options = {});
  Hash256 TransferTrc10(AssetId token, const Address& from, const Address& to, std::int64_t amount,
                        const TxOptions& options = {});

  // A contract of no token, at the address that its creation gives it.
  Address DeployContract(const Address& owner, std::string_view name, std::int64_t call_value = 0,
                         const TxOptions& options = {});
  // A TRC-20 token without supply; its calls are as those of USDT, which returns nothing. A
  // contract cannot choose its address: `address` is for a chain that stands for main net's.
  AssetId DeployToken(const Address& owner, std::string_view name,
                      const std::optional<Address>& address = std::nullopt,
                      const TxOptions& options = {});
  // Each is sent by `from`, the token's owner or the spender.
  Hash256 TokenTransfer(AssetId token, const Address& from, const Address& to,
                        const Uint256& amount, const TxOptions& options = {});
  // By transferFrom() of the token itself, or of contract `via`, which calls it.
  Hash256 TokenTransferFrom(AssetId token, const Address& spender, const Address& from,
                            const Address& to, const Uint256& amount,
                            const std::optional<Address>& via = std::nullopt,
                            const TxOptions& options = {});
  Hash256 Approve(AssetId token, const Address& owner, const Address& spender,
                  const Uint256& amount, const TxOptions& options = {});
  Hash256 Mint(AssetId token, const Uint256& amount, const TxOptions& options = {});
  Hash256 Redeem(AssetId token, const Uint256& amount, const TxOptions& options = {});
  Hash256 BlackList(AssetId token, const Address& account, const TxOptions& options = {});
  Hash256 UnBlackList(AssetId token, const Address& account, const TxOptions& options = {});
  Hash256 DestroyBlackFunds(AssetId token, const Address& account, const TxOptions& options = {});

  // Any other call.
  Hash256 Call(const Address& owner, const ContractCall& call, const TxOptions& options = {});

  // `renter` pays `service` and gets the energy of `stake` sun: two transactions, of which the
  // service's is by its active permission. Give it back with Undelegate(), permission_id 2.
  void RentEnergy(const Address& renter, const Address& service, std::int64_t price,
                  std::int64_t stake);

 private:
  // A transaction under way, from its parameter (parameter_) to its receipt.
  struct Draft {
    Address owner;
    const TxOptions* options = nullptr;
    Hash256 txid;
    bool in_vm = false;
    std::int64_t actuator_fee = 0;
    std::int64_t extra_net_fee = 0;
    std::int64_t energy = 0;
    std::string_view contract_result;
    std::optional<Address> contract;
    std::string token_id;
    std::int64_t withdrawn = 0;
    std::int64_t unfrozen = 0;
    const std::vector<InternalCall>* internals = nullptr;
    bool succeeded() const { return options->result == tron::ContractResult::kSuccess; }
  };

  void MakeGenesis();
  void CloseBlock(std::string_view header_raw);

  // Makes raw_data of parameter_, and with it the id.
  Draft Begin(tron::ContractType type, const Address& owner, const TxOptions& options);
  // Writes transaction and receipt, and takes the fee.
  Hash256 End(const Draft& draft);
  void WriteReceipt(const Draft& draft, std::int64_t size_bytes, std::int64_t* fee);
  void WriteResources(const Draft& draft, std::int64_t energy_fee, std::int64_t net_usage,
                      std::int64_t net_fee);
  void WriteInternals(const Draft& draft);
  // To who has no account: the fee for opening one.
  void OpenAccount(const Address& to, Draft* draft);
  void Record(const Draft& draft, MoveKind kind, AssetId asset, const std::optional<Address>& from,
              const std::optional<Address>& to, const Uint256& amount);
  void Record(Move move);

  Draft BeginTokenCall(AssetId token, const Address& sender, std::string_view call_data,
                       const TxOptions& options);
  void Log(const Address& contract, std::initializer_list<Hash256> topics, std::string_view data);
  void LogTransfer(const Draft& draft, const TokenEffect& effect);
  Hash256 OnAccount(AssetId token, std::string_view selector, const Hash256& topic,
                    const Address& account, const TxOptions& options);
  void Deploy(const Address& owner, std::string_view name, std::int64_t call_value);
  std::int64_t TransferEnergy(AssetId token, const Address& to) const;

  TronChainOptions options_;
  TronTruth truth_;
  std::array<std::uint64_t, 12> moves_count_{};  // by kind
  std::int64_t next_token_id_ = 1'000'001;

  std::uint64_t number_ = 0;  // of the block under way
  std::int64_t time_ms_ = 0;
  Hash256 parent_;
  std::deque<Hash256> recent_;  // ids that transactions refer to
  TronBlock block_;             // under way
  std::vector<Hash256> leaves_;
  std::vector<TronBlock> blocks_;

  // Kept for their capacity.
  std::string parameter_;
  std::string raw_;
  std::string logs_;
  std::string message_;
};

}  // namespace coinwake::synthetic

#endif  // COINWAKE_TESTS_SUPPORT_TRON_CHAIN_BUILDER_H_
