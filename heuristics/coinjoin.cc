#include "heuristics/coinjoin.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "heuristics/mix_funding.h"

namespace coinwake {
namespace {

// Heights of the main network from which a protocol's transactions exist (ALGORITHMS.md 3.1-3.3).
constexpr std::uint64_t kWasabi1Since = 530'500;
constexpr std::uint64_t kWasabi1NewCoordinators = 610'000;  // another script for each round since
constexpr std::uint64_t kWhirlpoolSince = 570'000;
constexpr std::uint64_t kWasabi2Since = 741'213;

bool IsSegwitKey(ScriptType type) { return type == ScriptType::kWitnessV0KeyHash; }
bool IsWabiSabiType(ScriptType type) {
  return type == ScriptType::kWitnessV0KeyHash || type == ScriptType::kWitnessV1Taproot;
}

// What the rules ask of a transaction more than once.
struct Shape {
  std::vector<OutputFacts> outputs;  // without OP_RETURN, by vout
  bool has_data = false;             // an OP_RETURN
  std::uint64_t value = 0;           // the most frequent of kMinEqualValue at least
  std::size_t equal = 0;             // how many outputs have it; 0 unless two have
  std::size_t single_values = 0;     // values that one output has
  std::size_t repeated_values = 0;   // of kMinEqualValue at least that several have
  std::size_t repeated_outputs = 0;  // outputs that have one of these
  std::size_t input_addresses = 0;   // distinct; unknown ones count each
  std::size_t output_addresses = 0;  // distinct
  std::size_t most_inputs_of_one = 0;
  std::size_t most_outputs_to_one = 0;
  bool pays_itself = false;  // an address is among the inputs and the outputs

