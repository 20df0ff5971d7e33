// The labels of a data folder: every import and removal ever made, as numbered revisions.
//
// DESCRIPTION. A revision is one version of one list, or one removal. Importing a list again adds
// what is new in it and marks what is gone as removed at that revision; nothing is deleted, so that
// any question can be asked as of any revision, or as known on a date. A revision and its rows are
// one synced batch: after a crash all of it is there or nothing.
//
// IMPLEMENTATION. DATA/labels is a LevelDB of its own (docs/design/labels.md). A row carries the
// revision that added it and the one that removed it. Revisions, lists and actors are few and held
// in memory; labels are read as they are asked for.
//
// Reading is thread-safe; one thread writes, and nobody reads meanwhile. Cursors must be gone
// before their store.
#ifndef COINWAKE_LABELS_LABEL_STORE_H_
#define COINWAKE_LABELS_LABEL_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/status.h"
#include "indexer/kv/store.h"
#include "labels/label.h"
#include "labels/label_codec.h"
#include "labels/label_file.h"

namespace coinwake {

// A label and where it comes from.
struct KnownLabel {
  Label label;
  std::string list;
  Lifetime lifetime;
  std::string actor_name;  // of the ActorPack's entry that label.actor names; empty: none
};

// What was known when: revisions up to `revision`, and labels that hold on `date` if that is set.
struct LabelMoment {
  std::uint64_t revision = 0;
  std::optional<Date> date;
};

struct LabelQuery {
  std::optional<Network> network;
  // With `network`: labels of this address alone, by its bytes.
  std::optional<std::string> address;
  std::optional<std::string> list;
  LabelMoment moment;
  // Fills what a label does not say of category and class from its actor.
  bool resolve_actors = true;
};

// Walks the labels that a query finds, ordered by network, size and bytes of the address; those of
// one address by list and content.
class LabelCursor {
 public:
  virtual ~LabelCursor() = default;
  // False at the end. kDataLoss.
  virtual absl::StatusOr<bool> Next(KnownLabel* label) = 0;
};

// One version of a list.
struct LabelImport {
  LabelList list;
  std::string file;  // its name, without folders
  Hash256 file_sha256;
  std::int64_t time = 0;  // Unix seconds, when it became known here
  // Where the version is not whole: labels with one of these for a source that it lacks stay,
  // unless it says something of their address.
  std::set<std::string> open_sources;
};

struct LabelChange {
  std::string list;             // the name it has here
  std::uint64_t imported = 0;   // labels and actors that are new
  std::uint64_t unchanged = 0;  // that were there, or stand in the file twice
  std::uint64_t removed = 0;    // that the list no longer has
  std::uint64_t revision = 0;   // that says so; 0: nothing changed
};

// Whether the rows of a store agree with each other.
struct LabelCheck {
  std::uint64_t checked = 0;          // facts compared
  std::vector<std::string> problems;  // the first of them
};

class LabelStore {
 public:
  enum class Mode { kRead, kWrite };  // kWrite makes what is missing

  // kNotFound: no labels there (kRead). kUnavailable: another process has them open.
  // kUnimplemented: of a newer program. kDataLoss. `files` is borrowed and must outlive the store.
  static absl::StatusOr<std::unique_ptr<LabelStore>> Open(FileSystem& files,
                                                          const std::string& data_folder,
                                                          Mode mode);
  LabelStore(const LabelStore&) = delete;
  LabelStore& operator=(const LabelStore&) = delete;

  // The last revision and the beginning of a digest of all that was ever said, in order:
  // "12-0a1b..."; empty without revisions. The same imports in the same order give the same one
  // anywhere.
  std::string Version() const;
  // The version since a revision.
  static std::string VersionAt(const LabelRevision& revision);
  const std::vector<LabelRevision>& revisions() const { return revisions_; }  // ascending from 1
  // Labels and actors that are said now.
  std::uint64_t labels_count() const;
  // In the order of first imports; those without labels now as well.
  std::vector<std::string> lists() const;
  // kNotFound: no list of that name was ever imported.
  absl::Status CheckList(const std::string& name) const;

  // The entries of ActorPacks that a list gave and that are known then, by id.
  std::vector<Actor> ActorsOf(std::string_view list, std::uint64_t revision) const;

  LabelMoment Now() const { return {revisions_.size(), std::nullopt}; }
  // What was known at the end of a day, and holds on it.
  LabelMoment KnownOn(Date date) const;

  std::unique_ptr<LabelCursor> Find(const LabelQuery& query) const;
  // All that Find() finds of one address.
  absl::StatusOr<std::vector<KnownLabel>> LabelsOf(Network network, std::string_view address,
                                                   const LabelMoment& moment) const;

  // Reads everything once: that each label is what its key says, stands in its list's index as
  // well, and was added and removed by revisions that count it; and computes the digest of each
  // revision again. The status is for what prevents checking.
  absl::StatusOr<LabelCheck> Check() const;

  // Adds a version of a list. Where the list's name is a title that several packs may have: a file
  // of a name that no version of the list had is another pack, and becomes a list of its own,
  // "TITLE [FILE]", unless it says just what the list says; so does a file that has actors where
  // the list has only ever had labels, or labels where it has had actors. A version without any
  // label or actor changes nothing: a broken file must not remove a list.
  absl::StatusOr<LabelChange> Import(const LabelImport& import);
  // Removes what a list says. kNotFound: no such list, or nothing in it.
  absl::StatusOr<LabelChange> RemoveList(const std::string& list, std::int64_t time);
  // Removes labels of an address, of every list; with `name`, those of this name. kNotFound.
  absl::StatusOr<LabelChange> RemoveAddress(Network network, const std::string& address,
                                            const std::optional<std::string>& name,
                                            std::int64_t time);

 private:
  friend class StoredLabels;
  class Change;  // label_import.cc
  struct ActorVersion {
    ListNumber list;
    Lifetime lifetime;
    Actor actor;
  };

  LabelStore() = default;

  absl::Status Load(const std::string& folder);
  absl::Status LoadActors();
  std::optional<ListNumber> FindList(std::string_view name) const;
  // The actor as known then; nullptr: none.
  const Actor* FindActor(const std::string& id, std::uint64_t revision) const;
  // The name under which `import` goes on or begins.
  absl::StatusOr<std::string> ListFor(const LabelImport& import) const;
  // Whether `import` is taken for a version of the list `name`.
  absl::StatusOr<bool> GoesOnIn(const std::string& name, const LabelImport& import) const;
  // Whether the list ever had any.
  bool HasActors(ListNumber list) const;
  absl::StatusOr<bool> HasLabels(ListNumber list) const;
  // Whether a row of a list has one of these sources.
  absl::StatusOr<bool> IsOpen(ListNumber list, const IndexPlace& place,
                              const std::set<std::string>& sources) const;
  // Whether the list says now what `than` says, no more and no less.
  absl::StatusOr<bool> SaysNothingElse(ListNumber list, const LabelList& than) const;

  std::unique_ptr<KvStore> store_;
  std::vector<LabelRevision> revisions_;
  std::vector<std::string> lists_;  // by number
  std::map<std::string, std::vector<ActorVersion>> actors_;
};

}  // namespace coinwake

#endif  // COINWAKE_LABELS_LABEL_STORE_H_
