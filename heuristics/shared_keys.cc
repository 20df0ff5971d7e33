#include "heuristics/shared_keys.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"

namespace coinwake {
namespace {

using Script = std::vector<std::uint8_t>;

Script Around(std::initializer_list<std::uint8_t> before, ByteSpan bytes,
              std::initializer_list<std::uint8_t> after) {
  Script script(before);
  script.insert(script.end(), bytes.begin(), bytes.end());
  script.insert(script.end(), after);
  return script;
}

}  // namespace

std::array<std::vector<std::uint8_t>, 8> SharedKey::Scripts() const {
  const auto sign = static_cast<std::uint8_t>(y.back() % 2 == 0 ? 0x02 : 0x03);
  const Script compressed = Around({sign}, x, {});
  Script uncompressed = Around({0x04}, x, {});
  uncompressed.insert(uncompressed.end(), y.begin(), y.end());
  const Hash160 hash = ComputeHash160(compressed);
  const Script witness = Around({0x00, 0x14}, hash, {});
  return {Around({0x21}, compressed, {0xac}),
          Around({0x41}, uncompressed, {0xac}),
          Around({0x76, 0xa9, 0x14}, hash, {0x88, 0xac}),
          Around({0x76, 0xa9, 0x14}, ComputeHash160(uncompressed), {0x88, 0xac}),
          witness,
          Around({0xa9, 0x14}, ComputeHash160(witness), {0x87}),
          Around({0x51, 0x20}, taproot, {}),
          Around({0x51, 0x20}, x, {})};
}

bool IsSharedScript(ByteSpan script) {
  static const std::vector<Script>* const all = [] {
    auto* scripts = new std::vector<Script>;
    for (const SharedKey& key : kSharedKeys) {
      for (Script& one : key.Scripts()) scripts->push_back(std::move(one));
    }
    std::sort(scripts->begin(), scripts->end());
    return scripts;
  }();
  const auto at =
      std::lower_bound(all->begin(), all->end(), script, [](const Script& one, ByteSpan sought) {
        return std::lexicographical_compare(one.begin(), one.end(), sought.begin(), sought.end());
      });
  return at != all->end() && std::equal(at->begin(), at->end(), script.begin(), script.end());
}

}  // namespace coinwake
