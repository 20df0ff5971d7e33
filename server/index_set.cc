#include "server/index_set.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"
#include "server/label_answers.h"
#include "server/names.h"

namespace coinwake::server {
namespace {

constexpr std::string_view kScriptPrefix = "script:";
constexpr std::string_view kRawPrefix = "raw:";

std::string ListOf(std::span<const Network> networks) {
  std::string list;
  for (const Network network : networks) {
    if (!list.empty()) list += ", ";
    list += std::string(NetworkName(network));
  }
  return list;
}

absl::Status NoIndex() {
  return absl::NotFoundError(
      "nothing is indexed here; `coinwake index bitcoin --blocks DIR` makes an index, "
      "`coinwake index tron` likewise");
}

// The same failure with the folder it is about.
absl::Status In(const std::string& data_folder, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(data_folder, ": ", std::string(status.message())));
}

// Those on which the name of an address can be one.
std::vector<Network> NetworksOfName(const std::string& name) {
  const std::span<const Network> tron = NetworksOf(Chain::kTron);
  if (name.starts_with(kRawPrefix) || tron::ParseAddress(name).ok()) {
    return {tron.begin(), tron.end()};
  }
  const std::span<const Network> bitcoin = NetworksOf(Chain::kBitcoin);
  if (name.starts_with(kScriptPrefix)) return {bitcoin.begin(), bitcoin.end()};
  return bitcoin::NetworksOfAddress(name);
}

// What is wrong with a name that is none on any network.
absl::Status NoName(const std::string& name, std::span<const Network> indexed) {
  for (const Network network : indexed) {
    if (ChainOf(network) == Chain::kBitcoin) return ParseScriptName(name, network).status();
  }
  return tron::ParseAccount(name).status();
}

absl::StatusOr<Network> ChooseNamed(std::span<const Network> indexed, std::string_view asked) {
  const std::optional<Network> network = ParseNetwork(asked);
  if (!network.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown network \"", Excerpt(asked), "\"; known: ", ListOf(kAllNetworks)));
  }
  if (std::find(indexed.begin(), indexed.end(), *network) != indexed.end()) return *network;
  if (indexed.empty()) return NoIndex();
  return absl::NotFoundError(
      absl::StrCat("no index of ", std::string(asked), "; indexed: ", ListOf(indexed)));
}

absl::StatusOr<std::unique_ptr<OpenNetwork>> OpenWith(std::shared_ptr<const LabelStore> labels,
                                                      FileSystem& files,
                                                      const std::string& data_folder,
                                                      Network network, int threads, Log* log,
                                                      std::uint64_t cluster_memory_bytes) {
  COINWAKE_ASSIGN_OR_RETURN(OpenIndex index,
                            OpenForReading(files, data_folder, network, LabelSetOf(labels.get())));
  const std::string kept = KeptPartitionsFolder(FolderOfNetwork(data_folder, network));
  std::function<void(std::string_view)> say;
  if (log != nullptr) say = [log](std::string_view line) { log->Warn(line); };
  return std::make_unique<OpenNetwork>(
      std::move(index), threads, log, std::move(labels),
      std::make_unique<KeptPartitions>(files, kept, KeptPartitions::Options{.say = say}),
      std::make_unique<KeptAccountPartitions>(
          files, kept,
          KeptAccountPartitions::Options{.memory_bytes = cluster_memory_bytes, .say = say}),
      cluster_memory_bytes);
}

}  // namespace

bool CanNameAddress(const std::string& name, Network network) {
  return ChainOf(network) == Chain::kTron ? tron::ParseAccount(name).ok()
                                          : ParseScriptName(name, network).ok();
}

