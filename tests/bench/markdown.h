// Tables in Markdown.
#ifndef COINWAKE_TESTS_BENCH_MARKDOWN_H_
#define COINWAKE_TESTS_BENCH_MARKDOWN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "evaluation/figure.h"

namespace coinwake::bench {

// "0.9500 [0.9100, 0.9700]"; "-" where there is no figure.
inline std::string Cell(const std::optional<evaluation::Figure>& figure) {
  if (!figure.has_value()) return "-";
  if (!figure->interval.has_value()) return absl::StrFormat("%.4f", figure->value);
  return absl::StrFormat("%.4f [%.4f, %.4f]", figure->value, figure->interval->low,
                         figure->interval->high);
}

inline std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) absl::StrAppend(&row, " ", cell, " |");
  return row + "\n";
}

inline std::string Head(const std::vector<std::string>& titles) {
  std::string line = "|";
  for (std::size_t i = 0; i < titles.size(); ++i) line += "---|";
  return Row(titles) + line + "\n";
}

}  // namespace coinwake::bench

#endif  // COINWAKE_TESTS_BENCH_MARKDOWN_H_
