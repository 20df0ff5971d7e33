// A file of labels, in whichever of the published formats, as labels and what had to be rejected.
//
// Told from the content, not from the file's name: GraphSense TagPacks and ActorPacks (YAML),
// OFAC's sdn.xml, sdn_advanced.xml, sdn.csv and sdn_comments.csv, bare lists of addresses (text,
// JSON), CSV with a header; each may be gzip. Pure and total: any bytes are read or refused, within
// bounds.
#ifndef COINWAKE_LABELS_LABEL_FILE_H_
#define COINWAKE_LABELS_LABEL_FILE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"
#include "labels/label.h"

namespace coinwake {

// Of a file, uncompressed; OFAC's largest, sdn_advanced.xml, has some 120 MB.
inline constexpr std::uint64_t kMaxLabelFileBytes = 256u << 20;
// Rows of a file, half a kilobyte of memory each; all public TagPacks together have some 530,000.
inline constexpr std::uint64_t kMaxLabelRows = 750'000;
// Rows of one list, which are written at once; the largest public TagPack has 58,600.
inline constexpr std::uint64_t kMaxListRows = 250'000;
// Lists of a file: each is a revision, synced. Also documents of YAML, which may say nothing.
inline constexpr std::uint64_t kMaxLists = 10'000;

// What an SDN file says of an entry, kept from sdn.csv to sdn_comments.csv.
struct SdnEntry {
  std::string name;
  std::string tail;        // what of the remarks may go on in sdn_comments.csv
  bool may_go_on = false;  // the remarks have no end
  // Where the tail is an address cut in the middle, as far as is known: the file and the row.
  std::string open_path;
  std::uint64_t open_row = 0;  // 0: it is none
};
using SdnEntries = std::map<std::uint64_t, SdnEntry>;  // by uid

// Which of OFAC's two CSV files a file is.
enum class SdnPart { kNone, kEntries, kComments };

struct LabelReadOptions {
  std::string path;  // errors begin with it; its last part names a list that has no name
  std::optional<Network> network;         // of texts that several networks share
  std::string list;                       // the name of the list; empty: the file's own
  std::optional<LabelClass> label_class;  // of every label; nullopt: what the file says
  // sdn_comments.csv is told (LabelFile::sdn_part) and not read: sdn.csv goes first.
  bool comments_later = false;
};

struct RejectedRow {
  std::uint64_t row = 0;  // line of the file, from 1; in JSON the number of the entry
  std::string reason;
};

// What one list says, in the order of the file.
struct LabelList {
  std::string list;
  // The name is a title, which a publisher may have given to several packs.
  bool may_be_part = false;
  std::vector<Label> labels;
  std::vector<Actor> actors;
  std::uint64_t rejected = 0;  // rows of it
};

struct LabelFile {
  std::vector<LabelList> lists;
  std::uint64_t read = 0;  // rows: those of the lists and the rejected
  std::vector<RejectedRow> rejected;
  // It is nothing but addresses: taken for an extract of a sanctions list where nobody says else.
  bool bare_list = false;
  SdnPart sdn_part = SdnPart::kNone;
};

// `entries` is kept from file to file of one import, so that sdn_comments.csv gets its names and
// the beginnings of its remarks; what ends in the middle is neither read nor rejected until
// TakeOpenRows().
// kNotFound: no list of labels in any format above. kInvalidArgument: one that is malformed or cut
// short. Both with path and line. kResourceExhausted: over the bounds.
absl::StatusOr<LabelFile> ReadLabelFile(ByteSpan bytes, const LabelReadOptions& options,
                                        SdnEntries* entries);

struct OpenRow {
  std::string path;
  RejectedRow row;
};
// After the last file: the rows whose remarks end in the middle of an address, by uid.
std::vector<OpenRow> TakeOpenRows(SdnEntries* entries);
// The `source` of labels of each entry whose remarks may go on in an sdn_comments.csv.
std::set<std::string> OpenSources(const SdnEntries& entries);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_LABEL_FILE_H_