  std::size_t others() const { return outputs.size() - equal; }
};

void CountValues(Shape* shape) {
  std::vector<std::uint64_t> values;
  values.reserve(shape->outputs.size());
  for (const OutputFacts& output : shape->outputs) values.push_back(output.value);
  std::sort(values.begin(), values.end());
  for (auto run = values.begin(); run != values.end();) {
    const auto run_end = std::upper_bound(run, values.end(), *run);
    const auto count = static_cast<std::size_t>(run_end - run);
    if (count == 1) ++shape->single_values;
    if (count > 1 && *run >= kMinEqualValue) {
      ++shape->repeated_values;
      shape->repeated_outputs += count;
      if (count > shape->equal) {  // ascending: a tie goes to the lower value
        shape->value = *run;
        shape->equal = count;
      }
    }
    run = run_end;
  }
}

// Addresses of a transaction's inputs or outputs, and how often the most frequent is there.
struct Addresses {
  std::vector<AddressNum> distinct;  // ascending
  std::size_t most = 0;
};

Addresses CountAddresses(std::vector<AddressNum> addresses) {
  std::sort(addresses.begin(), addresses.end());
  Addresses counted;
  std::size_t same = 0;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    same = i > 0 && addresses[i] == addresses[i - 1] ? same + 1 : 1;
    counted.most = std::max(counted.most, same);
  }
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  counted.distinct = std::move(addresses);
  return counted;
}

bool HaveCommon(const std::vector<AddressNum>& a, const std::vector<AddressNum>& b) {
  auto at = a.begin();
  for (const AddressNum address : b) {
    while (at != a.end() && *at < address) ++at;
    if (at != a.end() && *at == address) return true;
  }
  return false;
}

Shape ShapeOf(const TransactionFacts& facts) {
  Shape shape;
  std::vector<AddressNum> paying;
  paying.reserve(facts.inputs.size());
  for (const InputFacts& input : facts.inputs) {
    if (input.address.has_value()) paying.push_back(*input.address);
  }
  const std::size_t unknown = facts.inputs.size() - paying.size();
  const Addresses payers = CountAddresses(std::move(paying));
  shape.input_addresses = unknown + payers.distinct.size();
  shape.most_inputs_of_one = std::max<std::size_t>(payers.most, unknown > 0 ? 1 : 0);
  shape.outputs.reserve(facts.outputs.size());
  std::vector<AddressNum> paid;
  paid.reserve(facts.outputs.size());
  for (const OutputFacts& output : facts.outputs) {
    if (output.type == ScriptType::kNullData) {
      shape.has_data = true;
      continue;
    }
    shape.outputs.push_back(output);
    paid.push_back(output.address);
  }
  const Addresses payees = CountAddresses(std::move(paid));
  shape.output_addresses = payees.distinct.size();
  shape.most_outputs_to_one = payees.most;
  shape.pays_itself = HaveCommon(payers.distinct, payees.distinct);
  CountValues(&shape);
  return shape;
}

bool AllInputs(const TransactionFacts& facts, bool (*is_allowed)(ScriptType)) {
  return std::all_of(facts.inputs.begin(), facts.inputs.end(), [&](const InputFacts& input) {
    return !input.address.has_value() || is_allowed(input.type);
  });
}

bool AllOutputs(const Shape& shape, bool (*is_allowed)(ScriptType)) {
  return std::all_of(shape.outputs.begin(), shape.outputs.end(),
                     [&](const OutputFacts& output) { return is_allowed(output.type); });
}

bool Exists(const TransactionFacts& facts, std::uint64_t since) {
  return !facts.main_height.has_value() || *facts.main_height >= since;
}

MixVerdict Found(MixProtocol protocol, const Shape& shape, std::uint32_t confidence_permille) {
  MixVerdict verdict;
  verdict.protocol = protocol;
  verdict.anonymity_set = static_cast<std::uint32_t>(shape.equal);
  verdict.value = shape.value;
  verdict.confidence_permille = confidence_permille;
  return verdict;
}

// --- Whirlpool (3.3): 5 to 10 outputs of a pool's value, as many inputs, of which some enter with
// the miner's fee on top and the others stay from an earlier mix.

constexpr std::uint64_t kMaxEntryExcess = 110'000;  // satoshi
constexpr std::uint64_t kMinEntryExcess = 100;
constexpr std::size_t kMaxPremixOutputs = 70;

bool IsWhirlpool(const TransactionFacts& facts, const Shape& shape) {
  const std::size_t n = facts.inputs.size();
  if (!Exists(facts, kWhirlpoolSince) || n < 5 || n > 10 || shape.has_data ||
      shape.outputs.size() != n || shape.equal != n || shape.input_addresses != n ||
      shape.output_addresses != n || !AllInputs(facts, IsSegwitKey)) {
    return false;  // outputs may be of any type: some are paid straight to another wallet
  }
  if (std::none_of(std::begin(kWhirlpoolPools), std::end(kWhirlpoolPools),
                   [&](const WhirlpoolPool& pool) { return pool.denomination == shape.value; })) {
    return false;
  }
  std::size_t entering = 0;
  std::size_t unknown = 0;
  for (const InputFacts& input : facts.inputs) {
    if (!input.value.has_value()) {
      ++unknown;
    } else if (*input.value != shape.value) {
      if (*input.value < shape.value + kMinEntryExcess ||
          *input.value > shape.value + kMaxEntryExcess) {
        return false;
      }
      ++entering;
    }
  }
  return entering < n && entering + unknown > 0;
}

// --- Wasabi 2 (3.2): four fifths of the outputs and more in standard denominations, inputs and
// outputs by value, descending.

constexpr std::size_t kMinWasabi2Size = 10;
constexpr std::size_t kLargeWasabi2 = 50;  // inputs of a round of the first coordinator, at least
constexpr std::size_t kMediumWasabi2 = 20;

// Powers of ten and their doubles and fives: what people pay as well.
bool IsRound(std::uint64_t value) {
  while (value % 10 == 0 && value > 0) value /= 10;
  return value == 1 || value == 2 || value == 5;
}

bool Descends(const TransactionFacts& facts) {
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  for (const InputFacts& input : facts.inputs) {
    if (!input.value.has_value()) continue;
    if (*input.value > last) return false;
    last = *input.value;
  }
  return std::is_sorted(
      facts.outputs.begin(), facts.outputs.end(),
      [](const OutputFacts& a, const OutputFacts& b) { return a.value > b.value; });
}

bool IsWasabi2(const TransactionFacts& facts, const Shape& shape) {
  const std::size_t inputs = facts.inputs.size();
  const std::size_t outputs = shape.outputs.size();
  if (!Exists(facts, kWasabi2Since) || inputs < kMinWasabi2Size || outputs < kMinWasabi2Size ||
      shape.has_data || !AllInputs(facts, IsWabiSabiType) || !AllOutputs(shape, IsWabiSabiType)) {
    return false;
  }
  // A mix of one address is none: at most a tenth of the inputs (or two) and of the outputs.
  if (shape.most_inputs_of_one > std::max<std::size_t>(2, inputs / 10) ||
      shape.most_outputs_to_one > std::max<std::size_t>(2, outputs / 10)) {
    return false;
  }
  const std::vector<std::uint64_t>& denominations = WabiSabiDenominations();
  std::size_t standard = 0;
  std::size_t round = 0;
  for (const OutputFacts& output : shape.outputs) {
    if (!std::binary_search(denominations.begin(), denominations.end(), output.value)) continue;
    ++standard;
    if (IsRound(output.value)) ++round;
  }
  if (standard * 10 <= outputs * 8) return false;
  const std::size_t odd = standard - round;
  // Nobody pays powers of three and two by the dozen: the order need not be the client's then.
  if (!Descends(facts)) return inputs >= kMediumWasabi2 && odd * 2 >= outputs;
  // Few inputs and round values only: somebody's sorted batch of payments.
  return inputs >= kLargeWasabi2 || odd * 4 >= standard;
}

std::uint32_t Wasabi2Confidence(const TransactionFacts& facts) {
  const std::size_t inputs = facts.inputs.size();
  if (!Descends(facts)) return 900;
  if (inputs >= kLargeWasabi2) return 990;
  return inputs >= kMediumWasabi2 ? 970 : 930;
}

// --- Equal outputs: JoinMarket (3.4) and whatever mixes like it (3.5).

constexpr std::size_t kMinEqual = 3;
constexpr std::size_t kManyEqual = 5;       // enough to believe the shape where sums are unknown
constexpr std::size_t kManyLevels = 10;     // the same for mixes of several denominations
constexpr std::size_t kMaxJoinMarket = 20;  // equal outputs; Wasabi 1 mostly has more
constexpr std::size_t kMaxSide = 100;       // inputs, or outputs
constexpr std::size_t kMaxSidesRatio = 4;

bool HasJoinMarketShape(const Shape& shape) {
  return shape.equal >= kMinEqual && shape.equal <= kMaxJoinMarket && !shape.has_data &&
         (shape.others() == shape.equal || shape.others() + 1 == shape.equal);
}

// Everybody brings coins of their own, and there is room for one change each and a coordinator's
// fee.
bool HasRoomForParties(const Shape& shape) {
  return shape.input_addresses >= shape.equal && shape.others() <= shape.equal + 1;
}

// What participants do: nobody is paid twice at one address, nor where he paid from. One who does,
// perhaps on purpose, does not make the others' inputs one party's.
bool PaysAfresh(const Shape& shape) {
  return shape.output_addresses == shape.outputs.size() && !shape.pays_itself;
}

// At least two addresses take the equal value out.
bool PaysSeveral(const Shape& shape) {
  std::optional<AddressNum> first;
  return std::any_of(shape.outputs.begin(), shape.outputs.end(), [&](const OutputFacts& output) {
    if (output.value != shape.value) return false;
    if (!first.has_value()) first = output.address;
    return output.address != *first;
  });
}

// The same where participants may take several denominations: whose is whose cannot be tried, so
// that many equal outputs are asked for.
bool MayMixLevels(const Shape& shape) {
  return shape.equal >= kManyLevels && shape.repeated_values >= 2 &&
         shape.input_addresses >= shape.equal &&
         shape.outputs.size() - shape.repeated_outputs <= shape.equal + 1;
}

// How much of a verdict is asked for.
enum class Asked : std::uint8_t { kAll, kWhetherParties };

Funding FundingOf(const TransactionFacts& facts, const Shape& shape, Asked asked) {
  EqualMix mix;
  mix.value = shape.value;
  mix.participants = shape.equal;
  std::uint64_t in = 0;
  std::vector<std::pair<AddressNum, std::uint64_t>> known;
  known.reserve(facts.inputs.size());
  for (const InputFacts& input : facts.inputs) {
    if (!input.value.has_value()) return Funding::kUnknown;
    in += *input.value;
    if (input.address.has_value()) {
      known.emplace_back(*input.address, *input.value);
    } else {
      mix.groups.push_back(*input.value);
    }
  }
  std::sort(known.begin(), known.end());
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i == 0 || known[i].first != known[i - 1].first) mix.groups.push_back(0);
    mix.groups.back() += known[i].second;
  }
  std::uint64_t out = 0;
  for (const OutputFacts& output : facts.outputs) out += output.value;
  for (const OutputFacts& output : shape.outputs) {
    if (output.value != shape.value) mix.others.push_back(output.value);
  }
  if (out > in) return Funding::kUnknown;  // amounts that cannot be
  mix.fee = in - out;
  // Of three equal outputs and more, what cannot be ruled out may have parties: whether it is
  // possible or not known makes no difference then.
  if (asked == Asked::kWhetherParties && shape.equal >= kMinEqual && HasPlainSplit(mix)) {
    return Funding::kPossible;
  }
  const Funding funding = CanFund(mix);
  if (funding != Funding::kImpossible || mix.others.empty() ||
      mix.others.size() > mix.participants) {
    return funding;
  }
  // A coordinator's fee may stand among fewer others as well.
  const auto smallest = std::min_element(mix.others.begin(), mix.others.end());
  if (*smallest > MaxCoordinatorFee(mix)) return funding;
  mix.fee += *smallest;
  mix.others.erase(smallest);
  return CanFund(mix);
}

