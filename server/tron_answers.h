// Answers about Tron's blocks from their bytes alone.
#ifndef COINWAKE_SERVER_TRON_ANSWERS_H_
#define COINWAKE_SERVER_TRON_ANSWERS_H_

#include "indexer/base/network.h"
#include "indexer/tron/block.h"

namespace coinwake::v1 {
class Block;
}  // namespace coinwake::v1

namespace coinwake::server {

// Fills `answer`, which must be empty. Transfers are those that the contracts themselves are
// (TransferContract, TransferAssetContract) and that succeeded; what smart contracts moved, and
// what was paid in fees, is in receipts, which a block does not hold. A token is TRC10:<id>, or
// before tokens were told by number TRC10:<name>. Signers are recovered: some 50 microseconds each.
void AnswerTronBlock(const tron::Block& block, Network network, v1::Block* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_TRON_ANSWERS_H_
