// Labels in answers: of an address, of a cluster, and lists of them.
#ifndef COINWAKE_SERVER_LABEL_ANSWERS_H_
#define COINWAKE_SERVER_LABEL_ANSWERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "labels/label_store.h"

namespace coinwake::v1 {
class Address;
class Cluster;
class GetAddressRequest;
class GetClusterRequest;
class Label;
class ListLabelRevisionsRequest;
class ListLabelRevisionsResponse;
class ListLabelsRequest;
class ListLabelsResponse;
}  // namespace coinwake::v1

namespace coinwake::server {

struct OpenNetwork;

// The labels of a data folder; null where there are none. Errors as LabelStore::Open.
absl::StatusOr<std::shared_ptr<const LabelStore>> OpenLabels(FileSystem& files,
                                                             const std::string& data_folder);
// "" for null.
std::string LabelSetOf(const LabelStore* labels);

void FillLabel(const KnownLabel& known, v1::Label* wire);

// Answers of Explorer about a network, whatever its chain, with labels. `answer` must be empty on
// entry and is meaningless after an error. Codes as the methods in the .proto.
absl::Status AnswerAddress(OpenNetwork& open, const v1::GetAddressRequest& request,
                           const Cancellation* cancellation, v1::Address* answer);
absl::Status AnswerCluster(OpenNetwork& open, const v1::GetClusterRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::Cluster* answer);
// `labels` may be null.
absl::Status AnswerLabels(const LabelStore* labels, const v1::ListLabelsRequest& request,
                          std::uint32_t max_page_size, const Cancellation* cancellation,
                          v1::ListLabelsResponse* answer);

absl::Status AnswerLabelRevisions(const LabelStore* labels,
                                  const v1::ListLabelRevisionsRequest& request,
                                  std::uint32_t max_page_size,
                                  v1::ListLabelRevisionsResponse* answer);

// The query that a request means; several where the address is valid on several networks. `labels`
// may be null. kInvalidArgument.
absl::StatusOr<std::vector<LabelQuery>> LabelQueriesOf(const LabelStore* labels,
                                                       const v1::ListLabelsRequest& request);

// Different things said of one cluster that an answer has. More say no more.
inline constexpr std::size_t kMaxClusterLabels = 1'000;

// Collects what the members of a cluster say of all of it. Members are looked up one by one, or
// among the labels of the network, which are then read before, whichever are fewer.
class ClusterLabels {
 public:
  // `labels` may be null, and is borrowed.
  ClusterLabels(Network network, const LabelStore* labels) : network_(network), labels_(labels) {}

  // Before the first member; `members`: how many there are.
  absl::Status Begin(std::uint64_t members, const Cancellation* cancellation);
  // The bytes of the member's address, as labels have them. Each member once.
  absl::Status Add(ByteSpan member);
  // What several members say is told once. The largest confidence first, then what most members
  // say, up to kMaxClusterLabels, and how many there are.
  void Fill(v1::Cluster* answer) const;

 private:
  struct Said {
    KnownLabel label;
    std::uint64_t addresses = 0;    // members
    std::uint64_t last_member = 0;  // that counts in it, by order
  };
  void Take(const KnownLabel& label);

  const Network network_;
  const LabelStore* const labels_;
  bool by_label_ = false;
  // Where labels are fewer, by address.
  std::map<std::string, std::vector<KnownLabel>, std::less<>> labelled_;
  std::uint64_t members_ = 0;  // so far
  std::map<std::string, Said> said_;
};

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_LABEL_ANSWERS_H_
