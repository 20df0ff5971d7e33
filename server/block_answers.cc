#include "server/block_answers.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "coinwake/v1/chain.pb.h"
#include "coinwake/v1/explorer.pb.h"
#include "indexer/base/hash.h"
#include "server/block_header.h"
#include "server/block_page.h"
#include "server/convert.h"
#include "server/limits.h"
#include "server/names.h"
#include "server/page_token.h"

namespace coinwake::server {
namespace {

constexpr std::size_t kHashHexDigits = 64;

void FillInput(const View& view, InputSource source, v1::Input* input) {
  const View::Outpoint outpoint = view.OutpointOf(source);
  input->set_txid(outpoint.txid.ToDisplayHex());
  input->set_vout(outpoint.vout);
  const std::optional<std::uint64_t> value = view.SourceValue(source);
  if (value.has_value()) input->set_value(Amount(*value));
  const std::optional<AddressNum> address = view.SourceAddress(source);
  if (address.has_value()) {
    FillScript(view.Script(*address), view.TypeOf(*address), view.snapshot().network, input);
  }
  input->set_resolved(value.has_value());
}

void FillOutput(const View& view, OutputNum number, std::uint32_t vout, v1::Output* output) {
  output->set_vout(vout);
  const AddressNum address = view.AddressOf(number);
  FillScript(view.Script(address), view.TypeOf(address), view.snapshot().network, output);
  output->set_value(Amount(view.Value(number)));
  FillSpentBy(view, number, output);
}

void FillTransaction(const View& view, TxNum tx, const BlockInfo& block, v1::Transaction* wire) {
  const IdRange<InputNum> inputs = view.Inputs(tx);
  const IdRange<OutputNum> outputs = view.Outputs(tx);
  wire->set_network(NetworkOf(view));
  wire->set_txid(view.Txid(tx).ToDisplayHex());
  wire->set_height(block.height);
  wire->set_block_hash(block.hash.ToDisplayHex());
  wire->set_index(tx - block.transactions.begin);
  wire->set_time(block.time);
  wire->set_coinbase(inputs.empty());
  std::uint64_t value_in = 0;
  bool all_known = !inputs.empty();
  for (InputNum input = inputs.begin; input < inputs.end; ++input) {
    const InputSource source = view.Source(input);
    FillInput(view, source, wire->add_inputs());
    const std::optional<std::uint64_t> value = view.SourceValue(source);
    all_known = all_known && value.has_value();
    value_in += value.value_or(0);
  }
  std::uint64_t value_out = 0;
  for (OutputNum output = outputs.begin; output < outputs.end; ++output) {
    FillOutput(view, output, static_cast<std::uint32_t>(output - outputs.begin),
               wire->add_outputs());
    value_out += view.Value(output);
  }
  if (all_known && value_in >= value_out) wire->set_fee(Amount(value_in - value_out));
  wire->set_success(true);
  wire->set_version(view.Version(tx));
  wire->set_locktime(view.Locktime(tx));
  wire->set_size(view.SizeBytes(tx));
  wire->set_weight(view.Weight(tx));
}

void FillBlockSize(const View& view, const BlockInfo& block, v1::Block* answer) {
  const std::uint64_t overhead = kBlockHeaderBytes + CompactSizeBytes(block.transactions.size());
  std::uint64_t size = overhead;
  std::uint64_t weight = 4 * overhead;
  for (TxNum tx = block.transactions.begin; tx < block.transactions.end; ++tx) {
    size += view.SizeBytes(tx);
    weight += view.Weight(tx);
  }
  answer->set_size(size);
  answer->set_weight(weight);
}

// What ties a page token to its block.
std::string BlockBinding(const View& view, const Hash256& hash) {
  return absl::StrCat("block ", NetworkOf(view), " ", hash.ToDisplayHex());
}

// The transactions of `block` that `request` asks for, and the token of the next page.
absl::Status FillTransactions(const View& view, const BlockInfo& block,
                              const v1::GetBlockRequest& request, v1::Block* answer) {
  const std::string binding = BlockBinding(view, block.hash);
  return FillBlockPage(
      block.transactions, request, binding,
      [&](TxNum tx, v1::Transaction* wire) { FillTransaction(view, tx, block, wire); }, answer);
}

// The same for an answer that holds all transactions.
absl::Status KeepPage(const v1::GetBlockRequest& request, const std::string& binding,
                      v1::Block* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t asked, BlockPageBegin(request, binding));
  auto& transactions = *answer->mutable_transactions();
  const int count = transactions.size();
  const int begin = static_cast<int>(std::min(asked, static_cast<std::uint64_t>(count)));
  PageRoom room = RoomOfBlockPage(request);
  int end = begin;
  while (end < count && room.Take(transactions[end].ByteSizeLong())) ++end;
  transactions.DeleteSubrange(end, count - end);
  transactions.DeleteSubrange(0, begin);
  if (end < count) {
    answer->set_next_page_token(MakePageToken(static_cast<std::uint64_t>(end), binding));
  }
  return absl::OkStatus();
}

absl::Status AnswerBlockAt(const View& view, std::uint64_t height,
                           const v1::GetBlockRequest& request, v1::Block* answer) {
  const BlockInfo block = view.Block(height);
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  answer->set_network(NetworkOf(view));
  answer->set_height(height);
  answer->set_block_hash(block.hash.ToDisplayHex());
  FillHeader(block.header, answer);
  FillBlockSize(view, block, answer);
  answer->set_transactions_count(block.transactions.size());
  COINWAKE_RETURN_IF_ERROR(FillTransactions(view, block, request, answer));
  return view.damage().status();
}

absl::Status AnswerStaleBlock(const View& view, const Hash256& hash,
                              const v1::GetBlockRequest& request, v1::Block* answer) {
  absl::StatusOr<View::StaleBlock> stale = view.FindStaleBlock(hash);
  if (absl::IsNotFound(stale.status())) {
    return absl::NotFoundError(
        absl::StrCat("no block ", hash.ToDisplayHex(), " on ", NetworkOf(view)));
  }
  COINWAKE_RETURN_IF_ERROR(stale.status());
  COINWAKE_RETURN_IF_ERROR(AnswerRawBlock(AsBytes(stale->raw.data(), stale->raw.size()),
                                          view.snapshot().network, answer));
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  answer->set_height(stale->height);
  for (v1::Transaction& transaction : *answer->mutable_transactions()) {
    transaction.set_height(stale->height);
  }
  answer->set_stale(true);
  return KeepPage(request, BlockBinding(view, hash), answer);
}

}  // namespace

