#include "server/screening_parties.h"

#include <algorithm>

#include "indexer/base/bytes.h"
#include "server/labelled_services.h"
#include "tracer/view_accounts.h"

namespace coinwake::server {
namespace {

// Addresses, clusters and services that only their use shows share one numbering, told apart by the
// last bits.
constexpr std::uint64_t KeyOfAddress(AddressNum address) { return address.value << 2; }
constexpr std::uint64_t KeyOfCluster(AddressNum cluster) { return cluster.value << 2 | 1; }
constexpr std::uint64_t KeyOfEntity(std::uint32_t entity) { return std::uint64_t{entity} << 2 | 2; }

// The service that no label names; an index into its entities.
std::optional<std::uint32_t> ServiceByUse(const PreparedScreening& screening, AddressNum address) {
  if (screening.by_use == nullptr) return std::nullopt;
  const std::optional<Stop> stop = screening.by_use->At(address);
  if (!stop.has_value()) return std::nullopt;
  const bool is_labelled =
      screening.labelled_now != nullptr && !screening.labelled_now->SpeakersFor(address).empty();
  return is_labelled ? std::nullopt : std::optional(stop->entity);
}

Claim ClaimOf(const KnownLabel& known) {
  const Label& label = known.label;
  return {.label_class = ClassOf(label),
          .category = label.category,
          .abuse = label.abuse,
          .name = label.name,
          .actor = label.actor,
          .entity = known.actor_name,
          .list = known.list};
}

std::string_view TextOf(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

SaidWith NothingSaid(const PreparedScreening& screening) {
  SaidWith with;
  with.said.resize(screening.rules->moments.size());
  with.labels.resize(screening.rules->moments.size());
  return with;
}

bool IsAnything(const Said& said) {
  return std::any_of(said.begin(), said.end(), [](const Identity& one) { return !one.empty(); });
}

// Adds what the store has of an address at one moment; of its cluster what speaks for that alone.
absl::Status AddLabels(const OpenNetwork& open, const PreparedScreening& screening,
                       std::size_t moment, ByteSpan bytes, bool for_cluster, SaidWith* with) {
  if (open.labels == nullptr) return absl::OkStatus();
  COINWAKE_ASSIGN_OR_RETURN(std::vector<KnownLabel> labels,
                            open.labels->LabelsOf(open.snapshot().network, TextOf(bytes),
                                                  screening.books[moment]->moment()));
  for (KnownLabel& known : labels) {
    if (for_cluster && !SpeaksForCluster(known.label)) continue;
    with->said[moment].claims.push_back(ClaimOf(known));
    with->labels[moment].push_back(std::make_shared<const KnownLabel>(std::move(known)));
  }
  return absl::OkStatus();
}

// A service that nothing names but its use, as a claim at every moment.
void AddByUse(const PreparedScreening& screening, AddressNum address, SaidWith* with) {
  const std::optional<std::uint32_t> entity = ServiceByUse(screening, address);
  if (!entity.has_value()) return;
  with->service = screening.by_use->entities()[*entity];
  for (std::size_t moment = 0; moment < with->said.size(); ++moment) {
    // Where labels of that moment speak, they tell more.
    if (!with->said[moment].claims.empty()) continue;
    with->said[moment].claims.push_back(
        {.label_class = LabelClass::kService, .category = "service", .entity = with->service});
    with->labels[moment].push_back(nullptr);
  }
}

absl::Status AddCluster(const OpenNetwork& open, const PreparedScreening& screening,
                        AddressNum address, SaidWith* with) {
  for (std::size_t moment = 0; moment < screening.books.size(); ++moment) {
    for (const AddressNum speaker : screening.books[moment]->SpeakersFor(address)) {
      if (speaker == address) continue;
      COINWAKE_RETURN_IF_ERROR(AddLabels(
          open, screening, moment, open.index.chain().Script(speaker), /*for_cluster=*/true, with));
    }
  }
  AddByUse(screening, address, with);
  return absl::OkStatus();
}

bool IsService(const Said& said) {
  return std::any_of(said.begin(), said.end(), [](const Identity& one) {
    return std::any_of(one.claims.begin(), one.claims.end(), [](const Claim& claim) {
      return claim.label_class == LabelClass::kService;
    });
  });
}

}  // namespace

absl::StatusOr<SaidWith> SaidOfAddress(const OpenNetwork& open, const PreparedScreening& screening,
                                       ByteSpan bytes) {
  SaidWith with = NothingSaid(screening);
  for (std::size_t moment = 0; moment < with.said.size(); ++moment) {
    COINWAKE_RETURN_IF_ERROR(
        AddLabels(open, screening, moment, bytes, /*for_cluster=*/false, &with));
  }
  const auto seeds = screening.seeds_by_bytes.find(std::string(TextOf(bytes)));
  if (seeds == screening.seeds_by_bytes.end()) return with;
  for (Identity& identity : with.said) identity.seeds = seeds->second;
  return with;
}

absl::StatusOr<SaidWith> SaidOfCluster(const OpenNetwork& open, const PreparedScreening& screening,
                                       AddressNum address) {
  SaidWith with = NothingSaid(screening);
  COINWAKE_RETURN_IF_ERROR(AddCluster(open, screening, address, &with));
  return with;
}

std::optional<std::uint64_t> ScreeningParties::KeyOf(AddressNum address) const {
  if (screening_.seeds.contains(address.value)) return KeyOfAddress(address);
  for (const auto& book : screening_.books) {
    if (book->IsLabelled(address)) return KeyOfAddress(address);
  }
  for (const auto& book : screening_.books) {
    if (!book->SpeakersFor(address).empty()) return KeyOfCluster(book->ClusterOf(address));
  }
  const std::optional<std::uint32_t> by_use = ServiceByUse(screening_, address);
  return by_use.has_value() ? std::optional(KeyOfEntity(*by_use)) : std::nullopt;
}

absl::StatusOr<SaidWith> ScreeningParties::SaidAt(AddressNum address) const {
  COINWAKE_ASSIGN_OR_RETURN(SaidWith with,
                            SaidOfAddress(open_, screening_, open_.index.chain().Script(address)));
  COINWAKE_RETURN_IF_ERROR(AddCluster(open_, screening_, address, &with));
  return with;
}

std::optional<std::uint32_t> ScreeningParties::EndAt(AddressNum address, ScreenSide side) {
  if (!status_.ok()) return std::nullopt;
  const std::optional<std::uint64_t> key = KeyOf(address);
  if (!key.has_value()) return std::nullopt;
  const auto place = static_cast<std::size_t>(side);
  if (const auto met = by_key_.find(*key); met != by_key_.end()) {
    return met->second.is_end[place] ? std::optional(met->second.who) : std::nullopt;
  }
  absl::StatusOr<SaidWith> with = SaidAt(address);
  if (!with.ok()) {
    status_ = with.status();
    return std::nullopt;
  }
  Met met{.who = count()};
  for (const ScreenSide one : {ScreenSide::kSource, ScreenSide::kDestination}) {
    met.is_end[static_cast<std::size_t>(one)] =
        IsService(with->said) || IsNamedAmongPayments(*screening_.rules, one, with->said);
  }
  by_key_.emplace(*key, met);
  if (!IsAnything(with->said)) return std::nullopt;
  parties_.push_back({*std::move(with), address});
  return met.is_end[place] ? std::optional(met.who) : std::nullopt;
}

std::optional<Stop> ScreeningStops::StopAt(AddressNum address) const {
  const std::optional<std::uint32_t> who = parties_.EndAt(address, side_);
  if (!who.has_value()) return std::nullopt;
  return Stop{SinkKind::kService, *who};
}

std::optional<Stop> ScreeningStops::StopAt(std::uint32_t account) const {
  return StopAt(AddressOf(account));
}

}  // namespace coinwake::server
