#include "adverts/address_finder.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "indexer/base/ascii.h"
#include "indexer/base/hash.h"
#include "indexer/bitcoin/address.h"
#include "indexer/tron/address.h"

namespace coinwake {
namespace {

// BIP173: a bech32 text has at most 90 characters. Base58check addresses have 26 to 35.
constexpr std::size_t kMaxAddressChars = 90;
constexpr std::size_t kMinBase58Chars = 25;  // one to spare on either side
constexpr std::size_t kMaxBase58Chars = 36;
constexpr std::size_t kMinBech32Chars = 14;
// An interruption longer than this in the file is no part of a word.
constexpr std::uint64_t kMaxGapBytes = 1024;
// Pieces are examined when so many characters wait: large enough to be rare, small enough to be
// cheap.
constexpr std::size_t kExamineAtChars = 4096;
constexpr std::string_view kScheme = "bitcoin:";
struct Introduction {
  std::string_view before;  // an address
  std::string_view given_as;
};
// How payment links (`tron:ADDR?token=CONTRACT`) and block explorers name contracts.
constexpr Introduction kIntroductions[] = {{"token=", "token_parameter"},
                                           {"contract=", "contract_parameter"},
                                           {"contractaddress=", "contract_parameter"},
                                           {"/contract/", "contract_link"},
                                           {"/token20/", "token_link"}};
// Of the characters before an address: none of the above is longer.
constexpr std::size_t kRememberedChars = 16;
constexpr char32_t kLineSeparator = 0x2028;

constexpr std::uint8_t kNoPlace = 0xff;

// The place of each character in `digits`, kNoPlace where it is none.
constexpr std::array<std::uint8_t, 256> PlacesIn(std::string_view digits) {
  std::array<std::uint8_t, 256> places{};
  places.fill(kNoPlace);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    places[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return places;
}
constexpr auto kBase58Places =
    PlacesIn("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
constexpr auto kBech32Places = PlacesIn("qpzry9x8gf2tvdw0s3jn54khce6mua7l");

// Says, one character at a time, whether a text may be an address, so that the codec, which
// explains what is wrong and takes its time, sees hardly any text that is none. Never says no to an
// address.
class CandidateFilter {
 public:
  CandidateFilter() = default;

  void Add(std::string_view text) {
    for (const char c : text) Add(c);
  }
  bool MayBeAddress() const {
    return (base58_ && size_ >= kMinBase58Chars && IsBase58Address()) ||
           (bech32_ && size_ >= kMinBech32Chars && size_ <= kMaxAddressChars);
  }
  // Neither now nor after more characters.
  bool IsHopeless() const { return !base58_ && !bech32_; }

 private:
  void Add(char c) {
    AddBase58(c);
    AddBech32(c);
    ++size_;
  }

  void AddBase58(char c) {
    const std::uint8_t digit = kBase58Places[static_cast<unsigned char>(c)];
    if (!base58_ || digit == kNoPlace || size_ >= kMaxBase58Chars) {
      base58_ = false;
      return;
    }
    if (digit == 0 && leading_ones_ == size_) ++leading_ones_;
    std::uint64_t carry = digit;
    for (std::uint32_t& limb : limbs_) {
      carry += std::uint64_t{limb} * 58;
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) base58_ = false;
  }

  // 25 bytes: a version that some network uses, a hash of 20, a checksum of 4. A digit 1 in front
  // stands for a byte of zero.
  bool IsBase58Address() const {
    std::size_t bytes = sizeof(limbs_);
    while (bytes > 0 && ByteAt(bytes - 1) == 0) --bytes;
    if (leading_ones_ + bytes != 25) return false;
    const std::uint32_t version = leading_ones_ > 0 ? 0 : ByteAt(bytes - 1);
    if (version != 0 && version != 5 && version != 111 && version != 196 &&
        version != tron::kAddressPrefix) {
      return false;
    }
    std::array<std::uint8_t, 25> payload;
    for (std::size_t i = 0; i < payload.size(); ++i) {
      payload[i] = static_cast<std::uint8_t>(ByteAt(payload.size() - 1 - i));
    }
    constexpr std::size_t kHashed = 21;
    const Hash256 hash = DoubleSha256(ByteSpan(payload).first(kHashed));
    return std::equal(payload.begin() + kHashed, payload.end(), hash.bytes.begin());
  }
  std::uint32_t ByteAt(std::size_t index) const {
    return limbs_[index / 4] >> (index % 4 * 8) & 0xff;
  }

  void AddBech32(char c) {
    if (!bech32_) return;
    const char lower = ascii::ToLower(c);
    if (in_data_) {
      bech32_ = kBech32Places[static_cast<unsigned char>(lower)] != kNoPlace;
      return;
    }
    prefix_.push_back(lower);
    in_data_ = prefix_ == "bc1" || prefix_ == "tb1" || prefix_ == "bcrt1";
    bech32_ = in_data_ || std::string_view("bc1").starts_with(prefix_) ||
              std::string_view("tb1").starts_with(prefix_) ||
              std::string_view("bcrt1").starts_with(prefix_);
  }

  std::size_t size_ = 0;
  bool base58_ = true;
  std::size_t leading_ones_ = 0;
  std::array<std::uint32_t, 7> limbs_ = {};  // the number so far, least first; 25 bytes fit
  bool bech32_ = true;
  bool in_data_ = false;
  std::string prefix_;
};

// Whether an address can begin with `text`, which may be shorter than one.
bool MayBegin(std::string_view text) {
  const char c = ascii::ToLower(text[0]);
  return std::string_view("123mnbt").find(c) != std::string_view::npos;
}

bool IsAlphanumeric(char c) { return ascii::IsDigit(c) || ascii::IsLetter(c); }

struct CodeRange {
  char32_t first;
  char32_t last;
};
// What shows nothing: Default_Ignorable_Code_Point of Unicode 15 (DerivedCoreProperties.txt) but
// for the soft hyphen, and the marks that annotate text between lines.
constexpr CodeRange kInvisible[] = {
    {0x034f, 0x034f}, {0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},
    {0x180b, 0x180f}, {0x200b, 0x200f},   {0x202a, 0x202e},   {0x2060, 0x206f},
    {0x3164, 0x3164}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
    {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

bool IsZeroWidth(char32_t c) {
  if (c < kInvisible[0].first) return false;
  return std::any_of(std::begin(kInvisible), std::end(kInvisible),
                     [c](const CodeRange& range) { return c >= range.first && c <= range.last; });
}

}  // namespace

std::vector<std::string> UndoneNames(std::uint32_t undone) {
  static constexpr std::string_view kNames[] = {
      "bitcoin_uri", "html_entity",      "percent_encoding", "json_escape",
      "html_tag",    "zero_width",       "soft_hyphen",      "line_wrap",
      "quote_mark",  "quoted_printable", "upper_case"};
  std::vector<std::string> names;
  for (std::size_t bit = 0; bit < std::size(kNames); ++bit) {
    if ((undone >> bit & 1) != 0) names.emplace_back(kNames[bit]);
  }
  return names;
}

void AddressFinder::Put(char32_t code, std::uint64_t begin, std::uint64_t end,
                        std::uint32_t undone) {
  if (PutLineEnd(code)) return;
  if (equals_pending_) EndWord('=');
  if (code < 0x80 && IsAlphanumeric(static_cast<char>(code))) {
    PutAlphanumeric(static_cast<char>(code), begin, end, undone);
  } else if (code == ' ' || code == '\t') {
    space_pending_ = true;
  } else if (code == 0xad) {
    SoftBreak(kUndoneSoftHyphen | undone);
  } else if (IsZeroWidth(code)) {
    SoftBreak(kUndoneZeroWidth | undone);
  } else if (code == '>' && LinesPending() > 0) {
    SoftBreak(kUndoneQuoteMark | undone);
  } else if (code == '=') {
    equals_pending_ = true;
  } else {
    EndWord(code);
  }
}

// Whether `code` ends a line. An '=' before it takes the line end away.
bool AddressFinder::PutLineEnd(char32_t code) {
  const bool second_of_pair = code == '\n' && last_was_cr_;
  last_was_cr_ = code == '\r';
  if (code != '\n' && code != '\r' && code != kLineSeparator) return false;
  if (second_of_pair) return true;
  if (equals_pending_) {
    equals_pending_ = false;
    SoftBreak(kUndoneQuotedPrintable);
  } else {
    ++newlines_pending_;
  }
  return true;
}

void AddressFinder::EndWord(char32_t code) {
  equals_pending_ = false;
  EndRun();
  Remember(code < 0x80 ? static_cast<char>(code) : ' ');
}

void AddressFinder::PutAlphanumeric(char c, std::uint64_t begin, std::uint64_t end,
                                    std::uint32_t undone) {
  const int lines = LinesPending();
  if (lines > 1 || (space_pending_ && lines == 0)) HardBreak();
  if (lines == 1) SoftBreak(kUndoneLineWrap);
  space_pending_ = false;
  newlines_pending_ = 0;
  line_breaks_pending_ = 0;
  if (!pieces_.empty() && begin - pieces_.back().end > kMaxGapBytes) HardBreak();
  if (new_piece_) {
    if (pending_chars_ >= kExamineAtChars) Examine(kMaxAddressChars);
    Piece piece;
    piece.begin = begin;
    piece.undone_before = boundary_;
    piece.after_uri_scheme = EndsWithScheme();
    piece.given_as = GivenAs();
    pieces_.push_back(std::move(piece));
    new_piece_ = false;
    boundary_ = 0;
  }
  Piece& piece = pieces_.back();
  piece.end = end;
  piece.undone |= undone;
  if (piece.text.size() <= kMaxAddressChars) {
    piece.text.push_back(c);
    ++pending_chars_;
  }
  Remember(c);
}

void AddressFinder::SoftBreak(std::uint32_t undone) {
  if (equals_pending_) EndWord('=');
  new_piece_ = true;
  boundary_ |= undone;
}

void AddressFinder::LineBreak() {
  if (equals_pending_) EndWord('=');
  ++line_breaks_pending_;
}

// Line ends since the last character, as a reader sees them.
int AddressFinder::LinesPending() const {
  if (line_breaks_pending_ == 0) return newlines_pending_;
  return line_breaks_pending_ + (preformatted_ ? newlines_pending_ : 0);
}

void AddressFinder::HardBreak() {
  equals_pending_ = false;
  EndRun();
  recent_.clear();
}

void AddressFinder::EndRun() {
  Examine(0);
  new_piece_ = true;
  boundary_ = 0;
  space_pending_ = false;
  newlines_pending_ = 0;
  line_breaks_pending_ = 0;
}

void AddressFinder::Remember(char c) {
  if (recent_.size() >= 2 * kRememberedChars) recent_.erase(0, recent_.size() - kRememberedChars);
  recent_.push_back(ascii::ToLower(c));
}

bool AddressFinder::EndsWithScheme() const {
  return recent_.ends_with(kScheme) || recent_.ends_with("bitcoin://");
}

std::string_view AddressFinder::GivenAs() const {
  for (const Introduction& introduction : kIntroductions) {
    if (recent_.ends_with(introduction.before)) return introduction.given_as;
  }
  return {};
}

void AddressFinder::Examine(std::size_t keep_chars) {
  std::size_t first = 0;
  while (first < pieces_.size() && pending_chars_ > keep_chars) {
    const std::size_t used = std::max<std::size_t>(TryFrom(first), 1);
    for (std::size_t i = first; i < first + used; ++i) pending_chars_ -= pieces_[i].text.size();
    first += used;
  }
  pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first));
}

std::size_t AddressFinder::TryFrom(std::size_t first) {
  if (!MayBegin(pieces_[first].text)) return 0;
  candidate_.clear();
  CandidateFilter filter;
  for (std::size_t last = first; last < pieces_.size(); ++last) {
    candidate_ += pieces_[last].text;
    filter.Add(pieces_[last].text);
    if (candidate_.size() > kMaxAddressChars || filter.IsHopeless()) return 0;
    if (filter.MayBeAddress() && Report(candidate_, first, last)) return last - first + 1;
  }
  return 0;
}

bool AddressFinder::Report(const std::string& candidate, std::size_t first, std::size_t last) {
  std::vector<Network> networks = bitcoin::NetworksOfAddress(candidate);
  if (networks.empty() && candidate.front() == 'T' && tron::ParseAddress(candidate).ok()) {
    networks.assign(std::begin(kTronNetworks), std::end(kTronNetworks));
  }
  if (networks.empty()) return false;
  if (found_->size() >= kMaxFound) return true;
  FoundAddress found;
  found.value = candidate;
  found.given_as = pieces_[first].given_as;
  found.networks = std::move(networks);
  found.begin = pieces_[first].begin;
  found.end = pieces_[last].end;
  for (std::size_t i = first; i <= last; ++i) {
    found.undone |= pieces_[i].undone;
    if (i > first) found.undone |= pieces_[i].undone_before;
  }
  if (pieces_[first].after_uri_scheme) found.undone |= kUndoneBitcoinUri;
  // Bech32 alone may stand in upper case (BIP173), and only as a whole: base58 has both cases.
  if (candidate.starts_with("BC1") || candidate.starts_with("TB1") ||
      candidate.starts_with("BCRT1")) {
    found.undone |= kUndoneUpperCase;
    found.value = ascii::ToLower(candidate);
  }
  found_->push_back(std::move(found));
  return true;
}

}  // namespace coinwake
