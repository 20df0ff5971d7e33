// Goal: scripts of any bytes are classified within their bounds, and names of scripts lead back.
// Method: the first byte chooses a network; what follows is a scriptPubKey, and a signature script.
#include <algorithm>
#include <cstdint>
#include <functional>

#include "indexer/base/check.h"
#include "indexer/bitcoin/address.h"
#include "indexer/bitcoin/key.h"
#include "indexer/bitcoin/script.h"

using namespace coinwake;           // NOLINT(google-build-using-namespace)
using namespace coinwake::bitcoin;  // NOLINT(google-build-using-namespace)

namespace {

bool IsWithin(ByteSpan part, ByteSpan whole) {
  if (part.empty()) return true;
  const std::less_equal<const std::uint8_t*> not_after;
  return not_after(whole.data(), part.data()) &&
         not_after(part.data() + part.size(), whole.data() + whole.size());
}

void CheckKey(ByteSpan key) {
  const auto compressed = CompressKey(key);
  if (!compressed) return;
  const auto scripts = ScriptsOfKey(*compressed);
  COINWAKE_CHECK(scripts.size() == 6);
  const auto whole = UncompressKey(*compressed);
  COINWAKE_CHECK(whole && CompressKey(*whole) == compressed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Network network = kBitcoinNetworks[data[0] % std::size(kBitcoinNetworks)];
  const ByteSpan script(data + 1, size - 1);
  const ScriptInfo info = ClassifyScript(script);
  COINWAKE_CHECK(IsWithin(info.program, script));
  COINWAKE_CHECK(ScriptTypeName(info.type) != "nonstandard" ||
                 info.type == ScriptType::kNonstandard);
  if (info.type == ScriptType::kNullData) COINWAKE_CHECK(IsUnspendable(script));

  const auto back = ScriptOfAddress(NameOfScript(script, network), network);
  COINWAKE_CHECK(back.ok() && std::equal(back->begin(), back->end(), script.begin(), script.end()));
  const auto address = AddressOfScript(script, network);
  if (address) {
    const auto networks = NetworksOfAddress(*address);
    COINWAKE_CHECK(std::find(networks.begin(), networks.end(), network) != networks.end());
    COINWAKE_CHECK(KeyAddresses(script, network).empty());
  }
  const auto keys = MultisigKeys(script);
  COINWAKE_CHECK(keys.empty() == (info.type != ScriptType::kMultisig));
  COINWAKE_CHECK(info.type != ScriptType::kMultisig ||
                 keys.size() == KeyAddresses(script, network).size());
  for (const ByteSpan key : keys) COINWAKE_CHECK(IsWithin(key, script) && IsPlausibleKey(key));
  if (!keys.empty()) CheckKey(keys.front());
  if (info.type == ScriptType::kPubkey) CheckKey(info.program);

  const ByteSpan items[] = {script, script.first(script.size() / 2)};
  const auto revealed = KeyRevealedByInput(info, script, items);
  COINWAKE_CHECK(!revealed || IsPlausibleKey(*revealed));
  (void)RedeemKindOfInput(ScriptType::kScriptHash, script, items);
  (void)AllSignaturesAnyoneCanPay(script, items);
  return 0;
}
