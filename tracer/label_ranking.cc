#include "tracer/label_ranking.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"

namespace coinwake {

absl::StatusOr<std::vector<std::uint32_t>> RankLabels(std::span<const std::string> labels) {
  std::vector<std::uint32_t> ranking(labels.size());
  std::iota(ranking.begin(), ranking.end(), 0u);
  std::sort(ranking.begin(), ranking.end(),
            [&](std::uint32_t a, std::uint32_t b) { return labels[a] < labels[b]; });
  const auto twice =
      std::adjacent_find(ranking.begin(), ranking.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return labels[a] == labels[b]; });
  if (twice == ranking.end()) return ranking;
  return absl::InvalidArgumentError(
      absl::StrCat("the label \"", labels[*twice], "\" is given twice"));
}

}  // namespace coinwake
