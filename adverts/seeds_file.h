// The file `trace --seeds` takes: what `seeds extract --json` prints, or CSV.
//
// JSON lines: one object a line with the fields of Seller (adverts/extract.h) under their names; of
// them `seller` and `seeds[] {address, network, asset}` are read, the rest may be there. CSV: a
// line `address_or_outpoint,label` each; fields may be quoted as RFC 4180 has it; the label may be
// missing; lines that begin with '#' and a first line that names the columns are skipped. A UTF-8
// byte order mark is skipped, lines end with LF or CRLF. The file is JSON when its first character
// is '{'.
#ifndef COINWAKE_ADVERTS_SEEDS_FILE_H_
#define COINWAKE_ADVERTS_SEEDS_FILE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/file_system.h"
#include "indexer/base/hash.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"

namespace coinwake {

// A longer label is no name. The server refuses it as well.
inline constexpr std::size_t kMaxSeedLabelBytes = 256;

struct SeedOutpoint {
  Hash256 txid;
  std::uint32_t vout = 0;

  friend bool operator==(const SeedOutpoint&, const SeedOutpoint&) = default;
};

// TXID:VOUT, 64 hex digits in display order and a decimal number; nullopt for anything else.
std::optional<SeedOutpoint> ParseOutpoint(std::string_view text);

struct SeedEntry {
  std::string address;  // empty where `outpoint` is set; may be "script:HEX"
  std::optional<SeedOutpoint> outpoint;
  // The seller or the CSV's second field; never empty, at most kMaxSeedLabelBytes.
  std::optional<std::string> label;
  std::optional<Network> network;  // only where the file says it
  std::uint64_t line = 0;          // from 1
};

// Entries in the file's order; an entry that repeats an earlier one (subject, label and network) is
// dropped. Addresses are verified: each is valid on some network, and on `network` where
// that is set. kInvalidArgument, naming `source` and the line, for anything else than the forms
// above.
absl::StatusOr<std::vector<SeedEntry>> ParseSeeds(std::string_view text, const std::string& source);

// The same for a file. kNotFound, kUnavailable; kResourceExhausted over 64 MiB.
absl::StatusOr<std::vector<SeedEntry>> ReadSeedsFile(FileSystem& files, const std::string& path);

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_SEEDS_FILE_H_
