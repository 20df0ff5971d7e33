// Labels and actors as packs that ReadTagPack() reads back: one YAML document for each list.
#ifndef COINWAKE_LABELS_TAG_PACK_WRITER_H_
#define COINWAKE_LABELS_TAG_PACK_WRITER_H_

#include <string>
#include <string_view>

#include "labels/label.h"

namespace coinwake {

// The beginning of a document whose list is called `list`. Where that is "TITLE (CREATOR)" and
// `creator` that of all its labels, the header says both; else labels say their own creators.
class TagPackWriter {
 public:
  TagPackWriter(std::string_view list, std::string_view creator);

  // "tags:" or "actors:" stands before the first.
  std::string Tag(const Label& label);
  std::string ActorEntry(const Actor& actor);

 private:
  std::string Begin(std::string_view items);

  std::string header_;  // until it is written
  bool creator_in_header_ = false;
};

}  // namespace coinwake

#endif  // COINWAKE_LABELS_TAG_PACK_WRITER_H_
