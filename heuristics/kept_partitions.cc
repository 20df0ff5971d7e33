#include "heuristics/kept_partitions.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "heuristics/kept_file.h"

namespace coinwake {

std::string KeptPartitionsFolder(const std::string& network_folder) {
  return absl::StrCat(network_folder, "/clusters");
}

std::string KeptPartitions::PathOf(Profile profile) const {
  return absl::StrCat(folder_, "/", std::string(ProfileName(profile)), ".partition");
}

void KeptPartitions::Say(Profile profile, std::string_view what, const absl::Status& status) const {
  if (!options_.say) return;
  options_.say(
      absl::StrCat(PathOf(profile), ": ", std::string(what), ": ", std::string(status.message())));
}

template <typename Kept, typename Decode>
std::optional<Kept> KeptPartitions::LoadWith(Profile profile, const Decode& decode) const {
  const auto load = [&]() -> absl::StatusOr<Kept> {
    COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<Mapping> mapping,
                              MapKeptFile(files_, PathOf(profile)));
    return decode(mapping->bytes());
  };
  absl::StatusOr<Kept> kept = load();
  if (kept.ok()) return *std::move(kept);
  if (!absl::IsNotFound(kept.status())) Say(profile, "not used, made again", kept.status());
  return std::nullopt;
}

std::optional<KeptPartition> KeptPartitions::Load(const View& view, Profile profile) const {
  std::optional<KeptPartition> kept = LoadWith<KeptPartition>(profile, DecodeKept);
  if (kept.has_value() && (kept->head.profile != profile || !IsOfChain(kept->head, view))) {
    return std::nullopt;
  }
  return kept;
}

std::optional<KeptHead> KeptPartitions::LoadHead(const View& view, Profile profile) const {
  std::optional<KeptHead> head = LoadWith<KeptHead>(profile, [](ByteSpan bytes) {
    std::size_t size_bytes = 0;
    return DecodeKeptHead(bytes, &size_bytes);
  });
  if (head.has_value() && (head->profile != profile || !IsOfChain(*head, view))) {
    return std::nullopt;
  }
  return head;
}

void KeptPartitions::Save(const KeptHead& head, std::span<const std::uint32_t> parents,
                          std::span<const ChangeEdge> edges) {
  if (head.totals.transactions < options_.least_transactions) return;
  const absl::Status status = Write(head, parents, edges);
  if (status.ok()) return;
  Say(head.profile, "not kept, so that the next command computes it again", status);
}

absl::Status KeptPartitions::Write(const KeptHead& head, std::span<const std::uint32_t> parents,
                                   std::span<const ChangeEdge> edges) {
  const MutexLock lock(writing_);
  const std::string name = absl::StrCat(std::string(ProfileName(head.profile)), ".partition");
  return ReplaceKeptFile(files_, folder_, name, [&](const PutBytes& put) {
    return EncodeKept(head, parents, edges, put);
  });
}

}  // namespace coinwake
