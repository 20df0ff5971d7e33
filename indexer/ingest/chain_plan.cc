#include "indexer/ingest/chain_plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/block.h"
#include "indexer/bitcoin/network_params.h"
#include "indexer/ingest/column_rows.h"
#include "indexer/ingest/prepared_block.h"

namespace coinwake {
namespace {

constexpr std::uint32_t kNoNode = 0xffffffff;
constexpr std::uint32_t kNoWorkBits = 0;

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
  bool checked = false;  // its body was read and is good
  bool damaged = false;
  bool left_out = false;  // damaged, or on top of one that is
};

class HeaderTree {
 public:
  explicit HeaderTree(std::size_t most) {
    nodes_.reserve(most);
    by_hash_.reserve(most);
  }

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

  // Takes a node whose body is damaged, and all on top of it, out of the choice.
  void LeaveOut(std::uint32_t damaged) {
    nodes_[damaged].damaged = true;
    std::vector<std::uint32_t> to_visit = {damaged};
    while (!to_visit.empty()) {
      Node& node = nodes_[to_visit.back()];
      to_visit.pop_back();
      node.left_out = true;
      for (std::uint32_t child = node.first_child; child != kNoNode;
           child = nodes_[child].next_sibling) {
        to_visit.push_back(child);
      }
    }
  }

 private:
  std::vector<Node> nodes_;
  absl::flat_hash_map<Hash256, std::uint32_t> by_hash_;
};

// The indexed chain, as nodes; returns the node of each block. A window's first block stands on
// `window_parent`, which is left as it is when there is none.
absl::StatusOr<std::vector<std::uint32_t>> AddIndexed(IndexWriter& index, HeaderTree* tree,
                                                      std::uint32_t* window_parent) {
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
    // What a window stands on is known by hash alone; rivals of its first block stand on it too.
    if (block == 0 && !index.committed().complete_history) {
      *window_parent = tree->Add(header.prev, kNoWorkBits);
    }
  }
  return nodes;
}

// `first_indexed` keeps no parent: a window begins there, whatever else the folder holds.
void AddScanned(const FolderScan& scan, std::uint32_t first_indexed, HeaderTree* tree) {
  for (const ScannedBlock& block : scan.blocks) {
    Node& node = (*tree)[tree->Add(block.hash, block.bits)];
    node.bits = block.bits;
    node.where = block.where;
  }
  for (const ScannedBlock& block : scan.blocks) {
    const std::uint32_t node = tree->Find(block.hash);
    if (node == first_indexed || (*tree)[node].parent != kNoNode) continue;
    (*tree)[node].parent = tree->Find(block.prev);
  }
}

// The leaf with most work in the tree of `root`, of any root when it is kNoNode, that is not left
// out.
std::uint32_t BestLeaf(HeaderTree& tree, std::uint32_t root, std::uint32_t indexed_tip) {
  std::uint32_t best = kNoNode;
  for (std::uint32_t i = 0; i < tree.size(); ++i) {
    if (tree[i].left_out || (root != kNoNode && tree[i].root != root)) continue;
    const bool wins = best == kNoNode || tree[best].work < tree[i].work ||
                      (!(tree[i].work < tree[best].work) && best != indexed_tip &&
                       (i == indexed_tip || tree[i].hash < tree[best].hash));
    if (wins) best = i;
  }
  return best;
}

// From here on all coinbases of main net tell their height (BIP90).
constexpr std::uint64_t kBip34MainNetHeight = 227'931;

// What a block's coinbase says of its height.
struct ToldHeight {
  std::uint64_t height = kNone64;  // kNone64: nothing
  std::int32_t version = 0;        // of the block
};

absl::StatusOr<ToldHeight> ReadHeight(FileSystem& files, const FolderScan& scan, const Node& node) {
  PreparedBlock block;
  COINWAKE_RETURN_IF_ERROR(LoadBlock(files, scan, node.hash, node.where, &block));
  ToldHeight told;
  told.version = block.parsed.header.version;
  if (told.version < 2) return told;
  const auto height = bitcoin::CoinbaseHeight(block.parsed.inputs[0].script_sig);
  if (height) told.height = *height;
  return told;
}

class Planner {
 public:
  Planner(FileSystem& files, const FolderScan& scan, IndexWriter& index,
          std::optional<std::uint64_t> until_height, std::optional<std::uint64_t> from_height)
      : files_(files),
        scan_(scan),
        index_(index),
        until_height_(until_height),
        from_height_(from_height),
        tree_(std::max<std::uint64_t>(scan.blocks.size(), index.committed().blocks)) {}

