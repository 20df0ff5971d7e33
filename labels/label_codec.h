// Bytes of the label store: keys, and what stands under them. docs/design/labels.md has the table.
#ifndef COINWAKE_LABELS_LABEL_CODEC_H_
#define COINWAKE_LABELS_LABEL_CODEC_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "indexer/base/hash.h"
#include "indexer/base/status.h"
#include "labels/label.h"

namespace coinwake {

// A number a list has in keys, given in the order of first imports, from 0.
struct ListNumber {
  std::uint32_t value = 0;
  friend bool operator==(ListNumber, ListNumber) = default;
};

// From when to when something was said, by revision: since `added`, until before `removed`.
struct Lifetime {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;  // 0: it still is

  bool Covers(std::uint64_t revision) const {
    return added <= revision && (removed == 0 || revision < removed);
  }
};

enum class RevisionKind : std::uint8_t { kImport = 1, kRemoval = 2 };

// One import of a list, or one removal.
struct LabelRevision {
  std::uint64_t number = 0;  // from 1
  RevisionKind kind = RevisionKind::kImport;
  std::int64_t time = 0;  // Unix seconds; never before that of an earlier revision
  std::string list;       // empty: a removal by address
  std::string file;       // its name, without folders; empty: a removal
  Hash256 file_sha256;    // of its bytes
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t removed = 0;
  std::uint64_t rejected = 0;
  Hash256 digest;  // of what all revisions up to this one said
};

// Keys.

inline constexpr char kFormatKey[] = "V";
inline constexpr char kLabelSpace = 'l';
inline constexpr char kListIndexSpace = 'i';
inline constexpr char kActorSpace = 'a';
inline constexpr char kRevisionSpace = 'n';
inline constexpr char kListSpace = 's';
inline constexpr std::size_t kContentDigestBytes = 16;
// Bytes of an address that can have labels: its size is one byte of a key. A script that has an
// address has at most 42.
inline constexpr std::size_t kMaxLabelledBytes = 255;

// Network, size and bytes of an address: what the rows about it begin with, in either keyspace.
// REQUIRES: at most kMaxLabelledBytes.
std::string AddressKey(Network network, std::string_view address);
// The same, and a digest of all that the label says: equal for equal labels only.
std::string ContentKey(const Label& label);
// `content` is a ContentKey().
std::string LabelKey(std::string_view content, ListNumber list, std::uint64_t added);
std::string ListIndexPrefix(ListNumber list);
std::string ListIndexKey(ListNumber list, std::string_view content, std::uint64_t added);
std::string ActorKey(ListNumber list, std::string_view id, std::uint64_t added);
std::string RevisionKey(std::uint64_t revision);
std::string ListKey(ListNumber list);

// What keys say. kDataLoss for any others.
struct LabelPlace {
  Network network = Network::kBitcoin;
  std::string_view address;      // this and the next two are inside the key
  std::string_view address_key;  // with network and size
  std::string_view digest;       // what ContentKey() has behind the address key
  ListNumber list;
  std::uint64_t added = 0;
};
absl::StatusOr<LabelPlace> ParseLabelKey(std::string_view key);
struct IndexPlace {
  std::string_view content;  // the whole ContentKey(), inside the key
  std::uint64_t added = 0;
};
absl::StatusOr<IndexPlace> ParseListIndexKey(std::string_view key);

// Values. Decoding is total: kDataLoss for bytes that no encoder writes.

std::string EncodeFormat();
// kUnimplemented: of a newer program.
absl::Status CheckFormat(std::string_view value, std::string_view folder);

std::string EncodeLabel(const Label& label, std::uint64_t removed);
// All but the network and the address, which the key has.
absl::Status DecodeLabel(std::string_view value, Label* label, std::uint64_t* removed);
// The value with another `removed`.
std::string WithRemoved(std::string_view value, std::uint64_t removed);

std::string EncodeRemoved(std::uint64_t removed);
absl::StatusOr<std::uint64_t> DecodeRemoved(std::string_view value);

// An actor's id is in the value too.
std::string EncodeActor(const Actor& actor, std::uint64_t removed);
absl::Status DecodeActor(std::string_view value, Actor* actor, std::uint64_t* removed);

std::string EncodeRevision(const LabelRevision& revision);
absl::StatusOr<LabelRevision> DecodeRevision(std::string_view value);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_LABEL_CODEC_H_
