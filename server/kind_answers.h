// What a transaction looks like, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_KIND_ANSWERS_H_
#define COINWAKE_SERVER_KIND_ANSWERS_H_

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"

namespace coinwake::v1 {
class GetTransactionKindRequest;
class TransactionKind;
}  // namespace coinwake::v1

namespace coinwake::server {

class ClusterSource;

// Codes as Explorer.GetTransactionKind in the .proto. `answer` must be empty; it is meaningless
// after an error. Cost is that of heuristics/transaction_kind.h and of heuristics/change_verdict.h
// with at most kMaxRowsAround rows; on accounts, of the transaction. A profile that
// guesses takes the model of `clusters`. `cancellation` may be null.
absl::Status AnswerKind(const View& view, ClusterSource& clusters,
                        const v1::GetTransactionKindRequest& request,
                        const Cancellation* cancellation, v1::TransactionKind* answer);
absl::Status AnswerKind(const AccountView& view, const v1::GetTransactionKindRequest& request,
                        v1::TransactionKind* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_KIND_ANSWERS_H_
