// The part of label_store.h that writes.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/utf8.h"
#include "labels/label_store.h"
#include "labels/revision_digest.h"

namespace coinwake {
namespace {

// What an import brings, by what identifies it. Sorted as the list's index is.
using Incoming = std::vector<std::pair<std::string, const Label*>>;

Incoming SortedContents(const std::vector<Label>& labels) {
  Incoming incoming;
  incoming.reserve(labels.size());
  for (const Label& label : labels) incoming.emplace_back(ContentKey(label), &label);
  std::sort(incoming.begin(), incoming.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto repeated =
      std::unique(incoming.begin(), incoming.end(),
                  [](const auto& a, const auto& b) { return a.first == b.first; });
  incoming.erase(repeated, incoming.end());
  return incoming;
}

// Whether any of it is of an address, by its AddressKey().
bool Names(const Incoming& incoming, std::string_view address_key) {
  const auto found =
      std::lower_bound(incoming.begin(), incoming.end(), address_key,
                       [](const auto& a, std::string_view key) { return a.first < key; });
  return found != incoming.end() && found->first.starts_with(address_key);
}

// By id; of several entries with one id the last counts.
std::map<std::string, const Actor*> ById(const std::vector<Actor>& actors) {
  std::map<std::string, const Actor*> by_id;
  for (const Actor& actor : actors) by_id[actor.id] = &actor;
  return by_id;
}

}  // namespace

// A revision in the making: its batch, its counts and the digest of what it says.
class LabelStore::Change {
 public:
  Change(LabelStore& store, RevisionKind kind, std::int64_t time)
      : store_(store), said_(store.revisions_.empty() ? nullptr : &store.revisions_.back(), kind) {
    revision_.number = store.revisions_.size() + 1;
    revision_.kind = kind;
    revision_.time = store.revisions_.empty() ? time : std::max(time, store.revisions_.back().time);
  }

  // Whose labels follow. A new list gets its number here.
  ListNumber UseList(const std::string& name) {
    said_.SayList(name);
    if (const std::optional<ListNumber> known = store_.FindList(name); known.has_value()) {
      return *known;
    }
    new_list_ = name;
    const ListNumber list{static_cast<std::uint32_t>(store_.lists_.size())};
    batch_.Put(ListKey(list), name);
    return list;
  }

  void Add(ListNumber list, std::string_view content, const Label& label) {
    batch_.Put(LabelKey(content, list, revision_.number), EncodeLabel(label, 0));
    batch_.Put(ListIndexKey(list, content, revision_.number), EncodeRemoved(0));
    said_.SayAdded(content);
    ++revision_.added;
  }
  absl::Status Remove(ListNumber list, std::string_view content, std::uint64_t added) {
    const std::string key = LabelKey(content, list, added);
    COINWAKE_ASSIGN_OR_RETURN(const std::string value, store_.store_->Get(key));
    batch_.Put(key, WithRemoved(value, revision_.number));
    batch_.Put(ListIndexKey(list, content, added), EncodeRemoved(revision_.number));
    said_.SayRemoved(content);
    ++revision_.removed;
    return absl::OkStatus();
  }
  void Add(ListNumber list, const Actor& actor) {
    batch_.Put(ActorKey(list, actor.id, revision_.number), EncodeActor(actor, 0));
    added_actors_.push_back({list, {revision_.number, 0}, actor});
    said_.SayActorAdded(actor);
    ++revision_.added;
  }
  void Remove(ActorVersion* version) {
    batch_.Put(ActorKey(version->list, version->actor.id, version->lifetime.added),
               EncodeActor(version->actor, revision_.number));
    removed_actors_.push_back(version);
    said_.SayActorRemoved(version->actor.id);
    ++revision_.removed;
  }

  bool empty() const { return revision_.added == 0 && revision_.removed == 0; }
  LabelRevision& revision() { return revision_; }

  // Writes the revision, and shows it in the store.
  absl::StatusOr<LabelChange> Commit() {
    revision_.digest = said_.Finish();
    batch_.Put(kFormatKey, EncodeFormat());
    batch_.Put(RevisionKey(revision_.number), EncodeRevision(revision_));
    COINWAKE_RETURN_IF_ERROR(store_.store_->Write(batch_, /*sync=*/true));
    if (!new_list_.empty()) store_.lists_.push_back(new_list_);
    for (ActorVersion* version : removed_actors_) version->lifetime.removed = revision_.number;
    for (ActorVersion& version : added_actors_) {
      store_.actors_[version.actor.id].push_back(std::move(version));
    }
    store_.revisions_.push_back(revision_);
    return LabelChange{revision_.list, revision_.added, revision_.unchanged, revision_.removed,
                       revision_.number};
  }

