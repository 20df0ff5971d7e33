// Answers of Explorer about a network that has accounts, built from a view, the same for gRPC and
// for commands.
//
// `answer` must be empty on entry and is meaningless after an error. Codes as the methods in the
// .proto. `cancellation` may be null; kCancelled when it says stop.
#ifndef COINWAKE_SERVER_ACCOUNT_ANSWERS_H_
#define COINWAKE_SERVER_ACCOUNT_ANSWERS_H_

#include <cstdint>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/account_view.h"

namespace coinwake::v1 {
class Address;
class Block;
class Cluster;
class Evidence;
class ExplainRequest;
class GetAddressRequest;
class GetBlockRequest;
class GetClusterRequest;
class GetTransactionRequest;
class ListHistoryRequest;
class ListHistoryResponse;
class NetworkStatus;
class Snapshot;
class Transaction;
}  // namespace coinwake::v1

namespace coinwake::server {

class AccountClusters;
class ClusterLabels;

void FillSnapshot(const AccountView& view, v1::Snapshot* wire);
void FillNetworkStatus(const AccountView& view, v1::NetworkStatus* wire);

absl::Status AnswerBlock(const AccountView& view, const v1::GetBlockRequest& request,
                         v1::Block* answer);
absl::Status AnswerTransaction(const AccountView& view, const v1::GetTransactionRequest& request,
                               v1::Transaction* answer);
// O(events of the account in the assets asked for). `clusters` (may be null: nothing is said of
// clusters) are asked for no more than AccountClusters::IfKnown().
absl::Status AnswerAddress(const AccountView& view, const v1::GetAddressRequest& request,
                           const Cancellation* cancellation, v1::Address* answer,
                           AccountClusters* clusters = nullptr);
// O(events of the page), and where a page has dust some of kMarksLookBack events or as many as the
// page may have entries.
absl::Status AnswerHistory(const AccountView& view, const v1::ListHistoryRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::ListHistoryResponse* answer);
// Both may have clusters computed, which takes a pass over the chain. Then O(events of all
// members), of a later page O(members listed); O(edges met), at most kMaxExplainRows. `labels` (may
// be null) collects what the members say of the cluster.
absl::Status AnswerCluster(const AccountView& view, AccountClusters& clusters,
                           const v1::GetClusterRequest& request, std::uint32_t max_page_size,
                           const Cancellation* cancellation, v1::Cluster* answer,
                           ClusterLabels* labels = nullptr);
absl::Status AnswerExplain(const AccountView& view, AccountClusters& clusters,
                           const v1::ExplainRequest& request, const Cancellation* cancellation,
                           v1::Evidence* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ACCOUNT_ANSWERS_H_
