// Partitions kept in files beside the index, so that the next one need not begin at the first
// block. What is kept can always be made again: a file that is missing, damaged, of other rules or
// of blocks that a reorganisation took away is no error, only no help.
#ifndef COINWAKE_HEURISTICS_KEPT_PARTITIONS_H_
#define COINWAKE_HEURISTICS_KEPT_PARTITIONS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "heuristics/kept_partition.h"
#include "indexer/base/file_system.h"
#include "indexer/base/sync.h"

namespace coinwake {

// The files of one network. Thread-safe.
class KeptPartitions {
 public:
  struct Options {
    // Shorter chains are read again faster than it is worth to write a file for.
    std::uint64_t least_transactions = 50'000;
    // `strict` is kept as of the last epoch, or so many blocks before the tip if that is earlier: a
    // reorganisation leaves it.
    std::uint64_t settled_blocks = 100;
    // Is told what could not be read or written, a line each, from any thread. May be empty.
    std::function<void(std::string_view)> say;
  };

  // `folder` is made when there is something to keep. `files` is borrowed.
  KeptPartitions(FileSystem& files, std::string folder, Options options)
      : files_(files), folder_(std::move(folder)), options_(std::move(options)) {}

  const Options& options() const { return options_; }

  // Of what a partition is kept, with the model; nullopt: of no chain that `view` begins with.
  std::optional<KeptHead> LoadHead(const View& view, Profile profile) const;
  // All of it, likewise: look at the head first, the rest is 4 bytes an address.
  std::optional<KeptPartition> Load(const View& view, Profile profile) const;
  // Replaces the one that is kept, as a whole or not at all; nothing where the chain is short.
  // `parents` are flat, head.totals.addresses of them; `edges` are head.edges.
  void Save(const KeptHead& head, std::span<const std::uint32_t> parents,
            std::span<const ChangeEdge> edges);

 private:
  template <typename Kept, typename Decode>
  std::optional<Kept> LoadWith(Profile profile, const Decode& decode) const;
  absl::Status Write(const KeptHead& head, std::span<const std::uint32_t> parents,
                     std::span<const ChangeEdge> edges);
  std::string PathOf(Profile profile) const;
  void Say(Profile profile, std::string_view what, const absl::Status& status) const;

  FileSystem& files_;
  const std::string folder_;
  const Options options_;
  Mutex writing_;  // one file at a time
};

// Where they are inside a network's folder.
std::string KeptPartitionsFolder(const std::string& network_folder);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_KEPT_PARTITIONS_H_
