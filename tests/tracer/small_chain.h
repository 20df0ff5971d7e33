// A chain described in a few lines and indexed for real, for tests of the tracer.
#ifndef COINWAKE_TESTS_TRACER_SMALL_CHAIN_H_
#define COINWAKE_TESTS_TRACER_SMALL_CHAIN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/view/view.h"
#include "tests/support/fault_file_system.h"
#include "tests/tracer/reference_trace.h"
#include "tracer/trace.h"

namespace coinwake {

inline constexpr Policy kPolicies[] = {Policy::kPoison, Policy::kHaircut, Policy::kFifo,
                                       Policy::kLifo,   Policy::kTiho,    Policy::kTifo,
                                       Policy::kCifo,   Policy::kTiso};
inline constexpr Policy kOrderedPolicies[] = {Policy::kFifo, Policy::kLifo, Policy::kTiho,
                                              Policy::kTifo, Policy::kCifo, Policy::kTiso};

// What a transaction creates; an empty name is an address of its own, "OP_RETURN" cannot be spent.
struct ChainOutput {
  std::uint64_t value = 0;
  std::string to;
};
// What it spends: output `vout` of transaction `tx`, counted from 0 over the chain; or coins from
// before the chain, of known or unknown value.
struct ChainInput {
  enum class Kind : std::uint8_t { kOutput, kForeign, kUnresolved };
  std::uint64_t tx = 0;
  std::uint32_t vout = 0;
  Kind kind = Kind::kOutput;
  std::uint64_t value = 0;  // kForeign
};

// Network regtest. Not thread-safe.
class SmallChain {
 public:
  // With `window_from` the chain starts at that height and inputs may come from before it; else
  // transaction 0 is a genesis of 50 coins and the first block added has height 1.
  explicit SmallChain(std::optional<std::uint64_t> window_from = std::nullopt);
  ~SmallChain();

  // Begins a block; returns the coinbase's number. Call first.
  std::uint64_t Block(const std::vector<ChainOutput>& coinbase);
  // Adds a transaction to the last block; returns its number.
  std::uint64_t Add(const std::vector<ChainInput>& inputs, const std::vector<ChainOutput>& outputs);
  // Begins a block whose coinbase has the txid of an earlier one and overwrites it (BIP30).
  std::uint64_t Duplicate(std::uint64_t coinbase, const std::vector<ChainOutput>& outputs);

  // Indexes what was described; nothing can be added after. Fails the test when it cannot.
  const View& Build();

  // Where the index was built, in memory; the data folder is "/data". To be cloned and damaged.
  const FaultFileSystem& files() const;

  OutputNum Output(std::uint64_t tx, std::uint32_t vout) const;
  AddressNum Address(const std::string& name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Traces with RunTrace and with the twin and expects the same lines, in the same order; but under
// poison also that every label adds up and that no output holds more than its value. Returns
// what RunTrace sent.
TraceLines TraceBoth(const View& view, const TraceRequest& request);

// "60*X 40*-" of what an output holds; "" for nothing. REQUIRES: request.all_outputs,
// KeepsOrder(request.policy).
std::string RunsAt(const TraceLines& lines, const TraceRequest& request, OutputNum output);
// Taint of a label at an output, exact decimal; "0" for none.
std::string TaintAt(const TraceLines& lines, const TraceRequest& request, OutputNum output,
                    const std::string& label);
// The sum of a sink, exact decimal.
std::string SinkOf(const TraceLines& lines, const TraceRequest& request, const std::string& label,
                   SinkKind kind);
// The same of one stop.
std::string StoppedAt(const TraceLines& lines, const TraceRequest& request,
                      const std::string& label, const Stop& stop);

}  // namespace coinwake

#endif  // COINWAKE_TESTS_TRACER_SMALL_CHAIN_H_
