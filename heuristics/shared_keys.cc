#include "heuristics/shared_keys.h"

#include <initializer_list>

namespace coinwake {
namespace {

std::vector<std::uint8_t> Around(std::initializer_list<std::uint8_t> before,
                                 const SharedKey::Hash& hash,
                                 std::initializer_list<std::uint8_t> after) {
  std::vector<std::uint8_t> script(before);
  script.insert(script.end(), hash.begin(), hash.end());
  script.insert(script.end(), after);
  return script;
}

}  // namespace

std::array<std::vector<std::uint8_t>, 4> SharedKey::Scripts() const {
  return {Around({0x76, 0xa9, 0x14}, compressed, {0x88, 0xac}),
          Around({0x76, 0xa9, 0x14}, uncompressed, {0x88, 0xac}),
          Around({0x00, 0x14}, compressed, {}), Around({0xa9, 0x14}, nested, {0x87})};
}

}  // namespace coinwake
