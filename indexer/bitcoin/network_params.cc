#include "indexer/bitcoin/network_params.h"

#include <algorithm>

#include "indexer/base/check.h"

namespace coinwake::bitcoin {
namespace {

Hash256 GenesisHash(std::string_view hex) {
  const std::optional<Hash256> hash = Hash256::FromDisplayHex(hex);
  COINWAKE_CHECK(hash.has_value());
  return *hash;
}

const std::array<NetworkParams, 5>& AllParams() {
  static const std::array<NetworkParams, 5> params = {{
      {Network::kBitcoin,
       {0xf9, 0xbe, 0xb4, 0xd9},
       GenesisHash("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
       0,
       5,
       "bc",
       0x1d00ffff},
      {Network::kBitcoinTestnet3,
       {0x0b, 0x11, 0x09, 0x07},
       GenesisHash("000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943"),
       111,
       196,
       "tb",
       0x1d00ffff},
      {Network::kBitcoinTestnet4,
       {0x1c, 0x16, 0x3f, 0x28},
       GenesisHash("00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043"),
       111,
       196,
       "tb",
       0x1d00ffff},
      {Network::kBitcoinSignet,
       {0x0a, 0x03, 0xcf, 0x40},
       GenesisHash("00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6"),
       111,
       196,
       "tb",
       0x1e0377ae},
      {Network::kBitcoinRegtest,
       {0xfa, 0xbf, 0xb5, 0xda},
       GenesisHash("0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"),
       111,
       196,
       "bcrt",
       0x207fffff},
  }};
  return params;
}

}  // namespace

const NetworkParams& ParamsOf(Network network) {
  const auto& all = AllParams();
  const auto at = std::find_if(all.begin(), all.end(), [&](const NetworkParams& params) {
    return params.network == network;
  });
  COINWAKE_CHECK(at != all.end());
  return *at;
}

std::optional<Network> NetworkOfMagic(std::span<const std::uint8_t, 4> magic) {
  for (const NetworkParams& params : AllParams()) {
    if (std::equal(magic.begin(), magic.end(), params.magic.begin())) return params.network;
  }
  return std::nullopt;
}

}  // namespace coinwake::bitcoin
