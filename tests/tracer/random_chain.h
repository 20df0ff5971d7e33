// Random small chains and random requests over them. Same seed, same chain.
#ifndef COINWAKE_TESTS_TRACER_RANDOM_CHAIN_H_
#define COINWAKE_TESTS_TRACER_RANDOM_CHAIN_H_

#include <cstdint>
#include <memory>
#include <random>

#include "tests/tracer/small_chain.h"

namespace coinwake {

struct RandomChainOptions {
  std::uint64_t blocks = 8;
  std::uint64_t transactions_a_block = 5;  // at most
  std::uint64_t addresses = 0;             // reused names; 0: an address for each output
  std::uint64_t most_value = 1'000;        // satoshi, of a coin
  bool window = false;                     // inputs from before, known and unknown
};

// Spends within a block, empty outputs, OP_RETURNs, fees of 0 and more, coinbases spent at once.
std::unique_ptr<SmallChain> MakeRandomChain(std::mt19937_64& random,
                                            const RandomChainOptions& options);

// Up to four labels and eight seeds anywhere on the chain; every option now and then.
TraceRequest MakeRandomRequest(std::mt19937_64& random, const View& view);

// One address in `one_in` stops, at one of three entities.
TestStops MakeRandomStops(std::mt19937_64& random, const View& view, std::uint64_t one_in);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_RANDOM_CHAIN_H_
