// The regtest chain and the first main-chain blocks, indexed by the program into one data folder.
#ifndef COINWAKE_TESTS_CLI_SAMPLE_INDEX_H_
#define COINWAKE_TESTS_CLI_SAMPLE_INDEX_H_

#include <string>

namespace coinwake {

// Data folder with bitcoin-regtest (set A) alone, and with bitcoin (heights 0 to 4312) beside it.
// Made with the program under test when first asked for in this process; a failure ends it with the
// program's message.
const std::string& RegtestData();
const std::string& TwoNetworksData();

// A copy of RegtestData() that a test may change.
std::string CopyOfRegtestData(const std::string& name);

// A path for a file or folder of a test's own. Whatever is there goes when the process ends.
std::string ScratchPath(const std::string& name);

// The regtest node's blocks folder, unpacked. Only to be read.
const std::string& RegtestBlocks();

// In the regtest chain: its tip, a stale block, a transaction that only a stale block has, the
// first hop of a chain of 30 payments.
inline constexpr char kRegtest[] = "bitcoin-regtest";
inline constexpr char kStaleBlock[] =
    "072373da507dde7551b6138bb09a1796e1a8c459a5ec9eac18cf9e2b810bbdfe";
inline constexpr char kStaleTransaction[] =
    "2100a5a0105bba377712a7affd07fe3aee8decba9a0a6047684b9920b736a120";
inline constexpr char kPeelHop0[] =
    "6766e8b194defb0697378ea577b534ff9a28100f67fdd11a78b97a6e2accab27";
inline constexpr char kPeelHop5[] =
    "fd6b28d07716d78d08893b6c379752bb05e5175c8100336143f563e61cb38e2b";
inline constexpr char kConsolidation[] =  // 260 inputs
    "795e9465a09319e0c16fce381c40563810f1cdc157f2415ce58d48787bde120c";
inline constexpr char kOneKeyManyScripts[] =
    "60807b1cfe480d5af60df6e344809964e2aa3efb22de4eb39d969057eb2695c5";

// On the main chain: an address with seven unspent outputs.
inline constexpr char kManyUnspent[] = "12higDjoCCNXSA95xZMWUdPvXNmkAduhWv";

}  // namespace coinwake

#endif  // COINWAKE_TESTS_CLI_SAMPLE_INDEX_H_
