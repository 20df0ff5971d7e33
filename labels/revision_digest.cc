#include "labels/revision_digest.h"

#include "absl/strings/str_cat.h"
#include "indexer/base/bytes.h"

namespace coinwake {

RevisionDigest::RevisionDigest(const LabelRevision* before, RevisionKind kind) {
  if (before != nullptr) said_.Add(before->digest.bytes);
  Say("kind", std::string(1, static_cast<char>(kind)));
}

void RevisionDigest::Say(std::string_view what, std::string_view text) {
  const std::string head = absl::StrCat(std::string(what), " ", text.size(), " ");
  said_.Add(AsBytes(head.data(), head.size()));
  said_.Add(AsBytes(text.data(), text.size()));
}

}  // namespace coinwake
