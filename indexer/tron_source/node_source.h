// Blocks out of a node that runs, by its gRPC API.
#ifndef COINWAKE_INDEXER_TRON_SOURCE_NODE_SOURCE_H_
#define COINWAKE_INDEXER_TRON_SOURCE_NODE_SOURCE_H_

#include <memory>
#include <string>

#include "indexer/base/status.h"
#include "indexer/tron_source/block_source.h"

namespace coinwake::tron {

inline constexpr char kNodePrefix[] = "grpc://";

// `place` is grpc://HOST:PORT, where protocol.Wallet is served without TLS. kInvalidArgument: it is
// not so written, or that service is not there. kUnavailable: the node does not answer.
//
// Blocks come some at a time, then their receipts, several calls at once. Receipts that are not
// those of the block's transactions are asked for again, because a node can lag behind itself.
// Where they stay away, and a warning says so, the range ends before the block if it is near the
// head of a node that keeps receipts; else the block has none. An answer that is no such message is
// asked for again as well, then kDataLoss. What the node calls solid it does not take back.
absl::StatusOr<std::unique_ptr<BlockSource>> OpenNodeSource(const std::string& place,
                                                            const SourceOptions& options);

}  // namespace coinwake::tron

#endif  // COINWAKE_INDEXER_TRON_SOURCE_NODE_SOURCE_H_
