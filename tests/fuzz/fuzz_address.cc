// Goal: no text breaks the address decoder, and every address it accepts is one Core would print.
// Method: decode on every network; what is accepted is encoded again and compared.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "indexer/base/base58.h"
#include "indexer/base/check.h"
#include "indexer/bitcoin/address.h"
#include "indexer/bitcoin/bech32.h"

using namespace coinwake;           // NOLINT(google-build-using-namespace)
using namespace coinwake::bitcoin;  // NOLINT(google-build-using-namespace)

namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

void CheckOn(std::string_view text, Network network, bool valid) {
  const auto script = ScriptOfAddress(text, network);
  if (text.starts_with("script:")) {
    COINWAKE_CHECK(!valid);
    return;
  }
  COINWAKE_CHECK(script.ok() == valid);
  if (!valid) {
    COINWAKE_CHECK(script.status().code() == absl::StatusCode::kInvalidArgument);
    const std::string message(script.status().message());
    COINWAKE_CHECK(message.size() < 1000 && message.find('\n') == std::string::npos);
    return;
  }
  const auto again = AddressOfScript(*script, network);
  COINWAKE_CHECK(again && (*again == text || *again == Lower(text)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto networks = NetworksOfAddress(text);
  for (const Network network : kBitcoinNetworks) {
    CheckOn(text, network, std::find(networks.begin(), networks.end(), network) != networks.end());
  }
  if (const auto bytes = DecodeBase58(text)) COINWAKE_CHECK(EncodeBase58(*bytes) == text);
  const Bech32Decoded decoded = DecodeBech32(text);
  if (decoded.error == Bech32Error::kNone) {
    COINWAKE_CHECK(EncodeBech32(decoded.encoding, decoded.hrp, decoded.data) == Lower(text));
  }
  return 0;
}
