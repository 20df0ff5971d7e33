// From advertisements to sellers and the seeds of a trace.
//
// An advertisement is a file of text, HTML or JSON; JSON is read as text, with the escapes of its
// strings undone. Every Bitcoin or Tron address in it whose checksum
// verifies is an identifier, with the place where it stands and what was undone to read it; what
// fails its checksum is none. An address in an advertisement is a seller address: a place where the
// page asks to be paid, not proof that anybody paid for anything. A token's contract on Tron and
// the zero address are no such place: all who use the token pay there, so they are identifiers of
// kinds of their own and never seeds.
#ifndef COINWAKE_ADVERTS_EXTRACT_H_
#define COINWAKE_ADVERTS_EXTRACT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/bytes.h"
#include "indexer/base/file_system.h"
#include "indexer/base/network.h"
#include "indexer/base/status.h"

namespace coinwake {

inline constexpr std::uint64_t kMaxAdvertisementBytes = 64 << 20;

struct Identifier {
  // "bitcoin_address", "tron_address", "tron_contract", "tron_zero_address"; more kinds may come
  std::string kind;
  std::string value;         // canonical text
  std::string source;        // path of the file as given
  std::uint64_t offset = 0;  // in bytes, where `raw` begins in the file
  // As it stood, markup between its parts included. Valid UTF-8 always: UTF-16 is transcoded, and
  // bytes that are no UTF-8 are U+FFFD.
  std::string raw;
  // Where it was found and what was undone, in this order: "utf16"; one of "html_text",
  // "html_attribute:NAME", "html_comment", "html_script", "html_style"; then "bitcoin_uri",
  // "html_entity", "percent_encoding", "json_escape", "html_tag", "zero_width", "soft_hyphen",
  // "line_wrap", "quote_mark", "quoted_printable", "upper_case". Then why it is nobody's address:
  // "zero_address"; "known_token:SYMBOL"; what FoundAddress::given_as says; "contract_elsewhere",
  // where another place of the same seller says it. Empty for a plain address that reads as it is.
  std::vector<std::string> steps;
  std::vector<Network>
      networks;  // where the address is valid, in the order of kAllNetworks; never empty
};

struct SellerSeed {
  std::string address;
  // nullopt: the text is valid on several networks (Identifier::networks), and nobody said which.
  std::optional<Network> network;
  std::string asset = "BTC";  // empty on Tron: TRX, and every token
};

struct Seller {
  std::string seller;
  std::vector<std::string> advertisements;  // paths, ascending
  std::vector<Identifier> identifiers;      // by advertisement, then offset
  // Each address once, by first occurrence; neither contracts nor the zero address.
  std::vector<SellerSeed> seeds;
};

enum class ContentKind {
  kGuess,  // HTML when the name ends in .htm, .html, .xhtml, .svg or the beginning looks like it
  kText,
  kHtml,
};

// Every identifier in `bytes`, in order of offset; one at each place. `source` is what they say of
// themselves and what kGuess looks at. Total: any bytes are an advertisement.
// kResourceExhausted: over kMaxAdvertisementBytes, or over 200,000 identifiers.
absl::StatusOr<std::vector<Identifier>> ExtractFromBytes(ByteSpan bytes, const std::string& source,
                                                         ContentKind kind);

// One advertisement and what it calls its seller: a line "Seller: NAME", else (HTML) <meta
// name="author">, else <title>, else the file's stem.
struct Advertisement {
  std::string seller;
  std::vector<Identifier> identifiers;
};
absl::StatusOr<Advertisement> ReadAdvertisement(ByteSpan bytes, const std::string& source,
                                                ContentKind kind);

struct Extraction {
  std::vector<Seller> sellers;
  std::vector<std::string> warnings;  // what was passed over and why, a line each
};

// Reads `paths`: files, pipes, and folders with all regular files below them except hidden names;
// what else stands in a folder is warned of. Advertisements that
// name the same seller are one Seller. Files of a folder that hold no identifier are passed over; a
// file named itself always makes a Seller. Sellers come in the order of their first advertisement's
// path; the result does not depend on the order of `paths`; a file under several names counts once,
// under the first of them. An address of several networks is a
// seed on `asked` where it is valid there, else on none: a guess would be taken for a statement.
// Errors name the path: kNotFound, kUnavailable, kResourceExhausted (a file as above; over 100,000
// files or 32 folders deep).
absl::StatusOr<Extraction> ExtractSellers(FileSystem& files, const std::vector<std::string>& paths,
                                          std::optional<Network> asked);

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_EXTRACT_H_
