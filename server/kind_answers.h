// What a transaction looks like, the same for gRPC and for commands.
#ifndef COINWAKE_SERVER_KIND_ANSWERS_H_
#define COINWAKE_SERVER_KIND_ANSWERS_H_

#include "indexer/base/status.h"
#include "indexer/view/account_view.h"
#include "indexer/view/view.h"

namespace coinwake::v1 {
class GetTransactionKindRequest;
class TransactionKind;
}  // namespace coinwake::v1

namespace coinwake::server {

// Codes as Explorer.GetTransactionKind in the .proto. `answer` must be empty; it is meaningless
// after an error. Cost is that of heuristics/transaction_kind.h; on accounts, of the transaction.
absl::Status AnswerKind(const View& view, const v1::GetTransactionKindRequest& request,
                        v1::TransactionKind* answer);
absl::Status AnswerKind(const AccountView& view, const v1::GetTransactionKindRequest& request,
                        v1::TransactionKind* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_KIND_ANSWERS_H_
