// GraphSense's TagPacks and ActorPacks (YAML).
//
// https://github.com/graphsense/graphsense-tagpack-tool, docs/README_tagpacks.md: what the header
// says holds for every tag that does not say otherwise. Read here: title, creator, address, label,
// source, category, concepts, abuse, actor, confidence, is_cluster_definer; of actors id, label,
// categories. Also our own valid_from, valid_to, class and network, as `labels export` writes them.
// `currency` is not looked at: the address tells its chain.
#ifndef COINWAKE_LABELS_TAG_PACK_H_
#define COINWAKE_LABELS_TAG_PACK_H_

#include <string_view>

#include "indexer/base/status.h"
#include "labels/label_collector.h"

namespace coinwake {

// One list for each YAML document, named "TITLE (CREATOR)". kNotFound: no pack. kInvalidArgument:
// no YAML; aliases and anchors, which packs do not use, are refused as well.
absl::Status ReadTagPack(std::string_view text, LabelCollector* collector);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_TAG_PACK_H_
