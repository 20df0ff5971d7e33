// Whether tests that sample by default (bytes to flip, operations to fail) take every case instead:
// minutes rather than seconds, as scripts/test --deep asks for.
#ifndef COINWAKE_TESTS_SUPPORT_EXHAUSTIVE_H_
#define COINWAKE_TESTS_SUPPORT_EXHAUSTIVE_H_

#include <cstdlib>

namespace coinwake {

inline bool Exhaustive() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in a test changes the environment.
  return std::getenv("COINWAKE_EXHAUSTIVE") != nullptr;
}

}  // namespace coinwake

#endif  // COINWAKE_TESTS_SUPPORT_EXHAUSTIVE_H_
