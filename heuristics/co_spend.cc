#include "heuristics/co_spend.h"

#include <algorithm>

#include "heuristics/cluster.h"
#include "heuristics/coinjoin.h"
#include "heuristics/transaction_kind.h"

namespace coinwake {

std::vector<AddressNum> CoSpenders(const FactsReader& reader, TxNum tx) {
  const View& view = reader.view();
  std::vector<AddressNum> addresses;
  const IdRange<InputNum> inputs = view.Inputs(tx);
  if (inputs.size() < 2) return addresses;
  for (InputNum input = inputs.begin; input != inputs.end; ++input) {
    const std::optional<AddressNum> address = view.SourceAddress(view.Source(input));
    if (!address.has_value() || view.Flags(input).anyone_can_pay) continue;
    if (NamesSomebody(view.TypeOf(*address)) && !reader.IsShared(*address)) {
      addresses.push_back(*address);
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  if (addresses.size() < 2 || MayHaveParties(reader.Read(tx))) {
    addresses.clear();
  }
  return addresses;
}

std::uint32_t CoSpendConfidencePermille(const TransactionFacts& facts) {
  return MaySuspectPayJoin(facts) ? kCoSpendConfidencePermille / 2 : kCoSpendConfidencePermille;
}

}  // namespace coinwake
