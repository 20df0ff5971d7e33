// The digest of what a revision of the labels says, chained over all before it.
//
// Of an import: its kind, its list, the labels by ContentKey(), each added or removed, then the
// actors removed and those added, each by id. Of a removal of one address: before each label its
// list. No time and no file name is in it.
#ifndef COINWAKE_LABELS_REVISION_DIGEST_H_
#define COINWAKE_LABELS_REVISION_DIGEST_H_

#include <string>
#include <string_view>

#include "indexer/base/hash.h"
#include "labels/label_codec.h"

namespace coinwake {

class RevisionDigest {
 public:
  // `before`: the revision before it; nullptr: it is the first.
  RevisionDigest(const LabelRevision* before, RevisionKind kind);

  void SayList(std::string_view name) { Say("list", name); }
  void SayAdded(std::string_view content) { Say("+", content); }
  void SayRemoved(std::string_view content) { Say("-", content); }
  void SayActorRemoved(std::string_view id) { Say("-actor", id); }
  void SayActorAdded(const Actor& actor) { Say("+actor", EncodeActor(actor, 0)); }
  // Once, in the end.
  Hash256 Finish() { return said_.Finish(); }

 private:
  // Sizes keep texts apart.
  void Say(std::string_view what, std::string_view text);

  DoubleSha256Stream said_;
};

}  // namespace coinwake

#endif  // COINWAKE_LABELS_REVISION_DIGEST_H_
