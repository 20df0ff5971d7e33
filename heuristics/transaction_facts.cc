#include "heuristics/transaction_facts.h"

#include <algorithm>

#include "heuristics/shared_keys.h"

namespace coinwake {
namespace {

// Adds the address of `script` where the view has it.
absl::Status FindKnown(const View& view, ByteSpan script, std::vector<AddressNum>* found) {
  const absl::StatusOr<AddressNum> address = view.FindAddress(script);
  if (address.ok()) found->push_back(*address);
  return absl::IsNotFound(address.status()) ? absl::OkStatus() : address.status();
}

}  // namespace

absl::StatusOr<FactsReader> FactsReader::Make(const View& view) {
  FactsReader reader(view);
  reader.is_main_net_ = view.snapshot().network == Network::kBitcoin;
  for (const auto& script : kWasabiCoordinators) {
    COINWAKE_RETURN_IF_ERROR(FindKnown(view, ByteSpan(script), &reader.wasabi_coordinators_));
  }
  for (const SharedKey& key : kSharedKeys) {
    for (const std::vector<std::uint8_t>& script : key.Scripts()) {
      COINWAKE_RETURN_IF_ERROR(FindKnown(view, ByteSpan(script), &reader.shared_));
    }
  }
  std::sort(reader.shared_.begin(), reader.shared_.end());
  return reader;
}

TransactionFacts FactsReader::Read(TxNum tx) const {
  TransactionFacts facts;
  facts.height = view_->HeightOf(tx);
  if (is_main_net_) facts.main_height = facts.height;
  facts.version = view_->Version(tx);
  facts.locktime = view_->Locktime(tx);
  const IdRange<InputNum> inputs = view_->Inputs(tx);
  facts.is_coinbase = inputs.empty();
  facts.inputs.reserve(inputs.size());
  for (InputNum input = inputs.begin; input != inputs.end; ++input) {
    const InputSource source = view_->Source(input);
    InputFacts& one = facts.inputs.emplace_back();
    one.value = view_->SourceValue(source);
    one.address = view_->SourceAddress(source);
    if (one.address.has_value()) one.type = view_->TypeOf(*one.address);
    one.flags = view_->Flags(input);
  }
  const IdRange<OutputNum> outputs = view_->Outputs(tx);
  facts.outputs.reserve(outputs.size());
  for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
    const AddressNum address = view_->AddressOf(output);
    facts.outputs.push_back({view_->Value(output), address, view_->TypeOf(address)});
    if (std::find(wasabi_coordinators_.begin(), wasabi_coordinators_.end(), address) !=
        wasabi_coordinators_.end()) {
      facts.pays_wasabi_coordinator = true;
    }
  }
  return facts;
}

}  // namespace coinwake
