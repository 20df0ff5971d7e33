#include "heuristics/kept_account_partitions.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::string_view kMagic = "CWACCPAR";
constexpr std::uint32_t kFormatVersion = 2;
constexpr std::size_t kEdgeBytes = 24;

// A file of other rules is of no use: they would have made another partition.
std::array<std::uint32_t, 7> RuleVersions() {
  return {kAccountPartitionVersion,
          AccountRuleVersion(AccountRule::kDepositSweep),
          AccountRuleVersion(AccountRule::kGasWallet),
          AccountRuleVersion(AccountRule::kEnergyDelegation),
          AccountRuleVersion(AccountRule::kActivation),
          AccountRuleVersion(AccountRule::kDepositReuse),
          AccountRuleVersion(AccountRule::kSweepTarget)};
}

// All counts of an audit, in the order in which they are written.
template <typename Audit>
auto CountsOf(Audit& audit) {
  return std::array{&audit.sweepers,       &audit.services,         &audit.deposits,
                    &audit.gas_wallets,    &audit.shared_suppliers, &audit.busy_suppliers,
                    &audit.sweep_targets,  &audit.rentals,          &audit.shared_deposits,
                    &audit.quarantined,    &audit.forbidden,        &audit.unread,
                    &audit.largest_before, &audit.largest};
}
static_assert(sizeof(AccountPartition::Audit) == 14 * sizeof(std::uint64_t));

class Digest {
 public:
  void Add(std::uint64_t number) {
    std::array<std::uint8_t, sizeof(number)> bytes;
    StoreLe(bytes.data(), number);
    digest_.Add(bytes);
  }
  void Add(const Hash256& hash) { digest_.Add(hash.bytes); }
  Hash256 Finish() { return digest_.Finish(); }

 private:
  DoubleSha256Stream digest_;
};

// Receipts may come late, and tell more of the same blocks: hashes of blocks alone are not enough.
Hash256 DigestOf(const AccountView& view) {
  Digest digest;
  digest.Add(view.snapshot().from_height);
  digest.Add(view.snapshot().height);
  digest.Add(view.snapshot().block_hash);
  for (const CommittedColumn& column : view.commit().columns) {
    digest.Add(column.rows_count);
    digest.Add(std::uint64_t{column.tail_crc});
  }
  return digest.Finish();
}

Hash256 DigestOf(const AccountRules& rules) {
  Digest digest;
  digest.Add(rules.usdt.has_value() ? std::uint64_t{1} : 0);
  digest.Add(rules.usdt.has_value() ? std::uint64_t{rules.usdt->value} : 0);
  digest.Add(std::uint64_t{rules.known.size()});
  for (const KnownHotWallet& one : rules.known) {
    digest.Add(one.account.value);
    digest.Add(std::uint64_t{one.service});
  }
  for (const KnownOwner& one : rules.owners) {
    digest.Add(one.address.value);
    digest.Add(one.owner);
  }
  return digest.Finish();
}

std::string EncodeHead(const KeptAccountHead& head) {
  std::string bytes = BeginKeptHead(kMagic, kFormatVersion);
  for (const std::uint32_t version : RuleVersions()) AppendLe(version, &bytes);
  AppendLe(static_cast<std::uint8_t>(head.profile), &bytes);
  AppendLe(static_cast<std::uint8_t>(head.network), &bytes);
  AppendLe(head.height, &bytes);
  AppendHash(head.index, &bytes);
  AppendHash(head.rules, &bytes);
  AppendLe(head.transactions, &bytes);
  AppendLe(head.accounts, &bytes);
  AppendLe(head.edges, &bytes);
  for (const std::uint64_t* const count : CountsOf(head.audit)) AppendLe(*count, &bytes);
  AppendLe(static_cast<std::uint32_t>(head.sweep_targets.size()), &bytes);
  for (const AccountEdge& pair : head.sweep_targets) {
    AppendLe(pair.tx.value, &bytes);
    AppendLe(pair.a, &bytes);
    AppendLe(pair.b, &bytes);
  }
  EndKeptHead(&bytes);
  return bytes;
}

bool ReadSweepTargets(ByteReader* reader, KeptAccountHead* head) {
  const auto count = reader->Read<std::uint32_t>();
  if (count != std::min<std::uint64_t>(head->audit.sweep_targets, kMostSweepTargets)) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    AccountEdge pair;
    pair.tx.value = reader->Read<std::uint64_t>();
    pair.a = reader->Read<std::uint32_t>();
    pair.b = reader->Read<std::uint32_t>();
    pair.confidence_permille = kSweepTargetPermille;
    pair.rule = AccountRule::kSweepTarget;
    if (pair.tx.value >= head->transactions || pair.a >= head->accounts ||
        pair.b >= head->accounts) {
      return false;
    }
    head->sweep_targets.push_back(pair);
  }
  return reader->ok();
}