bool IsOverlarge(const TransactionFacts& facts, const Shape& shape) {
  const std::size_t large = std::max(facts.inputs.size(), shape.outputs.size());
  const std::size_t small = std::min(facts.inputs.size(), shape.outputs.size());
  return large > kMaxSide || large > kMaxSidesRatio * small;
}

MixVerdict Suspect(const Shape& shape) {
  MixVerdict verdict;
  verdict.suspected = true;
  verdict.anonymity_set = static_cast<std::uint32_t>(shape.equal);
  verdict.value = shape.value;
  return verdict;
}

std::string_view FundingText(Funding funding) {
  switch (funding) {
    case Funding::kImpossible:
      return "no split of the inputs gives each its equal output and change";
    case Funding::kPossible:
      return "the inputs split so that each gets its equal output and change";
    case Funding::kUnknown:
      return "the inputs split in too many ways to try, or a value is unknown";
  }
  return "";
}

// Why a shape whose sums may fit is suspected only; "" where it is believed. What is not known
// makes nobody one party: a doubt, never a refusal.
std::string_view DoubtOf(const TransactionFacts& facts, const Shape& shape, Funding funding,
                         bool is_joinmarket) {
  if (shape.equal < kMinEqual) return "two equal outputs: one party (Stonewall) or two";
  if (!PaysAfresh(shape)) return "an address is paid twice, or pays itself";
  if (shape.has_data) return "an OP_RETURN, which mixes do not write";
  // Where the sums tell nothing, only a shape that payments seldom have is believed.
  if (funding != Funding::kPossible && (shape.equal < kManyEqual || !is_joinmarket)) {
    return "payments may have this shape as well";
  }
  if (IsOverlarge(facts, shape)) return "more inputs or outputs than such mixes have";
  return "";
}

