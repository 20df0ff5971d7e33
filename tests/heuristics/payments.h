// Payments made by hand, for tests of the rules about change.
#ifndef COINWAKE_TESTS_HEURISTICS_PAYMENTS_H_
#define COINWAKE_TESTS_HEURISTICS_PAYMENTS_H_

#include <cstddef>
#include <cstdint>

#include "heuristics/change_rules.h"

namespace coinwake::test {

inline constexpr std::uint64_t kMillionSatoshi = 1'000'000;

inline Fingerprint PlainPrint() {
  Fingerprint print;
  print.version = 2;
  print.locktime = Fingerprint::Locktime::kZero;
  print.sequence = SequenceClass::kReplaceable;
  return print;
}

// Of the same wallet as PlainPayment, by its fingerprint.
inline ChangeOutput::Spender PlainSpender() {
  ChangeOutput::Spender spender;
  spender.print = PlainPrint();
  spender.inputs = 2;
  spender.outputs = 1;
  return spender;
}

// A payment that no rule says anything about: one input, round outputs of the input's type to
// addresses that were paid before, none of them spent.
inline Payment PlainPayment(std::size_t outputs = 2) {
  Payment payment;
  payment.payer = AddressNum{7};
  payment.print = PlainPrint();
  payment.inputs = 1;
  payment.input_sum = payment.least_input = 1000 * kMillionSatoshi;
  payment.input_type = ScriptType::kPubkeyHash;
  for (std::uint32_t i = 0; i < outputs; ++i) {
    ChangeOutput& output = payment.outputs.emplace_back();
    output.vout = i;
    output.value = (i + 1) * kMillionSatoshi;
    output.address = AddressNum{100 + i};
    output.type = ScriptType::kPubkeyHash;
  }
  return payment;
}

// Two inputs of 600 and 500 pay 700 and 390, the fee is 10, all in millions: no input was unneeded,
// and only the second output is smaller than any input.
inline Payment PaymentOfTwoInputs() {
  Payment payment = PlainPayment();
  payment.inputs = 2;
  payment.input_sum = 1100 * kMillionSatoshi;
  payment.least_input = 500 * kMillionSatoshi;
  payment.outputs[0].value = 700 * kMillionSatoshi;
  payment.outputs[1].value = 390 * kMillionSatoshi;
  return payment;
}

}  // namespace coinwake::test

#endif  // COINWAKE_TESTS_HEURISTICS_PAYMENTS_H_