 private:
  LabelStore& store_;
  KvBatch batch_;
  LabelRevision revision_;
  RevisionDigest said_;
  std::string new_list_;
  std::vector<ActorVersion> added_actors_;
  std::vector<ActorVersion*> removed_actors_;
};

bool LabelStore::HasActors(ListNumber list) const {
  for (const auto& [id, versions] : actors_) {
    for (const ActorVersion& version : versions) {
      if (version.list == list) return true;
    }
  }
  return false;
}

absl::StatusOr<bool> LabelStore::HasLabels(ListNumber list) const {
  const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
  const std::string prefix = ListIndexPrefix(list);
  iterator->Seek(prefix);
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  return iterator->Valid() && iterator->key().starts_with(prefix);
}

absl::StatusOr<bool> LabelStore::SaysNothingElse(ListNumber list, const LabelList& than) const {
  const Incoming incoming = SortedContents(than.labels);
  auto next = incoming.begin();
  const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
  const std::string prefix = ListIndexPrefix(list);
  for (iterator->Seek(prefix); iterator->Valid() && iterator->key().starts_with(prefix);
       iterator->Next()) {
    COINWAKE_ASSIGN_OR_RETURN(const IndexPlace place, ParseListIndexKey(iterator->key()));
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t removed, DecodeRemoved(iterator->value()));
    if (removed != 0) continue;
    if (next == incoming.end() || next->first != place.content) return false;
    ++next;
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  if (next != incoming.end()) return false;
  std::vector<Actor> actors;
  for (const auto& [id, actor] : ById(than.actors)) actors.push_back(*actor);
  return ActorsOf(lists_[list.value], revisions_.size()) == actors;
}

absl::StatusOr<bool> LabelStore::GoesOnIn(const std::string& name,
                                          const LabelImport& import) const {
  const std::optional<ListNumber> list = FindList(name);
  if (!list.has_value()) return true;
  const bool is_known =
      std::any_of(revisions_.begin(), revisions_.end(), [&](const LabelRevision& revision) {
        return revision.list == name && revision.kind == RevisionKind::kImport &&
               revision.file == import.file;
      });
  if (!is_known) return SaysNothingElse(*list, import.list);
  if (!import.list.actors.empty() && HasActors(*list)) return true;
  if (import.list.labels.empty()) return false;
  return HasLabels(*list);
}

absl::StatusOr<std::string> LabelStore::ListFor(const LabelImport& import) const {
  const std::string& list = import.list.list;
  if (!import.list.may_be_part) return list;
  const std::string part = absl::StrCat(list, " [", ValidUtf8(import.file), "]");
  for (const std::string& name : {list, part}) {
    COINWAKE_ASSIGN_OR_RETURN(const bool goes_on, GoesOnIn(name, import));
    if (goes_on) return name;
  }
  return absl::StrCat(part, import.list.labels.empty() ? " actors" : " tags");
}

absl::StatusOr<bool> LabelStore::IsOpen(ListNumber list, const IndexPlace& place,
                                        const std::set<std::string>& sources) const {
  if (sources.empty()) return false;
  COINWAKE_ASSIGN_OR_RETURN(const std::string value,
                            store_->Get(LabelKey(place.content, list, place.added)));
  Label label;
  std::uint64_t removed = 0;
  COINWAKE_RETURN_IF_ERROR(DecodeLabel(value, &label, &removed));
  return sources.count(label.source) != 0;
}

absl::StatusOr<LabelChange> LabelStore::Import(const LabelImport& import) {
  COINWAKE_ASSIGN_OR_RETURN(const std::string list_name, ListFor(import));
  const std::uint64_t rows = import.list.labels.size() + import.list.actors.size();
  if (rows == 0) return LabelChange{list_name, 0, 0, 0, 0};
  Change change(*this, RevisionKind::kImport, import.time);
  const ListNumber list = change.UseList(list_name);
  const Incoming incoming = SortedContents(import.list.labels);
  auto next = incoming.begin();
  const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
  const std::string prefix = ListIndexPrefix(list);
  for (iterator->Seek(prefix); iterator->Valid() && iterator->key().starts_with(prefix);
       iterator->Next()) {
    COINWAKE_ASSIGN_OR_RETURN(const IndexPlace place, ParseListIndexKey(iterator->key()));
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t removed, DecodeRemoved(iterator->value()));
    if (removed != 0) continue;
    for (; next != incoming.end() && next->first < place.content; ++next) {
      change.Add(list, next->first, *next->second);
    }
    if (next != incoming.end() && next->first == place.content) {
      ++next;
      continue;
    }
    const std::string_view address =
        place.content.substr(0, place.content.size() - kContentDigestBytes);
    COINWAKE_ASSIGN_OR_RETURN(const bool is_open, IsOpen(list, place, import.open_sources));
    if (is_open && !Names(incoming, address)) continue;
    COINWAKE_RETURN_IF_ERROR(change.Remove(list, place.content, place.added));
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  for (; next != incoming.end(); ++next) change.Add(list, next->first, *next->second);

  const std::map<std::string, const Actor*> actors = ById(import.list.actors);
  std::set<std::string> kept;
  for (auto& [id, versions] : actors_) {
    const auto wanted = actors.find(id);
    for (ActorVersion& version : versions) {
      if (version.list != list || version.lifetime.removed != 0) continue;
      if (wanted != actors.end() && *wanted->second == version.actor) {
        kept.insert(id);
      } else {
        change.Remove(&version);
      }
    }
  }
  for (const auto& [id, actor] : actors) {
    if (kept.count(id) == 0) change.Add(list, *actor);
  }

  LabelRevision& revision = change.revision();
  revision.list = list_name;
  revision.file = import.file;
  revision.file_sha256 = import.file_sha256;
  revision.unchanged = rows - revision.added;
  revision.rejected = import.list.rejected;
  if (change.empty()) return LabelChange{list_name, 0, rows, 0, 0};
  return change.Commit();
}

absl::StatusOr<LabelChange> LabelStore::RemoveList(const std::string& name, std::int64_t time) {
  COINWAKE_RETURN_IF_ERROR(CheckList(name));
  const std::optional<ListNumber> list = FindList(name);
  Change change(*this, RevisionKind::kRemoval, time);
  if (list.has_value()) {
    change.UseList(name);
    const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
    const std::string prefix = ListIndexPrefix(*list);
    for (iterator->Seek(prefix); iterator->Valid() && iterator->key().starts_with(prefix);
         iterator->Next()) {
      COINWAKE_ASSIGN_OR_RETURN(const IndexPlace place, ParseListIndexKey(iterator->key()));
      COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t removed, DecodeRemoved(iterator->value()));
      if (removed != 0) continue;
      COINWAKE_RETURN_IF_ERROR(change.Remove(*list, place.content, place.added));
    }
    COINWAKE_RETURN_IF_ERROR(iterator->status());
    for (auto& [id, versions] : actors_) {
      for (ActorVersion& version : versions) {
        if (version.list == *list && version.lifetime.removed == 0) change.Remove(&version);
      }
    }
  }
  if (change.empty()) {
    return absl::NotFoundError(absl::StrCat("no labels of the list \"", name, "\" any more"));
  }
  change.revision().list = name;
  return change.Commit();
}

absl::StatusOr<LabelChange> LabelStore::RemoveAddress(Network network, const std::string& address,
                                                      const std::optional<std::string>& name,
                                                      std::int64_t time) {
  Change change(*this, RevisionKind::kRemoval, time);
  const std::string prefix = std::string(1, kLabelSpace) + AddressKey(network, address);
  const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
  for (iterator->Seek(prefix); iterator->Valid() && iterator->key().starts_with(prefix);
       iterator->Next()) {
    COINWAKE_ASSIGN_OR_RETURN(const LabelPlace place, ParseLabelKey(iterator->key()));
    Label label;
    std::uint64_t removed = 0;
    COINWAKE_RETURN_IF_ERROR(DecodeLabel(iterator->value(), &label, &removed));
    if (removed != 0 || (name.has_value() && label.name != *name)) continue;
    if (place.list.value >= lists_.size()) return absl::DataLossError("a label is of no list");
    change.UseList(lists_[place.list.value]);
    COINWAKE_RETURN_IF_ERROR(change.Remove(
        place.list, absl::StrCat(std::string(place.address_key), std::string(place.digest)),
        place.added));
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  if (change.empty()) {
    return absl::NotFoundError(absl::StrCat("no such label of ", AddressText(network, address)));
  }
  return change.Commit();
}

}  // namespace coinwake
