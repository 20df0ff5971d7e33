// Answers about blocks and transactions, built from a view, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_BLOCK_ANSWERS_H_
#define COINWAKE_SERVER_BLOCK_ANSWERS_H_

#include <string>

#include "indexer/base/bytes.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"

namespace coinwake::v1 {
class Block;
class GetBlockRequest;
class GetTransactionRequest;
class Transaction;
}  // namespace coinwake::v1

namespace coinwake::server {

// Codes as Explorer.GetBlock and Explorer.GetTransaction in the .proto. `answer` must be empty; it
// is meaningless after an error. Cost is O(size of the block), and for each spent output the inputs
// of its spender.
absl::Status AnswerBlock(const View& view, const v1::GetBlockRequest& request, v1::Block* answer);
absl::Status AnswerTransaction(const View& view, const v1::GetTransactionRequest& request,
                               v1::Transaction* answer);

// A block from its serialized bytes alone. Inputs that spend outputs of the same block have values
// and addresses; the others are not resolved. kDataLoss, with the position, for bytes that are no
// block.
absl::Status AnswerRawBlock(ByteSpan raw, Network network, v1::Block* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_BLOCK_ANSWERS_H_
