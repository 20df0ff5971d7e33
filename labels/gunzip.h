// gzip, undone within a bound.
#ifndef COINWAKE_LABELS_GUNZIP_H_
#define COINWAKE_LABELS_GUNZIP_H_

#include <cstdint>
#include <string>

#include "indexer/base/bytes.h"
#include "indexer/base/status.h"

namespace coinwake {

bool IsGzip(ByteSpan bytes);

// The bytes of all members. kInvalidArgument: damaged or cut short. kResourceExhausted: more than
// `max_bytes`, found out before they are held.
absl::StatusOr<std::string> Gunzip(ByteSpan bytes, std::uint64_t max_bytes);

}  // namespace coinwake

#endif  // COINWAKE_LABELS_GUNZIP_H_
