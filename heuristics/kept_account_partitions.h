// Partitions of accounts kept in files beside the index, so that a command need not read all events
// for what the one before found out.
//
// What the rules say of an account may change with every block, back to its first event: a file is
// of one state of the index, block for block and row for row, and of the hot wallets that were
// known. Whatever else it is (missing, damaged, of other rules, of an index that went on or was
// reorganised) is no error, only no help. docs/design/accounts.md, "Kept", has the format.
#ifndef COINWAKE_HEURISTICS_KEPT_ACCOUNT_PARTITIONS_H_
#define COINWAKE_HEURISTICS_KEPT_ACCOUNT_PARTITIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heuristics/account_partition.h"
#include "heuristics/kept_file.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/sync.h"

namespace coinwake {

// A chain of fewer transactions is read again faster than it is worth to write a file for.
inline constexpr std::uint64_t kLeastKeptTransactions = 50'000;

// Of what it is the partition.
struct KeptAccountHead {
  Profile profile = Profile::kStrict;
  Network network = Network::kTron;
  std::uint64_t height = 0;  // of the tip, for people: `index` tells all of it
  Hash256 index;             // digest of the tip and of all rows below it
  Hash256 rules;             // digest of AccountRules
  std::uint64_t transactions = 0;
  std::uint64_t accounts = 0;
  std::uint64_t edges = 0;
  AccountPartition::Audit audit;
  std::vector<AccountEdge> sweep_targets;  // as AccountPartition has them

  friend bool operator==(const KeptAccountHead&, const KeptAccountHead&) = default;
};

struct KeptAccounts {
  KeptAccountHead head;
  std::vector<std::uint32_t> parents;  // flat, as UnionByMin() takes them
  std::vector<AccountEdge> edges;      // as AccountEvidence has them
};

// All that `view` has, but for audit, edges and pairs of T7.
KeptAccountHead HeadOf(const AccountView& view, Profile profile, const AccountRules& rules);

// Hands all bytes to `put`, about a mebibyte at a time; ends with its first error. REQUIRES:
// `parents` are head.accounts, `edges` head.edges.
absl::Status EncodeKept(const KeptAccountHead& head, std::span<const std::uint32_t> parents,
                        std::span<const AccountEdge> edges, const PutBytes& put);
// The head alone. kDataLoss: `bytes` do not begin with one. kUnimplemented: they do, of other rules
// or a newer format. `size_bytes` is how many are the head's.
absl::StatusOr<KeptAccountHead> DecodeKeptAccountHead(ByteSpan bytes, std::size_t* size_bytes);
// kDataLoss also where what follows the head is not what it says.
absl::StatusOr<KeptAccounts> DecodeKeptAccounts(ByteSpan bytes);

// The files of one network. Thread-safe.
class KeptAccountPartitions {
 public:
  struct Options {
    std::uint64_t least_transactions = kLeastKeptTransactions;
    // What is kept is not read where it takes more than this; 0: no cap.
    std::uint64_t memory_bytes = 0;
    // Is told what could not be read or written, a line each, from any thread. May be empty.
    std::function<void(std::string_view)> say;
  };

  // `folder` is made when there is something to keep. `files` is borrowed.
  KeptAccountPartitions(FileSystem& files, std::string folder, Options options)
      : files_(files), folder_(std::move(folder)), options_(std::move(options)) {}

  const Options& options() const { return options_; }

  // Null: there is none of just that, or no room for it.
  std::shared_ptr<const AccountPartition> Load(const AccountView& view, Profile profile,
                                               const AccountRules& rules) const;
  // Replaces the one that is kept, as a whole or not at all; nothing where the chain is short.
  // REQUIRES: `partition` was built of `view` with `rules`.
  void Save(const AccountView& view, const AccountRules& rules, const AccountPartition& partition);

 private:
  // kNotFound also where there is a file, but of something else.
  absl::StatusOr<KeptAccounts> Read(const KeptAccountHead& wanted) const;
  std::string PathOf(Profile profile) const;
  void Say(Profile profile, std::string_view what, const absl::Status& status) const;

  FileSystem& files_;
  const std::string folder_;
  const Options options_;
  Mutex writing_;  // one file at a time
};

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_KEPT_ACCOUNT_PARTITIONS_H_
