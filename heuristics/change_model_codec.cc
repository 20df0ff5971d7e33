#include "heuristics/change_model_codec.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace coinwake {
namespace {

// A thousand years of half years, and more payments than there will be.
constexpr std::uint32_t kMostEras = 2'000;
constexpr std::uint64_t kMostCounted = std::uint64_t{1} << 48;

void Append(std::uint64_t number, std::string* bytes) {
  char buffer[sizeof(number)];
  StoreLe(buffer, number);
  bytes->append(buffer, sizeof(buffer));
}

// Reads counts; `good` is false for good once one is impossible.
struct CountReader {
  ByteReader* reader;
  bool good = true;

  std::uint64_t Next() {
    const auto number = reader->Read<std::uint64_t>();
    good = good && reader->ok() && number <= kMostCounted;
    return number;
  }
};

void ReadRule(CountReader* counts, RuleCounts* rule) {
  rule->change_votes = counts->Next();
  rule->change_silences = counts->Next();
  rule->payment_votes = counts->Next();
  rule->payment_silences = counts->Next();
}

EraCounts ReadEra(CountReader* counts) {
  EraCounts era;
  era.truths = counts->Next();
  for (RuleCounts& rule : era.rules) ReadRule(counts, &rule);
  for (RuleCounts& rule : era.last) ReadRule(counts, &rule);
  return era;
}

void AppendRule(const RuleCounts& rule, std::string* bytes) {
  Append(rule.change_votes, bytes);
  Append(rule.change_silences, bytes);
  Append(rule.payment_votes, bytes);
  Append(rule.payment_silences, bytes);
}

}  // namespace

void AppendChangeModel(const ChangeModel& model, std::string* bytes) {
  Append(model.from_height(), bytes);
  Append(model.counts().size(), bytes);
  for (const EraCounts& era : model.counts()) {
    Append(era.truths, bytes);
    for (const RuleCounts& rule : era.rules) AppendRule(rule, bytes);
    for (const RuleCounts& rule : era.last) AppendRule(rule, bytes);
  }
  for (const ScoreTable::Count& count : model.table().counts()) {
    Append(count.right, bytes);
    Append(count.wrong, bytes);
  }
}

std::optional<ChangeModel> ReadChangeModel(ByteReader* reader) {
  const auto from_height = reader->Read<std::uint64_t>();
  const auto eras_count = reader->Read<std::uint64_t>();
  if (!reader->ok() || eras_count > kMostEras) return std::nullopt;
  CountReader counts{reader};
  std::vector<EraCounts> eras;
  for (std::uint64_t i = 0; i < eras_count && counts.good; ++i) eras.push_back(ReadEra(&counts));
  ScoreTable::Counts table{};
  for (ScoreTable::Count& count : table) {
    count.right = counts.Next();
    count.wrong = counts.Next();
  }
  if (!counts.good) return std::nullopt;
  ChangeModel model(from_height, std::move(eras));
  if (model.is_fitted()) {
    model.SetThresholds(ScoreTable(table));
  } else if (table != ScoreTable::Counts{}) {
    return std::nullopt;  // guesses of no model
  }
  return model;
}

}  // namespace coinwake