absl::Status AnswerBlock(const View& view, const v1::GetBlockRequest& request, v1::Block* answer) {
  const std::string_view asked = request.block();
  if (const auto height = ParseNumber(asked); height.has_value() && asked.size() < kHashHexDigits) {
    const Snapshot& snapshot = view.snapshot();
    if (*height < snapshot.from_height || *height > snapshot.height) {
      return absl::NotFoundError(absl::StrCat("no block at height ", Excerpt(asked),
                                              ": the index of ", NetworkOf(view), " goes from ",
                                              snapshot.from_height, " to ", snapshot.height));
    }
    return AnswerBlockAt(view, *height, request, answer);
  }
  COINWAKE_ASSIGN_OR_RETURN(const Hash256 hash, ParseHash(asked, "block height or hash"));
  const absl::StatusOr<std::uint64_t> height = view.HeightOfHash(hash);
  if (height.ok()) return AnswerBlockAt(view, *height, request, answer);
  if (!absl::IsNotFound(height.status())) return height.status();
  return AnswerStaleBlock(view, hash, request, answer);
}

absl::Status AnswerTransaction(const View& view, const v1::GetTransactionRequest& request,
                               v1::Transaction* answer) {
  COINWAKE_ASSIGN_OR_RETURN(const TxNum tx, FindByTxid(view, request.txid()));
  FillSnapshot(view.snapshot(), answer->mutable_snapshot());
  FillTransaction(view, tx, view.Block(view.HeightOf(tx)), answer);
  return view.damage().status();
}

}  // namespace coinwake::server
