// A change model as bytes: what it was counted from, so that whoever reads it can count again.
#ifndef COINWAKE_HEURISTICS_CHANGE_MODEL_CODEC_H_
#define COINWAKE_HEURISTICS_CHANGE_MODEL_CODEC_H_

#include <optional>
#include <string>

#include "heuristics/change_model.h"
#include "indexer/base/bytes.h"

namespace coinwake {

// Layout: docs/design/change.md.
void AppendChangeModel(const ChangeModel& model, std::string* bytes);
// nullopt: no model. Total.
std::optional<ChangeModel> ReadChangeModel(ByteReader* reader);

}  // namespace coinwake

#endif  // COINWAKE_HEURISTICS_CHANGE_MODEL_CODEC_H_
