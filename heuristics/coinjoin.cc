#include "heuristics/coinjoin.h"

#include <algorithm>

namespace coinwake {

EqualOutputs JudgeEqualOutputs(std::vector<std::uint64_t>* values, std::size_t inputs,
                               std::size_t distinct_input_addresses) {
  EqualOutputs result;
  std::sort(values->begin(), values->end());
  for (auto run = std::lower_bound(values->begin(), values->end(), kMinEqualValue);
       run != values->end();) {
    const auto run_end = std::upper_bound(run, values->end(), *run);
    const auto count = static_cast<std::uint32_t>(run_end - run);
    if (count >= 2 && count >= result.equal_outputs) {  // ascending: a tie goes to the larger value
      result.value = *run;
      result.equal_outputs = count;
    }
    run = run_end;
  }
  const std::size_t needed = (values->size() + 1) / 2;
  result.is_coinjoin = inputs >= 2 && values->size() >= 3 && result.equal_outputs >= needed &&
                       distinct_input_addresses >= needed;
  return result;
}

EqualOutputs DetectEqualOutputs(const View& view, TxNum tx) {
  std::vector<std::uint64_t> values;
  const IdRange<OutputNum> outputs = view.Outputs(tx);
  values.reserve(outputs.size());
  for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
    if (view.TypeOf(view.AddressOf(output)) != ScriptType::kNullData) {
      values.push_back(view.Value(output));
    }
  }
  std::vector<AddressNum> addresses;
  const IdRange<InputNum> inputs = view.Inputs(tx);
  std::size_t unknown = 0;
  for (InputNum input = inputs.begin; input != inputs.end; ++input) {
    const std::optional<AddressNum> address = view.SourceAddress(view.Source(input));
    if (address.has_value()) {
      addresses.push_back(*address);
    } else {
      ++unknown;
    }
  }
  std::sort(addresses.begin(), addresses.end());
  const auto distinct =
      static_cast<std::size_t>(std::unique(addresses.begin(), addresses.end()) - addresses.begin());
  return JudgeEqualOutputs(&values, inputs.size(), distinct + unknown);
}

}  // namespace coinwake
