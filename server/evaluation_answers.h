// Clusters held against owners known from outside.
#ifndef COINWAKE_SERVER_EVALUATION_ANSWERS_H_
#define COINWAKE_SERVER_EVALUATION_ANSWERS_H_

#include <string>
#include <vector>

#include "evaluation/figure.h"
#include "evaluation/interval.h"
#include "heuristics/cluster.h"
#include "indexer/base/cancellation.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"

namespace coinwake::v1 {
class Evaluation;
}

namespace coinwake::server {

struct OpenNetwork;

// Of the truth.
struct TrueOwner {
  std::string address;
  std::string owner;
};

// How the owners were known, where nobody says it: on a network of one's own (regtest,
// tron-private) the chain was made, and with it its owners; on others they are known from outside.
evaluation::FigureKind FigureKindOn(Network network);

// Fills everything but truth_sha256 and passed_over, which are of the file, on either chain. Has
// the whole partition built. `kind` is what figures are marked with. The same owners in any order
// give the same answer. kInvalidArgument:
// an address is none of this network. kDataLoss: an address is said to have two owners, or the
// index is damaged. kNotFound: none of the addresses was ever seen. `cancellation` may be null.
// `answer` must be empty on entry and is meaningless after an error.
absl::Status AnswerEvaluation(OpenNetwork& open, const std::vector<TrueOwner>& truth,
                              Profile profile, evaluation::FigureKind kind,
                              const evaluation::BootstrapOptions& options,
                              const Cancellation* cancellation, v1::Evaluation* answer);

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_EVALUATION_ANSWERS_H_