bool ReadEdge(KeptChunkReader* chunks, const KeptAccountHead& head,
              std::span<const AccountRule> rules, AccountEdge* edge) {
  std::array<std::uint8_t, kEdgeBytes> row;
  if (!chunks->Read(row.data(), row.size())) return false;
  edge->tx.value = LoadLe<std::uint64_t>(row.data());
  edge->a = LoadLe<std::uint32_t>(row.data() + 8);
  edge->b = LoadLe<std::uint32_t>(row.data() + 12);
  edge->via = LoadLe<std::uint32_t>(row.data() + 16);
  edge->confidence_permille = LoadLe<std::uint16_t>(row.data() + 20);
  edge->rule = static_cast<AccountRule>(row[22]);
  return edge->tx.value < head.transactions && edge->a < head.accounts && edge->b < head.accounts &&
         (edge->via < head.accounts || edge->via == kNone32) && edge->confidence_permille <= 1000 &&
         row[23] == 0 && std::find(rules.begin(), rules.end(), edge->rule) != rules.end();
}

// Whether a file is of what is wanted; its audit and edges are not known before.
bool IsOf(const KeptAccountHead& kept, const KeptAccountHead& wanted) {
  return kept.profile == wanted.profile && kept.network == wanted.network &&
         kept.index == wanted.index && kept.transactions == wanted.transactions &&
         kept.accounts == wanted.accounts && kept.rules == wanted.rules;
}

// Roots as they are read, and the partition's; edges, and their places in the evidence.
bool HasRoom(const KeptAccountHead& head, std::uint64_t memory_bytes) {
  const std::uint64_t needed_bytes = head.accounts * 2 * sizeof(std::uint32_t) +
                                     head.edges * (sizeof(AccountEdge) + sizeof(std::uint64_t));
  return memory_bytes == 0 || needed_bytes <= memory_bytes;
}

}  // namespace

KeptAccountHead HeadOf(const AccountView& view, Profile profile, const AccountRules& rules) {
  KeptAccountHead head;
  head.profile = profile;
  head.network = view.snapshot().network;
  head.height = view.snapshot().height;
  head.index = DigestOf(view);
  head.rules = DigestOf(rules);
  head.transactions = view.transactions_count();
  head.accounts = view.addresses_count();
  return head;
}

absl::Status EncodeKept(const KeptAccountHead& head, std::span<const std::uint32_t> parents,
                        std::span<const AccountEdge> edges, const PutBytes& put) {
  COINWAKE_CHECK(parents.size() == head.accounts && edges.size() == head.edges);
  const std::string bytes = EncodeHead(head);
  COINWAKE_RETURN_IF_ERROR(put(AsBytes(bytes.data(), bytes.size())));
  KeptChunkWriter chunks(put);
  COINWAKE_RETURN_IF_ERROR(chunks.Add(AsBytes(parents.data(), parents.size_bytes())));
  for (const AccountEdge& edge : edges) {
    std::array<std::uint8_t, kEdgeBytes> row{};
    StoreLe(row.data(), edge.tx.value);
    StoreLe(row.data() + 8, edge.a);
    StoreLe(row.data() + 12, edge.b);
    StoreLe(row.data() + 16, edge.via);
    StoreLe(row.data() + 20, edge.confidence_permille);
    row[22] = static_cast<std::uint8_t>(edge.rule);
    COINWAKE_RETURN_IF_ERROR(chunks.Add(row));
  }
  return chunks.Finish();
}

absl::StatusOr<KeptAccountHead> DecodeKeptAccountHead(ByteSpan bytes, std::size_t* size_bytes) {
  COINWAKE_ASSIGN_OR_RETURN(const ByteSpan inner, KeptHeadIn(bytes, kMagic, kFormatVersion));
  ByteReader reader(inner);
  for (const std::uint32_t version : RuleVersions()) {
    if (reader.Read<std::uint32_t>() != version) {
      return absl::UnimplementedError("made by other versions of the rules");
    }
  }
  KeptAccountHead head;
  head.profile = static_cast<Profile>(reader.Read<std::uint8_t>());
  head.network = static_cast<Network>(reader.Read<std::uint8_t>());
  head.height = reader.Read<std::uint64_t>();
  head.index = ReadHash(&reader);
  head.rules = ReadHash(&reader);
  head.transactions = reader.Read<std::uint64_t>();
  head.accounts = reader.Read<std::uint64_t>();
  head.edges = reader.Read<std::uint64_t>();
  for (std::uint64_t* const count : CountsOf(head.audit)) *count = reader.Read<std::uint64_t>();
  const bool is_profile = head.profile == Profile::kStrict || head.profile == Profile::kStandard ||
                          head.profile == Profile::kExploratory;
  if (!ReadSweepTargets(&reader, &head) || reader.remaining() != 0 || !is_profile ||
      head.accounts >= kNone32 || head.edges >= kNone32) {
    return absl::DataLossError("damaged at its beginning");
  }
  *size_bytes = KeptHeadBytes(inner);
  return head;
}

