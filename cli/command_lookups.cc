// block, tx, kind, address, utxos, history, cluster, why: one answer each.
#include <string>
#include <utility>

#include "cli/commands.h"
#include "cli/list_table.h"
#include "cli/print_answer.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "server/account_answers.h"
#include "server/address_answers.h"
#include "server/block_answers.h"
#include "server/kind_answers.h"
#include "server/label_answers.h"
#include "server/page_token.h"

namespace coinwake::cli {
namespace {

using server::OpenNetwork;
using OpenPtr = std::unique_ptr<OpenNetwork>;

auto* ItemsOf(v1::ListHistoryResponse* page) { return page->mutable_entries(); }
auto* ItemsOf(v1::ListUnspentResponse* page) { return page->mutable_outputs(); }

// As PrintPages; each line of JSON has the snapshot. An address never seen has an empty list: a
// valid question, answered with nothing.
template <typename Page, typename Request, typename ListTable, typename Ask>
absl::Status PrintList(const Session& session, const PageOptions& asked, Request request,
                       ListTable table, const Ask& ask) {
  const auto take = [&](Page* page) {
    if (session.json()) {
      for (auto& item : *ItemsOf(page)) {
        *item.mutable_snapshot() = page->snapshot();
        session.PrintJson(item);
      }
    } else {
      session.Print(table.Next(*page));
    }
    return absl::OkStatus();
  };
  absl::Status status = TakePages<Page>(session, asked, std::move(request), ask, take);
  if (absl::IsNotFound(status)) {
    session.Warn(std::string(status.message()));
    return absl::OkStatus();
  }
  if (status.ok() && !session.json()) session.Print(table.End());
  return status;
}

}  // namespace

absl::Status Run(const Session& session, const BlockCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({}));
  v1::GetBlockRequest request;
  request.set_block(command.block);
  v1::Block answer;
  COINWAKE_RETURN_IF_ERROR(open->has_accounts()
                               ? server::AnswerBlock(open->accounts(), request, &answer)
                               : server::AnswerBlock(open->view(), request, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const TxCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({}));
  v1::GetTransactionRequest request;
  request.set_txid(command.txid);
  v1::Transaction answer;
  COINWAKE_RETURN_IF_ERROR(open->has_accounts()
                               ? server::AnswerTransaction(open->accounts(), request, &answer)
                               : server::AnswerTransaction(open->view(), request, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const KindCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({}));
  v1::GetTransactionKindRequest request;
  request.set_txid(command.txid);
  request.set_profile(command.profile);
  v1::TransactionKind answer;
  COINWAKE_RETURN_IF_ERROR(open->has_accounts()
                               ? server::AnswerKind(open->accounts(), request, &answer)
                               : server::AnswerKind(open->view(), open->clusters, request,
                                                    /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const AddressCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  v1::GetAddressRequest request;
  request.set_address(command.address);
  request.set_asset(command.asset);
  v1::Address answer;
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  COINWAKE_RETURN_IF_ERROR(
      server::AnswerAddress(*open, request, /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const UtxosCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  if (open->has_accounts()) return server::NotOnAccounts(*open, "unspent outputs");
  v1::ListUnspentRequest request;
  request.set_address(command.address);
  return PrintList<v1::ListUnspentResponse>(
      session, command.page, std::move(request), UnspentTable(),
      [&open](const v1::ListUnspentRequest& page, v1::ListUnspentResponse* answer) {
        return server::AnswerUnspent(open->view(), page, server::kWholeList, nullptr, answer);
      });
}

absl::Status Run(const Session& session, const HistoryCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  v1::ListHistoryRequest request;
  request.set_address(command.address);
  request.set_asset(command.asset);
  return PrintList<v1::ListHistoryResponse>(
      session, command.page, std::move(request),
      HistoryTable(NetworkName(open->snapshot().network)),
      [&open](const v1::ListHistoryRequest& page, v1::ListHistoryResponse* answer) {
        return open->has_accounts()
                   ? server::AnswerHistory(open->accounts(), page, server::kWholeList, nullptr,
                                           answer)
                   : server::AnswerHistory(open->view(), page, server::kWholeList, nullptr, answer);
      });
}

absl::Status Run(const Session& session, const ClusterCommand& command) {
  COINWAKE_RETURN_IF_ERROR(server::ProfileOf(command.profile).status());
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  v1::GetClusterRequest request;
  request.set_address(command.address);
  request.set_profile(command.profile);
  request.set_members(command.members);
  request.set_page_size(server::kWholeList);
  v1::Cluster answer;
  COINWAKE_RETURN_IF_ERROR(server::AnswerCluster(*open, request, server::kWholeList,
                                                 /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const WhyCommand& command) {
  COINWAKE_RETURN_IF_ERROR(server::ProfileOf(command.profile).status());
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.a, command.b}));
  v1::ExplainRequest request;
  request.set_address_a(command.a);
  request.set_address_b(command.b);
  request.set_profile(command.profile);
  v1::Evidence answer;
  COINWAKE_RETURN_IF_ERROR(open->has_accounts()
                               ? server::AnswerExplain(open->accounts(), open->account_clusters,
                                                       request,
                                                       /*cancellation=*/nullptr, &answer)
                               : server::AnswerExplain(open->view(), open->clusters, request,
                                                       /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

}  // namespace coinwake::cli
