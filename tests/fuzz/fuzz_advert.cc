// Advertisements as text and as HTML, and seeds files: any bytes are read without a crash, and what
// is found stands where it is said to stand, verifies, and comes out the same in the same order.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adverts/extract.h"
#include "adverts/seeds_file.h"
#include "indexer/base/check.h"
#include "indexer/bitcoin/address.h"

namespace coinwake {
namespace {

void CheckIdentifiers(ByteSpan bytes, ContentKind kind) {
  const auto found = ExtractFromBytes(bytes, "advert", kind);
  COINWAKE_CHECK(found.ok());
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::uint64_t last = 0;
  for (const Identifier& identifier : *found) {
    COINWAKE_CHECK(identifier.offset >= last && identifier.offset < bytes.size());
    last = identifier.offset;
    COINWAKE_CHECK(identifier.networks == bitcoin::NetworksOfAddress(identifier.value));
    COINWAKE_CHECK(!identifier.networks.empty() && !identifier.raw.empty());
    const bool transcoded = !identifier.steps.empty() && identifier.steps.front() == "utf16";
    const bool replaced = identifier.raw.find("\xef\xbf\xbd") != std::string::npos;
    if (!transcoded && !replaced) {
      COINWAKE_CHECK(text.substr(identifier.offset).starts_with(identifier.raw));
    }
    // What it reads as is an advertisement of itself.
    const auto again = ExtractFromBytes(AsBytes(identifier.value.data(), identifier.value.size()),
                                        "value", ContentKind::kText);
    COINWAKE_CHECK(again.ok() && again->size() == 1 && again->front().value == identifier.value);
  }
}

}  // namespace
}  // namespace coinwake

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const coinwake::ByteSpan bytes(data, size);
  coinwake::CheckIdentifiers(bytes, coinwake::ContentKind::kText);
  coinwake::CheckIdentifiers(bytes, coinwake::ContentKind::kHtml);
  const auto advert =
      coinwake::ReadAdvertisement(bytes, "fuzz/advert.txt", coinwake::ContentKind::kGuess);
  COINWAKE_CHECK(advert.ok() && !advert->seller.empty());
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto seeds = coinwake::ParseSeeds(text, "seeds");
  if (seeds.ok()) {
    for (const coinwake::SeedEntry& seed : *seeds) {
      COINWAKE_CHECK(seed.outpoint.has_value() == seed.address.empty() && seed.line > 0);
    }
  }
  return 0;
}
