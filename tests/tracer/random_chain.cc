#include "tests/tracer/random_chain.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

class Maker {
 public:
  Maker(std::mt19937_64& random, const RandomChainOptions& options)
      : random_(random),
        options_(options),
        chain_(std::make_unique<SmallChain>(options.window ? std::optional<std::uint64_t>(1'000)
                                                           : std::nullopt)) {}

  std::unique_ptr<SmallChain> Make() {
    AddBlock(3 + Below(6), options_.most_value);
    for (std::uint64_t block = 1; block < options_.blocks; ++block) {
      AddBlock(1 + Below(2), Chance(2) ? 20 : options_.most_value);
      for (std::uint64_t i = Below(options_.transactions_a_block + 1); i != 0; --i) {
        AddTransaction();
      }
    }
    return std::move(chain_);
  }

 private:
  struct Coin {
    ChainInput input;
    std::uint64_t value = 0;
  };

  std::uint64_t Below(std::uint64_t count) { return random_() % count; }
  bool Chance(std::uint64_t one_in) { return Below(one_in) == 0; }
  std::string Name() {
    return options_.addresses == 0 ? "" : absl::StrCat("a", Below(options_.addresses));
  }

  void AddBlock(std::uint64_t outputs_count, std::uint64_t most) {
    std::vector<ChainOutput> outputs;
    for (std::uint64_t i = 0; i < outputs_count; ++i) outputs.push_back({Below(most + 1), Name()});
    Remember(chain_->Block(outputs), outputs);
  }

  void AddTransaction() {
    std::vector<ChainInput> inputs;
    std::uint64_t sum = 0;
    for (std::uint64_t i = 1 + Below(Chance(8) ? 8 : 3); i != 0; --i) {
      if (options_.window && Chance(6)) {
        const bool known = !Chance(3);
        const std::uint64_t value = known ? Below(options_.most_value) : 0;
        inputs.push_back(
            {0, 0, known ? ChainInput::Kind::kForeign : ChainInput::Kind::kUnresolved, value});
        sum += value;
        continue;
      }
      if (coins_.empty()) break;
      // Young coins more often than old ones, so that chains get long.
      const std::uint64_t back = Chance(2) ? Below(coins_.size()) : Below(coins_.size()) / 4;
      const std::size_t at = coins_.size() - 1 - back;
      inputs.push_back(coins_[at].input);
      sum += coins_[at].value;
      coins_.erase(coins_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    if (inputs.empty()) return;
    std::vector<ChainOutput> outputs;
    std::uint64_t left = Chance(4) ? sum : sum - Below(sum / 8 + 1);
    for (std::uint64_t i = Below(4); i != 0; --i) {
      if (Chance(7)) {
        const std::uint64_t burnt = Chance(2) ? 0 : Below(left / 4 + 1);
        outputs.push_back({burnt, "OP_RETURN"});
        left -= burnt;
        continue;
      }
      const std::uint64_t value = Chance(8) ? 0 : Below(left + 1);
      outputs.push_back({value, Name()});
      left -= value;
    }
    outputs.push_back({left, Name()});
    Remember(chain_->Add(inputs, outputs), outputs);
  }

  void Remember(std::uint64_t tx, const std::vector<ChainOutput>& outputs) {
    for (std::uint32_t vout = 0; vout < outputs.size(); ++vout) {
      if (outputs[vout].to == "OP_RETURN") continue;
      coins_.push_back({{tx, vout, ChainInput::Kind::kOutput, 0}, outputs[vout].value});
    }
  }

  std::mt19937_64& random_;
  const RandomChainOptions options_;
  std::unique_ptr<SmallChain> chain_;
  std::vector<Coin> coins_;
};

}  // namespace

std::unique_ptr<SmallChain> MakeRandomChain(std::mt19937_64& random,
                                            const RandomChainOptions& options) {
  return Maker(random, options).Make();
}

TraceRequest MakeRandomRequest(std::mt19937_64& random, const View& view) {
  const auto below = [&random](std::uint64_t count) { return random() % count; };
  TraceRequest request;
  request.labels = {"delta", "Alpha", "alpha", "b"};
  request.labels.resize(1 + below(4));
  for (std::uint64_t i = 1 + below(8); i != 0; --i) {
    request.seeds.push_back({OutputNum{below(view.outputs_count())},
                             static_cast<std::uint32_t>(below(request.labels.size()))});
  }
  request.policy = kPolicies[below(std::size(kPolicies))];
  request.fees = static_cast<FeeMode>(below(2));
  request.competing = below(2) == 0;
  request.all_outputs = below(2) == 0;
  if (below(4) == 0) request.min_taint = Taint::FromUnits(below(200'000));
  if (below(4) == 0) request.max_hops = static_cast<std::uint32_t>(below(5));
  const Snapshot& snapshot = view.snapshot();
  const auto some_height = [&] {
    return snapshot.from_height + below(snapshot.height - snapshot.from_height + 2);
  };
  if (below(6) == 0) request.since_height = some_height();
  if (below(5) == 0) request.until_height = some_height();
  return request;
}

TestStops MakeRandomStops(std::mt19937_64& random, const View& view, std::uint64_t one_in) {
  constexpr SinkKind kKinds[] = {SinkKind::kService, SinkKind::kMixer, SinkKind::kBridge};
  TestStops stops;
  for (AddressNum address{0}; address.value < view.addresses_count(); ++address) {
    if (random() % one_in != 0) continue;
    stops.stops[address] = {kKinds[random() % 3], static_cast<std::uint32_t>(random() % 3)};
  }
  return stops;
}

}  // namespace coinwake