  absl::StatusOr<ChainPlan> Run() {
    COINWAKE_ASSIGN_OR_RETURN(indexed_, AddIndexed(index_, &tree_, &window_parent_));
    AddScanned(scan_, indexed_.empty() ? kNoNode : indexed_.front(), &tree_);
    tree_.Grow();
    COINWAKE_RETURN_IF_ERROR(FindBestPath());
    COINWAKE_RETURN_IF_ERROR(CheckFolderFitsIndex());
    COINWAKE_RETURN_IF_ERROR(SetHeights());
    plan_.append.reserve(path_.size() - plan_.keep_blocks);
    for (std::size_t i = plan_.keep_blocks; i < path_.size(); ++i) {
      if (until_height_ && plan_.from_height + i > *until_height_) break;
      plan_.append.push_back({tree_[path_[i]].hash, tree_[path_[i]].where});
    }
    WarnOfBlocksPastUntil();
    CollectOthers();
    return std::move(plan_);
  }

 private:
  // Sets path_ and keep_blocks. A branch that takes the place of indexed blocks must first show
  // that its own can be read, or a damaged one would cost the index what it has.
  absl::Status FindBestPath() {
    genesis_ = tree_.Find(bitcoin::ParamsOf(scan_.network).genesis_hash);
    const std::uint32_t root = indexed_.empty() ? genesis_ : indexed_.front();
    const std::uint32_t indexed_tip = indexed_.empty() ? kNoNode : indexed_.back();
    for (bool sound = false; !sound;) {
      path_.clear();
      for (std::uint32_t node = BestLeaf(tree_, root, indexed_tip); node != kNoNode;
           node = tree_[node].parent) {
        path_.push_back(node);
      }
      std::reverse(path_.begin(), path_.end());
      const auto fork =
          std::mismatch(indexed_.begin(), indexed_.end(), path_.begin(), path_.end()).first;
      plan_.keep_blocks = static_cast<std::uint64_t>(fork - indexed_.begin());
      sound = fork == indexed_.end();
      if (!sound) {
        COINWAKE_ASSIGN_OR_RETURN(sound, BranchIsSound());
      }
    }
    return absl::OkStatus();
  }

  // Reads the blocks of path_ after those kept, up to where they hold more work than the indexed
  // chain: however it goes on from there, the index is better off. False when one is damaged, which
  // then is left out.
  absl::StatusOr<bool> BranchIsSound() {
    const bitcoin::ChainWork work_to_beat = tree_[indexed_.back()].work;
    PreparedBlock block;
    for (std::size_t i = plan_.keep_blocks; i < path_.size(); ++i) {
      Node& node = tree_[path_[i]];
      if (!node.checked) {
        const absl::Status loaded = LoadBlock(files_, scan_, node.hash, node.where, &block);
        if (absl::IsDataLoss(loaded)) {
          tree_.LeaveOut(path_[i]);
          plan_.warnings.push_back(
              absl::StrCat("a branch with more work is not followed: ", loaded.message()));
          return false;
        }
        COINWAKE_RETURN_IF_ERROR(loaded);
        node.checked = true;
      }
      if (work_to_beat < node.work) break;
    }
    return true;
  }

