#include <array>
#include <string>

#include "coinwake/v1/explorer.grpc.pb.h"
#include "server/account_answers.h"
#include "server/address_answers.h"
#include "server/block_answers.h"
#include "server/convert.h"
#include "server/kind_answers.h"
#include "server/label_answers.h"
#include "server/limits.h"
#include "server/peel_answers.h"
#include "server/services.h"
#include "server/status_map.h"

namespace coinwake::server {
namespace {

class ExplorerService final : public v1::Explorer::Service {
 public:
  ExplorerService(const IndexSet& indexes, CallGate& gate) : indexes_(indexes), gate_(gate) {}

  grpc::Status GetStatus(grpc::ServerContext*, const v1::GetStatusRequest*,
                         v1::Status* answer) override {
    const CallGate::Pass pass(gate_);
    absl::Status status = pass.status();
    for (const auto& open : indexes_.networks()) {
      if (open->has_accounts()) {
        FillNetworkStatus(open->accounts(), answer->add_networks());
      } else {
        FillNetworkStatus(open->view(), answer->add_networks());
      }
      status.Update(open->damage().status());
    }
    return ToGrpcStatus(status);
  }

  grpc::Status GetBlock(grpc::ServerContext*, const v1::GetBlockRequest* request,
                        v1::Block* answer) override {
    return On(request->network(), {}, [&](OpenNetwork& open) {
      return open.has_accounts() ? AnswerBlock(open.accounts(), *request, answer)
                                 : AnswerBlock(open.view(), *request, answer);
    });
  }

  grpc::Status GetTransaction(grpc::ServerContext*, const v1::GetTransactionRequest* request,
                              v1::Transaction* answer) override {
    return On(request->network(), {}, [&](OpenNetwork& open) {
      return open.has_accounts() ? AnswerTransaction(open.accounts(), *request, answer)
                                 : AnswerTransaction(open.view(), *request, answer);
    });
  }

  grpc::Status GetTransactionKind(grpc::ServerContext* context,
                                  const v1::GetTransactionKindRequest* request,
                                  v1::TransactionKind* answer) override {
    const CallCancellation cancellation(context);
    return On(request->network(), {}, [&](OpenNetwork& open) {
      return open.has_accounts()
                 ? AnswerKind(open.accounts(), *request, answer)
                 : AnswerKind(open.view(), open.clusters, *request, &cancellation, answer);
    });
  }

  grpc::Status FollowPeelChain(grpc::ServerContext* context,
                               const v1::FollowPeelChainRequest* request,
                               grpc::ServerWriter<v1::PeelEvent>* writer) override {
    const CallCancellation cancellation(context);
    return On(request->network(), {}, [&](OpenNetwork& open) {
      if (open.has_accounts()) return NotOnAccounts(open, "peel chains");
      return AnswerPeelChain(
          open.view(), open.clusters, *request, kMaxPeelRows, &cancellation,
          [writer](const v1::PeelEvent& event) {
            return writer->Write(event) ? absl::OkStatus()
                                        : absl::CancelledError("the caller stopped listening");
          },
          &open.services);
    });
  }

  grpc::Status GetAddress(grpc::ServerContext* context, const v1::GetAddressRequest* request,
                          v1::Address* answer) override {
    const CallCancellation cancellation(context);
    return On(request->network(), std::array{request->address()}, [&](OpenNetwork& open) {
      return AnswerAddress(open, *request, &cancellation, answer);
    });
  }

  grpc::Status ListHistory(grpc::ServerContext* context, const v1::ListHistoryRequest* request,
                           v1::ListHistoryResponse* answer) override {
    const CallCancellation cancellation(context);
    return On(request->network(), std::array{request->address()}, [&](OpenNetwork& open) {
      return open.has_accounts()
                 ? AnswerHistory(open.accounts(), *request, kMaxPageSize, &cancellation, answer)
                 : AnswerHistory(open.view(), *request, kMaxPageSize, &cancellation, answer);
    });
  }

  grpc::Status ListUnspent(grpc::ServerContext* context, const v1::ListUnspentRequest* request,
                           v1::ListUnspentResponse* answer) override {
    const CallCancellation cancellation(context);
    return On(request->network(), std::array{request->address()}, [&](OpenNetwork& open) {
      return open.has_accounts()
                 ? NotOnAccounts(open, "unspent outputs")
                 : AnswerUnspent(open.view(), *request, kMaxPageSize, &cancellation, answer);
    });
  }

  grpc::Status GetCluster(grpc::ServerContext* context, const v1::GetClusterRequest* request,
                          v1::Cluster* answer) override {
    const CallCancellation cancellation(context);
    return On(request->network(), std::array{request->address()}, [&](OpenNetwork& open) {
      return AnswerCluster(open, *request, kMaxPageSize, &cancellation, answer);
    });
  }

  grpc::Status Explain(grpc::ServerContext* context, const v1::ExplainRequest* request,
                       v1::Evidence* answer) override {
    const CallCancellation cancellation(context);
    return On(request->network(), std::array{request->address_a(), request->address_b()},
              [&](OpenNetwork& open) {
                return open.has_accounts() ? AnswerExplain(open.accounts(), open.account_clusters,
                                                           *request, &cancellation, answer)
                                           : AnswerExplain(open.view(), open.clusters, *request,
                                                           &cancellation, answer);
              });
  }

  grpc::Status ListLabels(grpc::ServerContext* context, const v1::ListLabelsRequest* request,
                          v1::ListLabelsResponse* answer) override {
    const CallCancellation cancellation(context);
    const CallGate::Pass pass(gate_);
    if (!pass.status().ok()) return ToGrpcStatus(pass.status());
    return ToGrpcStatus(
        AnswerLabels(indexes_.labels(), *request, kMaxPageSize, &cancellation, answer));
  }

  grpc::Status ListLabelRevisions(grpc::ServerContext*,
                                  const v1::ListLabelRevisionsRequest* request,
                                  v1::ListLabelRevisionsResponse* answer) override {
    const CallGate::Pass pass(gate_);
    if (!pass.status().ok()) return ToGrpcStatus(pass.status());
    return ToGrpcStatus(AnswerLabelRevisions(indexes_.labels(), *request, kMaxPageSize, answer));
  }

 private:
  // Calls `answer` with the network that `network` and `addresses` mean.
  template <typename Answer>
  grpc::Status On(const std::string& network, std::span<const std::string> addresses,
                  const Answer& answer) {
    const CallGate::Pass pass(gate_);
    if (!pass.status().ok()) return ToGrpcStatus(pass.status());
    const absl::StatusOr<OpenNetwork*> open = indexes_.Choose(network, addresses);
    return ToGrpcStatus(open.ok() ? answer(**open) : open.status());
  }

  const IndexSet& indexes_;
  CallGate& gate_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeExplorerService(const IndexSet& indexes, CallGate& gate) {
  return std::make_unique<ExplorerService>(indexes, gate);
}

}  // namespace coinwake::server
