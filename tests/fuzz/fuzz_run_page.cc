// Goal: no bytes make a page of a sorted run be read out of bounds, and entries survive writing.
// Method: parse, read and search every entry; where they ascend, encode them and read them again.
#include <cstdint>
#include <string>
#include <vector>

#include "indexer/base/check.h"
#include "indexer/kv/run_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto page =
      coinwake::RunPage::Parse(std::string(reinterpret_cast<const char*>(data), size));
  if (!page) return 0;
  std::vector<coinwake::RunEntry> entries;
  bool ascend = true;
  for (std::size_t i = 0; i < page->size(); ++i) {
    const coinwake::RunEntry entry = page->at(i);
    ascend = ascend && (entries.empty() || entries.back() < entry);
    entries.push_back(entry);
    COINWAKE_CHECK(page->LowerBound(i, entry) <= page->size());
  }
  if (!ascend) return 0;
  const auto again = coinwake::RunPage::Parse(coinwake::EncodeRunPage(entries));
  COINWAKE_CHECK(again && again->size() == entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    COINWAKE_CHECK(again->at(i) == entries[i]);
    COINWAKE_CHECK(again->LowerBound(0, entries[i]) == i);
  }
  return 0;
}
