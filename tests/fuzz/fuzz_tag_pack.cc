// TagPacks and ActorPacks: any bytes are read or refused, what is read is valid, and what is
// written of it reads back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "indexer/base/check.h"
#include "labels/label_file.h"
#include "labels/tag_pack.h"
#include "labels/tag_pack_writer.h"

namespace coinwake {
namespace {

void CheckPack(std::string_view text) {
  LabelReadOptions options;
  options.path = "fuzz";
  LabelCollector collector(options);
  if (!ReadTagPack(text, &collector).ok()) return;
  const LabelFile file = collector.Take();
  std::uint64_t rows = file.rejected.size();
  for (const LabelList& list : file.lists) {
    rows += list.labels.size() + list.actors.size();
    std::string written;
    TagPackWriter writer("list", "");
    for (const Label& label : list.labels) {
      COINWAKE_CHECK(!label.name.empty() && label.name.size() <= kMaxLabelNameBytes);
      written += writer.Tag(label);
    }
    if (written.empty()) continue;
    LabelCollector again(options);
    COINWAKE_CHECK(ReadTagPack(written, &again).ok());
    COINWAKE_CHECK(again.Take().lists.at(0).labels == list.labels);
  }
  COINWAKE_CHECK(rows == file.read);
}

}  // namespace
}  // namespace coinwake

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  coinwake::CheckPack({reinterpret_cast<const char*>(data), size});
  return 0;
}
