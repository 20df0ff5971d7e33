#include "labels/label_codec.h"

#include <algorithm>
#include <concepts>
#include <limits>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/check.h"

namespace coinwake {
namespace {

constexpr std::string_view kMagic = "CWLABELS";
constexpr std::uint32_t kFormatVersion = 1;
constexpr std::uint16_t kNoConfidence = 0xffff;
constexpr std::uint8_t kNotSaid = 2;  // of what is true, false or not told
constexpr std::int32_t kNoDate = std::numeric_limits<std::int32_t>::min();
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kListBytes = 4;

absl::Status Damaged() {
  return absl::DataLossError(
      "the labels are damaged; restore the folder, or remove it and import the lists again");
}

template <std::unsigned_integral T>
void AppendBe(T number, std::string* to) {
  char bytes[sizeof(T)];
  StoreBe(bytes, number);
  to->append(bytes, sizeof(T));
}
template <std::integral T>
void AppendLe(T number, std::string* to) {
  char bytes[sizeof(T)];
  StoreLe(bytes, number);
  to->append(bytes, sizeof(T));
}
// REQUIRES: at most 65,535 bytes.
void AppendText(std::string_view text, std::string* to) {
  COINWAKE_CHECK(text.size() <= 0xffff);
  AppendLe(static_cast<std::uint16_t>(text.size()), to);
  to->append(text);
}
void AppendHash(const Hash256& hash, std::string* to) {
  to->append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
}

ByteReader ReaderOf(std::string_view bytes) {
  return ByteReader(AsBytes(bytes.data(), bytes.size()));
}
std::string ReadText(ByteReader& reader) {
  const ByteSpan bytes = reader.ReadBytes(reader.Read<std::uint16_t>());
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}
Hash256 ReadHash(ByteReader& reader) {
  Hash256 hash;
  const ByteSpan bytes = reader.ReadBytes(hash.bytes.size());
  std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
  return hash;
}
absl::Status EndOf(const ByteReader& reader) {
  return reader.ok() && reader.remaining() == 0 ? absl::OkStatus() : Damaged();
}

// All that a label says beside its address.
std::string ContentOf(const Label& label) {
  std::string bytes;
  for (const std::string* text :
       {&label.name, &label.category, &label.actor, &label.source, &label.creator, &label.abuse}) {
    AppendText(*text, &bytes);
  }
  AppendLe(label.confidence_permille.value_or(kNoConfidence), &bytes);
  AppendLe(label.cluster_definer.has_value() ? static_cast<std::uint8_t>(*label.cluster_definer)
                                             : kNotSaid,
           &bytes);
  AppendLe(label.label_class.has_value() ? static_cast<std::uint8_t>(*label.label_class)
                                         : std::uint8_t{0},
           &bytes);
  AppendLe(label.valid_from.has_value() ? label.valid_from->days : kNoDate, &bytes);
  AppendLe(label.valid_to.has_value() ? label.valid_to->days : kNoDate, &bytes);
  return bytes;
}

bool IsKnownNetwork(std::uint8_t value) {
  return std::any_of(std::begin(kAllNetworks), std::end(kAllNetworks), [value](Network network) {
    return static_cast<std::uint8_t>(network) == value;
  });
}

// Bytes of the AddressKey() that `text` begins with; 0 for none.
std::size_t AddressKeySize(std::string_view text) {
  if (text.size() < 2 || !IsKnownNetwork(static_cast<std::uint8_t>(text[0]))) return 0;
  const std::size_t size = 2 + static_cast<std::size_t>(static_cast<std::uint8_t>(text[1]));
  return text.size() < size ? 0 : size;
}

}  // namespace

std::string AddressKey(Network network, std::string_view address) {
  COINWAKE_CHECK(address.size() <= kMaxLabelledBytes);
  std::string key;
  key += static_cast<char>(network);
  key += static_cast<char>(address.size());
  key.append(address);
  return key;
}

std::string ContentKey(const Label& label) {
  const std::string content = ContentOf(label);
  const Hash256 digest = Sha256(AsBytes(content.data(), content.size()));
  std::string key = AddressKey(label.network, label.address);
  key.append(reinterpret_cast<const char*>(digest.bytes.data()), kContentDigestBytes);
  return key;
}

std::string LabelKey(std::string_view content, ListNumber list, std::uint64_t added) {
  const std::size_t address = content.size() - kContentDigestBytes;
  std::string key(1, kLabelSpace);
  key.append(content.substr(0, address));
  AppendBe(list.value, &key);
  key.append(content.substr(address));
  AppendBe(added, &key);
  return key;
}

std::string ListIndexPrefix(ListNumber list) {
  std::string key(1, kListIndexSpace);
  AppendBe(list.value, &key);
  return key;
}

std::string ListIndexKey(ListNumber list, std::string_view content, std::uint64_t added) {
  std::string key = ListIndexPrefix(list);
  key.append(content);
  AppendBe(added, &key);
  return key;
}

std::string ActorKey(ListNumber list, std::string_view id, std::uint64_t added) {
  std::string key(1, kActorSpace);
  AppendBe(list.value, &key);
  AppendBe(static_cast<std::uint16_t>(id.size()), &key);
  key.append(id);
  AppendBe(added, &key);
  return key;
}

std::string RevisionKey(std::uint64_t revision) {
  std::string key(1, kRevisionSpace);
  AppendBe(revision, &key);
  return key;
}

std::string ListKey(ListNumber list) {
  std::string key(1, kListSpace);
  AppendBe(list.value, &key);
  return key;
}

absl::StatusOr<LabelPlace> ParseLabelKey(std::string_view key) {
  if (key.empty() || key[0] != kLabelSpace) return Damaged();
  key.remove_prefix(1);
  const std::size_t address = AddressKeySize(key);
  if (address == 0 || key.size() != address + kListBytes + kContentDigestBytes + kNumberBytes) {
    return Damaged();
  }
  LabelPlace place;
  place.network = static_cast<Network>(key[0]);
  place.address_key = key.substr(0, address);
  place.address = key.substr(2, address - 2);
  place.digest = key.substr(address + kListBytes, kContentDigestBytes);
  place.list.value = LoadBe<std::uint32_t>(key.data() + address);
  place.added = LoadBe<std::uint64_t>(key.data() + key.size() - kNumberBytes);
  return place;
}

absl::StatusOr<IndexPlace> ParseListIndexKey(std::string_view key) {
  if (key.size() < 1 + kListBytes || key[0] != kListIndexSpace) return Damaged();
  key.remove_prefix(1 + kListBytes);
  const std::size_t address = AddressKeySize(key);
  if (address == 0 || key.size() != address + kContentDigestBytes + kNumberBytes) return Damaged();
  IndexPlace place;
  place.content = key.substr(0, address + kContentDigestBytes);
  place.added = LoadBe<std::uint64_t>(key.data() + key.size() - kNumberBytes);
  return place;
}

std::string EncodeFormat() {
  std::string value(kMagic);
  AppendLe(kFormatVersion, &value);
  return value;
}

absl::Status CheckFormat(std::string_view value, std::string_view folder) {
  if (value.size() != kMagic.size() + sizeof(kFormatVersion) || !value.starts_with(kMagic)) {
    return Damaged();
  }
  const auto version = LoadLe<std::uint32_t>(value.data() + kMagic.size());
  if (version > kFormatVersion) {
    return absl::UnimplementedError(absl::StrCat(std::string(folder), ": these labels have format ",
                                                 version, ", this program knows ", kFormatVersion,
                                                 "; use the newer coinwake"));
  }
  return version == kFormatVersion ? absl::OkStatus() : Damaged();
}

std::string EncodeLabel(const Label& label, std::uint64_t removed) {
  return EncodeRemoved(removed) + ContentOf(label);
}

absl::Status DecodeLabel(std::string_view value, Label* label, std::uint64_t* removed) {
  ByteReader reader = ReaderOf(value);
  *removed = reader.Read<std::uint64_t>();
  for (std::string* text : {&label->name, &label->category, &label->actor, &label->source,
                            &label->creator, &label->abuse}) {
    *text = ReadText(reader);
  }
  const auto confidence = reader.Read<std::uint16_t>();
  const auto definer = reader.Read<std::uint8_t>();
  const auto label_class = reader.Read<std::uint8_t>();
  const auto valid_from = reader.Read<std::int32_t>();
  const auto valid_to = reader.Read<std::int32_t>();
  COINWAKE_RETURN_IF_ERROR(EndOf(reader));
  if (definer > kNotSaid || label_class > static_cast<std::uint8_t>(LabelClass::kOther)) {
    return Damaged();
  }
  if (confidence != kNoConfidence && !IsConfidence(confidence)) return Damaged();
  if (confidence != kNoConfidence) label->confidence_permille = confidence;
  if (definer != kNotSaid) label->cluster_definer = definer == 1;
  if (label_class != 0) label->label_class = static_cast<LabelClass>(label_class);
  if (valid_from != kNoDate) label->valid_from = Date{valid_from};
  if (valid_to != kNoDate) label->valid_to = Date{valid_to};
  return absl::OkStatus();
}

std::string WithRemoved(std::string_view value, std::uint64_t removed) {
  COINWAKE_CHECK(value.size() >= kNumberBytes);
  std::string changed = EncodeRemoved(removed);
  changed.append(value.substr(kNumberBytes));
  return changed;
}

std::string EncodeRemoved(std::uint64_t removed) {
  std::string value;
  AppendLe(removed, &value);
  return value;
}

absl::StatusOr<std::uint64_t> DecodeRemoved(std::string_view value) {
  if (value.size() != kNumberBytes) return Damaged();
  return LoadLe<std::uint64_t>(value.data());
}

std::string EncodeActor(const Actor& actor, std::uint64_t removed) {
  std::string value = EncodeRemoved(removed);
  AppendText(actor.id, &value);
  AppendText(actor.name, &value);
  AppendLe(static_cast<std::uint16_t>(actor.categories.size()), &value);
  for (const std::string& category : actor.categories) AppendText(category, &value);
  return value;
}

absl::Status DecodeActor(std::string_view value, Actor* actor, std::uint64_t* removed) {
  ByteReader reader = ReaderOf(value);
  *removed = reader.Read<std::uint64_t>();
  actor->id = ReadText(reader);
  actor->name = ReadText(reader);
  const auto count = reader.Read<std::uint16_t>();
  for (std::uint16_t i = 0; i < count && reader.ok(); ++i) {
    actor->categories.push_back(ReadText(reader));
  }
  return EndOf(reader);
}

std::string EncodeRevision(const LabelRevision& revision) {
  std::string value;
  AppendLe(revision.number, &value);
  AppendLe(static_cast<std::uint8_t>(revision.kind), &value);
  AppendLe(revision.time, &value);
  AppendText(revision.list, &value);
  AppendText(revision.file, &value);
  AppendHash(revision.file_sha256, &value);
  for (const std::uint64_t count :
       {revision.added, revision.unchanged, revision.removed, revision.rejected}) {
    AppendLe(count, &value);
  }
  AppendHash(revision.digest, &value);
  return value;
}

absl::StatusOr<LabelRevision> DecodeRevision(std::string_view value) {
  ByteReader reader = ReaderOf(value);
  LabelRevision revision;
  revision.number = reader.Read<std::uint64_t>();
  const auto kind = reader.Read<std::uint8_t>();
  revision.time = reader.Read<std::int64_t>();
  revision.list = ReadText(reader);
  revision.file = ReadText(reader);
  revision.file_sha256 = ReadHash(reader);
  for (std::uint64_t* count :
       {&revision.added, &revision.unchanged, &revision.removed, &revision.rejected}) {
    *count = reader.Read<std::uint64_t>();
  }
  revision.digest = ReadHash(reader);
  COINWAKE_RETURN_IF_ERROR(EndOf(reader));
  if (kind != static_cast<std::uint8_t>(RevisionKind::kImport) &&
      kind != static_cast<std::uint8_t>(RevisionKind::kRemoval)) {
    return Damaged();
  }
  revision.kind = static_cast<RevisionKind>(kind);
  return revision;
}

}  // namespace coinwake
