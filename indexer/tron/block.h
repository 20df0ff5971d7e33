// Tron's blocks and transactions: bytes in, records out.
//
// A block is protobuf, and what identifies its parts are hashes of bytes as received: the block's
// id of the header's raw data, a txid of the transaction's raw data, the merkle root of whole
// transactions with signatures and results. Nothing is written anew to be hashed, and fields this
// version does not know stay in the hashes.
//
// Decoders are total: any bytes give a record or kInvalidArgument with the offset of what is wrong.
// What a node could not have accepted but still can be read (no contract, two of them, one of an
// unknown type) is kept and flagged. Free of state: any number of threads may decode at once, each
// into its own Block. Signatures are not looked at here; signer.h does on request.
#ifndef COINWAKE_INDEXER_TRON_BLOCK_H_
#define COINWAKE_INDEXER_TRON_BLOCK_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/tron/address.h"
#include "indexer/tron/contract.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

// java-tron makes blocks of at most 2,000,000 bytes; twice that leaves room for what it may allow.
inline constexpr std::size_t kMaxBlockSize = 4'000'000;
// A transaction that java-tron accepts has a signature of 65 bytes and a contract: this many fit
// no block of it. It keeps bytes that are all empty transactions from filling the memory.
inline constexpr std::size_t kMaxBlockTransactions = 50'000;
// Of one transaction; java-tron has exactly one contract and at most one result.
inline constexpr std::size_t kMaxContracts = 16;
inline constexpr std::size_t kMaxResults = 16;
// Of all in a block together: transactions, contracts, results and their details. java-tron's have
// more bytes than this each on average, because a transaction has 65 for its signature and some 80
// for its contract; so what a block takes decoded is in proportion to its bytes. A few may be
// shorter.
inline constexpr std::size_t kMinBlockPartSize = 32;
inline constexpr std::size_t kShortParts = 64;

struct BlockHeader {
  std::uint64_t number = 0;  // height
  std::int64_t time_ms = 0;  // since 1970; 0 in genesis
  Hash256 parent;            // the id of the block before
  Hash256 tx_root;           // zero for a block without transactions
  Account witness;           // who made it; a sentence of text in genesis
  std::int64_t witness_id = 0;
  std::int32_t version = 0;
  ByteString account_state_root;  // empty nearly always
  ByteSpan witness_signature;     // empty in genesis
  ByteSpan raw;                   // BlockHeader.raw as received: its SHA-256 is what is signed
  Hash256 raw_hash;               // SHA-256 of `raw`
  Hash256 id;                     // the block's id
};

// How running a smart contract ended (Transaction.Result.contractResult). Other numbers are kept.
enum class ContractResult : std::int32_t {
  kDefault = 0,  // not said
  kSuccess = 1,
  kRevert = 2,
  kBadJumpDestination = 3,
  kOutOfMemory = 4,
  kPrecompiledContract = 5,
  kStackTooSmall = 6,
  kStackTooLarge = 7,
  kIllegalOperation = 8,
  kStackOverflow = 9,
  kOutOfEnergy = 10,
  kOutOfTime = 11,
  kJvmStackOverflow = 12,
  kUnknown = 13,
  kTransferFailed = 14,
  kInvalidCode = 15,
};

// "SUCCESS", "OUT_OF_ENERGY", ... as the HTTP API writes it; for numbers without a name
// "unknown-N".
std::string ContractResultName(ContractResult result);
std::optional<ContractResult> ParseContractResult(std::string_view name);

// An order of the market that was filled, or a part of it.
struct MarketOrderDetail {
  ByteString maker_order_id;
  ByteString taker_order_id;
  std::int64_t fill_sell_quantity = 0;
  std::int64_t fill_buy_quantity = 0;
};

using NamedAmounts = std::vector<std::pair<ByteString, std::int64_t>>;

