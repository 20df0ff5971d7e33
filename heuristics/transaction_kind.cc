#include "heuristics/transaction_kind.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kPremixConfidence = 600;
constexpr std::size_t kPremixOutputsLookedAt = 20;
constexpr std::uint32_t kChipsConfidence = 600;
constexpr std::uint64_t kSmallestChip = 100'000;  // satoshi
constexpr int kChipSizes = 14;
constexpr std::size_t kMinChips = 4;
// Blocks of the main network of May 2017 and March 2023.
constexpr std::uint64_t kChipMixerSince = 464'000;
constexpr std::uint64_t kChipMixerUntil = 782'000;

std::size_t SpendableOutputs(const TransactionFacts& facts) {
  return static_cast<std::size_t>(std::count_if(
      facts.outputs.begin(), facts.outputs.end(),
      [](const OutputFacts& output) { return output.type != ScriptType::kNullData; }));
}

Kind PlainKind(const TransactionFacts& facts) {
  if (facts.is_coinbase) return Kind::kCoinbase;
  switch (SpendableOutputs(facts)) {
    case 0:
      return Kind::kData;
    case 1:
      return facts.inputs.size() == 1 ? Kind::kTransfer : Kind::kConsolidation;
    case 2:
      return Kind::kPayment;
    default:
      return Kind::kBatchPayment;
  }
}

bool IsChip(std::uint64_t value) {
  for (int power = 0; power < kChipSizes; ++power) {
    if (value == kSmallestChip << power) return true;
  }
  return false;
}

}  // namespace

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kCoinbase:
      return "coinbase";
    case Kind::kCoinJoin:
      return "coinjoin";
    case Kind::kPremix:
      return "premix";
    case Kind::kChips:
      return "chips";
    case Kind::kConsolidation:
      return "consolidation";
    case Kind::kTransfer:
      return "transfer";
    case Kind::kPayment:
      return "payment";
    case Kind::kBatchPayment:
      return "batch_payment";
    case Kind::kData:
      return "data";
  }
  return "";
}

bool MaySuspectPayJoin(const TransactionFacts& facts) {
  if (facts.inputs.size() < 2 || SpendableOutputs(facts) != 2) return false;
  std::uint64_t in = 0;
  std::uint64_t least_in = UINT64_MAX;
  bool types_differ = false;
  for (const InputFacts& input : facts.inputs) {
    if (!input.value.has_value() || !input.address.has_value()) return false;
    in += *input.value;
    least_in = std::min(least_in, *input.value);
    types_differ = types_differ || input.type != facts.inputs.front().type;
  }
  std::uint64_t out = 0;
  std::uint64_t most_out = 0;
  for (const OutputFacts& output : facts.outputs) {
    out += output.value;
    most_out = std::max(most_out, output.value);
  }
  return types_differ && out <= in && in - least_in >= most_out + (in - out);
}

std::uint64_t ChipValue(const TransactionFacts& facts) {
  if (facts.main_height.has_value() &&
      (*facts.main_height < kChipMixerSince || *facts.main_height > kChipMixerUntil)) {
    return 0;
  }
  std::vector<std::uint64_t> values;
  for (const OutputFacts& output : facts.outputs) {
    if (output.type == ScriptType::kNullData) return 0;
    values.push_back(output.value);
  }
  if (values.size() < kMinChips) return 0;
  std::sort(values.begin(), values.end());
  // One other at most, so that a chip is the second value from either end.
  const std::uint64_t chip = values[1];
  const auto chips = static_cast<std::size_t>(std::count(values.begin(), values.end(), chip));
  const bool fits = IsChip(chip) && chips >= kMinChips && chips + 1 >= values.size();
  return fits ? chip : 0;
}

TransactionKind JudgeKind(const TransactionFacts& facts) {
  TransactionKind result;
  result.kind = PlainKind(facts);
  const MixVerdict mix = JudgeMix(facts, &result.reasons);
  if (mix.is_coinjoin()) {
    result.kind = Kind::kCoinJoin;
    result.protocol = MixProtocolName(mix.protocol);
    result.anonymity_set = mix.anonymity_set;
    result.confidence_permille = mix.confidence_permille;
    return result;
  }
  result.suspected = mix.suspected;
  if (const std::optional<Premix> premix = FindPremix(facts); premix.has_value()) {
    result.kind = Kind::kPremix;
    result.protocol = MixProtocolName(MixProtocol::kWhirlpool);
    result.confidence_permille = kPremixConfidence;
    result.reasons.push_back(absl::StrCat(premix->outputs, " outputs of ", premix->value,
                                          " satoshi, for the pool of ", premix->denomination));
  } else if (const std::uint64_t chip = ChipValue(facts); !facts.is_coinbase && chip != 0) {
    result.kind = Kind::kChips;
    result.protocol = "chipmixer";
    result.confidence_permille = kChipsConfidence;
    result.reasons.push_back(absl::StrCat("equal outputs of a chip's size, ", chip, " satoshi"));
  }
  result.payjoin_suspected = MaySuspectPayJoin(facts);
  if (result.payjoin_suspected) {
    result.reasons.emplace_back(
        "an input that the larger output did not need, and inputs of different script types: "
        "perhaps a PayJoin");
  }
  return result;
}

TransactionKind KindOf(const FactsReader& reader, TxNum tx) {
  const TransactionFacts facts = reader.Read(tx);
  TransactionKind result = JudgeKind(facts);
  if (result.kind != Kind::kPremix) return result;
  const std::uint64_t value = FindPremix(facts)->value;
  const View& view = reader.view();
  const IdRange<OutputNum> outputs = view.Outputs(tx);
  std::size_t looked_at = 0;
  for (OutputNum output = outputs.begin; output != outputs.end; ++output) {
    if (view.Value(output) != value || ++looked_at > kPremixOutputsLookedAt) continue;
    const std::optional<TxNum> spender = view.Spender(output);
    if (!spender.has_value()) continue;
    const MixVerdict mix = JudgeMix(reader.Read(*spender), nullptr);
    if (mix.protocol != MixProtocol::kWhirlpool) continue;
    result.confidence_permille = kPremixMixedConfidence;
    result.reasons.emplace_back("one of these outputs is spent in a Whirlpool mix");
    break;
  }
  return result;
}

}  // namespace coinwake
