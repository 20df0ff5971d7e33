// What one request may ask of the server, and what one answer may hold. A request past a limit gets
// INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the limit in the message.
#ifndef COINWAKE_SERVER_LIMITS_H_
#define COINWAKE_SERVER_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "adverts/seeds_file.h"

namespace coinwake::server {

// Seeds of one trace, and deposit addresses of exchanges that a caller may list with it. A command
// has no such limits.
inline constexpr std::size_t kMaxSeeds = 10'000;
inline constexpr std::size_t kMaxStops = 100'000;

// A stop is 40 bytes and its entity's name, a seed as much and its label: with names of 100 bytes
// as many as are allowed take 15.4 MB.
inline constexpr int kMaxRequestBytes = 16 << 20;

// Longest text of one field: a script:HEX name of a 10,000-byte script (the longest spendable),
// with some room. Longer scripts are listed in answers but cannot be asked for.
inline constexpr std::size_t kMaxNameBytes = 20'100;
inline constexpr std::size_t kMaxLabelBytes = kMaxSeedLabelBytes;

// History entries and unspent outputs are about 150 bytes: 10,000 of them keep a page under the 4
// MiB that gRPC clients accept by default. Transactions and the names of a cluster's members may be
// large: a page of them ends before kMaxPageBytes as well, but holds at least one. (The largest
// transactions of the chain, some ten thousand outputs, can pass 4 MiB alone.)
inline constexpr std::uint32_t kDefaultPageSize = 1'000;
inline constexpr std::uint32_t kMaxPageSize = 10'000;
inline constexpr std::uint64_t kMaxPageBytes = 3 << 20;

// Control edges beside one cluster.
inline constexpr std::size_t kMaxControls = 1'000;

// An address list larger than this is a service more often than a person.
inline constexpr std::uint64_t kMaxSeedClusterSize = 10'000;

// Events of an account read, at least, in search of whom the other side of a page's dust looks
// like: a few tenths of a second. Far more than people have; without it, to page through an
// exchange's account would cost the square of its events.
inline constexpr std::uint64_t kMarksLookBack = 100'000;

inline constexpr std::uint32_t kMaxPaths = 100;

// Rates of one question for hints: hours of twenty years. In a request they take 8 MB.
inline constexpr std::size_t kMaxHintRates = 200'000;

// Holdings of a label that a trace keeps and sends unless it is told how many: while it runs they
// take up to 128 MB, under policies that keep order more.
inline constexpr std::uint64_t kDefaultHoldings = 4'000'000;
// What the holdings of all labels may take, so that some traces at once fit a small server.
inline constexpr std::uint64_t kMaxHoldingsBytes = std::uint64_t{1} << 30;

// Inputs and outputs, or links of accounts, read in search of evidence: some seconds of work.
inline constexpr std::uint64_t kMaxExplainRows = 20'000'000;
// The same around one address, before the clusters of the whole chain are computed: milliseconds
// against a pass over all transactions.
inline constexpr std::uint64_t kMaxRowsAround = 100'000;
// The same in one direction of a peel chain: more than a hundred thousand hops, seconds of work.
inline constexpr std::uint64_t kMaxPeelRows = 2'000'000;

// Defaults of `serve`, each an option there.
inline constexpr int kDefaultConcurrentTraces = 4;  // each may fill one core and its own memory
inline constexpr std::uint64_t kDefaultTraceTransactions = 20'000'000;
// Threads that answer requests; a call beyond them gets RESOURCE_EXHAUSTED at once. One connection
// cannot use them all up: its further calls wait with the caller, as HTTP/2 has it.
inline constexpr int kMaxServerThreads = 64;
inline constexpr int kMaxStreamsPerConnection = 32;
// Callers that wait for the clusters of one network, each with a thread; the nine networks' leave
// threads for everybody else.
inline constexpr int kMaxClusterWaiters = 6;
// How long calls in flight may go on after SIGTERM before they are cancelled.
inline constexpr int kDrainSeconds = 10;

}  // namespace coinwake::server

#endif  // COINWAKE_SERVER_LIMITS_H_
