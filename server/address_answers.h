// Answers about addresses and clusters, built from a view, the same for gRPC and for commands.
//
// `answer` must be empty on entry and is meaningless after an error. `cancellation` may be null;
// kCancelled when it says stop.
#ifndef COINWAKE_SERVER_ADDRESS_ANSWERS_H_
#define COINWAKE_SERVER_ADDRESS_ANSWERS_H_

#include <cstdint>

#include "indexer/base/cancellation.h"
#include "indexer/base/status.h"
#include "indexer/view/view.h"
#include "server/cluster_source.h"

namespace coinwake::v1 {
class Address;
class Cluster;
class Evidence;
class ExplainRequest;
class GetAddressRequest;
class GetClusterRequest;
class ListHistoryRequest;
class ListHistoryResponse;
class ListUnspentRequest;
class ListUnspentResponse;
}  // namespace coinwake::v1

namespace coinwake::server {

class ClusterLabels;

// Codes as the methods of Explorer in the .proto.
absl::Status AnswerAddress(const View& view, ClusterSource& clusters,
                           const v1::GetAddressRequest& request, const Cancellation* cancellation,
                           v1::Address* answer);
absl::Status AnswerHistory(const View& view, const v1::ListHistoryRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::ListHistoryResponse* answer);
absl::Status AnswerUnspent(const View& view, const v1::ListUnspentRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::ListUnspentResponse* answer);
// `labels` (may be null) collects what the members say of the cluster.
absl::Status AnswerCluster(const View& view, ClusterSource& clusters,
                           const v1::GetClusterRequest& request, std::uint32_t max_page_size,
                           const Cancellation* cancellation, v1::Cluster* answer,
                           ClusterLabels* labels = nullptr);
absl::Status AnswerExplain(const View& view, ClusterSource& clusters,
                           const v1::ExplainRequest& request, const Cancellation* cancellation,
                           v1::Evidence* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_ADDRESS_ANSWERS_H_