absl::StatusOr<Network> ChooseNetwork(std::span<const Network> indexed, std::string_view asked,
                                      std::span<const std::string> addresses) {
  if (!asked.empty()) return ChooseNamed(indexed, asked);
  if (indexed.empty()) return NoIndex();
  if (indexed.size() == 1) return indexed.front();
  std::vector<Network> fitting(indexed.begin(), indexed.end());
  for (const std::string& address : addresses) {
    const std::vector<Network> valid = NetworksOfName(address);
    if (valid.empty()) {
      // Says what is wrong with it.
      COINWAKE_RETURN_IF_ERROR(NoName(address, indexed));
    }
    std::erase_if(fitting, [&valid](Network network) {
      return std::find(valid.begin(), valid.end(), network) == valid.end();
    });
    if (!fitting.empty()) continue;
    const bool fits_one = std::any_of(indexed.begin(), indexed.end(), [&valid](Network network) {
      return std::find(valid.begin(), valid.end(), network) != valid.end();
    });
    return absl::InvalidArgumentError(
        fits_one ? absl::StrCat("no one network fits all addresses: ", Excerpt(address),
                                " is of another than those before it; ask of one at a time")
                 : absl::StrCat("no indexed network fits the address ", Excerpt(address),
                                "; indexed: ", ListOf(indexed)));
  }
  if (fitting.size() == 1) return fitting.front();
  return absl::InvalidArgumentError(
      absl::StrCat("several networks are indexed, name one of: ", ListOf(fitting)));
}

absl::Status NotOnAccounts(const OpenNetwork& open, std::string_view what) {
  return absl::FailedPreconditionError(
      absl::StrCat("this version has no ", std::string(what), " on ",
                   std::string(NetworkName(open.snapshot().network))));
}

absl::StatusOr<std::unique_ptr<OpenNetwork>> OpenOne(FileSystem& files,
                                                     const std::string& data_folder,
                                                     Network network, int threads, Log* log,
                                                     std::uint64_t cluster_memory_bytes) {
  COINWAKE_ASSIGN_OR_RETURN(std::shared_ptr<const LabelStore> labels,
                            OpenLabels(files, data_folder));
  return OpenWith(std::move(labels), files, data_folder, network, threads, log,
                  cluster_memory_bytes);
}

absl::StatusOr<std::unique_ptr<IndexSet>> IndexSet::Open(FileSystem& files,
                                                         const std::string& data_folder,
                                                         std::optional<Network> only, int threads,
                                                         Log* log,
                                                         std::uint64_t cluster_memory_bytes) {
  COINWAKE_ASSIGN_OR_RETURN(std::vector<Network> found, NetworksIn(files, data_folder));
  if (only.has_value()) {
    if (const absl::Status chosen = ChooseNamed(found, std::string(NetworkName(*only))).status();
        !chosen.ok()) {
      return In(data_folder, chosen);
    }
    found = {*only};
  }
  if (found.empty()) return In(data_folder, NoIndex());
  std::unique_ptr<IndexSet> set(new IndexSet);
  COINWAKE_ASSIGN_OR_RETURN(set->labels_, OpenLabels(files, data_folder));
  for (const Network network : found) {
    absl::StatusOr<std::unique_ptr<OpenNetwork>> open =
        OpenWith(set->labels_, files, data_folder, network, threads, log, cluster_memory_bytes);
    // Indexing may have stopped before its first commit.
    if (absl::IsNotFound(open.status()) && found.size() > 1) continue;
    COINWAKE_RETURN_IF_ERROR(open.status());
    set->networks_.push_back(*std::move(open));
  }
  if (set->networks_.empty()) return In(data_folder, NoIndex());
  return set;
}

bool IndexSet::IsBuilding() const {
  return std::any_of(networks_.begin(), networks_.end(), [](const auto& open) {
    return open->clusters.IsBuilding() || open->account_clusters.IsBuilding();
  });
}

absl::StatusOr<OpenNetwork*> IndexSet::Choose(std::string_view asked,
                                              std::span<const std::string> addresses) const {
  std::vector<Network> indexed;
  for (const auto& open : networks_) indexed.push_back(open->snapshot().network);
  COINWAKE_ASSIGN_OR_RETURN(const Network network, ChooseNetwork(indexed, asked, addresses));
  const auto position = std::find(indexed.begin(), indexed.end(), network) - indexed.begin();
  return networks_[static_cast<std::size_t>(position)].get();
}

}  // namespace coinwake::server
