#include "labels/label_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "indexer/base/hex.h"

namespace coinwake {
namespace {

constexpr std::size_t kVersionDigestBytes = 8;

// Labels are read one address at a time, or all in order: little is worth keeping.
KvOptions StoreOptions(bool create) {
  KvOptions options;
  options.create_if_missing = create;
  options.write_buffer_bytes = 4u << 20;
  options.block_cache_bytes = 8u << 20;
  return options;
}

absl::Status BadOrder(std::string_view what) {
  return absl::DataLossError(
      absl::StrCat("the labels are damaged: ", std::string(what),
                   "; restore the folder, or remove it and import the lists again"));
}

bool IsIn(std::string_view key, std::string_view prefix) { return key.starts_with(prefix); }

}  // namespace

// Walks either the rows of all labels (or of one address), or the index of one list and the rows it
// names.
class StoredLabels final : public LabelCursor {
 public:
  StoredLabels(const LabelStore& store, LabelQuery query)
      : store_(store), query_(std::move(query)), iterator_(store.store_->NewIterator()) {
    if (query_.list.has_value()) {
      list_ = store.FindList(*query_.list);
      ended_ = !list_.has_value();
    }
    if (query_.network.has_value() && query_.address.has_value()) {
      prefix_ = std::string(1, kLabelSpace) + AddressKey(*query_.network, *query_.address);
    } else if (list_.has_value()) {
      prefix_ = ListIndexPrefix(*list_);
      by_index_ = true;
      if (query_.network.has_value()) prefix_ += static_cast<char>(*query_.network);
    } else {
      prefix_ = std::string(1, kLabelSpace);
      if (query_.network.has_value()) prefix_ += static_cast<char>(*query_.network);
    }
    iterator_->Seek(prefix_);
  }

  absl::StatusOr<bool> Next(KnownLabel* label) override {
    while (!ended_ && iterator_->Valid() && IsIn(iterator_->key(), prefix_)) {
      COINWAKE_ASSIGN_OR_RETURN(const bool found, by_index_ ? ReadIndexed(label) : ReadRow(label));
      iterator_->Next();
      if (found) return true;
    }
    COINWAKE_RETURN_IF_ERROR(iterator_->status());
    ended_ = true;
    return false;
  }

 private:
  absl::StatusOr<bool> ReadIndexed(KnownLabel* label) {
    COINWAKE_ASSIGN_OR_RETURN(const IndexPlace place, ParseListIndexKey(iterator_->key()));
    COINWAKE_ASSIGN_OR_RETURN(const std::uint64_t removed, DecodeRemoved(iterator_->value()));
    if (!Lifetime{place.added, removed}.Covers(query_.moment.revision)) return false;
    const std::string key = LabelKey(place.content, *list_, place.added);
    const absl::StatusOr<std::string> value = store_.store_->Get(key);
    if (absl::IsNotFound(value.status())) return BadOrder("a list names a row that is not there");
    COINWAKE_RETURN_IF_ERROR(value.status());
    return Read(key, *value, label);
  }

  absl::StatusOr<bool> ReadRow(KnownLabel* label) {
    return Read(iterator_->key(), iterator_->value(), label);
  }

  absl::StatusOr<bool> Read(std::string_view key, std::string_view value, KnownLabel* label) {
    *label = KnownLabel();
    COINWAKE_ASSIGN_OR_RETURN(const LabelPlace place, ParseLabelKey(key));
    if (place.list.value >= store_.lists_.size()) return BadOrder("a row is of no list");
    if (list_.has_value() && place.list != *list_) return false;
    label->lifetime.added = place.added;
    COINWAKE_RETURN_IF_ERROR(DecodeLabel(value, &label->label, &label->lifetime.removed));
    if (!label->lifetime.Covers(query_.moment.revision)) return false;
    if (query_.moment.date.has_value() && !HoldsOn(label->label, *query_.moment.date)) return false;
    label->label.network = place.network;
    label->label.address = std::string(place.address);
    label->list = store_.lists_[place.list.value];
    Resolve(label);
    return true;
  }

  void Resolve(KnownLabel* known) const {
    Label& label = known->label;
    const Actor* const actor = store_.FindActor(label.actor, query_.moment.revision);
    if (actor == nullptr) return;
    known->actor_name = actor->name;
    if (!query_.resolve_actors || !label.category.empty() || actor->categories.empty()) return;
    label.category = actor->categories.front();
    if (label.label_class.has_value()) return;
    label.label_class = ClassOfWords({actor->categories.begin(), actor->categories.end()});
  }

