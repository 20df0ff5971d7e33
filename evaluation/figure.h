// A rate that was found out somehow, with how.
//
// Rates are the one thing here that is in floating point: no value and no taint is. They come from
// whole numbers by one division (a root, in Wilson's interval), in a fixed order, and are shown
// with six decimals at most.
#ifndef COINWAKE_EVALUATION_FIGURE_H_
#define COINWAKE_EVALUATION_FIGURE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace coinwake::evaluation {

// How the truth was known. Only a measured figure may be quoted as an error rate.
enum class FigureKind : std::uint8_t {
  kMeasured = 1,   // owners known from outside: published by them, seized, or an emulation's own
  kSimulated = 2,  // of a generated chain, which is as easy or hard as it was made
  kAgreement = 3,  // with another tool's rules, which may be wrong in the same way
};
std::string_view FigureKindName(FigureKind kind);  // "measured", "simulated", "agreement"
std::optional<FigureKind> ParseFigureKind(std::string_view name);

// A 95 % confidence interval.
struct Interval {
  double low = 0;
  double high = 0;
};

struct Figure {
  double value = 0;
  std::optional<Interval> interval;
  FigureKind kind = FigureKind::kSimulated;
};

}  // namespace coinwake::evaluation

#endif  // COINWAKE_EVALUATION_FIGURE_H_
