#include "indexer/ingest/chain_plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/ingest/column_rows.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kNoNode = 0xffffffff;

// A header in the tree of all headers, indexed ones and scanned ones.
struct Node {
  Hash256 hash;
  std::uint32_t parent = kNoNode;
  std::uint32_t bits = 0;
  std::uint32_t next_sibling = kNoNode;
  std::uint32_t first_child = kNoNode;
  std::uint32_t root = kNoNode;
  std::uint32_t depth = 0;  // blocks between it and its root
  bitcoin::ChainWork work;  // from its root to it
  BlockLocation where;
};

class HeaderTree {
 public:
  std::uint32_t Add(const Hash256& hash, std::uint32_t bits) {
    const auto [at, added] = by_hash_.try_emplace(hash, static_cast<std::uint32_t>(nodes_.size()));
    if (added) {
      Node node;
      node.hash = hash;
      node.bits = bits;
      nodes_.push_back(node);
    }
    return at->second;
  }
  std::uint32_t Find(const Hash256& hash) const {
    const auto at = by_hash_.find(hash);
    return at == by_hash_.end() ? kNoNode : at->second;
  }
  Node& operator[](std::uint32_t node) { return nodes_[node]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }

  // Gives each node its root, depth and work, parents before children.
  void Grow() {
    std::vector<std::uint32_t> to_visit;
    for (std::uint32_t i = 0; i < size(); ++i) {
      const std::uint32_t parent = nodes_[i].parent;
      if (parent == kNoNode) {
        nodes_[i].root = i;
        nodes_[i].work = bitcoin::WorkOfBits(nodes_[i].bits);
        to_visit.push_back(i);
      } else {
        nodes_[i].next_sibling = nodes_[parent].first_child;
        nodes_[parent].first_child = i;
      }
    }
    while (!to_visit.empty()) {
      const std::uint32_t parent = to_visit.back();
      to_visit.pop_back();
      for (std::uint32_t child = nodes_[parent].first_child; child != kNoNode;
           child = nodes_[child].next_sibling) {
        nodes_[child].root = nodes_[parent].root;
        nodes_[child].depth = nodes_[parent].depth + 1;
        nodes_[child].work = nodes_[parent].work + bitcoin::WorkOfBits(nodes_[child].bits);
        to_visit.push_back(child);
      }
    }
  }

 private:
  std::vector<Node> nodes_;
  absl::flat_hash_map<Hash256, std::uint32_t> by_hash_;
};

// The indexed chain, as nodes; returns the node of each block.
absl::StatusOr<std::vector<std::uint32_t>> AddIndexed(IndexWriter& index, HeaderTree* tree) {
  std::vector<std::uint32_t> nodes;
  const std::uint64_t blocks = index.committed().blocks;
  nodes.reserve(blocks);
  ColumnRows hashes(index.column(ColumnId::kBlockHash), 32);
  ColumnRows headers(index.column(ColumnId::kBlockHeader), 80);
  for (std::uint64_t block = 0; block < blocks; ++block) {
    Hash256 hash;
    COINWAKE_ASSIGN_OR_RETURN(const ByteSpan hash_row, hashes.Row(block));
    std::copy(hash_row.begin(), hash_row.end(), hash.bytes.begin());
    COINWAKE_ASSIGN_OR_RETURN(const ByteSpan header_row, headers.Row(block));
    const bitcoin::BlockHeader header = bitcoin::ParseHeader(header_row);
    const std::uint32_t node = tree->Add(hash, header.bits);
    if (!nodes.empty()) (*tree)[node].parent = nodes.back();
    nodes.push_back(node);
  }
  return nodes;
}

// `first_indexed` keeps no parent: a window begins there, whatever else the folder holds.
void AddScanned(const FolderScan& scan, std::uint32_t first_indexed, HeaderTree* tree) {
  for (const ScannedBlock& block : scan.blocks) {
    (*tree)[tree->Add(block.hash, block.bits)].where = block.where;
  }
  for (const ScannedBlock& block : scan.blocks) {
    const std::uint32_t node = tree->Find(block.hash);
    if (node == first_indexed || (*tree)[node].parent != kNoNode) continue;
    (*tree)[node].parent = tree->Find(block.prev);
  }
}

// The leaf with most work in the tree of `root`; any root when it is kNoNode.
std::uint32_t BestLeaf(HeaderTree& tree, std::uint32_t root, std::uint32_t indexed_tip) {
  std::uint32_t best = kNoNode;
  for (std::uint32_t i = 0; i < tree.size(); ++i) {
    if (root != kNoNode && tree[i].root != root) continue;
    if (best == kNoNode || tree[best].work < tree[i].work) {
      best = i;
    } else if (!(tree[i].work < tree[best].work) && best != indexed_tip &&
               (i == indexed_tip || tree[i].hash < tree[best].hash)) {
      best = i;
    }
  }
  return best;
}

