#include "heuristics/kept_partition.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "heuristics/change_model_codec.h"
#include "heuristics/coinjoin.h"
#include "heuristics/kept_file.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::string_view kMagic = "CWPARTIT";
constexpr std::uint32_t kFormatVersion = 3;
constexpr std::size_t kEdgeBytes = 20;

// A file of other rules is of no use: they would have made another partition.
constexpr std::array<std::uint32_t, 6> kRuleVersions = {kCoSpendVersion,     kMixRulesVersion,
                                                        kChangeVersion,      kChangeRulesVersion,
                                                        kChangeModelVersion, kSameKeyVersion};

std::string EncodeHead(const KeptHead& head) {
  // Some 7 kB and half of one for each half year.
  std::string bytes = BeginKeptHead(kMagic, kFormatVersion);
  for (const std::uint32_t version : kRuleVersions) AppendLe(version, &bytes);
  AppendLe(static_cast<std::uint8_t>(head.profile), &bytes);
  AppendLe(static_cast<std::uint8_t>(head.network), &bytes);
  AppendLe(head.from_height, &bytes);
  AppendLe(head.height, &bytes);
  AppendHash(head.block_hash, &bytes);
  const BlockTotals& totals = head.totals;
  for (const std::uint64_t count :
       {totals.transactions, totals.inputs, totals.outputs, totals.addresses, totals.keys,
        totals.foreign, totals.unresolved_inputs}) {
    AppendLe(count, &bytes);
  }
  AppendLe(head.edges, &bytes);
  AppendHash(head.owners, &bytes);
  const ChangeEvidence::Audit& audit = head.audit;
  for (const std::uint64_t count :
       {audit.truths, audit.found, audit.united, audit.forbidden, audit.quarantined,
        audit.largest_before, audit.largest, audit.bridges}) {
    AppendLe(count, &bytes);
  }
  AppendLe(static_cast<std::uint8_t>(audit.grew_alarmingly ? 1 : 0), &bytes);
  AppendLe(static_cast<std::uint32_t>(head.bridges.size()), &bytes);
  for (const ChangeBridge& bridge : head.bridges) {
    AppendLe(bridge.tx.value, &bytes);
    AppendLe(static_cast<std::uint32_t>(bridge.a.value), &bytes);
    AppendLe(static_cast<std::uint32_t>(bridge.b.value), &bytes);
    AppendLe(bridge.side_a, &bytes);
    AppendLe(bridge.side_b, &bytes);
  }
  AppendLe(static_cast<std::uint8_t>(head.model.has_value() ? 1 : 0), &bytes);
  if (head.model.has_value()) AppendChangeModel(*head.model, &bytes);
  EndKeptHead(&bytes);
  return bytes;
}

absl::Status NotAHead() { return absl::DataLossError("damaged at its beginning"); }

bool ReadBridges(ByteReader* reader, KeptHead* head) {
  const auto count = reader->Read<std::uint32_t>();
  if (count != std::min<std::uint64_t>(head->audit.bridges, kMostBridges)) return false;
  head->bridges.resize(count);
  for (ChangeBridge& bridge : head->bridges) {
    bridge.tx.value = reader->Read<std::uint64_t>();
    bridge.a.value = reader->Read<std::uint32_t>();
    bridge.b.value = reader->Read<std::uint32_t>();
    bridge.side_a = reader->Read<std::uint64_t>();
    bridge.side_b = reader->Read<std::uint64_t>();
    if (bridge.tx.value >= head->totals.transactions || bridge.a.value >= head->totals.addresses ||
        bridge.b.value >= head->totals.addresses) {
      return false;
    }
  }
  return reader->ok();
}

// What follows magic, format, size and rules. nullopt: nothing that was written.
std::optional<KeptHead> ReadHead(ByteReader* reader) {
  KeptHead head;
  head.profile = static_cast<Profile>(reader->Read<std::uint8_t>());
  head.network = static_cast<Network>(reader->Read<std::uint8_t>());
  head.from_height = reader->Read<std::uint64_t>();
  head.height = reader->Read<std::uint64_t>();
  head.block_hash = ReadHash(reader);
  BlockTotals& totals = head.totals;
  for (std::uint64_t* const count :
       {&totals.transactions, &totals.inputs, &totals.outputs, &totals.addresses, &totals.keys,
        &totals.foreign, &totals.unresolved_inputs}) {
    *count = reader->Read<std::uint64_t>();
  }
  head.edges = reader->Read<std::uint64_t>();
  head.owners = ReadHash(reader);
  ChangeEvidence::Audit& audit = head.audit;
  for (std::uint64_t* const count :
       {&audit.truths, &audit.found, &audit.united, &audit.forbidden, &audit.quarantined,
        &audit.largest_before, &audit.largest, &audit.bridges}) {
    *count = reader->Read<std::uint64_t>();
  }
  const auto alarm = reader->Read<std::uint8_t>();
  audit.grew_alarmingly = alarm != 0;
  if (!ReadBridges(reader, &head)) return std::nullopt;
  const auto has_model = reader->Read<std::uint8_t>();
  if (alarm > 1 || has_model > 1) return std::nullopt;
  if (has_model != 0) {
    head.model = ReadChangeModel(reader);
    if (!head.model.has_value()) return std::nullopt;
  }
  const bool valid = reader->ok() && reader->remaining() == 0 &&
                     (head.profile == Profile::kStrict || head.profile == Profile::kStandard ||
                      head.profile == Profile::kExploratory) &&
                     head.model.has_value() == (head.profile != Profile::kStrict) &&
                     head.from_height <= head.height && totals.addresses < kNone32 &&
                     head.edges <= totals.transactions && totals.transactions <= kNone32;
  if (!valid) return std::nullopt;
  return head;
}

