// block, tx, address, utxos, history, cluster, why: one answer each.
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/table.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "server/address_answers.h"
#include "server/block_answers.h"
#include "server/convert.h"
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

}  // namespace

absl::Status Run(const Session& session, const BlockCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({}));
  v1::GetBlockRequest request;
  request.set_block(command.block);
  v1::Block answer;
  COINWAKE_RETURN_IF_ERROR(server::AnswerBlock(open->view(), request, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const TxCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({}));
  v1::GetTransactionRequest request;
  request.set_txid(command.txid);
  v1::Transaction answer;
  COINWAKE_RETURN_IF_ERROR(server::AnswerTransaction(open->view(), request, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const AddressCommand& command) {
  COINWAKE_RETURN_IF_ERROR(CheckAsset(command.asset));
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  v1::GetAddressRequest request;
  request.set_address(command.address);
  v1::Address answer;
  COINWAKE_RETURN_IF_ERROR(server::AnswerAddress(open->view(), open->clusters, request,
                                                 /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

absl::Status Run(const Session& session, const UtxosCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  Table table({{"height", Align::kRight}, {"output"}, {"value BTC", Align::kRight}});
  COINWAKE_RETURN_IF_ERROR(
      server::AnswerUnspent(open->view(), command.address, [&](const v1::Unspent& unspent) {
        if (session.json()) {
          session.PrintJson(unspent);
        } else {
          table.Add({std::to_string(unspent.height()),
                     unspent.txid() + ":" + std::to_string(unspent.vout()), Btc(unspent.value())});
        }
        return absl::OkStatus();
      }));
  if (session.json()) return absl::OkStatus();
  v1::Snapshot snapshot;
  server::FillSnapshot(open->view().snapshot(), &snapshot);
  session.Print(Header(snapshot) + "\n" + (table.empty() ? "nothing unspent\n" : table.Render()));
  return absl::OkStatus();
}

absl::Status Run(const Session& session, const HistoryCommand& command) {
  COINWAKE_ASSIGN_OR_RETURN(const OpenPtr open, session.OpenFor({command.address}));
  v1::ListHistoryRequest request;
  request.set_address(command.address);
  request.set_page_size(command.limit.value_or(server::kWholeList));
  request.set_page_token(command.page);
  v1::ListHistoryResponse answer;
  COINWAKE_RETURN_IF_ERROR(
      server::AnswerHistory(open->view(), request, server::kWholeList, &answer));
  if (session.json()) {
    for (const v1::HistoryEntry& entry : answer.entries()) session.PrintJson(entry);
  } else {
    session.Print(Show(answer));
  }
  if (!answer.next_page_token().empty()) {
    session.Warn("more entries follow: --page " + answer.next_page_token());
  }
  return absl::OkStatus();
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
  COINWAKE_RETURN_IF_ERROR(server::AnswerCluster(open->view(), open->clusters, request,
                                                 server::kWholeList, /*cancellation=*/nullptr,
                                                 &answer));
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
  COINWAKE_RETURN_IF_ERROR(server::AnswerExplain(open->view(), open->clusters, request,
                                                 /*cancellation=*/nullptr, &answer));
  return PrintAnswer(session, answer);
}

}  // namespace coinwake::cli