MixVerdict JudgeEqualOutputs(const TransactionFacts& facts, const Shape& shape, Asked asked,
                             std::vector<std::string>* reasons) {
  MixVerdict none;
  none.anonymity_set = static_cast<std::uint32_t>(shape.equal);
  none.value = shape.value;
  if (!PaysSeveral(shape)) return none;
  if (!HasRoomForParties(shape)) {
    if (!MayMixLevels(shape)) return none;
    if (reasons != nullptr) {
      reasons->push_back(absl::StrCat(shape.repeated_values, " values repeat, among ",
                                      shape.repeated_outputs, " outputs"));
    }
    return Suspect(shape);
  }
  const Funding funding = FundingOf(facts, shape, asked);
  if (reasons != nullptr) reasons->emplace_back(FundingText(funding));
  if (funding == Funding::kImpossible) return none;
  const bool is_joinmarket =
      HasJoinMarketShape(shape) && (shape.repeated_values == 1 || funding == Funding::kPossible);
  const std::string_view doubt = DoubtOf(facts, shape, funding, is_joinmarket);
  if (!doubt.empty()) {
    if (reasons != nullptr) reasons->emplace_back(doubt);
    return Suspect(shape);
  }
  std::uint32_t confidence = funding == Funding::kPossible ? 900 : 700;
  if (shape.equal < kManyEqual) confidence -= 150;
  if (!is_joinmarket) confidence -= 50;
  return Found(is_joinmarket ? MixProtocol::kJoinMarket : MixProtocol::kEqualOutputs, shape,
               confidence);
}