  // A folder that shares nothing with the index, or whose best chain leaves before the index
  // begins, is another chain's: going on would show an index that is behind for one that is up to
  // date.
  absl::Status CheckFolderFitsIndex() {
    if (indexed_.empty()) return absl::OkStatus();
    bool connects = false;
    for (std::uint32_t i = 0; i < tree_.size() && !connects; ++i) {
      connects = tree_[i].where.file != kNone32 && tree_[i].root == indexed_.front();
    }
    if (window_parent_ != kNoNode) {
      const Node& parent = tree_[window_parent_];
      const Node& rival = tree_[BestLeaf(tree_, parent.root, kNoNode)];
      connects = connects && !(parent.work + tree_[path_.back()].work < rival.work);
    }
    if (connects) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(scan_.folder, ": its best chain shares no block with the index in ",
                     index_.folder(), "; index it into another --data folder"));
  }

  absl::Status SetHeights() {
    if (indexed_.empty()) {
      plan_.complete_history = path_.front() == genesis_;
      if (!plan_.complete_history) {
        COINWAKE_ASSIGN_OR_RETURN(plan_.from_height, WindowHeight());
      } else if (from_height_.value_or(0) != 0) {
        return absl::InvalidArgumentError(
            absl::StrCat("--from-height ", *from_height_, ": ", scan_.folder,
                         " begins with the genesis block, whose height is 0"));
      }
    } else {
      plan_.complete_history = index_.committed().complete_history;
      plan_.from_height = index_.committed().from_height;
      if (from_height_ && *from_height_ != plan_.from_height) {
        return absl::InvalidArgumentError(absl::StrCat(
            "--from-height ", *from_height_, ": the index begins at height ", plan_.from_height));
      }
      COINWAKE_RETURN_IF_ERROR(CheckWindowHeight());
    }
    if (until_height_ && *until_height_ < plan_.from_height) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--until ", *until_height_, ": ", indexed_.empty() ? scan_.folder : index_.folder(),
          " begins at height ", plan_.from_height));
    }
    return absl::OkStatus();
  }

  // A window's height was told once, perhaps wrongly: the blocks down to genesis prove it.
  absl::Status CheckWindowHeight() {
    if (window_parent_ == kNoNode || tree_[window_parent_].root != genesis_) {
      return absl::OkStatus();
    }
    const std::uint64_t height = std::uint64_t{tree_[window_parent_].depth} + 1;
    if (height == plan_.from_height) return absl::OkStatus();
    return absl::FailedPreconditionError(absl::StrCat(
        index_.folder(), ": begins at height ", plan_.from_height, ", but its first block, ",
        tree_[indexed_.front()].hash.ToDisplayHex(), ", has height ", height, " in ", scan_.folder,
        ", so all its heights are wrong; index again into an empty --data folder, the same blocks ",
        "alone with --from-height ", height));
  }

  // The height of a window's first block: as asked, or as BIP34 has it in the coinbase. Blocks
  // older than the rule hold anything there that may look like a height: the next block must agree.
  absl::StatusOr<std::uint64_t> WindowHeight() {
    const Node& first = tree_[path_.front()];
    COINWAKE_ASSIGN_OR_RETURN(ToldHeight told, ReadHeight(files_, scan_, first));
    if (told.height != kNone64 && path_.size() > 1) {
      COINWAKE_ASSIGN_OR_RETURN(const ToldHeight next, ReadHeight(files_, scan_, tree_[path_[1]]));
      if (next.height != told.height + 1) told.height = kNone64;
    }
    if (from_height_) {
      if (*from_height_ == 0) {
        return absl::InvalidArgumentError(
            absl::StrCat("--from-height 0: the first block of the folder, ",
                         first.hash.ToDisplayHex(), ", is not the genesis block"));
      }
      // One block alone that may be older than the rule proves nothing.
      const bool is_sure =
          told.version >= 4 || path_.size() > 1 || told.height >= kBip34MainNetHeight;
      if (told.height != kNone64 && told.height != *from_height_ && is_sure) {
        return absl::InvalidArgumentError(
            absl::StrCat("--from-height ", *from_height_, ": the first block of the folder, ",
                         first.hash.ToDisplayHex(), ", says that its height is ", told.height));
      }
      return *from_height_;
    }
    if (told.height == kNone64) {
      return absl::InvalidArgumentError(
          absl::StrCat(scan_.folder, ": holds no genesis block, and the first block, ",
                       first.hash.ToDisplayHex(),
                       ", does not tell its height, or the next one contradicts it; name it with ",
                       "--from-height"));
    }
    return told.height;
  }

  // --until ends what a run adds: it takes nothing back.
  void WarnOfBlocksPastUntil() {
    const std::uint64_t kept_end = plan_.from_height + plan_.keep_blocks;
    if (!until_height_ || kept_end == 0 || kept_end - 1 <= *until_height_) return;
    plan_.warnings.push_back(absl::StrCat(
        "--until ", *until_height_, ": the index goes on to height ", kept_end - 1,
        " already and keeps what it has; to end there, index into another --data folder"));
  }

  // The blocks that are not on path_: stale, detached, or of the chain but before a window.
  void CollectOthers() {
    std::uint64_t before_count = 0;
    std::vector<bool> on_path(tree_.size(), false);
    for (const std::uint32_t node : path_) on_path[node] = true;
    for (std::uint32_t i = 0; i < tree_.size(); ++i) {
      const Node& node = tree_[i];
      if (node.where.file == kNone32) continue;  // indexed, and no longer in the folder
      if (window_parent_ != kNoNode && node.root == tree_[window_parent_].root) {
        ++before_count;
      } else if (node.root != path_.front()) {
        ++plan_.detached_blocks;
      } else if (!on_path[i] && !node.damaged) {
        plan_.stale.push_back({node.hash, plan_.from_height + node.depth, node.where});
      }
    }
    std::sort(plan_.stale.begin(), plan_.stale.end(),
              [](const StalePlan& a, const StalePlan& b) { return a.hash < b.hash; });
    if (plan_.detached_blocks != 0) {
      plan_.warnings.push_back(
          absl::StrCat(plan_.detached_blocks, " blocks connect to no block of the chain indexed; ",
                       "copy the files with the blocks between from the node and run again"));
    }
    if (before_count != 0) {
      plan_.warnings.push_back(absl::StrCat(before_count, " blocks belong before height ",
                                            plan_.from_height,
                                            ", where the index begins; left out"));
    }
  }

  FileSystem& files_;
  const FolderScan& scan_;
  IndexWriter& index_;
  const std::optional<std::uint64_t> until_height_;
  const std::optional<std::uint64_t> from_height_;
  HeaderTree tree_;
  std::vector<std::uint32_t> indexed_;  // the nodes of the indexed blocks, in order
  std::uint32_t genesis_ = kNoNode;
  std::uint32_t window_parent_ = kNoNode;  // what an indexed window stands on
  std::vector<std::uint32_t> path_;        // to the best tip, from its root
  ChainPlan plan_;
};

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
  return Planner(files, scan, index, until_height, from_height).Run();
}

}  // namespace coinwake
