// The parts of Tron's messages that a source has to see, without decoding the rest.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_MESSAGES_H_
#define COINWAKE_INDEXER_TRON_SOURCE_MESSAGES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "indexer/tron/block.h"
#include "indexer/tron/wire.h"

namespace coinwake::tron {

// All are total; kInvalidArgument says where the message is none.

// The header of a message Block, whose spans live as long as `block`.
absl::Status ReadHeaderOf(ByteSpan block, BlockHeader* header);
// The ids of its transactions, in order.
absl::StatusOr<std::vector<Hash256>> TxidsOf(ByteSpan block);
// The number a TransactionRet gives its block.
absl::StatusOr<std::uint64_t> BlockNumberOfRet(ByteSpan ret);
// The ids that a TransactionInfoList or a TransactionRet names, in order.
absl::StatusOr<std::vector<Hash256>> TxidsOfInfoList(ByteSpan list);
absl::StatusOr<std::vector<Hash256>> TxidsOfRet(ByteSpan ret);
// Adds a TransactionInfo to the bytes of a TransactionInfoList.
void AppendInfo(std::string_view info, ByteString* list);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_MESSAGES_H_
