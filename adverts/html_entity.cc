#include "adverts/html_entity.h"

#include <cstdint>
#include <iterator>

#include "indexer/base/ascii.h"

namespace coinwake {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr std::size_t kMaxNameChars = 32;

struct Name {
  std::string_view name;
  char32_t code;
};
// From the table of HTML 13.5; names are case-sensitive there.
constexpr Name kNames[] = {
    {"apos", '\''},
    {"zwnj", 0x200c},
    {"zwj", 0x200d},
    {"lrm", 0x200e},
    {"rlm", 0x200f},
    {"NoBreak", 0x2060},
    {"colon", ':'},
    {"sol", '/'},
    {"quest", '?'},
    {"equals", '='},
    {"percnt", '%'},
    {"num", '#'},
    {"period", '.'},
    {"comma", ','},
    {"semi", ';'},
    {"lpar", '('},
    {"rpar", ')'},
    {"lsqb", '['},
    {"rsqb", ']'},
    {"excl", '!'},
    {"commat", '@'},
    {"lowbar", '_'},
    {"Tab", '\t'},
    {"NewLine", '\n'},
    {"ZeroWidthSpace", 0x200b},
    {"NegativeThinSpace", 0x200b},
};

// Those that may lack their ';'.
constexpr Name kLegacyNames[] = {{"amp", '&'},  {"AMP", '&'},  {"lt", '<'},   {"LT", '<'},
                                 {"gt", '>'},   {"GT", '>'},   {"quot", '"'}, {"QUOT", '"'},
                                 {"REG", 0xae}, {"COPY", 0xa9}};
constexpr char32_t kFirstLatin1 = 0xa0;
// Likewise, for U+00A0 and on.
constexpr std::string_view kLatin1Names[] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
    "copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
    "sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
    "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
    "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};
static_assert(kFirstLatin1 + std::size(kLatin1Names) == 0x100);

// The legacy name that `text` begins with; none is the beginning of another.
Name LegacyNameAt(std::string_view text) {
  for (const Name& known : kLegacyNames) {
    if (text.starts_with(known.name)) return known;
  }
  for (std::size_t i = 0; i < std::size(kLatin1Names); ++i) {
    if (!text.starts_with(kLatin1Names[i])) continue;
    return {kLatin1Names[i], kFirstLatin1 + static_cast<char32_t>(i)};
  }
  return {"", 0};
}

bool IsAlphanumeric(char c) { return ascii::IsLetter(c) || ascii::IsDigit(c); }

int DigitOf(char c, bool hex) {
  if (c >= '0' && c <= '9') return c - '0';
  if (!hex) return -1;
  const char lower = ascii::ToLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

HtmlEntity DecodeNumeric(std::string_view text, std::size_t offset) {
  std::size_t at = offset + 2;
  const bool hex = at < text.size() && (text[at] == 'x' || text[at] == 'X');
  if (hex) ++at;
  const std::size_t digits_begin = at;
  std::uint32_t code = 0;
  for (; at < text.size(); ++at) {
    const int digit = DigitOf(text[at], hex);
    if (digit < 0) break;
    // Saturates beyond Unicode: more digits must not wrap round to a letter.
    if (code <= 0x10ffff) code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
  }
  if (at == digits_begin) return {};
  if (at < text.size() && text[at] == ';') ++at;
  const bool valid = code != 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return {valid ? char32_t{code} : kReplacement, at - offset};
}

}  // namespace

HtmlEntity DecodeHtmlEntity(std::string_view text, std::size_t offset, References where) {
  if (offset + 1 >= text.size()) return {};
  if (text[offset + 1] == '#') return DecodeNumeric(text, offset);
  const std::size_t begin = offset + 1;
  std::size_t end = begin;
  while (end < text.size() && end - offset <= kMaxNameChars && IsAlphanumeric(text[end])) ++end;
  const bool closed = end < text.size() && text[end] == ';';
  const std::string_view name = text.substr(begin, end - begin);
  if (closed) {
    for (const Name& known : kNames) {
      if (known.name == name) return {known.code, end + 1 - offset};
    }
  }
  const Name legacy = LegacyNameAt(name);
  if (legacy.name.empty()) return {};
  const std::size_t after = begin + legacy.name.size();
  if (after == end && closed) return {legacy.code, after + 1 - offset};
  const char next = after < text.size() ? text[after] : '\0';
  if (where == References::kInAttribute && (next == '=' || IsAlphanumeric(next))) return {};
  return {legacy.code, after - offset};
}

}  // namespace coinwake
