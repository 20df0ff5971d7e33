#include "evaluation/figure.h"

namespace coinwake::evaluation {

std::string_view FigureKindName(FigureKind kind) {
  switch (kind) {
    case FigureKind::kMeasured:
      return "measured";
    case FigureKind::kSimulated:
      return "simulated";
    case FigureKind::kAgreement:
      return "agreement";
  }
  return "unknown";
}

std::optional<FigureKind> ParseFigureKind(std::string_view name) {
  for (const FigureKind kind :
       {FigureKind::kMeasured, FigureKind::kSimulated, FigureKind::kAgreement}) {
    if (FigureKindName(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace coinwake::evaluation
