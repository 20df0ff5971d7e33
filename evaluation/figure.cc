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

}  // namespace coinwake::evaluation
