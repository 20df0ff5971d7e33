// Finds Bitcoin and Tron addresses in a stream of characters, one pass, bounded memory.
//
// A candidate is a whole run of ASCII letters and digits; anything else ends it. Some interruptions
// are invisible to a reader (a tag inside a word, a zero-width character, a soft hyphen, the wrap
// of a long line, also with the marks that mail puts there): they split a run into pieces, and
// every sequence of neighbouring pieces is a candidate too, shortest first, so that joining is
// never assumed where the pieces stand for themselves. A candidate is an address when its checksum
// and version verify on some network (indexer/bitcoin/address.h, indexer/tron/address.h, whose
// networks share one form); chance passes one wrong
// candidate in 2^30 or fewer.
#ifndef COINWAKE_ADVERTS_ADDRESS_FINDER_H_
#define COINWAKE_ADVERTS_ADDRESS_FINDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/base/network.h"

namespace coinwake {

// What was undone between the characters as they stood and the address. A set of bits.
enum Undone : std::uint32_t {
  kUndoneNothing = 0,
  kUndoneBitcoinUri = 1 << 0,
  kUndoneHtmlEntity = 1 << 1,
  kUndonePercentEncoding = 1 << 2,
  kUndoneJsonEscape = 1 << 3,
  kUndoneHtmlTag = 1 << 4,
  kUndoneZeroWidth = 1 << 5,
  kUndoneSoftHyphen = 1 << 6,
  kUndoneLineWrap = 1 << 7,
  kUndoneQuoteMark = 1 << 8,        // '>' that begins a line of a quoted message
  kUndoneQuotedPrintable = 1 << 9,  // '=' at a line's end (RFC 2045 section 6.7)
  kUndoneUpperCase = 1 << 10,
};
// Names of the bits set, in the order above: "bitcoin_uri", "html_entity", ...
std::vector<std::string> UndoneNames(std::uint32_t undone);

struct FoundAddress {
  std::string value;        // canonical: bech32 in lower case
  std::uint64_t begin = 0;  // text offsets of the first character and past the last
  std::uint64_t end = 0;
  std::uint32_t undone = 0;
  // What the text before it makes of it: "token_parameter" (after `token=`), "contract_parameter"
  // (`contract=`), "contract_link" (`/contract/`), "token_link" (`/token20/`); empty: nothing.
  std::string_view given_as;
  std::vector<Network> networks;  // where the address is valid, in the order of kAllNetworks
};

// One finder reads one stream of text: a file, an attribute, a comment. Not thread-safe.
class AddressFinder {
 public:
  // Appends to `found`, which is borrowed, in order of `begin` within this stream. Stops adding
  // when `found` holds kMaxFound.
  explicit AddressFinder(std::vector<FoundAddress>* found) : found_(found) {}
  static constexpr std::size_t kMaxFound = 200'000;

  // The next character, which stood at text offsets [begin, end).
  void Put(char32_t code, std::uint64_t begin, std::uint64_t end, std::uint32_t undone);
  // An interruption a reader does not see, such as a tag inside a word.
  void SoftBreak(std::uint32_t undone);
  // A line ends here as a tag says, not a character of the text.
  void LineBreak();
  // Whether line ends among the characters show beside those that LineBreak() tells, as in <pre>.
  // Elsewhere on a page they are white space around a <br>.
  void SetPreformatted(bool preformatted) { preformatted_ = preformatted; }
  void HardBreak();
  // The end of the stream: what is pending is examined. Call once.
  void Finish() { HardBreak(); }

 private:
  struct Piece {
    std::string text;  // at most kMaxAddressChars + 1 characters are kept: longer is no address
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::uint32_t undone = 0;         // within the piece
    std::uint32_t undone_before = 0;  // between the piece before and this one
    bool after_uri_scheme = false;
    std::string_view given_as;  // as FoundAddress has it
  };

  void EndRun();
  int LinesPending() const;
  bool PutLineEnd(char32_t code);
  void EndWord(char32_t code);
  void PutAlphanumeric(char c, std::uint64_t begin, std::uint64_t end, std::uint32_t undone);
  void Remember(char c);
  bool EndsWithScheme() const;
  std::string_view GivenAs() const;
  // Examines pieces as starts while `keep_chars` characters follow them, and drops them.
  void Examine(std::size_t keep_chars);
  // Returns how many pieces from `first` on make an address (reported), or 0.
  std::size_t TryFrom(std::size_t first);
  bool Report(const std::string& candidate, std::size_t first, std::size_t last);

  std::vector<FoundAddress>* const found_;
  std::vector<Piece> pieces_;
  std::size_t pending_chars_ = 0;  // in pieces_
  std::uint32_t boundary_ = 0;     // soft interruptions since the last character
  bool new_piece_ = true;
  bool space_pending_ = false;
  int newlines_pending_ = 0;
  int line_breaks_pending_ = 0;
  bool preformatted_ = false;
  bool last_was_cr_ = false;
  bool equals_pending_ = false;  // the last character was '='
  std::string recent_;           // last characters, lower case, for "bitcoin:" and "token="
  std::string candidate_;
};

}  // namespace coinwake

#endif  // COINWAKE_ADVERTS_ADDRESS_FINDER_H_
