// block, tx, address, utxos, history, cluster, why: one answer each.
#include "cli/commands.h"
#include "cli/show.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "server/account_answers.h"
#include "server/address_answers.h"
#include "server/block_answers.h"
#include "server/page_token.h"

namespace coinwake::cli {
namespace {

using server::OpenNetwork;
using OpenPtr = std::unique_ptr<OpenNetwork>;

template <typename Answer>
absl::Status PrintAnswer(const Session& session, const Answer& answer) {
  if (session.json()) {
    session.PrintJson(answer);
  } else {
    session.Print(Show(answer));
  }
  return absl::OkStatus();
}

template <typename Request, typename Command>
Request PageRequest(const Command& command) {
  Request request;
  request.set_address(command.address);
  request.set_page_size(command.page.limit.value_or(server::kWholeList));
  request.set_page_token(command.page.page);
  return request;
}

// Prints the page of a list of `status`, whose lines are `items`. An address never seen has an
// empty list: a valid question, answered with nothing.
template <typename Answer, typename Items>
absl::Status PrintList(const Session& session, const absl::Status& status, const Answer& answer,
                       Items* items) {
  if (absl::IsNotFound(status)) {
    session.Warn(std::string(status.message()));
    return absl::OkStatus();
  }
  COINWAKE_RETURN_IF_ERROR(status);
  if (session.json()) {
    for (auto& item : *items) {
      *item.mutable_snapshot() = answer.snapshot();
      session.PrintJson(item);
    }
  } else {
    session.Print(Show(answer));
  }
  if (!answer.next_page_token().empty()) {
    session.Warn("more entries follow: --page " + answer.next_page_token());
  }
  return absl::OkStatus();
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

absl::Status Run(const Session& session, const AddressCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  v1::GetAddressRequest request;
  request.set_address(command.address);
  request.set_asset(command.asset);
  v1::Address answer;
  if (open->has_accounts()) {
    COINWAKE_RETURN_IF_ERROR(server::AnswerAddress(open->accounts(), request, nullptr, &answer));
    return PrintAnswer(session, answer);
  }
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  COINWAKE_RETURN_IF_ERROR(server::AnswerAddress(open->view(), open->clusters, request,
                                                 /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const UtxosCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  if (open->has_accounts()) return server::NotOnAccounts(*open, "unspent outputs");
  v1::ListUnspentResponse answer;
  const absl::Status status =
      server::AnswerUnspent(open->view(), PageRequest<v1::ListUnspentRequest>(command),
                            server::kWholeList, nullptr, &answer);
  return PrintList(session, status, answer, answer.mutable_outputs());
}

absl::Status Run(const Session& session, const HistoryCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  auto request = PageRequest<v1::ListHistoryRequest>(command);
  request.set_asset(command.asset);
  v1::ListHistoryResponse answer;
  COINWAKE_RETURN_IF_ERROR(CheckAssetOf(*open, command.asset));
  const absl::Status status =
      open->has_accounts()
          ? server::AnswerHistory(open->accounts(), request, server::kWholeList, nullptr, &answer)
          : server::AnswerHistory(open->view(), request, server::kWholeList, nullptr, &answer);
  return PrintList(session, status, answer, answer.mutable_entries());
}

absl::Status Run(const Session& session, const ClusterCommand& command) {
  COINWAKE_RETURN_IF_ERROR(server::ProfileOf(command.profile).status());
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  if (open->has_accounts()) return server::NotOnAccounts(*open, "clusters");
  v1::GetClusterRequest request;
  request.set_address(command.address);
  request.set_profile(command.profile);
  request.set_members(command.members);
  request.set_page_size(server::kWholeList);
  v1::Cluster answer;
  COINWAKE_RETURN_IF_ERROR(server::AnswerCluster(open->view(), open->clusters, request,
                                                 server::kWholeList, /*cancellation=*/nullptr,
                                                 &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const WhyCommand& command) {
  COINWAKE_RETURN_IF_ERROR(server::ProfileOf(command.profile).status());
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.a, command.b}));
  if (open->has_accounts()) return server::NotOnAccounts(*open, "clusters");
  v1::ExplainRequest request;
  request.set_address_a(command.a);
  request.set_address_b(command.b);
  request.set_profile(command.profile);
  v1::Evidence answer;
  COINWAKE_RETURN_IF_ERROR(server::AnswerExplain(open->view(), open->clusters, request,
                                                 /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

}  // namespace coinwake::cli