  const LabelStore& store_;
  const LabelQuery query_;
  const std::unique_ptr<KvIterator> iterator_;
  std::optional<ListNumber> list_;
  std::string prefix_;
  bool by_index_ = false;
  bool ended_ = false;
};

absl::StatusOr<std::unique_ptr<LabelStore>> LabelStore::Open(FileSystem& files,
                                                             const std::string& data_folder,
                                                             Mode mode) {
  const std::string folder = absl::StrCat(data_folder, "/labels");
  auto opened = KvStore::Open(files, folder, StoreOptions(mode == Mode::kWrite));
  if (absl::IsNotFound(opened.status())) {
    return absl::NotFoundError(
        absl::StrCat(data_folder, ": no labels there; `coinwake labels import FILE` brings some"));
  }
  COINWAKE_RETURN_IF_ERROR(opened.status());
  std::unique_ptr<LabelStore> store(new LabelStore);
  store->store_ = *std::move(opened);
  COINWAKE_RETURN_IF_ERROR(store->Load(folder));
  return store;
}

absl::Status LabelStore::Load(const std::string& folder) {
  const absl::StatusOr<std::string> format = store_->Get(kFormatKey);
  if (absl::IsNotFound(format.status())) return absl::OkStatus();  // before the first revision
  COINWAKE_RETURN_IF_ERROR(format.status());
  COINWAKE_RETURN_IF_ERROR(CheckFormat(*format, folder));
  const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
  for (iterator->Seek(std::string(1, kRevisionSpace));
       iterator->Valid() && iterator->key()[0] == kRevisionSpace; iterator->Next()) {
    COINWAKE_ASSIGN_OR_RETURN(LabelRevision revision, DecodeRevision(iterator->value()));
    if (revision.number != revisions_.size() + 1 ||
        iterator->key() != RevisionKey(revision.number)) {
      return BadOrder("a revision is missing");
    }
    revisions_.push_back(std::move(revision));
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  for (iterator->Seek(std::string(1, kListSpace));
       iterator->Valid() && iterator->key()[0] == kListSpace; iterator->Next()) {
    if (iterator->key() != ListKey({static_cast<std::uint32_t>(lists_.size())})) {
      return BadOrder("a list is missing");
    }
    lists_.emplace_back(iterator->value());
  }
  COINWAKE_RETURN_IF_ERROR(iterator->status());
  return LoadActors();
}

absl::Status LabelStore::LoadActors() {
  const std::unique_ptr<KvIterator> iterator = store_->NewIterator();
  for (iterator->Seek(std::string(1, kActorSpace));
       iterator->Valid() && iterator->key()[0] == kActorSpace; iterator->Next()) {
    ActorVersion version;
    COINWAKE_RETURN_IF_ERROR(
        DecodeActor(iterator->value(), &version.actor, &version.lifetime.removed));
    const std::string_view key = iterator->key();
    if (key.size() < 1 + 4 + 2 + 8) return BadOrder("an actor's key is too short");
    version.list.value = LoadBe<std::uint32_t>(key.data() + 1);
    version.lifetime.added = LoadBe<std::uint64_t>(key.data() + key.size() - 8);
    actors_[version.actor.id].push_back(std::move(version));
  }
  return iterator->status();
}

std::string LabelStore::Version() const {
  if (revisions_.empty()) return "";
  return VersionAt(revisions_.back());
}

std::string LabelStore::VersionAt(const LabelRevision& revision) {
  const ByteSpan digest = ByteSpan(revision.digest.bytes).first(kVersionDigestBytes);
  return absl::StrCat(revision.number, "-", HexEncode(digest));
}

std::uint64_t LabelStore::labels_count() const {
  std::uint64_t count = 0;
  for (const LabelRevision& revision : revisions_) count += revision.added - revision.removed;
  return count;
}

std::vector<std::string> LabelStore::lists() const { return lists_; }

absl::Status LabelStore::CheckList(const std::string& name) const {
  if (FindList(name).has_value()) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("no labels of the list \"", name,
                                          "\"; `coinwake labels history` names the lists"));
}

LabelMoment LabelStore::KnownOn(Date date) const {
  // Times never descend.
  const auto after = std::partition_point(
      revisions_.begin(), revisions_.end(),
      [&](const LabelRevision& revision) { return revision.time < EndOfDay(date); });
  return {static_cast<std::uint64_t>(after - revisions_.begin()), date};
}

std::optional<ListNumber> LabelStore::FindList(std::string_view name) const {
  const auto found = std::find(lists_.begin(), lists_.end(), name);
  if (found == lists_.end()) return std::nullopt;
  return ListNumber{static_cast<std::uint32_t>(found - lists_.begin())};
}

const Actor* LabelStore::FindActor(const std::string& id, std::uint64_t revision) const {
  if (id.empty()) return nullptr;
  const auto versions = actors_.find(id);
  if (versions == actors_.end()) return nullptr;
  const ActorVersion* latest = nullptr;
  for (const ActorVersion& version : versions->second) {
    const bool known = version.lifetime.Covers(revision);
    if (known && (latest == nullptr || latest->lifetime.added < version.lifetime.added)) {
      latest = &version;
    }
  }
  return latest == nullptr ? nullptr : &latest->actor;
}

std::vector<Actor> LabelStore::ActorsOf(std::string_view list, std::uint64_t revision) const {
  std::vector<Actor> found;
  const std::optional<ListNumber> number = FindList(list);
  if (!number.has_value()) return found;
  for (const auto& [id, versions] : actors_) {
    for (const ActorVersion& version : versions) {
      if (version.list == *number && version.lifetime.Covers(revision)) {
        found.push_back(version.actor);
      }
    }
  }
  return found;
}

std::unique_ptr<LabelCursor> LabelStore::Find(const LabelQuery& query) const {
  return std::make_unique<StoredLabels>(*this, query);
}

absl::StatusOr<std::vector<KnownLabel>> LabelStore::LabelsOf(Network network,
                                                             std::string_view address,
                                                             const LabelMoment& moment) const {
  std::vector<KnownLabel> labels;
  if (address.size() > kMaxLabelledBytes) return labels;
  LabelQuery query;
  query.network = network;
  query.address = std::string(address);
  query.moment = moment;
  const std::unique_ptr<LabelCursor> cursor = Find(query);
  for (;;) {
    KnownLabel label;
    COINWAKE_ASSIGN_OR_RETURN(const bool found, cursor->Next(&label));
    if (!found) return labels;
    labels.push_back(std::move(label));
  }
}

}  // namespace coinwake
