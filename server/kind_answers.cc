#include "server/kind_answers.h"

#include <memory>
#include <string>
#include <utility>

#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "heuristics/change_verdict.h"
#include "heuristics/transaction_kind.h"
#include "server/account_answers.h"
#include "server/cluster_source.h"
#include "server/convert.h"
#include "server/limits.h"
#include "server/names.h"

namespace coinwake::server {

absl::Status AnswerKind(const View& view, ClusterSource& clusters,
                        const v1::GetTransactionKindRequest& request,
                        const Cancellation* cancellation, v1::TransactionKind* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const Profile profile, ProfileOf(request.profile()));
  COINWAKE_ASSIGN_OR_RETURN(const TxNum tx, FindByTxid(view, request.txid()));
  const FactsReader reader = FactsReader::ForQuestion(view);
  TransactionKind kind = KindOf(reader, tx);
  COINWAKE_ASSIGN_OR_RETURN(const std::shared_ptr<const ChangeModel> model,
                            clusters.ModelFor(profile, cancellation));
  COINWAKE_ASSIGN_OR_RETURN(ChangeVerdict change,
                            JudgeChange(reader, tx, kind, model.get(), kMaxRowsAround));
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  answer->set_txid(view.Txid(tx).ToDisplayHex());
  answer->set_kind(std::string(KindName(kind.kind)));
  answer->set_protocol(std::string(kind.protocol));
  answer->set_anonymity_set(kind.anonymity_set);
  answer->set_confidence(kind.confidence_permille / 1000.0);
  for (std::string& reason : kind.reasons) answer->add_reasons(std::move(reason));
  for (std::string& reason : change.reasons) answer->add_reasons(std::move(reason));
  if (change.vout.has_value()) {
    answer->set_change_vout(*change.vout);
    answer->set_change_confidence(change.confidence_permille / 1000.0);
  }
  answer->set_suspected(kind.suspected);
  answer->set_payjoin_suspected(kind.payjoin_suspected);
  answer->set_rule_version(kMixRulesVersion);
  if (const auto epoch = EpochOf(view, profile)) answer->set_epoch_height(*epoch);
  return view.damage().status();
}

absl::Status AnswerKind(const AccountView& view, const v1::GetTransactionKindRequest& request,
                        v1::TransactionKind* answer) {
  v1::GetTransactionRequest one;
  one.set_txid(request.txid());
  v1::Transaction transaction;
  COINWAKE_RETURN_IF_ERROR(AnswerTransaction(view, one, &transaction));
  *answer->mutable_snapshot() = transaction.snapshot();
  answer->set_txid(transaction.txid());
  answer->set_kind(transaction.kind());
  return absl::OkStatus();
}

}  // namespace coinwake::server