absl::StatusOr<KeptAccounts> DecodeKeptAccounts(ByteSpan bytes) {
  std::size_t head_bytes = 0;
  KeptAccounts kept;
  COINWAKE_ASSIGN_OR_RETURN(kept.head, DecodeKeptAccountHead(bytes, &head_bytes));
  const ByteSpan body = bytes.subspan(head_bytes);
  const absl::Status damaged = absl::DataLossError("damaged, or cut off");
  // Before memory is asked for: as many bytes must be there.
  if (body.size() / sizeof(std::uint32_t) < kept.head.accounts ||
      body.size() / kEdgeBytes < kept.head.edges) {
    return damaged;
  }
  KeptChunkReader chunks(body);
  kept.parents.resize(kept.head.accounts);
  if (!chunks.Read(reinterpret_cast<std::uint8_t*>(kept.parents.data()),
                   kept.parents.size() * sizeof(std::uint32_t)) ||
      !AreFlat(kept.parents)) {
    return damaged;
  }
  const std::vector<AccountRule> rules = AccountPartition::RulesOf(kept.head.profile);
  kept.edges.resize(kept.head.edges);
  for (AccountEdge& edge : kept.edges) {
    if (!ReadEdge(&chunks, kept.head, rules, &edge)) return damaged;
  }
  if (!chunks.AtEnd() || !std::is_sorted(kept.edges.begin(), kept.edges.end(), EdgeIsBefore)) {
    return damaged;
  }
  return kept;
}

std::string KeptAccountPartitions::PathOf(Profile profile) const {
  return absl::StrCat(folder_, "/", std::string(ProfileName(profile)), ".partition");
}

void KeptAccountPartitions::Say(Profile profile, std::string_view what,
                                const absl::Status& status) const {
  if (!options_.say) return;
  options_.say(
      absl::StrCat(PathOf(profile), ": ", std::string(what), ": ", std::string(status.message())));
}

absl::StatusOr<KeptAccounts> KeptAccountPartitions::Read(const KeptAccountHead& wanted) const {
  COINWAKE_ASSIGN_OR_RETURN(const std::unique_ptr<Mapping> mapping,
                            MapKeptFile(files_, PathOf(wanted.profile)));
  std::size_t size_bytes = 0;
  COINWAKE_ASSIGN_OR_RETURN(const KeptAccountHead head,
                            DecodeKeptAccountHead(mapping->bytes(), &size_bytes));
  // No damage, and nothing to be told of: who builds what has no room is refused likewise.
  if (!IsOf(head, wanted) || !HasRoom(head, options_.memory_bytes)) return absl::NotFoundError("");
  return DecodeKeptAccounts(mapping->bytes());
}

std::shared_ptr<const AccountPartition> KeptAccountPartitions::Load(
    const AccountView& view, Profile profile, const AccountRules& rules) const {
  absl::StatusOr<KeptAccounts> kept = Read(HeadOf(view, profile, rules));
  if (!kept.ok()) {
    if (!absl::IsNotFound(kept.status())) Say(profile, "not used", kept.status());
    return nullptr;
  }
  return AccountPartition::FromKept(profile, kept->parents, std::move(kept->edges),
                                    kept->head.audit, std::move(kept->head.sweep_targets));
}

void KeptAccountPartitions::Save(const AccountView& view, const AccountRules& rules,
                                 const AccountPartition& partition) {
  KeptAccountHead head = HeadOf(view, partition.profile(), rules);
  if (head.transactions < options_.least_transactions) return;
  const std::vector<AccountEdge>& edges = partition.evidence().edges();
  head.edges = edges.size();
  head.audit = partition.audit();
  head.sweep_targets = partition.sweep_targets();
  const MutexLock lock(writing_);
  const std::string name = absl::StrCat(std::string(ProfileName(head.profile)), ".partition");
  const absl::Status status = ReplaceKeptFile(files_, folder_, name, [&](const PutBytes& put) {
    return EncodeKept(head, partition.roots(), edges, put);
  });
  if (status.ok()) return;
  Say(head.profile, "not kept, so that the next command computes it again", status);
}

}  // namespace coinwake