bool ReadEdge(KeptChunkReader* chunks, const KeptHead& head, ChangeEdge* edge) {
  std::array<std::uint8_t, kEdgeBytes> row;
  if (!chunks->Read(row.data(), row.size())) return false;
  edge->payer.value = LoadLe<std::uint32_t>(row.data());
  edge->change.value = LoadLe<std::uint32_t>(row.data() + 4);
  edge->tx.value = LoadLe<std::uint64_t>(row.data() + 8);
  edge->confidence_permille = LoadLe<std::uint32_t>(row.data() + 16);
  return edge->payer.value < head.totals.addresses && edge->change.value < head.totals.addresses &&
         edge->tx.value < head.totals.transactions && edge->confidence_permille <= 1000;
}

}  // namespace

KeptHead HeadOf(const View& view, Profile profile) {
  const Snapshot& snapshot = view.snapshot();
  KeptHead head;
  head.profile = profile;
  head.network = snapshot.network;
  head.from_height = snapshot.from_height;
  head.height = snapshot.height;
  head.block_hash = snapshot.block_hash;
  head.totals = view.totals();
  return head;
}

bool IsOfChain(const KeptHead& head, const View& view) {
  const Snapshot& snapshot = view.snapshot();
  if (head.network != snapshot.network || head.from_height != snapshot.from_height ||
      head.height > snapshot.height || view.BlockHash(head.height) != head.block_hash) {
    return false;
  }
  // A window may have been indexed again with scripts that were unknown, and numbers addresses
  // differently then.
  const BlockTotals totals = view.TotalsAt(head.height);
  return head.totals.transactions == totals.transactions && head.totals.inputs == totals.inputs &&
         head.totals.outputs == totals.outputs && head.totals.addresses == totals.addresses &&
         head.totals.keys == totals.keys && head.totals.foreign == totals.foreign &&
         head.totals.unresolved_inputs == totals.unresolved_inputs;
}

absl::Status EncodeKept(const KeptHead& head, std::span<const std::uint32_t> parents,
                        std::span<const ChangeEdge> edges,
                        const std::function<absl::Status(ByteSpan)>& put) {
  COINWAKE_CHECK(parents.size() == head.totals.addresses && edges.size() == head.edges);
  const std::string bytes = EncodeHead(head);
  COINWAKE_CHECK(bytes.size() <= kMostKeptHeadBytes);
  COINWAKE_RETURN_IF_ERROR(put(AsBytes(bytes.data(), bytes.size())));
  KeptChunkWriter chunks(put);
  COINWAKE_RETURN_IF_ERROR(chunks.Add(AsBytes(parents.data(), parents.size_bytes())));
  for (const ChangeEdge& edge : edges) {
    std::array<std::uint8_t, kEdgeBytes> row;
    StoreLe(row.data(), static_cast<std::uint32_t>(edge.payer.value));
    StoreLe(row.data() + 4, static_cast<std::uint32_t>(edge.change.value));
    StoreLe(row.data() + 8, edge.tx.value);
    StoreLe(row.data() + 16, edge.confidence_permille);
    COINWAKE_RETURN_IF_ERROR(chunks.Add(row));
  }
  return chunks.Finish();
}

absl::StatusOr<KeptHead> DecodeKeptHead(ByteSpan bytes, std::size_t* size_bytes) {
  COINWAKE_ASSIGN_OR_RETURN(const ByteSpan inner, KeptHeadIn(bytes, kMagic, kFormatVersion));
  ByteReader reader(inner);
  for (const std::uint32_t version : kRuleVersions) {
    if (reader.Read<std::uint32_t>() != version) {
      return absl::UnimplementedError("made by other versions of the rules");
    }
  }
  std::optional<KeptHead> head = ReadHead(&reader);
  if (!head.has_value()) return NotAHead();
  *size_bytes = KeptHeadBytes(inner);
  return *std::move(head);
}

absl::StatusOr<KeptPartition> DecodeKept(ByteSpan bytes) {
  std::size_t head_bytes = 0;
  KeptPartition kept;
  COINWAKE_ASSIGN_OR_RETURN(kept.head, DecodeKeptHead(bytes, &head_bytes));
  const ByteSpan body = bytes.subspan(head_bytes);
  const absl::Status damaged = absl::DataLossError("damaged, or cut off");
  // Before memory is asked for: as many bytes must be there.
  if (body.size() / sizeof(std::uint32_t) < kept.head.totals.addresses ||
      body.size() / kEdgeBytes < kept.head.edges) {
    return damaged;
  }
  KeptChunkReader chunks(body);
  kept.parents.resize(kept.head.totals.addresses);
  if (!chunks.Read(reinterpret_cast<std::uint8_t*>(kept.parents.data()),
                   kept.parents.size() * sizeof(std::uint32_t)) ||
      !AreFlat(kept.parents)) {
    return damaged;
  }
  kept.edges.resize(kept.head.edges);
  for (ChangeEdge& edge : kept.edges) {
    if (!ReadEdge(&chunks, kept.head, &edge)) return damaged;
  }
  if (!chunks.AtEnd()) return damaged;
  return kept;
}

}  // namespace coinwake
