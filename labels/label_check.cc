// The part of label_store.h that checks the store against itself.
#include <utility>

#include "absl/strings/str_cat.h"
#include "labels/label_store.h"

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

}  // namespace

absl::StatusOr<LabelCheck> LabelStore::Check() const {
  Findings findings(revisions_.size());
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
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  findings.Expect(indexed == rows, absl::StrCat("the lists name ", indexed, " labels, there are ",
                                                rows, " by address"));
  for (const auto& [id, versions] : actors_) {
    for (const ActorVersion& version : versions) {
      findings.Count(version.lifetime, absl::StrCat("the actor ", id));
    }
  }
  for (const LabelRevision& revision : revisions_) findings.Compare(revision);
  return findings.Take();
}

}  // namespace coinwake