// What a transaction's outcome says beside its contract. A block has little of it (`contract_ret`);
// receipts have the rest.
struct ContractOutcome {
  ByteString asset_issue_id;
  std::int64_t withdraw_amount = 0;         // sun
  std::int64_t unfreeze_amount = 0;         // sun
  std::int64_t withdraw_expire_amount = 0;  // sun
  std::int64_t exchange_received_amount = 0;
  std::int64_t exchange_inject_another_amount = 0;
  std::int64_t exchange_withdraw_another_amount = 0;
  std::int64_t exchange_id = 0;
  std::int64_t shielded_transaction_fee = 0;
  ByteString order_id;
  std::vector<MarketOrderDetail> order_details;
  NamedAmounts cancel_unfreeze_v2_amounts;  // by resource name, sun, in the order they stand
};

struct TransactionResult {
  std::int64_t fee = 0;   // sun; of the contract itself
  std::int32_t code = 0;  // 0 done, 1 failed
  ContractResult contract_ret = ContractResult::kDefault;
  ContractOutcome outcome;
};

enum class Success : std::uint8_t {
  kYes,
  kNo,       // nothing moved but fees
  kUnknown,  // a smart contract ran and the block does not say how it ended
};

struct Transaction {
  ByteSpan bytes;            // the whole message as received
  ByteSpan raw;              // raw_data as received
  std::uint32_t offset = 0;  // of `bytes` in the block
  Hash256 txid;              // SHA-256 of `raw`
  Hash256 leaf;              // SHA-256 of `bytes`: the merkle tree's leaf
  std::vector<Contract> contracts;
  std::int64_t expiration_ms = 0;
  std::int64_t timestamp_ms = 0;  // of the client's clock; 0: not said
  ByteString ref_block_bytes;
  ByteString ref_block_hash;
  std::int64_t ref_block_number = 0;
  ByteString memo;  // raw_data.data
  ByteString scripts;
  std::int64_t fee_limit = 0;        // sun
  std::vector<ByteSpan> signatures;  // as received; longer than 65 bytes is possible
  std::vector<TransactionResult> results;

  // The one contract it is about; nullptr where there is none or several.
  const Contract* contract() const { return contracts.size() == 1 ? contracts.data() : nullptr; }
  // Whether its one contract is there and could be read.
  bool well_formed() const {
    return contracts.size() == 1 && contracts[0].problem == ContractProblem::kNone;
  }
};

// Whether the transaction did what it says: a failed one stays in its block, moves nothing and pays
// fees. Only smart contracts can fail there, so that other contracts without a result did not.
Success SuccessOf(const Transaction& transaction);

struct Block {
  BlockHeader header;
  std::vector<Transaction> transactions;  // in block order
  std::size_t size_bytes = 0;
  std::size_t malformed_transactions = 0;  // those that are not well_formed()
};

// Decode a protobuf message `Block`, or a part of one alone. Spans of the results live as long as
// `bytes`. kInvalidArgument: no such message; a header or raw data that is missing or there twice
// (protobuf would merge the two, and no node writes that); a hash that is not of 32 bytes; a
// number below zero; more than the limits above. The result is then of no use.
absl::Status DecodeBlock(ByteSpan bytes, Block* block);
absl::Status DecodeBlockHeader(ByteSpan bytes, BlockHeader* header);
absl::Status DecodeTransaction(ByteSpan bytes, Transaction* transaction);

// From a length-prefixed stream: the length of the first message as a varint, then its bytes.
// Returns the message and moves `stream` past it. kInvalidArgument: the stream breaks off, or the
// length is beyond `max_size`.
absl::StatusOr<ByteSpan> TakeDelimited(ByteSpan* stream, std::size_t max_size);

// The root of java-tron's tree: pairs hashed together by one SHA-256, an odd last one carried up as
// it is. Zero for no leaves.
Hash256 MerkleRoot(std::vector<Hash256> leaves);

// A block's id: its number, 8 bytes big-endian, then the last 24 of the SHA-256 of its header's raw
// data.
Hash256 MakeBlockId(std::uint64_t number, const Hash256& raw_hash);
std::uint64_t NumberOfBlockId(const Hash256& id);

// kDataLoss unless the transactions are those the header commits to.
absl::Status CheckMerkleRoot(const Block& block);
// kDataLoss unless `header` names `parent_id` as the block before it, and the numbers follow.
absl::Status CheckFollows(const BlockHeader& header, const Hash256& parent_id);

// The public network whose block 0 has this id; nullopt for private chains.
std::optional<Network> NetworkOfGenesis(const Hash256& id);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_BLOCK_H_
