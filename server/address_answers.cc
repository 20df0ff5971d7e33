#include "server/address_answers.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/address.pb.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/bitcoin/address.h"
#include "indexer/bitcoin/script.h"
#include "indexer/view/history.h"
#include "server/convert.h"
#include "server/names.h"
#include "server/page_token.h"
#include "server/same_key.h"

namespace coinwake::server {
namespace {

// Fills what Address and SameKey both have.
template <typename Wire>
void FillSums(const AddressSums& sums, Wire* wire) {
  wire->set_received(Amount(sums.received));
  wire->set_sent(Amount(sums.sent));
  wire->set_balance(Amount(sums.balance));
  wire->set_transactions(sums.transactions);
}

absl::Status FillSameKey(const View& view, ByteSpan script, std::optional<AddressNum> address,
                         const Cancellation* cancellation, v1::Address* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<AddressNum> others,
                            SeenScriptsOfSameKey(view, script, address));
  for (const AddressNum other : others) {
    COINWAKE_ASSIGN_OR_RETURN(const AddressSums sums, SumsOf(view, other, cancellation));
    v1::SameKey* same = answer->add_same_key();
    same->set_address(ScriptName(view, other));
    same->set_script_type(std::string(ScriptTypeName(view.TypeOf(other))));
    FillSums(sums, same);
  }
  return absl::OkStatus();
}

absl::Status FillSeen(const View& view, AddressNum address, ClusterSource& clusters,
                      const Cancellation* cancellation, v1::Address* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const AddressSums sums, SumsOf(view, address, cancellation));
  FillSums(sums, answer);
  if (sums.first.has_value()) answer->set_first_height(view.HeightOf(*sums.first));
  if (sums.last.has_value()) answer->set_last_height(view.HeightOf(*sums.last));
  COINWAKE_ASSIGN_OR_RETURN(const Cluster cluster,
                            clusters.Of(address, Profile::kStrict, cancellation));
  answer->set_cluster(cluster.id().value);
  answer->set_seen(true);
  return absl::OkStatus();
}

// What ties a page token of a history to its list: the address, and the transaction before the
// page.
std::string HistoryBinding(const View& view, AddressNum address, TxNum last) {
  return absl::StrCat("history ", ScriptName(view, address), " ", view.Txid(last).ToDisplayHex());
}

}  // namespace

absl::Status AnswerAddress(const View& view, ClusterSource& clusters,
                           const v1::GetAddressRequest& request, const Cancellation* cancellation,
                           v1::Address* answer) {
  const Network network = view.snapshot().network;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint8_t> script,
                            ParseScriptName(request.address(), network));
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  FillScript(script, bitcoin::ClassifyScript(script).type, network, answer);
  answer->set_address(bitcoin::NameOfScript(script, network));
  answer->set_network(std::string(NetworkName(network)));
  FillSums(AddressSums(), answer);
  const absl::StatusOr<AddressNum> found = view.FindAddress(script);
  std::optional<AddressNum> address;
  if (found.ok()) {
    address = *found;
    COINWAKE_RETURN_IF_ERROR(FillSeen(view, *found, clusters, cancellation, answer));
  } else if (!absl::IsNotFound(found.status())) {
    return found.status();
  }
  COINWAKE_RETURN_IF_ERROR(FillSameKey(view, script, address, cancellation, answer));
  return view.damage().status();
}

absl::Status AnswerHistory(const View& view, const v1::ListHistoryRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::ListHistoryResponse* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum address, FindByName(view, request.address()));
  TxNum from{0};
  if (!request.page_token().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t last, PositionOfPageToken(request.page_token()));
    // A position past the end cannot be one of this chain's; transaction 0 stands in for it.
    const TxNum bound{last < view.transactions_count() ? last : 0};
    COINWAKE_RETURN_IF_ERROR(
        CheckPageToken(request.page_token(), last, HistoryBinding(view, address, bound)));
    from = bound + 1;
  }
  const std::size_t size = PageSize(request.page_size(), max_page_size);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<HistoryEntry> entries,
                            HistoryOf(view, address, from, size + 1, cancellation));
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  for (std::size_t i = 0; i < entries.size() && i < size; ++i) {
    const BlockInfo block = view.Block(view.HeightOf(entries[i].tx));
    v1::HistoryEntry* entry = answer->add_entries();
    entry->set_txid(view.Txid(entries[i].tx).ToDisplayHex());
    entry->set_height(block.height);
    entry->set_received(Amount(entries[i].received));
    entry->set_sent(Amount(entries[i].sent));
    entry->set_asset(kBitcoinAsset);
    entry->set_time(block.time);
  }
  if (entries.size() > size) {
    const TxNum last = entries[size - 1].tx;
    answer->set_next_page_token(MakePageToken(last.value, HistoryBinding(view, address, last)));
  }
  return view.damage().status();
}

absl::Status AnswerUnspent(const View& view, const v1::ListUnspentRequest& request,
                           std::uint32_t max_page_size, const Cancellation* cancellation,
                           v1::ListUnspentResponse* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const AddressNum address, FindByName(view, request.address()));
  // Any block may spend what an earlier page listed: a token is good for one tip.
  const std::string binding = absl::StrCat("unspent ", ScriptName(view, address), " ",
                                           view.snapshot().block_hash.ToDisplayHex());
  std::uint64_t from = 0;
  if (!request.page_token().empty()) {
    COINWAKE_ASSIGN_OR_RETURN(from, PositionOfPageToken(request.page_token()));
    COINWAKE_RETURN_IF_ERROR(CheckPageToken(request.page_token(), from, binding));
  }
  const std::size_t size = PageSize(request.page_size(), max_page_size);
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<OutputNum> outputs,
                            UnspentOf(view, address, OutputNum{from}, size + 1, cancellation));
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  for (std::size_t i = 0; i < outputs.size() && i < size; ++i) {
    const TxNum tx = view.TransactionOf(outputs[i]);
    v1::Unspent* unspent = answer->add_outputs();
    unspent->set_txid(view.Txid(tx).ToDisplayHex());
    unspent->set_vout(static_cast<std::uint32_t>(outputs[i] - view.Outputs(tx).begin));
    unspent->set_value(Amount(view.Value(outputs[i])));
    unspent->set_height(view.HeightOf(tx));
  }
  if (outputs.size() > size) {
    answer->set_next_page_token(MakePageToken(outputs[size].value, binding));
  }
  return view.damage().status();
}

}  // namespace coinwake::server
