#include "heuristics/payment_reader.h"

#include <algorithm>
#include <limits>

#include "heuristics/co_spend.h"
#include "heuristics/coinjoin.h"
#include "heuristics/payers.h"
#include "heuristics/transaction_kind.h"

namespace coinwake {
namespace {

constexpr std::size_t kMostRemembered = std::size_t{1} << 16;  // some 4 MB
constexpr std::uint64_t kFewestInputsRemembered = 4;

std::uint32_t SpendableOf(const TransactionFacts& facts) {
  return static_cast<std::uint32_t>(std::count_if(
      facts.outputs.begin(), facts.outputs.end(),
      [](const OutputFacts& output) { return output.type != ScriptType::kNullData; }));
}

std::optional<std::uint64_t> InputSumOf(const TransactionFacts& facts) {
  std::uint64_t sum = 0;
  for (const InputFacts& input : facts.inputs) {
    if (!input.value.has_value()) return std::nullopt;
    sum += *input.value;
  }
  return sum;
}

// Satoshi for 1000 virtual bytes, rounded down; nullopt where the fee is unknown.
std::optional<std::uint64_t> FeerateOf(const TransactionFacts& facts, std::uint32_t weight) {
  const std::optional<std::uint64_t> in = InputSumOf(facts);
  std::uint64_t out = 0;
  for (const OutputFacts& output : facts.outputs) out += output.value;
  const std::uint64_t virtual_bytes = (std::uint64_t{weight} + 3) / 4;
  if (!in.has_value() || out > *in || virtual_bytes == 0) return std::nullopt;
  return (*in - out) * 1000 / virtual_bytes;
}

// False where the payer is not known to be one.
bool FillInputs(const FactsReader& reader, const TransactionFacts& facts, Payment* payment) {
  payment->inputs = static_cast<std::uint32_t>(facts.inputs.size());
  payment->least_input = std::numeric_limits<std::uint64_t>::max();
  payment->payer = AddressNum{std::numeric_limits<std::uint64_t>::max()};
  payment->input_type = facts.inputs.front().type;
  for (const InputFacts& input : facts.inputs) {
    if (!input.value.has_value() || !input.address.has_value() || input.flags.anyone_can_pay ||
        !NamesSomebody(input.type) || reader.IsShared(*input.address)) {
      return false;
    }
    payment->input_sum += *input.value;
    payment->least_input = std::min(payment->least_input, *input.value);
    payment->payer = std::min(payment->payer, *input.address);
    if (input.type != facts.inputs.front().type) payment->input_type.reset();
  }
  return true;
}

}  // namespace

const std::optional<ChangeOutput::Spender>* SpenderMemo::Find(TxNum tx) const {
  const auto found = spenders_.find(tx);
  return found == spenders_.end() ? nullptr : &found->second;
}

void SpenderMemo::Remember(TxNum tx, const std::optional<ChangeOutput::Spender>& spender) {
  if (spenders_.size() >= kMostRemembered) spenders_.clear();
  spenders_.emplace(tx, spender);
}

std::optional<Payment> PaymentReader::Read(TxNum tx, SpenderMemo* memo) const {
  const View& view = facts_.view();
  const IdRange<OutputNum> outputs = view.Outputs(tx);
  if (view.IsCoinbase(tx) || outputs.size() < 2 || outputs.size() > kMaxChangeOutputs + 1) {
    return std::nullopt;
  }
  const TransactionFacts facts = facts_.Read(tx);
  const std::uint32_t spendable = SpendableOf(facts);
  if (spendable < 2 || spendable > kMaxChangeOutputs || MayHaveParties(facts) ||
      FindPremix(facts).has_value() || ChipValue(facts) != 0) {
    return std::nullopt;
  }
  Payment payment;
  if (!FillInputs(facts_, facts, &payment)) return std::nullopt;
  const Payers payers(view, facts);
  payment.print = FingerprintOf(facts);
  payment.feerate = FeerateOf(facts, view.Weight(tx));
  payment.is_peel_shaped = facts.inputs.size() == 1 && spendable == 2;
  payment.was_peel_shaped = payment.is_peel_shaped && WasPeelShaped(tx);
  for (std::uint32_t vout = 0; vout < facts.outputs.size(); ++vout) {
    const OutputFacts& output = facts.outputs[vout];
    if (output.type == ScriptType::kNullData) continue;
    const OutputNum number = outputs.begin + vout;
    ChangeOutput& one = payment.outputs.emplace_back();
    one.vout = vout;
    one.value = output.value;
    one.address = output.address;
    one.type = output.type;
    one.is_fresh = use_.IsFresh(number, output.address);
    one.is_paid_once = use_.IsPaidOnce(number, output.address);
    one.is_to_payer = payers.Have(output.address);
    one.spender = SpenderOf(number, memo);
    // An address is fresh, not an output: the first of several to it decides for all.
    for (const ChangeOutput& earlier : payment.outputs) {
      if (earlier.address != one.address) continue;
      one.is_fresh = earlier.is_fresh;
      break;
    }
  }
  return payment;
}

std::optional<ChangeOutput::Spender> PaymentReader::SpenderOf(OutputNum output,
                                                              SpenderMemo* memo) const {
  const std::optional<TxNum> tx = facts_.view().Spender(output);
  if (!tx.has_value()) return std::nullopt;
  if (memo == nullptr || facts_.view().Inputs(*tx).size() < kFewestInputsRemembered) {
    return ReadSpender(*tx);
  }
  if (const auto* known = memo->Find(*tx); known != nullptr) return *known;
  std::optional<ChangeOutput::Spender> spender = ReadSpender(*tx);
  memo->Remember(*tx, spender);
  return spender;
}

std::optional<ChangeOutput::Spender> PaymentReader::ReadSpender(TxNum tx) const {
  const TransactionFacts facts = facts_.Read(tx);
  // Of several parties: written by none of their wallets alone.
  const bool is_shared =
      std::any_of(facts.inputs.begin(), facts.inputs.end(),
                  [](const InputFacts& input) { return input.flags.anyone_can_pay; }) ||
      MayHaveParties(facts);
  if (is_shared) return std::nullopt;
  ChangeOutput::Spender spender;
  spender.print = FingerprintOf(facts);
  spender.inputs = static_cast<std::uint32_t>(facts.inputs.size());
  spender.outputs = SpendableOf(facts);
  spender.feerate = FeerateOf(facts, facts_.view().Weight(tx));
  return spender;
}

bool PaymentReader::WasPeelShaped(TxNum tx) const {
  const View& view = facts_.view();
  const InputSource source = view.Source(view.Inputs(tx).begin);
  if (source.is_foreign()) return false;
  const TxNum funding = view.TransactionOf(source.output());
  if (view.Inputs(funding).size() != 1) return false;
  // No more is read than decides: thousands of payments may come from one transaction.
  int spendable = 0;
  const IdRange<OutputNum> outputs = view.Outputs(funding);
  for (OutputNum output = outputs.begin; output != outputs.end && spendable <= 2; ++output) {
    if (view.TypeOf(view.AddressOf(output)) != ScriptType::kNullData) ++spendable;
  }
  return spendable == 2;
}

}  // namespace coinwake
