// Receipts: what executing a block's transactions did, as java-tron keeps it beside its blocks.
//
// A receipt is no part of the chain's hashes: it is what one node said. It names its transaction,
// and nothing else ties the two. Decoders are total as those of block.h; a Receipt owns its bytes.
#ifndef COINWAKE_INDEXER_TRON_RECEIPT_H_
#define COINWAKE_INDEXER_TRON_RECEIPT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "indexer/tron/address.h"
#include "indexer/tron/block.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

// Of all receipts of one block. java-tron bounds them only by the energy a block can spend.
inline constexpr std::size_t kMaxReceiptsSize = 64'000'000;  // bytes
// Of all parts of a block's receipts together: logs and topics, internal transactions and their
// values, results and fills of orders. java-tron's have more bytes than this each, in receipts that
// have 34 for their id, so that what receipts take decoded is in proportion to their bytes. A few
// may be shorter.
inline constexpr std::size_t kMinReceiptPartSize = 16;

// What a contract wrote while it ran.
struct Log {
  Account contract;  // 20 bytes on the wire, shown with the prefix; nobody where there are none
  std::vector<Hash256> topics;  // at most 4 from any real contract
  ByteString data;
};

struct CallValue {
  std::int64_t amount = 0;
  ByteString token_id;  // decimal digits; empty: TRX, in sun
};

// A call, creation or transfer that a contract made. It moved something only if it was not rejected
// and the transaction succeeded.
struct InternalTransaction {
  Hash256 hash;
  Account caller;
  Account to;
  std::vector<CallValue> values;
  ByteString note;  // "call", "create", "suicide", "voteWitness", ...
  bool rejected = false;
  ByteString extra;  // JSON, where the note has more to say
};

struct ResourceUse {
  std::int64_t energy_usage = 0;         // from the caller's stake
  std::int64_t energy_fee = 0;           // sun
  std::int64_t origin_energy_usage = 0;  // from the stake of the contract's maker
  std::int64_t energy_usage_total = 0;
  std::int64_t net_usage = 0;                        // bytes of bandwidth from the stake
  std::int64_t net_fee = 0;                          // sun
  ContractResult result = ContractResult::kDefault;  // said for smart contracts only
  std::int64_t energy_penalty_total = 0;
};

struct Receipt {
  Hash256 txid;
  std::int64_t fee = 0;  // sun; all of it: the contract's, energy, net, signatures, memo
  std::uint64_t block_number = 0;
  std::int64_t block_time_ms = 0;
  std::vector<ByteString> contract_results;  // what the contract returned
  Account contract;                          // called or created
  ResourceUse resources;
  std::vector<Log> logs;
  std::int32_t code = 0;  // 0 done, 1 failed
  ByteString message;     // why it failed
  ContractOutcome outcome;
  std::vector<InternalTransaction> internal_transactions;
  std::int64_t packing_fee = 0;  // sun

  // Whether it did what it says. Other contracts than smart ones say nothing of success, because
  // they are in no block when they fail.
  bool succeeded() const {
    return code == 0 && (resources.result == ContractResult::kDefault ||
                         resources.result == ContractResult::kSuccess);
  }
};

struct BlockReceipts {
  std::uint64_t block_number = 0;
  std::int64_t block_time_ms = 0;
  std::vector<Receipt> receipts;  // in the order they stand, which nodes make the block's
};

// A TransactionRet as java-tron's transactionRetStore has it, a TransactionInfoList as its API
// sends it (which names no block of its own: that of the first receipt), and a TransactionInfo
// alone. kInvalidArgument: no such message; an id, an internal hash or a topic that is not of 32
// bytes; a number of a block below zero; more bytes or parts than the limits above. The result is
// then of no use.
absl::Status DecodeTransactionRet(ByteSpan bytes, BlockReceipts* receipts);
absl::Status DecodeTransactionInfoList(ByteSpan bytes, BlockReceipts* receipts);
absl::Status DecodeTransactionInfo(ByteSpan bytes, Receipt* receipt);

// Which receipt belongs to which transaction.
struct ReceiptMatch {
  // By transaction: the place of its receipt.
  std::vector<std::optional<std::uint32_t>> receipt_of;
  std::size_t missing = 0;       // transactions without a receipt
  std::size_t extra = 0;         // receipts of none of the block's transactions
  std::size_t repeated = 0;      // further receipts of a transaction that has one; not used
  std::size_t other_blocks = 0;  // receipts that name another block's number; not used either
  bool in_order = true;          // each receipt in the place of its transaction

  bool complete() const { return missing == 0 && extra == 0 && repeated == 0 && other_blocks == 0; }
};

// By id. Cost is linear.
ReceiptMatch MatchReceipts(const Block& block, const std::vector<Receipt>& receipts);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_RECEIPT_H_
