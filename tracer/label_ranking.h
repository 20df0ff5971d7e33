// The order in which a trace takes its labels: that of their bytes.
#ifndef COINWAKE_TRACER_LABEL_RANKING_H_
#define COINWAKE_TRACER_LABEL_RANKING_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "indexer/base/status.h"

namespace coinwake {

// Indexes into `labels`, by rank. kInvalidArgument: a label is there twice.
absl::StatusOr<std::vector<std::uint32_t>> RankLabels(std::span<const std::string> labels);

}  // namespace coinwake

#endif  // COINWAKE_TRACER_LABEL_RANKING_H_
