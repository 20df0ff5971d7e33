// Writes parsed records back to Bitcoin's wire form: the obvious twin of the decoder.
#ifndef COINWAKE_TESTS_FUZZ_BITCOIN_WIRE_H_
#define COINWAKE_TESTS_FUZZ_BITCOIN_WIRE_H_

#include <cstdint>
#include <vector>

#include "indexer/bitcoin/block.h"

namespace coinwake::bitcoin {

class WireWriter {
 public:
  template <typename T>
  void Number(T value) {
    std::uint8_t bytes[sizeof(T)];
    StoreLe(bytes, value);
    Bytes(bytes);
  }
  void Bytes(ByteSpan bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void CompactSize(std::uint64_t value) {
    if (value < 0xfd) return Number(static_cast<std::uint8_t>(value));
    if (value <= 0xffff) {
      Number(std::uint8_t{0xfd});
      return Number(static_cast<std::uint16_t>(value));
    }
    if (value <= 0xffffffff) {
      Number(std::uint8_t{0xfe});
      return Number(static_cast<std::uint32_t>(value));
    }
    Number(std::uint8_t{0xff});
    Number(value);
  }
  void Transaction(const ParsedBlock& block, const ParsedTransaction& transaction,
                   bool with_witness) {
    with_witness &= transaction.has_witness;
    Number(transaction.version);
    if (with_witness) Bytes(std::vector<std::uint8_t>{0, 1});
    CompactSize(transaction.inputs_count);
    for (const ParsedInput& input : block.InputsOf(transaction)) {
      Bytes(input.outpoint);
      CompactSize(input.script_sig.size());
      Bytes(input.script_sig);
      Number(input.sequence);
    }
    CompactSize(transaction.outputs_count);
    for (const ParsedOutput& output : block.OutputsOf(transaction)) {
      Number(output.value);
      CompactSize(output.script.size());
      Bytes(output.script);
    }
    if (with_witness) {
      for (const ParsedInput& input : block.InputsOf(transaction)) {
        CompactSize(input.witness_items_count);
        for (const ByteSpan item : block.WitnessOf(input)) {
          CompactSize(item.size());
          Bytes(item);
        }
      }
    }
    Number(transaction.locktime);
  }
  void Header(const BlockHeader& header) {
    Number(header.version);
    Bytes(header.prev.bytes);
    Bytes(header.merkle_root.bytes);
    Number(header.time);
    Number(header.bits);
    Number(header.nonce);
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace coinwake::bitcoin

#endif  // COINWAKE_TESTS_FUZZ_BITCOIN_WIRE_H_
