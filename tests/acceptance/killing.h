// Killing the indexing program at random moments until a run comes to its end.
#ifndef COINWAKE_TESTS_ACCEPTANCE_KILLING_H_
#define COINWAKE_TESTS_ACCEPTANCE_KILLING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/network.h"

namespace coinwake::acceptance {

// Runs the program with `arguments`, which make it tell of commits in JSON, and kills it some
// milliseconds after its start or after it told of a commit; again and again, until a run ends by
// itself. After each kill the index of `network` in `data_folder` is opened and verified, and is at
// least as high as the program had told. Gives the number of kills; appends to `heights`, unless it
// is null, how high the index was after each that left one.
int KillUntilDone(const std::vector<std::string>& arguments, const std::string& data_folder,
                  Network network, std::uint64_t seed,
                  std::vector<std::uint64_t>* heights = nullptr);

}  // namespace coinwake::acceptance

#endif  // COINWAKE_TESTS_ACCEPTANCE_KILLING_H_
