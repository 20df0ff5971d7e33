// The part of label_store.h that checks the store against itself.
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "labels/label_store.h"
#include "labels/revision_digest.h"

namespace coinwake {
namespace {

constexpr std::size_t kMaxProblems = 100;

// What the rows say that each revision did.
struct Done {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
};

class Findings {
 public:
  explicit Findings(std::uint64_t revisions) : done_(revisions + 1) {}

  void Expect(bool holds, std::string_view problem) {
    ++check_.checked;
    if (holds || check_.problems.size() >= kMaxProblems) return;
    check_.problems.push_back(absl::StrCat("labels: ", std::string(problem)));
  }
  // Counts a row in the revisions that added and removed it.
  void Count(const Lifetime& lifetime, std::string_view what) {
    const bool holds = lifetime.added >= 1 && lifetime.added < done_.size() &&
                       (lifetime.removed == 0 ||
                        (lifetime.added < lifetime.removed && lifetime.removed < done_.size()));
    Expect(holds, absl::StrCat(std::string(what), " is of a revision that is not there"));
    if (!holds) return;
    ++done_[lifetime.added].added;
    if (lifetime.removed != 0) ++done_[lifetime.removed].removed;
  }
  void Compare(const LabelRevision& revision) {
    const Done& done = done_[revision.number];
    Expect(
        done.added == revision.added && done.removed == revision.removed,
        absl::StrCat("revision ", revision.number, " says ", revision.added, " added and ",
                     revision.removed, " removed, the rows ", done.added, " and ", done.removed));
  }
  LabelCheck Take() { return std::move(check_); }

 private:
  std::vector<Done> done_;  // by revision
  LabelCheck check_;
};

// The digests of all revisions, computed again from the rows.
class Digests {
 public:
  explicit Digests(const std::vector<LabelRevision>& revisions) : revisions_(revisions) {
    const LabelRevision* before = nullptr;
    for (const LabelRevision& revision : revisions) {
      said_.push_back(std::make_unique<RevisionDigest>(before, revision.kind));
      if (!IsOfAddress(revision)) said_.back()->SayList(revision.list);
      before = &revision;
    }
  }

  // A row of a list's index. REQUIRES: all rows of a list, in order.
  void AddIndexed(const IndexPlace& place, std::uint64_t removed) {
    if (RevisionDigest* const said = Of(place.added, false)) said->SayAdded(place.content);
    if (RevisionDigest* const said = Of(removed, false)) said->SayRemoved(place.content);
  }
  // A row by address, of a list. REQUIRES: all rows, in order.
  void AddRow(const LabelPlace& place, const std::string& list, std::uint64_t removed) {
    RevisionDigest* const said = Of(removed, true);
    if (said == nullptr) return;
    said->SayList(list);
    said->SayRemoved(absl::StrCat(std::string(place.address_key), std::string(place.digest)));
  }
  // After all labels; those removed by id, then those added.
  void AddActorRemoved(const std::string& id, std::uint64_t removed) {
    if (RevisionDigest* const said = Of(removed, false)) said->SayActorRemoved(id);
  }
  void AddActorAdded(const Actor& actor, std::uint64_t added) {
    if (RevisionDigest* const said = Of(added, false)) said->SayActorAdded(actor);
  }

  void Compare(Findings* findings) {
    for (const LabelRevision& revision : revisions_) {
      findings->Expect(
          said_[revision.number - 1]->Finish() == revision.digest,
          absl::StrCat("the digest of revision ", revision.number, " is not that of what it says"));
    }
  }

 private:
  static bool IsOfAddress(const LabelRevision& revision) {
    return revision.kind == RevisionKind::kRemoval && revision.list.empty();
  }
  // nullptr: there is no such revision, or it is of the other kind.
  RevisionDigest* Of(std::uint64_t revision, bool of_address) {
    if (revision == 0 || revision > said_.size()) return nullptr;
    if (IsOfAddress(revisions_[revision - 1]) != of_address) return nullptr;
    return said_[revision - 1].get();
  }

  const std::vector<LabelRevision>& revisions_;
  std::vector<std::unique_ptr<RevisionDigest>> said_;  // by revision, from the first
};

}  // namespace

absl::StatusOr<LabelCheck> LabelStore::Check() const {
  Findings findings(revisions_.size());
  Digests digests(revisions_);
  std::uint64_t rows = 0;
  const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
  for (iterator->Seek(std::string(1, kLabelSpace));
       iterator->Valid() && iterator->key()[0] == kLabelSpace; iterator->Next()) {
    ++rows;
    const absl::StatusOr<LabelPlace> place = ParseLabelKey(iterator->key());
    Label label;
    Lifetime lifetime;
    const bool readable =
        place.ok() && DecodeLabel(iterator->value(), &label, &lifetime.removed).ok();
    findings.Expect(readable, "a row cannot be read");
    if (!readable) continue;
    label.network = place->network;
    label.address = std::string(place->address);
    lifetime.added = place->added;
    const std::string name = AddressText(label.network, label.address);
    const std::string content = ContentKey(label);
    findings.Expect(content.ends_with(place->digest),
                    absl::StrCat("a label of ", name, " is not the one its key names"));
    findings.Expect(place->list.value < lists_.size(),
                    absl::StrCat("a label of ", name, " is of no list"));
    findings.Count(lifetime, absl::StrCat("a label of ", name));
    if (place->list.value < lists_.size()) {
      digests.AddRow(*place, lists_[place->list.value], lifetime.removed);
    }
    const absl::StatusOr<std::string> indexed =
        store_->Get(ListIndexKey(place->list, content, place->added));
    if (!indexed.ok() && !absl::IsNotFound(indexed.status())) return indexed.status();
    findings.Expect(indexed.ok() && *indexed == EncodeRemoved(lifetime.removed),
                    absl::StrCat("a label of ", name, " is not in its list as it is by address"));
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  std::uint64_t indexed = 0;
  for (iterator->Seek(std::string(1, kListIndexSpace));
       iterator->Valid() && iterator->key()[0] == kListIndexSpace; iterator->Next()) {
    ++indexed;
    const absl::StatusOr<IndexPlace> place = ParseListIndexKey(iterator->key());
    const absl::StatusOr<std::uint64_t> removed = DecodeRemoved(iterator->value());
    findings.Expect(place.ok() && removed.ok(), "a row of a list cannot be read");
    if (place.ok() && removed.ok()) digests.AddIndexed(*place, *removed);
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  findings.Expect(indexed == rows, absl::StrCat("the lists name ", indexed, " labels, there are ",
                                                rows, " by address"));
  for (const auto& [id, versions] : actors_) {
    for (const ActorVersion& version : versions) {
      findings.Count(version.lifetime, absl::StrCat("the actor ", id));
      digests.AddActorRemoved(id, version.lifetime.removed);
    }
  }
  for (const auto& [id, versions] : actors_) {
    for (const ActorVersion& version : versions) {
      digests.AddActorAdded(version.actor, version.lifetime.added);
    }
  }
  for (const LabelRevision& revision : revisions_) findings.Compare(revision);
  digests.Compare(&findings);
  return findings.Take();
}

}  // namespace coinwake