// The height of a window's first block: as asked, or as BIP34 has it in the coinbase.
absl::StatusOr<std::uint64_t> WindowHeight(FileSystem& files, const FolderScan& scan,
                                           const Node& first,
                                           std::optional<std::uint64_t> from_height) {
  std::vector<std::uint8_t> bytes;
  COINWAKE_RETURN_IF_ERROR(ReadBlockAt(files, scan, first.where, &bytes));
  bitcoin::ParsedBlock block;
  COINWAKE_RETURN_IF_ERROR(bitcoin::ParseBlock(bytes, &block));
  std::optional<std::uint64_t> told;
  if (block.header.version >= 2 && !block.inputs.empty()) {
    told = bitcoin::CoinbaseHeight(block.inputs[0].script_sig);
  }
  if (from_height) {
    if (told && *told != *from_height && block.header.version >= 4) {
      return absl::InvalidArgumentError(
          absl::StrCat("--from-height ", *from_height, ": the first block of the folder, ",
                       first.hash.ToDisplayHex(), ", says that its height is ", *told));
    }
    return *from_height;
  }
  if (!told) {
    return absl::InvalidArgumentError(absl::StrCat(
        scan.folder, ": holds no genesis block, and the first block, ", first.hash.ToDisplayHex(),
        ", does not tell its height; name it with --from-height"));
  }
  return *told;
}

void CollectStale(HeaderTree& tree, std::uint32_t root, const std::vector<bool>& on_best,
                  ChainPlan* plan) {
  for (std::uint32_t i = 0; i < tree.size(); ++i) {
    const Node& node = tree[i];
    if (node.root != root) {
      ++plan->detached_blocks;
    } else if (!on_best[i] && node.where.file != kNone32) {
      plan->stale.push_back({node.hash, plan->from_height + node.depth, node.where});
    }
  }
  std::sort(plan->stale.begin(), plan->stale.end(),
            [](const StalePlan& a, const StalePlan& b) { return a.hash < b.hash; });
}

}  // namespace

std::string Describe(const FolderScan& scan, const BlockLocation& where) {
  if (where.file >= scan.files.size()) return "a block not in the folder";
  return absl::StrCat(scan.files[where.file].path, " at offset ", where.offset);
}

absl::Status BlockError(const FolderScan& scan, const BlockLocation& where, const Hash256& hash,
                        const absl::Status& why) {
  return absl::Status(
      why.code(),
      absl::StrCat(Describe(scan, where), ": block ", hash.ToDisplayHex(), ": ", why.message(),
                   "; let the node fetch this block again and run once more"));
}

absl::Status ReadBlockAt(FileSystem& files, const FolderScan& scan, const BlockLocation& where,
                         std::vector<std::uint8_t>* bytes) {
  if (where.file >= scan.files.size()) {
    return absl::NotFoundError("a block of the best chain is in no file of the folder any more");
  }
  COINWAKE_ASSIGN_OR_RETURN(const auto file,
                            files.Open(scan.files[where.file].path, OpenMode::kRead));
  bytes->resize(where.size_bytes);
  COINWAKE_ASSIGN_OR_RETURN(const std::size_t got, file->ReadAt(where.offset, *bytes));
  if (got != bytes->size()) {
    return absl::DataLossError(
        absl::StrCat(Describe(scan, where), ": the file was cut short while it was being read"));
  }
  scan.xor_key.Apply(where.offset, *bytes);
  return absl::OkStatus();
}

absl::StatusOr<ChainPlan> PlanChain(FileSystem& files, const FolderScan& scan, IndexWriter& index,
                                    std::optional<std::uint64_t> until_height,
                                    std::optional<std::uint64_t> from_height) {
  HeaderTree tree;
  COINWAKE_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> indexed, AddIndexed(index, &tree));
  AddScanned(scan, indexed.empty() ? kNoNode : indexed.front(), &tree);
  tree.Grow();

  ChainPlan plan;
  const std::uint32_t genesis = tree.Find(bitcoin::ParamsOf(scan.network).genesis_hash);
  const std::uint32_t indexed_tip = indexed.empty() ? kNoNode : indexed.back();
  const std::uint32_t wanted_root = indexed.empty() ? genesis : indexed.front();
  const std::uint32_t tip = BestLeaf(tree, wanted_root, indexed_tip);
  const std::uint32_t root = tree[tip].root;
  if (indexed.empty()) {
    plan.complete_history = root == genesis;
    if (!plan.complete_history) {
      COINWAKE_ASSIGN_OR_RETURN(plan.from_height,
                                WindowHeight(files, scan, tree[root], from_height));
    }
  } else {
    plan.complete_history = index.committed().complete_history;
    plan.from_height = index.committed().from_height;
    if (from_height && *from_height != plan.from_height) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--from-height ", *from_height, ": the index begins at height ", plan.from_height));
    }
  }

  std::vector<bool> on_best(tree.size(), false);
  std::vector<std::uint32_t> path;
  for (std::uint32_t node = tip; node != kNoNode; node = tree[node].parent) {
    on_best[node] = true;
    path.push_back(node);
  }
  std::reverse(path.begin(), path.end());
  while (plan.keep_blocks < indexed.size() && plan.keep_blocks < path.size() &&
         indexed[plan.keep_blocks] == path[plan.keep_blocks]) {
    ++plan.keep_blocks;
  }
  for (std::size_t i = plan.keep_blocks; i < path.size(); ++i) {
    if (until_height && plan.from_height + i > *until_height) break;
    plan.append.push_back({tree[path[i]].hash, tree[path[i]].where});
  }
  CollectStale(tree, root, on_best, &plan);
  if (plan.detached_blocks != 0) {
    plan.warnings.push_back(
        absl::StrCat(plan.detached_blocks, " blocks connect to no block of the chain indexed"));
  }
  return plan;
}

}  // namespace coinwake