// --- Wasabi 1 (3.1): at the known coordinator's, or by its shape where the coordinator's script
// changes every round.

constexpr std::uint64_t kWasabi1Value = 10'000'000;  // satoshi: 0.1 bitcoin
constexpr std::uint64_t kWasabi1Spread = 2'000'000;
constexpr std::size_t kMinWasabi1Equal = 10;

bool IsWasabi1AtCoordinator(const TransactionFacts& facts, const Shape& shape) {
  // Later anybody may pay the script that was the coordinator's.
  if (facts.main_height.has_value() && *facts.main_height >= kWasabi1NewCoordinators) return false;
  return Exists(facts, kWasabi1Since) && facts.pays_wasabi_coordinator && !shape.has_data &&
         shape.equal >= kMinEqual && shape.input_addresses >= kMinEqual &&
         AllInputs(facts, IsSegwitKey);
}

bool HasWasabi1Shape(const TransactionFacts& facts, const Shape& shape) {
  if (!Exists(facts, kWasabi1Since) || shape.has_data || shape.equal < kMinWasabi1Equal ||
      facts.inputs.size() < shape.equal || shape.input_addresses * 2 < shape.equal ||
      shape.output_addresses != shape.outputs.size() || shape.single_values < 2) {
    return false;
  }
  if (shape.value < kWasabi1Value - kWasabi1Spread ||
      shape.value > kWasabi1Value + kWasabi1Spread) {
    return false;
  }
  return AllInputs(facts, IsWabiSabiType) && AllOutputs(shape, IsSegwitKey);
}

std::string EqualText(const Shape& shape) {
  return absl::StrCat(shape.equal, " of ", shape.outputs.size(), " outputs of ", shape.value,
                      " satoshi, ", shape.input_addresses, " input addresses");
}

MixVerdict Judge(const TransactionFacts& facts, Asked asked, std::vector<std::string>* reasons) {
  MixVerdict none;
  if (facts.inputs.size() < kMinMixInputs || facts.outputs.size() < kMinMixOutputs) return none;
  const Shape shape = ShapeOf(facts);
  const auto say = [&](std::string reason) {
    if (reasons != nullptr) reasons->push_back(std::move(reason));
  };
  if (shape.equal < 2) return none;
  say(EqualText(shape));
  if (IsWhirlpool(facts, shape)) {
    say("a pool's value, as many inputs, some with the miner's fee on top");
    return Found(MixProtocol::kWhirlpool, shape, 990);
  }
  if (IsWasabi2(facts, shape)) {
    say(absl::StrCat("four fifths of the outputs in standard denominations",
                     Descends(facts) ? ", inputs and outputs in descending order" : ""));
    return Found(MixProtocol::kWasabi2, shape, Wasabi2Confidence(facts));
  }
  if (IsWasabi1AtCoordinator(facts, shape)) {
    say("pays Wasabi's coordinator");
    return Found(MixProtocol::kWasabi1, shape, 995);
  }
  if (FindPremix(facts).has_value()) {
    say("makes coins of one party ready for a Whirlpool pool");
    return none;
  }
  const bool is_wasabi1 = HasWasabi1Shape(facts, shape);
  MixVerdict verdict;
  // A few makers may have met at a tenth of a bitcoin by chance: theirs if their rule says so.
  if (!is_wasabi1 || (HasJoinMarketShape(shape) && shape.repeated_values == 1)) {
    verdict = JudgeEqualOutputs(facts, shape, asked, reasons);
  }
  if (!is_wasabi1 || verdict.is_coinjoin()) return verdict;
  say("native segwit throughout, about a tenth of a bitcoin each, change and a fee besides");
  return Found(MixProtocol::kWasabi1, shape, 950);
}

}  // namespace

