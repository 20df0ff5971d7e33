#include "tests/ingest/node_blocks.h"

#include "indexer/base/check.h"
#include "indexer/tron_source/messages.h"
#include "tron/receipt.pb.h"

namespace coinwake {

std::vector<tron::TestBlock> NodeBlocksOf(std::span<const synthetic::TronBlock> blocks) {
  std::vector<tron::TestBlock> made;
  for (const synthetic::TronBlock& block : blocks) {
    tron::TestBlock& node = made.emplace_back();
    node.number = block.number;
    node.id = block.id;
    node.block = block.bytes;
    node.ret = block.receipts;
    tron::wire::TransactionRet ret;
    COINWAKE_CHECK(ret.ParseFromString(block.receipts));
    for (const auto& info : ret.transaction_info()) {
      node.infos.push_back(info.SerializeAsString());
      tron::AppendInfo(node.infos.back(), &node.info_list);
    }
  }
  return made;
}

}  // namespace coinwake
