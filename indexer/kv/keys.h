// Every key of a network's store. docs/design/keys.md is the page for people.
//
//   key                               value                           why
//   "C"                               CommitRecord                    the commit point
//   "h" block hash (32)               height u64 big-endian           block by hash
//   "s" block hash (32)               height u64 BE, raw block        blocks not in the chain
//   "b" TxNum u64 big-endian          TxNum u64 BE that overwrote it  BIP30 duplicates
//   "g" TxNum u64 BE                  changes of Tron's registry      tokens, exchanges, orders
//   "F"                               height u64 BE                   the last final block known
//   "r" run id u64 BE, table u8,
//       last data page u32 BE, level  page (run_page.h)               look-up runs (run_cursor.h)
#ifndef COINWAKE_INDEXER_KV_KEYS_H_
#define COINWAKE_INDEXER_KV_KEYS_H_

#include <cstdint>
#include <string>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"
#include "indexer/base/ids.h"

namespace coinwake {

inline constexpr char kCommitKey[] = "C";
inline constexpr char kFinalHeightKey[] = "F";

inline std::string BigEndian64(std::uint64_t number) {
  std::string bytes(8, '\0');
  StoreBe(bytes.data(), number);
  return bytes;
}
inline std::string HashKey(char keyspace, const Hash256& hash) {
  std::string key(1, keyspace);
  key.append(reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size());
  return key;
}
inline std::string BlockHeightKey(const Hash256& hash) { return HashKey('h', hash); }
inline std::string StaleBlockKey(const Hash256& hash) { return HashKey('s', hash); }
inline std::string OverwrittenKey(TxNum tx) { return "b" + BigEndian64(tx.value); }

// What a transaction changed in Tron's token registry.
inline std::string RegistryKey(TxNum tx) { return "g" + BigEndian64(tx.value); }

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_KV_KEYS_H_
