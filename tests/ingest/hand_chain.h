// Tron blocks of any messages, however odd, for tests of what TronChainBuilder cannot say.
#ifndef COINWAKE_TESTS_INGEST_HAND_CHAIN_H_
#define COINWAKE_TESTS_INGEST_HAND_CHAIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/hash.h"
#include "indexer/tron/contract.h"
#include "tests/support/tron_chain_builder.h"
#include "tron/block.pb.h"
#include "tron/receipt.pb.h"

namespace coinwake {

class HandChain {
 public:
  // Block 0 is there, and gives nobody anything.
  HandChain();

  // Adds a transaction of one contract to the block under way, with `info` for its receipt, whose
  // id and block are filled in. The id.
  template <typename Message>
  Hash256 Add(tron::ContractType type, const Message& message,
              const tron::wire::TransactionInfo& info = {}) {
    return AddBytes(static_cast<std::int32_t>(type),
                    "type.googleapis.com/protocol." + tron::ContractTypeName(type),
                    message.SerializeAsString(), info);
  }
  Hash256 AddBytes(std::int32_t type, const std::string& type_url, const std::string& parameter,
                   const tron::wire::TransactionInfo& info = {});
  // Closes it, `after_ms` after the one before.
  void NextBlock(std::int64_t after_ms = 3'000);
  const std::vector<synthetic::TronBlock>& blocks() const { return blocks_; }

 private:
  tron::wire::Block block_;
  tron::wire::TransactionRet ret_;
  std::vector<Hash256> leaves_;
  std::int64_t time_ms_ = 0;
  std::vector<synthetic::TronBlock> blocks_;
};

}  // namespace coinwake

#endif  // COINWAKE_TESTS_INGEST_HAND_CHAIN_H_
