// SHA-256 of bytes that come in pieces. (What blocks and keys need is in indexer/base/hash.h.)
#ifndef COINWAKE_INDEXER_BASE_HASH_STREAM_H_
#define COINWAKE_INDEXER_BASE_HASH_STREAM_H_

#include <memory>

#include "indexer/base/bytes.h"
#include "indexer/base/hash.h"

namespace coinwake {

class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  void Add(ByteSpan bytes);
  Hash256 Finish();  // and begins anew

 private:
  struct Hasher;
  std::unique_ptr<Hasher> hasher_;
};

}  // namespace coinwake

#endif  // COINWAKE_INDEXER_BASE_HASH_STREAM_H_
