// The Tron fixtures (tests/data/tron, ORIGIN.md there) as tests read them.
#ifndef COINWAKE_TESTS_TRON_FIXTURE_H_
#define COINWAKE_TESTS_TRON_FIXTURE_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/network.h"

namespace coinwake::tron {

// A whole block: the HTTP API's JSON and the protobuf bytes.
struct BlockFixture {
  std::string name;  // below tests/data/tron, without .json and .bin
  Network network = Network::kTron;
};
// All of them; genesis is not among them, because it has no JSON.
const std::vector<BlockFixture>& BlockFixtures();

// A file below tests/data/tron, inflated where it is compressed. A fixture that cannot be read ends
// the program.
std::vector<std::uint8_t> FixtureBytes(const std::string& path);
std::string FixtureText(const std::string& path);
nlohmann::json FixtureJson(const std::string& path);

// Ends the program on what is no hex.
std::vector<std::uint8_t> Hex(std::string_view hex);

}  // namespace coinwake::tron

#endif  // COINWAKE_TESTS_TRON_FIXTURE_H_
