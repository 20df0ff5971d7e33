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

FactsReader::FactsReader(const View& view)
    : view_(&view), is_main_net_(view.snapshot().network == Network::kBitcoin) {}

FactsReader FactsReader::ForQuestion(const View& view) { return FactsReader(view); }

absl::StatusOr<FactsReader> FactsReader::Make(const View& view) {
  FactsReader reader(view);
  for (const auto& script : kWasabiCoordinators) {
    COINWAKE_RETURN_IF_ERROR(FindKnown(view, ByteSpan(script), &reader.wasabi_coordinators_));
  }
  for (const SharedKey& key : kSharedKeys) {
    for (const std::vector<std::uint8_t>& script : key.Scripts()) {
      COINWAKE_RETURN_IF_ERROR(FindKnown(view, ByteSpan(script), &reader.shared_));
    }
  }
  std::sort(reader.wasabi_coordinators_.begin(), reader.wasabi_coordinators_.end());
  std::sort(reader.shared_.begin(), reader.shared_.end());
  reader.looked_up_ = true;
  return reader;
}

bool FactsReader::IsWasabiCoordinator(AddressNum address, ScriptType type) const {
  if (looked_up_) {
    return std::binary_search(wasabi_coordinators_.begin(), wasabi_coordinators_.end(), address);
  }
  if (type != ScriptType::kWitnessV0KeyHash) return false;
  const ByteSpan script = view_->Script(address);
  return std::any_of(kWasabiCoordinators.begin(), kWasabiCoordinators.end(),
                     [&](const auto& one) { return std::ranges::equal(one, script); });
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
    const ScriptType type = view_->TypeOf(address);
    facts.outputs.push_back({view_->Value(output), address, type});
    if (IsWasabiCoordinator(address, type)) facts.pays_wasabi_coordinator = true;
  }
  return facts;
}

}  // namespace coinwake
