// The regtest sample as its node received it: set A's blocks in order of arrival, stale ones among
// them, so that a blocks folder can be had as it was at any moment, forks included.
#ifndef COINWAKE_TESTS_ACCEPTANCE_ARRIVALS_H_
#define COINWAKE_TESTS_ACCEPTANCE_ARRIVALS_H_

#include <cstddef>
#include <string>

namespace coinwake::acceptance {

std::size_t ArrivalsCount();

// How many blocks had arrived with the one whose hash (display order) begins with `prefix`.
// A prefix of no block is a test failure and gives 0.
std::size_t ArrivalsUntil(const std::string& prefix);

// Writes a node's blocks folder as it was after the first `count` arrivals; files only grow from
// call to call. Failures are test failures.
void WriteArrivals(const std::string& folder, std::size_t count);

}  // namespace coinwake::acceptance

#endif  // COINWAKE_TESTS_ACCEPTANCE_ARRIVALS_H_