std::string_view MixProtocolName(MixProtocol protocol) {
  switch (protocol) {
    case MixProtocol::kNone:
      return "";
    case MixProtocol::kWhirlpool:
      return "whirlpool";
    case MixProtocol::kWasabi2:
      return "wasabi2";
    case MixProtocol::kWasabi1:
      return "wasabi1";
    case MixProtocol::kJoinMarket:
      return "joinmarket";
    case MixProtocol::kEqualOutputs:
      return "equal_outputs";
  }
  return "";
}

const std::vector<std::uint64_t>& WabiSabiDenominations() {
  static const std::vector<std::uint64_t>* const denominations = [] {
    constexpr std::uint64_t kMin = 5'000;
    constexpr std::uint64_t kMax = 134'375'000'000;
    constexpr std::array<std::array<std::uint64_t, 2>, 6> kSeries = {
        {{2, 1}, {3, 1}, {3, 2}, {10, 1}, {10, 2}, {10, 5}}};
    auto* all = new std::vector<std::uint64_t>;
    for (const auto& [base, factor] : kSeries) {
      for (std::uint64_t power = 1; factor * power <= kMax; power *= base) {
        if (factor * power >= kMin) all->push_back(factor * power);
      }
    }
    std::sort(all->begin(), all->end());
    all->erase(std::unique(all->begin(), all->end()), all->end());
    return all;
  }();
  return *denominations;
}

std::optional<Premix> FindPremix(const TransactionFacts& facts) {
  if (facts.is_coinbase || !Exists(facts, kWhirlpoolSince)) return std::nullopt;
  std::vector<std::uint64_t> values;
  for (const OutputFacts& output : facts.outputs) {
    if (output.type != ScriptType::kNullData) values.push_back(output.value);
  }
  if (values.size() < 2 || values.size() + 1 != facts.outputs.size()) return std::nullopt;
  std::sort(values.begin(), values.end());
  for (const WhirlpoolPool& pool : kWhirlpoolPools) {
    Premix premix{pool.denomination, 0, 0};
    const auto end =
        std::upper_bound(values.begin(), values.end(), pool.denomination + kMaxEntryExcess);
    for (auto run =
             std::lower_bound(values.begin(), values.end(), pool.denomination + kMinEntryExcess);
         run != end;) {
      const auto run_end = std::upper_bound(run, end, *run);
      const auto count = static_cast<std::size_t>(run_end - run);
      if (count >= premix.outputs) {  // ascending: a tie goes to the larger value
        premix.value = *run;
        premix.outputs = count;
      }
      run = run_end;
    }
    const bool pays_fee = std::any_of(values.begin(), values.end(), [&](std::uint64_t value) {
      return value != premix.value && value * 2 >= pool.fee && value <= pool.fee * 3;
    });
    if (premix.outputs >= 1 && premix.outputs <= kMaxPremixOutputs &&
        premix.outputs + 2 >= values.size() && pays_fee) {
      return premix;
    }
  }
  return std::nullopt;
}

MixVerdict JudgeMix(const TransactionFacts& facts, std::vector<std::string>* reasons) {
  return Judge(facts, Asked::kAll, reasons);
}

bool MayHaveParties(const TransactionFacts& facts) {
  return Judge(facts, Asked::kWhetherParties, nullptr).may_have_parties();
}

}  // namespace coinwake
