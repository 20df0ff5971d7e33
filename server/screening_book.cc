#include "server/screening_book.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"

namespace coinwake::server {
namespace {

const ChainView& ViewOf(const OpenNetwork& open) { return open.index.chain(); }

// A label that speaks for a cluster, and what tells it from others that say something else.
struct Speaker {
  AddressNum cluster;
  AddressNum address;
  Hash256 what;
};

Hash256 DigestOf(const Label& label) {
  std::string text;
  for (const std::string* field : {&label.name, &label.category, &label.actor, &label.abuse}) {
    absl::StrAppend(&text, field->size(), " ", *field);
  }
  absl::StrAppend(&text, std::string(LabelClassName(ClassOf(label))));
  return Sha256(AsBytes(text.data(), text.size()));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ScreeningBook>> ScreeningBook::Make(
    OpenNetwork& open, std::optional<Date> date, const Cancellation* cancellation) {
  std::shared_ptr<ScreeningBook> book(new ScreeningBook);
  const LabelStore* const labels = open.labels.get();
  if (labels == nullptr) return std::shared_ptr<const ScreeningBook>(std::move(book));
  book->moment_ = date.has_value() ? labels->KnownOn(*date) : labels->Now();
  LabelQuery query;
  query.network = open.snapshot().network;
  query.moment = book->moment_;
  const std::unique_ptr<LabelCursor> cursor = labels->Find(query);
  std::vector<Speaker> speakers;
  KnownLabel known;
  while (true) {
    COINWAKE_RETURN_IF_ERROR(CheckCancelled(cancellation));
    COINWAKE_ASSIGN_OR_RETURN(const bool is_label, cursor->Next(&known));
    if (!is_label) break;
    const std::string& bytes = known.label.address;
    const absl::StatusOr<AddressNum> address =
        ViewOf(open).FindAddress(AsBytes(bytes.data(), bytes.size()));
    if (absl::IsNotFound(address.status())) continue;
    COINWAKE_RETURN_IF_ERROR(address.status());
    book->labelled_.insert(address->value);
    if (SpeaksForCluster(known.label)) speakers.push_back({{}, *address, DigestOf(known.label)});
  }
  if (speakers.empty()) return std::shared_ptr<const ScreeningBook>(std::move(book));
  if (open.has_accounts()) {
    COINWAKE_ASSIGN_OR_RETURN(book->clusters_.accounts,
                              open.account_clusters.Get(Profile::kStrict, cancellation));
  } else {
    COINWAKE_ASSIGN_OR_RETURN(book->clusters_.outputs,
                              open.clusters.Get(Profile::kStrict, cancellation));
  }
  for (Speaker& speaker : speakers) speaker.cluster = book->clusters_.Of(speaker.address);
  // Of those of a cluster that say the same the first address stands for all.
  const auto order = [](const Speaker& speaker) {
    return std::tie(speaker.cluster, speaker.what, speaker.address);
  };
  std::sort(speakers.begin(), speakers.end(),
            [&order](const Speaker& a, const Speaker& b) { return order(a) < order(b); });
  speakers.erase(std::unique(speakers.begin(), speakers.end(),
                             [](const Speaker& a, const Speaker& b) {
                               return a.cluster == b.cluster && a.what == b.what;
                             }),
                 speakers.end());
  std::sort(speakers.begin(), speakers.end(), [](const Speaker& a, const Speaker& b) {
    return std::tie(a.cluster, a.address) < std::tie(b.cluster, b.address);
  });
  for (const Speaker& speaker : speakers) {
    const std::size_t place = book->speakers_.size();
    const auto [found, is_new] =
        book->by_cluster_.try_emplace(speaker.cluster.value, std::pair(place, place));
    auto& [begin, end] = found->second;
    const bool is_known = !is_new && book->speakers_.back() == speaker.address;
    if (is_known || end - begin >= kMaxClusterSpeakers) continue;
    book->speakers_.push_back(speaker.address);
    end = book->speakers_.size();
  }
  return std::shared_ptr<const ScreeningBook>(std::move(book));
}

std::span<const AddressNum> ScreeningBook::SpeakersFor(AddressNum address) const {
  if (!HasClusters()) return {};
  const auto found = by_cluster_.find(clusters_.Of(address).value);
  if (found == by_cluster_.end()) return {};
  const auto [begin, end] = found->second;
  return std::span(speakers_).subspan(begin, end - begin);
}

absl::StatusOr<std::shared_ptr<const ScreeningBook>> ScreeningBooks::Get(
    std::optional<Date> date, const Cancellation* cancellation) {
  {
    const MutexLock lock(mutex_);
    if (!date.has_value() && now_ != nullptr) return now_;
    for (const auto& [known, book] : dated_) {
      if (date == known) return book;
    }
  }
  COINWAKE_ASSIGN_OR_RETURN(std::shared_ptr<const ScreeningBook> made,
                            ScreeningBook::Make(open_, date, cancellation));
  const MutexLock lock(mutex_);
  if (!date.has_value()) {
    now_ = made;
  } else {
    if (dated_.size() + 1 >= kMaxBooks) dated_.erase(dated_.begin());
    dated_.emplace_back(*date, made);
  }
  return made;
}

}  // namespace coinwake::server
