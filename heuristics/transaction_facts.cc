#include "heuristics/transaction_facts.h"

#include <algorithm>

namespace coinwake {

absl::StatusOr<FactsReader> FactsReader::Make(const View& view) {
  FactsReader reader(view);
  reader.is_main_net_ = view.snapshot().network == Network::kBitcoin;
  for (const auto& script : kWasabiCoordinators) {
    const absl::StatusOr<AddressNum> address = view.FindAddress(ByteSpan(script));
    if (address.ok()) {
      reader.wasabi_coordinators_.push_back(*address);
    } else if (!absl::IsNotFound(address.status())) {
      return address.status();
    }
  }
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
